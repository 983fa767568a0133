"""Where the marks of a Score go in ABC: before a note, between notes, under a line; what has no place is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stretto.score.abc_names import DYNAMICS, NAVIGATION, NOTE_DECORATIONS, PRINTED, TYPED_DYNAMICS, WEDGES
from stretto.score.abc_notes import is_chord_symbol
from stretto.score.abc_text import escaped
from stretto.score.abc_write_lanes import Lane
from stretto.score.model import Mark, Score
from stretto.score.tally import Tally

_DECORATION = {(kind, text): name for name, (kind, text) in reversed(NOTE_DECORATIONS.items())}
_SHORT = {"staccato": ".", "upbow": "u", "downbow": "v", "trill": "T"}
_NAVIGATION = {text: name for name, text in NAVIGATION.items() if name not in PRINTED}
_OF_PRINTED = {words: name for name, words in PRINTED.items()}
_WEDGES = {text: name for name, text in WEDGES.items()}

Place = tuple[int, int, int]
"""Tick, sounding pitch and grace of a note head."""


@dataclass(slots=True)
class LaneSigns:
    """Everything that one V: types besides its notes."""

    on_head: dict[Place, list[str]] = field(default_factory=dict)
    on_event: dict[int, list[str]] = field(default_factory=dict)
    """Texts and signs before whatever starts at the tick."""
    opening: dict[int, list[str]] = field(default_factory=dict)
    """Inline fields and signs between notes, after a bar line at that tick."""
    closing: dict[int, list[str]] = field(default_factory=dict)
    """The same, before a bar line at that tick."""
    slur_opens: dict[Place, int] = field(default_factory=dict)
    slur_closes: dict[Place, int] = field(default_factory=dict)
    lyrics: dict[int, dict[int, tuple[str, str]]] = field(default_factory=dict)
    """Verse -> tick -> syllable and its place in the word."""
    slashed: set[tuple[int, int]] = field(default_factory=set)
    """Tick and place of acciaccaturas."""
    brackets: list[tuple[int, int, int, int]] = field(default_factory=list)
    cuts: set[int] = field(default_factory=set)
    """Ticks at which something must begin, if need be by tying a note."""


class SignWriter:
    """Gives every mark of a score to a lane."""

    def __init__(self, score: Score, lanes: list[Lane], tally: Tally) -> None:
        """Nothing placed yet."""
        self._score = score
        self._lanes = lanes
        self._tally = tally
        self.signs = [LaneSigns() for _ in lanes]

    def place_marks(self) -> None:
        """Place all marks of the score."""
        for mark in self._score.marks:
            if mark.kind == "slur":
                self._slur(mark)
            elif mark.kind in ("lyric", "grace-slash") or (mark.kind, mark.text) in _DECORATION:
                self._note_mark(mark)
            else:
                self._direction(mark)
        for lane, signs in zip(self._lanes, self.signs, strict=True):
            self._check_slurs(lane, signs)

    def _lost(self, mark: Mark, why: str = "that ABC has no sign for left out") -> None:
        name = (
            f"{mark.kind} {mark.text}"
            if mark.kind in ("articulation", "ornament", "technical", "breath")
            else mark.kind
        )
        self._tally.add(f"{name.split(':')[0]} marks {why}", self._score.place(max(mark.tick, 0), mark.part))

    # ---- marks on notes ------------------------------------------------------------------------------

    def _lane(self, mark: Mark, tick: int, pitch: int, grace: int) -> int | None:
        """The lane with the note that a mark hangs on: of its voice, else of its part."""
        mine = [i for i, lane in enumerate(self._lanes) if lane.part == mark.part]
        mine.sort(key=lambda i: (self._lanes[i].voice != mark.voice, self._lanes[i].staff != mark.staff))
        return next((i for i in mine if self._lanes[i].head_at(tick, pitch, grace)), None)

    def _note_mark(self, mark: Mark) -> None:
        if mark.pitch < 0 and not mark.grace:
            self._on_rest(mark)
            return
        index = self._lane(mark, mark.tick, mark.pitch, mark.grace)
        if index is None:
            self._lost(mark, "on no note left out")
            return
        signs, place = self.signs[index], (mark.tick, mark.pitch, mark.grace)
        if mark.kind == "grace-slash":
            signs.slashed.add((mark.tick, mark.grace))
            return
        signs.cuts.add(mark.tick)
        if mark.kind == "lyric":
            self._lyric(mark, index)
        else:
            signs.on_head.setdefault(place, []).append(self._decoration(mark))

    def _on_rest(self, mark: Mark) -> None:
        index = self._first_lane(mark)
        if mark.kind in ("lyric", "grace-slash"):
            self._lost(mark, "on no note left out")
            return
        self.signs[index].on_event.setdefault(mark.tick, []).append(self._decoration(mark))
        self.signs[index].cuts.add(mark.tick)

    def _decoration(self, mark: Mark) -> str:
        name = _DECORATION[mark.kind, mark.text]
        if name == "fermata" and "inverted" in mark.extra:
            name = "invertedfermata"
        return _SHORT.get(name) or f"!{name}!"

    def _lyric(self, mark: Mark, index: int) -> None:
        verse = max(1, mark.number)
        text = escaped(mark.text)
        if not text or verse > 99:
            self._lost(mark, "without text left out")
            return
        line = self.signs[index].lyrics.setdefault(verse, {})
        if mark.tick in line:
            self._lost(mark, "that share a note and a verse left out")
            return
        text = text.replace("~", r"\u007e").replace(" ", "~")
        line[mark.tick] = (re.sub(r"([-_*|])", r"\\\1", text), mark.extra)

    def _slur(self, mark: Mark) -> None:
        found = re.search(r"end-grace (\d+)", mark.extra)
        end_grace = int(found.group(1)) if found else 0
        start = self._lane(mark, mark.tick, mark.pitch, mark.grace)
        stop = self._lane(mark, mark.end, mark.end_pitch, end_grace)
        if start is None or start != stop:
            self._lost(mark, "between different voices left out")
            return
        if (mark.tick, mark.grace) == (mark.end, end_grace):
            self._lost(mark, "that end where they begin left out")
            return
        signs = self.signs[start]
        opened, closed = (mark.tick, mark.pitch, mark.grace), (mark.end, mark.end_pitch, end_grace)
        signs.slur_opens[opened] = signs.slur_opens.get(opened, 0) + 1
        signs.slur_closes[closed] = signs.slur_closes.get(closed, 0) + 1
        signs.cuts |= {mark.tick, mark.end}

    def _check_slurs(self, lane: Lane, signs: LaneSigns) -> None:
        """ABC's slurs nest; count those that end before one begun later."""
        spans = sorted((m.tick, m.end) for m in self._score.marks if self._is_slur_of(m, lane))
        open_ends: list[int] = []
        for start, end in spans:
            open_ends = [stop for stop in open_ends if stop > start]
            crossed = sum(stop < end for stop in open_ends)
            if crossed:
                self._tally.add("slurs that cross read back as nested", self._score.place(start, lane.part), crossed)
            open_ends.append(end)

    def _is_slur_of(self, mark: Mark, lane: Lane) -> bool:
        return mark.kind == "slur" and (mark.part, mark.voice, mark.staff) == (lane.part, lane.voice, lane.staff)

    # ---- marks of a staff or of the whole score ------------------------------------------------------

    def _first_lane(self, mark: Mark) -> int:
        mine = [i for i, lane in enumerate(self._lanes) if lane.part == mark.part]
        on_staff = [i for i in mine if self._lanes[i].staff == (mark.staff or self._lanes[i].staff)]
        in_voice = [i for i in on_staff if self._lanes[i].voice == mark.voice]
        return (in_voice or on_staff or mine or [0])[0]

    def _direction(self, mark: Mark) -> None:
        signs = self.signs[self._first_lane(mark)]
        if mark.kind == "wedge" and mark.text in _WEDGES and mark.end > mark.tick:
            name = _WEDGES[mark.text]
            self.between(signs.opening, mark.tick, f"!{name}!", signs)
            self.between(signs.closing, mark.end, f"!{name[:-1]})!", signs)
        elif mark.kind == "navigation" and mark.text in _NAVIGATION:
            name = _OF_PRINTED.get(mark.extra, _NAVIGATION[mark.text])
            self.between(signs.opening, mark.tick, f"!{name}!", signs)
            if mark.extra not in _OF_PRINTED and mark.extra not in ("", "above", "below"):
                self._lost(mark, "lose the words printed with them")
        elif mark.kind == "rehearsal":
            self.between(signs.opening, mark.tick, f"[P:{_inline(mark.text)}]", signs)
        elif mark.kind == "tuplet" and (found := re.fullmatch(r"(\d{1,2}):(\d{1,2})", mark.text)):
            signs.brackets.append((mark.tick, mark.end, int(found.group(1)), int(found.group(2))))
        elif (text := self._text(mark)) is not None:
            signs.on_event.setdefault(mark.tick, []).append(text)
            signs.cuts.add(mark.tick)
        else:
            self._lost(mark)

    def between(self, table: dict[int, list[str]], tick: int, text: str, signs: LaneSigns) -> None:
        """Put an inline field or sign between notes."""
        table.setdefault(tick, []).append(text)
        signs.cuts.add(tick)

    def _text(self, mark: Mark) -> str | None:
        quoted = escaped(mark.text).replace('"', r"\u0022")
        if mark.kind == "dynamic" and mark.text in DYNAMICS:
            return f"!{mark.text}!"
        if mark.kind == "dynamic" and quoted:
            if mark.text not in TYPED_DYNAMICS:
                self._lost(mark, "that ABC has no sign for written as words")
            return f'"_{quoted}"'
        if mark.kind == "words" and quoted:
            if mark.end >= 0:
                self._lost(mark, "that lose how far they reach")
            return f'"{ {"above": "^", "below": "_"}.get(mark.extra.split(" ")[0], "@") }{quoted}"'
        if mark.kind == "chord-symbol" and quoted:
            if not is_chord_symbol(mark.text):
                self._lost(mark, "that do not look like a chord will read as words")
            return f'"{quoted}"'
        return None


def _inline(text: str) -> str:
    return escaped(text).replace("[", "(").replace("]", ")")
