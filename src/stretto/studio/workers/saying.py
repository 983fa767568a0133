"""What the verbs say, which name options as the command line has them, in the names of a request's fields."""

from __future__ import annotations

import re

FIELDS = (
    "ensemble", "style", "key", "meter", "bars", "pickup", "tempo", "form", "seed", "temperature", "top-p",
    "candidates", "chords", "max-polyphony", "density", "forbid", "allow", "imitate", "original", "voices", "take",
    "octaves", "keep", "parts", "strength", "keep-rhythm", "keep-pitches", "rules",
)  # fmt: skip
"""Options that a request has too."""

OTHERWISE = {"--no-guard": "guard = false", "--range": "ranges"}
"""Options that a request has in another way."""

_OPTION = re.compile(r"--[a-z]+(?:-[a-z]+)*")


def in_fields(line: str) -> str:
    """A line without the command line's options.

    >>> in_fields("--keep-rhythm with --keep-pitches leaves nothing open; give one of them")
    'keep_rhythm with keep_pitches leaves nothing open; give one of them'
    >>> in_fields("the guard ended silence: alto in bar 27; --no-guard lets it be")
    'the guard ended silence: alto in bar 27; guard = false lets it be'
    >>> in_fields("a file that holds --this"), in_fields("or name an --ensemble")
    ('a file that holds --this', 'or name an ensemble')
    """
    return _OPTION.sub(_field, line)


def _field(found: re.Match[str]) -> str:
    option = found[0]
    if option[2:] in FIELDS:
        return option[2:].replace("-", "_")
    return OTHERWISE.get(option, option)
