"""Which pitch an MEI note sounds at."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from stretto.score.mei_frame import Staff
from stretto.score.mei_names import ALTERS, STEP_FIFTHS, STEPS
from stretto.score.tally import Tally


class PitchReader:
    """Reads @pname, @oct, and accidentals, written or sounding.

    MEI says what sounds in @accid.ges. Files typed by hand often leave it out; where a file has
    none at all, the accidentals of key signature and bar hold as on paper.
    """

    def __init__(self, tally: Tally, *, from_paper: bool) -> None:
        """`from_paper`: the file has no accid.ges."""
        self._tally = tally
        self.from_paper = from_paper
        self._bar: dict[tuple[str, str, str], int] = {}
        self._last: dict[tuple[str, str, str], int] = {}

    def begin_bar(self) -> None:
        """Accidentals end."""
        self._bar.clear()

    def read(self, note: Element, staff: Staff, where: str) -> tuple[int, int] | None:
        """Sounding pitch and its spelling on the line of fifths; None for a note without a pitch.

        Raises:
            ValueError: a step, octave or accidental that MEI does not have.
        """
        step, octave = note.get("pname", ""), note.get("oct") or staff.octave
        if not step and note.get("loc") is not None:
            self._tally.add("notes without a pitch left out", where)
            return None
        if step not in STEPS:
            raise ValueError(f"a note has the step {step[:10]!r}; it must be one of a to g")
        if not (octave.isascii() and octave.isdigit() and len(octave) == 1):
            raise ValueError(f"a note has the octave {octave[:10]!r}; it must be 0 to 9")
        alter = self._alter(note, step, octave, staff, where)
        sounding = note.get("oct.ges", octave)
        if not (sounding.isascii() and sounding.isdigit() and len(sounding) == 1):
            raise ValueError(f"a note has the sounding octave {sounding[:10]!r}; it must be 0 to 9")
        pitch = 12 * (int(sounding) + 1) + STEPS[step] + alter + staff.chromatic
        if not 0 <= pitch <= 127:
            raise ValueError(f"{step}{octave} is outside the range of MIDI (0..127)")
        shift = 7 * staff.chromatic - 12 * staff.diatonic
        return pitch, max(-128, min(126, STEP_FIFTHS[step] + 7 * alter + shift))

    def _alter(self, note: Element, step: str, octave: str, staff: Staff, where: str) -> int:
        inner = note.find("accid")
        if inner is None:
            inner = next((accid for accid in note.iter("accid")), None)
        sources = [note] if inner is None else [note, inner]
        sounding = next((text for element in sources if (text := element.get("accid.ges"))), None)
        written = next((text for element in sources if (text := element.get("accid"))), None)
        if sounding is not None:
            return self._semitones(sounding, where)
        place = (staff.number, step, octave)
        if written is not None:
            alter = self._semitones(written, where)
            self._bar[place] = self._last[place] = alter
            return alter
        if not self.from_paper:
            return 0
        usual = staff.key.alters.get(step, 0) if staff.key else 0
        alter = self._bar.get(place, usual)
        if note.get("tie", "") in ("t", "m", "mt"):
            alter = self._last.get(place, alter)
        self._last[place] = alter
        return alter

    def _semitones(self, text: str, where: str) -> int:
        if text not in ALTERS:
            self._tally.add("microtones read as whole semitones", where)
            return {"su": 1, "sd": 0, "fu": 0, "fd": -1, "nu": 0, "nd": 0}.get(text, 0)
        return ALTERS[text]


def without_sounding_accidentals(score: Element) -> bool:
    """Whether no note of a score says what its accidental sounds like."""
    return not any(element.get("accid.ges") for element in score.iter() if element.tag in ("note", "accid"))
