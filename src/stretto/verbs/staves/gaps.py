"""`harmonize`, `continue`, `infill` and `vary` on staves: the same holes as in a choir, by hands and players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.staff_example import beat_of
from stretto.score.model import Score
from stretto.verbs.gaps import MAX_BARS, held_report, open_until, span_of_bars, staying, way_on, with_bars
from stretto.verbs.hearing import Hearing
from stretto.verbs.rework import Reworked
from stretto.verbs.staves.document import StaffDocument, staff_document
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.rework import StaffManner, rework


def document_for(score: Score, players: Ensemble, hearing: Hearing | None) -> StaffDocument:
    """A document as its user describes it.

    Raises:
        RequestError: it does not fit.
    """
    hearing = hearing or Hearing()
    if hearing.octaves:
        raise RequestError(
            f"--octaves {hearing.octaves}: the {players.name} network hears music where it is; leave it out"
        )
    return staff_document(score, players, wished=hearing.voices, take=hearing.take, key=hearing.key)


class StaffVerbs:
    """The four verbs for one ensemble, called as those of the choir."""

    def __init__(self, players: Ensemble) -> None:
        """For whom they write."""
        self.players = players

    def harmonize(
        self,
        score: Score,
        *,
        keep: Sequence[str] = (),
        hearing: Hearing | None = None,
        manner: StaffManner | None = None,
    ) -> Reworked:
        """Write the staves that a document lacks: the other hand, the other players.

        Args:
            score: understood, as `theory.understand` leaves it.
            keep: staves that stay, if not all are to; the others are written anew.
            hearing: how the document is to be heard.
            manner: how to draw.

        Raises:
            RequestError: the document does not fit, or the wish cannot be met.
        """
        document = document_for(score, self.players, hearing)
        staves = range(len(self.players.staves))
        has = [s for s in staves if len(document.music.of_staff(s))]
        kept = [self.players.staff_called(name) for name in keep] or has
        if missing := [self.players.staves[s] for s in kept if s not in has]:
            raise RequestError(f"--keep {','.join(missing)}: the document has no such staff; it has {document.has()}")
        opened = [s for s in staves if s not in kept]
        if not opened:
            what = f"--keep {','.join(keep)} keeps" if keep else "given are"
            n = {2: "both", 4: "all four"}.get(len(kept), f"all {len(kept)}")
            raise RequestError(f"{what} {n} staves, so none is left to write; say with --keep which of them stay")
        holes = [Hole(part=s, start=0, end=document.score.end) for s in opened]
        return rework(document, holes, manner or StaffManner(), keep_new=document.new)

    def continue_(
        self, score: Score, bars: int = 8, *, hearing: Hearing | None = None, manner: StaffManner | None = None
    ) -> Reworked:
        """Go on where a document ends.

        Args:
            score: the opening, understood.
            bars: how many more; the last closes the piece.
            hearing: how the document is to be heard.
            manner: how to draw.

        Raises:
            RequestError: the document does not fit, or the wish cannot be met.
        """
        if not 1 <= bars <= MAX_BARS:
            raise RequestError(f"{bars} bars: possible are 1 to {MAX_BARS}")
        said = way_on(score)
        longer = with_bars(score, bars)
        document = document_for(longer, self.players, hearing)
        # What ends is the music: a last bar that was not filled is gone on from where its last note ends.
        start = int(document.before.ends.max(initial=0))
        staves = range(len(self.players.staves))
        holes = [Hole(part=s, start=start, end=longer.end) for s in staves]
        imagined = [Hole(part=s, start=0, end=start) for s in document.new if start]
        found = rework(
            document,
            [*holes, *imagined],
            manner or StaffManner(),
            last=longer.bars[-1].tick,
            chords_since=start,
            recalls_since=start,
        )
        return replace(found, report=[*said, *found.report])

    def infill(
        self,
        score: Score,
        first: int,
        last: int,
        *,
        parts: Sequence[str] = (),
        keep_rhythm: bool = False,
        keep_pitches: bool = False,
        hearing: Hearing | None = None,
        manner: StaffManner | None = None,
    ) -> Reworked:
        """Write some bars anew, so that they lead from what comes before to what comes after.

        Args:
            score: the document, understood.
            first: number of the first bar that is open, as it is printed; a pickup is bar 0.
            last: number of the last.
            parts: staves that are open there; none = all that the document has.
            keep_rhythm: only the pitches are open.
            keep_pitches: only the rhythm is open: the same notes in the same order.
            hearing: how the document is to be heard.
            manner: how to draw.

        Raises:
            RequestError: there are no such bars or staves, or the document does not fit.
        """
        start, end = span_of_bars(score, first, last)
        document = document_for(score, self.players, hearing)
        has = [s for s in range(len(self.players.staves)) if s not in document.new]
        wished = [self.players.staff_called(name) for name in parts] or has
        if missing := [self.players.staves[s] for s in wished if s not in has]:
            raise RequestError(f"--parts {','.join(missing)}: the document has no such staff; it has {document.has()}")
        stays = staying(keep_rhythm=keep_rhythm, keep_pitches=keep_pitches)
        ends = {s: _open_until(document, s, start, end) for s in wished}
        holes = [replace(stays, part=s, start=start, end=ends[s]) for s in wished if ends[s] > start]
        said = held_report([self.players.staves[s] for s in wished if ends[s] < end], (first, last), all_stay=not holes)
        found = rework(document, [*holes, *_imagined(document)], manner or StaffManner(), chords_since=start)
        return replace(found, report=[*said, *found.report])

    def vary(
        self,
        score: Score,
        strength: float = 0.3,
        *,
        bars: tuple[int, int] | None = None,
        keep: Sequence[str] = (),
        keep_rhythm: bool = False,
        keep_pitches: bool = False,
        hearing: Hearing | None = None,
        manner: StaffManner | None = None,
    ) -> Reworked:
        """Write some beats of some staves anew, here and there.

        Args:
            score: the document, understood.
            strength: share of the beats that are open, over 0, up to 1.
            bars: numbers of the first and the last bar in which they may lie, as printed; None = everywhere.
            keep: staves in which nothing changes.
            keep_rhythm: only the pitches are open.
            keep_pitches: only the rhythm is open: the same notes in the same order.
            hearing: how the document is to be heard.
            manner: how to draw.

        Raises:
            RequestError: the strength is out of range, there are no such bars, no staff is left, or the document does
                not fit.
        """
        if not 0 < strength <= 1:
            raise RequestError(f"strength {strength:g}: possible is over 0, up to 1")
        span = (0, score.end) if bars is None else span_of_bars(score, *bars)
        document = document_for(score, self.players, hearing)
        kept = {self.players.staff_called(name) for name in keep}
        opened = [s for s in range(len(self.players.staves)) if s not in kept and s not in document.new]
        if not opened:
            raise RequestError(f"--keep {','.join(keep)}: no staff is left to vary")
        manner = (manner or StaffManner()).seeded()
        stays = staying(keep_rhythm=keep_rhythm, keep_pitches=keep_pitches)
        rng = np.random.default_rng([manner.seed or 0, 1])
        ends = {s: _open_until(document, s, *span) for s in opened}
        windows = [h for s in opened for h in _windows(document, replace(stays, part=s), (span[0], ends[s]), rng)]
        held = [self.players.staves[s] for s in opened if ends[s] < span[1]]
        said = held_report(held, bars, all_stay=not windows)
        if not windows:
            raise RequestError("no note begins in what could be varied")
        drawn_W = rng.random(len(windows)) < strength
        holes = [hole for hole, drawn in zip(windows, drawn_W, strict=True) if drawn] or windows[:1]
        found = rework(document, [*holes, *_imagined(document)], manner)
        return replace(found, report=[*said, *found.report])


def _open_until(document: StaffDocument, staff: int, start: int, end: int) -> int:
    """Where a staff's hole must end so that what sounds from a tick on stays."""
    own = document.music.of_staff(staff)
    return open_until(own["onset"], own["onset"] + own["duration"], start, end)


