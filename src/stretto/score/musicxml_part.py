"""One part of a MusicXML document, measure by measure: a cursor in time, notes, changes and signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from stretto.errors import ScoreReadError
from stretto.score.model import UNSPELLED, Clef, Mark, Meter
from stretto.score.musicxml_chords import chord_text, figures_text
from stretto.score.musicxml_directions import DirectionReader
from stretto.score.musicxml_header import PartHead
from stretto.score.musicxml_names import IMPLIED, SEMITONES_OF_STEP, VOICED, fifths_of, fifths_shift, pitch_of
from stretto.score.musicxml_notations import NotationReader
from stretto.score.musicxml_source import Exact, Measure, Source, duration_of, exact, meter_from
from stretto.score.musicxml_spans import SpanBook

_CLEF_LINES = {"G": 2, "F": 4, "C": 3}
_VELOCITY_PER_CENT = 0.9
"""MusicXML gives velocity in percent of a forte of 90."""
_WEIRD = (KeyError, ValueError, IndexError, TypeError, AttributeError, OverflowError, ZeroDivisionError)


@dataclass(slots=True)
class RawNote:
    """A note as written, before ties are joined; positions exact."""

    onset: Exact
    end: Exact
    pitch: int
    velocity: int
    voice: int
    staff: int
    fifths: int
    grace: int
    tie_start: bool = False
    tie_stop: bool = False
    implied: bool = False
    """The tie that starts here was our writer's choice."""


@dataclass(slots=True)
class PartContent:
    """What is read of a part."""

    notes: list[RawNote] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    keys: list[tuple[int, int, str]] = field(default_factory=list)
    """Tick, fifths as sounding, mode."""
    meters: list[tuple[int, Meter | None]] = field(default_factory=list)
    clefs: list[Clef] = field(default_factory=list)
    transpositions: list[tuple[int, int]] = field(default_factory=list)
    """Chromatic and diatonic, whole octaves included, in order of appearance."""
    n_staves: int = 1
    n_unpitched: int = 0
    hides_rests: bool = False


