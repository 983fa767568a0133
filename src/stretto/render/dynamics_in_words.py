"""Dynamics with words beside them, "p et animé", as one text: two signs at one place are printed over each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from stretto.score.model import Mark
from stretto.score.musicxml_directions_write import DYNAMICS

BEFORE = {"sempre", "più", "piu", "poco", "meno", "molto", "plus", "moins", "toujours", "immer", "sehr", "[", "("}
"""Last words of what is said before the sign; all else is said after it, as in OpenScore's string quartets."""


def in_words(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Join a dynamic with words that stand as dynamics at its place; the engraver sets the sign in it as a sign.

    Args:
        marks: of a score, to be printed.

    Returns:
        The same without the words that were joined, in their order.
    """
    marks = tuple(marks)
    beside: dict[Mark, list[str]] = {}
    for mark in marks:
        if mark.kind == "dynamic" and mark.text and mark.text not in DYNAMICS:
            beside.setdefault(replace(mark, text=""), []).append(mark.text)
    found: list[Mark] = []
    joined: set[Mark] = set()
    for mark in marks:
        place = replace(mark, text="")
        if mark.kind == "dynamic" and mark.text in DYNAMICS and place in beside and place not in joined:
            joined.add(place)
            found.append(replace(mark, text=_said(mark.text, beside[place])))
        else:
            found.append(mark)
    return tuple(mark for mark in found if not _is_said(mark, joined, beside))


def _said(sign: str, words: list[str]) -> str:
    """In the order in which it is spoken: "sempre p dolce"."""
    before = [own for own in words if own.split()[-1:] and own.split()[-1].lower() in BEFORE]
    return " ".join([*before, sign, *(own for own in words if own not in before)])


def _is_said(mark: Mark, joined: set[Mark], beside: dict[Mark, list[str]]) -> bool:
    """Whether it is words that now stand in another text."""
    place = replace(mark, text="")
    return mark.kind == "dynamic" and place in joined and mark.text in beside[place]
