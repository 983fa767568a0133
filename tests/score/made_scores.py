"""Scores that Hypothesis makes up: everything a Score can hold, likely and unlikely."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stretto.score.model import UNSPELLED, Bar, Clef, Key, Mark, Meter, Part, Score, Tempo, make_bars

TEXTS = st.one_of(
    st.sampled_from(["", "dolce", "Nun danket", 'a "b" c', " x ", "5", "a=b", "#1", "r", "Ä-ö", "two\nlines", "|"]),
    st.text(max_size=8),
)
MARK_KINDS = [
    "fermata", "lyric", "slur", "articulation", "ornament", "dynamic", "wedge", "words", "chord-symbol", "rehearsal",
    "pedal", "navigation", "tie-split", "grace-slash", "tuplet", "bar", "key", "mark", "Odd Kind",
]  # fmt: skip
SYLLABLE_PLACES = ["single", "begin", "middle", "end", "single+extend", "end+extend", "", "odd"]

METERS = st.builds(
    Meter,
    tick=st.integers(0, 400),
    numerator=st.integers(1, 12),
    denominator=st.sampled_from([1, 2, 4, 8, 16, 32]),
    symbol=st.sampled_from(["", "common", "cut"]),
)


@st.composite
def notes(draw: st.DrawFn, n_parts: int, *, latest: int = 500, graces: bool = True) -> tuple[Any, ...]:
    """A row of the note array."""
    grace = draw(st.sampled_from([0, 0, 0, 1, 2, 4])) if graces else 0
    shortest = 0 if grace else 1
    pitch = draw(st.integers(0, 127))
    spellings = [f for f in range(-15, 20) if f * 7 % 12 == pitch % 12]
    fifths = draw(st.sampled_from([*spellings, UNSPELLED, 3]))
    return (
        draw(st.integers(0, latest)),
        draw(st.one_of(st.sampled_from([24, 48, 12, 36, 8]), st.integers(shortest, 300))),
        pitch,
        draw(st.sampled_from([0, 64, 1, 127])),
        draw(st.integers(0, n_parts - 1)),
        draw(st.sampled_from([1, 1, 1, 2, 5])),
        draw(st.sampled_from([1, 1, 2])),
        fifths,
        grace,
    )


@st.composite
def bars(draw: st.DrawFn) -> list[Bar]:
    """Bars of any length and number, the first at tick 0."""
    lengths = draw(st.lists(st.integers(1, 150), max_size=6))
    ticks = [sum(lengths[:n]) for n in range(len(lengths) + 1)]
    numbers = draw(st.sampled_from([range(20), range(1, 20), [0, 1, 1, 2, 7, -1, 3, 4]]))
    return [
        Bar(
            tick=tick,
            number=number,
            repeat_start=draw(st.booleans()),
            repeat_end=draw(st.sampled_from([0, 0, 2, 3])),
            ending=draw(st.sampled_from(["", "", "1", "1, 2"])),
            barline=draw(st.sampled_from(["", "", "double", "final"])),
        )
        for tick, number in zip(ticks, numbers, strict=False)
    ]


def marks(rows: list[tuple[Any, ...]]) -> st.SearchStrategy[Mark]:
    """Marks of all kinds, often on one of the notes."""
    free = st.builds(
        Mark,
        kind=st.sampled_from(MARK_KINDS),
        tick=st.integers(0, 600),
        text=TEXTS,
        part=st.integers(-1, 2),
        voice=st.integers(0, 2),
        staff=st.integers(0, 2),
        pitch=st.integers(-1, 127),
        grace=st.integers(0, 2),
        end=st.one_of(st.just(-1), st.integers(0, 600)),
        end_pitch=st.integers(-1, 127),
        number=st.integers(0, 3),
        extra=st.one_of(st.sampled_from(SYLLABLE_PLACES), TEXTS),
    )
    if not rows:
        return free
    hung = st.builds(
        lambda row, kind, text, number, extra: Mark(
            kind=kind,
            tick=row[0],
            text=text if kind == "lyric" else "",
            part=row[4],
            voice=row[5],
            staff=row[6],
            pitch=row[2],
            grace=row[8],
            number=number if kind == "lyric" else 0,
            extra=extra if kind == "lyric" else "",
        ),
        st.sampled_from(rows),
        st.sampled_from(["lyric", "fermata"]),
        TEXTS,
        st.integers(1, 2),
        st.sampled_from(SYLLABLE_PLACES),
    )
    return st.one_of(free, hung)


@st.composite
def any_scores(draw: st.DrawFn) -> Score:
    """Any score that `Score.build` accepts."""
    parts = draw(
        st.lists(
            st.builds(
                Part,
                name=TEXTS,
                abbreviation=TEXTS,
                n_staves=st.integers(1, 3),
                program=st.integers(-1, 127),
                percussion=st.booleans(),
                chromatic=st.integers(-24, 24),
                diatonic=st.integers(-14, 14),
                group=TEXTS,
            ),
            max_size=3,
        )
    )
    rows = draw(st.lists(notes(len(parts)), max_size=12)) if parts else []
    meters = draw(st.lists(METERS, max_size=3))
    changes: dict[str, Any] = {"bars": draw(bars())} if draw(st.booleans()) else {"pickup": draw(st.integers(0, 90))}
    last = changes["bars"][-1].tick if "bars" in changes else 0
    if "bars" in changes:
        rows = [row for row in rows if row[1] or row[8]]
    part = st.integers(0, max(0, len(parts) - 1))
    return Score.build(
        rows,
        parts,
        end=draw(st.integers(last, max(700, last))),
        meters=meters,
        keys=draw(
            st.lists(
                st.builds(
                    Key,
                    tick=st.integers(0, 300),
                    fifths=st.integers(-9, 9),
                    mode=st.sampled_from(["major", "minor", "dorian", "", "none", "part=3"]),
                    part=st.integers(-1, 2),
                ),
                max_size=3,
            )
        ),
        tempos=draw(
            st.lists(
                st.builds(
                    Tempo,
                    tick=st.integers(0, 300),
                    qpm=st.fractions(1, 400),
                    text=TEXTS,
                    unit=st.sampled_from(["", "quarter", "eighth."]),
                ),
                max_size=3,
            )
        ),
        clefs=draw(
            st.lists(
                st.builds(
                    Clef,
                    tick=st.integers(0, 300),
                    part=part,
                    staff=st.integers(1, 2),
                    sign=st.sampled_from(["G", "F", "C", "percussion"]),
                    line=st.integers(1, 5),
                    octave=st.integers(-2, 1),
                ),
                max_size=3 if parts else 0,
            )
        ),
        marks=draw(st.lists(marks(rows), max_size=6)),
        info=draw(
            st.dictionaries(st.one_of(st.sampled_from(["title", "composer", "part", "key"]), TEXTS), TEXTS, max_size=4)
        ),
        **changes,
    )


@st.composite
def plain_scores(draw: st.DrawFn) -> Score:
    """Scores of which MIDI can say everything: one meter at a time, whole bars after a pickup."""
    n_parts = draw(st.integers(1, 3))
    parts = [
        Part(name=name, program=draw(st.integers(0, 127)), percussion=draw(st.sampled_from([False, False, True])))
        for name in draw(
            st.lists(st.sampled_from(["Soprano", "Alto", "Flöte", "", "X"]), min_size=n_parts, max_size=n_parts)
        )
    ]
    first = draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (5, 8), (3, 2)]))
    meter = Meter(numerator=first[0], denominator=first[1])
    beat = 96 // first[1]
    pickup = beat * draw(st.integers(0, first[0] - 1))
    n_bars = draw(st.integers(3, 6))
    # After one bar only, a longer metre would make that bar a pickup.
    n_before = draw(st.integers(2, n_bars - 1))
    later = Meter(tick=pickup + n_before * meter.bar_ticks, numerator=3, denominator=4)
    meters = (meter, later) if draw(st.booleans()) else (meter,)
    end = later.tick + (n_bars - n_before) * meters[-1].bar_ticks
    end -= draw(st.sampled_from([0, beat])) if len(meters) == 1 else 0
    taken: set[tuple[int, int, int]] = set()
    rows = []
    for row in draw(st.lists(notes(n_parts, latest=max(0, end - 1), graces=False), min_size=1, max_size=20)):
        onset, pitch, part = row[0], row[2], row[4]
        length = min(row[1], end - onset)
        # Notes of one pitch in one part follow each other; MIDI cannot tell which of two ends first.
        if any((part, pitch, tick) in taken for tick in range(onset, onset + length)):
            continue
        taken |= {(part, pitch, tick) for tick in range(onset, onset + length)}
        rows.append((onset, length, pitch, max(1, row[3]), part, 1, 1, UNSPELLED, 0))
    rows += [(0, 1, 127 if (p, 127, 0) not in taken else 126, 1, p, 1, 1, UNSPELLED, 0)
             for p in range(n_parts) if all(row[4] != p for row in rows)]  # fmt: skip
    keys = [Key(fifths=draw(st.integers(-7, 7)), mode=draw(st.sampled_from(["major", "minor"])))]
    tempos = [Tempo(tick=tick, qpm=draw(st.fractions(20, 300, max_denominator=8))) for tick in (0, 30)]
    return Score.build(
        rows, parts, end=end, bars=make_bars(meters, end, pickup=pickup), meters=meters, keys=keys, tempos=tempos,
        info={"title": "A tune", "composer": "Anon.", "comment": "one\ntwo"},
    )  # fmt: skip
