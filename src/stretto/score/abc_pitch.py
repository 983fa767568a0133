"""Which pitch a typed ABC note has: key signature, accidentals of the bar, ties, clef, transposition."""

from __future__ import annotations

from fractions import Fraction

from stretto.score.abc_events import Tone
from stretto.score.abc_fields import (
    ALTERS,
    STEP_FIFTHS,
    STEPS,
    ClefField,
    KeyField,
    diatonic_of,
    middle_shift,
    staff_position,
)
from stretto.score.abc_scan import Token
from stretto.score.abc_text import Spot
from stretto.score.tally import Tally

SEMITONES = (0, 2, 4, 5, 7, 9, 11)


class PitchReader:
    """Accidentals as ABC 2.1 says: to the end of the bar, by default for the step in all octaves."""

    def __init__(self, tally: Tally) -> None:
        """C major, treble clef, no transposition."""
        self._tally = tally
        self.propagate = "pitch"
        """"pitch" (all octaves), "octave" (that octave only) or "not" (%%propagate-accidentals)."""
        self.signature: dict[str, int] = {}
        self.clef = ClefField()
        self.octaves = 0
        self.transpose = 0
        self._bar: dict[int | str, int] = {}
        self._middle: int | None = None

    def set_key(self, key: KeyField) -> None:
        """Take over signature, clef and shifts, as far as `key` says them."""
        if key.fifths is not None:
            self.signature = key.alters
            self._bar = {}
        if key.clef is not None:
            self.clef, self._middle = key.clef, None
        self.set_shifts(key.rest)

    def set_shifts(self, rest: dict[str, str], spot: Spot | None = None) -> None:
        """octave=, middle= and transpose= of a K: or V: field."""
        if "octave" in rest:
            self.octaves = self._number(rest["octave"], spot, 4)
        if "transpose" in rest:
            self.transpose = self._number(rest["transpose"], spot, 48)
        if "middle" in rest:
            self._middle = middle_shift(rest["middle"], self.clef)
            if self._middle is None:
                self._tally.add("middle= that is no whole number of octaves left out", spot or "")

    @property
    def shift(self) -> int:
        """Octaves between a typed and a sounding note."""
        return self.octaves + (self.clef.shifts if self._middle is None else self._middle)

    def end_bar(self) -> None:
        """Forget the accidentals of the bar."""
        self._bar.clear()

    def tone(self, token: Token, unit: Fraction, length: Fraction, tied: dict[int, int], spot: Spot) -> Tone:
        """The note of a token; `tied` holds the alterations that ties carry over, by staff position.

        Raises:
            ScoreReadError: a pitch that no instrument has.
        """
        sign, micro, letter, octave = token.match.group("sign", "micro", "letter", "octave")
        position = staff_position(letter, octave)
        alter = self._alter(sign, letter.upper(), position, tied)
        if micro:
            self._tally.add("microtones read as whole semitones", spot)
        position += 7 * self.shift
        pitch = 12 * (position // 7 + 1) + SEMITONES[position % 7] + alter + self.transpose
        if not 0 <= pitch <= 127:
            raise spot.error(f"{token.text} is outside the range of MIDI (0..127); correct its octave")
        fifths = STEP_FIFTHS[STEPS[position % 7]] + 7 * alter + self.fifths_shift
        return Tone(position - 7 * self.shift, pitch, fifths, alter, unit if length == 1 else unit * length, spot)

    @property
    def fifths_shift(self) -> int:
        """How far the transposition moves a key on the line of fifths."""
        return 7 * self.transpose - 12 * diatonic_of(self.transpose)

    def _alter(self, sign: str | None, step: str, position: int, tied: dict[int, int]) -> int:
        place: int | str = step if self.propagate == "pitch" else position
        if sign:
            alter = ALTERS[sign]
            if self.propagate != "not":
                self._bar[place] = alter
            return alter
        if position in tied and place not in self._bar:
            return tied[position]
        return self._bar.get(place, self.signature.get(step, 0))

    def _number(self, text: str, spot: Spot | None, most: int) -> int:
        try:
            value = int(text[:5])
        except ValueError:
            value = most + 1
        if abs(value) > most:
            self._tally.add("octave= or transpose= that cannot be read left out", spot or "")
            return 0
        return value
