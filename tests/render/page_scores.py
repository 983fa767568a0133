"""Small scores whose pages are counted: a chorale of four bars, with what hymns have."""

from __future__ import annotations

from typing import Any

from stretto.score.model import Bar, Key, Mark, Meter, Part, Score, Tempo

VOICES = ("Soprano", "Alto", "Tenor", "Bass")

# Pickup of a quarter, then three bars of 4/4. Pitch and quarters; None = a rest.
LINES: dict[str, list[tuple[int | None, float]]] = {
    # The alto is tied over a barline, the tenor has a dotted note, all rest once together.
    "Soprano": [
        (67, 1),
        (67, 1),
        (69, 1),
        (71, 1),
        (69, 1),
        (67, 2),
        (None, 1),
        (71, 1),
        (72, 1),
        (71, 1),
        (69, 1),
        (69, 1),
    ],
    "Alto": [
        (62, 1),
        (64, 1),
        (66, 1),
        (67, 1),
        (66, 2),
        (62, 1),
        (None, 1),
        (67, 1),
        (64, 1),
        (67, 1),
        (66, 1),
        (66, 1),
    ],
    "Tenor": [
        (59, 1),
        (60, 1.5),
        (62, 0.5),
        (62, 1),
        (62, 1),
        (59, 2),
        (None, 1),
        (62, 1),
        (67, 1),
        (62, 1),
        (62, 1),
        (60, 1),
    ],
    "Bass": [
        (55, 1),
        (48, 1),
        (50, 1),
        (55, 1),
        (50, 1),
        (55, 2),
        (None, 1),
        (55, 1),
        (57, 1),
        (50, 1),
        (50, 1),
        (50, 1),
    ],
}
LAST = {"Soprano": 67, "Alto": 62, "Tenor": 59, "Bass": 43}  # a whole note for all
FERMATAS = {"Soprano": (120, 312), "Alto": (144, 312), "Tenor": (120, 312), "Bass": (120, 312)}
N_TIED = 1
"""Notes that a barline splits: the alto's F sharp."""
FIFTHS = {pitch % 12: fifths for fifths, pitch in enumerate(range(0, 84, 7))}
SYLLABLES = ("Nun", "dan", "ket", "al", "le", "Gott", "mit", "Her", "zen,", "Mund", "und")


def chorale(*, words: bool = False, parts: tuple[str, ...] = VOICES, **info: str) -> Score:
    """The chorale, with fermatas in all voices at the end of both phrases."""
    rows: list[tuple[Any, ...]] = []
    marks = []
    for index, voice in enumerate(VOICES):
        tick = 0
        line = [*LINES[voice], (LAST[voice], 4)]
        for pitch, quarters in line:
            length = int(24 * quarters)
            if pitch is not None:
                fifths = (FIFTHS[pitch % 12] + 1) % 12 - 1
                rows.append((tick, length, pitch, 0, index, 1, 1, fifths, 0))
                if tick in FERMATAS[voice]:
                    marks.append(Mark(kind="fermata", tick=tick, part=index, voice=1, staff=1, pitch=pitch))
            tick += length
        if words:
            marks += _lyrics(index, [row for row in rows if row[4] == index])
    return Score.build(
        rows,
        [Part(name=name, program=52) for name in parts],
        meters=[Meter()],
        bars=[
            *(Bar(tick=tick, number=number) for number, tick in enumerate((0, 24, 120, 216))),
            Bar(tick=312, number=4, barline="final"),
        ],
        end=408,
        keys=[Key(fifths=1, mode="major")],
        tempos=[Tempo(unit="quarter")],
        marks=marks,
        info=info,
    )


def _lyrics(part: int, rows: list[tuple[Any, ...]]) -> list[Mark]:
    return [
        Mark(kind="lyric", tick=row[0], text=text, part=part, voice=1, staff=1, pitch=row[2], number=1, extra="single")
        for row, text in zip(rows, SYLLABLES, strict=False)
    ]


def long_score(n_bars: int) -> Score:
    """A flute in eighths."""
    rows = [(12 * i, 12, 72 + 4 * (i % 2), 0, 0, 1, 1, 4 * (i % 2), 0) for i in range(8 * n_bars)]
    return Score.build(rows, [Part(name="Flute", program=73)], meters=[Meter()], info={"title": "Study"})


def melody_of_ticks(notes: list[tuple[int, int, int]], *, n_bars: int) -> Score:
    """A flute's melody of (onset, duration, pitch) in 4/4, wherever it was played."""
    rows = [(onset, length, pitch, 0, 0, 1, 1, FIFTHS[pitch % 12], 0) for onset, length, pitch in notes]
    bars = [Bar(tick=96 * i, number=i + 1) for i in range(n_bars)]
    return Score.build(rows, [Part(name="Flute", program=73)], meters=[Meter()], bars=bars, end=96 * n_bars)
