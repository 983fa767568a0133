"""Files that are something else than their extension says, told by their first bytes in a reader's own words."""

from __future__ import annotations

import re

from stretto.errors import ScoreReadError

_BEGINNINGS = (
    (b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"), (b"PK\x03\x04", "a zip archive"), (b"\x1f\x8b", "a gzip archive"),
    (b"ID3", "an MP3 recording"), (b"\xff\xfb", "an MP3 recording"), (b"\xff\xf3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"), (b"fLaC", "a FLAC recording"), (b"MThd", "a MIDI file"),
)  # fmt: skip

_RIFF = {b"WAVE": "a WAV recording", b"RMID": "a MIDI file", b"sfbk": "a SoundFont"}

_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
"""How a web page begins, as it is saved where a download was meant."""

_LOOKED_AT = 2000


def kind_of(data: bytes) -> str:
    """What a file is, where its first bytes tell, as "a PNG picture"; else nothing.

    >>> kind_of(b"%PDF-1.7")
    'a PDF document'
    """
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12], "")
    head = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if _PAGE.match(head):
        return "a web page"
    return "an XML file" if head.lstrip().startswith(b"<?xml") else ""


def refuse_foreign(data: bytes, name: str, wanted: str, *, but: tuple[str, ...] = ()) -> None:
    """Refuse a file that tells that it is of another kind.

    Args:
        data: the file.
        name: its name, for messages.
        wanted: what it should be, as "a MIDI file".
        but: kinds that it may be.

    Raises:
        ScoreReadError: it is something else.
    """
    kind = kind_of(data)
    if kind and kind not in but:
        raise ScoreReadError(f"{name}: this is not {wanted}, but {kind}; name another file")
