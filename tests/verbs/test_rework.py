"""The verbs on the user's own music: what is given stays, what is open is filled as asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.score.model import Key, Mark, Score
from stretto.score.text import read_text
from stretto.theory.chords import chord_at
from stretto.theory.understand import understand
from stretto.verbs import library
from stretto.verbs.compose import compose
from stretto.verbs.gaps import bars_named, continue_, infill, vary
from stretto.verbs.hearing import Hearing
from stretto.verbs.rework import Manner, Reworked, harmonize
from stretto.verbs.rules import Rules, rules_of

QUICK = Manner(seed=5, candidates=2)

MELODY = """
title: Ode
key: D major
meter: 4/4

part: Soprano
  1 | F#4 F#4 G4 A4 |
  2 | A4 G4 F#4 E4 |
  3 | D4 D4 E4 F#4 |
  4 | F#4q. E4e E4h |
"""


def melody() -> Score:
    """Four bars with a fermata, a slur and words."""
    score, _ = understand(read_text(MELODY.encode(), "ode.txt"))
    marks = [
        Mark(kind="fermata", tick=336, part=0, voice=1, staff=1, pitch=64),
        Mark(kind="slur", tick=0, end=24, part=0, voice=1, staff=1, pitch=66, end_pitch=66),
        *(
            Mark(kind="lyric", tick=24 * k, part=0, voice=1, staff=1, pitch=int(p), number=1, text="la", extra="single")
            for k, p in enumerate(score.notes["pitch"][:4])
        ),
    ]
    return score.evolve(marks=(*score.marks, *marks))


def choir() -> Score:
    """The melody with three voices under it."""
    return harmonize(melody(), manner=QUICK).score


def notes_of(score: Score, name: str) -> np.ndarray:
    """The notes of a part, as if it were the first."""
    part = [p.name for p in score.parts].index(name)
    notes = score.notes[score.notes["part"] == part].copy()
    notes["part"] = 0
    return notes


def same_outside(before: Score, after: Score, start: int, end: int) -> bool:
    """All notes that begin before or after a stretch of time are the same."""
    kept = [s.notes[(s.notes["onset"] < start) | (s.notes["onset"] >= end)] for s in (before, after)]
    return np.array_equal(*kept)


def test_a_melody_is_given_three_voices_and_stays_as_it_was() -> None:
    before = melody()
    found = harmonize(before, manner=QUICK)
    assert [part.name for part in found.score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert np.array_equal(notes_of(found.score, "Soprano"), before.notes)
    own = tuple(mark for mark in found.score.marks if mark.part == 0)
    assert own == before.marks
    assert found.n_notes == len(found.score.notes) - len(before.notes) > 20
    assert (found.score.notes["fifths"] != 127).all()


def test_new_voices_have_fermatas_where_the_melody_has_one() -> None:
    score = choir()
    fermatas = [mark for mark in score.marks if mark.kind == "fermata"]
    assert {mark.part for mark in fermatas} == {0, 1, 2, 3}
    for mark in fermatas:
        own = score.notes[score.notes["part"] == mark.part]
        note = own[own["onset"] == mark.tick][0]
        assert note["onset"] <= 336 < note["onset"] + note["duration"]


def test_the_same_seed_gives_the_same_voices_and_another_gives_others() -> None:
    first, again, other = (harmonize(melody(), manner=Manner(seed=s, candidates=2)).score for s in (5, 5, 6))
    assert first == again and first != other


def test_a_bass_is_given_the_voices_above_it() -> None:
    score, _ = understand(
        read_text(b"key: C major\nmeter: 4/4\n\npart: Bass\n  1 | C3 E3 F3 G3 |\n  2 | C3w |\n", "bass.txt")
    )
    found = harmonize(score, manner=QUICK)
    assert [part.name for part in found.score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert np.array_equal(notes_of(found.score, "Bass"), score.notes)


def test_one_voice_of_four_can_be_kept() -> None:
    before = choir()
    found = harmonize(before, keep=["tenor"], manner=Manner(seed=9, candidates=2))
    assert np.array_equal(notes_of(found.score, "Tenor"), notes_of(before, "Tenor"))
    assert not np.array_equal(notes_of(found.score, "Bass"), notes_of(before, "Bass"))


def test_only_the_bars_that_are_asked_for_change() -> None:
    before = choir()
    found = infill(before, 2, 3, manner=QUICK)
    assert same_outside(before, found.score, 96, 288)
    assert not np.array_equal(before.notes, found.score.notes)
    assert found.score.end == before.end and found.score.bars == before.bars


def test_a_note_that_is_held_out_of_the_open_bars_stays_whole_and_that_is_said() -> None:
    tied = held_over(choir(), 216)
    held = notes_of(tied, "Alto")[notes_of(tied, "Alto")["onset"] + notes_of(tied, "Alto")["duration"] == 216]
    for seed in range(4):
        found = infill(tied, 2, 2, manner=replace(QUICK, seed=seed))
        own = notes_of(found.score, "Alto")
        assert held[0] in own and same_outside(tied, found.score, 96, 192)
        assert np.array_equal(own["onset"][1:], (own["onset"] + own["duration"])[:-1]), "no rest between two notes"
        assert (
            "alto: what is held over the end of bar 2 stays; open the bar after it too to have it new" in found.report
        )
        varied = vary(tied, 1.0, bars=(2, 2), manner=replace(QUICK, seed=seed))
        assert held[0] in notes_of(varied.score, "Alto") and varied.report[0] == found.report[0]


def test_a_note_that_is_played_a_little_over_the_barline_is_not_held() -> None:
    before = held_over(choir(), 194)
    found = infill(before, 2, 2, parts=["alto"], manner=QUICK)
    assert {(hole.start, hole.end) for hole in found.holes} == {(96, 192)}


def test_where_all_that_is_open_is_held_out_of_it_nothing_can_be_new() -> None:
    before = choir()
    notes = before.notes.copy()
    first = notes[(notes["part"] == 1) & (notes["onset"] >= 96)][:1]
    first["onset"], first["duration"] = 96, 120
    gone = (notes["part"] == 1) & (notes["onset"] >= 96) & (notes["onset"] < 216)
    tied = before.evolve(notes=np.concatenate([notes[~gone], first]))
    said = "alto: what is held over the end of bar 2 stays; open the bar after"
    with pytest.raises(RequestError, match=said):
        infill(tied, 2, 2, parts=["alto"], manner=QUICK)
    with pytest.raises(RequestError, match=said):
        vary(tied, bars=(2, 2), keep=["soprano", "tenor", "bass"], manner=QUICK)


def test_a_voice_that_holds_one_note_through_all_that_is_open_stays_and_the_others_are_new() -> None:
    before = choir()
    notes = before.notes.copy()
    own = notes["part"] == 3
    notes["duration"][np.flatnonzero(own)[0]] = 288
    tied = before.evolve(notes=notes[~own | (notes["onset"] == 0) | (notes["onset"] >= 288)])
    found = infill(tied, 2, 2, manner=QUICK)
    assert found.n_notes > 0 and not any("bass" in line for line in found.report if "is held over" in line)
    assert np.array_equal(notes_of(found.score, "Bass"), notes_of(tied, "Bass"))
    with pytest.raises(
        RequestError, match="no note begins in what is open, so nothing can be new; open the bar before"
    ):
        infill(tied, 2, 2, parts=["bass"], manner=QUICK)


def held_over(score: Score, tick: int) -> Score:
    """The alto's last note of bar 2 held until a tick in bar 3."""
    notes = score.notes.copy()
    last = np.flatnonzero((notes["part"] == 1) & (notes["onset"] < 192))[-1]
    notes["duration"][last] = tick - notes["onset"][last]
    gone = (notes["part"] == 1) & (notes["onset"] >= 192) & (notes["onset"] < tick) & (tick >= 216)
    return score.evolve(notes=notes[~gone])


