"""How a score is performed: fermatas, breaths, tempos, dynamics, articulation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stretto.render.performance import Performance, perform
from stretto.render.performance_dynamics import LEVELS, velocities
from stretto.render.sound import render_sound
from stretto.score.model import UNSPELLED, Mark, Meter, Part, Score, Tempo

Row = tuple[int, int, int, int, int, int, int, int, int]


def note(onset: int, duration: int, pitch: int, part: int = 0, *, velocity: int = 0, grace: int = 0) -> Row:
    """A note of the first voice."""
    return (onset, duration, pitch, velocity, part, 1, 1, UNSPELLED, grace)


def played(rows: list[Row], *marks: Mark, n_parts: int = 1, qpm: int = 60) -> Performance:
    """A performance at one quarter a second."""
    tempos = [Tempo(qpm=Fraction(qpm))]
    return perform(Score.build(rows, [Part()] * n_parts, meters=[Meter()], marks=marks, tempos=tempos))


def spans(performance: Performance) -> list[tuple[float, float]]:
    """(onset, end) in seconds."""
    return [(round(float(n["onset"]), 3), round(float(n["end"]), 3)) for n in performance.notes]


def test_a_fermata_stretches_its_chord_and_a_breath_follows() -> None:
    """A quarter of one second is held for 1.6, then a quarter of a quarter is silent."""
    rows = [note(0, 24, 60), note(24, 24, 62), note(48, 24, 64)]
    held = spans(played(rows, Mark(kind="fermata", tick=24, part=0, pitch=62)))
    assert held == [(0.0, 1.0), (1.0, 2.6), (2.85, 3.85)]


@pytest.mark.parametrize(("shape", "seconds"), [("", 1.6), ("angled", 1.3), ("square", 2.0)])
def test_the_shape_of_a_fermata_says_how_long(shape: str, seconds: float) -> None:
    """An angled one is short, a square one long."""
    assert spans(played([note(0, 24, 60)], Mark(kind="fermata", tick=0, part=0, text=shape)))[0][1] == seconds


def test_four_fermatas_on_one_chord_stretch_it_once() -> None:
    """Each voice carries its sign; the chord is held by 1.6, not by its fourth power."""
    rows = [note(0, 24, 60 + 4 * part, part) for part in range(4)]
    marks = [Mark(kind="fermata", tick=0, part=part, pitch=60 + 4 * part) for part in range(4)]
    assert {end for _, end in spans(played(rows, *marks, n_parts=4))} == {1.6}


def test_only_the_common_time_of_a_held_chord_is_stretched() -> None:
    """Under a soprano's half note the tenor moves: only its last quarter, which is held too, grows."""
    rows = [note(0, 48, 72), note(0, 24, 60, 1), note(24, 24, 59, 1)]
    marks = [Mark(kind="fermata", tick=0, part=0, pitch=72), Mark(kind="fermata", tick=24, part=1, pitch=59)]
    assert sorted(spans(played(rows, *marks, n_parts=2))) == [(0.0, 1.0), (0.0, 2.6), (1.0, 2.6)]


def test_a_fermata_on_a_very_long_note_adds_a_half_note_at_most() -> None:
    """Four bars under a fermata are not held for ten more seconds."""
    assert spans(played([note(0, 384, 60)], Mark(kind="fermata", tick=0, part=0, pitch=60))) == [(0.0, 18.0)]


def test_a_fermata_on_a_rest_lengthens_the_silence() -> None:
    """The rest between two notes is held."""
    rows = [note(0, 24, 60), note(48, 24, 62)]
    (_, first_end), (second, _) = spans(played(rows, Mark(kind="fermata", tick=24)))
    assert second - first_end > 1.5


def test_a_fermata_chord_is_longer_in_the_sound_itself() -> None:
    """The same piece with a fermata at its end lasts 0.6 s longer."""
    rows = [note(0, 24, 60), note(24, 24, 64)]
    plain = Score.build(rows, [Part(name="Organ")], tempos=[Tempo(qpm=Fraction(60))])
    held = plain.evolve(marks=[Mark(kind="fermata", tick=24, part=0, pitch=64)])
    assert render_sound(held).seconds - render_sound(plain).seconds == pytest.approx(0.6, abs=0.1)


def test_a_breath_mark_parts_two_notes() -> None:
    """The comma stands over the note after which one breathes."""
    rows = [note(0, 24, 60), note(24, 24, 62)]
    assert spans(played(rows, Mark(kind="breath", tick=0, part=0, text="comma"))) == [(0.0, 1.0), (1.25, 2.25)]


def test_a_change_of_tempo_is_followed() -> None:
    """The second quarter goes twice as fast; a note across the change takes from both."""
    tempos = [Tempo(qpm=Fraction(60)), Tempo(tick=24, qpm=Fraction(120))]
    score = Score.build([note(0, 24, 60), note(0, 48, 48), note(24, 24, 62)], [Part()], tempos=tempos)
    assert spans(perform(score)) == [(0.0, 1.5), (0.0, 1.0), (1.0, 1.5)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60), st.integers(40, 80)), min_size=1, max_size=20),
       st.lists(st.integers(0, 220), max_size=4))  # fmt: skip
