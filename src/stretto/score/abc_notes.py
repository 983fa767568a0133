"""Events of one ABC voice as notes and marks of a Score: ties joined, slurs paired, signs named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from stretto.score.abc_events import Event, Tone
from stretto.score.abc_names import ALIASES, DYNAMICS, NOTE_DECORATIONS, TYPED_DYNAMICS
from stretto.score.abc_text import Spot, plain
from stretto.score.model import Mark
from stretto.score.tally import Tally, TickGrid

_CHORD_SYMBOL = re.compile(r"\(?(?:[A-G][#b♯♭]?(?:[^\s\"]{0,20})|N\.?C\.?)\)?$")
_NO_CHORD = re.compile(r"(?![A-G][#b♯♭]?(?:m|maj|min|dim|aug|sus|add|alt|M|o|ø|°|Δ|\+|-|/|\(|\d|$))")
_ABOVE = {"^": "above", "_": "below", "<": "", ">": "", "@": ""}


@dataclass(slots=True)
class _Open:
    """A slur that has begun."""

    onset: int
    tone: Tone
    grace: int
    event: Event
    number: int


@dataclass(slots=True)
class _Held:
    """A note that a tie keeps open."""

    index: int
    end: Fraction
    spot: Spot


@dataclass(slots=True)
class LayerNotes:
    """Collects the notes and marks of one layer of one voice."""

    part: int
    voice: int
    staff: int
    tally: Tally
    grid: TickGrid
    notes: list[list[int]] = field(default_factory=list)
    """Fields of NOTE in order."""
    marks: list[Mark] = field(default_factory=list)
    onsets: dict[int, tuple[Fraction, Fraction]] = field(default_factory=dict)
    """id of an event -> its onset and end, for tuplets."""
    _slurs: list[_Open] = field(default_factory=list)
    _held: dict[int, list[_Held]] = field(default_factory=dict)

    def take(self, events: Iterable[tuple[Fraction, Event]]) -> None:
        """Read a layer from first to last event."""
        for onset, event in events:
            self.onsets[id(event)] = (onset, onset + event.length)
            self._graces(onset, event)
            self._sound(onset, event)
            self._signs(self.grid.tick(onset, event.spot), event)
        for held in (one for several in self._held.values() for one in several):
            self.tally.add("ties that lead to no note", held.spot)
        for slur in self._slurs:
            self.tally.add("slurs that are never closed", slur.tone.spot)

    # ---- notes -------------------------------------------------------------------------------------

    def _graces(self, onset: Fraction, event: Event) -> None:
        for place, grace in enumerate(event.graces[:127], 1):
            tick = self.grid.tick(onset, event.spot)
            for tone in grace.tones:
                self._note(tick, 0, tone, place)
                if grace.slashed:
                    self._mark("grace-slash", tick, pitch=tone.pitch, grace=place)
                self._tone_signs(tick, tone, place)
            self._slur_ends(tick, event, grace.tones, place)

    def _sound(self, onset: Fraction, event: Event) -> None:
        held, self._held = self._held, {}
        start = self.grid.tick(onset, event.spot)
        for tone in event.tones:
            end = onset + tone.length
            before = next((one for one in held.get(tone.pitch, []) if one.end == onset), None)
            if before is not None:
                held[tone.pitch].remove(before)
                index = before.index
                self.notes[index][1] = max(1, self.grid.tick(end, tone.spot) - self.notes[index][0])
            else:
                index = len(self.notes)
                self._note(start, self._duration(start, end, tone.spot), tone, 0)
            if tone.tied:
                self._held.setdefault(tone.pitch, []).append(_Held(index, end, tone.spot))
            self._tone_signs(start, tone, 0)
        for lost in (one for several in held.values() for one in several):
            if lost.end > onset and not event.tones:
                self._held.setdefault(self.notes[lost.index][2], []).append(lost)
            else:
                self.tally.add("ties that lead to no note", lost.spot)
        self._slur_ends(start, event, event.tones, 0)

    def _duration(self, start: int, end: Fraction, spot: Spot) -> int:
        duration = self.grid.tick(end, spot) - start
        if duration < 1:
            self.tally.add("notes shorter than 1/24 of a quarter lengthened to it", spot)
        return max(1, duration)

    def _note(self, onset: int, duration: int, tone: Tone, grace: int) -> None:
        fifths = max(-128, min(126, tone.fifths))
        self.notes.append([onset, duration, tone.pitch, 0, self.part, self.voice, self.staff, fifths, grace])

    def _slur_ends(self, tick: int, event: Event, tones: list[Tone], grace: int) -> None:
        for tone in tones:
            for _ in range(min(tone.slurs_open, 16)):
                number = len(self._slurs) + 1
                self._slurs.append(_Open(tick, tone, grace, event, number))
        for tone in tones:
            for _ in range(min(tone.slurs_close, 16)):
                self._close_slur(tick, event, tone, grace)

    def _close_slur(self, tick: int, event: Event, tone: Tone, grace: int) -> None:
        # "c (d e) f" nests, but "(c d (e) f)" hands over on e: a slur cannot end on the note it begins on.
        for slur in reversed(self._slurs):
            if slur.event is event and slur.grace == grace:
                continue
            self._slurs.remove(slur)
            self._mark(
                "slur", slur.onset, pitch=slur.tone.pitch, grace=slur.grace,
                end=tick, end_pitch=tone.pitch, number=slur.number, extra=f"end-grace {grace}" if grace else "",
            )  # fmt: skip
            return
        self.tally.add("slurs closed that were not opened", tone.spot)

    # ---- signs and words ---------------------------------------------------------------------------

    def _mark(self, kind: str, tick: int, **more: Any) -> None:
        self.marks.append(Mark(kind=kind, tick=tick, part=self.part, voice=self.voice, staff=self.staff, **more))

    def _direction(self, kind: str, tick: int, text: str, extra: str = "") -> None:
        self.marks.append(Mark(kind=kind, tick=tick, text=text, part=self.part, staff=self.staff, extra=extra))

    def _tone_signs(self, tick: int, tone: Tone, grace: int) -> None:
        for name in tone.decorations:
            self._decoration(name, tick, tone.pitch, tone.spot, grace)

    def _signs(self, tick: int, event: Event) -> None:
        pitch = event.tones[0].pitch if event.tones else -1
        for name in event.decorations:
            self._decoration(name, tick, pitch, event.spot)
        for text in event.texts:
            self._text(plain(text), tick)
        for verse, syllable, place in event.lyrics:
            self._mark("lyric", tick, text=syllable, pitch=pitch, number=verse, extra=place)

    def _decoration(self, name: str, tick: int, pitch: int, spot: Spot, grace: int = 0) -> None:
        name = ALIASES.get(name, name)
        if name in DYNAMICS:
            self._direction("dynamic", tick, name)
        elif name in NOTE_DECORATIONS:
            kind, text = NOTE_DECORATIONS[name]
            extra = "inverted" if name == "invertedfermata" else ""
            self._mark(kind, tick, text=text, pitch=pitch, grace=grace, extra=extra)
        else:
            self.tally.add("decorations that a score has no place for left out", f"{spot} (!{name}!)")

    def _text(self, text: str, tick: int) -> None:
        if text[:1] == "_" and text[1:] in TYPED_DYNAMICS:
            self._direction("dynamic", tick, text[1:])
        elif text[:1] in _ABOVE:
            if text[1:].strip():
                self._direction("words", tick, text[1:].strip(), _ABOVE[text[0]])
        elif is_chord_symbol(text):
            self._direction("chord-symbol", tick, text)
        elif text.strip():
            self._direction("words", tick, text.strip())


def is_chord_symbol(text: str) -> bool:
    """Whether a quoted text without a sign for its place names a chord: "Am7", not "Fine".

    >>> [is_chord_symbol(t) for t in ("Am7", "F#m7b5/A", "Fine", "A tempo", "D.C.")]
    [True, True, False, False, False]
    """
    return bool(_CHORD_SYMBOL.match(text)) and not (_NO_CHORD.match(text) and not text.startswith(("(", "N")))