def test_only_the_voices_that_are_asked_for_change() -> None:
    before = choir()
    found = infill(before, 1, 4, parts=["alto"], manner=Manner(seed=2, candidates=2))
    for name in ("Soprano", "Tenor", "Bass"):
        assert np.array_equal(notes_of(found.score, name), notes_of(before, name))
    assert not np.array_equal(notes_of(found.score, "Alto"), notes_of(before, "Alto"))


def test_a_rhythm_can_be_kept() -> None:
    before = choir()
    found = infill(before, 1, 4, parts=["alto", "bass"], keep_rhythm=True, manner=Manner(seed=4, candidates=2))
    for name in ("Alto", "Bass"):
        old, new = notes_of(before, name), notes_of(found.score, name)
        assert np.array_equal(old[["onset", "duration"]], new[["onset", "duration"]])
    assert not np.array_equal(before.notes["pitch"], found.score.notes["pitch"])


def test_a_piece_goes_on_for_as_many_bars_and_closes_on_its_tonic() -> None:
    before = choir()
    found = continue_(before, 4, manner=QUICK)
    after = found.score
    assert [bar.number for bar in after.bars] == list(range(1, 9)) and after.end == 2 * before.end
    assert np.array_equal(after.notes[after.notes["onset"] < before.end], before.notes)
    bass = notes_of(after, "Bass")
    assert int(bass["pitch"][-1]) % 12 == 2
    assert int((after.notes["onset"] + after.notes["duration"]).max()) == after.end


