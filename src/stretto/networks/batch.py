"""Pieces of different lengths as one padded batch of tensors."""

# Shapes: B pieces, T frames, V parts, F fields.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from stretto.errors import ModelError
from stretto.frames.example import Example
from stretto.frames.parts import UNKNOWN


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

    @classmethod
    def of(cls, pieces: Sequence[Example], *, lowest: int) -> Batch:
        """Pad to the longest piece."""
        longest = max(len(piece) for piece in pieces)

        def pad(name: str, fill: int, shift: int = 0) -> Tensor:
            first: np.ndarray[tuple[int, ...], np.dtype[np.int16]] = getattr(pieces[0], name)
            out = np.full((len(pieces), longest, *first.shape[1:]), fill, np.int64)
            for row, piece in zip(out, pieces, strict=True):
                values = getattr(piece, name).astype(np.int64)
                if ((values >= 0) & (values < shift)).any():
                    raise ModelError(f"a pitch of {values[values >= 0].min()} is below {shift}, the network's lowest")
                row[: len(piece)] = np.where(values >= 0, values - shift, values) if shift else values
            return torch.from_numpy(out)

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
        )
