"""Each piece of the kernel beside music21 on real chorales: keys, crossings, ranges, cadences, motifs."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from music21 import chord, corpus, expressions, roman, search, voiceLeading
from music21.analysis.discrete import Ambitus, BellmanBudge, KrumhanslKessler

from stretto.score.model import UNSPELLED, Mark, Part, Score
from stretto.theory.cadence import cadence_at
from stretto.theory.chords import ALTERED, QUALITIES, chord_of
from stretto.theory.harmonies import harmonies
from stretto.theory.key import BELLMAN_BUDGE, KRUMHANSL_KESSLER, estimate_key, pitch_class_weights, rank_keys
from stretto.theory.lines import neighbours_of
from stretto.theory.motifs import Line, recurrences
from stretto.theory.nonchord import non_chord_tones
from stretto.theory.phrases import phrase_ends
from stretto.theory.slices import slices_of
from stretto.theory.voice_leading import n_crossings, n_outside_ranges

CHORALES = ("bwv66.6", "bwv269", "bwv277", "bwv303", "bwv4.8", "bwv430", "bwv253", "bwv330", "bwv377", "bwv40.8")

TICKS = 24


@cache
def piece(name: str) -> Any:
    return corpus.parse(f"bach/{name}")


@cache
def score(name: str) -> Score:
    """The same notes and fermatas as a Score; ties joined."""
    rows, marks = [], []
    for part, line in enumerate(piece(name).stripTies().parts):
        for note in line.flatten().notes:
            tick = int(note.offset * TICKS)
            rows.append((tick, int(note.quarterLength * TICKS), note.pitch.midi, 0, part, 1, 1, UNSPELLED, 0))
            if any(isinstance(sign, expressions.Fermata) for sign in note.expressions):
                marks.append(Mark(kind="fermata", tick=tick, part=part))
    return Score.build(rows, [Part()] * len(piece(name).parts), marks=marks)


@pytest.mark.parametrize("name", CHORALES)
@pytest.mark.parametrize(
    ("profiles", "theirs"), [(KRUMHANSL_KESSLER, KrumhanslKessler()), (BELLMAN_BUDGE, BellmanBudge())]
)
def test_keys_fit_as_well_as_they_do_there(name: str, profiles: Any, theirs: Any) -> None:
    """The key named first and second, and their correlations; the last bass note, which music21 has not, left out."""
    found = theirs.getSolution(piece(name))
    mine = rank_keys(pitch_class_weights(score(name).notes), profiles=profiles)
    for ours, key in zip(mine[:2], (found, *found.alternateInterpretations[:1]), strict=True):
        assert (ours.key.tonic, ours.key.mode) == (key.tonic.pitchClass, key.mode)
        assert ours.fit == pytest.approx(key.correlationCoefficient, abs=0.002)


@pytest.mark.parametrize("name", CHORALES)
def test_voices_cross_where_its_quartets_say(name: str) -> None:
    """At every moment at which one of two neighbours is struck; each is held against itself."""
    lines = [list(part.flatten().notes) for part in piece(name).stripTies().parts]
    crossed = 0
    for above, below in pairwise(lines):
        for tick in sorted({note.offset for note in (*above, *below)}):
            pair = [[n for n in line if n.offset <= tick < n.offset + n.quarterLength] for line in (above, below)]
            if all(pair):
                upper, lower = pair[0][0], pair[1][0]
                crossed += voiceLeading.VoiceLeadingQuartet(upper, upper, lower, lower).voiceCrossing()
    assert n_crossings(slices_of(score(name))) == crossed


@pytest.mark.parametrize("name", CHORALES)
def test_ranges_are_its_ambitus(name: str) -> None:
    spans = [Ambitus().getPitchSpan(part) for part in piece(name).parts]
    ranges = [(low.midi, high.midi) for low, high in spans]
    assert n_outside_ranges(score(name).notes, ranges) == 0
    for voice, (low, high) in enumerate(ranges):
        for narrower in ((low + 1, high), (low, high - 1)):
            limits = [narrower if v == voice else each for v, each in enumerate(ranges)]
            assert n_outside_ranges(score(name).notes, limits) > 0


@pytest.mark.parametrize("name", CHORALES)
def test_cadences_are_the_numerals_that_it_reads(name: str) -> None:
    """Authentic: V or vii before the last chord, read in its key; half: a major V in the key of the piece."""
    key, slices, chords = (
        estimate_key(score(name)),
        slices_of(score(name)),
        piece(name).chordify().flatten().notes.stream(),
    )
    for end in phrase_ends(score(name), slices):
        found = cadence_at(slices, end, key)
        last = chords.getElementAtOrBefore(end.settled / TICKS)
        if found.chord is None or found.before is None:
            continue
        assert chord_of(pitch.midi for pitch in last.pitches) == found.chord
        if found.kind.endswith("authentic"):
            tonic = last.root().name if found.chord.major_third else last.root().name.lower()
            names = [
                roman.romanNumeralFromChord(chord, tonic).romanNumeral
                for chord in chords
                if 0 < end.first / TICKS - chord.offset <= 3
            ]
            assert any(numeral.startswith(("V", "vii")) for numeral in names), (found, names)
        if found.kind == "half" and found.chord.root == (key.tonic + 7) % 12:
            tonic = str(key).split()[0].replace("b", "-")
            numeral = roman.romanNumeralFromChord(last, tonic if key.mode == "major" else tonic.lower())
            assert numeral.romanNumeral == "V"


def test_motifs_that_its_search_finds_are_found() -> None:
    """Runs of six notes that come back, there or in another voice, with the same steps and speeds."""
    n, compared = 5, 0
    for name in CHORALES:
        notes = score(name).notes
        lines = [Line.of(notes[notes["part"] == part]) for part in range(len(score(name).parts))]
        found = recurrences(lines)
        seen: dict[str, list[tuple[int, int]]] = {}
        for part, line in enumerate(piece(name).stripTies().parts):
            text = search.translateIntervalsAndSpeed(line.flatten().notes.stream())
            for i in range(1, len(text) - n + 1):  # the first letter of a melody says nothing
                seen.setdefault(text[i : i + n], []).append((part, i - 1))
        for places in seen.values():
            (source, i), *again = sorted(places, key=lambda place: lines[place[0]].onset_N[place[1]])
            for part, j in again:
                figure = _figure(lines[part], j, n)
                later = lines[part].onset_N[j] > lines[source].onset_N[i]
                if later and figure is not None and figure == _figure(lines[source], i, n):
                    start, end = lines[part].onset_N[j], lines[part].end_N[j + n - 1]
                    assert any(r.part == part and r.start <= start and r.end >= end for r in found), (name, part, start)
                    compared += 1
    assert compared > 30


def _figure(line: Line, start: int, n: int) -> tuple[list[int], list[int]] | None:
    """Onsets and lengths of a run, of which a letter says only whether they grow; None = a repeated note or a trill."""
    own = slice(start, start + n + 1)
    if len(set(line.pitch_N[own].tolist())) < 3:
        return None
    onset_N = line.onset_N[own]
    return (onset_N - onset_N[0]).tolist(), (line.end_N[own] - onset_N)[:-1].tolist()


@pytest.mark.parametrize("name", CHORALES)
def test_numerals_have_the_root_and_inversion_that_it_reads(name: str) -> None:
    """From the chord tones of each harmony, in the local key; sixths with an added note are read either way."""
    found, alike = 0, 0
    for harmony in harmonies(score(name)):
        steps = (QUALITIES | ALTERED)[harmony.chord.quality]
        tones = [60 + harmony.bass, *(72 + (harmony.chord.root + step) % 12 for step in steps)]
        tonic = str(harmony.key).split()[0].replace("b", "-")
        theirs = roman.romanNumeralFromChord(
            chord.Chord(tones), tonic if harmony.key.mode == "major" else tonic.lower()
        )
        found += 1
        alike += (theirs.root().pitchClass, theirs.inversion()) == (harmony.chord.root, harmony.chord.inversion)
    assert found > 20 and alike >= 0.95 * found


@pytest.mark.parametrize("name", CHORALES)
def test_passing_and_neighbour_tones_could_be_such(name: str) -> None:
    """By their line alone, as it tells them."""
    notes = score(name).notes
    around = neighbours_of(notes)
    lines = [{int(n.offset * TICKS): n for n in part.flatten().notes} for part in piece(name).stripTies().parts]
    found = [tone for tone in non_chord_tones(score(name)) if tone.kind in ("passing", "neighbour")]
    could = 0
    for tone in found:
        three = [notes[i] for i in (around.before[tone.note], tone.note, around.after[tone.note])]
        line = voiceLeading.ThreeNoteLinearSegment(*(lines[n["part"]][n["onset"]].pitch for n in three))
        could += line.couldBePassingTone() if tone.kind == "passing" else line.couldBeNeighborTone()
    assert len(found) > 5 and could >= 0.95 * len(found)