def test_what_follows_a_piece_with_fermatas_has_them_where_its_phrases_end() -> None:
    before = choir()
    after = continue_(before, 8, manner=QUICK).score
    fermatas = [mark for mark in after.marks if mark.kind == "fermata" and mark.tick >= before.end]
    assert len({mark.tick for mark in fermatas}) >= 2, "eight bars are two phrases or more"
    assert Counter(mark.part for mark in fermatas).keys() == {0, 1, 2, 3}
    plain = before.evolve(marks=tuple(mark for mark in before.marks if mark.kind != "fermata"))
    assert not [m for m in continue_(plain, 4, manner=QUICK).score.marks if m.kind == "fermata"]


def test_a_lone_melody_goes_on_alone() -> None:
    found = continue_(melody(), 2, manner=QUICK)
    assert len(found.score.parts) == 1
    assert np.array_equal(found.score.notes[: len(melody().notes)], melody().notes)
    assert found.score.notes["onset"].max() >= melody().end


def test_variation_leaves_kept_voices_and_most_of_the_others() -> None:
    before = choir()
    found = vary(before, 0.3, keep=["soprano"], manner=QUICK)
    assert np.array_equal(notes_of(found.score, "Soprano"), notes_of(before, "Soprano"))
    old, new = set(before.notes.tolist()), set(found.score.notes.tolist())
    assert 0.3 < len(old & new) / len(old) < 1


def test_no_given_note_is_drawn_out_into_a_hole() -> None:
    """A hole is filled with notes that begin in it, or given notes would hang over and leave rests."""
    for seed in range(4):
        found = vary(melody(), 0.6, manner=Manner(seed=seed, candidates=1))
        notes = found.score.notes
        assert np.array_equal(notes["onset"][1:], (notes["onset"] + notes["duration"])[:-1])


def test_a_chord_line_sounds_where_it_is_asked_for() -> None:
    found = harmonize(melody(), manner=Manner(seed=1, candidates=1, chords="I | V | I | I V"))
    heard = [chord_at(found.score, tick) for tick in (0, 96, 192, 288, 336)]
    assert [chord.root if chord else None for chord in heard] == [2, 9, 2, 2, 9]


def test_ranges_and_prohibitions_of_ones_own_hold() -> None:
    rules = rules_of(ranges=["alto=57-69"], forbid=["chromatic", "repeats"])
    found = harmonize(melody(), manner=Manner(seed=1, candidates=1, rules=rules))
    alto = notes_of(found.score, "Alto")["pitch"]
    assert alto.min() >= 57 and alto.max() <= 69
    assert set((found.score.notes["pitch"] % 12).tolist()) <= {1, 2, 4, 6, 7, 9, 11}


def test_rules_are_changed_by_the_users_words() -> None:
    assert rules_of(allow=["rests", "parallels"]) == Rules(rests=True, parallels=False)
    assert rules_of(forbid=["leaps"], ranges=["bass=36-60"]).ranges[3] == (36, 60)


