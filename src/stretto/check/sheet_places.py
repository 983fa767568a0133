"""Where in the text of a rule sheet a word stands, so that a teacher is sent to the line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

RULE = re.compile(r"\s*\[\s*rules\s*\.\s*[\"']?([^\"'\]]*?)[\"']?\s*\]")
TABLE = re.compile(r"\s*\[")
KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[=.]")
AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
WORD = re.compile(r"[^\s=,\[\]{}#]+")

LONGEST = 40
"""Letters of a word that are repeated in a message."""


@dataclass(frozen=True)
class SheetText:
    """A sheet as it was written."""

    name: str
    """As messages call it."""
    text: str

    @cached_property
    def _lines(self) -> dict[tuple[str | None, str | None], int]:
        """The line of each rule's header, and of each key: its own rule and name, rule None = before all rules."""
        found: dict[tuple[str | None, str | None], int] = {}
        own: str | None = None
        for number, line in enumerate(self.text.split("\n"), 1):
            if TABLE.match(line):
                header = RULE.match(line)
                own = header[1] if header else ""
                found.setdefault((own, None), number)
            elif key := KEY.match(line):
                found.setdefault((own, key[1]), number)
        return found

    def at(self, key: str | None = None, *, rule: str | None = None) -> str:
        """The sheet's name with the line of a rule, or of a key in it or before all rules; else the name alone."""
        number = self._lines.get((rule, key)) or self._lines.get((rule, None))
        return self.name if number is None else self.line(number)

    def line(self, number: int) -> str:
        """The sheet's name with a line."""
        return f"{self.name}, line {number}"

    def parsed_to(self, said: str) -> tuple[str, str]:
        """Of what a TOML reader said: where, with the word that stands there, and why."""
        found = AT.search(said)
        if found is None:
            return self.name, said
        lines = self.text.split("\n")
        number = int(found[1]) if found[1] else max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
        line = lines[min(number, len(lines)) - 1]
        word = WORD.search(line, int(found[2]) - 1) if found[2] else None
        words = WORD.findall(line)
        near = word[0] if word else words[-1] if words else ""
        place = self.line(number)
        return f"{place}, at {quoted(near)}" if near else place, said[: found.start()]


def quoted(value: object) -> str:
    """A word or a number as it is repeated to whoever wrote it, shortened."""
    said = repr(value)
    return said if len(said) <= LONGEST + 2 else f"{said[:LONGEST]}...{said[-1] if isinstance(value, str) else ''}"
