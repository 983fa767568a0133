"""Sections of `theory_table.py`: roman numerals beside music21's, and all harmony beside analyses by hand."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED
from stretto.theory.grid import grid_of
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.key import Tonality
from theory_pieces import Comparison, Piece, Section, analysed_pieces, name_of, note_named

WINDOW = 4
"""Bars of music21's floating key."""


NUMERAL_REASONS = {
    "applied dominant named as altered degree": "both: one chord, root and bass; ours says what it is the dominant of",
    "augmented sixth": "ours: theirs knows it only in some spellings, and takes another note for its root",
    "a fifth or third is missing": "ours: two notes are read as a triad by key; theirs has no chord without them",
    "degree of minor spelled otherwise": "both: the same chord; raised and natural sixth and seventh are written "
    "otherwise (VII, bVII; #vio, vio)",
    "borrowed chord": "both: the same chord, signs differ",
    "another root": "open: the notes make two chords (a sixth chord with added note); ours takes the likelier",
    "another inversion": "ours: the bass is that of the beginning of the harmony",
    "other": "both: chord and bass are the same, the names differ",
}


BEAT_REASONS = {
    "non-chord tone sounds on the beat": "ours: theirs takes suspensions, passing and neighbour notes into the chord",
    "the chord is complete only later": "ours: a harmony is heard to its end, theirs sees the first moment",
    "bass moves later": "both: theirs has the bass of that beat; ours of the beginning of the harmony",
    "chord changes off the beat": "ours begins on the eighth before or after",
    "another root": "open: notes of two chords; ours chooses by key, metre and length",
}


def floating_keys(piece: Piece) -> list[Any]:
    """Their key of each bar."""
    from music21.analysis.floatingKey import KeyAnalyzer

    analyzer = KeyAnalyzer(piece.stream)
    analyzer.windowSize = WINDOW
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: list[Any] = analyzer.run()
    return found


def between(ours: Tonality, tonic: int, mode: str) -> str:
    """How their key is related to ours; empty = the same."""
    if (ours.tonic, ours.mode) == (tonic, mode):
        return ""
    relative = tonic == (ours.tonic + (9 if ours.mode == "major" else 3)) % 12 and mode != ours.mode
    near = {(tonic - ours.tonic) % 12: mode == ours.mode}
    if relative:
        return "relative"
    if near.get(7):
        return "its dominant"
    if near.get(5):
        return "its subdominant"
    return "parallel" if tonic == ours.tonic else "another"


def numerals_section(pieces: Sequence[Piece], others: Sequence[Piece]) -> Section:
    """Names of chords, and chords on beats."""
    rows = []
    for who, own in (("held-out chorales", pieces), ("other composers", others)):
        same = Comparison(what=f"root and inversion, {who}", beside="romanNumeralFromChord, chord tones",
                          reasons=NUMERAL_REASONS)  # fmt: skip
        name = Comparison(what=f"numeral and figures, {who}", beside="romanNumeralFromChord, chord tones",
                          reasons=NUMERAL_REASONS)  # fmt: skip
        beat = Comparison(what=f"root and bass of each beat, {who}", beside="romanNumeralFromChord, all that sounds",
                          reasons=BEAT_REASONS)  # fmt: skip
        for piece in own:
            heard = harmonies(piece.score)
            for harmony in heard:
                _add_named(piece, harmony, same, name)
            _add_beats(piece, heard, beat)
        rows += [same, name, beat]
    text = (
        "`harmonies.harmonies` and `numerals.numeral_of` beside the numeral that music21 gives, in our local key, to "
        "the chord tones of each harmony, and to everything that sounds on each beat. Figures are compared without "
        "their accidentals, which follow from the key."
    )
    return Section("Roman numerals", text, tuple(rows))


def numeral_there(names: Sequence[str], key: Tonality) -> Any:
    """The numeral that music21 gives to notes in a key."""
    from music21 import chord, roman
    from music21.key import Key

    tonic = name_of(key.tonic_fifths)
    return roman.romanNumeralFromChord(chord.Chord(names), Key(tonic if key.mode == "major" else tonic.lower()))


def sounding(piece: Piece, tick: int, end: int) -> Any:
    """The notes that sound between two ticks."""
    notes = piece.score.notes
    return notes[(notes["onset"] < end) & (notes["onset"] + notes["duration"] > tick) & (notes["grace"] == 0)
                 & (notes["fifths"] != UNSPELLED)]  # fmt: skip


