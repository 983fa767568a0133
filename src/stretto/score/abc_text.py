"""ABC as text: from bytes to the numbered lines of one tune.

Source: the ABC music standard 2.1 (December 2011), sections 2, 3.3 and 8.2.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, replace

from stretto.errors import ScoreReadError
from stretto.score.tally import Tally

MAX_TUNE_BYTES = 4 * 2**20
"""A tune of this length would hold a million notes; longer text is refused."""

_LONG_WORD = re.compile(r"\S{60,}")
_FIELD = re.compile(r"([A-Za-z+]):(.*)")
_CHARSET = re.compile(rb"^(?:%%|I:)abc-charset[ \t]+([\w-]+)", re.M)
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", ",": "\u0327", "=": "\u0304"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file, for messages."""

    file: str
    line: int
    column: int = 1

    def error(self, what: str) -> ScoreReadError:
        """An error that names this place; what stands there is quoted up to a sensible length."""
        what = _LONG_WORD.sub(lambda word: word.group()[:20] + "...", what)
        return ScoreReadError(f"{self.file}, {self}: {what}")

    def __str__(self) -> str:
        """As a musician finds it in an editor."""
        return f"line {self.line} column {self.column}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tune without its comment."""

    spot: Spot
    """Where `text` begins."""
    field: str
    """Letter of an information field; "%" for a directive; "" for music."""
    text: str
    continued: bool = False
    """The music goes on in the next line of music (a backslash at the end)."""


def tune_lines(data: bytes, name: str, tally: Tally) -> list[Line]:
    """Lines of the first tune, file header first; other tunes and free text are counted.

    Raises:
        ScoreReadError: no tune, binary data, or a tune too long to be one.
    """
    rows = re.split(r"\r\n|\r|\n", _decode(data, name, tally))
    starts = [i for i, row in enumerate(rows) if row.startswith("X:")]
    if starts:
        first, stop = starts[0], starts[1] if len(starts) > 1 else len(rows)
    else:
        first, stop = 0, len(rows)
        if not any(row.startswith("K:") or "[K:" in row for row in rows):
            raise ScoreReadError(f"{name}: neither an X: nor a K: field, so this is no ABC; name an ABC file")
    if len(starts) > 1:
        tally.add(
            "further tunes of the file left out; only the first is read", Spot(name, starts[1] + 1), len(starts) - 1
        )
    chosen = _file_header(rows[:first]) + _until_blank(rows, first, stop, name, tally)
    if sum(len(row) for _, row in chosen) > MAX_TUNE_BYTES:
        raise ScoreReadError(f"{name}: a tune of over {MAX_TUNE_BYTES // 2**20} MB, which none is; check the file")
    return _classify(chosen, name)


def _decode(data: bytes, name: str, tally: Tally) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise ScoreReadError(f"{name}, line {line}: a zero byte, so this is no text; name an ABC file")
    named = _CHARSET.search(data)
    for charset in ([named.group(1).decode("ascii", "replace")] if named else []) + ["utf-8-sig"]:
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    tally.add("text that is not UTF-8 read as Latin-1", name)
    return data.decode("latin-1")


def _file_header(rows: list[str]) -> list[tuple[int, str]]:
    """Fields that stand before the first tune and hold for all; free text is none of them."""
    head: list[tuple[int, str]] = []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            break
        if not (_FIELD.match(row) or row.startswith("%")):
            return []
        head.append((number, row))
    return head


def _until_blank(rows: list[str], first: int, stop: int, name: str, tally: Tally) -> list[tuple[int, str]]:
    """A blank line ends a tune, but not inside its header, where older files have some."""
    kept: list[tuple[int, str]] = []
    in_body = False
    for number in range(first, stop):
        row = rows[number]
        if not row.strip() and in_body:
            left = [i for i in range(number, stop) if rows[i].strip() and not rows[i].startswith("%")]
            if left:
                tally.add("lines after a blank line, which ends a tune, left out", Spot(name, left[0] + 1), len(left))
            break
        in_body = in_body or row.startswith("K:")
        if row.strip():
            kept.append((number + 1, row))
    return kept


def _classify(rows: list[tuple[int, str]], name: str) -> list[Line]:
    lines: list[Line] = []
    block = ""
    in_body = False
    for number, row in rows:
        if row.startswith("%%"):
            word = row[2:].strip()
            if word.startswith("begin"):
                block = word.split()[0][5:]
            elif word.startswith("end"):
                block = ""
            elif not block:
                lines.append(Line(Spot(name, number, 3), "%", _strip_comment(row[2:]).strip()))
            continue
        row = _strip_comment(row)
        if block or not row.strip():
            continue
        _append(lines, _one_line(row, Spot(name, number), in_body=in_body))
        in_body = in_body or lines[-1].field == "K"
    return lines


def _one_line(row: str, spot: Spot, *, in_body: bool) -> Line:
    match = _FIELD.match(row)
    # "d:|" at the start of a line is a note before a repeat sign, not a field.
    note = in_body and match is not None and match.group(1) in "ABCDEFGabcdefg" and match.group(2)[:1] in ("|", ":")
    if match and not note:
        text = match.group(2)
        column = 3 + len(text) - len(text.lstrip())
        if match.group(1) == "I":
            return Line(replace(spot, column=column), "%", text.strip())
        return Line(replace(spot, column=column), match.group(1), text.strip())
    stripped = row.rstrip()
    continued = stripped.endswith("\\")
    return Line(spot, "", stripped[:-1] if continued else stripped, continued)


def _append(lines: list[Line], line: Line) -> None:
    if line.field == "+" and lines and lines[-1].field:
        joined = (lines[-1].text + " " + line.text).strip()
        lines[-1] = replace(lines[-1], text=joined)
    else:
        lines.append(line)


def _strip_comment(row: str) -> str:
    at = row.find("%")
    while at > 0 and row[at - 1] == "\\":
        at = row.find("%", at + 1)
    return row if at < 0 else row[:at]


def plain(text: str) -> str:
    r"""A text string without its escapes (section 8.2): mnemonics, entities, \uXXXX.

    >>> plain("Caf\\'e \\% &eacute; \\u00e9")
    'Café % é é'
    """

    def unescape(match: re.Match[str]) -> str:
        code, accent, letter, literal = match.groups()
        if code:
            return chr(int(code, 16)) if not 0xD800 <= int(code, 16) < 0xE000 else "?"
        if accent:
            return unicodedata.normalize("NFC", letter + _ACCENTS[accent])
        return str(literal)

    parts = re.split(r"(\\u[0-9a-fA-F]{4}|\\[`'^~\",=][A-Za-z]|\\.)", text)
    pattern = re.compile(r"\\u([0-9a-fA-F]{4})|\\([`'^~\",=])([A-Za-z])|\\(.)")
    return "".join(pattern.sub(unescape, part) if i % 2 else html.unescape(part) for i, part in enumerate(parts))


def escaped(text: str) -> str:
    r"""The inverse of `plain`, on one line.

    >>> escaped("50% & more")
    '50\\% \\& more'
    """
    text = re.sub(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]", "", text)
    return re.sub(r"([\\%&])", r"\\\1", " ".join(text.split()))
