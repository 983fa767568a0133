"""`/api/sheets` and `/api/pieces/{id}/rules`: the rule sheets of a browser, and which one a piece is checked by."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from stretto.studio.limits import SHEET_BYTES
from stretto.studio.page.asked import BYTES, Workspace, bytes_of
from stretto.studio.page.piece_messages import Said
from stretto.studio.pieces.sheets import Kept, Sheets, SheetTooBig
from stretto.studio.programs.examples import files

router = APIRouter()


def sheets_of(request: Request) -> Sheets:
    """The sheets of an application."""
    sheets: Sheets = request.app.state.sheets
    return sheets


Own = Annotated[Sheets, Depends(sheets_of)]
File = Annotated[bytes, Depends(bytes_of(SHEET_BYTES, SheetTooBig))]


class Choice(Said):
    """A sheet for a piece."""

    rules: Annotated[str, Field(max_length=40, examples=["species1"])]


@router.get("/sheets")
def list_sheets(sheets: Own, workspace: Workspace) -> list[dict[str, Any]]:
    """Rule sheets that a piece can be checked by: those that ship, then those of this browser."""
    return [_told(kept) for kept in sheets.listed(workspace)]


@router.post(
    "/sheets",
    status_code=201,
    openapi_extra=BYTES,
)
def keep_sheet(
    data: File,
    sheets: Own,
    workspace: Workspace,
    name: Annotated[str, Query(max_length=300, description="of the file; a sheet of that name is replaced")],
) -> dict[str, Any]:
    """Keep a teacher's own sheet; what is wrong in it is told with line and word."""
    return _told(sheets.keep(workspace, name, data))


@router.get("/sheets/{sheet}.toml", response_class=Response, responses=files("application/toml"))
def sheet_file(sheet: str, sheets: Own, workspace: Workspace) -> Response:
    """A sheet as a file, to be edited and sent again."""
    text = sheets.text(workspace, sheet)
    return Response(
        text.encode(),
        media_type="application/toml",
        headers={"Content-Disposition": 'attachment; filename="rules.toml"', "Cache-Control": "no-store"},
    )


@router.delete("/sheets/{sheet}", status_code=204)
def remove_sheet(sheet: str, sheets: Own, workspace: Workspace) -> None:
    """Remove a sheet of this browser's; its pieces are checked by the usual one again."""
    sheets.remove(workspace, sheet)


@router.get("/pieces/{piece}/rules")
def chosen_rules(piece: str, sheets: Own, workspace: Workspace) -> dict[str, str]:
    """The sheet that a piece is checked by."""
    sheets.store.entry(workspace, piece)
    return {"rules": sheets.chosen(workspace, piece)}


@router.put("/pieces/{piece}/rules")
def choose_rules(piece: str, asked: Choice, sheets: Own, workspace: Workspace) -> dict[str, str]:
    """Remember the sheet that a piece is checked by."""
    sheets.choose(workspace, piece, asked.rules)
    return {"rules": asked.rules}


def _told(kept: Kept) -> dict[str, Any]:
    return {"id": kept.id, "name": kept.name, "title": kept.title, "kind": kept.kind, "own": kept.own}
