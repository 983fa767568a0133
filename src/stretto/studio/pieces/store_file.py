"""The file of the pieces: where it is, made if there is none, looked through, moved aside where it is damaged."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from stretto.errors import ScoreWriteError

VERSION = 1
"""Of the tables, as the file says it."""

LOOKED_THROUGH_BYTES = 64 * 2**20
"""Of a file that is looked through for damage at each start; more would take too long."""

DAMAGED = "damaged"

TABLES = """
CREATE TABLE pieces (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, title TEXT NOT NULL, at INTEGER NOT NULL, last INTEGER NOT NULL,
    created REAL NOT NULL, modified REAL NOT NULL
);
CREATE INDEX by_workspace ON pieces (workspace, modified);
CREATE TABLE revisions (
    piece TEXT NOT NULL REFERENCES pieces (id) ON DELETE CASCADE, number INTEGER NOT NULL, parent INTEGER NOT NULL,
    redo INTEGER NOT NULL DEFAULT 0, label TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (piece, number)
);
"""
"""`at` = the revision that is open, `last` = the highest number given; `parent` and `redo` = numbers, 0 = none."""


def opened(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open a file, or make it.

    Returns:
        The file, and where a damaged one lies now that stood in its place; nothing of it is deleted.

    Raises:
        ScoreWriteError: it cannot be opened, or another version of Stretto made it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return _connected(path), None
        except sqlite3.DatabaseError as cause:
            if not _is_damage(cause):
                raise
            moved = moved_aside(path)
            return _connected(path), moved
    except (sqlite3.Error, OSError) as cause:
        if isinstance(cause, ScoreWriteError):
            raise
        raise ScoreWriteError(f"{path}: pieces cannot be kept ({cause}); check the disk and the file") from cause


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # pieces are nobody else's business
    base = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("PRAGMA foreign_keys=ON")
        base.execute("PRAGMA temp_store=MEMORY")  # nothing of a piece outside its file
        if path.stat().st_size <= LOOKED_THROUGH_BYTES:
            (found,) = base.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(f"{DAMAGED}: {found}")
        _make_tables(base, path)
    except BaseException:
        base.close()
        raise
    return base


def _make_tables(base: sqlite3.Connection, path: Path) -> None:
    base.execute("BEGIN IMMEDIATE")  # another studio may be making them in this moment
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        for statement in TABLES.split(";"):
            base.execute(statement)
        base.execute(f"PRAGMA user_version = {VERSION}")
    base.execute("COMMIT")
    if version not in (0, VERSION):
        what = "a newer" if version > VERSION else "an older"
        raise ScoreWriteError(f"{path}: {what} version of Stretto made it; move it away, or use that one")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return any(word in str(error) for word in ("not a database", "malformed", DAMAGED))


def moved_aside(path: Path) -> Path:
    """Give a damaged file, and what belongs to it, another name; returns that."""
    number = 1
    while (there := path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        own = path.with_name(path.name + ending)
        if own.exists():
            own.rename(there.with_name(there.name + ending))
    return there


def default_path() -> Path:
    """The file in the user's data folder."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return folder / "stretto" / "studio.sqlite3"
