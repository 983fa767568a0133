"""Where the files of a new piece go: named one by one, into a named folder, or into a new one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from stretto.errors import ScoreWriteError
from stretto.render.layout import Layout
from stretto.render.output import OUTPUTS, check_output, write_output
from stretto.score.model import Notice, Score

NAMES = ("piece.mid", "piece.musicxml", "piece.wav", "piece.svg", "piece.pdf", "roll.png")
"""What a folder receives."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file that was written, and what it does not hold."""

    path: Path
    notices: tuple[Notice, ...]


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Checked before the work is done, so that no piece is lost to a mistyped name."""

    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    """With neither files nor folders, a new folder is made."""
    force: bool = False
    layout: Layout = "auto"

    @classmethod
    def of(cls, wished: Sequence[Path], *, force: bool, layout: Layout) -> Destination:
        """Tell files from folders, and check them.

        Raises:
            ScoreWriteError: a file that exists already, or could not be written.
        """
        wished = tuple(dict.fromkeys(wished))
        folders = tuple(path for path in wished if path.is_dir() or not path.suffix)
        files = tuple(path for path in wished if path not in folders)
        for path in files:
            check_output(path, force=force)
        for folder in folders:
            _check_folder(folder, force=force)
        return cls(files=files, folders=folders, force=force, layout=layout)

    def write(self, score: Score, *, name: str) -> list[Written]:
        """Write everything; `name` is for the new folder where nothing was named."""
        if not self.files and not self.folders:
            return self._new_folder(score, name)
        inside = [folder / file for folder in self.folders for file in NAMES]
        for folder in self.folders:
            _make(folder)
        return [self._one(score, path) for path in (*self.files, *inside)]

    def _one(self, score: Score, path: Path) -> Written:
        return Written(path=path, notices=write_output(score, path, layout=self.layout, force=self.force))

    def _new_folder(self, score: Score, name: str) -> list[Written]:
        """A folder under a name that is free, with all files or none."""
        folder = _claim(name)
        try:
            return [self._one(score, folder / file) for file in NAMES]
        except BaseException:  # Ctrl-C as well: no half-filled folder stays
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _claim(name: str) -> Path:
    """Make the first folder of `name`, `name-2`, `name-3` ... that does not exist yet."""
    for n in count(1):
        folder = Path(name if n == 1 else f"{name}-{n}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as cause:
            raise ScoreWriteError(
                f"{folder.absolute()}: cannot be made ({cause.strerror}); go to a folder you may write to, or use -o"
            ) from cause
        return folder
    raise AssertionError("count() does not end")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise ScoreWriteError(f"{folder}: cannot be made ({cause.strerror}); name another folder") from cause


def _check_folder(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise ScoreWriteError(
            f"{folder}: is a file without extension; name a folder, or a file ending in {', '.join(OUTPUTS)}"
        )
    if folder.is_dir():
        for file in NAMES:
            check_output(folder / file, force=force)
