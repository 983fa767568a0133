"""What music for keyboard or quartet shares with the bars that their networks learned from, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from stretto.evaluate.staff_index import SHORTEST, VerbatimPassage
from stretto.evaluate.staff_originality import StaffOriginality, usual
from stretto.evaluate.training_music import shipped_music
from stretto.render.markup import node
from stretto.report.figures import percent
from stretto.report.measured import Measured
from stretto.report.tables import number, number_head, table
from stretto.score.model import Score

N_ROWS = 12
"""Passages that are listed."""

ONLY_TRAINING = (
    "Searched are {music}, bar by bar and in any key; of the choir's {n} pieces only what is more than chance is told. "
    "Music that is in neither cannot be found, and what the law calls a copy is not for a program to say."
)


def bars_of(pieces: Sequence[Measured]) -> list[StaffOriginality]:
    """What pieces for players share, a piece each."""
    return [piece.on_staves for piece in pieces if piece.for_players and piece.on_staves is not None]


def searched(pieces: Sequence[Measured]) -> str:
    """Where music for players was looked for."""
    music = " and ".join(dict.fromkeys(found.learned_from for found in bars_of(pieces)))
    return ONLY_TRAINING.format(music=music, n=len(shipped_music().pieces))


def usual_for(pieces: Sequence[Measured]) -> list[str]:
    """What real works for the same players share, a sentence for each kind of players."""
    kinds = list(dict.fromkeys(found.repertoire for found in bars_of(pieces)))
    said = [usual(kind) for kind in kinds]
    if len(kinds) > 1:
        said = [f"{kind}: {words}" for kind, words in zip(kinds, said, strict=True)]
    return [f"{words[0].upper()}{words[1:]}." for words in said]


def bars_table(pieces: Sequence[Measured]) -> Element:
    """The bars that stand in the training music too; what is the least usual first."""
    found = [(piece, own, p) for piece in pieces for own in bars_of([piece]) for p in own.passages]
    if not found:
        music = " or ".join(dict.fromkeys(own.learned_from for own in bars_of(pieces)))
        return node("p", f"No {SHORTEST} bars, and no top line of so many, stand in {music}.")
    found.sort(key=lambda one: (-one[1].real_below(one[2]), -one[2].bars))
    heads = [
        "what is alike" if len(pieces) == 1 else "piece", number_head("bars"), "here", "there",
        number_head("real share none"),
    ]  # fmt: skip
    rows = [_row(piece, own, passage, named=len(pieces) > 1) for piece, own, passage in found[:N_ROWS]]
    return table(f"The longest passages of {SHORTEST} bars and more that stand in the training music", heads, rows)


def _row(piece: Measured, own: StaffOriginality, passage: VerbatimPassage, *, named: bool) -> Element:
    alike = "the top line" if passage.melody else "all notes"
    whose = passage.piece.composer.replace("-", " ").title()
    there = f"bars {passage.first}-{passage.first + passage.bars - 1} of {passage.piece.title}"
    below = own.real_below(passage)
    return node(
        "tr",
        node("th", f"{piece.name}: {alike}" if named else alike, scope="row"),
        number(str(passage.bars), passage.bars),
        node("td", _here(piece.score, passage)),
        node("td", there, node("span", whose, class_="says") if whose else None),
        node("td", percent(below), class_=f"n {'warn' if passage.melody else 'bad'}"),
    )


def _here(score: Score, passage: VerbatimPassage) -> str:
    first, last = (score.bars[score.bar_index(tick)].number for tick in (passage.start, passage.end - 1))
    return f"bars {first}-{last}"
