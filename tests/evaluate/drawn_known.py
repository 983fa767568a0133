"""Small known pieces for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from stretto.evaluate.known_music import KnownPiece, Source
from stretto.score.model import NOTE, UNSPELLED, Notes

SOURCE = Source(name="Drawn", licence="CC0", attribution="nobody", url="https://example.org")


def known_piece(name: str, *, end: int, **rest: Any) -> KnownPiece:
    """A piece by nobody."""
    return KnownPiece(name=name, title=name.capitalize(), composer="Nobody", source=SOURCE, end=end, **rest)


def notes_in_voices(*lines: list[tuple[int, int, int]]) -> Notes:
    """Notes as (onset, duration, pitch), a list a voice."""
    rows = [
        (onset, duration, pitch, 0, voice, 1, 1, UNSPELLED, 0)
        for voice, line in enumerate(lines)
        for onset, duration, pitch in line
    ]
    return np.array(rows, dtype=NOTE)
