"""Which file is made by what: the extension chooses between score, page, roll and sound."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from stretto.errors import RenderError, ScoreWriteError
from stretto.render.layout import Layout
from stretto.score.formats import WRITABLE, write_score
from stretto.score.model import Notice, Score
from stretto.score.opening import write_whole

SOUNDS = (".wav", ".flac", ".mp3", ".ogg")
PICTURES = (".svg", ".pdf", ".png")
WITH_STAVES = (".musicxml", ".xml", ".mxl", ".krn", *PICTURES)
"""Files that show which hand plays what."""
OUTPUTS = WRITABLE + SOUNDS + PICTURES
"""Every extension that can be written."""


def check_output(path: Path, *, force: bool = False) -> None:
    """Say before any work is done that a file could not be written.

    Raises:
        ScoreWriteError: an unknown extension, a folder that is not there, or a file that exists (without `force`).
    """
    if path.suffix.lower() not in OUTPUTS:
        kind = path.suffix or "a file without extension"
        raise ScoreWriteError(f"{path}: cannot write {kind}; writable are {', '.join(OUTPUTS)}")
    if not path.parent.is_dir():
        raise ScoreWriteError(f"{path}: the folder {path.parent} does not exist; make it, or name another")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ScoreWriteError(f"{path}: the folder {path.parent} may not be written to; name another")
    if path.is_dir():
        raise ScoreWriteError(f"{path}: is a folder; name a file")
    if path.exists() and not force:
        raise ScoreWriteError(f"{path}: exists already; give --force to overwrite it, or another name")


ROLL = re.compile(r"(^|[^a-z])roll([^a-z]|$)")
"""The word roll in the name of a file: a stroll is a page."""


def is_roll(path: Path) -> bool:
    """A picture whose name says roll is the piano-roll, any other the page."""
    return path.suffix.lower() in PICTURES and ROLL.search(path.stem.lower()) is not None


def shows_staves(path: Path) -> bool:
    """Whether a file shows which hand plays what: a page or a score, not MIDI, sound or the piano-roll."""
    return path.suffix.lower() in WITH_STAVES and not is_roll(path)


def write_output(
    score: Score, path: Path, *, layout: Layout = "auto", roll: bool | None = None, force: bool = False
) -> tuple[Notice, ...]:
    """Write a score, its page, its roll or its sound, whole or not at all.

    Args:
        score: what to write.
        path: its extension chooses.
        layout: of the page, "closed" or "open"; "auto" = what suits the parts.
        roll: True = a picture is the piano-roll, False = the page; None = its name says so, as in "roll.png".
        force: overwrite.

    Returns:
        What the format could not hold, counted.

    Raises:
        ScoreWriteError: as `check_output`, or the disk refuses.
        RenderError: the page or the sound could not be made.
    """
    check_output(path, force=force)
    suffix = path.suffix.lower()
    if suffix in WRITABLE:
        return write_score(score, path, force=force)
    if suffix in SOUNDS:
        notices: tuple[Notice, ...] = _load("stretto.render.sound:write_sound")(score, path, force=force)
        return notices
    if not score.parts:
        raise RenderError(f"{path}: there is nothing to draw, for the score has no parts; name a score with music")
    roll = is_roll(path) if roll is None else roll
    lost: tuple[Notice, ...]
    data, lost = _load("stretto.render.picture:draw_file")(score, suffix, roll=roll, layout=layout)
    write_whole(path, data, force=force)
    return lost


def _load(where: str) -> Callable[..., Any]:
    module, name = where.split(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
