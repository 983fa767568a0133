"""What is said on top is true of what was measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from drawn_pieces import choir, hymn

from stretto.errors import RequestError
from stretto.report.comparison import CATALOGUE
from stretto.report.figures import figure
from stretto.report.measured import measure_score
from stretto.report.report import Report, named_apart, report
from stretto.score.formats import write_score


@pytest.fixture(scope="module")
def mixed() -> Report:
    return report([hymn(), choir("G4 A4 B4 C5 D5 C5 B4 A4 G4:2", key="G major")], audio=False)


def because(found: Report) -> str:
    return " ".join(found.answers[0].because)


def test_pieces_that_the_network_and_the_rules_could_not_read_are_counted(mixed: Report) -> None:
    assert "(it could hear 1 of 2)." in because(mixed)
    assert "By the rules of four-part writing they have" in because(mixed)
    assert "which masters take too (1 of 2 could be read so)." in because(mixed)


def test_what_stands_out_of_one_piece_is_set_beside_the_middle_that_its_table_names() -> None:
    found = report(hymn(), audio=False)
    for row in found.found.standing_out(4):
        unit = "share" if row.metric.unit == "share" else ""
        said = f"{row.metric.label} ({figure(row.verdicts[0].value, unit)}, "
        assert said in because(found)
        assert f"than real music's {figure(row.spread.quantile(0.5), unit)})" in because(found)


def test_beside_a_few_real_pieces_nothing_is_said_of_95_in_a_hundred(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_score(hymn(title=name), tmp_path / f"{name}.musicxml")
    found = report(hymn(), against=tmp_path, audio=False)
    assert "95 of 100" not in because(found) and "between those of real pieces" in because(found)


def test_no_two_measures_have_one_name() -> None:
    labels = [metric.label for metric in CATALOGUE.values()]
    assert len(set(labels)) == len(labels)


def test_files_of_one_name_are_called_by_their_folders(tmp_path: Path) -> None:
    for folder in ("mine", "yours"):
        (tmp_path / folder).mkdir()
        write_score(hymn(), tmp_path / folder / "hymn.musicxml")
    write_score(hymn(), tmp_path / "other.musicxml")
    found = report(tmp_path, audio=False)
    assert sorted(piece.name for piece in found.found.pieces) == [
        "mine/hymn.musicxml", "other.musicxml", "yours/hymn.musicxml",
    ]  # fmt: skip
    assert [piece.name for piece in named_apart([measure_score(hymn(), name="one")] * 2)] == ["one", "one"]


def test_what_computing_has_rounded_is_nothing() -> None:
    assert figure(1e-17, "share") == "0 %" and figure(0.0004, "share") == "0.04 %"


def test_rules_for_singers_say_nothing_of_music_that_no_choir_sings() -> None:
    high = hymn().notes.copy()
    high["pitch"] += 24
    found = report(hymn().evolve(notes=high), audio=False)
    assert "The rules of four-part writing are not for it: 56 of 56 notes are too high or low to sing." in because(
        found
    )


def test_what_compose_gives_is_a_piece_and_a_number_is_none() -> None:
    made = SimpleNamespace(score=hymn())
    assert report(made, audio=False).title == "Drawn hymn"
    assert report([made, hymn()], audio=False).title == "2 pieces of the given scores"
    with pytest.raises(RequestError, match=r"^7 is no piece; give a file"):
        report(7)  # type: ignore[arg-type]


def test_that_the_network_heard_no_piece_is_said_of_all() -> None:
    tune = choir("G4 A4 B4 C5 D5 C5 B4 A4 G4:2", key="G major")
    said = because(report([tune, tune], audio=False))
    assert "could not say how likely it is, of any of them; mostly: only 1 of the four voices" in said
