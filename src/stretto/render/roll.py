"""The piano-roll: time from left to right in rows, pitch upwards, each part in its colour, of a piano each hand.

A note begins with a dark edge, so that a struck note and a held one differ; one that comes over from the row above
has none. Fermatas stand over the row.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import numpy as np

from stretto.render.drawing import Drawing
from stretto.render.engrave import MUSIC_FONT
from stretto.render.layout import fermata_span
from stretto.render.music_glyphs import outline
from stretto.render.roll_plan import BLACK_KEYS, NAMES, Plan, Row, colour, lines_of, plan_roll, shares
from stretto.render.verovio_svg import Style, set_line, width_of
from stretto.score.model import UNSPELLED, Score
from stretto.theory.key import pitch_name, tonality_of_signature

WIDTH = 29700
PAGE_HEIGHT = 21000
"""A4, lying."""
MARGIN = 1200
KEYBOARD = 1100
"""Room for the names of pitches, left of the lanes."""
ROW_GAP = 1250
"""Between rows: bar numbers and fermatas stand in it."""

TITLE = Style(size=620)
SUBTITLE = Style(size=340, fill="#555555")
LEGEND = Style(size=340)
BAR_NUMBER = Style(size=300, italic=True, fill="#555555")

FERMATA = "\ue4c0"
FERMATA_SCALE = 0.55
FERMATA_LIFT = 430
"""Over the lanes, clear of the bar numbers."""
FERMATA_INSET = 180
"""Right of the onset, so that it stands over the note."""
ONSET_EDGE = 45
"""Width of the dark edge with which a note begins."""
NOTE_GAP = 18
GRACE_WIDTH = 90
MAX_METERS = 4
"""Metres that the heading names."""

MIN_NAMED_LANE = 200
"""A lane high enough for the names of its notes."""


def draw_roll(score: Score, *, page_height: float | None = None) -> list[Drawing]:
    """Draw a roll, on one sheet as high as it needs, or on pages."""
    plan = plan_roll(score, WIDTH - 2 * MARGIN - KEYBOARD)
    drawings = [Drawing(width=WIDTH, height=0.0, outlines={"E4C0": outline(FERMATA, MUSIC_FONT)})]
    y = _draw_heading(score, drawings[0])
    places = shares(score.notes)
    for row in plan.rows:
        bottom = y + ROW_GAP + plan.row_height
        if page_height and bottom + MARGIN > page_height and len(drawings[-1].body):
            drawings[-1].height = max(page_height, y + MARGIN)
            drawings.append(Drawing(width=WIDTH, height=0.0, outlines=drawings[0].outlines))
            y, bottom = MARGIN, MARGIN + ROW_GAP + plan.row_height
        _RowDrawing(score, plan, row, drawings[-1], y + ROW_GAP, places).draw()
        y = bottom
    drawings[-1].height = max(page_height or 0.0, y + MARGIN)
    return drawings


def _draw_heading(score: Score, drawing: Drawing) -> float:
    """Title, key and metre, and the legend; where they end."""
    group = SubElement(drawing.body, "g", {"class": "heading"})
    y = float(MARGIN)
    if score.info.get("title"):
        y += TITLE.size
        title = " ".join(score.info["title"].split())
        fit = min(1.0, (WIDTH - 2 * MARGIN) / width_of(title, TITLE))
        set_line(title, TITLE.scaled(fit), MARGIN, y, group, drawing)
    y += 1.6 * SUBTITLE.size
    set_line(_describe(score), SUBTITLE, MARGIN, y, group, drawing)
    x = float(MARGIN)
    y += 1.8 * LEGEND.size
    for index, (name, _, _) in enumerate(lines_of(score)):
        width = 500 + width_of(name, LEGEND)
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = float(MARGIN), y + 1.5 * LEGEND.size
        _rect(group, x, y - 240, 360, 240, colour(index))
        set_line(name, LEGEND, x + 460, y, group, drawing)
        x += width + 500
    return y


def _describe(score: Score) -> str:
    key = tonality_of_signature(score.keys[0]) if score.keys else None
    meters = list(dict.fromkeys(f"{meter.numerator}/{meter.denominator}" for meter in score.meters))
    n_bars = sum(bar.number > 0 for bar in score.bars)
    facts = [
        _signs(pitch_name(key.tonic_fifths)) + f" {key.mode}" if key else "",
        ", ".join(meters[:MAX_METERS]) + (" ..." if len(meters) > MAX_METERS else ""),
        f"{n_bars} bar" + ("s" if n_bars != 1 else ""),
        f"{len(score.notes)} notes",
        score.info.get("composer", ""),
    ]
    return "  ·  ".join(fact for fact in facts if fact)


class _RowDrawing:
    """One row while it is drawn."""

    def __init__(
        self, score: Score, plan: Plan, row: Row, drawing: Drawing, top: float, places: list[tuple[int, int]]
    ) -> None:
        self.score, self.plan, self.row, self.drawing = score, plan, row, drawing
        self.top, self.bottom = top, top + plan.row_height
        self.places = places
        self.colours = {(part, staff): colour(line) for line, (_, part, staff) in enumerate(lines_of(score))}
        self.left = MARGIN + KEYBOARD
        self.right = self.x(row.end)
        self.group = SubElement(drawing.body, "g", {"class": "row"})

    def x(self, tick: float) -> float:
        return self.left + (tick - self.row.start) * self.plan.per_tick

    def y(self, pitch: int) -> float:
        """Top of a pitch's lane."""
        return self.top + (self.plan.highest - pitch) * self.plan.lane

    def draw(self) -> None:
        self._draw_lanes()
        self._draw_bars()
        self._draw_notes()
        self._draw_fermatas()

    def _draw_lanes(self) -> None:
        lane = self.plan.lane
        _rect(self.group, self.left, self.top, self.right - self.left, self.plan.row_height, "#ffffff")
        size = min(260.0, 1.15 * lane)
        for pitch in range(self.plan.lowest, self.plan.highest + 1):
            y, tone = self.y(pitch), pitch % 12
            if tone in BLACK_KEYS:
                _rect(self.group, self.left, y, self.right - self.left, lane, "#eeeff3")
            elif tone in (0, 5):  # between B and C, E and F no black key parts the lanes
                _line(self.group, self.left, y + lane, self.right, y + lane, "#bfc2cc" if tone == 0 else "#e0e2e8", 10)
            if tone == 0 or (tone not in BLACK_KEYS and size >= 220):
                name = f"{NAMES[tone]}{pitch // 12 - 1}" if tone == 0 else NAMES[tone]
                style = Style(size=size, bold=tone == 0, anchor="end", fill="#333333" if tone == 0 else "#888888")
                set_line(name, style, self.left - 120, y + lane / 2 + 0.34 * size, self.group, self.drawing)

    def _draw_bars(self) -> None:
        score = self.score
        for index, bar in enumerate(score.bars):
            end = score.bar_end(index)
            if end <= self.row.start or bar.tick >= self.row.end:
                continue
            meter = score.meter_at(bar.tick)
            beat = max(1, meter.bar_ticks // max(1, meter.numerator))
            first = end - beat * ((end - bar.tick) // beat) if bar.number == 0 else bar.tick
            for tick in range(first, end, beat):
                if self.row.start <= tick < self.row.end:
                    self._vertical(tick, "#d4d6de", 8)
            if bar.tick >= self.row.start:
                self._vertical(bar.tick, "#6b6f7a", 18)
                if bar.number > 0:
                    x, y = self.x(bar.tick) + 40, self.top - 90
                    set_line(str(bar.number), BAR_NUMBER, x, y, self.group, self.drawing)
        self._vertical(self.row.end, "#6b6f7a", 18 if self.row.end < score.end else 50)

    def _vertical(self, tick: int, shade: str, width: float) -> None:
        _line(self.group, self.x(tick), self.top, self.x(tick), self.bottom, shade, width)

    def _draw_notes(self) -> None:
        notes = self.score.notes
        ends = notes["onset"] + np.maximum(notes["duration"], 1)
        for index in np.flatnonzero((notes["onset"] < self.row.end) & (ends > self.row.start)):
            self._draw_note(int(index))

    def _draw_note(self, index: int) -> None:
        note = self.score.notes[index]
        onset, duration = int(note["onset"]), int(note["duration"])
        place, n = self.places[index]
        height = self.plan.lane / n
        y = self.y(int(note["pitch"])) + place * height
        part, staff = int(note["part"]), int(note["staff"])
        shade = self.colours.get((part, staff)) or self.colours.get((part, 0)) or self.colours[part, 1]
        group = SubElement(self.group, "g", {"class": "note"})
        if note["grace"]:
            x = max(self.left, self.x(onset) - GRACE_WIDTH)
            _rect(group, x, y + 0.2 * height, 0.6 * GRACE_WIDTH, 0.6 * height, shade)
            return
        begins_here = onset >= self.row.start
        left, right = self.x(max(onset, self.row.start)), self.x(min(onset + duration, self.row.end))
        gap = min(NOTE_GAP, 0.2 * (right - left)) if onset + duration <= self.row.end else 0.0
        inset = min(8.0, 0.08 * height)
        _rect(group, left, y + inset, right - left - gap, height - 2 * inset, shade)
        if begins_here:
            _rect(group, left, y + inset, min(ONSET_EDGE, 0.4 * (right - left)), height - 2 * inset, _dark(shade))
        if n == 1 and self.plan.lane >= MIN_NAMED_LANE and begins_here:
            style = Style(size=0.8 * height, fill="#ffffff")
            name = note_name(int(note["pitch"]), int(note["fifths"]))
            if width_of(name, style) + 2.2 * ONSET_EDGE < right - left - gap:
                set_line(name, style, left + 1.7 * ONSET_EDGE, y + 0.77 * height, group, self.drawing)

    def _draw_fermatas(self) -> None:
        for tick in (tick for tick in held_ticks(self.score) if self.row.start <= tick < self.row.end):
            group = SubElement(self.group, "g", {"class": "fermata"})
            x, y = self.x(tick) + FERMATA_INSET, self.top - FERMATA_LIFT
            place = f"translate({x:.0f}, {y:.0f}) scale({FERMATA_SCALE}, {FERMATA_SCALE})"
            SubElement(group, "use", {"href": "#E4C0", "transform": place})


def held_ticks(score: Score) -> list[int]:
    """Where the music is held: the fermatas of several voices at one rest of it are one."""
    ticks: list[int] = []
    until = -1
    for mark in (mark for mark in score.marks if mark.kind == "fermata"):
        start, end = fermata_span(score, mark)
        if start >= until:
            ticks.append(start)
        until = max(until, end)
    return ticks


def note_name(pitch: int, fifths: int) -> str:
    """Name of a note without its octave: "F♯", "B♭"."""
    return NAMES[pitch % 12] if fifths == UNSPELLED else _signs(pitch_name(fifths))


def _signs(name: str) -> str:
    return name.replace("#", "♯").replace("b", "♭")


def _dark(shade: str) -> str:
    return "#" + "".join(f"{int(int(shade[at : at + 2], 16) * 0.45):02x}" for at in (1, 3, 5))


def _rect(parent: Element, x: float, y: float, width: float, height: float, fill: str) -> None:
    values = {"x": x, "y": y, "width": width, "height": height}
    SubElement(parent, "rect", {**{key: f"{value:.1f}" for key, value in values.items()}, "fill": fill})


def _line(parent: Element, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float) -> None:
    path = f"M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}"
    SubElement(parent, "path", {"d": path, "stroke": stroke, "stroke-width": f"{width:g}", "fill": "none"})
