"""Sorts a part's Marks for writing: what hangs on which note or rest, what stands between, which spans overlap."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from stretto.score.model import Mark
from stretto.score.musicxml_names import NUMBERED
from stretto.score.musicxml_spans import AUTO_NUMBER
from stretto.score.musicxml_voices import NoteRow
from stretto.score.tally import Tally

ON_NOTES = (
    "fermata", "lyric", "slur", "articulation", "ornament", "technical", "arpeggiate", "breath", "grace-slash",
    "colour",
)  # fmt: skip
BETWEEN = (
    "dynamic", "wedge", "words", "chord-symbol", "figured-bass", "pedal", "octave-shift", "rehearsal", "section",
    "navigation", "comment",
)  # fmt: skip
SPANS = ("wedge", "pedal", "octave-shift", "words")
LINES = ("glissando", "slide", "wavy-line")
"""Ornaments that have an end."""
_LAST_NUMBER = 16


@dataclass(frozen=True, slots=True)
class Sign:
    """A Mark, or one end of it."""

    mark: Mark
    role: str = ""
    """"start" or "stop" of a span; "" = all of it."""
    level: str = ""
    """Number that joins the ends of a span; "" = none is needed."""
    tick: int = 0
    """Where it hangs."""
    identity: str = ""
    """Its `id`, where the level is not the Mark's own number."""

    def end(self, role: str, tick: int) -> Sign:
        """One end of it."""
        identity = f"{self.identity}-{role}" if self.identity else ""
        return replace(self, role=role, tick=tick, identity=identity)


@dataclass(slots=True)
class PartSigns:
    """A part's Marks by what they hang on."""

    on_note: dict[int, list[Sign]] = field(default_factory=dict)
    """By index of the note."""
    on_rest: dict[int, list[Sign]] = field(default_factory=dict)
    """By voice."""
    between: list[Sign] = field(default_factory=list)
    """Directions, by tick; of spans, both ends."""
    at_barline: dict[int, list[Mark]] = field(default_factory=dict)
    splits: dict[int, set[int]] = field(default_factory=dict)
    tuplets: dict[int, list[Mark]] = field(default_factory=dict)


class SignSorter:
    """Finds the place of each Mark of one part."""

    def __init__(self, rows: Sequence[NoteRow], end: int, tally: Tally, label: str) -> None:
        """For the part's notes, and rests up to `end`; what hangs on nothing is counted in `tally`."""
        self._rows = rows
        self._end = end
        self._tally = tally
        self._label = label
        self._by_pitch: dict[int, list[NoteRow]] = {}
        self._graces: dict[tuple[int, int], list[NoteRow]] = {}
        for row in rows:
            if row.grace:
                self._graces.setdefault((row.onset, row.grace), []).append(row)
            else:
                self._by_pitch.setdefault(row.pitch, []).append(row)
        self._ordinary = sorted((row for row in rows if not row.grace), key=lambda row: row.onset)
        self._onsets = [row.onset for row in self._ordinary]
        self._longest = max((row.end - row.onset for row in self._ordinary), default=0)
        self._signs = PartSigns()

    def sort(self, marks: Iterable[Mark]) -> PartSigns:
        """All marks of the part."""
        marks = list(marks)
        levels = _levels(marks)
        for index, mark in enumerate(marks):
            kind = mark.kind
            level = levels.get(index, "")
            moved = (mark.number and level != str(mark.number)) or (not mark.number and level) or mark.end == mark.tick
            sign = Sign(mark, "", level, mark.tick, f"{NUMBERED}{mark.number}-{mark.part + 1}-{index}" if moved else "")
            if kind == "tie-split":
                self._split(mark)
            elif kind == "tuplet":
                self._signs.tuplets.setdefault(mark.voice, []).append(mark)
            elif kind == "fermata" and mark.extra == "barline":
                self._signs.at_barline.setdefault(mark.tick, []).append(mark)
            elif kind in ON_NOTES or (kind == "dynamic" and mark.pitch >= 0):
                self._hang(sign)
            elif kind in BETWEEN:
                self._place(sign)
            else:
                self._lose(mark)
        self._signs.between.sort(key=_order)
        return self._signs

    def _split(self, mark: Mark) -> None:
        row = self._note(mark, mark.tick, mark.pitch, mark.grace)
        if row is None or not row.onset < mark.end < row.end:
            self._lose(mark)
        else:
            self._signs.splits.setdefault(row.index, set()).add(mark.end)

    def _place(self, sign: Sign) -> None:
        mark = sign.mark
        if mark.end < 0 or mark.kind not in SPANS:
            if mark.kind in ("wedge", "pedal", "octave-shift"):
                self._lose(mark)
                return
            self._signs.between.append(Sign(mark, tick=mark.tick))
            return
        self._signs.between.append(sign.end("start", mark.tick))
        self._signs.between.append(sign.end("stop", mark.end))

    def _hang(self, sign: Sign) -> None:
        mark = sign.mark
        role = "start" if mark.end >= 0 and (mark.kind == "slur" or mark.text in LINES) else ""
        if mark.kind == "slur" and not role:
            self._lose(mark)
            return
        if not role:
            self._attach(mark, replace(sign, identity=""), mark.tick, mark.pitch, mark.grace)
            return
        end_grace = int(mark.extra.removeprefix("end-grace ")) if mark.extra.startswith("end-grace ") else 0
        first = self._find(mark, mark.tick, mark.pitch, mark.grace)
        last = self._find(mark, mark.end, mark.end_pitch, end_grace) or self._ending(mark)
        if any(row is None and tick >= self._end for row, tick in ((first, mark.tick), (last, mark.end))):
            self._lose(mark)  # one of its ends would hang where no music is any more
            return
        self._edge(mark, sign.end("start", mark.tick), first)
        self._edge(mark, sign.end("stop", mark.end), last)

    def _edge(self, mark: Mark, sign: Sign, row: NoteRow | None) -> None:
        """Hang one end of a line on its note, or on the rest that the source hangs it on."""
        if row is None:
            self._signs.on_rest.setdefault(mark.voice or 1, []).append(sign)
            return
        place = row.onset if row.grace else min(max(sign.tick, row.onset), row.end - 1)
        self._signs.on_note.setdefault(row.index, []).append(replace(sign, tick=place))

    def _attach(self, mark: Mark, sign: Sign, tick: int, pitch: int, grace: int) -> None:
        row = self._find(mark, tick, pitch, grace)
        if row is not None:
            self._signs.on_note.setdefault(row.index, []).append(sign)
        elif pitch < 0 and mark.kind != "grace-slash":
            self._signs.on_rest.setdefault(mark.voice or 1, []).append(sign)
        else:
            self._lose(mark)

    def _find(self, mark: Mark, tick: int, pitch: int, grace: int) -> NoteRow | None:
        """The note a mark means: the one of its pitch, or the top one that starts at its tick."""
        if pitch >= 0:
            return self._note(mark, tick, pitch, grace)
        if grace:
            return max(self._graces.get((tick, grace), ()), key=lambda row: row.pitch, default=None)
        here = [row for row in self._near(tick) if row.onset <= tick < row.end and _suits(mark, row)]
        starting = [row for row in here if row.onset == tick]
        return max(starting or here, key=lambda row: row.pitch, default=None)

    def _note(self, mark: Mark, tick: int, pitch: int, grace: int) -> NoteRow | None:
        if grace:
            rows = [row for row in self._graces.get((tick, grace), ()) if row.pitch == pitch]
        else:
            rows = [row for row in self._near(tick) if row.pitch == pitch and row.onset <= tick < row.end]
        return min(rows, key=lambda row: (row.voice != mark.voice, row.staff != mark.staff, -row.onset), default=None)

    def _near(self, tick: int) -> list[NoteRow]:
        first = bisect_left(self._onsets, tick - self._longest)
        return self._ordinary[first : bisect_left(self._onsets, tick + 1)]

    def _ending(self, mark: Mark) -> NoteRow | None:
        """The note that ends where a span does, for sources that count its last note in."""
        if mark.end_pitch < 0:
            return None
        rows = [row for row in self._near(mark.end) if row.end == mark.end and row.onset >= mark.tick]
        rows = [row for row in rows if _suits(mark, row) and mark.end_pitch == row.pitch]
        return max(rows, key=lambda row: (row.voice == mark.voice, row.pitch), default=None)

    def _lose(self, mark: Mark) -> None:
        known = mark.kind in ON_NOTES or mark.kind in BETWEEN or mark.kind in ("tie-split", "tuplet")
        what = "marks on no note or rest left out" if known else "marks that MusicXML cannot hold left out"
        self._tally.add(f"{what}: {mark.kind}", self._label)


