"""Where the files of a new piece go: named one by one, into a named folder, or into a new one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from stretto.errors import ScoreWriteError
from stretto.render.layout import Layout
from stretto.render.output import OUTPUTS, check_output, shows_staves, write_output
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
            ScoreWriteError: a file that exists already, is named twice, or could not be written.
        """
        wished = tuple(dict.fromkeys(wished))
        folders = tuple(path for path in wished if path.is_dir() or not path.suffix)
        files = tuple(path for path in wished if path not in folders)
        for path in files:
            check_output(path, force=force)
            if path.absolute() in {folder.absolute() / name for folder in folders for name in NAMES}:
                raise ScoreWriteError(f"{path}: stands in the folder {path.parent} as well; name one of the two")
        for folder in folders:
            _check_folder(folder, force=force)
        if not wished:
            _check_ground(Path())
        return cls(files=files, folders=folders, force=force, layout=layout)

    def write(self, score: Score, *, name: str, page: Score | None = None) -> list[Written]:
        """Write everything, or nothing new.

        Args:
            score: what to write.
            name: for the new folder where nothing was named.
            page: the same as files that show staves have it; None = as it is.
        """
        new: list[Path] = []
        try:
            if self.files or self.folders:
                folders = self.folders
                new += [folder for folder in folders if _made(folder)]
            else:
                folders = (_claim(name),)
                new += folders
            paths = (*self.files, *(folder / file for folder in folders for file in NAMES))
            new += [path for path in paths if not path.exists()]
            return [self._one(score if page is None or not shows_staves(path) else page, path) for path in paths]
        except BaseException:  # Ctrl-C as well: no half-filled folder stays
            for path in reversed(new):
                _remove(path)
            raise

    def _one(self, score: Score, path: Path) -> Written:
        return Written(path=path, notices=write_output(score, path, layout=self.layout, force=self.force))


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


def _made(folder: Path) -> bool:
    """Make a folder; False = it is there already."""
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise ScoreWriteError(f"{folder}: cannot be made ({cause.strerror}); name another folder") from cause
    return new


def _remove(path: Path) -> None:
    with suppress(OSError):  # what cannot be taken back stays; the first failure is what the user hears of
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def _check_folder(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise ScoreWriteError(
            f"{folder}: is a file without extension; name a folder, or a file ending in {', '.join(OUTPUTS)}"
        )
    _check_ground(folder)
    if folder.is_dir():
        for file in NAMES:
            check_output(folder / file, force=force)


def _check_ground(folder: Path) -> None:
    """What is there already of the way to a folder must be a folder, and open to us."""
    ground = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not ground.is_dir():
        raise ScoreWriteError(f"{folder}: {ground} is a file, not a folder; name another folder")
    if not os.access(ground, os.W_OK | os.X_OK):
        raise ScoreWriteError(f"{folder}: {ground} may not be written to; name another folder with -o")
