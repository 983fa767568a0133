"""Pieces by staves survive their cache, and works stay together in the split."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from drawn_staff_pieces import music_of, piece_of

from stretto.corpus.parse import Skipped
from stretto.corpus.staves import StaffCorpus, load_staff_pieces, renamed, save_staff_pieces, split_staves
from stretto.frames.plan import Plan
from stretto.score.model import Notice

CHORD = music_of([(0, 24, 64, 0), (0, 48, 48, 1), (24, 24, 67, 0)])


def test_a_cache_gives_back_what_it_was_given(tmp_path: Path) -> None:
    """Notes, plan, dynamics, hairpins and counts of two pieces of unlike size."""
    long = piece_of(
        CHORD,
        "folder/long.krn",
        composer="chopin",
        plan=Plan(end=48, bar_starts=(0, 24), bar_meters=("1/4", "1/4"), composer="chopin", density=1.5),
        tempo=84.0,
        dynamics=((0, "p"), (24, "ff")),
        hairpins=((0, 24, "crescendo"),),
        read=(Notice(what="grace notes left out", count=3),),
    )
    short = piece_of(music_of([(0, 12, 72, 0)]), "folder/short.krn")
    save_staff_pieces([long, short], tmp_path / "cache.npz")
    first, second = load_staff_pieces(tmp_path / "cache.npz")
    for before, after in ((long, first), (short, second)):
        np.testing.assert_array_equal(after.music.notes, before.music.notes)
        assert after.music.end == before.music.end
        assert replace(after, music=before.music).__dict__ == before.__dict__
    assert [p.name for p in (tmp_path).iterdir()] == ["cache.npz"]


def test_movements_of_a_work_stay_together_and_more_works_move_none() -> None:
    """The split is by the work's name alone; each set gets about its share."""
    pieces = [
        piece_of(CHORD, f"{work} [{k}]", work=f"work {work}", period="classical") for work in range(400) for k in (1, 2)
    ]
    train, valid, test = split_staves(pieces)
    of = {p.name: i for i, part in enumerate((train, valid, test)) for p in part}
    assert all(of[f"{w} [1]"] == of[f"{w} [2]"] for w in range(400))
    assert 60 < len(test) < 140 and 20 < len(valid) < 80
    fewer = split_staves(pieces[:300])
    assert all(of[p.name] == i for i, part in enumerate(fewer) for p in part)


def test_music_of_no_known_period_is_never_held_out() -> None:
    """Held-out pieces are compared with others of their period."""
    pieces = [piece_of(CHORD, f"dance {i}") for i in range(200)]
    assert [len(part) for part in split_staves(pieces)] == [200, 0, 0]


def test_only_sections_are_numbered() -> None:
    """A whole piece keeps its name."""
    piece = piece_of(CHORD, "a/b.krn")
    assert [p.name for p in renamed([piece])] == ["a/b.krn"]
    assert [p.name for p in renamed([piece, piece])] == ["a/b.krn [1]", "a/b.krn [2]"]


def test_a_report_counts_like_reasons_together() -> None:
    """What is peculiar to a file does not make a reason of its own."""
    skipped = [Skipped(Path("a.mid"), "a.mid: too short (3 bars)"), Skipped(Path("b.mid"), "b.mid: too short (5 bars)")]
    report = StaffCorpus(
        pieces=[piece_of(CHORD, "x/y", period="romantic", composer="chopin")], skipped=skipped
    ).report()
    assert "  2 x too short" in report.splitlines()
    assert "period: romantic 1" in report and "composer: chopin 1" in report
