"""`continue`, `infill` and `vary`: holes in time, in some voices or all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.score.model import TICKS_PER_QUARTER, Bar, Score
from stretto.score.play_order import play_order, read_signs
from stretto.verbs.document import Document
from stretto.verbs.form import phrases_after
from stretto.verbs.hearing import Hearing, document_for
from stretto.verbs.rework import Manner, Reworked, rework, voice_called
from stretto.verbs.voicing import VOICES

MAX_BARS = 64

HELD = 3
"""Ticks from which a note that ends after a barline is held over it; less is a way of playing."""


def continue_(
    score: Score,
    bars: int = 8,
    *,
    hearing: Hearing | None = None,
    manner: Manner | None = None,
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
    document = document_for(longer, hearing)
    start = int(document.before.ends.max())
    holes = [Hole(part=v, start=start, end=longer.end) for v in range(len(VOICES))]
    imagined = [Hole(part=v, start=0, end=start) for v in document.new]
    manner = (manner or Manner()).seeded()
    told = [v for v in range(len(VOICES)) if v not in document.new]
    if manner.rules is not None and len(told) == 1:
        manner = replace(manner, rules=replace(manner.rules, to_tonic=tuple(told)))
    ends = document.plan(manner.style).phrase_ends or (int(score.notes["onset"].max()),)
    meter = score.meter_at(score.end)
    more = phrases_after(
        ends[-1],
        longer.end,
        style=manner.style,
        meter=f"{meter.numerator}/{meter.denominator}",
        pickup=score.pickup,
        rng=np.random.default_rng([manner.seed or 0, 1]),
    )
    found = rework(document, [*holes, *imagined], manner, phrase_ends=(*ends, *more), chords_since=start)
    return replace(found, report=[*said, *found.report])


def way_on(score: Score) -> list[str]:
    """What is to be said of signs that lead back from the last bar.

    Raises:
        RequestError: the piece does not end there, so that nothing can follow.
    """
    order, last = play_order(score)[0], len(score.bars) - 1
    if last in read_signs(score).jumps or order[-1] != last:
        raise RequestError(
            f"the piece goes back at its end and closes in bar {score.bars[order[-1]].number}, so nothing can follow; "
            "write it out first, with `stretto convert FILE NEW --expand`"
        )
    repeated = order.count(last) > 1
    return [f"what ends in bar {score.bars[last].number} is repeated before the new bars"] if repeated else []


def with_bars(score: Score, n: int) -> Score:
    """The score with so many more bars, still empty; a last bar that was short is filled up.

    Where the piece has a pickup, the last of the new bars lacks its beats.
    """
    last = score.bars[-1]
    full = score.meter_at(last.tick).bar_ticks
    length = score.end - last.tick
    ends_short = length < full
    starts = [last.tick + max(full, length) + full * i for i in range(n)]
    closing = last.barline or "final"
    bars = [*score.bars[:-1], replace(last, barline="")]
    bars += [Bar(tick=tick, number=last.number + i + 1) for i, tick in enumerate(starts)]
    bars[-1] = replace(bars[-1], barline=closing)
    end = starts[-1] + (length if ends_short and score.pickup else full)
    return score.evolve(bars=tuple(bars), end=end)


def infill(
    score: Score,
    first: int,
    last: int,
    *,
    parts: Sequence[str] = (),
    keep_rhythm: bool = False,
    keep_pitches: bool = False,
    hearing: Hearing | None = None,
    manner: Manner | None = None,
) -> Reworked:
    """Write some bars anew, so that they lead from what comes before to what comes after.

    Args:
        score: the document, understood.
        first: number of the first bar that is open, as it is printed; a pickup is bar 0.
        last: number of the last.
        parts: voices that are open there; none = all that the document has.
        keep_rhythm: only the pitches are open.
        keep_pitches: only the rhythm is open: the same notes in the same order.
        hearing: how the document is to be heard.
        manner: how to draw.

    Raises:
        RequestError: there are no such bars or voices, or the document does not fit.
    """
    start, end = span_of_bars(score, first, last)
    document = document_for(score, hearing)
    open_voices = _open_voices(document, parts)
    stays = staying(keep_rhythm=keep_rhythm, keep_pitches=keep_pitches)
    ends = {v: open_until(*document.sung(v), start, end) for v in open_voices}
    holes = [replace(stays, part=v, start=start, end=ends[v]) for v in open_voices if ends[v] > start]
    said = held_report([VOICES[v] for v in open_voices if ends[v] < end], (first, last), all_stay=not holes)
    found = rework(document, [*holes, *_imagined(document)], manner or Manner(), chords_since=start)
    return replace(found, report=[*said, *found.report])


def open_until(onset_N: NDArray[np.int32], end_N: NDArray[np.int32], start: int, end: int) -> int:
    """Where what is open must end so that what sounds from a tick on stays: a note that is held over it stays whole.

    One that is held into the bars stays for that; beside a pedal, other notes of a staff can be new.

    Args:
        onset_N: of the notes of a voice or staff, in ticks.
        end_N: where they end.
        start: of the bars that are open.
        end: of these bars.
    """
    held_N = (onset_N >= start) & (onset_N < end) & (end_N >= end + HELD)
    return int(onset_N[held_N].min(initial=end))


def held_report(who: Sequence[str], bars: tuple[int, int] | None, *, all_stay: bool) -> list[str]:
    """What is to be said of notes that are held out of the bars that are open.

    Args:
        who: voices or staves that hold one.
        bars: numbers of the first and the last that are open; None = all are, and nothing is held out of them.
        all_stay: nothing is left open.

    Raises:
        RequestError: nothing is left open.
    """
    if not who or bars is None:
        return []
    over = f"what is held over the end of bar {bars[1]} stays; open the bar after it too to have it new"
    said = f"{', '.join(who)}: {over}"
    if all_stay:
        raise RequestError(said)
    return [said]


def bars_named(text: str) -> tuple[int, int]:
    """First and last bar of a range.

    >>> bars_named("5-8"), bars_named("5")
    ((5, 8), (5, 5))

    Raises:
        RequestError: it is none.
    """
    match = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", text)
    if match is None:
        raise RequestError(f"--bars {text}: name bars as 5-8, or one as 5")
    return int(match[1]), int(match[2] or match[1])


def span_of_bars(score: Score, first: int, last: int) -> tuple[int, int]:
    """From the start of one bar to the end of another, in ticks.

    Raises:
        RequestError: there are no such bars.
    """
    if first > last:
        raise RequestError(f"bars {first}-{last}: the first comes after the last; say {last}-{first}")
    numbers = [bar.number for bar in score.bars]
    if first not in numbers or last not in numbers:
        named = f"bar {first}" if first == last else f"bars {first}-{last}"
        raise RequestError(f"{named}: the document has bars {min(numbers)} to {max(numbers)}")
    end_index = len(numbers) - 1 - numbers[::-1].index(last)
    return score.bars[numbers.index(first)].tick, score.bar_end(end_index)


def vary(
    score: Score,
    strength: float = 0.3,
    *,
    bars: tuple[int, int] | None = None,
    keep: Sequence[str] = (),
    keep_rhythm: bool = False,
    keep_pitches: bool = False,
    hearing: Hearing | None = None,
    manner: Manner | None = None,
) -> Reworked:
    """Write some beats of some voices anew, here and there.

    Args:
        score: the document, understood.
        strength: share of the beats that are open, 0 to 1.
        bars: numbers of the first and the last bar in which they may lie, as they are printed; None = everywhere.
        keep: voices in which nothing changes.
        keep_rhythm: only the pitches are open.
        keep_pitches: only the rhythm is open: the same notes in the same order.
        hearing: how the document is to be heard.
        manner: how to draw.

    Raises:
        RequestError: the strength is out of range, there are no such bars, no voice is left, or the document does not
            fit.
    """
    if not 0 < strength <= 1:
        raise RequestError(f"strength {strength:g}: possible is over 0, up to 1")
    start, end = (0, score.end) if bars is None else span_of_bars(score, *bars)
    document = document_for(score, hearing)
    kept = {voice_called(name) for name in keep}
    open_voices = [v for v in range(len(VOICES)) if v not in kept and v not in document.new]
    if not open_voices:
        raise RequestError(f"--keep {','.join(keep)}: no voice is left to vary")
    manner = (manner or Manner()).seeded()
    rng = np.random.default_rng([manner.seed or 0, 1])
    stays = staying(keep_rhythm=keep_rhythm, keep_pitches=keep_pitches)
    ends = {v: open_until(*document.sung(v), start, end) for v in open_voices}
    whole = [hole for voice in open_voices for hole in _beats_of(document, voice, (start, ends[voice]), rng, stays)]
    said = held_report([VOICES[v] for v in open_voices if ends[v] < end], bars, all_stay=not whole)
    if not whole:
        raise RequestError("no note begins in what could be varied")
    drawn_W = rng.random(len(whole)) < strength
    holes = [hole for hole, drawn in zip(whole, drawn_W, strict=True) if drawn] or whole[:1]
    found = rework(document, [*holes, *_imagined(document)], manner)
    return replace(found, report=[*said, *found.report])


def _beats_of(
    document: Document, voice: int, span: tuple[int, int], rng: np.random.Generator, stays: Hole
) -> list[Hole]:
    """Stretches of a voice within a span of ticks, in which something begins."""
    onset_N, end_N = document.sung(voice)
    found = []
    tick, end = span[0], min(span[1], int(end_N.max(initial=0)))
    while tick < end:
        # Single notes alone would only be replaced by their likeliest neighbours; a rhythm needs more room.
        length = TICKS_PER_QUARTER * int(rng.integers(1, 3)) * (2 if stays.keep_pitches else 1)
        stop = min(tick + length, end)
        if ((onset_N >= tick) & (onset_N < stop)).any():  # where nothing begins nothing can vary
            found.append(replace(stays, part=voice, start=tick, end=stop))
        tick += length
    return found


def staying(*, keep_rhythm: bool, keep_pitches: bool) -> Hole:
    """A hole that says what stays in it."""
    if keep_rhythm and keep_pitches:
        raise RequestError("--keep-rhythm with --keep-pitches leaves nothing open; give one of them")
    return Hole(part=0, start=0, end=0, keep_rhythm=keep_rhythm, keep_pitches=keep_pitches)


def _open_voices(document: Document, parts: Sequence[str]) -> list[int]:
    has = [v for v in range(len(VOICES)) if v not in document.new]
    wished = [voice_called(name) for name in parts]
    if missing := [VOICES[v] for v in wished if v not in has]:
        raise RequestError(
            f"--parts {','.join(missing)}: the document has no such voice; it has {', '.join(VOICES[v] for v in has)}"
        )
    return wished or has


def _imagined(document: Document) -> list[Hole]:
    """Voices that the document lacks, which the network hears in its mind."""
    return [Hole(part=v, start=0, end=document.frames.end) for v in document.new]
