"""What test music shares with the music that a network has learned from, and with itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stretto.corpus.boulanger import Roll, RollSet

HEARD, COPIED = 4, 8
"""Frames of a passage that counts as heard before in its piece, and as standing in a training piece."""
MOVES = 3
"""Different frames that a passage must have to count as copied: long notes are nobody's."""


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """How far a set's splits overlap."""

    leaked: frozenset[int]
    """Numbers of the test pieces that equal a training or validation piece frame by frame."""
    heard_before: dict[str, float]
    """Split -> share of the passages of a piece that have been heard before in that piece."""
    in_training: dict[str, float]
    """Split -> share of the passages that stand in a training piece."""


def leaked(data: RollSet) -> frozenset[int]:
    """Numbers of the test pieces that equal a training or validation piece frame by frame."""
    known = {(roll.shape, roll.tobytes()) for roll in (*data.train, *data.valid)}
    return frozenset(i for i, roll in enumerate(data.test) if (roll.shape, roll.tobytes()) in known)


def overlap_of(data: RollSet) -> Overlap:
    """Of one set."""
    known = {passage for roll in data.train for passage in _passages(roll, COPIED) if len(set(passage)) >= MOVES}
    splits = {"valid": data.valid, "test": data.test}
    return Overlap(
        leaked=leaked(data),
        heard_before={name: _share_heard_before(rolls) for name, rolls in splits.items()},
        in_training={name: _share_known(rolls, known) for name, rolls in splits.items()},
    )


def _share_heard_before(rolls: Sequence[Roll]) -> float:
    of_pieces = [_passages(roll, HEARD) for roll in rolls]
    n_new = sum(len(set(passages)) for passages in of_pieces)
    return 1 - n_new / max(1, sum(len(passages) for passages in of_pieces))


def _share_known(rolls: Sequence[Roll], known: set[tuple[bytes, ...]]) -> float:
    moving = [p for roll in rolls for p in _passages(roll, COPIED) if len(set(p)) >= MOVES]
    return float(np.mean([passage in known for passage in moving])) if moving else 0.0


def _passages(roll: Roll, n_frames: int) -> list[tuple[bytes, ...]]:
    """All passages of so many frames."""
    frames = [row.tobytes() for row in roll]
    return [tuple(frames[i : i + n_frames]) for i in range(len(frames) - n_frames + 1)]
