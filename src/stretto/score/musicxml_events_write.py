"""Notes, chords and rests as MusicXML <note> elements, with everything that hangs on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from stretto.score.model import Mark, Part
from stretto.score.musicxml_directions_write import DYNAMICS
from stretto.score.musicxml_element import add
from stretto.score.musicxml_names import IMPLIED, STEPS, VOICED
from stretto.score.musicxml_notations import ELISION
from stretto.score.musicxml_notes_write import Name
from stretto.score.musicxml_signs import PartSigns, Sign
from stretto.score.musicxml_values import Time
from stretto.score.musicxml_voices import Event, Stream, Tone

_ARTICULATIONS = frozenset((
    "accent", "strong-accent", "staccato", "tenuto", "detached-legato", "staccatissimo", "spiccato", "scoop",
    "plop", "doit", "falloff", "stress", "unstress", "soft-accent",
))  # fmt: skip
_ORNAMENTS = frozenset((
    "trill-mark", "turn", "delayed-turn", "inverted-turn", "delayed-inverted-turn", "vertical-turn",
    "inverted-vertical-turn", "shake", "mordent", "inverted-mordent", "schleifer", "haydn", "accidental-mark",
))  # fmt: skip
_TECHNICAL = frozenset((
    "up-bow", "down-bow", "harmonic", "open-string", "thumb-position", "fingering", "pluck", "double-tongue",
    "triple-tongue", "stopped", "snap-pizzicato", "fret", "string", "tap", "heel", "toe",
    "fingernails", "brass-bend", "flip", "smear", "open", "half-muted", "golpe",
))  # fmt: skip
_WITH_TEXT = ("fingering", "pluck", "fret", "string", "tap", "accidental-mark")
_SYLLABIC = ("single", "begin", "middle", "end")


@dataclass(slots=True)
class EventWriter:
    """Writes the events of one part."""

    part: Part
    identity: str
    signs: PartSigns
    names: dict[int, Name]
    """Written name by id of the tone; of the bar at hand."""
    accidentals: dict[int, tuple[str, bool]]
    per_tick: Time
    """Divisions to a tick."""
    has_staves: bool
    used: set[int] = field(default_factory=set)
    """Ids of the signs that were written."""
    n_pieces: dict[str, int] = field(default_factory=dict)
    """Of each note that a drawing is to be searched for, how many tied pieces were written."""
    n_implied: int = 0
    n_moved: int = 0
    """Signs that hang inside a note, and are written at its beginning."""

    def divisions(self, time: Time) -> str:
        """A length as <duration> says it."""
        value = time * self.per_tick
        return str(value.numerator if value.denominator == 1 else round(value))

    def write(self, measure: Element, event: Event, stream: Stream) -> None:
        """One note, chord or rest."""
        if not event.tones:
            note = add(measure, "note", id=self._voiced(stream), print_object="no" if event.unseen else "")
            add(note, "rest", measure="yes" if event.bar_rest else "")
            add(note, "duration", self.divisions(event.length))
            self._rest_of_note(note, event, stream, None, self._rest_signs(event, stream), first=True)
            return
        for place, tone in enumerate(event.tones):
            signs = self._tone_signs(event, tone)
            if place == 0:
                signs = self._rest_signs(event, stream) + signs
            self._tone(measure, event, stream, tone, signs, first=place == 0)

    def _tone(
        self, measure: Element, event: Event, stream: Stream, tone: Tone, signs: list[Sign], *, first: bool
    ) -> None:
        row = tone.row
        loud = f"{row.velocity / 0.9:.2f}" if row.velocity else ""
        colour, name_in_drawing = self._colour(row.index)
        note = add(measure, "note", dynamics=loud, color=colour, id=name_in_drawing or self._voiced(stream))
        if event.grace:
            slashed = any(sign.mark.kind == "grace-slash" for sign in signs)
            add(note, "grace", slash="yes" if slashed else "")
        if any(sign.mark.kind == "technical" and sign.mark.text == "cue" for sign in signs):
            add(note, "cue")
        if not first:
            add(note, "chord")
        name = self.names.get(id(tone))
        if name is None:
            step, octave = drum_place(row.pitch)
            unpitched = add(note, "unpitched")
            add(unpitched, "display-step", step)
            add(unpitched, "display-octave", octave)
        else:
            pitch = add(note, "pitch")
            add(pitch, "step", name.step)
            if name.alter:
                add(pitch, "alter", name.alter)
            add(pitch, "octave", name.octave)
        if not event.grace:
            add(note, "duration", self.divisions(event.length))
        if tone.tie_stop:
            add(note, "tie", type="stop")
        if tone.tie_start:
            add(note, "tie", type="start")
        if name is None:
            add(note, "instrument", id=f"{self.identity}-I{row.pitch + 1}")
        self._rest_of_note(note, event, stream, tone, signs, first=first)

    def _rest_of_note(
        self, note: Element, event: Event, stream: Stream, tone: Tone | None, signs: list[Sign], *, first: bool
    ) -> None:
        """What rests and notes share, in the order that the schema asks."""
        add(note, "voice", stream.own or stream.voice)
        if event.kind:
            add(note, "type", event.kind)
        for _ in range(event.n_dots):
            add(note, "dot")
        sign = self.accidentals.get(id(tone))
        if sign is not None:
            add(note, "accidental", sign[0], cautionary="yes" if sign[1] else "")
        if event.ratio[0] != event.ratio[1] and not event.grace and event.kind:
            modification = add(note, "time-modification")
            add(modification, "actual-notes", event.ratio[0])
            add(modification, "normal-notes", event.ratio[1])
        if tone is not None and stream.stem and event.kind not in ("whole", "breve"):
            add(note, "stem", stream.stem)
        for head in signs:
            if head.mark.kind == "technical" and head.mark.text.startswith("notehead:"):
                add(note, "notehead", head.mark.text.removeprefix("notehead:"))
        if self.has_staves:
            add(note, "staff", tone.row.staff if tone else event.staff)
        if first:
            for level, beam in enumerate(event.beams, 1):
                add(note, "beam", beam, number=level)
        notations = Element("notations")
        self._ties(notations, tone)
        self._brackets(notations, event, tone, first=first)
        groups: dict[str, Element] = {}
        for other in signs:
            _notation(notations, groups, other)
        if len(notations):
            note.append(notations)
        for lyric in sorted((sign.mark for sign in signs if sign.mark.kind == "lyric"), key=lambda mark: mark.number):
            write_lyric(note, lyric)

    def _ties(self, notations: Element, tone: Tone | None) -> None:
        if tone is not None and tone.tie_stop:
            add(notations, "tied", type="stop")
        if tone is not None and tone.tie_start:
            add(notations, "tied", type="start", id=self._implied("tie") if tone.implied else "")

    def _tone_signs(self, event: Event, tone: Tone) -> list[Sign]:
        signs = self.signs.on_note.get(tone.row.index)
        if not signs:
            return []
        found = [sign for sign in signs if event.grace or event.start <= sign.tick < event.stop]
        self.used.update(map(id, found))
        self.n_moved += sum(sign.tick != event.start for sign in found)
        return found

    def _colour(self, row: int) -> tuple[str, str]:
        """Colour and name of a note, of every tied piece of it; the name of a later piece is numbered."""
        for sign in self.signs.on_note.get(row, ()):
            if sign.mark.kind == "colour":
                self.used.add(id(sign))
                name = sign.mark.extra
                self.n_pieces[name] = n = self.n_pieces.get(name, 0) + 1
                return sign.mark.text, f"{name}-{n}" if name and n > 1 else name
        return "", ""

    def _rest_signs(self, event: Event, stream: Stream) -> list[Sign]:
        signs = self.signs.on_rest.get(stream.voice)
        if not signs or event.grace:
            return []
        found = [
            sign
            for sign in signs
            if event.start <= sign.tick < event.stop
            and id(sign) not in self.used
            and sign.mark.staff in (0, event.staff)
        ]
        self.used.update(map(id, found))
        return found

    def _brackets(self, notations: Element, event: Event, tone: Tone | None, *, first: bool) -> None:
        """Brackets stand at the chord's first note, or at the first on the staff that the source names."""
        staves = [other.row.staff for other in event.tones]
        for role, zone in event.bracket:
            mark = zone.mark
            place = staves.index(mark.staff) if mark is not None and mark.staff in staves else 0
            if (first and place == 0) or (tone is not None and event.tones[place] is tone):
                number = mark.number if mark is not None and mark.number else ""
                identity = "" if mark is not None else self._implied("tuplet")
                tuplet = add(notations, "tuplet", type=role, number=number, id=identity)
                if zone.unseen and role == "start":
                    tuplet.attrib.update({"bracket": "no", "show-number": "none"})

    def _voiced(self, stream: Stream) -> str:
        if not stream.own:
            return ""
        self.n_implied += 1
        return f"{VOICED}{stream.voice}-{self.identity}-{self.n_implied}"

    def _implied(self, what: str) -> str:
        self.n_implied += 1
        return f"{IMPLIED}{what}-{self.identity}-{self.n_implied}"