def _wrong(**changes: object) -> Reworked:
    verb = changes.pop("verb")
    return verb(melody(), **changes)  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"verb": harmonize, "keep": ["bass"]}, "has no such voice; it has soprano"),
        ({"verb": harmonize, "keep": ["flute"]}, "'flute' is not known"),
        ({"verb": harmonize, "hearing": Hearing(voices=["alto", "bass"])}, "name the 1 part with notes"),
        ({"verb": harmonize, "hearing": Hearing(take=["Flute"])}, "no part of that name; there are 1 Soprano"),
        ({"verb": infill, "first": 3, "last": 9}, "has bars 1 to 4"),
        ({"verb": infill, "first": 3, "last": 2}, "say 2-3"),
        ({"verb": infill, "first": 1, "last": 2, "parts": ["alto"]}, "no such voice"),
        ({"verb": continue_, "bars": 0}, "possible are 1 to 64"),
        ({"verb": vary, "strength": 1.5}, "over 0, up to 1"),
        ({"verb": vary, "keep": ["soprano"]}, "no voice is left"),
        ({"verb": harmonize, "manner": Manner(chords="I | X")}, "'X' is unknown"),
        ({"verb": harmonize, "manner": Manner(chords="I|I|I|I|I")}, "5 bars of chords for 4"),
        ({"verb": harmonize, "hearing": Hearing(octaves=3)}, "--octaves -2"),
        ({"verb": harmonize, "hearing": Hearing(key="D dorian")}, "major and minor"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_in_one_line(wish: dict, said: str) -> None:
    with pytest.raises(RequestError, match=said) as refused:
        _wrong(**wish)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"style": "jazz"}, "there are bach"),
        ({"candidates": 0}, "1 to 64"),
        ({"temperature": 0}, "0.05 to 5"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_a_manner_that_cannot_be_is_refused(changes: dict, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        Manner(**changes)


def test_bars_are_named_as_they_are_printed() -> None:
    assert bars_named("5-8") == (5, 8) and bars_named(" 12 ") == (12, 12)
    with pytest.raises(RequestError, match="name bars as 5-8"):
        bars_named("five")


@pytest.mark.parametrize("voice", ["tenor", "alto", "bass"])
@pytest.mark.parametrize("seed", range(3))
def test_a_piece_in_major_closes_in_major_whichever_voice_is_given(voice: str, seed: int) -> None:
    notes = melody().notes.copy()
    notes["pitch"] -= {"alto": 0, "tenor": 12, "bass": 12}[voice]
    notes["pitch"][-1] = {"alto": 62, "tenor": 50, "bass": 50}[voice]
    score = melody().evolve(notes=notes, marks=())
    found = harmonize(score, hearing=Hearing(voices=[voice]), manner=Manner(seed=seed, candidates=2))
    chord = chord_at(found.score, found.score.end - 1)
    assert chord is not None
    assert (chord.root, chord.quality, chord.inversion) == (2, "major", 0)


def test_nobody_closes_on_the_tonic_under_a_note_that_is_not_in_it() -> None:
    notes = melody().notes.copy()
    notes["pitch"][-1] = 64
    for seed in range(3):
        found = harmonize(melody().evolve(notes=notes, marks=()), manner=Manner(seed=seed, candidates=2))
        assert chord_at(found.score, found.score.end - 1) is not None  # a chord of its own, and no clash


@pytest.mark.parametrize(("bars", "parts"), [((3, 3), ()), ((3, 3), ("soprano",))])
def test_where_no_note_begins_nothing_can_be_new_and_that_is_said(
    bars: tuple[int, int], parts: tuple[str, ...]
) -> None:
    """Whole notes tied over from the bar before."""
    score = choir()
    notes = score.notes[(score.notes["onset"] < 192) | (score.notes["onset"] >= 288)].copy()
    last = np.array([notes["onset"][(notes["part"] == p) & (notes["onset"] < 192)].max() for p in range(4)])
    tied = (notes["onset"] < 192) & (notes["onset"] == last[notes["part"]])
    notes["duration"][tied] = 288 - notes["onset"][tied]
    with pytest.raises(RequestError, match="no note begins in what is open"):
        infill(score.evolve(notes=notes, marks=()), *bars, parts=parts, manner=QUICK)


def test_all_versions_share_what_stands_before_the_first_open_note() -> None:
    """Given bars are heard once; the music is as likely as its parts say, and given notes stay."""
    score = choir()
    found = infill(score, 4, 4, manner=Manner(seed=3, candidates=4))
    assert same_outside(score, found.score, 288, 384)
    alone = infill(score, 4, 4, manner=Manner(seed=3, candidates=1))
    assert 0 < alone.nats_per_note < 6 and 0 < found.nats_per_note < 6


def test_old_voices_go_where_the_one_that_stays_is_silent() -> None:
    score = choir()
    notes = score.notes[(score.notes["part"] != 0) | (score.notes["onset"] >= 96)]
    found = harmonize(score.evolve(notes=notes, marks=()), keep=["soprano"], manner=QUICK).score
    assert found.notes["onset"].min() == 96


def test_nobody_sings_in_a_bar_in_which_the_given_voice_is_silent() -> None:
    notes = melody().notes
    silent = melody().evolve(notes=notes[(notes["onset"] < 96) | (notes["onset"] >= 192)], marks=())
    found = harmonize(silent, manner=QUICK).score
    assert not ((found.notes["onset"] < 192) & (found.notes["onset"] + found.notes["duration"] > 96)).any()


def test_what_is_varied_ends_with_the_piece() -> None:
    """A last chord that is shorter than its bar is followed by nothing."""
    score = choir()
    notes = score.notes.copy()
    ends = notes["onset"] + notes["duration"]
    notes["duration"] -= np.where(ends == 384, 24, 0).astype(notes["duration"].dtype)
    notes = notes[notes["duration"] > 0]
    for seed in range(6):
        found = vary(score.evolve(notes=notes, marks=()), 0.9, manner=Manner(seed=seed, candidates=1)).score
        assert (found.notes["onset"] + found.notes["duration"]).max() <= 360


def test_a_gap_far_into_a_long_piece_is_filled() -> None:
    """More than three hundred frames stand before it."""
    score = choir()
    n, times = score.notes, 24
    notes = np.concatenate([n] * times)
    notes["onset"] += np.repeat(np.arange(times) * 384, len(n)).astype(notes["onset"].dtype)
    bars = [
        replace(bar, tick=bar.tick + 384 * k, number=bar.number + 4 * k) for k in range(times) for bar in score.bars
    ]
    long = score.evolve(notes=notes, bars=tuple(bars), end=384 * times, marks=())
    found = infill(long, 94, 95, manner=QUICK)
    assert same_outside(long, found.score, 93 * 96, 95 * 96)


def test_a_chord_line_counts_from_the_first_open_bar() -> None:
    score = choir()
    for verb in (infill, continue_):
        wish = Manner(seed=3, candidates=2, chords="IV | V")
        found = infill(score, 3, 4, manner=wish) if verb is infill else continue_(score, 2, manner=wish)
        bars = found.score.bars[2:4] if verb is infill else found.score.bars[4:6]
        bass = found.score.notes[found.score.notes["part"] == 3]
        roots = [int(bass["pitch"][bass["onset"] == bar.tick][0]) % 12 for bar in bars]
        assert roots == [7, 9]


def test_a_form_without_a_length_has_one_that_fits() -> None:
    assert [compose(form=form, seed=5, candidates=1).bars for form in ("ABA", "AABA")] == [12, 16]


def test_what_hangs_on_a_part_that_is_gone_hinders_no_harmony() -> None:
    """A program that keeps one part of four may forget the clefs, keys and marks of the others."""
    score = choir()
    alone = score.evolve(
        notes=score.notes[score.notes["part"] == 0], parts=score.parts[:1], keys=(*score.keys, Key(part=3)),
        marks=(*(mark for mark in score.marks if mark.part < 1), Mark(kind="dynamic", part=2, text="p")),
    )  # fmt: skip
    assert {clef.part for clef in alone.clefs} >= {1, 2, 3}
    for ensemble in ("choir", "quartet"):
        found = library.harmonize(alone, ensemble=ensemble, seed=1, candidates=1).score
        assert len(found.parts) == 4
        assert {clef.part for clef in found.clefs} <= {0, 1, 2, 3}
        assert not [mark for mark in found.marks if mark.kind == "dynamic" and mark.part == 2 and mark.text == "p"]


def test_varying_some_bars_leaves_the_others_to_the_note() -> None:
    score = choir()
    found = vary(score, 1.0, bars=(2, 3), keep=["bass"], manner=QUICK)
    assert found.n_notes > found.n_again
    inside_N = (score.notes["onset"] >= 96) & (score.notes["onset"] < 288) & (score.notes["part"] < 3)
    after = found.score.notes.tolist()
    assert all(row in after for row in score.notes[~inside_N].tolist())
    assert all(96 <= hole.start < hole.end <= 288 for hole in found.holes)
    with pytest.raises(RequestError, match="bars 2-9: the document has bars 1 to 4"):
        vary(score, bars=(2, 9), manner=QUICK)
