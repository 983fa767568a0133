"""A piece as it is trained on: frames, plan, and where it comes from; and its cache on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan


@dataclass(frozen=True, eq=False, kw_only=True)
class Piece:
    """Four voices of one work."""

    name: str
    """File, or split and number in a benchmark."""
    work: str
    """Pieces of one work never stand on both sides of a split."""
    frames: PartFrames
    plan: Plan
    fused: bool = False
    """Held and repeated notes cannot be told apart."""
    licence: str = ""


def save_pieces(pieces: Sequence[Piece], path: Path) -> None:
    """Write the cache: all frames in one table, the rest as JSON."""
    said = [
        {
            "name": p.name,
            "work": p.work,
            "fused": p.fused,
            "licence": p.licence,
            "plan": asdict(p.plan),
            "end": p.frames.end,
            "n": len(p.frames),
        }
        for p in pieces
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    # A kill, or another run beside this one, must not leave half a cache.
    scratch = path.with_name(f"{path.stem}-{os.getpid()}.npz")
    np.savez_compressed(
        scratch,
        tick=np.concatenate([p.frames.tick_T for p in pieces]),
        pitch=np.concatenate([p.frames.pitch_TV for p in pieces]),
        state=np.concatenate([p.frames.state_TV for p in pieces]),
        said=np.frombuffer(json.dumps(said).encode(), np.uint8),
    )
    scratch.replace(path)


def load_pieces(path: Path) -> list[Piece]:
    """Read what `save_pieces` wrote."""
    with np.load(path) as store:
        tick, pitch, state = store["tick"], store["pitch"], store["state"]
        said = json.loads(store["said"].tobytes())
    pieces, start = [], 0
    for entry in said:
        stop = start + entry["n"]
        frames = PartFrames(
            tick_T=tick[start:stop], pitch_TV=pitch[start:stop], state_TV=state[start:stop], end=entry["end"]
        )
        plan: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry["plan"].items()}
        pieces.append(
            Piece(
                name=entry["name"],
                work=entry["work"],
                frames=frames,
                plan=Plan(**plan),
                fused=entry["fused"],
                licence=entry["licence"],
            )
        )
        start = stop
    return pieces


def split_by_work(pieces: Sequence[Piece], *, valid_share: float, seed: int) -> tuple[list[Piece], list[Piece]]:
    """Training and validation pieces; all pieces of a work go the same way."""
    works = sorted({piece.work for piece in pieces})
    held = set(np.random.default_rng(seed).permutation(works)[: max(1, round(valid_share * len(works)))].tolist())
    return [p for p in pieces if p.work not in held], [p for p in pieces if p.work in held]