def _notation(notations: Element, groups: dict[str, Element], sign: Sign) -> None:
    mark = sign.mark
    kind, text = mark.kind, mark.text
    if kind == "slur":
        add(notations, "slur", type=sign.role, number=sign.level, id=sign.identity)
    elif kind == "fermata":
        add(notations, "fermata", text, type="inverted" if mark.extra == "inverted" else "upright")
    elif kind == "arpeggiate":
        if text.startswith("none-"):
            add(notations, "non-arpeggiate", type=text.removeprefix("none-"))
        else:
            add(notations, "arpeggiate", direction=text)
    elif kind == "dynamic":
        dynamics = add(notations, "dynamics", placement=mark.extra)
        if text in DYNAMICS:
            add(dynamics, text)
        else:
            add(dynamics, "other-dynamics", text)
    elif kind == "breath":
        caesura = text == "caesura"
        add(
            _group(notations, groups, "articulations"),
            "caesura" if caesura else "breath-mark",
            None if caesura else text,
        )
    elif kind == "ornament":
        _ornament(notations, groups, sign)
    elif kind == "articulation":
        _named(_group(notations, groups, "articulations"), text, _ARTICULATIONS, "other-articulation")
    elif kind == "technical":
        _technical(notations, groups, text)


def _ornament(notations: Element, groups: dict[str, Element], sign: Sign) -> None:
    text = sign.mark.text
    if text in ("glissando", "slide") and sign.role:
        add(notations, text, type=sign.role, number=sign.level, id=sign.identity)
        return
    ornaments = _group(notations, groups, "ornaments")
    name, _, value = text.partition(":")
    if text == "wavy-line" and sign.role:
        add(ornaments, "wavy-line", type=sign.role, number=sign.level, id=sign.identity)
    elif name in ("tremolo", "tremolo-start", "tremolo-stop", "tremolo-unmeasured") and (value or name == "tremolo"):
        kind = name.partition("-")[2] or "single"
        add(ornaments, "tremolo", value or None, type=kind)
    else:
        _named(ornaments, text, _ORNAMENTS, "other-ornament")


