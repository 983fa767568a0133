"""Chords: what is missing, what is doubled, which follow each other, and how the piece ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault
from stretto.check.rules import rule
from stretto.theory.chords import chord_of
from stretto.theory.false_relations import cross_relations
from stretto.theory.harmonies import Harmony
from stretto.theory.six_four import six_fours
from stretto.theory.slices import SILENT
from stretto.theory.texture import Sung
from stretto.theory.voice_leading import FIFTH, STEP
from stretto.theory.voicing import Sounded, seventh_of


@rule("third-missing", shortest=1.0)
def missing_third(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A chord that is a bare fifth or octave for as long as it sounds."""
    slices = exercise.slices
    for harmony in exercise.harmonies:
        if harmony.end - harmony.tick < float(options["shortest"]) * exercise.pulse:
            continue
        first, last = slices.at(harmony.tick), slices.at(harmony.end - 1)
        pitches = slices.pitch_TV[first : last + 1]
        classes = {int(p) % 12 for p in pitches.ravel() if p != SILENT} | exercise.played(harmony.tick, harmony.end)
        whole = bool((pitches[0] != SILENT).all())
        # With the fifth below it is a fourth that is held over the bass, and the third comes when it falls.
        root = int(min(p for p in pitches[0] if p != SILENT)) % 12 if whole else 0
        bare = classes <= {root, (root + FIFTH) % 12}
        if exercise.n_voices == 3 and classes == {root} and last == len(slices) - 1:
            continue  # Three voices often come together on the tonic.
        if whole and (bare or _hollow(harmony, classes)):
            chord = exercise.chord(first)
            names = " ".join(note.name for note in reversed(chord))
            yield exercise.fault("third-missing", chord, names, tick=harmony.tick)


def _hollow(harmony: Harmony, classes: set[int]) -> bool:
    """A dominant seventh of which root, seventh and perhaps fifth are there, and nothing else."""
    root, seventh = harmony.chord.root, seventh_of(harmony.chord)
    dominant = harmony.chord.quality == "dominant seventh"
    return dominant and classes - {(root + FIFTH) % 12} == {root, seventh}


