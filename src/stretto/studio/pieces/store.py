"""Where pieces are kept: one SQLite file, written so that a kill at any moment loses nothing that was acknowledged.

Each state of a piece is a revision with its parent; undo and redo move a pointer along them, and outlast a restart.
Numbers of revisions are never given twice, so that an edit made on an old state is known as such.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stretto.errors import RequestError, ScoreWriteError
from stretto.studio.limits import Refused
from stretto.studio.pieces.documents import Document
from stretto.studio.pieces.score_json import pack, unpack
from stretto.studio.pieces.store_file import opened

MAX_PIECES = 500
"""In one workspace."""

MAX_REVISIONS = 400
"""Of one piece; the oldest go first."""

MAX_WORKSPACE_BYTES = 256 * 2**20
"""Of all revisions of a workspace, packed."""

MAX_REVISION_BYTES = 4 * 2**20
"""Packed."""

MAX_TITLE = 200
"""Characters."""

BLANK = "blank"
"""The label of a piece that is made without notes."""

BLANK_SECONDS = 7 * 86_400
"""After which a blank piece in which nobody ever wrote is dropped; until then another window may show it."""

_IS_BLANK = (
    "title = ? AND last = 1 AND EXISTS (SELECT 1 FROM revisions WHERE piece = pieces.id AND number = 1 AND label = ?)"
)

UNTITLED = "Untitled"
"""What a piece is called whose title nobody said."""


class UnknownPiece(Refused):
    """A piece that this workspace does not have."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no such piece; it was deleted, or belongs to another browser", 404)


class StaleRevision(Refused):
    """A change made on a state that is no longer the open one."""

    def __init__(self, said: int, now: int) -> None:
        """Say which was meant and which is open."""
        super().__init__(f"the piece was changed elsewhere: it is at revision {now}, not {said}; open it again", 409)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A piece in the list."""

    id: str
    title: str
    revision: int
    modified: float
    """Seconds since 1970."""
    blank: bool = False
    """Whether nobody ever wrote in it, or gave it a title; said in a list only."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A piece as it stands."""

    entry: Entry
    document: Document
    can_undo: bool
    can_redo: bool


class CannotKeep(Refused, ScoreWriteError):
    """The disk is full, or the file is gone or damaged; the server goes on."""

    def __init__(self, why: str) -> None:
        """Say why, in the database's words."""
        super().__init__(f"pieces cannot be read or kept now ({why}); look at the disk of the studio", 507)