def _technical(notations: Element, groups: dict[str, Element], text: str) -> None:
    if text == "cue" or text.startswith("notehead:"):
        return
    if text == "let-ring":
        add(notations, "tied", type="let-ring")
        return
    technical = _group(notations, groups, "technical")
    name, _, value = text.partition(":")
    if name == "harmonic" and value:
        harmonic = add(technical, "harmonic")
        for part in value.split("+"):
            add(harmonic, part)
        return
    _named(technical, text, _TECHNICAL, "other-technical")


def _named(group: Element, text: str, known: frozenset[str], other: str) -> None:
    """A sign by its MusicXML name; any other as text."""
    name, colon, value = text.partition(":")
    if name in known and bool(colon and value) == (name in _WITH_TEXT):
        add(group, name, value or None)
    elif text in known:
        add(group, text)
    else:
        add(group, other, text)


def _group(notations: Element, groups: dict[str, Element], name: str) -> Element:
    if name not in groups:
        groups[name] = add(notations, name)
    return groups[name]


def write_lyric(note: Element, mark: Mark) -> None:
    """A <lyric>, with the syllables that share the note joined by elisions."""
    lyric = add(note, "lyric", number=max(1, mark.number))
    syllabic, plus, _ = mark.extra.partition("+")
    for place, text in enumerate(mark.text.split(ELISION)):
        if place:
            add(lyric, "elision", ELISION)
        else:
            add(lyric, "syllabic", syllabic if syllabic in _SYLLABIC else "single")
        add(lyric, "text", text)
    if plus:
        add(lyric, "extend", type="start")


def drum_place(key: int) -> tuple[str, int]:
    """Staff position of a General MIDI percussion key, as drum charts have it.

    >>> drum_place(36), drum_place(38), drum_place(42)
    (('F', 4), ('C', 5), ('G', 5))
    """
    charted = {
        35: "E4", 36: "F4", 37: "C5", 38: "C5", 39: "C5", 40: "C5", 41: "A4", 42: "G5", 43: "A4", 44: "D4", 45: "B4",
        46: "G5", 47: "D5", 48: "E5", 49: "A5", 50: "E5", 51: "F5", 52: "B5", 53: "F5", 54: "D5", 55: "B5", 57: "A5",
        59: "F5",
    }  # fmt: skip
    if key in charted:
        return charted[key][0], int(charted[key][1])
    step, octave = STEPS[key % 7], 4 + key // 7 % 2
    return step, octave