def names_of(notes: Any, bass: int = -1) -> list[str]:
    """Different pitches as music21 names them, one with the pitch class `bass` put below the others."""
    found = {(int(n["pitch"]), int(n["fifths"])) for n in notes}
    if bass >= 0:
        low = min(pitch for pitch, _ in found) // 12 * 12
        found |= {(low - 12 + bass, fifths) for pitch, fifths in found if pitch % 12 == bass}
    return [note_named(pitch, fifths) for pitch, fifths in sorted(found)]


def _add_named(piece: Piece, harmony: Harmony, same: Comparison, name: Comparison) -> None:
    notes = sounding(piece, harmony.tick, harmony.end)
    notes = notes[np.isin(notes["pitch"] % 12, list(harmony.classes))]
    if len(np.unique(notes["pitch"] % 12)) < 2:
        return
    theirs = numeral_there(names_of(notes, harmony.bass), harmony.key)
    figure = plain_figure(theirs)
    example = f"{piece.at(harmony.tick)}: {harmony.numeral}, {theirs.figure} in {harmony.key}"
    alike = (theirs.root().pitchClass, theirs.inversion()) == (harmony.chord.root, harmony.chord.inversion)
    kind = _why_named(harmony, theirs, alike)
    same.add(alike, kind, example)
    name.add(figure == harmony.numeral, kind, example)


def _why_named(harmony: Harmony, theirs: Any, alike: bool) -> str:
    if harmony.numeral.startswith(("It", "Ger", "Fr")) or theirs.figure.startswith(("It", "Ger", "Fr", "Sw")):
        return "augmented sixth"
    if not alike:
        if len(theirs.pitchClasses) < len(harmony.classes):
            return "a fifth or third is missing"
        return "another inversion" if theirs.root().pitchClass == harmony.chord.root else "another root"
    if "/" in harmony.numeral:
        return "applied dominant named as altered degree"
    if len(theirs.pitchClasses) < len(harmony.classes):
        return "a fifth or third is missing"
    if harmony.key.mode == "minor":
        return "degree of minor spelled otherwise"
    return "borrowed chord" if re.search("[b#]", harmony.numeral + theirs.figure) else "other"


def plain_figure(theirs: Any) -> str:
    """Their name with our figures."""
    found = re.match(r"([#b]*)([IViv]+)(o|ø|\+)?", theirs.figure)
    if found is None:
        return str(theirs.figure)
    seventh = theirs.seventh is not None
    figures = ("7", "65", "43", "42") if seventh else ("", "6", "64")
    return f"{found[1]}{found[2]}{found[3] or ''}{figures[min(theirs.inversion(), len(figures) - 1)]}"


def _add_beats(piece: Piece, heard: list[Harmony], row: Comparison) -> None:
    grid = grid_of(piece.score)
    for tick in grid.tick_U[grid.beats].tolist():
        notes = sounding(piece, tick, tick + 1)
        harmony = next((h for h in heard if h.tick <= tick < h.end), None)
        if harmony is None or len(np.unique(notes["pitch"] % 12)) < 3:
            continue
        theirs = numeral_there(names_of(notes), harmony.key)
        alike = theirs.root().pitchClass == harmony.chord.root and theirs.bass().pitchClass == harmony.bass
        kind = _why_beat(harmony, tick, {int(p) % 12 for p in notes["pitch"]}, theirs)
        row.add(alike, kind, f"{piece.at(tick)}: {harmony.numeral}, {theirs.figure} in {harmony.key}")


def _why_beat(harmony: Harmony, tick: int, classes: set[int], theirs: Any) -> str:
    if not classes <= harmony.classes:
        return "non-chord tone sounds on the beat"
    if theirs.root().pitchClass == harmony.chord.root:
        return "bass moves later" if tick > harmony.tick else "chord changes off the beat"
    return "the chord is complete only later" if classes < harmony.classes else "another root"


HAND_KEY_REASONS = {
    "relative": "theirs: phrases that lean both ways are read by their next cadence",
    "its dominant": "theirs: the analyst changes key at the pivot chord, ours up to a bar later, or not for two beats",
    "its subdominant": "theirs: the same on the way back",
    "parallel": "theirs: a major dominant that ends in the minor, heard backwards",
    "another": "both: ours keeps no key for less than a bar without a cadence, and calls the chords applied",
}


