"""The page itself: its files, what its lists offer, and the sounds it plays with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from stretto.studio.programs.models import shipped_models

STATIC = Path(__file__).parents[1] / "static"
"""The page, as it was built; see web/README.md."""

FORMS = ("AABA", "ABA", "AAB", "AABB", "ABAB", "ABACA")
"""What the page offers; the command line takes any letters."""

TONICS = ("C", "G", "D", "A", "E", "B", "F", "Bb", "Eb", "Ab", "Db")
MINOR_TONICS = ("A", "E", "B", "F#", "C#", "G#", "D", "G", "C", "F", "Bb")

VERBS = ("compose", "continue", "harmonize", "infill", "vary")

router = APIRouter(include_in_schema=False)


class Built(StaticFiles):
    """Files of the page, which a browser asks after each time: a new version shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or that it has not changed."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def mount_page(app: FastAPI) -> None:
    """Put the page and its files into an application."""
    app.include_router(router)
    if STATIC.is_dir():
        app.mount("/static", Built(directory=STATIC))


@router.get("/")
def page() -> FileResponse:
    """The studio."""
    return FileResponse(STATIC / "index.html")


@router.get("/api/soundfont")
def soundfont() -> FileResponse:
    """The instruments that ship, which the browser's synthesizer plays with; kept for a day."""
    from stretto.render import soundfont as shipped

    path = Path(shipped.__file__).parent / "data" / "stretto.sf2"
    return FileResponse(
        path, media_type="application/octet-stream", headers={"Cache-Control": "private, max-age=86400"}
    )


@router.get("/api/choices")
def choices() -> dict[str, Any]:
    """What the lists of the page offer: styles, metres and forms of each ensemble, and keys."""
    return _choices()


@cache
def _choices() -> dict[str, Any]:
    told = shipped_models()
    return {
        "ensembles": [
            {"name": own.ensemble, "styles": own.styles, "meters": _meters(own.ensemble), "forms": list(FORMS)}
            for own in told.models
        ],
        "keys": [*(f"{tonic} major" for tonic in TONICS), *(f"{tonic} minor" for tonic in MINOR_TONICS)],
        "verbs": list(VERBS),
        "version": told.version,
    }


def _meters(ensemble: str) -> list[str]:
    """Metres that a network has learned, commonest first."""
    from stretto.frames.plan import STYLES
    from stretto.verbs.request import meters_of
    from stretto.verbs.staves.ensemble import CHOIR, ENSEMBLES
    from stretto.verbs.staves.styles import habits_of, style_asked

    if ensemble == CHOIR:
        return list(dict.fromkeys(meter for style in STYLES for meter in meters_of(style)))
    players = ENSEMBLES[ensemble]
    return list(habits_of(players, style_asked(players, None)).meters)
