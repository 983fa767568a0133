"""Real files, written as text and read again, and through MIDI: what must come back does."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from stretto.errors import ScoreReadError
from stretto.score.formats import read_score
from stretto.score.midi_read import read_midi
from stretto.score.midi_write import write_midi
from stretto.score.model import Score
from stretto.score.text import read_text, write_text

FOLDERS = (
    "cc-by/bach-chorales-fb", "cc-by/polish-choir", "cc-by/polish-quartet", "cc-by/polish-keyboard",
    "cc-by/chopin-first-editions", "cc-by/mutopia-keyboard", "cc0/openscore-lieder", "cc0/openscore-quartets",
    "cc-by-sa/mutopia-keyboard", "cc-by-sa/piano-midi-de", "public-domain/mutopia-keyboard",
)  # fmt: skip
SUFFIXES = {".mid", ".mxl", ".musicxml", ".xml", ".krn", ".abc", ".mei"}
N_FILES, MAX_BYTES = 10, 200_000


def drawn(folder: Path) -> list[Path]:
    """Files of a folder, drawn by chance, none of them long."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.stat().st_size < MAX_BYTES)
    return random.Random(5).sample(paths, min(N_FILES, len(paths)))


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_written_as_text_read_back_the_same(folder: str, data_folder: Path) -> None:
    n_same = 0
    for path in drawn(data_folder / "train" / folder):
        try:
            score = read_score(path)
        except ScoreReadError:
            continue
        again = read_text(write_text(score)[0], path.name)
        assert again == score, path.name
        n_same += 1
    assert n_same >= 8


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_keep_their_sounding_notes_in_midi(folder: str, data_folder: Path) -> None:
    """Graces sound otherwise there, and a chorale's end is rounded up to a beat; notes and barlines are the same."""
    for path in drawn(data_folder / "train" / folder)[:4]:
        try:
            score = read_score(path)
        except ScoreReadError:
            continue
        again = read_midi(write_midi(score)[0], path.name)
        assert onsets(again, graces=True)[: len(score.notes)] or not len(score.notes)
        missing = set(onsets(score, graces=False)) - set(onsets(again, graces=True))
        assert missing == set(), path.name
        assert len(again.notes) == len(score.notes), path.name
        assert [bar.tick for bar in again.bars] == [bar.tick for bar in score.bars], path.name


def onsets(score: Score, *, graces: bool) -> list[tuple[int, int, int]]:
    """Part (silent ones not counted), onset and pitch of the notes."""
    notes = score.notes if graces else score.notes[score.notes["grace"] == 0]
    places = {part: place for place, part in enumerate(np.unique(score.notes["part"]).tolist())}
    return [(places[p], t, k) for p, t, k in notes[["part", "onset", "pitch"]].tolist()]
