"""Music that comes back: forms such as AABA, and voices that take up each other's melody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from stretto.errors import RequestError
from stretto.frames.canvas import Canvas, Hole, canvas_of
from stretto.frames.echo import Echo
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import bar_ticks
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.form import MIN_BARS, Form, make_form

N_VOICES = 4

ENTRIES = (0, -5, -12, -17)
"""Semitones from the soprano at which alto, tenor and bass take up a melody: tonic and dominant in turn."""

DELAYS = (1, 2, 4)
"""Quarters after which the next voice enters, before what it takes up has ended."""


STAGGERED = "renaissance"
"""The style whose voices rest, and so can enter one after the other."""

RECALLS, RECALL = 0.5, 2.0
"""Share of the phrases in which the soprano recalls an earlier one, if one ended on the same beat; and the nats by
which what it sang there is made likelier. Of the notes of real chorale tunes a third has been heard before."""

TAKE_UP, RETURN, CONTRAST = 4.0, 1.0, -2.0
"""Nats by which three things are made likelier: a melody that a voice is to take up (the network alone takes up a third
of it, as it goes by harmony first), a section that returns, and what another section sang, or B would be a third A."""


@dataclass(frozen=True, kw_only=True)
class Returns:
    """What is to come back."""

    echoes: tuple[Echo, ...] = ()
    """What the network is told."""
    pulls: Mapping[float, tuple[Echo, ...]] = field(default_factory=dict)
    """By how many nats what echoes ask for is made likelier."""
    enters: tuple[int, ...] = ()
    """Tick before which each voice is silent; empty = all begin together."""

    def __add__(self, other: Returns) -> Returns:
        """Both."""
        return Returns(
            echoes=self.echoes + other.echoes,
            pulls={**self.pulls, **other.pulls},
            enters=self.enters or other.enters,
        )

    def canvas(self, end: int) -> Canvas | None:
        """A piece of so many ticks in which the rests before voices enter alone are given; None = not even these."""
        if not any(self.enters):
            return None
        silence = frames_of_matrix(np.full((1, N_VOICES), -1.0), step=end)
        return canvas_of(silence, [Hole(part=v, start=tick, end=end) for v, tick in enumerate(self.enters)])


def sectioned_form(
    letters: str, *, style: str, meter: str, n_bars: int, pickup: int, mode: str, rng: np.random.Generator
) -> tuple[Form, Returns]:
    """A piece of sections of one length, in which equal letters are equal music.

    Every section begins with the piece's pickup, taken from the last bar of the one before.

    Args:
        letters: one a section, as "AABA".
        style: as `make_form`.
        meter: as `make_form`.
        n_bars: of the whole piece; each section has its share.
        pickup: ticks.
        mode: "major" or "minor".
        rng: draws the phrases.

    Raises:
        RequestError: no such form, or the bars cannot be shared out.
    """
    share = bars_a_section(letters, n_bars)
    length = share * bar_ticks(meter)
    first: dict[str, int] = {}
    forms: dict[str, Form] = {}
    ends, goals, closes = list[int](), list[int](), list[int]()
    again, unlike = list[Echo](), list[Echo]()
    for k, letter in enumerate(letters):
        start = k * length
        if letter not in forms:
            unlike += [echo for at in first.values() for echo in _section_again(start, length, start - at)]
            first[letter] = start
            forms[letter] = make_form(style=style, meter=meter, n_bars=share, pickup=pickup, mode=mode, rng=rng)
        else:
            again += _section_again(start, length, start - first[letter])
        own = forms[letter]
        ends += [start + tick for tick in own.phrase_ends]
        goals, closes = goals + list(own.goals), closes + list(own.closes)
    whole = make_form(style=style, meter=meter, n_bars=n_bars, pickup=pickup, mode=mode, rng=rng)
    form = replace(whole, phrase_ends=tuple(ends), goals=tuple(goals), closes=tuple(closes))
    return form, Returns(echoes=tuple(again), pulls={RETURN: tuple(again), CONTRAST: tuple(unlike)})


def bars_a_section(letters: str, n_bars: int) -> int:
    """Bars of each section of a form.

    Raises:
        RequestError: no such form, or the bars cannot be shared out.
    """
    if not re.fullmatch(r"[A-Z]{2,12}", letters):
        raise RequestError(f"form {letters!r}: name sections by capital letters, as AABA")
    share, left = divmod(n_bars, len(letters))
    if left or share < MIN_BARS:
        usual = len(letters) * max(MIN_BARS, share)
        raise RequestError(
            f"form {letters} of {n_bars} bars: its {len(letters)} sections are equally long, with {MIN_BARS} bars or "
            f"more; ask for {usual} or {usual + len(letters)} bars"
        )
    return share


def _section_again(start: int, length: int, lag: int) -> list[Echo]:
    """All voices sing once more what they sang `lag` ticks before."""
    return [Echo(part=v, start=start, end=start + length, lag=lag, source=v) for v in range(N_VOICES)]


def entries(form: Form, style: str, rng: np.random.Generator) -> Returns:
    """In every phrase a voice leads, and the others take up its melody one after the other, overlapping.

    In the first phrase of a motet each is silent until it does; chorales begin together.
    """
    beat = TICKS_PER_QUARTER
    found = []
    start = 0
    enters = [0] * N_VOICES
    for end in form.phrase_ends:
        order = rng.permutation(N_VOICES).tolist()
        delay = int(rng.choice(DELAYS)) * beat
        lead = order[0]
        for n, voice in enumerate(order[1:], 1):
            tick = start + n * delay
            if tick + 2 * beat > end:
                break
            if not start and style == STAGGERED:
                enters[voice] = tick
            up = ENTRIES[voice] - ENTRIES[lead]
            found.append(Echo(part=voice, start=tick, end=end, lag=n * delay, source=lead, up=up))
        start = end + beat
    return Returns(echoes=tuple(found), pulls={TAKE_UP: tuple(found)}, enters=tuple(enters))


def recollections(form: Form, rng: np.random.Generator) -> Returns:
    """In some phrases the soprano sings again what it sang in an earlier one, up to where they close."""
    beat, bar = TICKS_PER_QUARTER, bar_ticks(form.meter)
    found = list[Echo]()
    starts = [0, *(end + beat for end in form.phrase_ends)]
    for k, end in enumerate(form.phrase_ends):
        alike = [j for j in range(k) if (end - form.phrase_ends[j]) % bar == 0]
        if not alike or rng.random() >= RECALLS:
            continue
        j = int(rng.choice(alike))
        lag = end - form.phrase_ends[j]
        start = max(starts[k], starts[j] + lag)
        if start + 2 * beat < end:
            found.append(Echo(part=0, start=start, end=end, lag=lag, source=0))
    return Returns(echoes=tuple(found), pulls={RECALL: tuple(found)} if found else {})
