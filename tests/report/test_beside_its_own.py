"""Keyboard music and quartets are set beside their own, and what fits neither is not called bad."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from drawn_on_staves import minuet, noise, on_one_part, strings
from drawn_pieces import choir, hymn

from stretto import compose
from stretto.report.measured import NATS_PER_NOTE, Depth, Measured, measure_score
from stretto.report.report import Options, Report, make_report, report
from stretto.report.told_apart import told_apart
from stretto.score.formats import write_score
from stretto.score.model import Meter, Part, Score

HANDS = ("Right hand", "Left hand"), ((60, 97), (36, 67))
PLAYERS = ("Violin I", "Violin II", "Viola", "Violoncello"), ((55, 96), (55, 90), (48, 80), (36, 70))
REAL = Depth(own=False)


@pytest.fixture(scope="module")
def of_minuet() -> Report:
    return report(minuet(), audio=False)


def because(found: Report) -> str:
    return " ".join(found.answers[0].because)


def test_a_keyboard_piece_is_set_beside_keyboard_music(of_minuet: Report) -> None:
    answer, reference = of_minuet.answers[0], of_minuet.found.reference
    assert (reference.repertoire, reference.kind) == ("keyboard", "real keyboard music")
    assert answer.tone == "good" and answer.word.endswith("like real keyboard music")
    assert answer.because[0].startswith(f"Set beside {reference.name}, as it is written for keyboard; left out are ")
    assert "chorale" not in because(of_minuet) and f"beside {reference.name}" in of_minuet.html()


def test_what_makes_no_sense_for_two_hands_is_left_out_and_said(of_minuet: Report) -> None:
    (piece,) = of_minuet.found.pieces
    families = {name.partition(".")[0] for name in of_minuet.found.rows}
    assert "grade" not in families and {"network", "melody", "tonal", "rhythm"} <= families
    assert [name for name in of_minuet.found.rows if name.startswith("voices.")] == ["voices.resting"]
    assert not any(name.startswith("melody.bass") for name in of_minuet.found.rows)
    assert piece.checked is None and piece.unmeasured["rules"] in of_minuet.html()
    assert {"rules", "grade", "voices"} <= set(piece.unmeasured) and "bass_moves" not in piece.counts


def test_a_program_is_told_all_of_it_and_nothing_that_it_cannot_do(of_minuet: Report) -> None:
    told = of_minuet.as_json()
    assert told["reference"]["repertoire"] == told["pieces"][0]["repertoire"] == "keyboard"
    assert 0 < told["pieces"][0]["values"][NATS_PER_NOTE] < 4
    assert len(told["pieces"][0]["surprise"]["bars"]) == 16 and "--against" not in json.dumps(told)


def test_the_network_that_is_heard_is_that_of_the_hands(of_minuet: Report) -> None:
    surprise = of_minuet.found.pieces[0].surprise
    assert surprise is not None and set(np.unique(surprise.voice_N)) == {0, 1}
    assert "Least foreseen: " in of_minuet.html() and " hand " in of_minuet.html()


@pytest.mark.parametrize(("names", "ranges"), [HANDS, PLAYERS], ids=["keyboard", "quartet"])
def test_notes_by_chance_are_called_out(names: tuple[str, ...], ranges: tuple[tuple[int, int], ...]) -> None:
    found = report(noise(names, ranges), audio=False)
    assert found.answers[0].tone == "bad" and found.answers[0].word.startswith("Unlike real ")
    assert found.found.outside(0) > 0.15 and "more than by any real piece: " in because(found)


@pytest.mark.parametrize("ensemble", ["keyboard", "quartet"])
def test_what_is_composed_for_them_is_like_real_music(ensemble: str) -> None:
    made = compose(ensemble=ensemble, style="romantic", bars=8, seed=2, candidates=2)
    found = report(made, audio=False)
    assert found.found.reference.repertoire == ensemble and found.answers[0].tone == "good"


def same(one: Measured, other: Measured) -> None:
    names = list(one.values)
    np.testing.assert_allclose([one.values[n] for n in names], [other.values[n] for n in names], equal_nan=True)


def test_two_hands_are_measured_alike_however_they_are_written() -> None:
    one, other = measure_score(minuet(), REAL), measure_score(on_one_part(minuet()), REAL)
    assert one.repertoire == other.repertoire == "keyboard"
    same(one, other)


def test_of_a_long_piece_as_much_is_measured_as_of_real_ones() -> None:
    long, short = measure_score(minuet(times=5), REAL), measure_score(minuet(times=4), REAL)
    assert "measured by its first 64 bars" in long.said and len(long.stretch.bars) == 64
    assert len(long.score.bars) == 80 and not any("64" in said for said in short.said)
    same(long, short)


def test_a_quartet_has_parallels_and_no_singers() -> None:
    found = report(strings(), audio=False)
    assert found.found.reference.repertoire == "quartet"
    assert "voices.parallels" in found.found.rows and "voices.outside" not in found.found.rows
    assert "written for string quartet" in because(found) and "the ranges of singers" in because(found)
    assert found.found.pieces[0].surprise is not None
    assert found.found.pieces[0].surprise.voices[0] == "violin 1"


def test_two_strings_are_no_quartet() -> None:
    four = strings()
    kept = four.notes[four.notes["part"] < 2]
    assert measure_score(four.evolve(notes=kept, parts=four.parts[:2], marks=(), clefs=()), REAL).repertoire == ""


def test_a_song_is_no_piano_piece() -> None:
    """Its tune is sung, and no songs are among the real ones."""
    piano = on_one_part(minuet())
    tune = piano.notes[piano.notes["staff"] == 1].copy()
    tune["part"], tune["duration"] = 1, np.maximum(tune["duration"] // 2, 1)
    song = piano.evolve(notes=np.concatenate([piano.notes, tune]), parts=[*piano.parts, Part(name="Voice")])
    assert [measure_score(score, REAL).repertoire for score in (piano, song)] == ["keyboard", ""]


def test_a_choir_is_set_beside_chorales_as_before() -> None:
    found = report(hymn(), audio=False)
    assert found.found.reference.repertoire == "" and "132 chorales" in because(found)
    assert found.found.pieces[0].checked is not None


def test_four_voices_at_a_piano_are_a_hymn_if_they_move_like_one() -> None:
    """Else they are piano music."""
    notes = hymn().notes.copy()
    notes["part"] //= 2
    slow = hymn().evolve(notes=notes, parts=[Part(name="Right hand"), Part(name="Left hand")], marks=(), clefs=())
    quick = notes.copy()
    for column in ("onset", "duration"):
        quick[column] //= 3
    brisk = Score.build(quick, slow.parts, meters=[Meter()])
    assert [measure_score(score, REAL).repertoire for score in (slow, brisk)] == ["", "keyboard"]
    quick["part"] = 0
    assert measure_score(Score.build(quick, [Part(name="Track 1")], meters=[Meter()]), REAL).repertoire == "keyboard"


def test_four_voices_that_no_choir_sings_are_of_another_kind() -> None:
    """As an organ's, with a part for the feet."""
    notes = hymn().notes.copy()
    for column in ("onset", "duration"):
        notes[column] //= 6
    notes["part"] = np.array([0, 0, 1, 2])[notes["part"]]
    notes["pitch"][notes["part"] == 0] += np.arange(len(notes))[notes["part"] == 0] % 4
    parts = [Part(name="Manual I"), Part(name="Manual II"), Part(name="Pedal")]
    found = report(Score.build(notes, parts, meters=[Meter()]), audio=False)
    assert not found.found.pieces[0].as_sung and found.found.pieces[0].tally is not None
    assert found.answers[0].word == "Of another kind than Bach's chorales"


