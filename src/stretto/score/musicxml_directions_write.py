"""What stands between the notes, as MusicXML elements: directions, tempo, chord symbols, figured bass."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.score.model import Tempo
from stretto.score.musicxml_chords import write_chord, write_figures
from stretto.score.musicxml_element import add, decimal
from stretto.score.musicxml_names import NAVIGATION_SOUNDS, NAVIGATION_WORDS, QUARTERS_OF_TYPE
from stretto.score.musicxml_signs import Sign

DYNAMICS = frozenset((
    "p", "pp", "ppp", "pppp", "ppppp", "pppppp", "f", "ff",
    "fff", "ffff", "fffff", "ffffff", "mp", "mf", "sf", "sfp",
    "sfpp", "fp", "rf", "rfz", "sfz", "sffz", "fz", "n",
    "pf", "sfzp",
))  # fmt: skip
COMMENT_SIZE = 8
"""Of a teacher's words, points; other words have 10 to 12."""
_SOUND_OF = {name: attribute for attribute, name in NAVIGATION_SOUNDS.items()}


def write_tempo(measure: Element, tempo: Tempo, offset: str) -> None:
    """A tempo: its words, its metronome mark, and what a player does."""
    direction = add(measure, "direction", placement="above", system="only-top")
    if tempo.text or not tempo.unit:
        add(add(direction, "direction-type"), "words", tempo.text)
    if tempo.unit:
        metronome = add(add(direction, "direction-type"), "metronome", parentheses="no")
        name = tempo.unit.rstrip(".")
        n_dots = len(tempo.unit) - len(name)
        add(metronome, "beat-unit", name)
        for _ in range(n_dots):
            add(metronome, "beat-unit-dot")
        quarters = QUARTERS_OF_TYPE.get(name, Fraction(1)) * (2 - Fraction(1, 2**n_dots))
        add(metronome, "per-minute", decimal(tempo.qpm / quarters))
    _offset(direction, offset)
    add(direction, "sound", tempo=decimal(tempo.qpm))


def write_between(measure: Element, sign: Sign, offset: str, shift: int, duration: str) -> bool:
    """Write one sign between the notes.

    Args:
        measure: to which it is added.
        sign: the mark, or one end of it.
        offset: divisions from the cursor to its place, "" = none.
        shift: fifths from sounding to written names, for chord symbols.
        duration: of a figured bass, in divisions; "" = not said.

    Returns:
        Whether all of it could be said.
    """
    mark = sign.mark
    if mark.kind == "chord-symbol":
        harmony = add(measure, "harmony", system="only-top" if mark.part < 0 else "")
        write_chord(harmony, mark.text, shift)
        _offset(harmony, offset)
        if mark.staff:
            add(harmony, "staff", mark.staff)
        return not mark.voice
    if mark.kind == "figured-bass":
        figured = add(measure, "figured-bass")
        said = write_figures(figured, mark.text)
        if duration:
            add(figured, "duration", duration)
        return said and not mark.voice and not mark.staff
    return _direction(measure, sign, offset)


def _direction(measure: Element, sign: Sign, offset: str) -> bool:
    mark = sign.mark
    is_navigation = mark.kind == "navigation"
    placement = mark.extra if mark.extra in ("above", "below") else ""
    if mark.kind == "comment":
        placement = "above"
    if is_navigation:
        placement = "above"  # between the staves of a piano it would run into the notes
    has_own_place = mark.kind in ("rehearsal", "navigation", "section") and mark.part == 0
    system = "only-top" if mark.part < 0 else ("none" if has_own_place else "")
    direction = add(measure, "direction", placement=placement, system=system)
    kind = add(direction, "direction-type")
    sound: dict[str, str] = {}
    if is_navigation:
        sound = _navigation(kind, mark.text, mark.extra)
    elif mark.kind == "dynamic":
        dynamics = add(kind, "dynamics")
        if mark.text in DYNAMICS:
            add(dynamics, mark.text)
        else:
            add(dynamics, "other-dynamics", mark.text)
    elif mark.kind == "words":
        if sign.role != "stop":
            add(kind, "words", mark.text)
        if sign.role:
            holder = kind if sign.role == "stop" else add(direction, "direction-type")
            add(holder, "dashes", type=sign.role, number=sign.level, id=sign.identity)
    elif mark.kind == "comment":
        add(kind, "words", mark.text, color=mark.extra, font_size=COMMENT_SIZE, font_weight="bold")
    elif mark.kind in ("wedge", "pedal", "octave-shift"):
        _span(kind, sign)
    elif mark.kind == "rehearsal":
        add(kind, "rehearsal", mark.text)
    else:
        add(kind, "other-direction", f"{mark.kind}: {mark.text}", print_object="no")
    _offset(direction, offset)
    if mark.voice:
        add(direction, "voice", mark.voice)
    if mark.staff:
        add(direction, "staff", mark.staff)
    if sound:
        add(direction, "sound", **sound)
    return is_navigation or not mark.extra or bool(placement)


def _navigation(kind: Element, text: str, printed: str) -> dict[str, str]:
    """Print the sign or the words; gives what a player is told."""
    if text in ("segno", "coda") and not printed:
        add(kind, text)
    else:
        add(kind, "words", printed or NAVIGATION_WORDS.get(text, text))
    attribute = _SOUND_OF.get(text)
    return {attribute: "yes" if attribute in ("dacapo", "fine") else "1"} if attribute else {}


def _span(kind: Element, sign: Sign) -> None:
    mark = sign.mark
    if mark.kind == "wedge":
        add(kind, "wedge", type=mark.text if sign.role == "start" else "stop", number=sign.level, id=sign.identity)
    elif mark.kind == "pedal":
        how = "sostenuto" if mark.text == "sostenuto" and sign.role == "start" else sign.role
        add(kind, "pedal", type=how, number=sign.level, id=sign.identity, line="yes")
    else:
        size = mark.text.lstrip("-")
        how = ("up" if mark.text.startswith("-") else "down") if sign.role == "start" else "stop"
        add(kind, "octave-shift", type=how, size=size, number=sign.level, id=sign.identity)


def _offset(parent: Element, offset: str) -> None:
    if offset:
        add(parent, "offset", offset)