def _windows(document: StaffDocument, stays: Hole, span: tuple[int, int], rng: np.random.Generator) -> list[Hole]:
    """Stretches of one to two beats, within a span of ticks, in which a staff strikes; a rhythm needs more room."""
    own = document.music.of_staff(stays.part)
    end = min(span[1], int((own["onset"] + own["duration"]).max(initial=0)))
    edges = [tick for tick in _beats(document.score) if span[0] <= tick < end] + [end]
    found, at = [], 0
    while edges[at] < end:
        after = min(at + int(rng.integers(1, 3)) * (2 if stays.keep_pitches else 1), len(edges) - 1)
        if ((own["onset"] >= edges[at]) & (own["onset"] < edges[after])).any():
            found.append(replace(stays, start=edges[at], end=edges[after]))
        at = after
    return found


def _beats(score: Score) -> list[int]:
    """Where beats begin, as the metre counts them; those of a pickup are counted back from bar 1."""
    found = set[int]()
    for i, bar in enumerate(score.bars):
        meter, stop = score.meter_at(bar.tick), score.bar_end(i)
        beat = beat_of(f"{meter.numerator}/{meter.denominator}")
        short = (stop - bar.tick) % beat if i == 0 and score.pickup else 0
        found |= {bar.tick, *range(bar.tick + short, stop, beat)}
    return sorted(found)


def _imagined(document: StaffDocument) -> list[Hole]:
    """Staves that the document lacks, which the network hears in its mind."""
    return [Hole(part=s, start=0, end=document.score.end) for s in document.new]