def test_time_never_runs_backwards(rows: list[tuple[int, int, int]], fermatas: list[int]) -> None:
    """Whatever is held, notes come in the order of their ticks and last for some time."""
    marks = [Mark(kind="fermata", tick=tick) for tick in fermatas]
    score = Score.build([note(*row) for row in rows], [Part()], meters=[Meter()], marks=marks)
    performance = perform(score)
    assert (performance.notes["end"] > performance.notes["onset"]).all()
    order = {int(pitch): [] for pitch in score.notes["pitch"]}
    for one in performance.notes:
        order[int(one["pitch"])].append(float(one["onset"]))
    assert all(onsets == sorted(set(onsets)) for onsets in order.values())


def test_a_pitch_struck_again_is_parted_from_itself() -> None:
    """Two quarters on one pitch are two notes to the ear."""
    (_, end), (onset, _) = spans(played([note(0, 24, 60), note(24, 24, 60)]))
    assert 0.01 < onset - end < 0.1


def test_a_unison_of_two_voices_sounds_as_long_as_the_longer() -> None:
    """A half and a quarter on the same pitch in one part: the half is heard out."""
    rows = [note(0, 24, 60), (0, 48, 60, 0, 0, 2, 1, UNSPELLED, 0)]
    assert spans(played(rows)) == [(0.0, 2.0)]


def test_a_staccato_note_is_half_as_long() -> None:
    """And the note after it comes when it should."""
    mark = Mark(kind="articulation", text="staccato", tick=0, part=0, pitch=60)
    assert spans(played([note(0, 24, 60), note(24, 24, 62)], mark)) == [(0.0, 0.5), (1.0, 2.0)]


def test_graces_come_before_the_beat() -> None:
    """Two graces lead to their note in order, and the beat is where it was."""
    rows = [note(0, 24, 60), note(24, 0, 62, grace=1), note(24, 0, 64, grace=2), note(24, 24, 65)]
    onsets = [onset for onset, _ in spans(played(rows))]
    assert onsets == [0.0, 0.84, 0.92, 1.0]


def test_a_rolled_chord_goes_up() -> None:
    """The lowest note is on the beat."""
    rows = [note(0, 48, pitch) for pitch in (72, 60, 67)]
    performance = played(rows, Mark(kind="arpeggiate", tick=0, part=0))
    assert list(performance.notes["pitch"]) == [60, 67, 72]
    assert np.all(np.diff(performance.notes["onset"]) > 0.02)


def test_dynamics_and_hairpins_lead_from_mark_to_mark() -> None:
    """p, a crescendo over a bar, f: loudness rises note by note and stays."""
    rows = [note(24 * i, 24, 60) for i in range(8)]
    marks = [
        Mark(kind="dynamic", text="p", tick=0),
        Mark(kind="wedge", text="crescendo", tick=24, end=120),
        Mark(kind="dynamic", text="f", tick=120),
    ]
    got = velocities(Score.build(rows, [Part()], marks=marks)).tolist()
    assert got[0] == got[1] == LEVELS["p"]
    assert got[1] < got[2] < got[3] < got[4] < got[5] == got[6] == got[7] == LEVELS["f"]


def test_a_diminuendo_without_an_end_goes_one_step_down() -> None:
    """What follows is softer than what came before, and stays so."""
    rows = [note(24 * i, 24, 60) for i in range(6)]
    got = velocities(Score.build(rows, [Part()], marks=[Mark(kind="wedge", text="diminuendo", tick=0, end=96)]))
    assert got[0] > got[2] > got[4] == got[5]


def test_a_sforzato_is_for_one_chord_only() -> None:
    """The note after it is as before; after a forte-piano it is piano."""
    rows = [note(24 * i, 24, 60) for i in range(2)]
    accent = velocities(Score.build(rows, [Part()], marks=[Mark(kind="dynamic", text="sfz", tick=0)]))
    assert accent[0] > accent[1] == LEVELS["mf"]
    sudden = velocities(Score.build(rows, [Part()], marks=[Mark(kind="dynamic", text="fp", tick=0)]))
    assert sudden[0] > sudden[1] == LEVELS["p"]


def test_the_soprano_is_heard_above_the_middle_voices() -> None:
    """Where no loudness is given, the top sings out, the bass carries, the inner voices fill."""
    rows = [note(0, 24, pitch, part) for part, pitch in enumerate((72, 67, 60, 48))]
    soprano, alto, tenor, bass = velocities(Score.build(rows, [Part()] * 4)).tolist()
    assert soprano > bass > alto == tenor


def test_a_velocity_that_was_given_is_kept() -> None:
    """A recorded performance is not rebalanced."""
    rows = [note(0, 24, 60, velocity=33)]
    assert velocities(Score.build(rows, [Part()], marks=[Mark(kind="dynamic", text="ff", tick=0)])).tolist() == [33]


def test_what_is_not_sounded_is_counted() -> None:
    """Drums are left out and trills are plain, and both are said."""
    trill = Mark(kind="ornament", text="trill-mark", tick=0, part=0, pitch=60)
    rows = [note(0, 24, 60), note(0, 24, 38, 1), note(24, 24, 38, 1)]
    score = Score.build(rows, [Part(name="Piano"), Part(percussion=True)], meters=[Meter()], marks=[trill])
    performance = perform(score)
    assert len(performance.notes) == 1
    assert {n.what: n.count for n in performance.notices} == {
        "notes of unpitched percussion are not sounded": 2,
        "ornaments are sounded as plain notes": 1,
    }