def test_what_is_of_no_kind_that_ships_is_not_called_bad(tmp_path: Path) -> None:
    tune = choir("C5 E6:8 C3 F#6 C4:8 G6 D4:2 C#6:8 F3 B5 E6:8 C3 F#6 C4:8", key="C major")
    found = report(tune, audio=False)
    assert (found.answers[0].word, found.answers[0].tone) == ("Of another kind than Bach's chorales", "")
    assert "not in four voices of a choir, nor for keyboard or string quartet" in because(found)
    assert "--against" not in json.dumps(found.as_json())
    write_score(tune, tmp_path / "tune.musicxml")
    by_hand = make_report(tmp_path / "tune.musicxml", None, Options(sound=False))
    assert "Real music of its own kind can be named with --against." in by_hand.notes


def test_real_music_that_is_named_goes_before_what_ships(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_score(minuet(), tmp_path / f"{name}.musicxml")
    found = report(minuet(), against=tmp_path, audio=False)
    assert found.found.reference.kind == "real music" and found.found.outside(0) == 0
    assert f"Set beside 2 pieces of {tmp_path.name}; left out are " in because(found)
    assert {NATS_PER_NOTE, "voices.resting"} <= set(found.found.rows) and "voices.parallels" not in found.found.rows


def test_real_music_that_is_named_is_measured_as_the_pieces_are(tmp_path: Path) -> None:
    write_score(minuet(), tmp_path / "minuet.musicxml")
    found = report([hymn(), hymn()], against=tmp_path, audio=False)
    assert found.found.reference.repertoire == "" and NATS_PER_NOTE not in found.found.rows
    assert "voices.parallels" in found.found.rows


def test_a_folder_is_set_beside_the_music_of_most_of_it() -> None:
    found = report([minuet(), hymn(), on_one_part(minuet())], audio=False)
    assert found.found.reference.repertoire == "keyboard"
    assert [piece.repertoire for piece in found.found.pieces][::2] == ["keyboard", "keyboard"]
    assert any(
        note.startswith("1 piece that is written for others is set beside keyboard music") for note in found.notes
    )
    json.dumps(found.as_json(), allow_nan=False)


def test_classifiers_are_not_asked_without_real_notes() -> None:
    pytest.importorskip("sklearn", reason='needs pip install "stretto[report]"')
    pieces = [measure_score(minuet(), Depth(own=False, longest=768))] * 20
    tellings, (note,) = told_apart(pieces, [], shipped=True, kind="keyboard", seed=0, jobs=1)
    assert tellings == () and note.startswith(
        "No two-sample test: of real music for keyboard figures ship, and no notes"
    )
