"""The pictures of docs/biaxial.md, drawn from the kept network of JSB Chorales where they show numbers.

    python scripts/biaxial_pictures.py [FOLDER]

Needs torch. The same weights give the same pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from stretto.bench.player import Player, players, weights_folder
from stretto.corpus.boulanger import LOWEST, N_PITCHES
from stretto.networks.roll import LogitNetwork, RollBatch
from stretto.networks.sparse_biaxial import SparseBiaxial

NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
INK, NOTE, ME, MAY, NOT, LINE = "#222", "#003f88", "#c1121f", "#a8dadc", "#eeeeee", "#bbb"
N_DRAWS = 400
Floats = NDArray[np.float64]
BARS = (
    [(60, 2), (62, 2), (64, 2), (60, 2)],
    [(64, 2), (65, 2), (67, 4)],
    [(67, 1), (69, 1), (67, 1), (65, 1), (64, 2), (60, 2)],
    [(60, 2), (55, 2), (60, 4)],
)
"""Frère Jacques in MIDI pitches and eighths; each bar is sung twice."""


class Picture:
    """Shapes and words on white."""

    def __init__(self, width: int, height: int) -> None:
        """An empty sheet."""
        self._size = (width, height)
        self._parts = [f'<rect width="{width}" height="{height}" fill="white"/>']

    def box(self, x: float, y: float, w: float, h: float, fill: str, edge: str = "white") -> None:
        """A cell."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}" stroke="{edge}"/>'
        )

    def words(self, x: float, y: float, text: str, *, size: int = 14, at: str = "start", fill: str = INK) -> None:
        """A line of text."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{at}" fill="{fill}">{text}</text>'
        )

    def arrow(self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, *, dashed: bool = False) -> None:
        """From one place to another."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="2"{dash} '
            f'marker-end="url(#{colour[1:]})"/>'
        )

    def write(self, path: Path) -> None:
        """As SVG."""
        width, height = self._size
        heads = "".join(
            f'<marker id="{c[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{c}"/></marker>'
            for c in (INK, NOTE, ME, LINE)
        )
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
            f"<defs>{heads}</defs>{''.join(self._parts)}</svg>\n",
            encoding="utf-8",
        )


PHRASE = [
    (0, 7, 12, 16),
    (0, 7, 12, 16),
    (5, 9, 12, 17),
    (7, 11, 14, 19),
    (0, 7, 12, 16),
    (9, 12, 16, 21),
    (7, 11, 14, 19),
]
"""Four voices in C, in semitones from the lowest C."""


def what_a_cell_hears(path: Path) -> None:
    """All that is known when one cell is guessed."""
    p = Picture(720, 430)
    cell, left, top, n = 30, 90, 50, 11
    t_now, pitch_now = 4, 6
    rows = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17]
    for t, chord in enumerate(PHRASE):
        for i, pitch in enumerate(rows):
            y, x = top + (n - 1 - i) * cell, left + t * 62
            sounds = pitch in chord
            known = t < t_now or (t == t_now and i < pitch_now)
            fill = (NOTE if sounds else MAY) if known else NOT
            p.box(x, y, 60, cell - 2, ME if (t, i) == (t_now, pitch_now) else fill)
    for i, pitch in enumerate(rows):
        p.words(left - 10, top + (n - 1 - i) * cell + 19, NAMES[pitch % 12], at="end")
    p.arrow(left, top + n * cell + 14, left + 6.9 * 62, top + n * cell + 14)
    p.words(left, top + n * cell + 36, "time axis: one column a frame")
    p.arrow(40, top + n * cell, 40, top)
    p.words(28, top - 12, "note axis: upwards")
    for i, (fill, text) in enumerate(
        ((ME, "does this note sound?"), (NOTE, "notes it hears"), (MAY, "silence it hears"), (NOT, "unknown"))
    ):
        p.box(545, top + 34 * i, 22, 22, fill)
        p.words(575, top + 16 + 34 * i, text, size=13)
    p.write(path)


def one_network_for_all(path: Path) -> None:
    """The same small network at every pitch: a shifted chord is heard the same, shifted."""
    p = Picture(720, 400)
    for k, shift in enumerate((0, 3)):
        left, bottom, cell = 70 + 350 * k, 350, 26
        for i in range(11):
            y = bottom - (i + 1) * cell
            p.box(left, y, 70, cell - 2, NOTE if i - shift in (0, 2, 4) else MAY)
            p.box(left + 190, y, 70, cell - 2, "#f4a261" if i - shift in (1, 2, 3) else "#fbe3cf")
        for i in (1, 2, 3):
            mine = bottom - (i + shift) * cell - cell / 2 - 1
            for heard in (-1, 0, 1):
                p.arrow(left + 74, mine - heard * cell, left + 186, mine, LINE)
        p.words(left + 35, 54, "a frame ago", at="middle", size=13)
        p.words(left + 225, 54, "what it becomes", at="middle", size=13)
        p.words(left + 130, 25, ("a chord", "the chord, three rows higher")[k], at="middle", size=16)
        p.words(left + 130, 380, "the same weights at every row", at="middle", size=13)
    p.write(path)


