"""A piece as a file that the browser keeps."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from stretto.render.picture import draw_file
from stretto.render.sound import render_wav
from stretto.score.formats import writer_of
from stretto.score.model import Score
from stretto.studio.limits import Refused
from stretto.studio.pieces.documents import as_played

SUFFIXES = {"midi": ".mid", "musicxml": ".musicxml", "mxl": ".mxl", "abc": ".abc", "kern": ".krn", "text": ".txt",
            "pdf": ".pdf", "png": ".png", "svg": ".svg", "wav": ".wav"}  # fmt: skip
"""Of each kind."""

TYPES = {
    ".mid": "audio/midi",
    ".musicxml": "application/vnd.recordare.musicxml+xml", ".mxl": "application/vnd.recordare.musicxml",
    ".abc": "text/vnd.abc", ".krn": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml", ".wav": "audio/wav",
}  # fmt: skip

MAX_WAV_SECONDS = 900
"""Of music: 170 MB."""


def file_of_piece(score: Score, kind: str) -> tuple[bytes, str]:
    """The bytes of a file and its media type.

    Args:
        score: the piece.
        kind: one of `SUFFIXES`.

    Raises:
        RenderError: it cannot be drawn or sounded.
        Refused: no such kind, or a sound too long to be made here.
    """
    check_kind(kind)
    suffix = SUFFIXES[kind]
    if suffix == ".wav":
        _check_length(score)
        return render_wav(score), TYPES[suffix]
    if suffix in (".pdf", ".png", ".svg"):
        return draw_file(score, suffix)[0], TYPES[suffix]
    if suffix == ".mid":
        return midi_of_piece(score), TYPES[suffix]
    return writer_of(suffix)(score)[0], TYPES[suffix]


def midi_of_piece(score: Score) -> bytes:
    """The piece as MIDI that sounds elsewhere as fast as on the page: without a tempo others would play it at 120."""
    return writer_of(".mid")(as_played(score))[0]


def check_kind(kind: str) -> None:
    """Refuse what is no kind of file."""
    if kind not in SUFFIXES:
        raise Refused(f"there is no such kind of file; there are {', '.join(SUFFIXES)}", 404)


def disposition(title: str, suffix: str) -> str:
    """The header that names the file after its piece, for old browsers in plain letters."""
    name = "".join(c if c.isalnum() or c in " -_.,()" else "-" for c in title).strip(" .-") or "piece"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").strip(" .-") or "piece"
    return f"attachment; filename=\"{plain[:80]}{suffix}\"; filename*=UTF-8''{quote(name[:80] + suffix)}"


def _check_length(score: Score) -> None:
    slowest = min(float(tempo.qpm) for tempo in as_played(score).tempos)
    seconds = score.end / 24 * 60 / max(1.0, slowest)
    if seconds > MAX_WAV_SECONDS:
        raise Refused(f"a sound of over {MAX_WAV_SECONDS // 60} minutes is not made here; download the MIDI file", 422)
