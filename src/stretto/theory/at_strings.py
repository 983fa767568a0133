"""Which parts of a score are players of a string quartet, by their names and programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stretto.score.model import Part, Score

STRINGS = (
    (re.compile(r"violin|\bviol(on|ons|ono)?\b|\bv(ln|l|n)s?\d?\b|geige|skrzypc", re.IGNORECASE), 40),
    (re.compile(r"\bviol(a|as|e|en)\b|\baltos?\b|bratsche|\b(vla|vle|va)s?\b|altówk", re.IGNORECASE), 41),
    (re.compile(r"cell[oi]|violonc|\bvl?c\b|wiolonczel", re.IGNORECASE), 42),
)
"""What players of strings are called, one or several at a desk, and their General MIDI programs."""

SINGS = re.compile(r"sopran|alt|tenor|cant|disc|treble|voice|vox|melod|choir|chor", re.IGNORECASE)
"""Names that a program of strings does not outweigh: choirs are often heard so."""

AT_MOST = (2, 1, 1)
"""Violins, violas and cellos of a quartet."""


def for_strings(score: Score) -> bool:
    """A string quartet, or some of its players."""
    sounding = sounding_parts(score)
    players = [p for p, part in enumerate(score.parts) if not part.percussion]
    whole = any(len(parts) == sum(AT_MOST) and seats_of(score, parts) is not None for parts in (sounding, players))
    return whole or (len(sounding) > 1 and _some_of_them(score, sounding))


def sounding_parts(score: Score) -> list[int]:
    """Parts with notes, drums left out."""
    return [p for p, part in enumerate(score.parts) if not part.percussion and (score.notes["part"] == p).any()]


def seats_of(score: Score, parts: Sequence[int]) -> dict[int, int] | None:
    """The player of each part of a string quartet, 0 = the first violin; None = it is none."""
    kinds = [kind_of(score.parts[part]) for part in parts]
    if sorted(kind for kind in kinds if kind is not None) != [0, 0, 1, 2]:
        return None
    violins = [part for part, kind in zip(parts, kinds, strict=True) if kind == 0]
    first = min(violins, key=lambda p: (which_violin(score.parts[p].name), p))
    others = {part: kind + 1 for part, kind in zip(parts, kinds, strict=True) if kind is not None and kind > 0}
    return {first: 0, next(p for p in violins if p != first): 1, **others}


def _some_of_them(score: Score, parts: Sequence[int]) -> bool:
    """Players of a quartet that wants the others, by their names: none is there twice but the violins."""
    names = [score.parts[part].name for part in parts]
    kinds = [kind_of(score.parts[part]) for part in parts]
    named = [k for name, k in zip(names, kinds, strict=True) if k is not None and STRINGS[k][0].search(name)]
    sung = all(SINGS.search(name) for name in names)
    return len(named) == len(parts) and not sung and all(named.count(k) <= AT_MOST[k] for k in named)


def kind_of(part: Part) -> int | None:
    """0 a violin, 1 a viola, 2 a cello; None = neither its name nor its program says so."""
    for kind, (words, _) in enumerate(STRINGS):
        if words.search(part.name):
            return kind
    if SINGS.search(part.name) and not re.fullmatch(r"voice\s*\d*", part.name.strip(), re.IGNORECASE):
        return None
    return next((kind for kind, (_, program) in enumerate(STRINGS) if part.program == program), None)


def which_violin(name: str) -> int:
    """Which of two violins a name says: 1 or 2."""
    return 2 if re.search(r"\b(2|ii|second|secondo|zweite)\b|2$|ii$", name.strip(), re.IGNORECASE) else 1
