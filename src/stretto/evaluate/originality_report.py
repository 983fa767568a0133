"""What a piece shares with the training music, by name: which piece, which bars of both, how that compares.

Five questions: four voices note for note, three of them, four with nine eighths of ten alike; and, of music of any
number of voices, one melody with its rhythm, and its steps alone. `originality` and `melody_runs` say what is alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.known_music import KnownPiece
from stretto.evaluate.melody_runs import Melodies, MelodyRun
from stretto.evaluate.originality import CELL, Shared
from stretto.evaluate.real_sharing import KINDS, Kind, real_sharing
from stretto.evaluate.sung_lines import N_VOICES, SungLine, cells_of, choirs_in, sung_lines, usual_duration
from stretto.evaluate.training_music import shipped_library, shipped_melodies, shipped_music
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.performance import on_the_beat, played_live

VOICES = ("soprano", "alto", "tenor", "bass")

SPEEDS = (1.0, 0.5, 2.0)
"""Ticks of the training music for one of the piece: its values may be written twice or half as long."""

SLOW = ((80, 0.25), (36, 0.5))
"""Median durations in ticks from which a piece counts in whole or half notes, and what brings these to quarters."""

STILL = 2.0
"""Quarters that a move of every line may last before what is shared is only a chord that stays."""

FAST, FASTER = 9, 2.0
"""A median duration up to which it counts in eighths, likewise."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a shared passage stands in one of the two pieces."""

    start: int
    """Ticks."""
    end: int
    lines: tuple[int, ...]
    """Which of its lines, from the top."""
    names: tuple[str, ...]
    """What these are called."""
    bars: tuple[int, int] | None
    """First and last, as printed; None = the source has no bars."""

    def __str__(self) -> str:
        """As "bars 3-5", or by quarters where there are no bars."""
        if self.bars is None:
            return f"quarters {1 + self.start / TICKS_PER_QUARTER:g}-{self.end / TICKS_PER_QUARTER:g}"
        first, last = self.bars
        return f"bar {first}" if first == last else f"bars {first}-{last}"


@dataclass(frozen=True, kw_only=True)
class SharedPassage:
    """The longest of one kind."""

    kind: Kind
    quarters: float
    """Its length in beats of the piece: halves, where the piece is written in halves."""
    notes: int
    """In the piece; of a melody, without those struck again."""
    moves: int
    """How often one of its lines goes to another pitch."""
    piece: KnownPiece
    index: int
    """Of that piece, in the training music."""
    here: Place
    there: Place
    up: int
    """Semitones from the training piece up to this one."""
    speed: float
    """Ticks there for one here."""
    real_below: float
    """Share of real chorales, unknown to the networks, whose longest passage of this kind is shorter than this one
    weighs."""

    @property
    def stays(self) -> bool:
        """Chords that stay, as at the end of a piece, over a drone, or struck again: they weigh less than they last."""
        return "melody" not in self.kind and self.quarters > weight(self.quarters, self.moves, len(self.here.lines))

    def __str__(self) -> str:
        """In a sentence."""
        size = f"{self.quarters:g} quarters" if "melody" not in self.kind else f"{self.notes} notes"
        moved = f", {abs(self.up)} semitone{'s' * (abs(self.up) != 1)} {'higher' if self.up > 0 else 'lower'}"
        who = f"{', '.join(self.here.names)}: " if "melody" in self.kind or "three" in self.kind else ""
        whose = f"the {self.there.names[0]} of " if "melody" in self.kind else ""
        return (
            f"{self.kind}: {size}, {who}{self.here}, as in {self.there} of {whose}{self.piece.title} "
            f"({self.piece.composer}){moved if self.up else ''}; "
            f"{self.real_below:.0%} of real chorales share less"
        )

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        places = {
            name: {"bars": place.bars, "start": place.start, "end": place.end, "voices": place.names}
            for name, place in (("here", self.here), ("there", self.there))
        }
        return {
            "kind": self.kind, "quarters": self.quarters, "notes": self.notes, "moves": self.moves,
            "piece": self.piece.name, "title": self.piece.title, "composer": self.piece.composer,
            "source": self.piece.source.name, "licence": self.piece.source.licence, **places,
            "transposition": self.up, "speed": self.speed, "real_below": self.real_below,
        }  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class OriginalityReport:
    """What a piece shares with the training music."""

    score: Score
    """The piece as it was compared: on the beat, if it was played live."""
    n_lines: int
    passages: dict[Kind, SharedPassage] = field(default_factory=dict)
    """The longest of each kind that could be asked for and was found."""

    @property
    def nearest(self) -> SharedPassage | None:
        """The passage that is the least usual among real chorales."""
        return max(self.passages.values(), key=lambda p: (p.real_below, -KINDS.index(p.kind)), default=None)

    def covered(self, passage: SharedPassage) -> float:
        """Share of the time from its first note to its last that a passage fills."""
        notes = self.score.notes
        length = int((notes["onset"] + notes["duration"]).max() - notes["onset"].min()) if len(notes) else 0
        return (passage.here.end - passage.here.start) / length if length else 0.0

    def beyond(self, share: float) -> OriginalityReport:
        """Only what is longer than in such a share of real chorales: in music that is no choir's, less is chance.

        Steps without their rhythm are left out: they judge nothing.
        """
        far = [p for p in self.passages.values() if p.real_below >= share and p.kind != "melody without rhythm"]
        return replace(self, passages={p.kind: p for p in far})

    def sentences(self) -> list[str]:
        """A line for each kind."""
        found = [str(self.passages[kind]) for kind in KINDS if kind in self.passages]
        return found or ["nothing is shared with the training music"]

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        nearest = self.nearest
        return {
            "lines": self.n_lines,
            "nearest": nearest.piece.name if nearest else None,
            "passages": [self.passages[kind].as_json() for kind in KINDS if kind in self.passages],
        }


