"""Marks as kern writes them: on notes and rests, on barlines, in lines of their own, in spines beside the notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stretto.score.abc_write_lanes import Lane
from stretto.score.kern_words import LEVEL
from stretto.score.model import Mark, Score
from stretto.score.tally import Tally

_Place = tuple[int, int]
_PerStaff = Callable[[dict[_Place, str], str], str]

_ON_NOTE = {
    ("fermata", ""): ";", ("articulation", "staccato"): "'", ("articulation", "staccatissimo"): "`",
    ("articulation", "tenuto"): "~", ("articulation", "accent"): "^", ("articulation", "strong-accent"): "^^",
    ("articulation", "spiccato"): "s", ("breath", "comma"): ",", ("arpeggiate", ""): ":",
    ("ornament", "trill-mark"): "T", ("ornament", "inverted-mordent"): "M", ("ornament", "mordent"): "W",
    ("ornament", "turn"): "S", ("ornament", "inverted-turn"): "$", ("technical", "up-bow"): "v",
    ("technical", "down-bow"): "u", ("technical", "harmonic"): "o", ("technical", "pizzicato"): '"',
}  # fmt: skip
_SPANS = {
    ("pedal", ""): ("*ped", "*Xped"), ("octave-shift", "8"): ("*8va", "*X8va"),
    ("octave-shift", "-8"): ("*8ba", "*X8ba"), ("octave-shift", "15"): ("*15ma", "*X15ma"),
    ("octave-shift", "-15"): ("*15ba", "*X15ba"),
}  # fmt: skip
_WEDGES = {"crescendo": ("<", "["), "diminuendo": (">", "]")}
_SHAPE = {(True, True): "{}", (True, False): "{}-", (False, False): "-{}-", (False, True): "-{}"}
_PLACES = {"single": (True, True), "begin": (True, False), "middle": (False, False), "end": (False, True)}


class SignSheet:
    """A score's marks, sorted to where they are typed."""

    def __init__(self, score: Score, lanes: dict[_Place, list[Lane]], tally: Tally) -> None:
        """Sort them; what has no place in kern is counted."""
        self._score = score
        self._lanes = lanes
        self._tally = tally
        self._notes: dict[int, list[tuple[int, str]]] = {}
        self._graces: dict[tuple[int, int, int], list[str]] = {}
        self._rests: dict[int, list[tuple[int, str]]] = {}
        self._barlines: dict[tuple[int, int], str] = {}
        self._splits: dict[int, set[int]] = {}
        self._texts: dict[_Place, dict[int, dict[int, str]]] = {}
        self._dynamics: dict[_Place, dict[int, list[str]]] = {}
        self._starts: dict[int, list[tuple[str, _Place, str]]] = {}
        self._ends: dict[int, list[tuple[_Place, str]]] = {}
        for mark in score.marks:
            if not self._take(mark):
                what = f"{mark.kind} {mark.text.partition(':')[0]}" if mark.kind == "technical" else mark.kind
                tally.add(f"marks left out: {what}", score.place(mark.tick, mark.part))
        self._verses = {place: sorted(found) for place, found in self._texts.items()}

    # ---- asked by the writer -------------------------------------------------------------------------

    def spines(self, place: _Place) -> list[str]:
        """Kinds of the spines to the right of a staff's notes."""
        return ["**text"] * len(self._verses.get(place, ())) + ["**dynam"] * (place in self._dynamics)

    def ticks(self) -> set[int]:
        """Where something stands that may need a row of its own."""
        found = {*self._starts, *self._ends}
        for verses in self._texts.values():
            for verse in verses.values():
                found.update(verse)
        for dynamics in self._dynamics.values():
            found.update(dynamics)
        return found

    def beside(self, tick: int, place: _Place) -> list[str]:
        """Cells of the spines beside a staff."""
        texts = self._texts.get(place, {})
        cells = [texts[verse].get(tick, ".") for verse in self._verses.get(place, ())]
        if place in self._dynamics:
            cells.append(" ".join(self._dynamics[place].get(tick, ())) or ".")
        return cells

    def on_notes(self, lane: Lane, begin: int, end: int) -> list[str]:
        """Signs of the notes struck or tied at `begin`."""
        return [sign for tick, sign in self._notes.get(id(lane), ()) if begin <= tick < end]

    def on_rest(self, lane: Lane, begin: int, end: int) -> list[str]:
        """Signs of a rest."""
        return [sign for tick, sign in self._rests.get(id(lane), ()) if begin <= tick < end]

    def on_grace(self, lane: Lane, tick: int, number: int) -> list[str]:
        """Signs of a grace note; "slash" is its stroke."""
        return self._graces.get((id(lane), tick, number), [])

    def on_barline(self, tick: int, part: int) -> str:
        """What a part's barline carries."""
        return self._barlines.get((tick, part), "")

    def splits(self, lane: Lane, begin: int, end: int) -> list[int]:
        """Where the source ties inside a stretch."""
        return sorted(tick for tick in self._splits.get(id(lane), ()) if begin < tick < end)

    def starts(self, tick: int, row: _PerStaff) -> Iterator[str]:
        """Rows before the notes at a tick: directions and starts of lines."""
        for kind, place, cell in self._starts.get(tick, ()):
            yield cell if kind == "!!" else row({place: cell}, kind)

    def ends(self, tick: int, row: _PerStaff) -> Iterator[str]:
        """Rows after the notes before a tick: ends of lines."""
        for place, cell in self._ends.get(tick, ()):
            yield row({place: cell}, "*")

    # ---- sorting -------------------------------------------------------------------------------------

    def _take(self, mark: Mark) -> bool:
        kind = mark.kind
        if kind == "section":
            return True
        if kind == "tie-split":
            return self._split(mark)
        if kind == "lyric":
            return self._lyric(mark)
        if kind == "words":
            return self._words(mark)
        if kind in ("dynamic", "wedge"):
            return self._dynamic(mark)
        if kind in ("pedal", "octave-shift"):
            return self._span(mark)
        if kind == "slur":
            return self._slur(mark)
        if kind == "grace-slash":
            return self._hang(mark, mark.tick, mark.pitch, mark.grace, "slash")
        if kind == "fermata" and mark.extra == "barline":
            self._barlines[mark.tick, mark.part] = ";"
            return True
        sign = _ON_NOTE.get((kind, "" if kind == "fermata" else mark.text))
        return sign is not None and self._hang(mark, mark.tick, mark.pitch, mark.grace, sign)

    def _lane(self, mark: Mark, tick: int, pitch: int, grace: int) -> Lane | None:
        """The lane of the note a mark hangs on; of a rest, the one of its voice."""
        lanes = [lane for (part, _), found in self._lanes.items() if part == mark.part for lane in found]
        own = [lane for lane in lanes if lane.voice == mark.voice and mark.staff in (0, lane.staff)]
        if pitch >= 0:
            holding = [lane for lane in [*own, *lanes] if lane.head_at(tick, pitch, grace)]
            return holding[0] if holding else None
        return next(iter([*own, *lanes]), None)

    def _hang(self, mark: Mark, tick: int, pitch: int, grace: int, sign: str) -> bool:
        lane = self._lane(mark, tick, pitch, grace)
        if lane is None:
            return False
        if grace:
            self._graces.setdefault((id(lane), tick, grace), []).append(sign)
        elif lane.chord_at(tick) is not None:
            signs = self._notes.setdefault(id(lane), [])
            if (tick, sign) not in signs or sign in "()":
                signs.append((tick, sign))
            else:
                self._tally.add("signs on several notes of a chord written once", self._score.place(tick, mark.part))
        elif sign in ";,":
            self._rests.setdefault(id(lane), []).append((tick, sign))
        else:
            return False
        return True

    def _slur(self, mark: Mark) -> bool:
        grace = int(mark.extra.removeprefix("end-grace ")) if mark.extra.startswith("end-grace ") else 0
        if mark.end < 0 or self._lane(mark, mark.end, mark.end_pitch, grace) is None:
            return False
        first = self._hang(mark, mark.tick, mark.pitch, mark.grace, "(")
        return first and self._hang(mark, mark.end, mark.end_pitch, grace, ")")

    def _split(self, mark: Mark) -> bool:
        lane = self._lane(mark, mark.tick, mark.pitch, 0)
        if lane is None:
            return False
        self._splits.setdefault(id(lane), set()).add(mark.end)
        return True

    def _staff(self, mark: Mark) -> _Place:
        place = (mark.part, max(1, mark.staff))
        return place if place in self._lanes else next(iter(self._lanes))

    def _lyric(self, mark: Mark) -> bool:
        text = " ".join(mark.text.replace("‿", "~").split())
        if not text or mark.part < 0:
            return False
        syllabic, _, extend = mark.extra.partition("+")
        cell = _SHAPE[_PLACES.get(syllabic, (True, True))].format(text) + ("_" if extend else "")
        verse = self._texts.setdefault(self._staff(mark), {}).setdefault(mark.number or 1, {})
        if cell == "." or mark.tick in verse:
            return False
        verse[mark.tick] = cell
        return True

    def _words(self, mark: Mark) -> bool:
        text = re.sub(r"[\t\r\n]+", " ", mark.text).strip().replace(":", "&colon;")
        if not text or mark.end >= 0 or mark.tick > self._score.end:
            return False
        side = "b:" if mark.extra == "below" else "a:" if mark.extra == "above" else ""
        kind, cell = ("!", f"!LO:TX:{side}t={text}") if mark.part >= 0 else ("!!", f"!!LO:TX:{side}t={text}")
        self._starts.setdefault(mark.tick, []).append((kind, self._staff(mark), cell))
        return True

    def _dynamic(self, mark: Mark) -> bool:
        if mark.part < 0 or (mark.kind == "wedge" and (mark.end < 0 or mark.text not in _WEDGES)):
            return False
        if mark.tick >= self._score.end or mark.end > self._score.end:
            return False
        if mark.kind == "dynamic" and not LEVEL.match(mark.text):
            # Other programs know levels only; a parenthesis or "sempre" would be lost in this spine.
            written = any(map(str.isalpha, mark.text)) and self._words(mark)
            if written:
                self._tally.add("dynamics written as words", f'"{mark.text}", {self._score.place(mark.tick)}')
            return written
        cells = self._dynamics.setdefault(self._staff(mark), {})
        if mark.kind == "dynamic":
            cells.setdefault(mark.tick, []).append(mark.text)
            return True
        opening, closing = _WEDGES[mark.text]
        cells.setdefault(mark.tick, []).append(opening)
        # A hairpin to the very end has no row left to end in, and ends with its spine.
        if mark.end < self._score.end:
            cells.setdefault(mark.end, []).insert(0, closing)
        return True

    def _span(self, mark: Mark) -> bool:
        cells = _SPANS.get((mark.kind, mark.text))
        if cells is None or mark.end < 0 or mark.part < 0:
            return False
        place = self._staff(mark)
        self._starts.setdefault(mark.tick, []).append(("*", place, cells[0]))
        self._ends.setdefault(mark.end, []).append((place, cells[1]))
        return mark.tick < self._score.end