HAND_REASONS = {
    "same chord, other bass": "ours puts a new inversion on each beat; by hand it is often passed over",
    "same bass, other chord": "open: a suspension or a passing chord that is read as one of its own, or not",
    "seventh or none": "both: by hand a passing seventh is written from its eighth on, or left out",
    "another chord": "mostly theirs: chords on off-beats, and where the analyst reads a longer line",
}


def by_hand_section(data: Path) -> Section:
    """Both beside analyses that were made by hand, of those chorales that have the same bars in both editions."""
    ours = Comparison(what="chord and bass of each eighth", beside="analyses by hand", reasons=HAND_REASONS)
    roots = Comparison(what="root of each eighth", beside="analyses by hand")
    keys = Comparison(what="local key of each eighth", beside="analyses by hand", reasons=HAND_KEY_REASONS)
    floating = Comparison(what="(music21's floating key, 4 bars)", beside="analyses by hand")
    m21 = Comparison(what="(music21's reading of what sounds: root and bass)", beside="analyses by hand")
    ours_too = Comparison(what="(ours, the same measure: root and bass)", beside="analyses by hand")
    for piece, path in analysed_pieces(data):
        heard, step = harmonies(piece.score), TICKS_PER_QUARTER // 2
        rows = _read_by_hand(piece, path)
        if not rows:
            continue
        by_bar = floating_keys(piece)
        for (tick, numeral), (stop, _) in zip(rows, [*rows[1:], (piece.score.end, None)], strict=True):
            for at in range(tick, stop, step):
                harmony = next((h for h in heard if h.tick <= at < h.end), None)
                notes = sounding(piece, at, at + 1)
                if harmony is None or not len(notes):
                    continue
                _add_by_hand(piece, at, harmony, numeral, (ours, roots, keys, ours_too))
                key = by_bar[min(piece.score.bar_index(at), len(by_bar) - 1)]
                own = numeral.key
                floating.add((key.tonic.pitchClass, key.mode) == (own.tonic.pitchClass, own.mode))
                read = numeral_there(names_of(notes), harmony.key)
                m21.add(read.root().pitchClass == numeral.root().pitchClass
                        and read.bass().pitchClass == numeral.bass().pitchClass)  # fmt: skip
    for row in (m21, ours_too, roots, floating):
        row.kinds.clear()
    text = (
        "Chorales 1 to 20 of Riemenschneider's numbering, analysed by Andrew Jones, Dmitri Tymoczko and Hamish Robb "
        "(music21's corpus, `choraleAnalyses`); 11 has other bars there, and is left out. "
        "They are no held-out music: what a cost counts in `harmonies` and `key_windows` was set with them in sight."
    )
    return Section("Beside analyses by hand", text, (keys, floating, roots, ours, ours_too, m21))


def _read_by_hand(piece: Piece, path: Path) -> list[tuple[int, Any]]:
    from music21 import converter

    bars = {bar.number: bar.tick for bar in piece.score.bars}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        measures = list(converter.parse(path).parts[0].getElementsByClass("Measure"))
    if measures[-1].number != piece.score.bars[-1].number:
        return []
    return [
        (bars[m.number] + round(numeral.getOffsetBySite(m) * TICKS_PER_QUARTER), numeral)
        for m in measures
        for numeral in m.getElementsByClass("RomanNumeral")
        if m.number in bars
    ]


def _add_by_hand(
    piece: Piece, at: int, harmony: Harmony, numeral: Any, rows: tuple[Comparison, Comparison, Comparison, Comparison]
) -> None:
    ours, roots, keys, both = rows
    classes = {pitch.pitchClass for pitch in numeral.pitches}
    same_chord, same_bass = classes == set(harmony.classes), numeral.bass().pitchClass == harmony.bass
    same_root = numeral.root().pitchClass == harmony.chord.root
    nested = classes < harmony.classes or harmony.classes < classes
    kind = ("same chord, other bass" if same_chord else "seventh or none" if same_bass and nested
            else "same bass, other chord" if same_bass else "another chord")  # fmt: skip
    example = f"{piece.at(at)}: {harmony.numeral} in {harmony.key}, {numeral.figure} in {numeral.key.name}"
    ours.add(same_chord and same_bass, kind, example)
    roots.add(same_root)
    both.add(same_root and same_bass)
    kind = between(harmony.key, numeral.key.tonic.pitchClass, numeral.key.mode)
    keys.add(not kind, kind, example)
