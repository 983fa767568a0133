"""Pictures of one piece: what comes back in it, its keys over time, and where the network was surprised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from stretto.render.markup import line, node, picture, rect, text
from stretto.render.roll_plan import BLACK_KEYS, NAMES, plan_roll
from stretto.report.form import Form
from stretto.report.raster import heat_uri
from stretto.report.surprise import Surprise
from stretto.score.model import Score

WIDTH = 900.0
SIDE = 360.0
LEFT, FOOT = 34.0, 22.0
LANE = 5.2
BAR_ROOM = 44.0
"""Height of the bars of surprise under a row of the roll."""
ROW_GAP = 26.0
MAX_ROWS = 14

NATS = (0.0, 1.0, 2.5, 5.0)
"""Where the colours of surprise change: a note foreseen surely, e^-1, one in twelve, one in 150."""
COLOURS = ((0x9F, 0xB6, 0xCC), (0x5B, 0x8F, 0xA8), (0xE3, 0xA0, 0x2F), (0xB0, 0x1E, 0x2E))


def nats_colour(nats: float) -> str:
    """From pale blue, foreseen, to red, not foreseen."""
    channels = [np.interp(nats, NATS, [colour[i] for colour in COLOURS]) for i in range(3)]
    return "#" + "".join(f"{round(float(channel)):02x}" for channel in channels)


def draw_form(score: Score, form: Form, says: str) -> Element:
    """The self-similarity matrix, time from left to right and from top to bottom, sections by letters."""
    n = len(form.alike_KK)
    scale = SIDE / max(1, n * form.moment)
    image = node("image", href=heat_uri(form.alike_KK**2), x=LEFT, y=FOOT, width=SIDE, height=SIDE, class_="cells")
    image.set("preserveAspectRatio", "none")
    drawn = [image]
    for section in form.sections:
        start, end = LEFT + section.start * scale, LEFT + min(section.end, n * form.moment) * scale
        drawn.append(text((start + end) / 2, FOOT - 7, section.letter, "letter", "middle"))
        if section.start:
            drawn += [line(start, FOOT, start, FOOT + SIDE, "cut")]
            drawn += [line(LEFT, FOOT + start - LEFT, LEFT + SIDE, FOOT + start - LEFT, "cut")]
    for tick, number in _numbered(score, 8):
        drawn.append(text(LEFT - 6, FOOT + tick * scale + 10, str(number), "tick", "end"))
    return picture(LEFT + SIDE + 4, FOOT + SIDE + 4, says, *drawn, class_="form")


def _numbered(score: Score, at_most: int) -> list[tuple[int, int]]:
    """(tick, number) of bars that a scale names."""
    bars = [bar for bar in score.bars if bar.number > 0]
    step = next(s for s in (1, 2, 4, 5, 10, 20, 50, 100, 500, 5000) if len(bars) / s <= at_most or s == 5000)
    return [(bar.tick, bar.number) for bar in bars if bar.number % step == 0 or bar.number == 1]


@dataclass(frozen=True, kw_only=True)
class KeyStretch:
    """A stretch in one key."""

    start: int
    end: int
    """Ticks."""
    name: str
    fifths: int
    """Of its signature: sharps, or flats below 0."""
    minor: bool


def draw_keys(score: Score, stretches: Sequence[KeyStretch], says: str) -> Element:
    """Keys over time: higher = more sharps; relatives stand on one line, minor ones in the paler colour."""
    levels = range(min(s.fifths for s in stretches), max(s.fifths for s in stretches) + 1)
    top, step = 6.0, 24.0
    scale = (WIDTH - LEFT - 8) / max(1, score.end)
    height = top + step * len(levels)
    drawn: list[Element] = []
    for level in levels:
        y = top + (levels[-1] - level) * step + step / 2
        drawn.append(line(LEFT, y, WIDTH - 8, y, "grid"))
        sign = f"{abs(level)}{'♯' if level > 0 else '♭'}" if level else "0"
        drawn.append(text(LEFT - 8, y + 4, sign, "tick", "end"))
    for stretch in stretches:
        x, width = LEFT + stretch.start * scale, (stretch.end - stretch.start) * scale
        y = top + (levels[-1] - stretch.fifths) * step + 2
        drawn.append(rect(x, y, width - 1, step - 4, "minor" if stretch.minor else "major", rx=3))
        if width > 8 * len(stretch.name):
            drawn.append(text(x + width / 2, y + 14, stretch.name, "on-colour", "middle"))
    drawn += [text(LEFT + tick * scale, height + 12, str(number), "tick") for tick, number in _numbered(score, 24)]
    return picture(WIDTH, height + 18, says, *drawn, class_="keys")


def draw_surprise(score: Score, surprise: Surprise, says: str, usual: tuple[float, float] | None = None) -> Element:
    """The piano-roll, each note in the colour of its nats; under each row the nats a quarter of every bar.

    Args:
        score: the piece.
        surprise: what the network gave to it.
        says: what stands for the picture.
        usual: nats a quarter between which the bars of real pieces mostly lie.
    """
    plan = plan_roll(score, (WIDTH - LEFT - 8) * 100)
    rows = plan.rows[:MAX_ROWS]
    lanes = plan.highest - plan.lowest + 1
    most = float(max(surprise.nats_per_quarter_B.max(initial=0.0), *(usual or (1.0, 1.0))))
    height = lanes * LANE + BAR_ROOM + ROW_GAP
    scale = (WIDTH - LEFT - 8) / max(row.end - row.start for row in plan.rows)
    drawn: list[Element] = []
    for place, row in enumerate(rows):
        top = ROW_GAP - 8 + place * height
        frame = _Row(start=row.start, end=row.end, top=top, scale=scale, lowest=plan.lowest, highest=plan.highest)
        drawn += frame.lanes() + frame.notes(surprise) + frame.bars(score, surprise, most, usual)
    return picture(WIDTH, ROW_GAP - 8 + len(rows) * height, says, *drawn, class_="surprise")


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row of the roll while it is drawn."""

    start: int
    end: int
    top: float
    scale: float
    """Units a tick."""
    lowest: int
    highest: int

    def x(self, tick: float) -> float:
        return LEFT + (min(max(tick, self.start), self.end) - self.start) * self.scale

    def y(self, pitch: int) -> float:
        return self.top + (self.highest - pitch) * LANE

    @property
    def bottom(self) -> float:
        return self.y(self.lowest - 1)

    def lanes(self) -> list[Element]:
        drawn = [rect(LEFT, self.top, self.x(self.end) - LEFT, self.bottom - self.top, "panel")]
        for pitch in range(self.lowest, self.highest + 1):
            if pitch % 12 in BLACK_KEYS:
                drawn.append(rect(LEFT, self.y(pitch), self.x(self.end) - LEFT, LANE, "black-key"))
            if pitch % 12 == 0:
                drawn.append(text(LEFT - 6, self.y(pitch) + LANE, f"{NAMES[0]}{pitch // 12 - 1}", "tick", "end"))
        return drawn

    def notes(self, surprise: Surprise) -> list[Element]:
        inside = np.flatnonzero((surprise.onset_N < self.end) & (surprise.end_N > self.start))
        drawn = []
        for i in inside.tolist():
            left, right = self.x(float(surprise.onset_N[i])), self.x(float(surprise.end_N[i]))
            nats, y = float(surprise.nats_N[i]), self.y(int(surprise.pitch_N[i]))
            note = rect(left, y + 0.3, right - left - 0.8, LANE - 0.6, fill=nats_colour(nats))
            note.append(node("title", f"{nats:.1f} nats"))
            drawn.append(note)
        return drawn

    def bars(self, score: Score, surprise: Surprise, most: float, usual: tuple[float, float] | None) -> list[Element]:
        floor, room = self.bottom + BAR_ROOM - 4, BAR_ROOM - 10
        drawn: list[Element] = []
        if usual:
            high, low = (floor - room * value / most for value in (usual[1], usual[0]))
            drawn.append(rect(LEFT, high, self.x(self.end) - LEFT, low - high, "band"))
        for index, (bar, nats) in enumerate(zip(score.bars, surprise.nats_per_quarter_B.tolist(), strict=True)):
            if not self.start <= bar.tick < self.end:
                continue
            left, right = self.x(bar.tick), self.x(score.bar_end(index))
            high = room * nats / most
            drawn.append(line(left, self.top, left, floor, "barline"))
            unusual = usual is not None and nats > usual[1]
            drawn.append(rect(left + 1.5, floor - high, right - left - 3, high, "mine" if unusual else "plain"))
            drawn.append(text(left + 2, self.top - 3, str(bar.number) if bar.number else "", "tick"))
        drawn.append(line(LEFT, floor, self.x(self.end), floor, "axis"))
        return drawn


def legend() -> Element:
    """The colours of surprise, explained."""
    drawn = []
    for place, (nats, said) in enumerate(
        ((0.1, "foreseen"), (1.0, "1 nat: 37 %"), (2.5, "2.5: 8 %"), (5.0, "5: 0.7 %"))
    ):
        x = 4.0 + 130.0 * place
        drawn += [rect(x, 4, 26, 12, fill=nats_colour(nats), rx=2), text(x + 32, 14, said, "tick")]
    return picture(
        4 + 130.0 * 4, 20, "colours from pale blue, foreseen, to red, hardly foreseen", *drawn, class_="legend"
    )
