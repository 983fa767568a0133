"""Rule sheets: what ships is whole, a teacher's own is read, and what is wrong in it is told in a line."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from stretto.check.check import check_score
from stretto.check.rates import Rate, bach_rates
from stretto.check.rules import OPTIONS, RULES
from stretto.check.sheet import SPECIES, load_sheet, sheet_of, sheet_text
from stretto.errors import RequestError
from stretto.score.model import Score


def written(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_sheet_sets_what_its_rules_have_as_usual() -> None:
    """What was counted in Bach is what a student is checked by."""
    for rule in load_sheet("chorale").rules:
        assert rule.options == OPTIONS[rule.id], rule.id
        assert rule.says.endswith("."), rule.id


def test_a_copy_of_the_sheet_checks_the_same(tmp_path: Path) -> None:
    copy = load_sheet(written(tmp_path, sheet_text("chorale")))
    assert copy.rules == load_sheet("chorale").rules


def test_a_teacher_changes_severity_words_and_options(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'title = "Mine"\n[rules.spacing]\nseverity = "remark"\nsays = "Close up."\nsoprano_alto = 9\n'
        '[rules.overlap]\nseverity = "off"\n',
    )
    sheet = load_sheet(path)
    (spacing,) = sheet.rules
    assert (sheet.title, spacing.severity, spacing.says) == ("Mine", "remark", "Close up.")
    assert spacing.options["soprano_alto"] == 9
    assert spacing.options["alto_tenor"] == 16  # as usual


def test_of_a_changed_rule_it_is_not_said_how_often_bach_breaks_it(tmp_path: Path) -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
    from drawn_choir import choir

    path = written(tmp_path, '[rules.spacing]\nseverity = "error"\nsays = "Close."\nsoprano_alto = 3\n')
    score = choir("G4 G4", "D4 D4", "B3 B3", "G2 G2", key="G major")
    (finding,) = check_score(score, load_sheet(path)).findings  # a fourth is more than the third that is asked for
    assert (finding.fault.detail, finding.bach) == ("D4-G4", "")
    assert check_score(score, load_sheet("chorale")).counts["spacing"] == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rules.parallel-ninths]\n", "there is no rule 'parallel-ninths'; is parallel-fifths or"),
        ("[rules.xyz]\n", "there is no rule 'xyz'; there are accidental, all-in-one-direction"),
        ('[rules.spacing]\nseverity = "grave"\n', "has severity 'grave'; there are error, licence, remark, off"),
        ("[rules.spacing]\nwidest = 3\n", "has no option 'widest'; it has soprano_alto, alto_tenor, shortest"),
        ('[rules.spacing]\nalto_tenor = "wide"\n', "alto_tenor = 'wide' is not of the kind of 16"),
        ("[rules.spacing]\nalto_tenor = 7.5\n", "alto_tenor = 7.5 is not of the kind of 16"),
        ("[rules.spacing]\nalto_tenor = -1\n", "alto_tenor = -1 is not of the kind of 16"),
        ("[rules.spacing]\nshortest = nan\n", "shortest = nan is not of the kind of 1.0"),
        ("[rules.spacing]\nshortest = inf\n", "shortest = inf is not of the kind of 1.0"),
        ('[rules.notes-against-one]\ncounts = ["two"]\n', "counts = ['two'] is not of the kind of [1]"),
        ("[rules.no-species]\n", "rule no-species is for species counterpoint; leave it out, or say another kind"),
        ("[rules]\n", "has no rules"),
        ('kind = "fugue"\n', "kind 'fugue' is unknown"),
        ("colour = 3\n", "'colour' is no part of a rule sheet"),
        ("[rules.spacing\n", "cannot be read as a rule sheet"),
    ],
)
def test_what_a_sheet_says_wrongly_is_told_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RequestError) as error:
        load_sheet(written(tmp_path, text))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


SHEET = """title = "Mine"

[rules.spacing]
severity = "error"
soprano_alto = 12

