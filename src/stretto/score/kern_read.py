"""Humdrum **kern in: a file's bytes to a Score.

Spines are walked once, row by row. What stands between two rows of notes (barlines, key
signatures, directions) waits until the next row has its time. Repeats and expansion
labels are kept as written. Times are exact until the very end, then rounded to ticks.
"""

from __future__ import annotations

import re
from fractions import Fraction

from stretto.errors import ScoreReadError
from stretto.score.foreign import refuse_foreign
from stretto.score.kern_bars import BarBook
from stretto.score.kern_frame import FrameBook
from stretto.score.kern_notes import NoteBook, Sign
from stretto.score.kern_parts import Layout, Records, SpineHead, decoration, lay_out, own_signs
from stretto.score.kern_place import KernGrid, Placing
from stretto.score.kern_signs import meter
from stretto.score.kern_spines import Exact, Lane, Row, Spine, decode, rows
from stretto.score.kern_time import Clock
from stretto.score.kern_token import Token, parse_token
from stretto.score.kern_words import WordBook
from stretto.score.model import TICKS_PER_WHOLE, Score
from stretto.score.tally import Tally, once

_MANIPULATION = re.compile(r"\*(?:\^|v|x|\+|-)?$")
_LAYOUT_ONLY = re.compile(
    r"\*(?:X?(?:tuplet|brackettup|tremolo|rep|above|below|staff\d|kcancel|beamtup|cue|ij|tupbreak|Xkcancel)"
    r"|custos|xywh|k\[?cancel|stria|null|par[t ]|group|verse|v:|I|(?:all|\d+)[\\/]|m(?:I|met|clef|k\[|M))"
)
"""Interpretations about the page, the facsimile or the modernised edition: nothing that sounds or is read."""


def read_kern(data: bytes, name: str) -> Score:
    """Read a Humdrum file with **kern spines.

    Args:
        data: the file's bytes.
        name: what messages call it.

    Raises:
        ScoreReadError: no **kern spine, a row with a wrong number of fields, or spines that are not ended.
    """
    refuse_foreign(data, name, "a Humdrum file")
    text, legacy = decode(data)
    if "\0" in text:
        raise ScoreReadError(f"{name}: holds zero bytes, so it is no text; name a Humdrum file")
    reading = _Reading(name, text)
    if legacy:
        reading.tally.add("text that is not UTF-8 taken for Latin-1")
    for row in rows(text, name):
        reading.take(row)
    return reading.score()


def _free(item: tuple[Lane, Token]) -> Exact:
    return item[0].free


