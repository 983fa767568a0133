"""Pieces of different lengths as one padded batch of tensors."""

# Shapes: B pieces, T frames, K canvas frames, V parts, F fields.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stretto.errors import ModelError
from stretto.frames.canvas import OPEN
from stretto.frames.echo import NOTHING
from stretto.frames.example import Example
from stretto.frames.parts import UNKNOWN


@dataclass(frozen=True, eq=False, kw_only=True)
class CanvasBatch:
    """What is given of the pieces, as `frames.example.Given` has it; OPEN where a piece hears nothing of what comes."""

    pitch_BKV: Tensor
    """Index of the pitch, REST, OPEN or ANY."""
    state_BKV: Tensor
    ticks_BK: Tensor
    mask_BK: Tensor
    place_BT: Tensor
    left_BT: Tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """What a parts network reads; the padding is masked by `mask_BT`."""

    pitch_BTV: Tensor
    """Index of the pitch, 0 = the network's lowest; -1 = rest."""
    state_BTV: Tensor
    length_BT: Tensor
    cut_BT: Tensor
    free_BT: Tensor
    fields_BTF: Tensor
    tonic_B: Tensor
    mode_B: Tensor
    fused_B: Tensor
    """The piece cannot tell held from repeated notes."""
    mask_BT: Tensor
    scored_BT: Tensor
    """Frames that training learns from."""

    choice_BTV: Tensor | None = None
    """FREE, GIVEN or STRUCK of `frames.canvas`; None = nothing is given."""
    canvas: CanvasBatch | None = None
    """None = nothing is known of what comes."""
    echo_BTV: Tensor | None = None
    """Index of the pitch that is to be recalled, REST or NOTHING; None = none ever is."""
    echo_struck_BTV: Tensor | None = None
    echo_left_BT: Tensor | None = None
    """Ticks to the next change in what is recalled; 0 = not known."""
    order: tuple[int, ...] | None = None
    """Parts in the order in which a frame is decided; None = the network's usual one."""

    @classmethod
    def of(cls, pieces: Sequence[Example], *, lowest: int, order: tuple[int, ...] | None = None) -> Batch:
        """Pad to the longest piece."""
        longest = max(len(piece) for piece in pieces)

        def pad(name: str, fill: int, shift: int = 0) -> Tensor:
            return _padded([getattr(piece, name) for piece in pieces], fill, longest, shift)

        lengths = torch.tensor([len(piece) for piece in pieces])
        mask_BT = torch.arange(longest) < lengths[:, None]
        scored_BT = mask_BT.clone()
        for row, piece in zip(scored_BT, pieces, strict=True):
            if piece.scored_T is not None:
                row[: len(piece)] = torch.from_numpy(piece.scored_T)
        return cls(
            pitch_BTV=pad("pitch_TV", -1, lowest),
            state_BTV=pad("state_TV", 0),
            length_BT=pad("length_T", 0),
            cut_BT=pad("cut_T", 0).bool(),
            free_BT=pad("free_T", 1).bool(),
            fields_BTF=pad("fields_TF", 0),
            tonic_B=torch.tensor([piece.tonic for piece in pieces]),
            mode_B=torch.tensor([piece.mode for piece in pieces]),
            fused_B=torch.tensor([bool((piece.state_TV == UNKNOWN).any()) for piece in pieces]),
            mask_BT=mask_BT,
            scored_BT=scored_BT,
            order=order,
            **_given(pieces, longest, lowest),
            **_echoed(pieces, longest, lowest),
        )


def _given(pieces: Sequence[Example], longest: int, lowest: int) -> dict[str, Any]:
    """What a batch knows of its pieces' canvases; nothing if none has one."""
    if all(piece.given is None for piece in pieces):
        return {}
    v = pieces[0].pitch_TV.shape[1]
    heard = [piece.given if piece.given is not None and piece.given.ahead else None for piece in pieces]
    n_places = max([1, *(len(given.ticks_K) for given in heard if given is not None)])

    def of_frames(name: str, *shape: int) -> Tensor:
        blank = [np.zeros((len(piece), *shape), np.int64) for piece in pieces]
        rows = [b if p.given is None else getattr(p.given, name) for b, p in zip(blank, pieces, strict=True)]
        return _padded(rows, 0, longest)

    def of_canvas(name: str, fill: int, shift: int, *shape: int) -> Tensor:
        rows = [np.full((1, *shape), fill) if g is None else getattr(g, name) for g in heard]
        return _padded(rows, fill, n_places, shift)

    n_known = torch.tensor([0 if given is None else len(given.ticks_K) for given in heard])
    deaf_B = n_known == 0
    canvas = CanvasBatch(
        pitch_BKV=of_canvas("pitch_KV", OPEN, lowest, v),
        state_BKV=of_canvas("state_KV", 0, 0, v),
        ticks_BK=of_canvas("ticks_K", 0, 0),
        mask_BK=torch.arange(n_places) < n_known[:, None],
        place_BT=of_frames("place_T").masked_fill(deaf_B[:, None], 0),
        left_BT=of_frames("left_T"),
    )
    return {"choice_BTV": of_frames("choice_TV", v), "canvas": None if bool(deaf_B.all()) else canvas}


def _echoed(pieces: Sequence[Example], longest: int, lowest: int) -> dict[str, Any]:
    """What a batch is asked to recall; nothing if no piece is."""
    if all(piece.echoed is None for piece in pieces):
        return {}

    def pad(name: str, fill: int) -> Tensor:
        blank = [np.full(p.length_T.shape if name == "left_T" else p.pitch_TV.shape, fill) for p in pieces]
        rows = [b if p.echoed is None else getattr(p.echoed, name) for b, p in zip(blank, pieces, strict=True)]
        return _padded(rows, fill, longest)

    pitch_BTV = pad("pitch_TV", NOTHING)
    below_BTV = (pitch_BTV >= 0) & (pitch_BTV < lowest)  # moved out of the network's range
    return {
        "echo_BTV": torch.where(pitch_BTV >= 0, pitch_BTV - lowest, pitch_BTV).masked_fill(below_BTV, NOTHING),
        "echo_struck_BTV": pad("struck_TV", 0),
        "echo_left_BT": pad("left_T", 0),
    }


def _padded(rows: Sequence[NDArray[Any]], fill: int, longest: int, shift: int = 0) -> Tensor:
    """Arrays of different lengths as one tensor; pitches are counted from `shift`, what is below 0 stays.

    Raises:
        ModelError: a pitch is below `shift`.
    """
    out = np.full((len(rows), longest, *rows[0].shape[1:]), fill, np.int64)
    for to, row in zip(out, rows, strict=True):
        values = row.astype(np.int64)
        if ((values >= 0) & (values < shift)).any():
            raise ModelError(f"a pitch of {values[values >= 0].min()} is below {shift}, the network's lowest")
        to[: len(row)] = np.where(values >= 0, values - shift, values) if shift else values
    return torch.from_numpy(out)
