"""A teacher's own rule sheets, kept beside the pieces, and which sheet each piece is checked by."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import cache

from stretto.check.sheet import KINDS, RuleSheet, load_sheet, sheet_of, sheet_text, text_of
from stretto.errors import RequestError
from stretto.studio.limits import SHEET_BYTES, Refused
from stretto.studio.pieces.store import Store

MAX_SHEETS = 40
"""In one workspace."""

MAX_NAME = 80
"""Letters of the name that a sheet is kept under."""

USUAL = "chorale"
"""The sheet of a piece for which none was chosen."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS sheets (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, name TEXT NOT NULL, "
    "title TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, modified REAL NOT NULL, UNIQUE (workspace, name))",
    "CREATE TABLE IF NOT EXISTS sheet_of_piece (piece TEXT PRIMARY KEY REFERENCES pieces (id) ON DELETE CASCADE, "
    "sheet TEXT NOT NULL)",
)
"""`sheet` = an id, or the name of a sheet that ships."""


class UnknownSheet(Refused):
    """A sheet that neither ships nor is this workspace's."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no such rule sheet; it was removed, or belongs to another browser", 404)


class SheetTooBig(Refused):
    """More bytes than a sheet may have."""

    def __init__(self) -> None:
        """Say how many it may have."""
        super().__init__(f"the sheet is over {SHEET_BYTES // 2**10} KB; leave out the rules that are off", 413)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A sheet in the list."""

    id: str
    """Of one that ships its name."""
    name: str
    """Of the file that it came in, without ending; of one that ships its name."""
    title: str
    kind: str
    own: bool
    """It is this workspace's, and can be removed."""


class Sheets:
    """All sheets of all workspaces, in the file of the pieces and as safe there."""

    def __init__(self, store: Store) -> None:
        """Make the tables, if they are not there."""
        self.store = store
        with store.writing() as base:
            for table in TABLES:
                base.execute(table)

    def listed(self, workspace: str) -> list[Kept]:
        """Those that ship, and then this workspace's by name."""
        with self.store.reading() as base:
            rows = base.execute(
                "SELECT id, name, title, kind FROM sheets WHERE workspace = ? ORDER BY lower(title), name", (workspace,)
            ).fetchall()
        own = [Kept(id=id, name=name, title=title, kind=kind, own=True) for id, name, title, kind in rows]
        return [*shipped_sheets(), *own]

    def keep(self, workspace: str, name: str, data: bytes) -> Kept:
        """Keep a sheet; one that came in a file of the same name is replaced, and chosen for its pieces still.

        Raises:
            RequestError: it is no sheet, with line and word; or there are too many.
            SheetTooBig: it is no sheet of rules alone.
        """
        if len(data) > SHEET_BYTES:
            raise SheetTooBig
        text, sheet = _read(data)
        name = _clean(name) or "sheet"
        title = (_printed(sheet.title) if sheet.title != NAMELESS else "") or name
        with self.store.writing() as base:
            row = base.execute("SELECT id FROM sheets WHERE workspace = ? AND name = ?", (workspace, name)).fetchone()
            n = base.execute("SELECT count(*) FROM sheets WHERE workspace = ?", (workspace,)).fetchone()[0]
            if row is None and n >= MAX_SHEETS:
                raise RequestError(f"there are {n} sheets of yours already; remove some first")
            id = row[0] if row is not None else f"own-{secrets.token_urlsafe(9)}"
            base.execute(
                "INSERT OR REPLACE INTO sheets VALUES (?, ?, ?, ?, ?, ?, ?)",
                (id, workspace, name, title, sheet.kind, text, time.time()),
            )
        return Kept(id=id, name=name, title=title, kind=sheet.kind, own=True)

    def text(self, workspace: str, id: str) -> str:
        """What a sheet says.

        Raises:
            UnknownSheet: there is none of that name here.
        """
        if id in KINDS:
            return sheet_text(id)
        with self.store.reading() as base:
            row = base.execute("SELECT text FROM sheets WHERE id = ? AND workspace = ?", (id, workspace)).fetchone()
        if row is None:
            raise UnknownSheet
        text: str = row[0]
        return text

    def asked(self, workspace: str, piece: str, id: str | None) -> dict[str, str]:
        """The sheet that a piece is to be checked by, as `findings.faults_of` takes it; None = the one chosen for it.

        Raises:
            UnknownSheet: there is none of that name here.
        """
        id = id or self.chosen(workspace, piece)
        return {"rules": id} if id in KINDS else {"rules": id, "sheet": self.text(workspace, id)}

    def remove(self, workspace: str, id: str) -> None:
        """Remove a sheet; pieces that it was chosen for are checked by the usual one.

        Raises:
            UnknownSheet: there is none of that name here, or it ships.
        """
        with self.store.writing() as base:
            gone = base.execute("DELETE FROM sheets WHERE id = ? AND workspace = ?", (id, workspace)).rowcount
            if not gone:
                raise UnknownSheet
            base.execute("DELETE FROM sheet_of_piece WHERE sheet = ?", (id,))

    def chosen(self, workspace: str, piece: str) -> str:
        """The id of the sheet that a piece is checked by."""
        with self.store.reading() as base:
            row = base.execute(
                "SELECT sheet FROM sheet_of_piece JOIN pieces ON piece = pieces.id WHERE piece = ? AND workspace = ?",
                (piece, workspace),
            ).fetchone()
        return row[0] if row is not None else USUAL

    def choose(self, workspace: str, piece: str, id: str) -> None:
        """Remember which sheet a piece is checked by.

        Raises:
            UnknownPiece: this workspace has none of that name.
            UnknownSheet: nor such a sheet.
        """
        self.text(workspace, id)
        self.store.entry(workspace, piece)
        with self.store.writing() as base:
            base.execute("INSERT OR REPLACE INTO sheet_of_piece VALUES (?, ?)", (piece, id))


NAMELESS = "the sheet"
"""The title of a sheet that says none, and what messages call it."""


def _read(data: bytes) -> tuple[str, RuleSheet]:
    try:
        text = text_of(data)
    except UnicodeDecodeError as cause:
        raise RequestError(f"{NAMELESS}: it is not text in UTF-8; save it as plain text") from cause
    return text, sheet_of(text, NAMELESS)


@cache
def shipped_sheets() -> tuple[Kept, ...]:
    """Those that ship, by their titles."""
    return tuple(Kept(id=kind, name=kind, title=load_sheet(kind).title, kind=kind, own=False) for kind in KINDS)


def _clean(name: str) -> str:
    """A file's name without its ending and without what is no letter."""
    stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
    return _printed(stem)[:MAX_NAME]


def _printed(words: str) -> str:
    """Without what is no letter."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())
