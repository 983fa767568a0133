"""Keyboard files become pieces for two hands, or say why not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_staff_pieces import line, score_of

from stretto.corpus.keyboard import about_file, damaged, hands_of, keyboard_corpus, keyboard_pieces, out_of_reach
from stretto.corpus.staves import split_staves
from stretto.errors import CorpusError
from stretto.frames.plan import PERIODS
from stretto.frames.staves import STAFF_NOTE
from stretto.score.formats import write_score
from stretto.score.model import Key, Meter, Part

RIGHT, LEFT = "72 74 76 77 79 77 76 74 " * 4, "48 52 55 52 48 53 57 53 " * 4
PIANO = Part(name="Piano", n_staves=2)


def rows(part: int = 0, lower: int = 0) -> list[tuple[int, ...]]:
    """Eight bars for two hands: of one part with two staves, or of two parts."""
    staff = 2 if lower == part else 1
    return [*line(RIGHT, part=part), *line(LEFT, part=lower, staff=staff)]


def test_two_staves_of_a_piano_are_its_hands_and_the_voice_is_left_out() -> None:
    """A song gives its accompaniment."""
    song = score_of([*rows(1, 1), *line("60 " * 32)], parts=(Part(name="Singstimme"), PIANO))
    notes, parts, read = hands_of(song, "song")
    assert parts == (1,) and not read
    assert Counter(notes["staff"].tolist()) == {0: 32, 1: 32}
    assert notes["pitch"][notes["staff"] == 0].min() == 72


def test_a_singer_on_two_staves_is_no_pianist() -> None:
    """Names tell, where two parts have two staves."""
    duet = score_of([*rows(0, 0), *rows(1, 1)], parts=(Part(name="Voice", n_staves=2), PIANO))
    assert hands_of(duet, "duet")[1] == (1,)
    with pytest.raises(CorpusError, match=r"several parts of two staves \(2 of 2\)"):
        hands_of(score_of([*rows(0, 0), *rows(1, 1)], parts=(PIANO, PIANO)), "two pianos")


def test_a_song_with_guitar_has_no_keyboard_part() -> None:
    """It is left out, not taken for two hands."""
    song = score_of([*line(RIGHT), *line(LEFT, part=1)], parts=(Part(name="Voice"), Part(name="Guitar")))
    with pytest.raises(CorpusError, match=r"no keyboard part"):
        hands_of(song, "song")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_tracks_are_hands_whichever_comes_first(order: tuple[int, int]) -> None:
    """The higher on average is the right hand."""
    score = score_of([*line(RIGHT, part=order[0]), *line(LEFT, part=order[1])], parts=(Part(), Part()))
    notes, _, read = hands_of(score, "tracks")
    assert notes["pitch"][notes["staff"] == 0].min() == 72 and not read


def test_one_track_is_parted_by_rule_and_said_so() -> None:
    """All notes of both hands on one line."""
    score = score_of([*line(RIGHT), *line(LEFT)], parts=(Part(),))
    notes, _, read = hands_of(score, "one track")
    assert notes["pitch"][notes["staff"] == 0].min() == 72
    assert [n.what for n in read] == ["files whose hands were parted by rule"]


def test_grace_notes_are_left_out_and_counted() -> None:
    """The music stays in time."""
    grace = (0, 0, 71, 0, 0, 1, 1, 127, 1)
    notes, _, read = hands_of(score_of([grace, *rows()]), "graces")
    assert len(notes) == 64 and [str(n) for n in read] == ["1 x grace notes left out"]


def test_a_file_becomes_sections_by_key(tmp_path: Path) -> None:
    """Sixteen bars in C and sixteen in E flat are two pieces of one work, each in its key from its own start."""
    first = [*line(RIGHT * 2), *line(LEFT * 2, staff=2)]
    second = [(r[0] + 1536, r[1], r[2] + 3, *r[3:]) for r in first]
    write_score(score_of([*first, *second], keys=(Key(), Key(tick=1536, fifths=-3))), tmp_path / "waltz.musicxml")
    pieces = keyboard_pieces(tmp_path / "waltz.musicxml").pieces
    assert [p.name.split("/")[1] for p in pieces] == ["waltz.musicxml [1]", "waltz.musicxml [2]"]
    assert [(p.plan.tonic, p.plan.mode) for p in pieces] == [(0, "major"), (3, "major")]
    assert all(p.music.end == 1536 and p.plan.bar_starts == tuple(range(0, 1536, 96)) for p in pieces)
    assert len({p.work for p in pieces}) == 1


@pytest.mark.parametrize(
    ("right", "left", "why"),
    [
        ("72 74 76 77", "48 50 52 53", "too short"),
        (". " * 124 + "72 74 76 77", LEFT * 4, "one hand is mostly silent (right, 97%)"),
    ],
)
def test_what_is_no_piece_says_why(right: str, left: str, why: str, tmp_path: Path) -> None:
    """Fragments, and pieces of one hand."""
    write_score(score_of([*line(right), *line(left, staff=2)]), tmp_path / "odd.musicxml")
    with pytest.raises(CorpusError) as caught:
        keyboard_pieces(tmp_path / "odd.musicxml")
    assert why in str(caught.value)


def test_chords_beyond_a_tenth_and_a_half_are_out_of_reach() -> None:
    """Pedal notes under the left hand."""
    notes = np.zeros(4, STAFF_NOTE)
    notes["onset"], notes["duration"], notes["staff"] = [0, 0, 24, 24], 24, 1
    notes["pitch"] = [36, 60, 48, 60]
    assert out_of_reach(notes) == 0.5


def test_a_file_whose_bars_all_differ_has_lost_its_time() -> None:
    """One whose bars are cut by repeat signs has not."""
    eighths = ((0, 9), (108, 7), (192, 11), (324, 8), (420, 9), (528, 7), (612, 10))
    meters = tuple(Meter(tick=tick, numerator=n, denominator=8) for tick, n in eighths)
    odd = score_of(rows(), meter=meters)
    assert damaged(odd, 0, odd.end).startswith("bars of all lengths")
    cut = score_of(rows(), meter=tuple(Meter(tick=t, numerator=n) for t, n in ((0, 4), (288, 3), (360, 1), (384, 4))))
    assert damaged(cut, 0, cut.end) == ""


def test_a_list_tells_composer_and_work(tmp_path: Path) -> None:
    """Movements of one opus belong together, whatever their titles."""
    folder = tmp_path / "mutopia-keyboard"
    folder.mkdir()
    head = "file,composer,title,opus\n"
    lines = (
        'a.mid,BeethovenLv,"Sonata No. 5 (1st Movement)","Op. 10, No. 1"\n'
        'b.mid,BeethovenLv,"Sonata No. 5 (3rd Movement)","Op. 10, No. 1"\n'
        "c.mid,BeethovenLv,Fuer Elise,WoO 59\n"
    )
    (folder / "index.csv").write_text(head + lines, encoding="utf-8")
    a, b, c = (about_file(folder / f"{name}.mid") for name in "abc")
    assert a.work == b.work != c.work
    assert (c.composer, c.period, c.title, c.work) == ("beethoven", "classical", "Fuer Elise", "beethoven woo 59")


@pytest.mark.corpus
def test_the_keyboard_corpus_is_large_and_well_told(data_folder: Path, tmp_path: Path) -> None:
    """Every period is held out; no work stands on both sides; the second call reads the cache."""
    corpus = keyboard_corpus(data_folder, tmp_path)
    train, valid, test = split_staves(corpus.pieces)
    assert len(corpus.pieces) > 4000 and len(test) >= 120 and len(valid) >= 60
    works = [{p.work for p in part} for part in (train, valid, test)]
    assert not works[0] & works[2] and not works[0] & works[1] and not works[1] & works[2]
    held = Counter(p.period for p in test)
    assert all(held[period] >= 30 for period in PERIODS)
    assert len({p.name for p in corpus.pieces}) == len(corpus.pieces)
    again = keyboard_corpus(data_folder, tmp_path).pieces
    assert [p.name for p in again] == [p.name for p in corpus.pieces]
    assert [replace(p.plan) for p in again[:50]] == [p.plan for p in corpus.pieces[:50]]
