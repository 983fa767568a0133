"""The composed half of `repertoires.py`: one piece for each wish, kept as MusicXML, those that are there left alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from stretto.errors import StrettoError
from stretto.evaluate.repertoire import Asked
from stretto.score.formats import write_score
from stretto.score.model import TICKS_PER_WHOLE, Score


def path_of(folder: Path, index: int) -> Path:
    """Of the piece for the wish of that index; forms come after twins."""
    return folder / f"{index:03}.musicxml"


def compose_missing(repertoire: str, wishes: Sequence[Asked], folder: Path, seed: int) -> None:
    """Compose what is not there yet; a wish that cannot be met is said, and its piece is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    started, made = time.monotonic(), 0
    said = [{**asdict(wish), "key": str(wish.key)} for wish in wishes]
    (folder / "asked.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    for i, wish in enumerate(wishes):
        path = path_of(folder, i)
        if path.exists():
            continue
        try:
            write_score(composed(repertoire, wish, seed + i), path, force=True)
        except StrettoError as cause:
            print(f"\n{path.stem}: {cause}", file=sys.stderr)
            continue
        made += 1
        each = (time.monotonic() - started) / made
        print(f"\r{repertoire}: {i + 1} of {len(wishes)}, {each:.1f} s each   ", end="", file=sys.stderr, flush=True)


def composed(repertoire: str, wish: Asked, seed: int) -> Score:
    """A piece as it is wished."""
    from stretto import compose

    return compose(
        ensemble=repertoire,
        style=wish.composer or wish.period,
        key=str(wish.key),
        meter=wish.meter,
        bars=wish.bars,
        pickup=str(wish.pickup * int(wish.meter.split("/")[1]) / TICKS_PER_WHOLE) if wish.pickup else "none",
        tempo=wish.tempo,
        form=wish.form or None,
        seed=seed,
    ).score