def originality_of(score: Score) -> OriginalityReport:
    """Ask all five questions of a score.

    Four voices are asked for in music of four lines and more, three in music of three and more, melodies in any.
    """
    score = on_the_beat(score).score if played_live(score) else score
    lines = sung_lines(score)
    report = OriginalityReport(score=score, n_lines=len(lines))
    _ask_chords(report, lines)
    if lines:
        _ask_melodies(report, lines)
    return report


def beats_of(score: Score) -> float:
    """Factor that brings the usual note of a score to about a quarter or an eighth."""
    usual = usual_duration(score)
    return next((factor for least, factor in SLOW if usual >= least), FASTER if 0 < usual <= FAST else 1.0)


@dataclass(frozen=True, kw_only=True)
class FoundRun:
    """A passage as it was found: the longest of a kind so far, or of a place."""

    shared: Shared
    speed: float
    quarters: float
    """In beats of the piece."""
    own: tuple[int, ...]
    """The lines that share it."""


def _ask_chords(report: OriginalityReport, lines: Sequence[SungLine]) -> None:
    """Four voices and three, at the speed of the piece and at its half and double."""
    library, beats = shipped_library(), beats_of(report.score)
    best: dict[Kind, FoundRun] = {}
    pickup, choirs = report.score.pickup, choirs_in(report.score, lines)
    if len(choirs) > 1:  # four of five lines, and one cannot tell which
        lengths = [library.all_voices(cells_at(lines, choir, beats, pickup)).quarters for choir in choirs]
        choirs = [choirs[int(np.argmax(lengths))]]
    for choir, speed in product(choirs, dict.fromkeys((beats, *SPEEDS))):
        cells = cells_at(lines, choir, speed, pickup)
        over = {kind: found.quarters * speed / beats for kind, found in best.items()}
        found: dict[Kind, Shared] = {"three voices": library.three_voices(cells, over.get("three voices", 0.0))}
        if len(choir) == N_VOICES:
            found["all voices"] = library.all_voices(cells, over.get("all voices", 0.0))
            found["near copy"] = library.near_copy(cells, found["all voices"])
        for kind, shared in found.items():
            if shared.quarters > over.get(kind, 0.0):
                own = tuple(choir[v] for v in shared.voices) if len(choir) == N_VOICES else choir
                best[kind] = FoundRun(shared=shared, speed=speed, quarters=shared.quarters * beats / speed, own=own)
    for kind, longest in best.items():
        report.passages[kind] = passage_of(report.score, lines, kind, longest)


def cells_at(lines: Sequence[SungLine], choir: Sequence[int], speed: float, pickup: int) -> NDArray[np.int16]:
    """Eighths of the training music's values, one of which begins with the first full bar."""
    step = round(CELL / speed)
    return cells_of([lines[i] for i in choir], step, pickup % step)