class Store:
    """All pieces of all workspaces; may be used from several threads, one of which writes at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; a damaged one is moved aside, and told in `moved`.

        Raises:
            ScoreWriteError: it cannot be opened, or another version of Stretto made it.
        """
        self._path, self._lock = path, threading.RLock()
        self._base, self.moved = opened(path)
        """`moved`: where a damaged file lies now; nothing of it is deleted."""

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def pieces(self, workspace: str) -> list[Entry]:
        """What a workspace has, the newest first."""
        with self._said(), self._lock:
            rows = self._base.execute(
                f"SELECT id, title, at, modified, {_IS_BLANK} FROM pieces WHERE workspace = ? "
                "ORDER BY modified DESC, id",
                (UNTITLED, BLANK, workspace),
            ).fetchall()
        return [
            Entry(id=id, title=title, revision=at, modified=modified, blank=bool(blank))
            for id, title, at, modified, blank in rows
        ]

    def create(self, workspace: str, title: str, document: Document, *, label: str = "") -> Opened:
        """A new piece, its first revision 1; old ones that stayed blank go."""
        body = _packed(document)
        id, now = secrets.token_urlsafe(12), time.time()
        with self._writing() as base:
            old = UNTITLED, BLANK, workspace, now - BLANK_SECONDS
            base.execute(f"DELETE FROM pieces WHERE {_IS_BLANK} AND workspace = ? AND modified < ?", old)
            n_pieces = base.execute("SELECT count(*) FROM pieces WHERE workspace = ?", (workspace,)).fetchone()[0]
            if n_pieces >= MAX_PIECES:
                raise RequestError(f"there are {n_pieces} pieces already; delete some first")
            self._check_room(base, workspace, len(body))
            row = (id, workspace, _title(title), 1, 1, now, now)
            base.execute("INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            base.execute("INSERT INTO revisions VALUES (?, 1, 0, 0, ?, ?)", (id, label, body))
        return self.open(workspace, id)

    def open(self, workspace: str, piece: str) -> Opened:
        """A piece as it stands.

        Raises:
            UnknownPiece: this workspace has none of that name.
            ScoreReadError: the file is damaged.
        """
        with self._said(), self._lock:
            entry = self._entry(workspace, piece)
            row = self._base.execute(
                "SELECT body, EXISTS (SELECT 1 FROM revisions p WHERE p.piece = r.piece AND p.number = r.parent), "
                "EXISTS (SELECT 1 FROM revisions n WHERE n.piece = r.piece AND n.number = r.redo) "
                "FROM revisions r WHERE piece = ? AND number = ?",
                (piece, entry.revision),
            ).fetchone()
        if row is None:  # another studio on the same file has changed or deleted it meanwhile
            raise UnknownPiece
        document = Document.from_json(unpack(row[0]))
        return Opened(entry=entry, document=document, can_undo=bool(row[1]), can_redo=bool(row[2]))

    def kept(self, workspace: str, piece: str) -> tuple[Entry, bytes]:
        """A piece as it stands, packed: for whoever hands it on.

        Raises:
            UnknownPiece: this workspace has none of that name.
        """
        with self.reading() as base:
            entry = self._entry(workspace, piece)
            row = base.execute(
                "SELECT body FROM revisions WHERE piece = ? AND number = ?", (piece, entry.revision)
            ).fetchone()
        if row is None:
            raise UnknownPiece
        return entry, row[0]

    @staticmethod
    def check_newest(opened: Opened, revision: int) -> None:
        """Refuse a change of a state that is not the open one, before work is done on it.

        Raises:
            StaleRevision: it is not.
        """
        if opened.entry.revision != revision:
            raise StaleRevision(revision, opened.entry.revision)

    def commit(self, workspace: str, piece: str, revision: int, document: Document, *, label: str = "") -> Opened:
        """Keep a new state; when this returns, it is on the disk.

        Args:
            workspace: whose piece it is.
            piece: its id.
            revision: from which the state was made; must be the open one.
            document: the state.
            label: what was done, in a word.

        Raises:
            StaleRevision: another state is open.
            RequestError: it is too large.
        """
        body = _packed(document)
        with self._writing() as base:
            entry = self._at(workspace, piece, revision)
            self._check_room(base, workspace, len(body))
            number = 1 + base.execute("SELECT last FROM pieces WHERE id = ?", (piece,)).fetchone()[0]
            base.execute("INSERT INTO revisions VALUES (?, ?, ?, 0, ?, ?)", (piece, number, revision, label, body))
            base.execute("UPDATE revisions SET redo = ? WHERE piece = ? AND number = ?", (number, piece, revision))
            self._go_to(base, entry, number, last=number)
            # What was undone before this edit cannot be reached any more; all that is left leads back from here.
            base.execute(
                "DELETE FROM revisions WHERE piece = ? AND number > ? AND number < ?", (piece, revision, number)
            )
            base.execute(
                "DELETE FROM revisions WHERE piece = ? AND number IN (SELECT number FROM revisions WHERE piece = ? "
                "AND number <> ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
                (piece, piece, number, MAX_REVISIONS - 1),
            )
        return self.open(workspace, piece)

    def undo(self, workspace: str, piece: str, revision: int) -> Opened:
        """The state before; the piece as it is, where there is none."""
        return self._step(workspace, piece, revision, "parent")

    def redo(self, workspace: str, piece: str, revision: int) -> Opened:
        """The state that was last undone; the piece as it is, where there is none."""
        return self._step(workspace, piece, revision, "redo")

    def rename(self, workspace: str, piece: str, title: str) -> Opened:
        """Give a piece another title."""
        with self._writing() as base:
            self._entry(workspace, piece)
            base.execute("UPDATE pieces SET title = ? WHERE id = ?", (_title(title), piece))
        return self.open(workspace, piece)

    def delete(self, workspace: str, piece: str) -> None:
        """Delete a piece with its history."""
        with self._writing() as base:
            self._entry(workspace, piece)
            base.execute("DELETE FROM pieces WHERE id = ?", (piece,))

    def entry(self, workspace: str, piece: str) -> Entry:
        """A piece as it stands in the list.

        Raises:
            UnknownPiece: this workspace has none of that name.
        """
        with self.reading():
            return self._entry(workspace, piece)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The file, for whoever keeps something beside the pieces."""
        with self._said(), self._lock:
            yield self._base

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Likewise: all that is written is kept, or nothing; what is kept is on the disk."""
        with self._writing() as base:
            yield base

    def _step(self, workspace: str, piece: str, revision: int, way: str) -> Opened:
        with self._writing() as base:
            entry = self._at(workspace, piece, revision)
            found = base.execute(
                "SELECT n.number FROM revisions r JOIN revisions n ON n.piece = r.piece "
                f"AND n.number = r.{way} WHERE r.piece = ? AND r.number = ?",
                (piece, revision),
            ).fetchone()
            if found is not None:
                if way == "parent":
                    base.execute(
                        "UPDATE revisions SET redo = ? WHERE piece = ? AND number = ?", (revision, piece, found[0])
                    )
                self._go_to(base, entry, found[0])
        return self.open(workspace, piece)

    def _go_to(self, base: sqlite3.Connection, entry: Entry, number: int, *, last: int | None = None) -> None:
        base.execute(
            "UPDATE pieces SET at = ?, modified = ?, last = coalesce(?, last) WHERE id = ?",
            (number, time.time(), last, entry.id),
        )

    def _entry(self, workspace: str, piece: str) -> Entry:
        row = self._base.execute(
            "SELECT id, title, at, modified FROM pieces WHERE id = ? AND workspace = ?", (piece, workspace)
        ).fetchone()
        if row is None:
            raise UnknownPiece
        return Entry(id=row[0], title=row[1], revision=row[2], modified=row[3])

    def _at(self, workspace: str, piece: str, revision: int) -> Entry:
        entry = self._entry(workspace, piece)
        if entry.revision != revision:
            raise StaleRevision(revision, entry.revision)
        return entry

    def _check_room(self, base: sqlite3.Connection, workspace: str, more: int) -> None:
        taken = base.execute(
            "SELECT coalesce(sum(length(body)), 0) FROM revisions JOIN pieces ON piece = id WHERE workspace = ?",
            (workspace,),
        ).fetchone()[0]
        if taken + more > MAX_WORKSPACE_BYTES:
            raise RequestError(f"the pieces fill {MAX_WORKSPACE_BYTES // 2**20} MB; delete some first")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All of it is kept, or nothing; what is kept is on the disk."""
        with self._said(), self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as cause:
            # Without the path, which is nobody's business who asks from elsewhere.
            raise CannotKeep(str(cause)) from cause


def _packed(document: Document) -> bytes:
    body = pack(document.as_json())
    if len(body) > MAX_REVISION_BYTES:
        raise RequestError(f"the piece takes over {MAX_REVISION_BYTES // 2**20} MB; shorten it")
    return body


def _title(title: str) -> str:
    """Without what is no letter, and not too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in title).split())
    return clean[:MAX_TITLE] or UNTITLED
