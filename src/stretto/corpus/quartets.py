"""String quartets, movement by movement: two violins, viola and cello."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from stretto.corpus.composers import composer_period, composer_slug
from stretto.corpus.parse import Skipped
from stretto.corpus.staff_cache import FileRead, read_folders
from stretto.corpus.staff_sections import Section, section_of
from stretto.corpus.staves import StaffCorpus, renamed
from stretto.errors import CorpusError
from stretto.frames.staves import STAFF_NOTE, StaffNotes
from stretto.score.formats import read_score
from stretto.score.model import Notice, Score

FOLDERS = ("train/cc0/openscore-quartets", "train/cc-by/polish-quartet")

PLAYERS = ("violin 1", "violin 2", "viola", "cello")

RANGES = ((55, 103), (55, 100), (48, 91), (36, 81))
"""Lowest and highest MIDI pitch of each player: the open C or G string, and what positions are written for."""

MIN_BARS, MIN_NOTES, MAX_SILENT = 8, 80, 0.8


def quartet_corpus(
    data: Path, cache: Path, *, n_workers: int = 2, progress: Callable[[float], None] = lambda share: None
) -> StaffCorpus:
    """Read the quartets' folders under `data`, once; later calls read `cache`.

    Args:
        data: the folder that holds train/.
        cache: a folder for the arrays. What it holds of other files, or damaged, is made anew.
        n_workers: processes that read.
        progress: receives the share of the files that is read.

    Raises:
        CorpusError: `data` does not hold the folders.
    """
    return read_folders("quartet", data, FOLDERS, cache, quartet_pieces, n_workers=n_workers, progress=progress)


def quartet_pieces(path: Path) -> FileRead:
    """The movements of one file.

    Raises:
        CorpusError: it has no four players.
    """
    score = read_score(path)
    players = players_of(score, path.name)
    notes, read = _notes(score, players)
    row = _index(path.parent).get(path.name, {})
    composer = composer_slug(row.get("composer", ""))
    title = row.get("work") or row.get("title") or path.stem
    starts = [0, *movement_starts(score, bar_numbers(path))]
    pieces, skipped = [], []
    for start, end in zip(starts, [*starts[1:], score.end], strict=True):
        section = section_of(score, notes, 4, start, end, parts=players)
        if why := unfit(section):
            skipped.append(Skipped(path, f"{path.name}: {why}"))
            continue
        pieces.append(
            section.piece(
                name=f"{path.parent.name}/{path.name}",
                work=_work(path, composer, title),
                title=title,
                licence=path.parent.parent.name,
                composer=composer,
                period=composer_period(composer, row.get("dates", "")),
                read=(*read, *section.read) if start == 0 else section.read,
            )
        )
    if not pieces and skipped:
        raise CorpusError(skipped[0].why)
    return FileRead(renamed(pieces), skipped)


def players_of(score: Score, name: str) -> tuple[int, int, int, int]:
    """Parts of the first and second violin, the viola and the cello: in the order of the score, as it is printed.

    Raises:
        CorpusError: there are not four parts of one staff each with notes.
    """
    parts = [i for i, part in enumerate(score.parts) if not part.percussion and (score.notes["part"] == i).any()]
    # A second cello staff is an ossia, or the same player's other line.
    seen: list[str] = []
    chosen = []
    for i in parts:
        label = score.parts[i].name.strip().lower()
        if not (label in seen and len(parts) > 4 and "violon" in label):
            chosen.append(i)
        seen.append(label)
    if len(chosen) != 4 or any(score.parts[i].n_staves != 1 for i in chosen):
        raise CorpusError(f"{name}: {len(chosen)} players, not four")
    return chosen[0], chosen[1], chosen[2], chosen[3]


def _notes(score: Score, players: Sequence[int]) -> tuple[StaffNotes, tuple[Notice, ...]]:
    """STAFF_NOTE without grace notes and without what the player does not have."""
    own = score.notes[np.isin(score.notes["part"], players)]
    keep = own["grace"] == 0
    staff = np.array([list(players).index(p) for p in own["part"].tolist()], np.int16)
    low, high = np.array(RANGES).T
    beyond = keep & ((own["pitch"] < low[staff]) | (own["pitch"] > high[staff]))
    left = keep & ~beyond
    notes = np.zeros(int(left.sum()), STAFF_NOTE)
    for field in ("onset", "duration", "pitch"):
        notes[field] = own[field][left]
    notes["staff"] = staff[left]
    counts = (("grace notes left out", ~keep), ("notes beyond the player's range left out", beyond))
    return notes, tuple(Notice(what=what, count=int(which.sum())) for what, which in counts if which.any())


def movement_starts(score: Score, numbers: Sequence[str]) -> list[int]:
    """Ticks at which movements after the first begin: where the source counts its bars anew, from 0 or 1.

    Args:
        score: the whole quartet.
        numbers: what its bars are called in the source; of another length than its bars = not known.
    """
    if len(numbers) != len(score.bars):
        return []
    starts, before = [], 0
    for bar, number in zip(score.bars, numbers, strict=True):
        if not number.isdigit():
            continue
        if int(number) <= 1 < before:
            starts.append(bar.tick)
        before = int(number)
    return starts


def bar_numbers(path: Path) -> list[str]:
    """What the bars of the first part are called in a compressed MusicXML file; empty = it is none."""
    if path.suffix.lower() != ".mxl":
        return []
    with zipfile.ZipFile(path) as store:
        inside = [n for n in store.namelist() if n.endswith((".xml", ".musicxml")) and not n.startswith("META-INF")]
        text = store.read(inside[0]).decode("utf-8")
    first = text[text.index("<part ") : text.index("</part>")]
    return re.findall(r'<measure\b[^>]*?\bnumber="([^"]*)"', first)


def unfit(section: Section) -> str:
    """Why a section is no movement to learn from; "" = it is one."""
    music = section.music
    if section.n_bars < MIN_BARS:
        return f"too short ({section.n_bars} bars)"
    if len(music.notes) < MIN_NOTES:
        return f"too few notes ({len(music.notes)})"
    for staff, player in enumerate(PLAYERS):
        if music.of_staff(staff)["duration"].sum() < (1 - MAX_SILENT) * music.end:
            return f"one player is mostly silent ({player})"
    return ""


def _work(path: Path, composer: str, title: str) -> str:
    """A quartet, whose movements may stand in several files."""
    if path.suffix == ".krn":
        found = re.match(r"[a-z]+_(?:quartetto-op-\d+|studium[a-z-]*op-\d+)", path.stem)
        return found.group() if found else path.stem
    return f"{composer} {title.lower()}"


@cache
def _index(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "index.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}
