"""Composed pieces beside real ones, row by row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stretto.evaluate.repertoire import LAST_BASS, PROFILES, Asked, Judged
from stretto.evaluate.repertoire_table import Nats, Row, Sets, figures, repertoire_table, table_lines
from stretto.evaluate.staff_close import StaffClose
from stretto.evaluate.staff_faults import StaffFaults
from stretto.evaluate.staff_form import Likeness
from stretto.evaluate.staff_runs import VerbatimRuns
from stretto.evaluate.staff_shapes import FEATURES
from stretto.theory.key import parse_key

ASKED = Asked(
    period="baroque", composer="", key=parse_key("G major"), meter="3/4", bars=16, pickup=0, tempo=80.0, form=""
)
GOOD = StaffClose(tonic_bass=True, tonic_chord=True, with_third=True, from_dominant=True, settled=True)
OPEN = replace(GOOD, tonic_bass=False, tonic_chord=False)
NONE = VerbatimRuns(n_windows=100, n_known=0)
SOME = VerbatimRuns(n_windows=100, n_known=3, owner=7, at=96)
WAYS = (*PROFILES, LAST_BASS)
LIKE, UNLIKE = Likeness(melody=0.9, whole=0.8), Likeness(melody=0.2, whole=0.1)


def piece(**changes: object) -> Judged:
    """A piece that is all it was asked to be."""
    plain: dict[str, object] = {
        "name": "x",
        "asked": ASKED,
        "as_asked": True,
        "meter_named": "3/4",
        "period_named": "baroque",
        "keys_found": dict.fromkeys(WAYS, True),
        "close": GOOD,
        "faults": StaffFaults(),
        "runs": NONE,
        "melody_runs": NONE,
        "returning": 0.2,
        "passages": (LIKE,),
        "typical": UNLIKE,
        "shapes": {feature.name: np.full(4, 0.25) for feature in FEATURES["keyboard"]},
    }
    return Judged(**{**plain, **changes})  # type: ignore[arg-type]


REAL = [piece(as_asked=None) for _ in range(20)]
SHAPES = [one.shapes for one in REAL]


def table(composed: list[Judged], real: list[Judged] | None = None, **more: object) -> list[Row]:
    real = REAL if real is None else real
    return repertoire_table(
        Sets(repertoire="keyboard", composed=composed, real=real, other=SHAPES, **more)  # type: ignore[arg-type]
    )


def row(rows: list[Row], name: str) -> Row:
    return next(one for one in rows if one.name.startswith(name))


def test_pieces_like_the_real_ones_meet_every_row() -> None:
    rows = table([piece()] * 20, formed=[piece(sections=(LIKE, UNLIKE))])
    assert [r.name for r in rows if r.ok is False] == []
    likeness = row(rows, "asked form, 1 pieces")
    assert (likeness.composed, likeness.real) == ("0.90 - 0.20 = 0.70", "0.90 - 0.20 = 0.70 (20 passages)")


def test_sections_that_return_changed_miss_the_asked_form() -> None:
    found = row(table([piece()], formed=[piece(sections=(UNLIKE, UNLIKE))]), "asked form")
    assert (found.composed, found.ok) == ("0.20 - 0.20 = 0.00", False)


def test_real_music_stands_alone_where_nothing_is_composed() -> None:
    rows = table([])
    assert {r.ok for r in rows} == {None}
    assert row(rows, "asked period").real == "100.0 %"
    assert row(rows, "asked period").composed == "-"


def test_one_piece_that_is_not_as_asked_is_too_many() -> None:
    found = row(table([piece()] * 99 + [piece(as_asked=False)]), "bars, metre, pickup")
    assert (found.composed, found.ok) == ("99.0 %", False)


@pytest.mark.parametrize(("n_wrong", "ok"), [(1, True), (2, False)])
def test_a_classifier_may_name_five_points_fewer_than_of_real_pieces(n_wrong: int, ok: bool) -> None:
    composed = [piece(meter_named="4/4")] * n_wrong + [piece()] * (20 - n_wrong)
    assert row(table(composed), "metre named").ok is ok


def test_metres_are_told_one_by_one() -> None:
    other = replace(ASKED, meter="6/8")
    rows = table([piece(), piece(asked=other)])
    assert (row(rows, "- 3/4").composed, row(rows, "- 6/8").composed, row(rows, "- 2/2").composed) == (
        "100.0 %",
        "0.0 %",
        "-",
    )


def test_overlap_is_asked_to_be_four_fifths_whatever_real_music_does() -> None:
    near, far = np.array([0.45, 0.25, 0.25, 0.05]), np.array([0.5, 0.25, 0.25, 0.0])
    composed = [piece(shapes={**SHAPES[0], "pitch": near, "polyphony": far})] * 20
    rows = table(composed)
    pitch, together = row(rows, "overlap of pitch"), row(rows, "overlap of polyphony")
    assert (pitch.composed, pitch.ok) == ("0.80 (means 0.00)", True)
    assert (together.composed, together.ok) == ("0.75 (means 0.00)", False)
    assert pitch.real == "1.00 (means 1.00, halves 1.00)"


def test_seven_of_ten_periods_are_enough() -> None:
    for n, ok in ((14, True), (13, False)):
        composed = [piece()] * n + [piece(period_named="romantic")] * (20 - n)
        assert row(table(composed), "asked period").ok is ok


def test_a_bar_that_real_music_misses_is_said() -> None:
    real = [piece(as_asked=None, close=OPEN)] * 5 + REAL[:15]
    found = row(table([piece()] * 20, real), "ends on the tonic chord")
    assert (found.real, found.ok, found.real_ok) == ("75.0 %", True, False)


def test_faults_are_counted_over_all_pieces() -> None:
    composed = [piece(faults=StaffFaults(silences=2)), piece(faults=StaffFaults(silences=1, stuck=1)), piece()]
    rows = table(composed, [piece(as_asked=None, faults=StaffFaults(stuck=4))])
    silent, stuck, same = (row(rows, name) for name in ("silences", "notes of more", "the same bar"))
    assert (silent.composed, silent.real, silent.ok) == ("3", "0", False)
    assert (stuck.composed, stuck.real, stuck.ok, stuck.real_ok) == ("1", "4", False, False)
    assert (same.composed, same.ok) == ("0", True)


def test_copies_may_be_as_many_as_among_real_works() -> None:
    composed = [piece(runs=SOME)] + [piece()] * 19
    assert row(table(composed), "pieces with 4 bars verbatim of the training music, all hands").ok is False
    rows = table(composed, [piece(as_asked=None, runs=SOME), *REAL[:19]])
    found = row(rows, "pieces with 4 bars verbatim of the training music, all hands")
    assert (found.composed, found.real, found.ok) == ("5.0 %", "5.0 %", True)
    assert row(rows, "- of all stretches of 4 bars").composed == "0.1 %"
    assert row(rows, "pieces with 4 bars verbatim of the training music, the top line").composed == "0.0 %"


def test_what_many_training_works_share_is_the_measure_where_it_is_known() -> None:
    among = ([SOME] + [NONE] * 9, [NONE] * 10)
    composed = [piece(runs=SOME)] + [piece()] * 9
    rows = table(composed, among=among)
    found = row(rows, "pieces with 4 bars verbatim of the training music, all hands")
    assert found.real == "0.0 % (10.0 % of 10 training works among themselves)"
    assert found.ok is True
    assert row(rows, "- of all stretches").real == "0.0 % (0.3 %)"


def test_the_larger_of_both_measures_of_real_copies_counts() -> None:
    real = [piece(as_asked=None, melody_runs=SOME), *REAL[:9]]
    rows = table([piece(melody_runs=SOME)] + [piece()] * 9, real, among=([NONE] * 10, [NONE] * 10))
    assert row(rows, "pieces with 4 bars verbatim of the training music, the top line").ok is True


def test_what_is_told_must_make_the_network_surer() -> None:
    sets = Sets(repertoire="quartet", composed=[], real=[], other=[])
    assert repertoire_table(sets, Nats(known=2.1, unknown=2.2))[-1].ok is True
    assert repertoire_table(sets, Nats(known=2.2, unknown=2.2))[-1].ok is False


def test_the_page_says_met_and_missed() -> None:
    lines = table_lines([Row(name="a", composed="1", real="2", asked="3", ok=False), Row(name="b", ok=True)])
    assert lines[2:] == ["| a | 1 | 2 | 3 | MISSED |", "| b | - | - |  | met |"]


def test_figures_are_kept_by_name() -> None:
    assert figures(table([piece()]))["asked period named"] == {
        "composed": "100.0 %",
        "real": "100.0 %",
        "asked": ">= 70.0 %",
        "ok": True,
    }


def test_no_two_rows_have_one_name() -> None:
    names = [r.name for r in table([piece()])]
    assert len(set(names)) == len(names)
