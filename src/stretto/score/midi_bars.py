"""Barlines as time signatures, the only way in which MIDI can say them."""

from __future__ import annotations

from stretto.score.model import TICKS_PER_WHOLE, Bar, Meter, Score
from stretto.score.tally import Tally

Signature = tuple[int, int]
"""(numerator, denominator)"""

_FINEST = 64


def signatures_of(score: Score, tally: Tally) -> list[tuple[int, Signature]]:
    """(tick, signature) for every place where a file must say one, so that its barlines come back.

    A pickup is a first bar with a signature of its own length, after which the metre begins; a bar
    of odd length inside the piece likewise.
    """
    starts = {meter.tick: meter for meter in score.meters if _can_say(meter, tally)}
    for late in sorted(starts.keys() - {bar.tick for bar in score.bars}):
        tally.add("time signatures inside a bar, which MIDI puts at a barline", score.place(late))
    found: list[tuple[int, Signature]] = []
    meter = Meter()
    running: Signature | None = None if 0 in starts else (4, 4)
    for index, bar in enumerate(score.bars):
        meter = _latest(starts, meter, bar.tick)
        wanted = (meter.numerator, meter.denominator)
        length = score.bar_end(index) - bar.tick
        # A short last bar needs no signature: the file ends.
        odd = length > meter.bar_ticks or (length < meter.bar_ticks and index + 1 < len(score.bars))
        own = _signature(length, meter.denominator) if odd else None
        if own is not None:
            wanted = own
            if bar.number:
                tally.add("bars of odd length written with a time signature of their own", score.place(bar.tick))
        if wanted != running or bar.tick in starts:
            found.append((bar.tick, wanted))
        running = wanted
        if odd and own is None:
            tally.add("bars whose length no time signature can say", score.place(bar.tick))
            running = None  # the next bar says its own again, which cuts this one short
    return found


def lost_bars(score: Score, tally: Tally) -> None:
    """Count what MIDI cannot say of the bars."""
    for bar in score.bars:
        for lost, what in (
            (bar.repeat_start or bar.repeat_end, "repeat signs"),
            (bar.ending, "endings"),
            (bar.barline, "barlines that are not plain"),
        ):
            if lost:
                tally.add(f"{what} that MIDI cannot hold", _bar_name(bar))
    for meter in score.meters:
        if meter.symbol:
            tally.add("time signatures as a sign, written in numbers", f"tick {meter.tick}")


def _bar_name(bar: Bar) -> str:
    return f"bar {bar.number}"


def _latest(starts: dict[int, Meter], meter: Meter, tick: int) -> Meter:
    """The metre in force at `tick`, given the one before."""
    return max((m for m in starts.values() if m.tick <= tick), key=lambda m: m.tick, default=meter)


def _can_say(meter: Meter, tally: Tally) -> bool:
    fits = (
        0 < meter.numerator < 256
        and meter.denominator in (1, 2, 4, 8, 16, 32, 64)
        and (TICKS_PER_WHOLE * meter.numerator % meter.denominator == 0)
    )
    if not fits:
        tally.add("time signatures that MIDI cannot hold", f"{meter.numerator}/{meter.denominator}")
    return fits


def _signature(length: int, denominator: int) -> Signature | None:
    """The signature of a bar of `length` ticks, in the metre's own unit or the next finer one that fits."""
    while denominator <= _FINEST:
        numerator, rest = divmod(length * denominator, TICKS_PER_WHOLE)
        if not rest and 0 < numerator < 256:
            return numerator, denominator
        denominator *= 2
    return None
