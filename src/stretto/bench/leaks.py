"""Test pieces that a network has seen in training."""

from __future__ import annotations

from stretto.corpus.boulanger import RollSet


def leaked(data: RollSet) -> frozenset[int]:
    """Numbers of the test pieces that equal a training or validation piece frame by frame."""
    known = {(roll.shape, roll.tobytes()) for roll in (*data.train, *data.valid)}
    return frozenset(i for i, roll in enumerate(data.test) if (roll.shape, roll.tobytes()) in known)