class PartReader:
    """Walks one part."""

    def __init__(self, source: Source, index: int, head: PartHead) -> None:
        """For part `index`; `head` is its entry in the part list."""
        self._source = source
        self._part = index
        self._head = head
        self._label = head.name or f"part {index + 1}"
        self._tally = source.tally
        self._spans = SpanBook(source.tally)
        self._notations = NotationReader(self._spans, source.tally)
        self.directions = DirectionReader(self._spans, source.tally)
        self.content = PartContent()
        self._unit: Exact = source.unit(1)
        self._start: Exact = 0
        self._position: Exact = 0
        self._chord_onset: Exact = 0
        self._figures_length: Exact = 0
        self._shift = (0, 0)
        self._graces: dict[tuple[int, Exact], int] = {}
        self._voices: dict[str, int] = {}
        self._where = ""

    def read(self, measures: list[Measure]) -> PartContent:
        """All measures.

        Raises:
            ScoreReadError: something in a measure cannot be understood; says the part and the measure.
        """
        for index, measure in enumerate(measures):
            self._where = f"{self._label}, measure {measure.number}"
            self._start = self._position = self._chord_onset = self._source.starts[index]
            try:
                for element in measure.content:
                    self._element(element)
            except _WEIRD as cause:
                if isinstance(cause, ScoreReadError):
                    raise
                what = f"<{cause.args[0]}> is missing or odd" if isinstance(cause, KeyError) else cause
                raise ScoreReadError(
                    f"{self._source.name}, {self._where}: {what}; correct or re-export the file"
                ) from cause
        self.content.marks = self._notations.marks + self.directions.marks + self.content.marks + self._spans.marks()
        return self.content

    def _element(self, element: Element) -> None:
        tag = element.tag
        if tag == "note":
            self._note(element)
        elif tag == "backup":
            self._figures_length = 0
            self._position -= duration_of(element, self._unit)
            if self._position < self._start:
                self._tally.add("backups beyond the start of the bar cut short", self._where)
                self._position = self._start
        elif tag == "forward":
            self._figures_length = 0
            self._position += duration_of(element, self._unit)
        elif tag == "attributes":
            self._attributes(element)
        elif tag == "direction":
            self.directions.direction(element, self._spot(element, self._offset(element)), self._where)
        elif tag == "sound":
            self.directions.sound(element, self._spot(element, self._offset(element)), self._where)
        elif tag == "harmony":
            self._harmony(element)
        elif tag == "figured-bass":
            self._figured_bass(element)
        elif tag == "barline":
            self._barline(element)

    # ---- notes ---------------------------------------------------------------------------------------

    def _note(self, element: Element) -> None:
        children = {child.tag: child for child in element}
        is_grace = "grace" in children
        length = 0 if is_grace else duration_of(element, self._unit)
        identity = element.get("id", "")
        said = identity.split("-")[1] if identity.startswith(VOICED) else ""
        voice = int(said) if said.isdecimal() and 0 < int(said[:4]) < 128 else self._voice(children.get("voice"))
        staff = self._staff(children.get("staff"))
        is_chord = "chord" in children
        if not is_chord:
            self._chord_onset = self._position
            if not is_grace:
                self._position += length
        onset = self._chord_onset
        self._figures_length = 0
        note: RawNote | None = None
        spot = Mark(kind="", tick=self._source.tick(onset), part=self._part, voice=voice, staff=staff)
        if "rest" not in children:
            grace = self._grace(voice, onset, is_chord) if is_grace else 0
            note = self._sounding(element, children, RawNote(onset, onset + length, 0, 0, voice, staff, 0, grace))
            spot = Mark(
                kind="", tick=spot.tick, part=self._part, voice=voice, staff=staff, pitch=note.pitch, grace=grace
            )
        if "notations" in children or "lyric" in children or "cue" in children or "notehead" in children:
            self._signs(element, children, spot, self._source.tick(onset + length))
        elif is_grace and children["grace"].get("slash") == "yes":
            self._signs(element, children, spot, spot.tick)
        self.content.hides_rests |= note is None and element.get("print-object") == "no"
        if note is not None and (length or is_grace):
            self.content.notes.append(note)
        elif note is not None:
            self._tally.add("notes without a length left out", self._where)

    def _sounding(self, element: Element, children: dict[str, Element], note: RawNote) -> RawNote:
        """Fill in pitch, velocity and ties."""
        pitch = children.get("pitch")
        if pitch is not None:
            self._pitch(pitch, note)
        else:
            self._drum(children, note)
        loud = element.get("dynamics")
        if loud is not None:
            note.velocity = min(127, max(1, round(float(loud) * _VELOCITY_PER_CENT)))
        if "tie" in children:
            kinds = [tie.get("type") for tie in element.findall("tie")]
            note.tie_start, note.tie_stop = "start" in kinds, "stop" in kinds
        if "notations" in children:
            for tied in element.iterfind("notations/tied"):
                kind = tied.get("type")
                if "tie" not in children:
                    note.tie_start |= kind in ("start", "continue")
                    note.tie_stop |= kind in ("stop", "continue")
                note.implied |= kind == "start" and tied.get("id", "").startswith(IMPLIED)
        return note

    def _pitch(self, pitch: Element, note: RawNote) -> None:
        step = (pitch.findtext("step") or "").strip()
        alter_text = pitch.findtext("alter")
        alter = 0
        if alter_text is not None:
            exact_alter = exact(alter_text, "alter")
            alter = round(exact_alter)
            if alter != exact_alter:
                self._tally.add("quarter tones rounded to semitones", self._where)
        octave = int(exact(pitch.findtext("octave"), "octave"))
        if step not in SEMITONES_OF_STEP:
            raise ValueError(f"<step> is {step[:20]!r}, not one of A to G")
        chromatic, diatonic = self._shift
        note.pitch = pitch_of(step, alter, octave) + chromatic
        note.fifths = fifths_of(step, alter) + fifths_shift(chromatic, diatonic)
        if not 0 <= note.pitch <= 127 or not -50 <= note.fifths <= 50:
            raise ValueError(f"{step}{alter:+d} in octave {octave} lies outside the MIDI pitches 0..127")

    def _drum(self, children: dict[str, Element], note: RawNote) -> None:
        note.fifths = UNSPELLED
        self.content.n_unpitched += 1
        instrument = children.get("instrument")
        keys = self._head.keys
        key = keys.get(instrument.get("id", "")) if instrument is not None else None
        if key is None and instrument is None and len(set(keys.values())) == 1:
            key = next(iter(keys.values()))
        if key is None:
            unpitched = children.get("unpitched")
            step = "B" if unpitched is None else (unpitched.findtext("display-step") or "B").strip()
            octave = 4 if unpitched is None else int(exact(unpitched.findtext("display-octave") or "4", "octave"))
            key = min(127, max(0, pitch_of(step, 0, octave)))
            self._tally.add("drum sounds not said, taken from the staff line", self._where)
        note.pitch = key

    def _grace(self, voice: int, onset: Exact, is_chord: bool) -> int:
        """Place of a grace note in its run; those of one chord share it."""
        run = self._graces.get((voice, onset), 0)
        run = max(1, run) if is_chord else run + 1
        self._graces[voice, onset] = run
        if run > 126:
            raise ValueError("over 126 grace notes stand before one note")
        return run

    def _signs(self, element: Element, children: dict[str, Element], spot: Mark, end: int) -> None:
        for notations in element.findall("notations"):
            self._notations.notations(notations, spot, self._where)
            self._notations.tuplet(element, notations, spot, end, self._where)
        for order, lyric in enumerate(element.findall("lyric"), 1):
            self._notations.lyric(lyric, spot, order, self._where)
        if "grace" in children and children["grace"].get("slash") == "yes":
            self._mark("grace-slash", spot, "")
        if "cue" in children and "rest" not in children:
            self._mark("technical", spot, "cue")
        head = children.get("notehead")
        if head is not None and (head.text or "normal").strip() != "normal":
            self._mark("technical", spot, f"notehead:{(head.text or '').strip()}")

    def _mark(self, kind: str, spot: Mark, text: str, end: int = -1) -> None:
        self.content.marks.append(
            Mark(
                kind=kind, tick=spot.tick, text=text, part=spot.part, voice=spot.voice, staff=spot.staff,
                pitch=spot.pitch, grace=spot.grace, end=end, extra=spot.extra,
            )
        )  # fmt: skip

    # ---- places --------------------------------------------------------------------------------------

    def _voice(self, element: Element | None) -> int:
        """Number of a voice; words and numbers over 127 get the next free number."""
        text = "1" if element is None else (element.text or "1").strip()
        known = self._voices.get(text)
        if known is None:
            known = int(text) if text.isdecimal() and 1 <= int(text[:6]) <= 127 else 0
            if not known or known in self._voices.values():
                known = next((n for n in range(1, 128) if n not in self._voices.values()), 127)
                self._tally.add("voices renumbered", self._where)
            self._voices[text] = known
        return known

    def _staff(self, element: Element | None) -> int:
        staff = 1 if element is None else int(exact(element.text, "staff"))
        if not 1 <= staff <= 127:
            raise ValueError(f"<staff> is {staff}; it should be 1, 2, ...")
        self.content.n_staves = max(self.content.n_staves, staff)
        return staff

    def _offset(self, element: Element) -> Exact:
        text = element.findtext("offset")
        return self._position if text is None else max(0, self._position + exact(text, "offset") * self._unit)

    def _spot(self, element: Element, position: Exact) -> Mark:
        """Where a direction stands."""
        voice = element.find("voice")
        staff = element.find("staff")
        return Mark(
            kind="",
            tick=self._source.tick(position),
            part=self._part,
            voice=0 if voice is None else self._voice(voice),
            staff=0 if staff is None else self._staff(staff),
        )

    # ---- what is in force ----------------------------------------------------------------------------

    def _attributes(self, element: Element) -> None:
        tick = self._source.tick(self._position)
        for child in element:
            tag = child.tag
            if tag == "divisions":
                self._unit = self._source.unit(exact(child.text, tag))
            elif tag == "transpose":
                self._transpose(child)
            elif tag == "staves":
                n_staves = int(exact(child.text, tag))
                self.content.n_staves = max(self.content.n_staves, min(n_staves, 127))
            elif tag == "clef":
                self._clef(child, tick)
            elif tag == "time":
                self._time(child, tick)
        for key in element.findall("key"):  # after <transpose>, which moves it
            self._key(key, tick)

    def _transpose(self, element: Element) -> None:
        chromatic = round(exact(element.findtext("chromatic") or "0", "chromatic"))
        stated = element.findtext("diatonic")
        diatonic = round(chromatic * 7 / 12) if stated is None else round(exact(stated, "diatonic"))
        octaves = round(exact(element.findtext("octave-change") or "0", "octave-change"))
        self._shift = (chromatic + 12 * octaves, diatonic + 7 * octaves)
        self.content.transpositions.append(self._shift)

    def _key(self, element: Element, tick: int) -> None:
        fifths = element.findtext("fifths")
        if fifths is None:
            self._tally.add("key signatures that are no row of fifths left out", self._where)
            return
        if element.get("number", "1") != "1":
            self._tally.add("key signatures of single staves left out", self._where)
            return
        mode = (element.findtext("mode") or "").strip()
        sounding = int(exact(fifths, "fifths")) + fifths_shift(*self._shift)
        if abs(sounding) > 50:
            raise ValueError(f"<fifths> is {fifths.strip()}")
        self.content.keys.append((tick, sounding, "" if mode == "none" else mode))

    def _time(self, element: Element, tick: int) -> None:
        if element.get("number", "1") != "1":
            self._tally.add("time signatures of single staves left out", self._where)
            return
        meter, summed = meter_from(element)
        if summed:
            self._tally.add("composite time signatures added up", self._where)
        self.content.meters.append((tick, meter))

    def _clef(self, element: Element, tick: int) -> None:
        sign = (element.findtext("sign") or "G").strip()
        line = element.findtext("line")
        staff = int(exact(element.get("number", "1"), "clef number"))
        self.content.n_staves = max(self.content.n_staves, min(staff, 127))
        if element.get("id", "").startswith(IMPLIED):
            return
        self.content.clefs.append(
            Clef(
                tick=tick,
                part=self._part,
                staff=staff,
                sign=sign,
                line=_CLEF_LINES.get(sign, 2) if line is None else int(exact(line, "line")),
                octave=int(exact(element.findtext("clef-octave-change") or "0", "clef-octave-change")),
            )
        )

    # ---- between the notes ---------------------------------------------------------------------------

    def _harmony(self, element: Element) -> None:
        spot = self._spot(element, self._offset(element))
        if element.get("system") in ("only-top", "also-top"):
            spot = Mark(kind="", tick=spot.tick, part=-1, staff=spot.staff)
        self._mark("chord-symbol", spot, chord_text(element, fifths_shift(*self._shift)))

    def _figured_bass(self, element: Element) -> None:
        """Several figures before one note follow each other while it sounds."""
        start = self._offset(element) + self._figures_length
        length = duration_of(element, self._unit)
        self._figures_length += length
        end = self._source.tick(start + length) if length else -1
        self._mark("figured-bass", self._spot(element, start), figures_text(element), end)

    def _barline(self, element: Element) -> None:
        for child in element:
            if child.tag == "fermata":
                spot = Mark(kind="", tick=self._source.tick(self._position), part=self._part, extra="barline")
                shape = (child.text or "").strip()
                self._mark("fermata", spot, "" if shape == "normal" else shape)
            elif child.tag in ("segno", "coda") and self._part == 0:
                spot = Mark(kind="", tick=self._source.tick(self._position), part=-1)
                self._mark("navigation", spot, child.tag)
