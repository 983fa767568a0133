"""A sounding pitch as ABC types it: written for the instrument and clef, with the accidentals the bar needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from stretto.score.abc_fields import STEPS, circle
from stretto.score.abc_pitch import SEMITONES
from stretto.score.abc_write_lanes import Head
from stretto.score.model import UNSPELLED, Clef

_SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_BY_FIFTHS = "FCGDAEB"


@dataclass(slots=True)
class PitchWriter:
    """Types the pitches of one lane.

    An accidental is left out only where the rule of ABC 2.1 (to the end of the bar, in all
    octaves) and the usual one (in its own octave) both say the same, so that no reader errs.
    """

    chromatic: int
    fifths_shift: int
    clefs: list[Clef]
    """Of this staff, in time."""
    key_fifths: Callable[[int], int]
    """Typed key signature at a tick."""
    on_respelling: Callable[[int, str], None]
    """Told the tick and why, where a note cannot be typed with its own spelling."""
    _steps: dict[str, int] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)

    def begin_bar(self) -> None:
        """Accidentals end."""
        self._steps.clear()
        self._places.clear()

    def clashing(self, heads: list[Head], tick: int) -> bool:
        """Whether two heads of a chord stand on one line or space, as F and F sharp do."""
        return len({self._written(head, tick)[0] for head in heads}) < len({head.pitch for head in heads})

    def typed(self, head: Head, tick: int, *, explicit: bool = False) -> str:
        """The note without its length; `explicit` = with its accidental in any case."""
        position, alter, trouble = self._written(head, tick)
        if trouble:
            self.on_respelling(tick, trouble)
        step = STEPS[position % 7]
        usual = circle(self.key_fifths(tick)).get(step, 0)
        silent = self._steps.get(step, usual) == alter == self._places.get(position, usual)
        silent = silent and not explicit
        if not silent:
            self._steps[step] = self._places[position] = alter
        return ("" if silent else _SIGNS[alter]) + _name(position - 7 * self._clef_octave(tick))

    def _written(self, head: Head, tick: int) -> tuple[int, int, str]:
        """Staff position (middle C is 28), alteration, and why the spelling is not its own, if so."""
        pitch = head.pitch - self.chromatic
        fifths, trouble = head.fifths, ""
        if fifths == UNSPELLED:
            fifths = self._near_key(pitch, tick)
            trouble = "notes without a name named by the key"
        else:
            fifths -= self.fifths_shift
        if abs((fifths + 1) // 7) > 2 or (7 * fifths - pitch) % 12:
            fifths = self._near_key(pitch, tick)
            trouble = "notes with more than two accidentals respelled"
        alter = (fifths + 1) // 7
        step = STEPS.index(_BY_FIFTHS[(fifths + 1) % 7])
        octave = (pitch - alter - SEMITONES[step]) // 12 - 1
        return 7 * octave + step, alter, trouble

    def _near_key(self, pitch: int, tick: int) -> int:
        """The spelling nearest to the key: from three fifths below its signature to eight above."""
        low = self.key_fifths(tick) - 3
        return low + (7 * pitch - low) % 12

    def _clef_octave(self, tick: int) -> int:
        now = [clef for clef in self.clefs if clef.tick <= tick]
        return now[-1].octave if now else 0


def _name(position: int) -> str:
    """Letter and octave signs of a staff position.

    >>> [_name(n) for n in (21, 28, 35, 42)]
    ['C,', 'C', 'c', "c'"]
    """
    octave, step = divmod(position, 7)
    letter = STEPS[step]
    if octave >= 5:
        return letter.lower() + "'" * (octave - 5)
    return letter + "," * (4 - octave)
