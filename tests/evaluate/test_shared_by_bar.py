"""Bar by bar, a planted copy is told of the bars where it stands, and of no other."""

from __future__ import annotations

from test_originality_report import ALLEIN, BAR, as_score, invented, planted

from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.passages import known_score
from stretto.evaluate.shared_by_bar import LEAST, shared_by_bar
from stretto.evaluate.training_music import shipped_music


def test_the_bars_of_a_copy_are_told_apart() -> None:
    """Bars 3-6 of BWV 104.06 in bars 5-8 of an invented piece."""
    source = known_score(shipped_music(), ALLEIN)
    start = source.bars[3].tick
    _, bars = shared_by_bar(as_score(planted(source, start, start + 4 * BAR, at=4 * BAR, up=3)))
    for index in range(4, 8):
        found = bars[index]
        assert found is not None and found.index == ALLEIN and found.real_below == 1.0
    for index in (0, 1, 2, 10, 11):
        usual = bars[index]
        assert usual is None or usual.real_below < 0.5


def test_of_invented_music_nothing_is_told() -> None:
    _, bars = shared_by_bar(as_score(invented(8)))
    assert not any(found is not None and found.real_below > 0.2 for found in bars)


def test_no_bar_has_more_than_the_longest_passages_of_the_piece() -> None:
    """And where one of these is long enough, its bars are told of it or of something rarer."""
    source = known_score(shipped_music(), 300)
    report, bars = shared_by_bar(source)
    most = max(passage.real_below for kind, passage in report.passages.items() if kind != "melody without rhythm")
    assert max(found.real_below for found in bars if found is not None) <= most
    melody = originality_of(source).passages["melody"]
    assert melody.notes >= LEAST["melody"]
    for index, bar in enumerate(source.bars):
        found = bars[index]
        if melody.here.start <= bar.tick and source.bar_end(index) <= melody.here.end:
            assert found is not None and found.real_below >= melody.real_below
