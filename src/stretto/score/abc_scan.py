"""One line of ABC music as tokens, each with the column it starts at.

Source: the ABC music standard 2.1, section 4; liberal where the standard asks for it (bar lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

LENGTH = r"\d*(?:/+\d*)*"

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t`]+)
    | (?P<field>\[[A-Za-z]:[^\]]*\])
    | (?P<note>(?:(?P<sign>\^\^?|__?|=)(?P<micro>\d{{0,2}}/\d{{0,2}})?)?(?P<letter>[A-Ga-g])(?P<octave>[,']*){LENGTH})
    | (?P<rest>[zx]{LENGTH})
    | (?P<bars>[ZX]\d*)
    | (?P<spacer>y{LENGTH})
    | (?P<bar>\.?\[?:*\|(?:[|:\]]|\[(?=[|:\]]))*|::+|:+\]|\[\|?\])
    | (?P<ending>\[\s*\d[\d,\-.]*)
    | (?P<open>\[)
    | (?P<close>\]{LENGTH})
    | (?P<tuplet>\(\d+(?::\d*){{0,2}})
    | (?P<slur>\.?\()
    | (?P<unslur>\))
    | (?P<tie>\.?-)
    | (?P<broken>>+|<+)
    | (?P<grace>\{{/?)
    | (?P<ungrace>\}})
    | (?P<overlay>&+)
    | (?P<string>"(?:[^"\\]|\\.)*"?)
    | (?P<decoration>![^!|\[\]"]{{1,40}}!|\+[A-Za-z.<>()0-9^]{{1,20}}\+)
    | (?P<letters>[H-Wh-w~.])
    | (?P<number>\d[\d,\-]*)
    | (?P<reserved>[#*;?@$!+\\])
    """,
    re.X,
)

_ANYTHING = re.compile(r"(?s).")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of music text."""

    kind: str
    text: str
    column: int
    match: re.Match[str]


def scan(text: str, column: int = 1) -> Iterator[Token]:
    """Tokens of a music line; what is no ABC at all comes as kind "unknown", one character each."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            match = _ANYTHING.match(text, at)
            assert match is not None
            yield Token("unknown", match.group(), column + at, match)
        elif match.lastgroup != "space":
            yield Token(match.lastgroup or "", match.group(), column + at, match)
        at = match.end()


def length_of(text: str) -> Fraction:
    """A length multiplier: "" is 1, "3/2" is 3/2, "/" is 1/2, "//" is 1/4.

    Raises:
        ValueError: a length of 0, or with more digits than a note can need.

    >>> [str(length_of(t)) for t in ("", "2", "3/2", "/", "//", "/4")]
    ['1', '2', '3/2', '1/2', '1/4', '1/4']
    """
    if len(text) > 12:
        raise ValueError(text)
    head, *halves = re.split(r"/", text)
    length = Fraction(int(head or 1))
    for divisor in halves:
        length /= int(divisor or 2)
    if length <= 0:
        raise ValueError(text)
    return length
