"""A chord line that the user asks for: which chord sounds when, and what that leaves each voice."""

# Shapes: S streams, P pitches, O = 2 + P options.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST, FlagshipEngine
from stretto.errors import RequestError
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.key import Tonality
from stretto.theory.roman import NamedChord, chord_named

BASS = 3


@dataclass(frozen=True, kw_only=True)
class ChordLine:
    """Chords with the ticks at which each begins; the last holds until the end."""

    ticks: tuple[int, ...]
    chords: tuple[NamedChord | None, ...]
    """None = free."""

    def at(self, tick: int) -> tuple[NamedChord | None, int]:
        """The chord in force, and for how many ticks it has been."""
        index = int(np.searchsorted(self.ticks, tick, side="right")) - 1
        return (self.chords[index], tick - self.ticks[index]) if index >= 0 else (None, 0)

    def barred(self, engine: FlagshipEngine, part: int, tick_S: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Options of `part` that do not belong to the chord, on its beats, (S, O).

        Between the beats voices may pass through anything.

        Args:
            engine: the pieces in the making.
            part: the part that chooses.
            tick_S: where each stream stands.
        """
        out = np.zeros((engine.n_streams, FIRST_PITCH + engine.w.n_pitches), bool)
        midi_P = np.arange(engine.w.n_pitches) + engine.w.lowest
        for s, tick in enumerate(tick_S.tolist()):
            chord, since = self.at(tick)
            if chord is None or since % TICKS_PER_QUARTER:
                continue
            wanted = _wanted(chord, engine, s, part, begins=since == 0)
            fits_P = np.isin(midi_P % 12, list(wanted))
            out[s, FIRST_PITCH:] = ~fits_P
            out[s, TAKE_REST] = True
            last = int(engine.last_SV[s, part])
            out[s, GO_ON] = last < 0 or not fits_P[last]
        return out


def _wanted(chord: NamedChord, engine: FlagshipEngine, stream: int, part: int, *, begins: bool) -> frozenset[int]:
    """Pitch classes that a part may take: the bass its own as the chord begins, the last what it cannot lack."""
    if part == BASS and begins:
        return frozenset({chord.bass})
    sung = {int(engine.new_SV[stream, v]) + engine.w.lowest for v in engine.done if engine.new_SV[stream, v] >= 0}
    lacking = chord.essential - {pitch % 12 for pitch in sung}
    n_left = engine.w.n_parts - len(engine.done)
    return lacking if len(lacking) >= n_left else chord.classes


def chord_line(
    text: str, plan: Plan, key: Tonality, heard: Callable[[int], int] = lambda tick: tick, *, since: int = 0
) -> ChordLine:
    """The chords of a line, in time.

    Bars stand between bar lines, and share their time among their chords; without bar lines every chord
    has a bar. The first is bar 1, or the first that is open: a pickup stays free. "%" or "-" leaves a place free.

    Args:
        text: as "I | IV V | I" or "G D7 Em".
        plan: says where the bars are.
        key: in which numerals are meant.
        heard: a moment of the piece as the network hears it, if notes are longer or shorter to it.
        since: tick from which bars are counted.

    Raises:
        RequestError: an unknown chord, or more bars than there are.
    """
    bars = bars_of(text)
    starts = bars_since(since, plan)
    if not bars or len(bars) > len(starts):
        raise RequestError(
            f"--chords: {len(bars)} bars of chords for {len(starts)} bars of music; give as many or fewer"
        )
    ticks, chords = list[int](), list[NamedChord | None]()
    for start, end, names in zip(starts, [*starts[1:], plan.end], bars, strict=False):
        for i, name in enumerate(names):
            ticks.append(start + (end - start) * i // max(1, len(names)))
            chords.append(None if name in ("%", "-") else chord_named(name, key))
        if not names:
            ticks.append(start)
            chords.append(None)
    if len(bars) < len(starts):
        ticks.append(starts[len(bars)])
        chords.append(None)
    return ChordLine(ticks=tuple(heard(tick) for tick in ticks), chords=tuple(chords))


def bars_since(since: int, plan: Plan) -> list[int]:
    """Where the bars begin in which a chord line can name chords."""
    return [start for start in list(plan.bar_starts or ())[1 if plan.pickup else 0 :] if start >= since]


def bars_of(text: str) -> list[list[str]]:
    """The names in each bar of a chord line."""
    bars = [bar.split() for bar in text.split("|")] if "|" in text else [[chord] for chord in text.split()]
    bars = bars[1:] if bars and not bars[0] else bars
    return bars[:-1] if bars and not bars[-1] else bars


def chord_symbols(
    score: Score, key: Tonality, until: int, heard: Callable[[int], int] = lambda tick: tick
) -> tuple[ChordLine | None, list[str]]:
    """The chords that a lead sheet has above its melody, and the symbols that have no meaning here.

    Args:
        score: the document.
        key: of the document.
        until: where the last chord ends.
        heard: a moment of the piece as the network hears it.
    """
    symbols = {mark.tick: mark.text for mark in score.marks if mark.kind == "chord-symbol" and mark.tick < until}
    silent = [tick for tick, text in symbols.items() if text.upper().replace(".", "") in ("", "NC")]
    chords, unknown = dict[int, NamedChord | None](), list[str]()
    for tick, text in sorted(symbols.items()):
        try:
            chords[tick] = None if tick in silent else chord_named(text.replace(" ", ""), key)
        except RequestError:
            chords[tick] = None
            unknown.append(text)
    if not any(chords.values()):
        return None, unknown
    chords[until] = None
    return ChordLine(ticks=tuple(heard(tick) for tick in chords), chords=tuple(chords.values())), unknown


def cuts_of(line: ChordLine | None) -> Sequence[int]:
    """Ticks at which a frame must begin, so that its chord is heard there."""
    return () if line is None else line.ticks
