"""Notes marked by number and colour: what to mark, and the score in which it is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from stretto.render.verovio_svg import FOUND_BY
from stretto.score.model import Mark, Score

Sign = Literal["disc", "box", "ring"]
"""What a number stands in: the shape tells the kinds apart where colours do not."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one kind of marking looks."""

    name: str
    """As the legend calls it, "error"."""
    colour: str
    """"#RRGGBB"."""
    sign: Sign


# Of the palette that the colour-blind tell apart as well: Okabe and Ito, Color Universal Design, 2002.
VERMILION, BLUE, GREEN = "#D55E00", "#0072B2", "#009E73"


@dataclass(frozen=True, kw_only=True)
class Marking:
    """A number at some notes, and what the legend says of it."""

    number: int
    look: Look
    notes: tuple[int, ...]
    """Indices into `score.notes`; a number stands at the last of them in each voice."""
    tick: int
    """Where it is heard."""
    place: str
    """Where that is, in words: "bar 3 beat 2, alto"."""
    text: str
    """What the legend says beside it."""
    comment: str
    """The same in few words, for a page that is full of notes."""


def coloured(score: Score, markings: Sequence[Marking], *, named: bool = False) -> Score:
    """The score with coloured notes.

    Args:
        score: what is marked.
        markings: the gravest kinds first; a note that several mark has the colour of the first.
        named: give each note a name by which its drawing is found, see `name_of`.
    """
    colours: dict[int, str] = {}
    for marking in markings:
        for index in marking.notes:
            colours.setdefault(index, marking.look.colour)
    marks = [_colour(score, index, colour, named=named) for index, colour in colours.items()]
    return score.evolve(marks=(*score.marks, *marks))


def commented(score: Score, markings: Sequence[Marking]) -> Score:
    """The coloured score with its numbers and reasons above the notes, for programs that print a score."""
    comments = [
        Mark(
            kind="comment", tick=tick, text=f"{marking.number} {marking.comment}", part=part, extra=marking.look.colour
        )
        for marking in sorted(markings, key=lambda marking: marking.number)
        for part, tick in [_anchor(score, marking)]
    ]
    marked = coloured(score, markings)
    return marked.evolve(marks=(*marked.marks, *comments))


def name_of(index: int) -> str:
    """By which a note of `coloured(..., named=True)` is found in its drawing; tied pieces have "-2", "-3" after it."""
    return f"{FOUND_BY}{index}"


def labelled(score: Score, marking: Marking) -> list[int]:
    """The notes at which the number stands: in each voice the last one that sounds where the fault is heard.

    Voices are told by part, staff and layer: of chords on two staves, each staff has the number once.
    """
    found: dict[tuple[int, int, int], int] = {}
    for index in sorted(marking.notes, key=lambda i: int(score.notes["onset"][i])):
        note = score.notes[index]
        place = int(note["part"]), int(note["staff"]), int(note["voice"])
        if place not in found or int(note["onset"]) <= marking.tick:
            found[place] = index
    return list(found.values())


def in_order_of_gravity(markings: Iterable[Marking], looks: Sequence[Look]) -> list[Marking]:
    """Markings by kind, in the order of `looks`, then by number."""
    return sorted(markings, key=lambda marking: (looks.index(marking.look), marking.number))


def _anchor(score: Score, marking: Marking) -> tuple[int, int]:
    """Part and tick of the number: at the top part's note."""
    if not marking.notes:
        return 0, marking.tick
    top = min(labelled(score, marking), key=lambda i: int(score.notes["part"][i]))
    return int(score.notes["part"][top]), int(score.notes["onset"][top])


def _colour(score: Score, index: int, colour: str, *, named: bool) -> Mark:
    note = score.notes[index]
    place = {name: int(note[name]) for name in ("part", "voice", "staff", "pitch", "grace")}
    name = name_of(index) if named else ""
    return Mark(kind="colour", tick=int(note["onset"]), text=colour, extra=name, **place)