def _order(sign: Sign) -> tuple[int, int]:
    """What ends comes before what begins, unless it began there too."""
    is_point = sign.mark.end == sign.mark.tick
    return sign.tick, 0 if sign.role == "stop" and not is_point else 2 if sign.role == "stop" else 1


def _suits(mark: Mark, row: NoteRow) -> bool:
    return (not mark.voice or mark.voice == row.voice) and (not mark.staff or mark.staff == row.staff)


def _family(mark: Mark) -> str:
    return mark.text if mark.kind == "ornament" else mark.kind


def _levels(marks: Sequence[Mark]) -> dict[int, str]:
    """Numbers of the spans: their own or none, or one from the top of the range where that is taken."""
    found: dict[int, str] = {}
    families: dict[str, list[tuple[int, Mark]]] = {}
    for index, mark in enumerate(marks):
        if mark.end >= 0 and (mark.kind in (*SPANS, "slur") or mark.text in LINES):
            families.setdefault(_family(mark), []).append((index, mark))
    for family in families.values():
        family.sort(key=lambda item: (item[1].tick, item[1].number == 0, item[1].end))
        taken: list[tuple[int, int, str, Mark]] = []
        for index, mark in family:
            busy = {level or "1" for start, end, level, other in taken if _touch(mark, other, start, end)}
            free = (str(n) for n in range(AUTO_NUMBER, _LAST_NUMBER + 1) if str(n) not in busy)
            own = str(mark.number) if mark.number else ""
            if mark.number >= AUTO_NUMBER or (own or "1") in busy:
                own = next(free, str(_LAST_NUMBER))
            found[index] = own
            taken.append((mark.tick, mark.end, found[index], mark))
            if len(taken) > 64:
                taken = [item for item in taken if item[1] >= mark.tick]
    return found


def _touch(mark: Mark, other: Mark, start: int, end: int) -> bool:
    """Whether two spans overlap so that their ends could be taken for each other's."""
    same = (mark.voice, mark.staff) == (other.voice, other.staff)
    plain = mark.tick < mark.end and start < end
    if same and plain:
        return mark.tick < end and start < mark.end
    return mark.tick <= end and start <= mark.end
