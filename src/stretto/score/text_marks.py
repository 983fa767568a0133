"""One mark, one line: "@slur 1.1..1.3 on=C5 to=E5", both ways."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stretto.score.model import Mark
from stretto.score.text_names import NOTE_NAME, Words, note_name, parse_note, quoted
from stretto.score.text_place import Places
from stretto.score.text_scan import Fault

RESERVED = {"bar", "meter", "key", "tempo", "clef", "info"}
"""Words after "@" that are no marks."""

OF_NO_VOICE = {
    "dynamic", "wedge", "words", "figured-bass", "chord-symbol", "pedal", "octave-shift", "rehearsal", "navigation"
}  # fmt: skip
"""Signs that belong to a part, and to no voice or staff unless their line says so."""

_NUMBERS = ("part", "staff", "voice", "number", "grace")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a mark's line stands; what it leaves out is taken from here."""

    part: int = -1
    staff: int = 0
    voice: int = 0


def write_mark(mark: Mark, places: Places, context: Context) -> str:
    """The line of a mark."""
    if mark.kind in OF_NO_VOICE:
        context = Context(context.part)
    kind = mark.kind if re.fullmatch("[a-z][a-z-]*", mark.kind) and mark.kind not in (*RESERVED, "mark") else None
    words = [f"@{kind}" if kind else f"@mark kind={quoted(mark.kind)}", places.write(mark.tick)]
    if mark.end != -1:
        words[-1] += f"..{places.write(mark.end)}" if mark.end >= 0 else ""
    if mark.text:
        words.append(quoted(mark.text))
    if mark.pitch != -1:
        words.append(f"on={_pitch(mark.pitch)}")
    if mark.end_pitch != -1:
        words.append(f"to={_pitch(mark.end_pitch)}")
    if mark.part != context.part:
        words.append(f"part={mark.part + 1}")
    for name, value, usual in (
        ("staff", mark.staff, context.staff),
        ("voice", mark.voice, context.voice),
        ("number", mark.number, 0),
        ("grace", mark.grace, 0),
    ):
        if value != usual:
            words.append(f"{name}={value}")
    if mark.extra:
        words.append(f"extra={quoted(mark.extra)}")
    return " ".join(words)


def read_mark(kind: str, words: Words, places: Places, context: Context) -> Mark:
    """The mark of a line.

    Args:
        kind: the word after "@"; "mark" = an attribute says it.
        words: the others, as `words_of` gives them.

    Raises:
        Fault: a word that no mark has.
    """
    if kind in OF_NO_VOICE:
        context = Context(context.part)
    found: dict[str, int | str] = {
        "kind": "" if kind == "mark" else kind, "part": context.part, "staff": context.staff, "voice": context.voice
    }  # fmt: skip
    for column, word, is_quoted in words:
        name, sign, value = word.partition("=")
        if sign and not is_quoted and re.fullmatch("[a-z]+", name):
            found.update(_attribute(name, value, column))
        elif "tick" not in found and not is_quoted:
            found.update(_span(word, places, column))
        elif "text" not in found:
            found["text"] = word
        else:
            raise Fault(column, word, 'one text only; put it in double quotes, as "molto legato"')
    if "tick" not in found:
        raise Fault(len(kind) + 1, "", "a place after the kind of mark, like 5 or 5.3")
    return Mark(**found)  # type: ignore[arg-type]  # names and types are those of Mark


def read_place(word: str, places: Places, column: int) -> int:
    """A tick, or a Fault in the words of the notation."""
    try:
        return places.read(word)
    except ValueError as cause:
        raise Fault(column, word, str(cause).removeprefix("expected ")) from cause


def _span(word: str, places: Places, column: int) -> dict[str, int | str]:
    start, dots, end = word.partition("..")
    found: dict[str, int | str] = {"tick": read_place(start, places, column)}
    if dots:
        found["end"] = read_place(end, places, column)
    return found


def _attribute(name: str, value: str, column: int) -> dict[str, int | str]:
    if name in ("on", "to"):
        field = "pitch" if name == "on" else "end_pitch"
        if re.fullmatch(NOTE_NAME, value):
            return {field: parse_note(value)[0]}
        if re.fullmatch(r"-?\d{1,9}", value):
            return {field: int(value)}
        raise Fault(column, value, "a note like C4 or Bb3")
    if name in ("extra", "kind"):
        return {name: value}
    if name in _NUMBERS:
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise Fault(column, value, f"a whole number after {name}=")
        return {name: int(value) - (name == "part")}
    raise Fault(column, name, "on=, to=, part=, staff=, voice=, number=, grace= or extra=")


def _pitch(pitch: int) -> str:
    return note_name(pitch) if 0 <= pitch <= 127 else str(pitch)
