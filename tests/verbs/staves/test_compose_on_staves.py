"""Composing for keyboard and quartet: what is asked for is there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_network import written_network

import stretto
from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.verbs.composition import Composition
from stretto.verbs.rules import Rules
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.staves.rules import staff_rules

QUICK: dict[str, Any] = {"seed": 3, "candidates": 2, "bars": 6}


def composed(**wishes: Any) -> Composition:
    return stretto.compose(**{**QUICK, **wishes})


def together(score: Score) -> int:
    notes = score.notes
    ends = notes["onset"] + notes["duration"]
    return max(int(((notes["onset"] <= tick) & (ends > tick)).sum()) for tick in np.unique(notes["onset"]))


def test_a_composer_whom_one_ensemble_alone_knows_says_who_plays() -> None:
    piece = composed(style="chopin", key="A minor", meter="3/4")
    assert (piece.ensemble, piece.style, piece.key, piece.meter, piece.bars) == (
        "keyboard", "chopin", "A minor", "3/4", 6,
    )  # fmt: skip
    assert [(part.name, part.n_staves) for part in piece.score.parts] == [("Piano", 2)]
    assert {int(staff) for staff in piece.score.notes["staff"]} == {1, 2}
    assert not any("taken for" in line for line in piece.report)


def test_a_style_that_both_have_is_the_keyboards_and_that_is_said() -> None:
    piece = composed(style="romantic")
    assert piece.ensemble == "keyboard"
    assert piece.report[0] == "romantic is taken for the keyboard; --ensemble quartet has it too"


def test_a_quartet_has_its_four_players() -> None:
    piece = composed(ensemble="quartet", style="haydn", meter="2/4")
    assert [part.name for part in piece.score.parts] == ["Violin I", "Violin II", "Viola", "Violoncello"]
    assert {int(part) for part in piece.score.notes["part"]} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("meter", "pickup", "ticks"), [("4/4", "1", 24), ("6/8", "1", 12), ("3/8", "none", 0), ("2/2", "0.5", 24)]
)
def test_bars_metre_pickup_tempo_and_key_are_as_asked(meter: str, pickup: str, ticks: int) -> None:
    piece = composed(style="romantic", meter=meter, pickup=pickup, key="Eb major", tempo=90, bars=5)
    score = piece.score
    assert score.pickup == piece.pickup == ticks
    assert sum(bar.number > 0 for bar in score.bars) == 5
    assert [f"{m.numerator}/{m.denominator}" for m in score.meters] == [meter]
    assert [(key.fifths, key.mode) for key in score.keys] == [(-3, "major")]
    assert [float(tempo.qpm) for tempo in score.tempos] == [90]


def test_an_asked_tempo_is_kept_and_a_usual_one_is_a_whole_number_of_beats() -> None:
    """100 quarters a minute are no whole number of dotted quarters; nobody asked for 100.5."""
    asked, usual = (
        composed(style="romantic", meter="6/8", bars=2, tempo=tempo).score.tempos[0] for tempo in (100, None)
    )
    assert (asked.qpm, asked.unit) == (100, "quarter")
    assert usual.unit == "quarter."
    assert (usual.qpm / Fraction(3, 2)).denominator == 1


def test_the_same_seed_gives_the_same_piece_and_another_gives_another() -> None:
    one, again, other = (composed(style="chopin", seed=seed).score for seed in (1, 1, 2))
    assert one == again != other


def test_only_so_many_notes_sound_together() -> None:
    assert together(composed(style="chopin", max_polyphony=1).score) == 1
    assert 1 < together(composed(style="chopin", max_polyphony=3).score) <= 3


def test_ranges_are_kept_by_name() -> None:
    rules = staff_rules(KEYBOARD, ranges=["right hand=60-72", "left=36-48"])
    notes = composed(style="chopin", rules=rules).score.notes
    for staff, low, high in ((1, 60, 72), (2, 36, 48)):
        own = notes["pitch"][notes["staff"] == staff]
        assert own.min() >= low and own.max() <= high


def test_a_form_is_told_against_what_is_there() -> None:
    piece = composed(style="chopin", form="ABA", bars=6)
    assert any(line.startswith("form ABA: sections of one letter have ") for line in piece.report)
    with pytest.raises(RequestError, match="form ABA of 7 bars"):
        composed(style="chopin", form="ABA", bars=7)


def test_in_an_imitation_one_staff_begins_alone() -> None:
    piece = composed(ensemble="keyboard", imitate=True, meter="4/4", pickup="none", bars=8)
    first = [int(piece.score.notes["onset"][piece.score.notes["staff"] == staff].min()) for staff in (1, 2)]
    assert min(first) < 96 <= max(first)
    assert any("entries" in line or "takes up" in line for line in piece.report)


def test_a_chord_line_is_followed_in_the_bass() -> None:
    piece = composed(style="chopin", key="D major", meter="4/4", pickup="none", chords="I | V | vi | IV", bars=6)
    notes = piece.score.notes
    for bar, bass in enumerate((2, 9, 11, 7)):
        struck = notes["pitch"][(notes["onset"] == 96 * bar) & (notes["staff"] == 2)]
        assert int(struck.min()) % 12 == bass
    assert "the chord line has 4 bars; from bar 5 on any chord may sound" in piece.report


def test_a_composer_too_seldom_for_a_name_is_composed_as_his_period() -> None:
    piece = composed(style="liszt")
    assert "liszt: too few pieces to know apart; composed as romantic" in piece.report


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"style": "jazz"}, "style 'jazz' is not known; there are bach, hymn, renaissance (choir); baroque, classical"),
        ({"ensemble": "quartet", "style": "handel"}, "style 'handel' is not known to the quartet; there are classical"),
        (
            {"ensemble": "keyboard", "meter": "7/8"},
            "metre '7/8': too few pieces that the keyboard network learned",
        ),
        ({"max_polyphony": 3}, "--max-polyphony: a choir has four voices that always sing"),
        ({"ensemble": "keyboard", "rules": Rules(leaps=True)}, "rules: these are the choir's"),
        ({"ensemble": "keyboard", "density": -1}, "density -1: say sparse, normal, dense, or notes a quarter"),
        ({"ensemble": "keyboard", "bars": 200}, "200 bars: a piece has 2 to 128"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_line(wish: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError) as refused:
        composed(**wish)
    assert said in str(refused.value)


def test_staves_have_names_of_several_kinds() -> None:
    assert [KEYBOARD.staff_called(name) for name in ("right hand", "Left-Hand", "rh", "left")] == [0, 1, 0, 1]
    assert [QUARTET.staff_called(name) for name in ("violin 1", "Violin II", "viola", "violoncello")] == [0, 1, 2, 3]


@pytest.mark.parametrize("names", [("flute",), ("flute", "bassoon"), ("oboe", "clarinet", "bassoon")])
def test_a_network_of_a_users_own_plays_for_its_own_staves(names: tuple[str, ...], tmp_path: Path) -> None:
    players = Ensemble(name="staves", staves=names, ranges=((40, 90),) * len(names))
    folder = written_network(tmp_path / "mine", players, periods={"romantic": 5}, meters={"3/4": 20}, n_pieces=30)
    piece = composed(weights=folder, style="waltzes-2", key="G major")
    assert (piece.ensemble, piece.style, piece.meter) == ("staves", "waltzes-2", "3/4")
    assert [part.name.lower() for part in piece.score.parts] == [*names]
    with pytest.raises(RequestError, match="there are romantic, waltzes-2"):
        composed(weights=folder, style="baroque")
    before = piece.score
    found = stretto.infill(before, (3, 4), weights=folder, parts=names[-1], seed=1, candidates=2)
    assert found.n_notes > 0
    last = len(names) - 1
    kept = [s.notes[s.notes["part"] != last][["onset", "pitch", "part"]].tolist() for s in (before, found.score)]
    assert kept[0] == kept[1]


def test_a_network_for_two_hands_is_a_keyboards(tmp_path: Path) -> None:
    folder = written_network(tmp_path / "mine", KEYBOARD, meters={"2/4": 20}, n_pieces=30)
    piece = composed(weights=folder)
    assert (piece.ensemble, piece.meter) == ("keyboard", "2/4") and piece.score.parts[0].n_staves == 2
    with pytest.raises(RequestError, match="plays for right hand, left hand"):
        composed(weights=folder, ensemble="quartet")
