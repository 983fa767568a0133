"""Sections of `theory_table.py`: non-chord tones and motifs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from music21 import pitch as m21_pitch
from music21.voiceLeading import ThreeNoteLinearSegment

from stretto.score.model import UNSPELLED
from stretto.theory.harmonies import harmonies
from stretto.theory.lines import NONE, neighbours_of
from stretto.theory.motif_relations import CHANGES, PLAIN_NOTES, relations
from stretto.theory.motifs import BEND, MIN_NOTES, MIN_PITCHES, SPREAD, Line
from stretto.theory.nonchord import NonChordTone, non_chord_tones
from theory_pieces import Comparison, Piece, Section, note_named

TONE_REASONS = {
    "ours passing, theirs not": "ours: an augmented second or a diminished third in minor is a step to the ear",
    "ours neighbour, theirs not": "ours, as above",
    "theirs could be, chord tone": "ours: theirs looks at the line alone; the note is of the harmony",
    "theirs could be, suspension or other": "ours: the note is prepared, or held into the harmony",
}

MOTIF_REASONS = {
    "found by one only": "none should be",
}


def line_sections(pieces: Sequence[Piece]) -> list[Section]:
    """Both."""
    return [_tones(pieces), _motifs(pieces)]


def _tones(pieces: Sequence[Piece]) -> Section:
    ours = Comparison(what="our passing and neighbour tones", beside="couldBePassingTone, couldBeNeighborTone",
                      reasons=TONE_REASONS)  # fmt: skip
    theirs = Comparison(what="their candidates that are foreign to the chord", beside="our names for them",
                        reasons=TONE_REASONS)  # fmt: skip
    for piece in pieces:
        found = {tone.note: tone for tone in non_chord_tones(piece.score, harmonies(piece.score))}
        around = neighbours_of(piece.score.notes)
        for note in range(len(piece.score.notes)):
            before, after = int(around.before[note]), int(around.after[note])
            if NONE in (before, after):
                continue
            _add_tone(piece, (before, note, after), found.get(note), (ours, theirs))
    text = (
        "`nonchord.non_chord_tones`. music21 tells from three notes of a line whether the middle one *could be* a "
        "passing or a neighbour tone, and does not ask the harmony; so ours are looked for among its candidates, and "
        "its candidates that our harmonies find foreign among ours."
    )
    return Section("Non-chord tones", text, (ours, theirs))


def _add_tone(
    piece: Piece, three: tuple[int, int, int], tone: NonChordTone | None, rows: tuple[Comparison, Comparison]
) -> None:
    ours, theirs = rows
    notes = piece.score.notes[list(three)]
    if (notes["fifths"] == UNSPELLED).any():
        return
    names = [note_named(int(n["pitch"]), int(n["fifths"])) for n in notes]
    line = ThreeNoteLinearSegment(*(m21_pitch.Pitch(name) for name in names))
    could = {"passing": line.couldBePassingTone(), "neighbour": line.couldBeNeighborTone()}
    where = f"{piece.at(int(notes['onset'][1]))}: {' '.join(names)}"
    if tone is not None and tone.kind in could:
        ours.add(could[tone.kind], f"ours {tone.kind}, theirs not", where)
    if tone is not None and any(could.values()):
        theirs.add(tone.kind in could and could[tone.kind], "theirs could be, suspension or other",
                   f"{where}: {tone.kind}")  # fmt: skip


def _motifs(pieces: Sequence[Piece]) -> Section:
    rows = []
    for kind in CHANGES:
        row = Comparison(what=f"motifs: {kind}", beside="search of every pair of notes", reasons=MOTIF_REASONS)
        for piece in pieces[:10]:
            notes = piece.score.notes
            lines = [Line.of(notes[notes["part"] == part]) for part in range(len(piece.score.parts))]
            ours = {(r.part, r.start, r.source, r.source_start, r.n_notes) for r in relations(lines, kinds=[kind])}
            plain = set(_every_pair(lines, kind))
            for place in sorted(ours | plain):
                row.add(place in ours and place in plain, "found by one only", f"{piece.at(place[1])}")
        rows.append(row)
    text = (
        "`motif_relations.relations` on ten of the chorales, beside a search, note by note and without arrays, of "
        "every run that begins at every pair of notes. Beside `music21.search`, which knows transpositions only, the "
        "plain returns are compared in the tests (`tests/theory/test_beside_music21.py`): all that it finds are found."
    )
    return Section("Motifs", text, tuple(rows))


def _every_pair(lines: Sequence[Line], kind: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Part, start, source, its start and length of each run, as the definition says it."""
    sign, direction, times = CHANGES[kind]
    rows = [list(zip(line.onset_N.tolist(), line.end_N.tolist(), line.pitch_N.tolist(), strict=True)) for line in lines]
    for part, later in enumerate(rows):
        changed = [(Fraction(direction * a) / times, Fraction(direction * b) / times, sign * p) for a, b, p in later]
        changed = [(b, a, p) for a, b, p in changed[::-1]] if direction < 0 else changed
        for source, motif in enumerate(rows):
            for i in range(len(motif)):
                for j in range(len(changed)):
                    if i and j and _step_agrees(motif, i - 1, changed, j - 1):
                        continue
                    for k, at, n in _pieces_of_run(motif, i, changed, j):
                        first = len(later) - at - n if direction < 0 else at
                        own = (part, later[first][0], source, motif[k][0], n)
                        if _is_motif(own, kind, changed[at : at + n], motif[k : k + n]):
                            yield own


Rows = Sequence[tuple[Fraction, Fraction, int]]


def _step_agrees(motif: Rows, i: int, other: Rows, j: int) -> bool:
    if i + 1 >= len(motif) or j + 1 >= len(other):
        return False
    (a, b, p), (c, d, q) = motif[i], other[j]
    a2, c2, p2, q2 = motif[i + 1][0], other[j + 1][0], motif[i + 1][2], other[j + 1][2]
    up, too = p2 - p, q2 - q
    return a2 - a == c2 - c and b - a == d - c and abs(up - too) <= BEND and up * too >= 0


def _pieces_of_run(motif: Rows, i: int, other: Rows, j: int) -> Iterator[tuple[int, int, int]]:
    n = 1
    while _step_agrees(motif, i + n - 1, other, j + n - 1):
        n += 1
    start, apart = 0, [other[j + k][2] - motif[i + k][2] for k in range(n)]
    for k in range(1, n + 1):
        if k == n or max(apart[start : k + 1]) - min(apart[start : k + 1]) > SPREAD:
            if k - start >= MIN_NOTES:
                yield i + start, j + start, k - start
            start = k


def _is_motif(own: tuple[int, int, int, int, int], kind: str, changed: Rows, motif: Rows) -> bool:
    part, start, source, source_start, n = own
    if start <= source_start or len({p for _, _, p in changed}) < MIN_PITCHES:
        return False
    if kind == "transposition":
        return True
    steps = {b[0] - a[0] for a, b in pairwise(motif)}
    overlaps = part == source and start < motif[-1][1]
    return not overlaps and not (len(steps) < 2 and n < PLAIN_NOTES)
