"""Composed music beside real music, row by row."""

from __future__ import annotations

from collections import Counter

from stretto.evaluate.chorale import ChoraleCounts
from stretto.evaluate.chorale_table import Column, Row, chorale_table, table_lines


def column(**changes: object) -> Column:
    """A hundred good pieces, with some counts replaced."""
    counts: dict[str, object] = {
        "n_pieces": 100,
        "n_notes": 10_000,
        "quarters": 2500.0,
        "n_good_endings": 95,
        "n_tonic_triads": 95,
        "n_minor": 50,
        "n_picardy": 38,
        "n_restruck": 1300,
        "n_phrases": 400,
        "n_on_triads": 396,
        "phrase_bars": Counter({"4/4 2": 300, "3/4 4": 100}),
        "durations": Counter({24: 6000, 12: 4000}),
    }
    own = {k: changes.pop(k) for k in list(changes) if k in ChoraleCounts.__dataclass_fields__}
    defaults: dict[str, object] = {"n_as_asked": 100, "n_asked": 100, "n_meter_named": 95, "n_meter_asked": 100}
    return Column(counts=ChoraleCounts(**{**counts, **own}), **{**defaults, **changes})


def row(name: str, rows: list[Row]) -> Row:
    """The row whose name begins so."""
    return next(r for r in rows if r.name.strip().startswith(name))


def test_music_like_the_real_passes_every_row() -> None:
    """The same counts in all three columns."""
    same = column(shared_all=(4.0, 6.0))
    rows = chorale_table(same, same, same)
    assert [r.name for r in rows if r.default_ok is False or r.plain_ok is False] == []


def test_a_share_near_real_passes_and_one_further_fails() -> None:
    """Re-struck notes: 13 % real, three points allowed; plain sampling may miss by six."""
    rows = chorale_table(column(n_restruck=1800), column(n_restruck=1500), column())
    found = row("re-struck", rows)
    assert (found.default_ok, found.plain_ok) == (True, True)
    assert (found.plain, found.default, found.real, found.allowed) == ("18.0 %", "15.0 %", "13.0 %", "real ± 3")
    rows = chorale_table(column(n_restruck=2000), column(n_restruck=1700), column())
    assert (row("re-struck", rows).default_ok, row("re-struck", rows).plain_ok) == (False, False)


def test_endings_may_miss_by_a_tenth_and_plain_ones_by_two() -> None:
    """89 % are too few for the default, 81 % enough for plain sampling."""
    found = row("ends well", chorale_table(column(n_good_endings=81), column(n_good_endings=89), column()))
    assert (found.default_ok, found.plain_ok) == (False, True)
    assert row("ends well", chorale_table(None, column(n_good_endings=90), column())).default_ok is True


def test_parallels_are_counted_a_note() -> None:
    """Forty in ten thousand notes pass, forty-one do not."""
    for n, ok in ((40, True), (41, False)):
        found = row("parallel", chorale_table(None, column(n_parallels=n), column()))
        assert found.default_ok is ok and found.default == f"{n / 10_000:.4f}"


def test_one_silent_bar_is_one_too_many_for_both() -> None:
    """Twice nothing is nothing."""
    found = row("bars of silence", chorale_table(column(n_silent_bars=1), column(n_silent_bars=1), column()))
    assert (found.default_ok, found.plain_ok) == (False, False)


def test_a_run_longer_than_any_real_one_is_a_copy() -> None:
    """The longest counts, the mean is shown."""
    real = column(shared_all=(8.5, 3.5))
    found = row("longest run", chorale_table(column(shared_all=(2.0, 9.0)), column(shared_all=(8.5, 1.5)), real))
    assert (found.default_ok, found.plain_ok) == (True, False)
    assert found.default == "8.5 (mean 5.0)"


def test_phrases_are_compared_within_their_metre() -> None:
    """Two bars of 4/4 are not held against four of 3/4."""
    other = column(phrase_bars=Counter({"4/4 2": 10, "3/4 4": 90}))
    rows = chorale_table(None, other, column())
    assert row("phrases in 4/4 of 2", rows).default_ok is True
    assert row("phrases in 3/4 of 4", rows).default == "100.0 %"


def test_a_column_that_was_not_measured_shows_a_dash() -> None:
    """And is not judged."""
    rows = chorale_table(None, None, column())
    assert {r.plain for r in rows} == {"-"} and {r.default_ok for r in rows} == {None}


def test_real_music_was_not_asked_for_anything() -> None:
    """No bars, metre, pickup or key: a dash, not nought per cent."""
    found = row("exactly", chorale_table(None, column(), column(n_as_asked=0, n_asked=0)))
    assert (found.real, found.default, found.default_ok) == ("-", "100.0 %", True)


def test_the_lines_of_the_table_are_aligned() -> None:
    """Every cell of a column ends at the same place."""
    lines = table_lines(chorale_table(None, column(), column(n_restruck=100)))
    assert lines[0].split() == ["measure", "plain", "default", "real", "allowed"]
    ends = {line.index("real ±") for line in lines if "real ±" in line and "± 3" in line}
    assert len(ends) == 1
    assert any("re-struck" in line and "NO" in line for line in lines)