@rule("six-four", shortest=1.0)
def free_six_four(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A triad over its fifth that nothing explains."""
    for harmony, bass, kind in six_fours(exercise.voicing):
        long = min(harmony.end - harmony.tick, bass.duration) >= float(options["shortest"]) * exercise.pulse
        if kind == "free" and long and harmony.chord.quality != "diminished" and not exercise.closed(bass):
            yield exercise.fault("six-four", (bass,), f"{harmony.numeral} over {bass.name}", tick=harmony.tick)


@rule("leading-tone-not-raised")
def minor_dominant(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A minor dominant in root position that goes to its tonic in root position."""
    yield from _minor_dominants(exercise, "leading-tone-not-raised", plain=True)


@rule("minor-dominant")
def other_minor_dominant(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A minor dominant before its tonic, where one of them is inverted or the melody falls."""
    yield from _minor_dominants(exercise, "minor-dominant", plain=False)


def _minor_dominants(exercise: Exercise, name: str, *, plain: bool) -> Iterator[Fault]:
    for before, after in pairwise(exercise.voicing.chords):
        tonic = after.key.tonic
        home = before.key.tonic == tonic == after.root
        v = before.root == (tonic + FIFTH) % 12 and before.chord.quality in ("minor", "minor seventh")
        third = [n for tones in before.tones for n in tones if n.pitch % 12 == (before.root + 3) % 12]
        if not (home and v and third) or before.end != after.tick:
            continue
        rooted = before.chord.inversion == 0 == after.harmonies[0].chord.inversion
        # A modal tune that turns from the eighth degree to the seventh and back leaves no choice inside a phrase.
        tune = third[-1].voice == 0 and not _at_close(exercise, after)
        if exercise.closed(third[-1]) or plain != (rooted and not tune and not _on_the_way_down(exercise, third[-1])):
            continue
        said = f"{third[-1].name} in {before.numeral} before {after.numeral}"
        yield exercise.fault(name, third, said, tick=third[-1].onset)


def _at_close(exercise: Exercise, chord: Sounded) -> bool:
    """A phrase ends on it."""
    first, last = exercise.slices.at(chord.tick), exercise.slices.at(chord.end - 1)
    return last == len(exercise.slices) - 1 or bool(exercise.fermata_TV[first : last + 1].any())


def _on_the_way_down(exercise: Exercise, note: Sung) -> bool:
    """The lowered seventh belongs to the falling scale: the voice comes from above, or goes on down by step."""
    before, after = exercise.before(note), exercise.after(note)
    falls = after is not None and 0 < note.pitch - after.pitch <= STEP
    return falls or (before is not None and after is not None and before.pitch > note.pitch > after.pitch)


@rule("cross-relation", across_phrases=False)
def cross_relation(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A note and the same note altered, one after the other in two voices."""
    for old, new in cross_relations(exercise):
        if options["across_phrases"] or not exercise.closed(old):
            yield exercise.fault("cross-relation", (old, new), f"{old.name} and {new.name}")


@rule("harmony-over-barline")
def over_barline(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A chord that enters on a weak beat and is struck again, over the same bass, on the downbeat."""
    starts = {bar.tick for bar in exercise.score.bars[1:]}
    for chord in exercise.voicing.chords:
        if chord.tick in starts or chord.tick == 0 or _begins_phrase(exercise, chord):
            continue
        for tick in (start for start in starts if chord.tick < start < chord.end):
            t = exercise.slices.at(tick)
            before, now = exercise.sung(t - 1, exercise.n_voices - 1), exercise.sung(t, exercise.n_voices - 1)
            if before is None or now is None or before.pitch % 12 != now.pitch % 12 or exercise.closed(now):
                continue
            if exercise.score.bars[exercise.score.bar_index(chord.tick)].tick == chord.tick:
                continue
            yield exercise.fault("harmony-over-barline", (before, now), chord.numeral, tick=tick)


def _begins_phrase(exercise: Exercise, chord: Sounded) -> bool:
    """A phrase has just ended where the chord enters, or ends under it."""
    t = exercise.slices.at(chord.tick)
    return t == 0 or bool(exercise.fermata_TV[max(0, t - 1) : t + 1].any())


@rule("retrogression")
def retrogression(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A dominant that goes back to a subdominant in root position."""
    for before, after in pairwise(exercise.voicing.chords):
        back = before.numeral in ("V", "V7") and after.harmonies[0].numeral in ("IV", "iv", "ii")
        if back and before.key == after.key and after.tones[-1] and not exercise.closed(after.tones[-1][0]):
            bass = [tones[-1] for tones in before.tones[-1:] if tones]
            if bass and not exercise.closed(bass[0]):
                said = f"{before.numeral} to {after.harmonies[0].numeral}"
                yield exercise.fault("retrogression", (*bass, after.tones[-1][0]), said, tick=after.tick)


@rule("third-doubled", shortest=1.0)
def doubled_third(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """The third of a major triad in root position in two voices, where the chord is I or IV."""
    for harmony in exercise.harmonies:
        plain = harmony.numeral in ("I", "IV")
        if not plain or harmony.end - harmony.tick < float(options["shortest"]) * exercise.pulse:
            continue
        chord = exercise.chord(exercise.slices.at(harmony.tick))
        thirds = [note for note in chord if note.pitch % 12 == (harmony.chord.root + 4) % 12]
        if len(thirds) > 1:
            names = " ".join(note.name for note in thirds)
            yield exercise.fault("third-doubled", thirds, f"{names} in {harmony.numeral}", tick=harmony.tick)


@rule("diminished-in-root-position", shortest=1.0)
def diminished_triad(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A diminished triad over its root."""
    for harmony in exercise.harmonies:
        long = harmony.end - harmony.tick >= float(options["shortest"]) * exercise.pulse
        if harmony.chord.quality == "diminished" and harmony.chord.inversion == 0 and long:
            bass = exercise.sung(exercise.slices.at(harmony.tick), exercise.n_voices - 1)
            if bass is not None:
                yield exercise.fault("diminished-in-root-position", (bass,), harmony.numeral, tick=harmony.tick)


@rule("final-chord")
def final_chord(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A last chord that is no triad over its root, or a minor one that is not the tonic and is not led to as one."""
    yield from _closes(exercise, "final-chord", grave=True)


@rule("final-chord-elsewhere")
def final_chord_elsewhere(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A last chord that is a triad over its root, but neither the tonic nor the dominant."""
    yield from _closes(exercise, "final-chord-elsewhere", grave=False)


def _closes(exercise: Exercise, name: str, *, grave: bool) -> Iterator[Fault]:
    chords = [exercise.chord(t) for t in range(len(exercise.slices))]
    last = next((chord for chord in reversed(chords) if chord), ())
    if not last:
        return
    # What the basses sing is the bass, though a tenor may cross them: they are doubled an octave below.
    bass = next((note for note in last if note.voice == exercise.n_voices - 1), last[-1])
    bare = {note.pitch % 12 for note in last} <= {bass.pitch % 12, (bass.pitch + FIFTH) % 12}
    found = chord_of([bass.pitch - 24, *(note.pitch for note in last)])
    rooted = bare or (found is not None and found.quality in ("major", "minor") and found.inversion == 0)
    home = bass.pitch % 12 in {exercise.key.tonic, (exercise.key.tonic + FIFTH) % 12}
    major = found is not None and found.major_third
    if rooted and home:
        return
    if grave != (rooted and (major or _led_to(exercise, bass))):
        yield exercise.fault(name, last, _spelled(last))


def _led_to(exercise: Exercise, bass: Sung) -> bool:
    """Its own dominant comes before: a phrase that closes in another key."""
    chords = exercise.voicing.chords
    before = chords[-2] if len(chords) > 1 else None
    leading = None if before is None else (before.root + 4) % 12 if before.chord.major_third else before.root
    return leading is not None and (leading + 1) % 12 == bass.pitch % 12


def _spelled(chord: tuple[Sung, ...]) -> str:
    return " ".join(note.name for note in reversed(chord))


@rule("all-in-one-direction", leaps=2)
def one_direction(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """All voices go the same way at once, and at least `leaps` of the upper ones leap."""
    for t in range(1, len(exercise.slices)):
        before, now = exercise.chord(t - 1), exercise.chord(t)
        if len(before) < exercise.n_voices or len(now) < exercise.n_voices or exercise.closed(*before):
            continue
        moves = [b.pitch - a.pitch for a, b in zip(before, now, strict=True)]
        if not (all(m > 0 for m in moves) or all(m < 0 for m in moves)):
            continue
        if sum(abs(m) > 2 for m in moves[:-1]) >= int(options["leaps"]):
            yield exercise.fault("all-in-one-direction", (*before, *now), _spelled(now))


@rule("dissonance", shortest=1.0)
def dissonance(exercise: Exercise, options: Mapping[str, Any]) -> Iterator[Fault]:
    """A note foreign to its chord that nothing explains: neither how it is reached, nor how it is left."""
    for tone in exercise.foreign.values():
        note = exercise.note_of[tone.note]
        if tone.kind == "unexplained" and note.end - tone.tick >= float(options["shortest"]) * exercise.pulse:
            harmony = exercise.harmony_at(tone.tick)
            said = f"{note.name}{f' over {harmony.numeral}' if harmony else ''}"
            yield exercise.fault("dissonance", (note,), said, tick=tone.tick)