[rules."overlap"]
says = "Keep out."
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("soprano_alto", "soprano_tenor", "mine.toml, line 5: rule spacing has no option 'soprano_tenor'; it has"),
        ('"error"', '"eror"', "mine.toml, line 4: rule spacing has severity 'eror'; there are error"),
        ('"error"', "error", "mine.toml, line 4, at 'error': cannot be read as a rule sheet (Invalid value); correct"),
        ("spacing]", "spacing", "mine.toml, line 3, at 'rules.spacing': cannot be read as a rule sheet"),
        ('"overlap"', '"overlaps"', "mine.toml, line 7: there is no rule 'overlaps'; is overlap"),
        ('"Keep out."', '"Keep out.', "mine.toml, line 8"),
        ('"Keep out."', "[" * 1900, "mine.toml: cannot be read as a rule sheet"),
        (
            '"Keep out."',
            '"' + "x" * 600 + '"',
            "mine.toml, line 8: rule overlap: says must be a sentence in quotes, of 500",
        ),
        ("title", "titel", "mine.toml, line 1: 'titel' is no part of a rule sheet"),
        ("= 12", "= " + "9" * 30, "mine.toml, line 5: rule spacing: soprano_alto = 999"),
        ("title", "a." * 1500 + "a", "mine.toml, line 1: it has over 2000 letters; break it"),
        ("spacing", "range", "mine.toml, line 5: rule range has no option 'soprano_alto'"),
        ("spacing]\n", 'range]\nbass = "E2-?"\n', "mine.toml, line 4: rule range: range 'E2-?' is none; say it as C4"),
    ],
)
def test_a_teacher_is_sent_to_the_line_and_the_word(old: str, new: str, says: str) -> None:
    """Whatever stands there, in one line that is not longer for it."""
    with pytest.raises(RequestError) as error:
        sheet_of(SHEET.replace(old, new, 1), "mine.toml")
    assert str(error.value).startswith(says), str(error.value)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_no_number_that_a_sheet_may_say_breaks_a_rule() -> None:
    """Nought, the largest and lists of both; each rule then finds something or nothing, and is soon done."""
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
    from drawn_choir import choir

    four = choir("G4 A4 B4 G4", "D4 F#4 G4 D4", "B3 C4 D4 B3", "G2 D3 G2 G2", key="G major")
    two = Score.build(
        [note for note in four.notes if note["part"] in (0, 3)], four.parts, meters=four.meters, keys=four.keys
    )
    for number in (0, 10_000):
        for kind, score in (("chorale", four), ("species5", two)):
            rules = []
            for id, known in OPTIONS.items():
                if kind == "chorale" and RULES[id].__module__.startswith(SPECIES):
                    continue
                lines = [f"{name} = {tried(usual, number)}" for name, usual in known.items() if type(usual) is not str]
                rules.append("\n".join([f"[rules.{id}]", *lines]))
            assert check_score(score, sheet_of(f'kind = "{kind}"\n' + "\n".join(rules))).findings is not None


def tried(usual: object, number: int) -> str:
    """A value of the kind of the usual one."""
    if isinstance(usual, bool):
        return str(bool(number)).lower()
    return f"[{number}, 0]" if isinstance(usual, list) else str(number)


def test_a_range_that_is_none_is_told(tmp_path: Path) -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
    from drawn_choir import choir

    path = written(tmp_path, '[rules.range]\nseverity = "error"\nsays = "High."\nsoprano = "high"\n')
    with pytest.raises(RequestError, match="range 'high' is none; say it as C4-A5"):
        check_score(choir("G4", "D4", "B3", "G2"), load_sheet(path))


def test_a_range_from_high_to_low_is_told(tmp_path: Path) -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
    from drawn_choir import choir

    path = written(tmp_path, '[rules.range]\nseverity = "error"\nsays = "High."\nalto = "D5-F3"\n')
    with pytest.raises(RequestError, match="range 'D5-F3' begins with its highest note"):
        check_score(choir("G4", "D4", "B3", "G2"), load_sheet(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_sheet_may_be_saved_as_editors_and_shells_of_windows_do(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(sheet_text("chorale").replace("\n", newline).encode(encoding))
    assert load_sheet(path) == load_sheet("chorale")


def test_a_sheet_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read as a rule sheet"):
        load_sheet(tmp_path / "none.toml")
    with pytest.raises(RequestError, match="there are chorale, species1"):
        load_sheet("jazz")


def test_every_rule_of_the_sheet_has_its_count_in_bach() -> None:
    found = json.loads(files("stretto.check").joinpath("data/rates.json").read_text(encoding="utf-8"))
    assert set(found["rules"]) == {rule.id for rule in load_sheet("chorale").rules}
    assert bach_rates()["parallel-fifths"].of_pieces == 370


def test_a_rate_is_told_in_words() -> None:
    assert str(Rate(9, 12, 370, 84623)) == "Bach: in 9 of 370 chorales, 0.1 per 1000 notes"
    assert str(Rate(0, 0, 370, 84623)) == "Bach: in none of 370 chorales"
