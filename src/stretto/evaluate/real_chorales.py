"""Chorales by Bach as notes, which ship: those of the training folders that no network has learned from."""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files
from zipfile import BadZipFile, ZipFile

from stretto.errors import ModelError, StrettoError
from stretto.score.model import Score
from stretto.score.text import read_text

FILE = "real_chorales.zip"
"""Made by scripts/real_chorales.py: one score a file in the plain-text notation."""


@cache
def real_chorales() -> tuple[tuple[str, Score], ...]:
    """(work, score) of each: soprano, alto, tenor and bass, with key, metre, pickup and fermatas.

    Versions of one chorale are of one work.

    Raises:
        ModelError: the file is not there, or damaged.
    """
    try:
        data = files("stretto.evaluate").joinpath("data", FILE).read_bytes()
        with ZipFile(io.BytesIO(data)) as kept:
            texts = [(name, kept.read(name)) for name in kept.namelist()]
        return tuple((name.split(" ")[0], read_text(text, name)) for name, text in texts)
    except (OSError, BadZipFile, StrettoError) as cause:
        raise ModelError(f"{FILE}: real chorales cannot be read ({cause}); install Stretto again") from cause
