"""What the page says of a piece beside the music that the networks learned from: bar by bar, by name, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stretto.errors import RequestError, StrettoError
from stretto.evaluate.known_music import KnownPiece
from stretto.evaluate.originality_report import VOICES, Place, SharedPassage
from stretto.evaluate.real_sharing import real_sharing
from stretto.evaluate.shared_by_bar import shared_by_bar
from stretto.evaluate.staff_index import SHORTEST, VerbatimPassage
from stretto.evaluate.staff_originality import NAMES, REAL, StaffOriginality, originality_of_staves, shipped_index
from stretto.evaluate.sung_lines import N_VOICES, SungLine, choirs_in, sung_lines
from stretto.evaluate.training_music import shipped_music
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.studio.limits import check_bars
from stretto.studio.pieces.documents import Document
from stretto.studio.pieces.part_names import part_names
from stretto.theory.understand import understand

UNUSUAL, UNKNOWN = 0.95, 1.0
"""Share of real works that share less, from which a passage is unusual, and from which none is known that shares as
much."""

N_TOLD, TOLD = 12, 0.25
"""Passages that are listed: the least usual ones, if so many real works share less."""

BARE = "jsb16 train"
"""How the names of chorales begin of which only the pitches are known."""

ALIKE = {"near copy": "nearly all notes", "all voices": "all voices", "melody without rhythm": "the steps"}
"""What a passage has in common, where it is not its voices that are named."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A passage as the page shows it."""

    start: int
    """Ticks."""
    end: int
    parts: tuple[int, ...]
    """Indices of the parts; none = all."""
    share: float
    """Of real works, unknown to the network, those that share less with what it learned from."""
    says: str
    usual: str

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "tick": self.start, "end": self.end, "parts": list(self.parts), "share": round(self.share, 3),
            "says": f"{self.says}. {self.usual}",
        }  # fmt: skip


def originality_of_document(document: Document) -> dict[str, Any]:
    """What every bar shares with the training music, the passages by name, and all of it in a sentence.

    Of a bar, `share` is the share of real works, unknown to the network, that share less with its training music in
    their furthest place than this bar does: 0 = a common turn or none, 1 = no real work shares as much; null = not
    asked.
    """
    score = document.score
    try:
        if not len(score.notes):
            raise RequestError("there are no notes yet")
        check_bars(len(score.bars))
        return _told(score, understand(score)[0])
    except StrettoError as cause:
        bars = [_bar(score, index, None, "") for index in range(len(score.bars))]
        return {"sentence": "", "why": str(cause), "bars": bars, "passages": []}


def _told(written: Score, score: Score) -> dict[str, Any]:
    on_staves = originality_of_staves(score)
    report, by_bar = shared_by_bar(score)
    if not report.n_lines:
        raise RequestError("it holds no line that could be sought")
    score, lines = report.score, sung_lines(report.score)
    bars: list[Told | None] = [None if found is None else _of_choir(score, lines, found) for found in by_bar]
    if on_staves is not None:
        # What a piano piece has in common with chorales is chance, unless it is far more than they have themselves.
        bars = [told if told is not None and told.share >= UNUSUAL else None for told in bars]
        bars = [_least_usual(score, index, told, on_staves) for index, told in enumerate(bars)]
    fits = len(bars) == len(written.bars)  # what was understood may have other bars than what is written
    passages = sorted({told: None for told in bars if told is not None}, key=lambda told: (-told.share, told.start))
    of_bars = bars if fits else [None] * len(written.bars)
    return {
        "sentence": _sentence(passages, on_staves),
        "why": "",
        "bars": [
            _bar(written, i, told.share if told else 0.0 if fits else None, told.as_json()["says"] if told else "")
            for i, told in enumerate(of_bars)
        ],
        "passages": [told.as_json() for told in passages[:N_TOLD] if told.share >= TOLD],
    }


def _of_choir(score: Score, lines: Sequence[SungLine], found: SharedPassage) -> Told:
    """A passage of the choir's training music."""
    melody = "melody" in found.kind
    size = f"{found.notes} notes" if melody else f"{found.quarters:g} quarter{'s' * (found.quarters != 1)}"
    whose = f"the {found.there.names[0]} of " if melody else ""
    who = ALIKE.get(found.kind) or _listed(_names(score, lines, found.here.lines))
    moved = f", {abs(found.up)} semitone{'s' * (abs(found.up) != 1)} {'higher' if found.up > 0 else 'lower'}"
    return Told(
        start=found.here.start,
        end=found.here.end,
        parts=tuple(sorted({lines[index].part for index in found.here.lines})),
        share=found.real_below,
        says=f"{_here(score, found.here)}: {who} as in {whose}{_work(found.piece)}, {_there(found.piece, found.there)}"
        f"{moved if found.up else ''}; {size}",
        usual=_usual(found.real_below),
    )


