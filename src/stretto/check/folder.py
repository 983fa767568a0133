"""A folder of exercises, one for each pupil: all checked, marked and summed up, and nothing lost on the way."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from stretto.check.check import check_score
from stretto.check.marked import checked_json, counts, numbered, write_checked
from stretto.check.sheet import RuleSheet
from stretto.corpus.parse import Skipped, parse_all
from stretto.errors import CorpusError, ScoreWriteError, StrettoError
from stretto.score.model import Notice, Score
from stretto.theory.key import Tonality

MARKED = (".pdf", ".musicxml")
"""What is written for every pupil."""

SUMMARIES = CSV_NAME, HTML_NAME = "summary.csv", "summary.html"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done with every file; a worker receives it, so it holds nothing but plain data."""

    folder: Path
    out: Path | None
    """Where marked files go; None = nothing is written."""
    sheet: RuleSheet
    read: Callable[[Path], Score]
    """A function of a module, or a partial of one."""
    key: Tonality | None = None
    remarks: bool = False
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Pupil:
    """What one file gave."""

    name: str
    """Its path within the folder, without extension where that is clear."""
    path: Path
    severities: dict[str, int]
    rules: dict[str, int]
    answer: dict[str, Any]
    """All findings, as `checked_json` says them."""
    files: tuple[str, ...] = ()
    """Marked files, relative to the output folder."""
    notices: tuple[Notice, ...] = ()
    """What was rounded or left out in reading."""
    trouble: str = ""
    """Why a marked file is missing."""


@dataclass(frozen=True, kw_only=True)
class FolderChecked:
    """What a folder gave."""

    folder: Path
    sheet: RuleSheet
    pupils: tuple[Pupil, ...]
    unread: tuple[Skipped, ...]
    """Files that could not be read or checked, each with its reason."""
    files: tuple[Path, ...] = field(default=())
    """The summaries that were written."""

    @property
    def rules(self) -> Counter[str]:
        """Rule -> findings in all exercises."""
        return sum((Counter(pupil.rules) for pupil in self.pupils), Counter())

    @property
    def broken_by(self) -> Counter[str]:
        """Rule -> pupils that it was found with."""
        return Counter(rule for pupil in self.pupils for rule in pupil.rules)

    @property
    def severities(self) -> Counter[str]:
        """Findings in all exercises by severity."""
        return sum((Counter(pupil.severities) for pupil in self.pupils), Counter())


def check_folder(
    task: Task, *, n_workers: int = 2, progress: Callable[[float], None] = lambda share: None
) -> FolderChecked:
    """Check every file of a folder, those in its folders too, and write marked files where asked.

    Raises:
        CorpusError: the folder holds no file, or none that can be checked.
        ScoreWriteError: a file is there already, or cannot be written.
    """
    paths = files_of(task.folder, task.out)
    if not paths:
        raise CorpusError(f"{task.folder}: holds no files; name a folder of scores, one for each pupil")
    names = names_of(paths, task.folder)
    _check_places(task, names)
    parsed = parse_all(paths, partial(check_one, task=task, names=names), n_workers=n_workers, progress=progress)
    if not parsed.found:
        first = parsed.skipped[0]
        raise CorpusError(
            f"{task.folder}: none of {len(paths)} files can be checked; the first, {first.path.name}: {first.reason}"
        )
    skipped = tuple(sorted(parsed.skipped, key=lambda skipped: skipped.path))
    return FolderChecked(folder=task.folder, sheet=task.sheet, pupils=tuple(parsed.found), unread=skipped)


def check_one(path: Path, task: Task, names: dict[Path, str]) -> Pupil:
    """Read, check and mark one file.

    Raises:
        StrettoError: it cannot be read, or not as the sheet's voices.
    """
    score = task.read(path)
    checked = check_score(score, task.sheet, key=task.key)
    files, trouble = [], ""
    for suffix in MARKED if task.out is not None else ():
        assert task.out is not None
        file = f"{names[path]}-marked{suffix}"
        try:
            write_checked(checked, task.out / file, original=score, name=names[path], remarks=task.remarks, force=True)
            files.append(file)
        except StrettoError as error:
            trouble = str(error)
    return Pupil(
        name=names[path], path=path, severities=counts(numbered(checked)), rules=dict(checked.counts),
        answer=checked_json(checked), files=tuple(files), notices=score.notices, trouble=trouble,
    )  # fmt: skip


def files_of(folder: Path, out: Path | None = None) -> list[Path]:
    """Every file in a folder and its folders, but hidden ones and our own output, as in a class list.

    Raises:
        CorpusError: it is not a folder.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise CorpusError(f"{folder}: {what}; name a folder of scores")
    own = out.resolve() if out is not None else None
    inside = own is not None and own != folder.resolve()
    return [
        path
        for path in sorted(folder.rglob("*"), key=_listed)
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (inside and own in path.resolve().parents)
    ]


def _listed(path: Path) -> tuple[list[str], Path]:
    """Where a path stands in a list that takes no notice of capitals and accents: Änne, Bob, carl, Zoë."""
    plain = unicodedata.normalize("NFKD", str(path).casefold()).translate(WITHOUT_STROKE)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return letters.split("/"), path


WITHOUT_STROKE = str.maketrans("łøđ", "lod")
"""Letters that are no letter with an accent to Unicode."""


def names_of(paths: Sequence[Path], folder: Path) -> dict[Path, str]:
    """What each file is called in the summary: without its extension, unless another has the same name.

    >>> list(names_of([Path("a/x.mid"), Path("a/x.abc"), Path("a/y.mid")], Path("a")).values())
    ['x.mid', 'x.abc', 'y']
    """
    stems = Counter(path.with_suffix("") for path in paths)
    return {
        path: (path if stems[path.with_suffix("")] > 1 else path.with_suffix("")).relative_to(folder).as_posix()
        for path in paths
    }


def _check_places(task: Task, names: dict[Path, str]) -> None:
    """Make the output folders, and say before the work what cannot be written."""
    if task.out is None:
        return
    if task.out.resolve() == task.folder.resolve():
        raise ScoreWriteError(f"{task.out}: holds the exercises, and marked files would count as such; name another")
    files = [*SUMMARIES, *(f"{name}-marked{suffix}" for name in names.values() for suffix in MARKED)]
    for file in files:
        path = task.out / file
        if path.exists() and not task.force:
            raise ScoreWriteError(f"{path}: exists already; give --force to overwrite it, or another folder with -o")
    try:
        for folder in sorted({(task.out / file).parent for file in files}):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise ScoreWriteError(f"{task.out}: cannot be made ({cause.strerror}); name another folder with -o") from cause
    if not os.access(task.out, os.W_OK | os.X_OK):
        raise ScoreWriteError(f"{task.out}: may not be written to; name another folder with -o")


def folder_json(checked: FolderChecked) -> dict[str, Any]:
    """A folder as a program reads it."""
    return {
        "folder": str(checked.folder),
        "rules": checked.sheet.title,
        "pupils": [
            {
                "name": pupil.name,
                "source": str(pupil.path),
                **pupil.answer,
                "files": list(pupil.files),
                "trouble": pupil.trouble,
            }
            for pupil in checked.pupils
        ],
        "unread": [{"path": str(skipped.path), "why": skipped.why} for skipped in checked.unread],
        "per_rule": {
            rule: {"findings": n, "pupils": checked.broken_by[rule]} for rule, n in checked.rules.most_common()
        },
        "files": [str(path) for path in checked.files],
    }