class _Reading:
    """One file on its way to a Score."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.tally = Tally()
        self._grid = KernGrid(name, self.tally)
        self._records = Records()
        self._clock = Clock(self.tally)
        self._notes = NoteBook(self.tally, own_signs(text))
        self._decoration = decoration(text)
        self._frame = FrameBook(self.tally)
        self._bars = BarBook()
        self._words: WordBook | None = None
        self._heads: dict[int, SpineHead] = {}
        self._pending: list[Row] = []
        self._bar_start: Exact = 0
        self._full_bar = 0
        self._lanes: list[Lane] = []

    def take(self, row: Row) -> None:
        """Read one line."""
        first = row.cells[0]
        if not row.lanes:
            self._about_the_file(row)
        elif first.startswith("**"):
            self._begin(row)
        elif first[:1] in ("*", "="):
            self._pending.append(row)
        elif first[:1] == "!":
            if any(cell.startswith("!LO:TX") for cell in row.cells):
                self._pending.append(row)
        else:
            self._data(row)

    def score(self) -> Score:
        """Everything read, rounded to ticks."""
        end = self._clock.end(self._lanes)
        self._settle(self._clock.now, end, [], [])
        assert self._words is not None
        self._notes.finish()
        self._words.finish(end)
        layout = self._lay_out()
        if layout.joined_by_guess:
            self.tally.add("two spines taken for the staves of one keyboard")
        total = self._grid.tick(end)
        meters = self._frame.meters()
        bars = self._bars.bars(meters, total)
        placed = Placing(layout, self._grid, self._notes.notes)
        notes = placed.table()
        signs = (*self._notes.signs, *self._words.signs)
        marks = [*placed.marks(signs), *placed.tie_splits({bar.tick for bar in bars})]
        return Score.build(
            notes,
            layout.parts(),
            end=total,
            bars=bars,
            meters=meters,
            keys=self._frame.keys(layout),
            tempos=self._frame.tempos(),
            clefs=self._frame.clefs(layout),
            marks=once(marks, self.tally),
            info=self._records.info(self.tally),
            notices=self.tally.notices(),
        )

    def _about_the_file(self, row: Row) -> None:
        content = row.cells[0]
        if content.startswith("!!!"):
            if content.startswith("!!!OMD:"):
                self._pending.append(row)
            else:
                self._records.take(content)
        elif content.startswith("!!LO:TX"):
            self._pending.append(row)

    def _begin(self, row: Row) -> None:
        """The row of exclusive interpretations."""
        kern = [lane.spine for lane in row.lanes if lane.spine.kind == "**kern"]
        if not kern:
            raise ScoreReadError(
                f"{self.name}, line {row.line}: has no **kern spine but {row.cells[0]}; name a file with **kern"
            )
        self._heads = {spine.index: SpineHead(spine.index) for spine in kern}
        self._words = WordBook([lane.spine for lane in row.lanes], self.tally)

    def _data(self, row: Row) -> None:
        """A row of notes, or of words between two rows of notes."""
        kern = [lane for lane in row.lanes if lane.spine.kind == "**kern"]
        tokens: list[tuple[Lane, Token]] = []
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            if cell != "." and lane.spine.kind == "**kern":
                token = parse_token(cell)
                if token.sounds or token.duration:
                    tokens.append((lane, token))
                else:
                    self.tally.add("cells that are neither note nor rest left out", f'line {row.line}, "{cell[:30]}"')
        if not tokens:
            self._pending.append(row)
            return
        before = self._clock.now
        at_bar = any(pending.cells[0][:1] == "=" for pending in self._pending)
        full = self._bar_start + self._full_bar if at_bar and self._full_bar else None
        # A grace in a voice that still holds a note says nothing about the time; the notes of the row do.
        waiting = [lane for lane, token in tokens if not token.grace] or [min(tokens, key=_free)[0]]
        onset = self._clock.place(waiting, kern, full, row.line)
        self._settle(before, onset, waiting, kern)
        if len(self._notes.staves) != len(self._heads):
            self._notes.know(self._lay_out())
        for lane, token in tokens:
            self._notes.add(lane, token, onset, row.line)
        self._clock.advance(passed=any(token.duration for _, token in tokens))
        self._lanes = kern
        if len(kern) < len(row.lanes):
            self._beside(row, onset)

    def _lay_out(self) -> Layout:
        return lay_out(self._heads.values(), self._decoration)

    def _beside(self, row: Row, time: Exact) -> None:
        """The cells of the spines that are not **kern."""
        assert self._words is not None
        at: dict[int, tuple[Token, int]] = {}
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            if lane.spine.kind == "**kern" and cell != ".":
                token = parse_token(cell)
                at.setdefault(lane.spine.index, (token, lane.graces if token.grace else 0))
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            if lane.spine.kind != "**kern" and cell not in (".", ""):
                self._words.cell(lane, cell, time, at, row.line)

    def _settle(self, before: Exact, onset: Exact, waiting: list[Lane], lanes: list[Lane]) -> None:
        """Give a time to all that waits between the rows at `before` and `onset`."""
        pending, self._pending = self._pending, []
        boundary = onset
        if any(row.lanes and row.cells[0][:1] == "=" for row in pending):
            boundary = self._barline_time(before, onset, waiting, lanes)
        n_between = 1 + sum(1 for row in pending if row.lanes and row.cells[0][:1] not in "*=!")
        place = 0
        for row in pending:
            first = row.cells[0][:1]
            if not row.lanes:
                self._global_words(row, boundary)
            elif first == "*":
                self._interpretations(row, boundary)
            elif first == "=":
                self._bar_start = boundary
                self._bars.barline(self._grid.tick(boundary), row.cells[-1] if len(row.cells[-1]) > 1 else row.cells[0])
                self._fermata_on_bar(row, boundary)
            elif first == "!":
                self._comments(row, boundary)
            else:
                place += 1
                self._beside(row, before + Fraction(boundary - before) * place / n_between)

    def _barline_time(self, before: Exact, onset: Exact, waiting: list[Lane], lanes: list[Lane]) -> Exact:
        """Where a barline stands: at the next row, or inside held notes that cross it without a tie."""
        due = self._bar_start + self._full_bar
        if -1 < due - onset < 1 and any(lane.free == due for lane in lanes):
            return due  # an ornament's odd tuplet runs over the barline
        crossing = any(lane.free > onset for lane in lanes if lane not in waiting)
        return due if self._full_bar and before < due < onset and crossing else onset

    def _fermata_on_bar(self, row: Row, time: Exact) -> None:
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            spine = lane.spine.index
            top = all(spine > other for other in self._notes.staves.get(spine, ()))
            if ";" in cell and lane.spine.kind == "**kern" and lane.voice == 1 and top:
                self._notes.signs.append(Sign("fermata", time, lane.spine.index, rest={"extra": "barline"}))

    def _interpretations(self, row: Row, time: Exact) -> None:
        assert self._words is not None
        tick = self._grid.tick(time)
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            if _MANIPULATION.match(cell):
                continue
            if cell == "**kern":
                self._heads.setdefault(lane.spine.index, SpineHead(lane.spine.index))
            if cell.startswith("*>"):
                if lane.voice == 1:
                    self._label(cell, tick, lane.spine)
            elif lane.spine.kind != "**kern":
                continue
            elif self._frame.take(cell, lane.spine.index, tick):
                if (numbers := meter(cell)) is not None:
                    self._full_bar = numbers[0] * TICKS_PER_WHOLE // numbers[1]
                if cell.startswith("*clefX"):
                    self._heads[lane.spine.index].percussion = True
            elif not self._head(lane.spine, cell) and not self._words.span(cell, lane.spine.index, time):
                self._unknown(cell, row.line)

    def _head(self, spine: Spine, cell: str) -> bool:
        head = self._heads.setdefault(spine.index, SpineHead(spine.index))
        return head.take(cell)

    def _unknown(self, cell: str, line: int) -> None:
        if cell.startswith("*rscale"):
            self.tally.add("notes drawn at another value than they last (*rscale)", f"line {line}")
        elif cell.startswith(("*lig", "*Xlig", "*col", "*Xcol")):
            self.tally.add("brackets of ligatures and coloration left out", f"line {line}")
        elif not _LAYOUT_ONLY.match(cell):
            self.tally.add("interpretations that are not known left out", f'line {line}, "{cell[:30]}"')

    def _label(self, cell: str, tick: int, spine: Spine) -> None:
        """Sections (*>A) and the order to play them in (*>[A,A,B]); one spine speaks for all."""
        if spine.index != min(self._heads):
            return
        if cell.startswith("*>["):
            self._records.all.setdefault("expansion", cell[3:].rstrip("]"))
        elif not cell.startswith("*>norep"):
            self._bars.labels.append((tick, cell))
            self._notes.signs.append(Sign("section", tick, -1, rest={"text": cell[2:]}))

    def _comments(self, row: Row, time: Exact) -> None:
        assert self._words is not None
        for lane, cell in zip(row.lanes, row.cells, strict=True):
            if len(cell) > 1:
                self._words.direction(cell[1:], self._words.owner(lane.spine), time)

    def _global_words(self, row: Row, time: Exact) -> None:
        content = row.cells[0]
        if content.startswith("!!LO:TX") and self._words is not None:
            self._words.direction(content[2:], -1, time)
        elif content.startswith("!!!OMD:") and (text := content.partition(":")[2].strip()):
            self._notes.signs.append(Sign("words", time, -1, rest={"text": text, "extra": "above"}))
