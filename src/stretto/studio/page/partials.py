"""A candidate while it is made, as the page draws it."""

from __future__ import annotations

from typing import Any

from stretto.studio.workers.jobs import Music


def partial_of(number: int, share: float, music: Music) -> dict[str, Any]:
    """How far a candidate is: the share of the work, the view of the piece but for its notes, these in rows of
    `NOTE_FIELDS`, up to which tick there are new ones, and up to which they stay."""
    return {
        "candidate": number,
        "done": round(share, 4),
        "total": 1,
        "end": music.end,
        "kept": music.kept,
        "frame": music.frame,
        "notes": music.notes,
    }
