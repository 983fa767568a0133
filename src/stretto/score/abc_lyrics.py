"""Words (w:) and symbols (s:) typed under a line of ABC music, set to its notes.

Source: the ABC music standard 2.1, sections 4.15 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stretto.score.abc_events import Barline, Event, Item
from stretto.score.abc_text import Spot, plain
from stretto.score.tally import Tally

_SYLLABLE = re.compile(
    r"(?P<bar>\|)|(?P<skip>\*)|(?P<hold>_)|(?P<hyphen>-)|(?P<space>\s+)|(?P<text>(?:\\.|[^\s|*_\-])+)"
)
_SYMBOL = re.compile(r'(?P<bar>\|)|(?P<skip>\*)|(?P<space>\s+)|(?P<text>![^!]*!|"[^"]*"?|\S)')


class _Staves:
    """The notes of a line, one after another."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = [item for item in items if isinstance(item, Barline) or (isinstance(item, Event) and item.tones)]
        self._at = 0

    def next_note(self) -> Event | None:
        while self._at < len(self._items):
            item = self._items[self._at]
            self._at += 1
            if isinstance(item, Event):
                return item
        return None

    def next_bar(self) -> None:
        while self._at < len(self._items):
            self._at += 1
            if isinstance(self._items[self._at - 1], Barline):
                return


def set_words(text: str, items: Sequence[Item], verse: int, in_word: bool, tally: Tally, spot: Spot) -> bool:
    """Set one w: line under the notes of one line of music.

    Args:
        items: notes and bar lines of that line.
        verse: 1 for the first w: line under it.
        in_word: the verse's last syllable before this line ended in a hyphen.

    Returns:
        Whether the line ends inside a word.
    """
    notes = _Staves(items)
    last: Event | None = None
    before = "space"
    for match in _SYLLABLE.finditer(text):
        kind = match.lastgroup or ""
        if kind == "bar":
            notes.next_bar()
        elif kind == "skip" or (kind == "hyphen" and before in ("space", "hyphen", "hold", "bar", "skip")):
            notes.next_note()
        elif kind == "hyphen":
            _join(last, verse)
            in_word = True
        elif kind == "hold":
            notes.next_note()
            _extend(last, verse)
        elif kind == "text":
            last = notes.next_note()
            if last is None:
                tally.add("syllables without a note left out", spot)
            else:
                syllable = plain(match.group().replace("~", " "))
                last.lyrics.append((verse, syllable, "end" if in_word else "single"))
            in_word = False
        before = kind
    return in_word


def _join(event: Event | None, verse: int) -> None:
    """The word goes on after the last syllable."""
    if event is not None and event.lyrics and event.lyrics[-1][0] == verse:
        _, text, place = event.lyrics[-1]
        event.lyrics[-1] = (verse, text, {"single": "begin", "end": "middle"}.get(place, place))


def _extend(event: Event | None, verse: int) -> None:
    if event is not None and event.lyrics and event.lyrics[-1][0] == verse:
        _, text, place = event.lyrics[-1]
        if not place.endswith("+extend"):
            event.lyrics[-1] = (verse, text, place + "+extend")


def set_symbols(text: str, items: Sequence[Item], tally: Tally, spot: Spot) -> list[tuple[Event, str]]:
    """The notes under which an s: line puts a decoration or a text, with it."""
    notes = _Staves(items)
    found: list[tuple[Event, str]] = []
    for match in _SYMBOL.finditer(text):
        if match.lastgroup == "bar":
            notes.next_bar()
        elif match.lastgroup == "skip":
            notes.next_note()
        elif match.lastgroup == "text":
            event = notes.next_note()
            if event is None:
                tally.add("symbols without a note left out", spot)
            else:
                found.append((event, match.group()))
    return found
