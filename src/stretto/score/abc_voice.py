"""One voice of an ABC tune, token by token, into a list of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from stretto.score.abc_bars import barline_of, ending_of
from stretto.score.abc_events import Barline, Bracket, Change, Event, Grace, Item, Overlay, Tone
from stretto.score.abc_fields import KeyField
from stretto.score.abc_names import ALIASES, NAVIGATION, SHORT_DECORATIONS, WEDGE_ENDS, WEDGES
from stretto.score.abc_pitch import PitchReader
from stretto.score.abc_scan import Token, length_of, scan
from stretto.score.abc_text import Line, Spot
from stretto.score.tally import Tally

MAX_EVENTS = 200_000
MAX_LENGTH = 256
"""Whole notes; no single note or rest lasts longer."""


@dataclass(slots=True)
class _Pending:
    """What has been typed before the note that it belongs to."""

    decorations: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    graces: list[Grace] = field(default_factory=list)
    slurs: int = 0


class VoiceReader:
    """Reads music lines of one voice; `items` is the result."""

    def __init__(self, ident: str, tally: Tally, on_field: Callable[[VoiceReader, str, str, Spot], None]) -> None:
        """A voice in C major with L:1/8; `on_field` takes its inline fields."""
        self.ident = ident
        self.items: list[Item] = []
        self.pitches = PitchReader(tally)
        self.unit = Fraction(1, 8)
        self.bar_length: Fraction | None = None
        """Length of a full bar in whole notes; None = unmetered."""
        self.compound = False
        self.symbols = dict(SHORT_DECORATIONS)
        self.line_items: list[Item] = []
        """Events and bar lines of the current line of music, to set lyrics under."""
        self.verses = 0
        self._continued = False
        self._tally = tally
        self._on_field = on_field
        self._next = _Pending()
        self._brackets: list[Bracket] = []
        self._broken = 0
        self._broken_spot: Spot | None = None
        self._last: Event | None = None
        self._tied: dict[int, int] = {}
        self._chord: Event | None = None
        self._chord_next = _Pending()
        self._graces: list[Grace] | None = None
        self._slashed = False
        self._outer = _Pending()
        self._after_bar = False
        self._n_events = 0

    @property
    def has_music(self) -> bool:
        """Whether it has a note or a rest."""
        return self._n_events > 0

    def begin_line(self) -> None:
        """A new line of music for this voice: lyrics that follow belong to it."""
        if not self._continued:
            if not any(isinstance(item, Barline) for item in self.line_items):
                # In unbarred music an accidental does not outlive its line.
                self.pitches.end_bar()
            self.line_items = []
        self.verses = 0

    def feed(self, line: Line, text: str, column: int) -> None:
        """Read a stretch of music without a change of voice in it."""
        for token in scan(text, column):
            spot = Spot(line.spot.file, line.spot.line, token.column)
            if token.kind == "number" and not self._after_bar:
                self._tally.add("signs that mean nothing in ABC left out", spot)
            else:
                getattr(self, "_take_" + token.kind)(token, spot)
            self._after_bar = token.kind == "bar"
        self._continued = line.continued

    def change(self, kind: str, value: object, spot: Spot) -> None:
        """Put a new metre, key, clef or tempo between the notes."""
        self.items.append(Change(kind, value, spot))

    def set_key(self, key: KeyField, spot: Spot) -> None:
        """A K: field for this voice."""
        self.pitches.set_key(key)
        self.change("key", key, spot)

    def finish(self, spot: Spot) -> None:
        """Close what the end of the tune leaves open, and count it."""
        if self._graces is not None:
            self._tally.add("grace notes that are never closed with }", spot)
            self._graces = None
        self._close_chord_if_open(spot)
        if any(bracket.left for bracket in self._brackets):
            self._tally.add("tuplets with fewer notes than they ask for", self._brackets[-1].spot)
            for bracket in self._brackets:
                bracket.left = 0
            self._note_brackets()
        if self._broken:
            self._tally.add("broken rhythms (> or <) without a second note", self._broken_spot or spot)
        if self._next.graces or self._next.decorations or self._next.slurs or self._next.texts:
            self._flush(spot)

    def _flush(self, spot: Spot) -> None:
        """What stands before no note: graces, texts and signs at the very end."""
        left, self._next = self._next, _Pending()
        if left.slurs:
            self._tally.add("slurs that are never closed", spot, left.slurs)
        event = Event([], Fraction(0), spot, left.decorations, left.texts, left.graces)
        self.items.append(event)

    # ---- notes -------------------------------------------------------------------------------

    def _take_note(self, token: Token, spot: Spot) -> None:
        length = self._length(token.text[token.match.end("octave") - token.match.start() :], token, spot)
        if self._graces is not None:
            tone = self.pitches.tone(token, self.unit, Fraction(0), {}, spot)
            self._decorate_tone(tone)
            if self._chord is not None:
                self._chord.tones.append(tone)
            else:
                self._graces.append(Grace([tone], self._slashed))
            return
        tone = self.pitches.tone(token, self.unit, length, self._tied, spot)
        if self._chord is not None:
            self._decorate_tone(tone)
            self._chord.tones.append(tone)
        else:
            self._add(Event([tone], tone.length, spot))

    def _decorate_tone(self, tone: Tone) -> None:
        tone.decorations, tone.slurs_open = self._next.decorations, self._next.slurs
        for text in self._next.texts:
            self._chord_next.texts.append(text)
        self._next = _Pending(graces=self._next.graces)

    def _take_rest(self, token: Token, spot: Spot) -> None:
        length = self.unit * self._length(token.text[1:], token, spot)
        if self._chord is not None or self._graces is not None:
            self._tally.add("rests inside a chord or among grace notes left out", spot)
        else:
            self._add(Event([], length, spot))

    def _take_bars(self, token: Token, spot: Spot) -> None:
        count = int(token.text[1:5] or 1)
        if not 0 < count <= 1000 or len(token.text) > 5:
            raise spot.error(f"{token.text} rests for {token.text[1:]} bars; at most 1000 can be meant")
        for i in range(count):
            if i:
                self.items.append(Barline(spot))
            self._add(Event([], self.bar_length or Fraction(1), spot))

    def _take_spacer(self, token: Token, spot: Spot) -> None:
        """A space for the eye has no length."""

    def _take_open(self, token: Token, spot: Spot) -> None:
        self._close_chord_if_open(spot)
        self._chord = Event([], Fraction(0), spot)
        self._chord_next, self._next = self._next, _Pending()

    def _take_close(self, token: Token, spot: Spot) -> None:
        if self._chord is None:
            self._tally.add("signs that mean nothing in ABC left out", spot)
            return
        chord, self._chord = self._chord, None
        before, self._next = self._chord_next, self._chord_next
        length = self._length(token.text[1:], token, spot)
        if not chord.tones:
            self._tally.add("chords without a note left out", chord.spot)
            return
        if self._graces is not None:
            self._next = _Pending()
            self._graces.append(Grace(chord.tones, self._slashed))
            return
        chord.tones[0].slurs_open += before.slurs
        self._next.slurs = 0
        for tone in chord.tones:
            tone.length *= length
        chord.length = chord.tones[0].length
        self._add(chord)

    def _close_chord_if_open(self, spot: Spot) -> None:
        if self._chord is not None:
            self._tally.add("chords that are never closed with ]", self._chord.spot)
            self._take_close(Token("close", "]", spot.column, next(scan("]")).match), spot)

    def _add(self, event: Event) -> None:
        """Put an event in, with all that was typed before it."""
        self._n_events += 1
        if self._n_events > MAX_EVENTS:
            raise event.spot.error(f"over {MAX_EVENTS} notes in one voice, which no score has; check the file")
        before, self._next = self._next, _Pending()
        event.decorations += before.decorations
        event.texts += before.texts
        event.graces += before.graces
        if event.tones:
            event.tones[0].slurs_open += before.slurs
        elif before.slurs:
            self._next.slurs = before.slurs
        self._squeeze(event)
        self.items.append(event)
        self.line_items.append(event)
        self._tied = {tone.position: tone.alter for tone in event.tones if tone.tied}
        self._last = event

    def _squeeze(self, event: Event) -> None:
        """Apply broken rhythm and tuplets to its length."""
        if self._broken:
            dots, self._broken = self._broken, 0
            short, long = Fraction(1, 2 ** abs(dots)), 2 - Fraction(1, 2 ** abs(dots))
            first, second = (long, short) if dots > 0 else (short, long)
            if self._last is not None:
                _stretch(self._last, first)
            _stretch(event, second)
        for bracket in self._brackets:
            _stretch(event, Fraction(bracket.normal, bracket.actual))
            bracket.left -= 1
            bracket.events.append(event)
        self._note_brackets()

    def _note_brackets(self) -> None:
        """Put down finished tuplets; a plain "(3" says no more than the lengths do."""
        if not self._brackets:
            return
        for bracket in [b for b in self._brackets if b.left <= 0]:
            if bracket.spelled_out and bracket.events:
                self.items.append(Change("tuplet", bracket, bracket.spot))
        self._brackets = [b for b in self._brackets if b.left > 0]

    def _length(self, text: str, token: Token, spot: Spot) -> Fraction:
        try:
            length = length_of(text)
        except (ValueError, ZeroDivisionError):
            length = Fraction(0)
        if not 0 < length * self.unit <= MAX_LENGTH or length.denominator > 4096:
            raise spot.error(f"{token.text} has no possible length; write a multiple of L:, as C2, C/2 or C3/2")
        return length

    # ---- what stands before, between and after notes -------------------------------------------

    def _take_broken(self, token: Token, spot: Spot) -> None:
        if self._last is None or len(token.text) > 4:
            self._tally.add("broken rhythms (> or <) without a first note", spot)
            return
        self._broken = len(token.text) if token.text[0] == ">" else -len(token.text)
        self._broken_spot = spot

    def _take_tuplet(self, token: Token, spot: Spot) -> None:
        numbers = [int(n[:4]) if n else 0 for n in token.text[1:].split(":")] + [0, 0]
        actual = numbers[0]
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(actual, 3 if self.compound else 2)
        normal, count = numbers[1] or usual, numbers[2] or actual
        spelled_out = bool(numbers[1]) or (actual, normal) != (3, 2)
        if not (1 <= actual <= 64 and 1 <= normal <= 64 and 1 <= count <= 256):
            raise spot.error(f"{token.text} is no tuplet; write (3 or (p:q:r, as (5:4:5")
        self._brackets.append(Bracket(actual, normal, count, spelled_out, spot))
        if len(self._brackets) > 8:
            raise spot.error("over eight tuplets inside each other; remove some")

    def _take_slur(self, token: Token, spot: Spot) -> None:
        self._next.slurs += 1

    def _take_unslur(self, token: Token, spot: Spot) -> None:
        tone = self._tone_before()
        if tone is None:
            self._tally.add("slurs closed before any note", spot)
        else:
            tone.slurs_close += 1

    def _take_tie(self, token: Token, spot: Spot) -> None:
        if self._graces is not None:
            return
        tones = self._chord.tones[-1:] if self._chord is not None else self._last.tones if self._last else []
        if not tones:
            self._tally.add("ties that lead to no note", spot)
        for tone in tones:
            tone.tied = True
        if self._last is not None:
            self._tied = {tone.position: tone.alter for tone in self._last.tones if tone.tied}

    def _tone_before(self) -> Tone | None:
        if self._chord is not None and self._chord.tones:
            return self._chord.tones[-1]
        if self._graces:
            return self._graces[-1].tones[0]
        return self._last.tones[0] if self._last and self._last.tones else None

    def _take_grace(self, token: Token, spot: Spot) -> None:
        if self._graces is not None:
            self._tally.add("grace notes that are never closed with }", spot)
            return
        self._close_chord_if_open(spot)
        self._graces, self._slashed = [], token.text.endswith("/")
        self._outer, self._next = self._next, _Pending()

    def _take_ungrace(self, token: Token, spot: Spot) -> None:
        if self._graces is None:
            self._tally.add("signs that mean nothing in ABC left out", spot)
            return
        self._close_chord_if_open(spot)
        graces, self._graces = self._graces, None
        self._next = self._outer
        self._next.graces += graces

    def _take_string(self, token: Token, spot: Spot) -> None:
        if len(token.text) < 2 or not token.text.endswith('"'):
            self._tally.add('quoted texts that are never closed with "', spot)
        self._next.texts.append(token.text[1:].removesuffix('"'))

    def _take_decoration(self, token: Token, spot: Spot) -> None:
        self.decorate(token.text[1:-1].strip(), spot)

    def _take_letters(self, token: Token, spot: Spot) -> None:
        if token.text in self.symbols:
            self.decorate(self.symbols[token.text], spot)
        else:
            self._tally.add("letters that no U: field defines left out", spot)

    def decorate(self, name: str, spot: Spot) -> None:
        """A decoration for what comes next; wedges end on what came before."""
        name = ALIASES.get(name, name)
        if name in WEDGES or name in WEDGE_ENDS or name in NAVIGATION:
            self.items.append(Change("sign", name, spot))
        elif name:
            self._next.decorations.append(name)

    # ---- bars ------------------------------------------------------------------------------------

    def _take_bar(self, token: Token, spot: Spot) -> None:
        self._close_chord_if_open(spot)
        line = barline_of(token.text, spot)
        if "fermata" in self._next.decorations and self._last is not None:
            # A fermata on a bar line holds what sounds there.
            self._next.decorations.remove("fermata")
            self._last.decorations.append("fermata")
        self.items.append(line)
        self.line_items.append(line)
        self.pitches.end_bar()

    def _take_ending(self, token: Token, spot: Spot) -> None:
        self.items.append(ending_of(token.text.lstrip("[ "), spot))

    def _take_number(self, token: Token, spot: Spot) -> None:
        self.items.append(ending_of(token.text, spot))

    def _take_overlay(self, token: Token, spot: Spot) -> None:
        self._close_chord_if_open(spot)
        self.items.append(Overlay(spot))
        self.pitches.end_bar()
        self._tied, self._last = {}, None

    def _take_field(self, token: Token, spot: Spot) -> None:
        self._on_field(self, token.text[1], token.text[3:-1].strip(), spot)

    def _take_reserved(self, token: Token, spot: Spot) -> None:
        if token.text not in "$!\\":
            self._tally.add("signs that mean nothing in ABC left out", spot)

    def _take_unknown(self, token: Token, spot: Spot) -> None:
        if token.text < " ":
            raise spot.error(f"control character {token.text!r}: this is no text; check the file")
        self._tally.add("signs that mean nothing in ABC left out", spot)


def _stretch(event: Event, factor: Fraction) -> None:
    event.length *= factor
    for tone in event.tones:
        tone.length *= factor