def passage_of(score: Score, lines: Sequence[SungLine], kind: Kind, found: FoundRun) -> SharedPassage:
    """A run of several voices, by name."""
    shared, speed = found.shared, found.speed
    step = round(CELL / speed)
    start = score.pickup % step + round(shared.at * TICKS_PER_QUARTER / speed)
    end = start + round(shared.quarters * TICKS_PER_QUARTER / speed)
    theirs = round(shared.there * TICKS_PER_QUARTER)
    piece = shipped_music().pieces[shared.piece]
    moves = sum(_n_moves(lines[i], start, end) for i in found.own)
    return SharedPassage(
        kind=kind,
        moves=moves,
        quarters=found.quarters,
        notes=sum(int(((lines[i].onset_N >= start) & (lines[i].onset_N < end)).sum()) for i in found.own),
        piece=piece,
        index=shared.piece,
        here=_here(score, lines, found.own, start, end),
        there=_there(piece, shared.voices, theirs, theirs + round(shared.quarters * TICKS_PER_QUARTER)),
        up=shared.up,
        speed=speed,
        real_below=real_sharing().below(kind, weight(found.quarters, moves, len(found.own))),
    )


def weight(quarters: float, moves: int, n_lines: int) -> float:
    """Of a passage in chords, in quarters: its length, but no more than STILL quarters for each move of a line.

    In Bach's chorales a line moves about once a quarter, so that theirs weigh what they last.
    """
    return min(quarters, STILL * moves / max(1, n_lines))


def _n_moves(line: SungLine, start: int, end: int) -> int:
    pitch = line.pitch_N[(line.onset_N < end) & (line.end_N > start)]
    return int(np.count_nonzero(np.diff(pitch)))


def asked_melodies(lines: Sequence[SungLine]) -> Melodies:
    """Lines one after the other, as melodies are asked for."""
    line_N = np.repeat(np.arange(len(lines)), [len(line.onset_N) for line in lines])
    onset, end, pitch = (
        np.concatenate([getattr(line, name) for line in lines]) for name in ("onset_N", "end_N", "pitch_N")
    )
    return Melodies(line_N, onset, end, pitch, known=False)


def _ask_melodies(report: OriginalityReport, lines: Sequence[SungLine]) -> None:
    asked = asked_melodies(lines)
    kinds: tuple[tuple[Kind, bool], ...] = (("melody", True), ("melody without rhythm", False))
    for kind, rhythm in kinds:
        run = shipped_melodies().longest(asked, rhythm=rhythm)
        if run is not None:
            report.passages[kind] = melody_of(report.score, lines, kind, asked, run)


def melody_of(score: Score, lines: Sequence[SungLine], kind: Kind, asked: Melodies, run: MelodyRun) -> SharedPassage:
    """A stretch of one melody, by name."""
    music, known = shipped_music(), shipped_melodies().known
    start, end = int(asked.onset_K[run.here]), int(asked.end_K[run.here + run.n_notes - 1])
    first, last = int(known.onset_K[run.there]), int(known.end_K[run.there + run.n_notes - 1])
    voice, index = divmod(int(known.line_K[run.there]), len(music.pieces))
    here = asked.onset_K[run.here : run.here + run.n_notes]
    there = known.onset_K[run.there : run.there + run.n_notes]
    return SharedPassage(
        kind=kind,
        quarters=(end - start) * beats_of(score) / TICKS_PER_QUARTER,
        notes=run.n_notes,
        moves=run.n_notes - 1,
        piece=music.pieces[index],
        index=index,
        here=_here(score, lines, (int(asked.line_K[run.here]),), start, end),
        there=_there(music.pieces[index], (voice,), first, last),
        up=int(asked.pitch_K[run.here] - known.pitch_K[run.there]),
        speed=float(there[-1] - there[0]) / float(here[-1] - here[0]),
        real_below=real_sharing().below(kind, run.n_notes),
    )


def _here(score: Score, lines: Sequence[SungLine], own: tuple[int, ...], start: int, end: int) -> Place:
    parts = [score.parts[lines[i].part] for i in own]
    names = tuple(part.name or f"line {i + 1}" for i, part in zip(own, parts, strict=True))
    bars = (score.bars[score.bar_index(start)].number, score.bars[score.bar_index(end - 1)].number)
    return Place(start=start, end=end, lines=own, names=names, bars=bars if score.meters else None)


def _there(piece: KnownPiece, voices: tuple[int, ...], start: int, end: int) -> Place:
    first, last = piece.bar_number(start), piece.bar_number(end - 1)
    bars = (first, last) if first is not None and last is not None else None
    return Place(start=start, end=end, lines=voices, names=tuple(VOICES[v] for v in voices), bars=bars)
