from __future__ import annotations

from dataclasses import replace

import numpy as np
from drawn_works import choir, hymn

from stretto.evaluate.evidence import ROWS, SEEN, WINDOW, Stretch, alike_in_fermatas, roll_windows, work_of
from stretto.score.model import UNSPELLED, Score, Tempo
from stretto.theory.key import parse_key


def same(one: Stretch, other: Stretch) -> bool:
    return (
        np.array_equal(one.values_F, other.values_F, equal_nan=True)
        and one.tokens == other.tokens
        and np.array_equal(one.windows_W, other.windows_W)
    )


def moved(score: Score, semitones: int, key: str) -> Score:
    notes = score.notes.copy()
    notes["pitch"] += semitones
    notes["fifths"] = UNSPELLED
    return score.evolve(notes=notes, keys=(parse_key(key).signature,))


def test_what_is_the_editions_is_not_seen() -> None:
    plain = work_of(hymn()).stretches[0]
    notes = hymn().notes.copy()
    notes["velocity"] = 77
    played = hymn(info={"title": "Something"}).evolve(notes=notes, tempos=(Tempo(qpm=60),))
    held = choir_with_last_chord_of(6)
    for other in (played, held, moved(hymn(), 3, "Bb major"), moved(hymn(), -12, "G major")):
        assert same(work_of(other).stretches[0], plain)


def choir_with_last_chord_of(quarters: int) -> Score:
    score = hymn()
    notes = score.notes.copy()
    notes["duration"][notes["onset"] == notes["onset"].max()] = quarters * 24
    return Score.build(
        notes, score.parts, meters=score.meters, keys=score.keys, marks=score.marks, end=(14 + quarters) * 24
    )


def test_another_note_is_seen_by_all_three() -> None:
    plain = work_of(hymn()).stretches[0]
    notes = hymn().notes.copy()
    notes["pitch"][5] += 1
    other = work_of(hymn().evolve(notes=notes)).stretches[0]
    assert not np.array_equal(other.values_F, plain.values_F, equal_nan=True)
    assert other.tokens != plain.tokens
    assert not np.array_equal(other.windows_W, plain.windows_W)


def test_a_long_piece_is_cut_and_its_stretches_know_their_place() -> None:
    first, last = work_of(hymn(), longest=192).stretches
    assert (first.facts.opens, first.facts.closes, last.facts.opens, last.facts.closes) == (True, False, False, True)
    assert (first.facts.quarters, last.facts.quarters) == (8, 7)
    assert (first.facts.meter, str(first.facts.key), first.facts.n_voices) == ("4/4", "G major", 4)


def test_a_roll_shows_what_sounds_and_what_begins_from_a_barline_on() -> None:
    (window,) = roll_windows(choir("C4:2", pickup=24), tonic=0).reshape(-1, 2, WINDOW, ROWS)
    assert np.argwhere(window[0]).tolist() == [[t, ROWS // 2] for t in (6, 7, 8, 9)]
    assert np.argwhere(window[1]).tolist() == [[6, ROWS // 2]]


def test_fermatas_are_kept_only_where_nearly_all_pieces_have_some() -> None:
    with_them, without = work_of(hymn()), work_of(hymn(fermatas=()))
    assert with_them.fermatas and not without.fermatas
    assert alike_in_fermatas([with_them], [with_them]) == ([with_them], [with_them])
    (own,), (real,) = alike_in_fermatas([without], [with_them])
    assert not real.fermatas
    assert same(own.stretches[0], real.stretches[0])


def test_a_single_fermata_on_the_last_chord_tells_no_phrases() -> None:
    assert not work_of(hymn(fermatas=(14,))).fermatas


def test_the_height_of_a_piece_is_no_evidence() -> None:
    assert "voices.outside" not in SEEN
    assert len(SEEN) > 150
    assert replace(work_of(hymn()), name="x").stretches
