"""A line about a sound that was made: what its loudness follows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from stretto.cli.say import INDENT

if TYPE_CHECKING:
    from stretto.score.model import Score


def say_sound(score: Score, paths: Iterable[Path] | None = None) -> None:
    """Say it, if any of these files is a sound; None = it is played."""
    from stretto.render.output import SOUNDS
    from stretto.render.performance_says import sound_says

    if paths is None or any(path.suffix.lower() in SOUNDS for path in paths):
        print(INDENT + sound_says(score))
