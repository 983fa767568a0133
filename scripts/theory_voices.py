"""The section of docs/theory.md on voice leading in parts: every move of two voices beside music21."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from music21 import chord, interval, note, pitch, voiceLeading

from stretto.check.exercise import Exercise
from stretto.theory.consecutives import is_contrary, is_hidden, is_parallel
from stretto.theory.melodic import interval_name, steps_of
from stretto.theory.placing import crossings, overlaps, wide_places
from stretto.theory.tendency import doubled, falls, leading_tones, rises, sevenths
from stretto.theory.texture import Move, Sung
from stretto.theory.voice_leading import FIFTH, OCTAVE
from theory_pieces import Comparison, Piece, held_out_pieces, markdown
from theory_pieces import Section as Part

N_PIECES = 30

REASONS = {
    "ours: from a diminished fifth": "both: a diminished fifth before a perfect one in one direction is hidden here "
    "(and has a rule of its own, unequal-fifths); music21 takes both for one generic interval",
    "theirs: voices cross": "ours: where voices cross, the interval is told from the lower note up; theirs from the "
    "lower voice",
    "theirs: voices cross, which is no overlap here": "both: voices that cross are told as such here, and only as such",
    "a suspension or passing note sounds": "ours: the note is of the harmony, but what sounds as it ends is another "
    "chord, or none",
    "the voice is ornamented": "ours: between the two chord tones stands a passing note or an anticipation",
}
"""Kind of disagreement -> who is right."""


@cache
def music21_note(p: int, fifths: int) -> Any:
    """The same note there, with its name."""
    letter = "FCGDAEB"[(fifths + 1) % 7]
    signs = (fifths + 1) // 7
    octave = (p - signs) // 12 - 1
    return note.Note(letter + ("#" * signs if signs > 0 else "-" * -signs) + str(octave))


def quartet(move: Move) -> Any:
    """The four notes there."""
    return voiceLeading.VoiceLeadingQuartet(*(music21_note(n.pitch, n.fifths) for n in move.notes))


def exercises() -> list[tuple[Piece, Exercise]]:
    """Held-out chorales of four voices."""
    data = Path(os.environ["STRETTO_DATA"])
    pieces = held_out_pieces(data, Path("build/corpus"), N_PIECES)
    found = [(piece, Exercise.of(piece.score)) for piece in pieces]
    return [(piece, exercise) for piece, exercise in found if exercise.n_voices == 4]


def moves_of(exercise: Exercise) -> Iterator[Move]:
    """Every move of every two voices."""
    for upper, lower in combinations(range(exercise.n_voices), 2):
        yield from exercise.moves(upper, lower)


def quartets(works: list[tuple[Piece, Exercise]]) -> list[Comparison]:
    """Fifths and octaves, parallel and hidden."""
    beside = "VoiceLeadingQuartet"
    named = {
        "consecutive fifths": Comparison(what="fifths one after the other", beside=f"{beside}.parallelFifth"),
        "consecutive octaves": Comparison(
            what="octaves and unisons one after the other", beside=f"{beside}.parallelUnisonOrOctave"
        ),
        "hidden fifths": Comparison(what="hidden fifths", beside=f"{beside}.hiddenFifth"),
        "hidden octaves": Comparison(what="hidden octaves", beside=f"{beside}.hiddenOctave"),
    }
    for piece, exercise in works:
        for move in moves_of(exercise):
            theirs = quartet(move)
            answers = {
                "consecutive fifths": (
                    is_parallel(move, FIFTH) or is_contrary(move, FIFTH), theirs.parallelFifth(),
                ),
                "consecutive octaves": (
                    is_parallel(move, OCTAVE) or is_contrary(move, OCTAVE), theirs.parallelUnisonOrOctave(),
                ),
                "hidden fifths": (is_hidden(move, FIFTH), theirs.hiddenFifth()),
                "hidden octaves": (is_hidden(move, OCTAVE), theirs.hiddenOctave()),
            }  # fmt: skip
            for name, (ours, other) in answers.items():
                named[name].add(ours == bool(other), _why(move, ours), f"{piece.at(move.tick)}: {move}")
    return list(named.values())


def _why(move: Move, ours: bool) -> str:
    if move.before < 0 or move.after < 0:
        return f"{'ours' if ours else 'theirs'}: voices cross"
    if move.before % 12 == 6 and move.after % 12 == FIFTH:
        return "ours: from a diminished fifth"
    if move.before == 0 or move.after == 0:
        return "from or to a unison"
    return "ours alone" if ours else "theirs alone"


def places(works: list[tuple[Piece, Exercise]]) -> list[Comparison]:
    """Overlap and crossing of neighbours, spacing of the upper voices."""
    over = Comparison(what="overlap", beside="VoiceLeadingQuartet.voiceOverlap")
    cross = Comparison(what="crossing, slice by slice", beside="VoiceLeadingQuartet.voiceCrossing")
    wide = Comparison(what="upper voices over an octave apart", beside="interval.Interval, greater than P8")
    for piece, exercise in works:
        for upper, lower in pairwise(range(4)):
            passed = {max(a.onset, b.onset) for a, b in overlaps(exercise, upper, lower)}
            crossed = {(a.index, b.index) for run in crossings(exercise, upper, lower) for a, b in run}
            far = {(a.index, b.index) for a, b in wide_places(exercise, upper, lower, 12)}
            for t in range(1, len(exercise.slices)):
                a, b, c, d = (exercise.sung(s, v) for v in (upper, lower) for s in (t - 1, t))
                if a is None or b is None or c is None or d is None:
                    continue
                move = Move(a, b, c, d)
                theirs = quartet(move)
                tick = int(exercise.slices.tick_T[t])
                now = (b.index, d.index)
                held = voiceLeading.VoiceLeadingQuartet(*(music21_note(n.pitch, n.fifths) for n in (b, b, d, d)))
                cross.add((now in crossed) == held.voiceCrossing(), "otherwise", piece.at(tick))
                if a is b and c is d:
                    continue
                over.add(
                    (tick in passed) == theirs.voiceOverlap(),
                    "theirs: voices cross, which is no overlap here" if move.before < 0 or move.after < 0 else "other",
                    f"{piece.at(tick)}: {move}",
                )
                if lower < 3 and (b.onset == tick or d.onset == tick) and now in far:
                    wide.add(_beyond_octave(b, d), "otherwise", f"{piece.at(tick)}: {d.name}-{b.name}")
    return [over, cross, wide]


def _beyond_octave(upper: Sung, lower: Sung) -> bool:
    there = interval.Interval(music21_note(lower.pitch, lower.fifths), music21_note(upper.pitch, upper.fifths))
    return bool(there.semitones > 12)


def melodies(works: list[tuple[Piece, Exercise]]) -> list[Comparison]:
    """The name of every melodic interval."""
    found = Comparison(what="names of melodic intervals", beside="interval.Interval")
    qualities = {"P": "perfect", "M": "major", "m": "minor", "A": "augmented", "d": "diminished"}
    for piece, exercise in works:
        for line in exercise.lines:
            for a, b in steps_of(line):
                low, high = sorted((a, b), key=lambda n: (n.pitch, n.fifths))
                there = interval.Interval(music21_note(low.pitch, low.fifths), music21_note(high.pitch, high.fifths))
                name = f"{qualities[there.name[0]]} {_number(there)}"
                ours = interval_name(a, b)
                same = ours in (name, name.removeprefix("perfect "))
                found.add(same, "octave told apart", f"{piece.at(b.onset)}: {ours}, {name}")
    return [found]


def _number(there: Any) -> str:
    steps = there.generic.undirected
    words = ("unison", "second", "third", "fourth", "fifth", "sixth", "seventh", "octave")
    return words[steps - 1] if steps <= 8 else f"octave and a {words[(steps - 1) % 7]}"


def tendencies(works: list[tuple[Piece, Exercise]]) -> list[Comparison]:
    """Leading tones and sevenths, and doubled ones, beside what music21 calls the third and seventh of each chord."""
    lead = Comparison(what="leading tones that rise", beside="chord.Chord.third, next root a fourth up")
    seven = Comparison(what="sevenths that fall", beside="chord.Chord.seventh of dominant sevenths")
    twice = Comparison(what="doubled leading tones", beside="chord.Chord.third, or the root of a diminished chord")
    heard = Comparison(what="the tone is third or seventh of what sounds last", beside="chord.Chord.third, .seventh")
    for piece, exercise in works:
        for kind, goings, ok, comparison in (
            ("third", leading_tones(exercise.voicing), rises, lead),
            ("seventh", sevenths(exercise.voicing), falls, seven),
        ):
            for going in goings:
                last = exercise.slices.at(going.before.end - 1)
                now = exercise.slices.at(going.after.tick)
                before, after = (_chord(exercise, t) for t in (last, now))
                note_there = getattr(before, kind)
                wanted = going.note.pitch % 12
                same = note_there is not None and note_there.pitchClass == wanted
                where = f"{piece.at(going.before.end)}, {going.note.name} in {going.before.numeral}"
                heard.add(same, "a suspension or passing note sounds", where)
                if not same:
                    continue
                there = exercise.sung(now, going.note.voice)
                step = 0 if there is None else there.pitch - going.note.pitch
                common = wanted in after.pitchClasses and step % 12 == 0
                theirs = (step == 1 if kind == "third" else step in (-1, -2)) or common
                shown = f"{piece.at(going.after.tick)}: {going.note.name} to {going.to.name}"
                comparison.add(theirs == ok(going), "the voice is ornamented", shown)
        ours = {frozenset((a.index, b.index)) for _, a, b in doubled(exercise.voicing, "leading tone")}
        for pair in ours:
            a, b = (exercise.note_of[i] for i in pair)
            there = _chord(exercise, exercise.slices.at(max(a.onset, b.onset)))
            third = there.third or there.root()
            right = third is not None and a.pitch % 12 in (third.pitchClass, there.root().pitchClass)
            twice.add(right, "a suspension or passing note sounds", piece.at(max(a.onset, b.onset)))
    return [heard, lead, seven, twice]


def _chord(exercise: Exercise, t: int) -> Any:
    return chord.Chord([pitch.Pitch(music21_note(n.pitch, n.fifths).nameWithOctave) for n in exercise.chord(t)])


def section() -> str:
    """The section in Markdown."""
    works = exercises()
    comparisons = [*quartets(works), *places(works), *melodies(works), *tendencies(works)]
    for comparison in comparisons:
        comparison.reasons = REASONS
    text = (
        "`consecutives`, `placing`, `melodic` and `tendency`, on every move of every two voices, every note and every "
        "resolution of the same chorales. music21 has no rule for single leading tones and sevenths: beside ours "
        "stands what its chords call third and seventh at the last moment of a dominant and, where that is the same "
        "note, where the voice goes at once."
    )
    return "\n".join(markdown([Part("Voice leading in four parts", text, tuple(comparisons))]))


if __name__ == "__main__":
    print(section())
