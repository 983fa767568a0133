"""Opening MusicXML that nobody vouches for: plain or zipped, in any encoding, within fixed bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from stretto.errors import ScoreReadError
from stretto.score.foreign import refuse_foreign
from stretto.score.opening import MAX_FILE_BYTES

MAX_MEMBERS = 1000
"""Members of an .mxl; a real one holds a handful."""
MAX_RATIO = 500
"""Largest compression of a member over 1 MB; real scores reach 60."""
MAX_TAGS = 3_000_000
"""Opening and closing tags; the largest opera in print comes to about half of it."""

_TRUNCATED = {3: "it ends too early", 5: "it ends inside a tag"}
_ROOTS = ("score-partwise", "score-timewise")


def open_xml(data: bytes, name: str, *, roots: tuple[str, ...] = _ROOTS, kind: str = "MusicXML") -> Element:
    """The root element of a MusicXML document, or of another `kind` that begins with one of `roots`.

    Raises:
        ScoreReadError: no XML, truncated (with line and column), too large, or another kind of XML.
    """
    refuse_foreign(data, name, f"a file in {kind}", but=("an XML file",))
    text = _decoded(data, name)
    _check_bounds(text, name, kind)
    try:
        parser = ElementTree.XMLParser()  # no entities from outside, no network: expat's defaults
        parser.feed(text)
        root = parser.close()
    except ElementTree.ParseError as cause:
        line, column = cause.position
        what = _TRUNCATED.get(cause.code, str(cause).split(":")[0])
        raise ScoreReadError(
            f"{name}, line {line}, column {column + 1}: the XML is broken ({what}); export or download the file again"
        ) from cause
    except (ValueError, LookupError, AssertionError) as cause:
        raise ScoreReadError(f"{name}: no readable XML ({cause}); save it as UTF-8") from cause
    _drop_namespace(root)
    if root.tag not in roots:
        raise ScoreReadError(f"{name}: <{str(root.tag)[:40]}> is no {kind} score; it should begin <{roots[0]}>")
    return root


def unpack_mxl(data: bytes, name: str) -> bytes:
    """The score inside an .mxl, never more than the largest file we read.

    Raises:
        ScoreReadError: no zip, damaged, encrypted, a bomb, or without a score.
    """
    refuse_foreign(data, name, "a file in zipped MusicXML", but=("a zip archive",))
    if not zipfile.is_zipfile(io.BytesIO(data)) and not data.startswith(b"PK"):
        raise ScoreReadError(f"{name}: this is not a file in zipped MusicXML; check the file and its extension")
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise ScoreReadError(f"{name}: a zip of over {MAX_MEMBERS} members, which no score is; check the file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _member(archive, _score_member(archive, name), name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as cause:
        if isinstance(cause, ScoreReadError):
            raise
        raise ScoreReadError(f"{name}: the zip is damaged ({cause}); export or download the file again") from cause


def _score_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The member that META-INF/container.xml names, or the first that looks like a score."""
    members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    wanted = ""
    if "META-INF/container.xml" in members:
        container = _member(archive, members["META-INF/container.xml"], name).decode("utf-8", "replace")
        rootfile = re.search(r"<(?:\w+:)?rootfile\b[^>]*?full-path\s*=\s*([\"'])(.*?)\1", container, re.DOTALL)
        wanted = rootfile.group(2) if rootfile else ""
    if wanted in members:
        return members[wanted]
    scores = [
        info
        for path, info in members.items()
        if path.lower().endswith((".xml", ".musicxml")) and not path.startswith(("META-INF/", "__MACOSX/"))
    ]
    if not scores:
        raise ScoreReadError(f"{name}: a zip without a score in it; it should hold a .xml or .musicxml file")
    return scores[0]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    bomb = info.file_size > MAX_FILE_BYTES or info.file_size > 2**20 + MAX_RATIO * info.compress_size
    if not bomb:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise ScoreReadError(f"{name}: {info.filename[:60]!r} is encrypted or oddly packed; unzip it by hand")
        with archive.open(info) as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        bomb = len(data) > MAX_FILE_BYTES
    if bomb:
        raise ScoreReadError(
            f"{name}: {info.filename[:60]!r} unpacks from {info.compress_size} bytes to {info.file_size} or more, "
            "which no score does; check the file"
        )
    return data


def _decoded(data: bytes, name: str) -> bytes | str:
    """UTF-16 and UTF-32 as text; anything else as it is, for the XML declaration to say."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise ScoreReadError(f"{name}: the file is empty; export it again")
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"), (b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"),
    ):  # fmt: skip
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as cause:
                raise ScoreReadError(
                    f"{name}, byte {cause.start}: no valid {encoding.upper()} ({cause.reason}); save it as UTF-8"
                ) from cause
    return data.lstrip()


def _check_bounds(text: bytes | str, name: str, kind: str) -> None:
    as_bytes = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if b"<!ENTITY" in as_bytes:
        raise ScoreReadError(f"{name}: declares XML entities, which no score needs; remove the <!ENTITY ...> lines")
    if as_bytes.count(b"<") > MAX_TAGS or as_bytes.count(b"=") > 2 * MAX_TAGS:
        raise ScoreReadError(f"{name}: over {MAX_TAGS:,} tags, which no score has; check or split the file")
    if not as_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise ScoreReadError(f"{name}: this is not a file in {kind}; check the file and its extension")


def _drop_namespace(root: Element) -> None:
    if root.tag.startswith("{"):
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