def _here(score: Score, place: Place) -> str:
    """Its bars as the page counts them, also where the piece says no metre."""
    first, last = (score.bars[score.bar_index(tick)].number for tick in (place.start, place.end - 1))
    return f"Bar {first}" if first == last else f"Bars {first}-{last}"


def _there(piece: KnownPiece, place: Place) -> str:
    """By bars, with the beat on which it begins there; or how far in, where nobody wrote down the bars."""
    beat = piece.beat(place.start)
    if place.bars is not None and beat is not None:
        return f"{place}, from beat {beat}" if beat > 1 else str(place)
    quarters = place.start // TICKS_PER_QUARTER
    if not quarters:
        return "at its beginning"
    return f"{quarters} quarter{'s' * (quarters != 1)} from its beginning (its bars are not on record)"


def _names(score: Score, lines: Sequence[SungLine], own: Sequence[int]) -> list[str]:
    """What some lines are called: as their parts, where each has its own, else by their place."""
    parts = [line.part for line in lines]
    if len(set(parts)) == len(parts):
        names = part_names(score)
        return [names[parts[index]] for index in own]
    choir = next(iter(choirs_in(score, lines)), ())
    if len(choir) == N_VOICES and set(own) <= set(choir):
        return [VOICES[choir.index(index)] for index in own]
    return [f"line {index + 1} from the top" for index in own]


def _work(piece: KnownPiece) -> str:
    """A training piece by its title and whose it is."""
    surname = piece.composer.partition(",")[0]
    if piece.name.startswith(BARE):
        return f"a chorale of {surname}'s without title (number {piece.name[len(BARE) :].strip()} of jsb16)"
    return f"{piece.title or piece.name}{f' ({surname})' if surname else ''}"


def _of_staves(score: Score, found: VerbatimPassage, repertoire: str) -> Told:
    """Bars of the keyboard's or the quartet's training music."""
    first, last = (score.bars[score.bar_index(tick)].number for tick in (found.start, found.end - 1))
    here = f"Bar {first}" if first == last else f"Bars {first}-{last}"
    by = f" ({found.piece.composer.replace('-', ' ').title()})" if found.piece.composer else ""
    what = "the top line" if found.melody else "all notes"
    there = f"bars {found.first}-{found.first + found.bars - 1}"
    rate = REAL[repertoire][found.melody]
    few = f"fewer than one of 100 real {NAMES[repertoire]}" if rate < 1 else f"{rate:g} of 100 real {NAMES[repertoire]}"
    usual = (
        f"That is much: {few} that it has not learned from share even {SHORTEST} bars{' so' if found.melody else ''}."
    )
    return Told(
        start=found.start, end=found.end, parts=(), share=1 - rate / 100,
        says=f"{here}: {what} as in {found.piece.title}{by}, {there}", usual=usual,
    )  # fmt: skip


def _least_usual(score: Score, index: int, told: Told | None, on_staves: StaffOriginality) -> Told | None:
    """Of a bar of music by staves: its verbatim passage, else what is there already."""
    start, end = score.bars[index].tick, score.bar_end(index)
    own = [p for p in on_staves.passages if min(end, p.end) - max(start, p.start) >= (end - start) / 2]
    found = [_of_staves(score, passage, on_staves.repertoire) for passage in own[:1]]
    return max([*found, *([told] if told is not None else [])], key=lambda one: one.share, default=None)


def _usual(share: float) -> str:
    """How many real chorales, unknown to the network, share as much."""
    many = max(1, 100 - round(100 * share))
    if share >= UNKNOWN:
        return "That is much: no real chorale that it has not learned from shares as much."
    if share >= UNUSUAL:
        return f"That is much: {many} of 100 real chorales that it has not learned from share as much."
    return f"That is usual: {many} of 100 real chorales that it has not learned from share as much or more."


def _sentence(passages: Sequence[Told], on_staves: StaffOriginality | None) -> str:
    """Of the whole piece."""
    if on_staves is not None:
        repertoire = on_staves.repertoire
        music = f"the {len(shipped_index(repertoire).pieces):,} {NAMES[repertoire]} that the network learned from"
    else:
        music = f"the {len(shipped_music().pieces):,} pieces that the network learned from"
    n_far = sum(told.share >= UNUSUAL for told in passages)
    if n_far:
        what = f"{n_far} passages are" if n_far > 1 else "One passage is"
        return f"{what} nearer to {music} than real works are. {passages[0].says}."
    if passages and on_staves is None:
        return f"It shares no more with {music} than {real_sharing().n} real chorales do that it did not learn from."
    return f"Nothing of note is shared with {music}."


def _listed(names: Sequence[str]) -> str:
    """As "soprano, alto and bass"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _bar(score: Score, index: int, share: float | None, why: str) -> dict[str, Any]:
    bar = score.bars[index]
    return {
        "number": bar.number, "tick": bar.tick, "end": score.bar_end(index),
        "share": None if share is None else round(share, 3), "why": why,
    }  # fmt: skip
