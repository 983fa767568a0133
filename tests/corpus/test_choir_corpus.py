"""Folders of choral scores become pieces; what is odd is reported, not lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from stretto.corpus.choir import choir_piece, homophony
from stretto.corpus.choirs import SAME, choir_corpus, without_overlap
from stretto.corpus.parse import parse_all
from stretto.corpus.piece import Piece
from stretto.errors import CorpusError
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan
from stretto.score.formats import read_score, write_score

PSALMS = sorted((Path(__file__).parent.parent / "data" / "choir").glob("*.krn"))


def length_or_death(path: Path) -> int:
    """A parser that dies of one file, breaks over another, and refuses a third."""
    if path.name == "death":
        os._exit(9)
    if path.name == "break":
        raise KeyError("spine")
    if path.name == "refuse":
        raise CorpusError(f"{path.name}: two voices, not four")
    return len(path.read_bytes())


def test_a_psalm_of_gomolka_becomes_four_voices_in_quarters() -> None:
    """Mensural note values are brought to a common beat, homophony makes it a hymn, and the key is found."""
    piece = choir_piece(PSALMS[0])
    assert piece.frames.pitch_TV.shape[1] == 4
    assert 12 <= np.median(piece.frames.duration_T) <= 24
    assert piece.plan.style == "hymn"
    assert homophony(piece.frames) >= 0.7
    assert 0 <= piece.plan.tonic < 12 and piece.plan.mode in ("major", "minor")
    assert piece.plan.bar_starts is not None and piece.plan.end == piece.frames.end
    means = [float(v[v >= 0].mean()) for v in piece.frames.pitch_TV.T]
    assert means == sorted(means, reverse=True)


def test_a_piece_moved_into_range_takes_its_key_along(tmp_path: Path) -> None:
    """Two octaves lower on paper, moved up by less: the tonic moves with the notes."""
    score, here = read_score(PSALMS[0]), choir_piece(PSALMS[0])
    notes = score.notes.copy()
    notes["pitch"] -= 24
    low = tmp_path / "low.musicxml"
    write_score(score.evolve(notes=notes), low)
    moved = choir_piece(low)
    up = int(moved.frames.pitch_TV[0].max()) - int(here.frames.pitch_TV[0].max())
    assert up % 12
    assert moved.plan.tonic == (here.plan.tonic + up) % 12


def test_a_worker_that_dies_loses_one_file(tmp_path: Path) -> None:
    """The others are read, and each that is not says why."""
    names = ["a", "death", "b", "break", "refuse", "c"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    ticks: list[int] = []
    parsed = parse_all([tmp_path / n for n in names], length_or_death, progress=lambda share: ticks.append(1))
    assert parsed.found == [1, 1, 1]
    why = {s.path.name: s.why for s in parsed.skipped}
    assert why["death"].startswith("its reader died")
    assert why["break"] == "KeyError: 'spine'"
    assert why["refuse"] == "refuse: two voices, not four"
    assert len(ticks) == len(names)


@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("names", [["death"], ["death", "a"]])
def test_the_first_file_may_be_the_deadly_one(names: list[str], n_workers: int, tmp_path: Path) -> None:
    """With nothing read yet the others are still tried, and the run ends."""
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    parsed = parse_all([tmp_path / n for n in names], length_or_death, n_workers=n_workers)
    assert len(parsed.found) == len(names) - 1
    assert [s.path.name for s in parsed.skipped] == ["death"]


def bach(matrix: np.ndarray, name: str) -> Piece:
    """A matrix as if it were a file."""
    return Piece(
        name=name, work=name, frames=frames_of_matrix(matrix, step=6), plan=Plan(style="bach", tonic=0, mode="major")
    )


def random_chorale(seed: int) -> np.ndarray:
    """Four voices that move on quarters."""
    rng = np.random.default_rng(seed)
    return np.repeat(rng.integers(48, 72, (40, 4)), 4, axis=0).astype(float)


def test_a_test_piece_in_disguise_is_left_out_and_a_new_one_is_kept() -> None:
    """Transposed, and begun a sixteenth's worth of rows later, it is still the same piece."""
    judged, fresh, twin = random_chorale(0), random_chorale(1), random_chorale(2)
    matrices = {"train": [twin, random_chorale(3)], "valid": [random_chorale(4)], "test": [judged]}
    disguised = np.vstack([judged[8:] + 3])
    corpus = without_overlap([bach(disguised, "disguised"), bach(fresh, "fresh"), bach(twin, "twin")], matrices, [])
    assert [p.name for p in corpus.pieces] == ["fresh", "twin", "jsb16 train 1"]
    assert len(corpus.held_out) == 1 and "disguised" in corpus.held_out[0]
    assert "1 left out" in corpus.report()


def test_a_cache_that_is_damaged_or_of_other_files_is_made_anew(tmp_path: Path) -> None:
    data, cache, read = tmp_path / "data", tmp_path / "cache", list[float]()
    scores, benchmark = data / "train/cc-by/polish-choir", data / "benchmarks/jsb16"
    scores.mkdir(parents=True)
    benchmark.mkdir(parents=True)
    splits = {"train": 1, "valid": 2, "test": 3}
    chorales = {split: np.array([random_chorale(seed), None], object)[:1] for split, seed in splits.items()}
    np.savez(benchmark / "Jsb16thSeparated.npz", **chorales)

    def names() -> list[str]:
        read.clear()
        return [piece.name for piece in choir_corpus(data, cache, progress=read.append).pieces]

    shutil.copy(PSALMS[0], scores)
    first = names()
    assert first == [PSALMS[0].name, "jsb16 train 0"] and read == [1.0]
    assert (names(), read) == (first, [])
    (cache / "choir.npz").write_bytes(b"half")
    assert (names(), read) == (first, [1.0])
    shutil.copy(PSALMS[1], scores)
    assert len(names()) == 3 and read == [0.5, 1.0]


@pytest.mark.corpus
@pytest.mark.slow
def test_no_held_out_chorale_is_trained_on(data_folder: Path, tmp_path: Path) -> None:
    """About fifty of the 143 Bach files stand in jsb16's valid or test split."""
    corpus = choir_corpus(data_folder, tmp_path)
    held = [name for name in corpus.held_out if "bach_bwv" in name]
    assert 45 <= len(held) <= 60
    assert SAME == 0.6
    styles = {piece.plan.style for piece in corpus.pieces}
    assert {"bach", "hymn", "renaissance"} <= styles
