"""Real files of every folder written as ABC and as kern: the notes come back, and what does not is counted."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from test_text_corpus import FOLDERS, SUFFIXES

from stretto.errors import ScoreReadError
from stretto.score.abc_read import read_abc
from stretto.score.abc_write import write_abc
from stretto.score.formats import read_score
from stretto.score.kern_read import read_kern
from stretto.score.kern_write import write_kern
from stretto.score.model import Score

NO_MARKS = (
    "velocities",
    "notes without",
    "facts about",
    "instruments",
    "two spines",
    "voices",
    "words and note values",
)
"""Notices of what is no mark begin with these: they may not make up for a mark that is lost and not counted."""


def heads(score: Score) -> Counter[tuple[int, int, int, int]]:
    """Onset, duration (-1 = grace), pitch and part of every note; parts without notes are not counted."""
    parts = {part: place for place, part in enumerate(sorted(set(score.notes["part"].tolist())))}
    return Counter(
        (on, -1 if grace else long, pitch, parts[part]) for on, long, pitch, _, part, *_, grace in score.notes.tolist()
    )


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".abc", ".krn"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_keep_their_notes_and_what_is_lost_is_counted(folder: str, suffix: str, data_folder: Path) -> None:
    write, read = {".abc": (write_abc, read_abc), ".krn": (write_kern, read_kern)}[suffix]
    root = data_folder / "train" / folder
    paths = sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES and p.stat().st_size < 250_000)
    n_read = 0
    for path in random.Random(11).sample(paths, min(4, len(paths))):
        try:
            score = read_score(path)
        except ScoreReadError:
            continue
        data, lost = write(score)
        found = read(data, f"{path.stem}{suffix}")
        assert heads(found) == heads(score), path.name
        assert [bar.tick for bar in found.bars] == [bar.tick for bar in score.bars] or lost, path.name
        missing = Counter(m.kind for m in score.marks) - Counter(m.kind for m in found.marks)
        n_lost = sum(n.count for n in (*lost, *found.notices) if not n.what.startswith(NO_MARKS))
        assert missing.total() <= n_lost, (path.name, missing, lost)
        n_read += 1
    assert n_read >= 3
