"""Quartets are cut into movements, and players have what their strings have."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from drawn_staff_pieces import line, score_of

from stretto.corpus.quartets import bar_numbers, movement_starts, players_of, quartet_corpus, quartet_pieces
from stretto.corpus.staves import split_staves
from stretto.errors import CorpusError
from stretto.score.formats import write_score
from stretto.score.model import Part, Score

PLAYERS = tuple(Part(name=n) for n in ("Violin 1", "Violin 2", "Viola", "Violoncello"))
TUNES = ("76 77 79 77 ", "67 69 71 69 ", "60 62 64 62 ", "48 50 52 50 ")


def quartet(n_bars: int = 20, parts: tuple[Part, ...] = PLAYERS) -> Score:
    """Four players in quarters."""
    return score_of([row for i in range(len(parts)) for row in line(TUNES[i % 4] * n_bars, part=i)], parts=parts)


def renumbered(path: Path, numbers: list[str]) -> None:
    """Write other numbers on the bars of every part."""
    with zipfile.ZipFile(path) as store:
        files = {name: store.read(name) for name in store.namelist()}
    for name, data in files.items():
        if name.endswith("xml") and not name.startswith("META"):
            parts = data.decode().split("</part>")
            for i, part in enumerate(parts):
                called = iter(numbers)
                parts[i] = re.sub(r'(<measure\b[^>]*?\bnumber=")[^"]*', lambda m: m.group(1) + next(called), part)  # noqa: B023
            files[name] = "</part>".join(parts).encode()
    with zipfile.ZipFile(path, "w") as store:
        for name, data in files.items():
            store.writestr(name, data)


def test_movements_begin_where_bars_are_counted_anew() -> None:
    """From 1, or from 0 where there is an upbeat; a first ending's "X1" counts nothing."""
    score = quartet(8)
    assert movement_starts(score, ["1", "2", "3", "1", "2", "0", "1", "2"]) == [288, 480]
    assert movement_starts(score, ["0", "1", "2", "X1", "3", "4", "5", "6"]) == []
    assert movement_starts(score, ["1", "2"]) == []


def test_a_file_is_cut_into_its_movements(tmp_path: Path) -> None:
    """Twelve bars and eight, each from its own start, of one work."""
    path = tmp_path / "two.mxl"
    write_score(quartet(20), path)
    numbers = [str(n) for n in [*range(1, 13), *range(1, 9)]]
    renumbered(path, numbers)
    assert bar_numbers(path) == numbers
    first, second = quartet_pieces(path).pieces
    assert [len(p.plan.bar_meters) for p in (first, second)] == [12, 8]
    assert second.name.endswith("two.mxl [2]") and first.work == second.work
    assert second.music.notes["onset"].min() == 0 and second.music.end == 8 * 96
    assert [int(second.music.of_staff(s)["pitch"].max()) for s in range(4)] == [79, 71, 64, 52]


def test_what_strings_do_not_have_is_left_out_and_counted(tmp_path: Path) -> None:
    """A viola below its C string; double stops stay."""
    low = score_of(
        [*(row for i in range(4) for row in line(TUNES[i] * 20, part=i)), *line("47 48", part=2), *line("84", part=0)],
        parts=PLAYERS,
    )
    write_score(low, tmp_path / "low.mxl")
    piece = quartet_pieces(tmp_path / "low.mxl").pieces[0]
    assert "1 x notes beyond the player's range left out" in [str(n) for n in piece.read]
    assert piece.music.of_staff(2)["pitch"][:3].tolist() == [60, 48, 62]
    assert piece.music.of_staff(0)["pitch"][:2].tolist() == [76, 84]


def test_three_players_are_no_quartet_and_a_second_cello_line_is_no_fifth() -> None:
    """Of two parts of one name the first is the player's."""
    with pytest.raises(CorpusError, match=r"trio: 3 players, not four"):
        players_of(quartet(parts=PLAYERS[:3]), "trio")
    assert players_of(quartet(parts=(*PLAYERS, Part(name="Violoncello"))), "five staves") == (0, 1, 2, 3)


@pytest.mark.corpus
def test_the_quartets_are_cut_into_their_usual_movements(data_folder: Path, tmp_path: Path) -> None:
    """Most files have four; every period is held out."""
    corpus = quartet_corpus(data_folder, tmp_path)
    per_file = Counter(Counter(p.name.split(" [")[0] for p in corpus.pieces if "openscore" in p.name).values())
    assert per_file[4] >= 75 and max(per_file) <= 6
    train, valid, test = split_staves(corpus.pieces)
    assert len(test) >= 90 and len(valid) >= 30
    assert not {p.work for p in train} & {p.work for p in test}
    assert {p.period for p in test} >= {"classical", "romantic", "modern"}