def dense_and_sparse(path: Path) -> None:
    """Steps of the note axis within one frame: one a pitch, or one a note."""
    p = Picture(720, 470)
    n, cell, bottom = 20, 19, 430
    sounding = (1, 8, 13, 17)
    for k, title in enumerate(("2015: a step for each of 88 pitches", "ours: a step for each note that sounds")):
        left = 90 + 340 * k
        p.words(left + 60, 24, title, at="middle", size=15)
        for i in range(n):
            y = bottom - (i + 1) * cell
            p.box(left, y, 60, cell - 2, NOTE if i in sounding else MAY)
            if k == 0:
                p.arrow(left + 90, y + cell - 2, left + 90, y + 3, ME)
        last = -1
        for i in sounding if k else ():
            y = bottom - (i + 0.5) * cell
            p.arrow(left + 90, bottom - (last + 0.5) * cell - 4 if last >= 0 else bottom, left + 90, y + 4, ME)
            last = i
    p.words(90, 458, f"{n} steps for the {n} pitches drawn here", size=13)
    p.words(430, 458, f"{len(sounding)} steps; between two notes nothing changes", size=13)
    p.write(path)


def three_axes(path: Path) -> None:
    """Time, note and the order of computation."""
    p = Picture(760, 430)

    def place(t: int, note: int, layer: int) -> tuple[float, float]:
        return 110 + t * 190 + layer * 58, 330 - note * 86 - layer * 44

    for layer, fill in reversed(list(enumerate(("#a8dadc", "#457b9d", "#f4a261")))):
        for note in range(3):
            for t in range(3):
                x, y = place(t, note, layer)
                p.box(x, y, 44, 26, fill, INK)
    for note in range(3):
        for t in range(2):
            x, y = place(t, note, 1)
            p.arrow(x + 46, y + 13, x + 186, y + 13, NOTE)
    for t in range(3):
        for note in range(2):
            x, y = place(t, note, 2)
            p.arrow(x + 22, y - 2, x + 22, y - 56, ME)
    x, y = place(0, 0, 0)
    p.arrow(x - 30, y + 60, x + 400, y + 60)
    p.words(x + 130, y + 82, "time: states are handed from frame to frame (blue)", size=13)
    p.arrow(60, 350, 60, 96)
    p.words(24, 60, "note: decisions are", size=13)
    p.words(24, 78, "handed upwards (red)", size=13)
    x, y = place(2, 0, 0)
    p.arrow(x + 60, y + 34, x + 205, y - 66, INK, dashed=True)
    p.words(x + 110, y + 20, "computation:", size=13)
    p.words(x + 110, y + 36, "input, time net, note net", size=13)
    p.write(path)


def chances_after(net: LogitNetwork, roll: NDArray[np.uint8], n_known: int) -> Floats:
    """How often each pitch of the last frame sounds in draws that begin with so many of its lowest notes, (P,)."""
    generator = torch.Generator().manual_seed(0)
    first = int(np.flatnonzero(roll[-1])[n_known - 1]) + 1 if n_known else 0
    drawn = np.repeat(roll[None], N_DRAWS, axis=0)
    drawn[:, -1, first:] = 0
    start = np.full(N_DRAWS, first)
    while (start < roll.shape[1]).any():
        with torch.no_grad():
            chance = torch.sigmoid(net(RollBatch.of(list(drawn)))[:, -1])
        tossed = (torch.rand(chance.shape, generator=generator) < chance).numpy()
        tossed &= np.arange(roll.shape[1]) >= start[:, None]
        # The lowest note that is tossed is drawn; what is above it is tossed again, since it has heard it.
        found = tossed.any(axis=1)
        lowest = tossed.argmax(axis=1)
        drawn[found, -1, lowest[found]] = 1
        start = np.where(found, lowest + 1, roll.shape[1])
    share: Floats = drawn[:, -1].mean(axis=0)
    return share


