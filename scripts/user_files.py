"""Thirty music files as users really have them, made from hymns and folk tunes: `user_files.py FOLDER`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stretto.score.abc_read import read_abc
from stretto.score.formats import write_score
from stretto.score.model import TICKS_PER_QUARTER, Clef, Part, Score

PPQ = 480
"""Ticks per quarter in MIDI files that do not come from our writer."""

PER_TICK = PPQ // TICKS_PER_QUARTER

PLAYED_QPM = 93.7

CENTRE = int(PLAYED_QPM * PPQ / 60 * 0.03)
"""MIDI ticks in 30 ms at the tempo of what is played live."""

METER_3_4, METER_6_8 = b"\xff\x58\x04\x03\x02\x18\x08", b"\xff\x58\x04\x06\x03\x24\x08"

OLD_100TH = {
    "Soprano": "G | G F E D | G A B B | B B A G | c B A G | A B A G | E F G d | B G A c | B A G |]",
    "Alto": "D | D D B, B, | E F G G | G G D E | E D F D | F G D B, | G, A, B, G | D E F E | G F D |]",
    "Tenor": "B, | B, A, G, F, | B, A, D D | D D A, B, | C D D B, | D D A, G, | E, D, D, B, | B, B, A, A, | D D B, |]",
    "Bass": "G, | G, D, E, B,, | E, D, G, G, | G, G, F, E, | A, G, D, G, | D, G, F, E, | C, D, G, G, | "
    "G, E, D, A,, | D, D, G,, |]",
}

ODE = (
    "F F G A | A G F E | D D E F | F>E E2 |",
    "F F G A | A G F E | D D E F | E>D D2 |",
    "E E F D | E F/G/ F D | E F/G/ F E | D E A, F- |",
    "F F G A | A G F E | D D E F | E>D D2 |",
)

GRACE = (
    "D | G2 (B/G/) | B2 A | G2 E | D2 D | G2 (B/G/) | B2 A | d3- | d2 B | "
    "d2 (B/G/) | B2 A | G2 E | D2 D | G2 (B/G/) | B2 A | G3- | G2 |]"
)

BUNESSAN = (
    "C E G | c3 | d3 | B A G | A B A | G3 | C D E | G3 | A3 | G E C | D3- | D3 | "
    "G E G | c3 | A3 | G E D | C3 | D3 | E D E | G3 | A3 | D E D | C3- | C3 |]"
)

GREENSLEEVES = (
    "A | c2 d e>fe | d2 B G>AB | c2 A A>^GA | B2 ^G E2 A | c2 d e>fe | d2 B G>AB | c>BA ^G>^F^G | A3 A3 | "
    "g3 g>fe | d2 B G>AB | c2 A A>^GA | B2 ^G E3 | g3 g>fe | d2 B G>AB | c>BA ^G>^F^G | A3 A2 |]"
)

VENI = "E | G B B B | A/c/ B/A/ G A | B G E G | A/F/ E/D/ E A | A E E F | G F/E/ D G | A B B B | A/c/ B/A/ G |]"

SILENT = (
    "G>AG E3 | G>AG E3 | d2 d B3 | c2 c G3 | A2 A c>BA | G>AG E3 | A2 A c>BA | G>AG E3 | "
    "d2 d f>dB | c3 e3 | c>GE G>FD | C3- C3 |]\n"
    "w: Stil- * le Nacht, heil'- * ge Nacht! Al- les schläft, ein- sam wacht nur das trau- * te heil'- * ge Paar. "
    "Hol- der Knab'_ im lo- cki- gen Haar, schlaf in himm- li- scher Ruh,_ schlaf_ in himm- li- scher Ruh!_"
)

SCARBOROUGH = (
    "D2 D | A2 A | E>F E | D3 | z A c | d2 c | A B G | A3 | z2 d | d2 d | c2 A | A G F | E C2 | "
    "D A2 | G F E | D E C | D3 |]"
)

SKYE = "D2 E D G3 | A2 B A d3 | B2 A B E3 | D6 | D2 E D G3 | A2 B A d3 | B2 A B E2 F | G6 |]"

SWING = (
    '"G"G2 (3B/A/G/ | "G7"B2 A | "C"G2 E | "G"D2 D | "G"G2 (3B/A/G/ | "Em7"B2 A | "D7"d3- | d2 (3B/c/B/ | '
    '"G"d2 (3B/A/G/ | "G7"B2 A | "C"G2 E | "G"D2 D- | "Em"D G (3B/A/G/ | "D7"B2 A | "G"G3- | G3 |]'
)

TWINKLE = "C C G G | A A G2 | F F E E | D D !fine!C2 || G G F F | E E D2 | G G F F | E E !D.C.alfine!D2 |]"

VERSES = (
    "F F G A | (A G) (F E) | D D E F | F>E E2 | F F G A | (A G) (F E) | D D E F | E>D D2 |]\n"
    "w: Praise we him with joy- * ful_ voi- ces, praise his ho- ly name. "
    "All the earth is filled_ with_ glad- ness, sing- ing to the Lord.\n"
    "w: Praise we him at dawn_ and_ eve- ning, sing to him all day. "
    "Un- to him our hearts_ are_ lift- ed, he will guide our way."
)

SECOND = "D D E F | (F E) (D C) | B, B, C D | D>C C2 | D D E F | (F E) (D C) | B, B, C D | C>D D2 |]"

CHORDS = (
    "[A,DF][A,DF] [A,EG][DFA] | [DFA][CEG] [A,DF][A,CE] | [F,A,D][F,A,D] [A,CE][A,DF] | [A,DF]>[A,CE] [A,CE]2 | "
    "[A,DF][A,DF] [A,EG][DFA] | [DFA][CEG] [A,DF][A,CE] | [F,A,D][F,A,D] [A,CE][A,DF] | [G,CE]>[F,A,D] [F,A,D]2 |]"
)

FLUTE = "G | {a}G F E D | G TA B B | B B {c}A G | {d}c TB A G | A B A G | E F G {e}d | B G A c | B TA G |]"


@dataclass(frozen=True, kw_only=True)
class UserFile:
    """A file, and what a musician expects of a program that is given it."""

    path: Path
    what: str


def tune(meter: str, key: str, *voices: str, unit: str = "1/4", names: Sequence[str] = (), score: str = "") -> Score:
    """A score of ABC bodies, a part each."""
    return read_abc(abc(meter, key, *voices, unit=unit, names=names, score=score).encode(), "tune.abc")


def abc(
    meter: str, key: str, *voices: str, unit: str = "1/4", names: Sequence[str] = (), score: str = "", title: str = ""
) -> str:
    """The text of a tune in ABC."""
    head = ["X:1", f"T:{title}", f"M:{meter}", f"L:{unit}", *([f"%%score {score}"] if score else []), f"K:{key}"]
    body = [f'V:{n + 1} name="{names[n] if names else ""}"\n{voice}' for n, voice in enumerate(voices)]
    return (
        "\n".join((head if title else [head[0], *head[2:]]) + (body if len(voices) > 1 or names else [*voices])) + "\n"
    )


def hymn(*names: str, meter: str = "4/4", unit: str = "1/4") -> Score:
    """Old Hundredth, some of its voices."""
    return tune(meter, "G", *(OLD_100TH[name] for name in names), unit=unit, names=names)


def shifted(score: Score, semitones: int, *, start: int = 0, end: int = 10**9) -> Score:
    """Some of it higher; by octaves, so that the notes keep their names."""
    notes = score.notes.copy()
    notes["pitch"][(notes["onset"] >= start) & (notes["onset"] < end)] += semitones
    there = {mark for mark in score.marks if mark.pitch >= 0 and start <= mark.tick < end}
    higher = [
        replace(m, pitch=m.pitch + semitones, end_pitch=m.end_pitch + semitones if m.end_pitch >= 0 else -1)
        for m in there
    ]
    return score.evolve(notes=notes, marks=(*(mark for mark in score.marks if mark not in there), *higher))


def as_part(score: Score, clef: Clef | None = None, part: Part | None = None) -> Score:
    """The same for an instrument."""
    return score.evolve(parts=(part,) if part else score.parts, clefs=(clef,) if clef else score.clefs)


Event = tuple[int, bytes]
"""Tick and message."""


def smf(*tracks: Iterable[Event]) -> bytes:
    """A Standard MIDI File of these tracks."""
    chunks = [b"MThd" + b"".join(n.to_bytes(size, "big") for n, size in ((6, 4), (1, 2), (len(tracks), 2), (PPQ, 2)))]
    for track in tracks:
        data, now = b"", 0
        for tick, message in sorted(track, key=lambda event: event[0]):
            data, now = data + _variable(tick - now) + message, tick
        data += b"\x00\xff\x2f\x00"
        chunks.append(b"MTrk" + len(data).to_bytes(4, "big") + data)
    return b"".join(chunks)


def _variable(n: int) -> bytes:
    low = bytes([n & 0x7F])
    while n := n >> 7:
        low = bytes([n & 0x7F | 0x80]) + low
    return low


def tempo(qpm: float) -> Event:
    """A tempo at the start."""
    return 0, b"\xff\x51\x03" + round(60e6 / qpm).to_bytes(3, "big")


def exact(score: Score, part: int = 0, *, channel: int = 0, rest: int = 0) -> list[Event]:
    """A part as a notation program exports it, without any signature; `rest` ticks of ours before it."""
    events = [(0, b"\xff\x03" + bytes([len(score.parts[part].name)]) + score.parts[part].name.encode())]
    for note in score.notes[score.notes["part"] == part]:
        start = (int(note["onset"]) + rest) * PER_TICK
        events.append((start, bytes([0x90 | channel, int(note["pitch"]), 80])))
        events.append((start + int(note["duration"]) * PER_TICK - 1, bytes([0x80 | channel, int(note["pitch"]), 64])))
    return events


def live(score: Score, *, rest: int, pedal: bool, seed: int) -> list[Event]:
    """As it is played: early and late by up to 30 ms, legato over the next note, a neighbouring key brushed."""
    rng = np.random.default_rng(seed)
    events: list[Event] = []
    for note in score.notes:
        pitch = int(note["pitch"])
        start = (int(note["onset"]) + rest) * PER_TICK + int(rng.integers(-CENTRE, CENTRE + 1))
        end = start + int(note["duration"]) * PER_TICK + int(rng.integers(-2 * CENTRE, 3 * CENTRE))
        events += [(max(0, start), bytes([0x90, pitch, int(rng.integers(52, 97))])), (end, bytes([0x90, pitch, 0]))]
        if rng.random() < 0.08:
            events += [(max(0, start), bytes([0x90, pitch + 1, 24])), (start + 18, bytes([0x90, pitch + 1, 0]))]
    if pedal:
        for bar in score.bars:
            down = (bar.tick + rest) * PER_TICK + 60
            events += [(down, b"\xb0\x40\x7f"), (down + 2 * PPQ, b"\xb0\x40\x00")]
    return events


def measures(*bars: str) -> str:
    """MusicXML of one part, by hand: `bars` are what stands in its measures."""
    body = "".join(f'<measure number="{n + 1}">{bar}</measure>' for n, bar in enumerate(bars))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="1.1"><part-list><score-part id="P1">'
        f'<part-name>Voice</part-name></score-part></part-list><part id="P1">{body}</part></score-partwise>'
    )


def xml_notes(text: str, voice: int = 1) -> str:
    """Notes such as "G4:2 B3:4", durations in eighths; r:4 is an invisible rest."""
    out = []
    for word in text.split():
        name, length = word.split(":")
        sharp = "<alter>1</alter>" if name[0] in "FC" else ""
        pitch = f"<pitch><step>{name[0]}</step>{sharp}<octave>{name[1:]}</octave></pitch>"
        attribute = ' print-object="no"' if name == "r" else ""
        what = "<rest/>" if name == "r" else pitch
        out.append(f"<note{attribute}>{what}<duration>{length}</duration><voice>{voice}</voice></note>")
    return "".join(out)


def attributes(inner: str) -> str:
    """The first <attributes> of a part in 4/4."""
    time = "<time><beats>4</beats><beat-type>4</beat-type></time>"
    return f"<attributes><divisions>2</divisions>{inner}{time}</attributes>"


def musescore() -> str:
    """No <key>; a second voice that a <backup> in the middle of bars begins, behind an invisible rest."""
    back, forth = "<backup><duration>4</duration></backup>", "<forward><duration>4</duration></forward>"
    bars = ("F4:2 F4:2 G4:2 A4:2", "A4:2 G4:2 F4:2 E4:2", "D4:2 D4:2 E4:2 F4:2", "E4:3 D4:1 D4:4")
    lower = ("D4:4", "D4:2 C4:2", "B3:2 C4:2", "A3:4")
    body = [xml_notes(bar) + back + xml_notes(low, voice=2) for bar, low in zip(bars, lower, strict=True)]
    body[0] = xml_notes(bars[0]) + back * 2 + xml_notes("r:4", voice=2) + xml_notes(lower[0], voice=2)
    body[3] = body[3].replace(back, back * 2 + forth)
    return measures(attributes("") + body[0], *body[1:])


def finale() -> str:
    """A multi-rest of three bars that are empty, a key without a mode, and bars that lack their <voice>."""
    style = "<measure-style><multiple-rest>3</multiple-rest></measure-style>"
    silent = '<note><rest measure="yes"/><duration>8</duration></note>'
    bars = ("F4:2 F4:2 G4:2 A4:2", "A4:2 G4:2 F4:2 E4:2", "D4:2 D4:2 E4:2 F4:2", "E4:3 D4:1 D4:4")
    first = attributes("<key><fifths>2</fifths></key>") + f"<attributes>{style}</attributes>" + silent
    return measures(first, silent, silent, *(xml_notes(bar).replace("<voice>1</voice>", "") for bar in bars))


def drums() -> bytes:
    """A beat on the drum channel."""
    keys = [(n * PPQ // 2, 36 if n % 4 == 0 else 38 if n % 4 == 2 else 42) for n in range(32)]
    hits = [(tick, bytes([0x99, key, 90])) for tick, key in keys]
    return smf([tempo(110)], [*hits, *((tick + 60, bytes([0x89, key, 64])) for tick, key in keys)])


def nine() -> bytes:
    """A choir with brass that doubles it, and a flute; the pickup is a bar of 1/4, as MuseScore exports it."""
    score = hymn(*OLD_100TH)
    order = (0, 0, 1, 2, 3, 0, 1, 2, 3)
    names = ("Flute", "Soprano", "Alto", "Tenor", "Bass", "Trumpet 1", "Trumpet 2", "Trombone", "Tuba")
    tracks = []
    for channel, (voice, name) in enumerate(zip(order, names, strict=True)):
        part = replace(score.parts[voice], name=name)
        own = score.evolve(parts=tuple(part if p == voice else old for p, old in enumerate(score.parts)))
        tracks.append(exact(shifted(own, 12) if name == "Flute" else own, voice, channel=channel))
    meters = ((0, b"\xff\x58\x04\x01\x02\x18\x08"), (PPQ, b"\xff\x58\x04\x04\x02\x18\x08"))
    return smf([tempo(80), (0, b"\xff\x59\x02\x01\x00"), *meters], *tracks)


def _text(text: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text.encode(encoding))


def _clean(score: Score) -> Callable[[Path], object]:
    return lambda path: write_score(score, path, force=True)


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _files() -> list[tuple[str, Callable[[Path], object], str]]:
    """Name, how it is written, and what a musician expects."""
    grace, ode, skye = tune("3/4", "G", GRACE), tune("4/4", "D", "\n".join(ODE)), tune("6/8", "G", SKYE, unit="1/8")
    bars_of_ode = 4 * 4 * TICKS_PER_QUARTER
    wide = shifted(shifted(ode, 12, start=2 * bars_of_ode), -12, end=bars_of_ode)
    clarinet = Part(name="Clarinet in B♭", chromatic=-2, diatonic=-1)
    endings = f"|: {ODE[0][:-8]}|1 F>E E2 :|2 E>D D2 || {ODE[2]} {ODE[3]}]"
    silent = abc("6/8", "C", SILENT, unit="1/8", title="Stille Nacht, für Chöre")
    rested = tune("3/4", "G", "z2 " + GRACE)
    signs = (tempo(90), (0, METER_3_4), (0, b"\xff\x59\x02\x01\x00"))
    closed = ("Soprano", "Alto", "Tenor", "Bass")
    return [
        ("live-pedal.mid", _bytes(smf([tempo(PLAYED_QPM), (0, METER_3_4)], live(grace, rest=48, pedal=True, seed=1))),
         "G major, 3/4, pickup of a beat; clean quarters and eighths, the pedal unheard"),
        ("live-dry.mid", _bytes(smf([tempo(PLAYED_QPM), *live(ode, rest=0, pedal=False, seed=2)])),
         "D major, 4/4, no pickup; brushed keys are no notes of the tune"),
        ("low.mid", _bytes(smf([tempo(72), (0, METER_3_4), *exact(shifted(tune("3/4", "C", BUNESSAN), -24))])),
         "C major without a key signature, two octaves too low: a bass to be harmonised, or --octaves 2"),
        ("two-voices-no-meter.mid", _bytes(smf([tempo(84)], *(exact(hymn("Soprano", "Bass"), p, channel=p)
         for p in (0, 1)))), "G major, 4/4 after a pickup of a beat, soprano and bass"),
        ("pickup-rests.mid", _bytes(smf([*signs, *exact(grace, rest=48)])), "G major, 3/4, pickup of a beat"),
        ("pickup-rests.musicxml", _clean(rested), "G major, 3/4; two written rests, and nothing before the first note"),
        ("latin-1.abc", _text(silent.replace("\n", "\r\n"), "latin-1"), "C major, 6/8, umlauts in title and words"),
        ("four-two.musicxml", _clean(hymn("Soprano", meter="4/2", unit="1/2")), "G major, 4/2, a half is a beat"),
        ("cut.musicxml", _clean(tune("2/2", "Em", re.sub(r"(\S+ \S+) (\S+ \S+) \|", r"\1 | \2 |", VENI), unit="1/2")),
         "E minor, 2/2 in halves, pickup of a half"),
        ("minor.musicxml", _clean(tune("6/8", "Am", GREENSLEEVES, unit="1/8")),
         "A minor, 6/8, pickup of an eighth; G sharp leads to A"),
        ("dorian.abc", _text(abc("3/4", "Ddor", SCARBOROUGH, title="Scarborough Fair")),
         "D dorian: taken as D minor, and said; B natural stays"),
        ("clarinet.musicxml", _clean(as_part(skye, part=clarinet)), "sounds in G, written in A, 6/8"),
        ("viola.musicxml", _clean(as_part(shifted(skye, -12), Clef(sign="C", line=3), Part(name="Viola"))),
         "G major, 6/8, alto clef, a voice in the middle"),
        ("tenor.musicxml", _clean(as_part(shifted(grace, -12), Clef(octave=-1), Part(name="Tenor"))),
         "G major, 3/4, the melody in the tenor, voices above and below it"),
        ("flute.musicxml", _clean(shifted(tune("4/4", "G", FLUTE, names=("Flute",)), 12)),
         "an octave above a choir: heard an octave lower without asking, or one line that says how; graces and trills"),
        ("wide.musicxml", _clean(wide), "D major, three octaves in one part: one line that says what can be done"),
        ("endings.musicxml", _clean(tune("4/4", "D", endings)), "D major; repeat and both endings where they were"),
        ("da-capo.abc", _text(abc("4/4", "C", TWINKLE)), "C major; D.C. al Fine where it was, a close at the Fine"),
        ("verses.musicxml", _clean(tune("4/4", "D", VERSES, SECOND, names=("Soprano", "Alto"))),
         "D major, soprano and alto; two verses with their melismas under the soprano"),
        ("lead-sheet.musicxml", _clean(tune("3/4", "G", SWING)),
         "G major, 3/4, triplets and ties; the new voices follow the chord symbols"),
        ("three-voices.krn", _clean(hymn("Soprano", "Alto", "Bass")), "G major; a tenor is missing"),
        ("right-hand.musicxml", _clean(tune("4/4", "D", CHORDS, names=("Piano",))),
         "D major; chords in one part: its top is the melody, or one line that says what can be done"),
        ("closed.mxl", _clean(tune("4/4", "G", *(OLD_100TH[n] for n in closed), names=closed, score="{(1 2) (3 4)}")),
         "G major, four voices on two staves, each a voice of its own"),
        ("nine-parts.mid", _bytes(nine()), "G major; one line that says how to take four of nine"),
        ("drums.mid", _bytes(drums()), "a refusal: no melody here; as a MIDI file with an empty score"),
        ("rests.musicxml", _clean(tune("4/4", "C", "z4 | z4 | z4 | z4 |]")), "a refusal: only rests"),
        ("musescore.musicxml", _text(musescore()), "D major although there is no key signature; two voices on a staff"),
        ("finale.xml", _text(finale().replace("UTF-8", "UTF-16"), "utf-16"),
         "D major after three bars of rest, which stay"),
        ("one-bar.mid", _bytes(smf([tempo(100), *exact(tune("4/4", "D", "F F G A |]"))])), "four quarters, D major"),
        ("long.abc", _text(abc("4/4", "D", "\n".join([*ODE * 7, *ODE[:2]]))), "D major, 120 bars, in under a minute"),
    ]  # fmt: skip


def make(folder: Path) -> list[UserFile]:
    """Write all files into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, write, what in _files():
        write(folder / name)
        made.append(UserFile(path=folder / name, what=what))
    return made


if __name__ == "__main__":
    for file in make(Path(sys.argv[1])):
        print(f"{file.path}: {file.what}")