def real_chances(path: Path, ours: Player, independent: Player, roll: NDArray[np.uint8]) -> None:
    """How chances change when the bass, then the tenor, are known."""
    nets = []
    for player in (ours, independent):
        if not isinstance(player.net, LogitNetwork):
            raise TypeError(f"{player.result.network} gives no chances of single pitches")
        nets.append(player.net)
    notes = np.flatnonzero(roll[-1])
    low, high = int(notes[0]) - 3, int(notes[-1]) + 5
    p = Picture(760, 560)
    asked = ("before any note", "the bass is known", "bass and tenor are known")
    for row, (net, title) in enumerate(
        zip(nets, ("ours: notes depend on each other", "Elman: each on its own"), strict=True)
    ):
        top = 46 + row * 262
        p.words(20, top - 18, title, size=16)
        for k, question in enumerate(asked):
            left, chance = 50 + 240 * k, chances_after(net, roll, k)
            p.words(left, top + 6, question, size=13)
            for i, pitch in enumerate(range(low, high)):
                x, known = left + i * 190 / (high - low), pitch in notes[:k]
                height = 170 * float(chance[pitch])
                width = 190 / (high - low) - 1
                p.box(x, top + 190 - (170 if known else height), width, 170 if known else height, NOTE if known else ME)
            p.arrow(left, top + 191, left + 192, top + 191, LINE)
            p.words(left, top + 210, "low", size=12)
            p.words(left + 190, top + 210, "high", size=12, at="end")
    p.words(
        20,
        550,
        f"red: share of {N_DRAWS} draws in which a pitch sounds; blue: notes that are given. One and the same frame.",
        size=13,
    )
    p.write(path)


def sung_twice(ours: Player) -> tuple[list[int], Floats, Floats]:
    """Pitches of the song, a frame each; the chance of each, the silence below being known, (T,); the share of
    each earlier frame, (T, S)."""
    net = ours.net
    if not isinstance(net, SparseBiaxial):
        raise TypeError(f"{ours.result.network} has no memory to look into")
    tune = [pitch for bar in BARS for _ in range(2) for pitch, n in bar for _ in range(n)]
    frame = torch.arange(len(tune))
    roll = np.zeros((len(tune), N_PITCHES), np.uint8)
    roll[frame, np.array(tune) - LOWEST] = 1
    batch = RollBatch.of([roll[:, ours.pitches]])
    with torch.no_grad():
        chance_TP = torch.sigmoid(net(batch))[0]
        share_TS = net.memory.shares(batch.roll_BTP)[0].mean(-1)
    chance_T = chance_TP[batch.roll_BTP[0] > 0]
    return tune, chance_T.double().numpy(), share_TS.double().numpy()


def memory_looks_back(path: Path, ours: Player) -> None:
    """Which earlier places come to mind at each moment of a song whose bars are sung twice."""
    tune, chance_T, share_TS = sung_twice(ours)
    cell, left, top = 9.5, 100, 62
    n, below = len(tune), top + 8 * (max(tune) - min(tune) + 1) + 66
    p = Picture(760, int(below + n * cell + 30))
    p.words(left, 24, "Frère Jacques, as the network hears it: the darker, the more it expected the note", size=14)
    p.words(left, below - 26, "... and what comes to mind: a row is a moment, a column a place before it", size=14)
    for bar in range(n // 8 + 1):
        x, y = left + 8 * bar * cell, below + 8 * bar * cell
        p.box(x - 1, top, 1, 8 * (max(tune) - min(tune) + 1), NOT, NOT)
        p.box(x - 1, below, 1, n * cell, NOT, NOT)
        p.box(left, y - 1, n * cell, 1, NOT, NOT)
    for t, pitch in enumerate(tune):
        shade = round(235 - 200 * float(chance_T[t]))
        p.box(left + t * cell, top + 8 * (max(tune) - pitch), cell, 8, f"rgb({shade},{shade},{shade})")
    for t in range(n):
        for s in np.flatnonzero(share_TS[t] > 0.02):
            shade = round(255 - 215 * min(1.0, float(share_TS[t, s])))
            p.box(left + s * cell, below + t * cell, cell, cell, f"rgb(255,{shade},{shade})", LINE)
    for bar in range(n // 8):
        x, y = left + 8 * bar * cell, below + 8 * bar * cell
        p.words(x + 4 * cell, below - 8, f"bar {bar + 1}", size=12, at="middle")
        p.words(left - 10, y + 5 * cell, f"bar {bar + 1}", size=12, at="end")
    p.write(path)


def main(folder: Path) -> None:
    """Draw all."""
    folder.mkdir(parents=True, exist_ok=True)
    what_a_cell_hears(folder / "biaxial-1-what-a-cell-hears.svg")
    one_network_for_all(folder / "biaxial-2-one-network-for-all.svg")
    dense_and_sparse(folder / "biaxial-3-dense-and-sparse.svg")
    three_axes(folder / "biaxial-4-three-axes.svg")
    ours, elman = players(weights_folder(), "JSB_Chorales", ["sparse_biaxial", "elman"])
    roll = ours.net.sample(9, torch.Generator().manual_seed(5)).numpy().astype(np.uint8)
    real_chances(folder / "biaxial-5-chances.svg", ours, elman, roll)
    memory_looks_back(folder / "biaxial-6-memory.svg", ours)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
