"""Scores that Hypothesis makes up of what ABC can say, which MusicXML and our text can say too."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from stretto.score.model import Bar, Clef, Key, Mark, Meter, Part, Score, Tempo

MODES = {"major": 0, "minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1, "locrian": -5}
ARTICULATIONS = ["staccato", "accent", "tenuto", "strong-accent", "staccatissimo"]
ORNAMENTS = ["trill-mark", "mordent", "inverted-mordent", "turn", "inverted-turn"]
DYNAMICS = ["pp", "p", "mp", "mf", "f", "ff", "sfz", "fp", "sf"]
WORDS = st.sampled_from(["dolce", "poco rit.", "50% & more", 'a "b"', "Ä-ö ~ x", "back\\slash"])
SYLLABLES = st.sampled_from(["Ky", "ri", "e", "le-i", "a b", "son_", "*", "|", "Gott,", "ü%"])


@st.composite
def voice_notes(draw: st.DrawFn, part: int, staff: int, voice: int, end: int) -> tuple[list[Any], list[Mark]]:
    """One voice: chords and rests one after another, with all that can hang on them."""
    rows: list[Any] = []
    marks: list[Mark] = []
    here = {"part": part, "voice": voice, "staff": staff}
    tick, slur_from = 0, None
    in_word: dict[int, bool] = {1: False, 2: False}
    while tick < end:
        length = min(draw(st.sampled_from([24, 12, 48, 36, 6, 8, 16, 4, 20, 96, 5])), end - tick)
        pitches = sorted(draw(st.sets(st.integers(40, 84), max_size=3)))
        for pitch in pitches:
            rows.append((tick, length, pitch, 0, part, voice, staff, draw(spellings(pitch)), 0))
        if pitches and draw(st.booleans()):
            marks += draw(hung_marks(tick, pitches[0], here))
            marks += draw(lyrics(tick, pitches[0], here, in_word))
        if pitches and draw(st.integers(0, 4)) == 0:
            grace = draw(st.integers(50, 80))
            rows.append((tick, 0, grace, 0, part, voice, staff, draw(spellings(grace)), 1))
            if draw(st.booleans()):
                marks.append(Mark(kind="grace-slash", tick=tick, pitch=grace, grace=1, **here))
        if pitches and slur_from is not None and draw(st.booleans()):
            marks.append(
                Mark(
                    kind="slur", tick=slur_from[0], pitch=slur_from[1], end=tick, end_pitch=pitches[0], number=1, **here
                )
            )
            slur_from = None
        elif pitches and slur_from is None and draw(st.booleans()):
            slur_from = (tick, pitches[0])
        tick += length
    return rows, marks


def spellings(pitch: int) -> st.SearchStrategy[int]:
    """Names of a pitch with at most two accidentals, on transposing instruments too."""
    return st.sampled_from([f for f in range(-11, 16) if f * 7 % 12 == pitch % 12])


@st.composite
def hung_marks(draw: st.DrawFn, tick: int, pitch: int, here: dict[str, int]) -> list[Mark]:
    """Signs on a note, and on its staff."""
    place = {"tick": tick, "pitch": pitch, **here}
    choices = [
        Mark(kind="fermata", **place),
        Mark(kind="articulation", text=draw(st.sampled_from(ARTICULATIONS)), **place),
        Mark(kind="ornament", text=draw(st.sampled_from(ORNAMENTS)), **place),
        Mark(kind="technical", text=draw(st.sampled_from(["up-bow", "down-bow", "fingering:3"])), **place),
        Mark(kind="arpeggiate", **place),
    ]
    return draw(st.lists(st.sampled_from(choices), max_size=2, unique_by=lambda mark: mark.kind))


@st.composite
def lyrics(draw: st.DrawFn, tick: int, pitch: int, here: dict[str, int], in_word: dict[int, bool]) -> list[Mark]:
    """Syllables, whose hyphens must agree with those before them."""
    found = []
    for verse in draw(st.sampled_from([(), (1,), (1, 2), (2,)])):
        goes_on = draw(st.booleans())
        place = {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}
        extra = place[in_word[verse], goes_on]
        in_word[verse] = goes_on
        text = draw(SYLLABLES)
        found.append(Mark(kind="lyric", tick=tick, pitch=pitch, text=text, number=verse, extra=extra, **here))
    return found


@st.composite
def directions(draw: st.DrawFn, part: int, staff: int, bars: list[Bar], end: int) -> list[Mark]:
    """Signs of a staff, at bar lines."""
    ticks = st.sampled_from([bar.tick for bar in bars])
    here = {"part": part, "staff": staff}
    marks = [
        Mark(kind="dynamic", tick=draw(ticks), text=draw(st.sampled_from(DYNAMICS)), **here),
        Mark(kind="words", tick=draw(ticks), text=draw(WORDS), extra=draw(st.sampled_from(["above", "below"])), **here),
        Mark(kind="chord-symbol", tick=draw(ticks), text=draw(st.sampled_from(["G7/B", "Am", "F#m7b5"])), **here),
    ]
    start = draw(ticks)
    if start < end:
        marks.append(Mark(kind="wedge", tick=start, text="crescendo", end=end, **here))
    return draw(st.lists(st.sampled_from(marks), max_size=3, unique=True))


@st.composite
def sayable_scores(draw: st.DrawFn) -> Score:
    """Scores of which ABC can say everything."""
    meter = draw(
        st.sampled_from(
            [Meter(), Meter(symbol="common"), Meter(numerator=3), Meter(numerator=6, denominator=8),
             Meter(numerator=2, denominator=2, symbol="cut"), Meter(numerator=5, denominator=8)]
        )
    )  # fmt: skip
    pickup = draw(st.sampled_from([0, 0, 24, 12]))
    n_bars = draw(st.integers(1, 6))
    starts = ([0] if pickup else []) + [pickup + i * meter.bar_ticks for i in range(n_bars)]
    end = pickup + n_bars * meter.bar_ticks
    bars = draw(repeats([Bar(tick=tick, number=i + (not pickup)) for i, tick in enumerate(starts)]))
    parts, rows, marks = [], [], []
    for part in range(draw(st.integers(1, 3))):
        n_staves = draw(st.sampled_from([1, 1, 2]))
        voices = [(staff, 1) for staff in range(1, n_staves + 1)] + draw(st.sampled_from([[], [(n_staves, 2)]]))
        parts.append(draw(described_parts(n_staves)))
        for number, (staff, _) in enumerate(sorted(voices), 1):
            notes, signs = draw(voice_notes(part, staff, number, end))
            rows += notes
            marks += signs
        marks += draw(directions(part, 1, bars, end))
    mode = draw(st.sampled_from(sorted(MODES)))
    return Score.build(
        rows, parts, end=end, bars=bars, meters=[meter], marks=set(marks),
        keys=draw(keys(mode, starts)), tempos=draw(tempos(starts)),
        clefs=[Clef(part=p, staff=s, sign="G", line=2, octave=-1 if p else 0)
               for p, part in enumerate(parts) for s in range(1, part.n_staves + 1)],
        info=draw(st.sampled_from([{}, {"title": "Ein Lied", "composer": "J. S. Bach", "lyricist": "M. Luther"}])),
    )  # fmt: skip


@st.composite
def described_parts(draw: st.DrawFn, n_staves: int) -> Part:
    """Parts, some of them transposing."""
    chromatic, diatonic = draw(st.sampled_from([(0, 0), (-2, -1), (-3, -2), (7, 4)]))
    return Part(
        name=draw(st.sampled_from(["Soprano", "Flöte 1", ""])), abbreviation=draw(st.sampled_from(["S.", ""])),
        n_staves=n_staves, program=draw(st.sampled_from([-1, 0, 52])), chromatic=chromatic, diatonic=diatonic,
    )  # fmt: skip


@st.composite
def repeats(draw: st.DrawFn, bars: list[Bar]) -> list[Bar]:
    """Repeat signs, endings and bar lines."""
    shape = draw(st.sampled_from(["plain", "final", "repeat", "endings", "double"]))
    last = len(bars) - 1
    changes: dict[int, dict[str, Any]] = {}
    if shape == "final":
        changes = {last: {"barline": "final"}}
    elif shape == "double" and last:
        changes = {0: {"barline": "double"}, last: {"barline": "final"}}
    elif shape == "repeat" and last:
        changes = {1: {"repeat_start": True}, last: {"repeat_end": draw(st.sampled_from([2, 3]))}}
    elif shape == "endings" and last > 1:
        changes = {last - 1: {"ending": "1", "repeat_end": 2}, last: {"ending": "2", "barline": "final"}}
    return [Bar(**{"tick": bar.tick, "number": bar.number, **changes.get(index, {})}) for index, bar in enumerate(bars)]


@st.composite
def keys(draw: st.DrawFn, mode: str, starts: list[int]) -> list[Key]:
    """A key, perhaps a change of it."""
    low = max(-4, MODES[mode] - 4)
    found = [Key(fifths=draw(st.integers(low, 4)), mode=mode)]
    if len(starts) > 1 and draw(st.booleans()):
        found.append(Key(tick=starts[1], fifths=draw(st.integers(low, 4)), mode="major"))
    return found


@st.composite
def tempos(draw: st.DrawFn, starts: list[int]) -> list[Tempo]:
    """A tempo, perhaps a change of it."""
    first = Tempo(qpm=Fraction(90), text=draw(st.sampled_from(["", "Andante"])), unit="quarter")
    change = Tempo(tick=starts[-1], qpm=Fraction(120), unit="quarter.")
    return draw(st.sampled_from([[], [first], [Tempo(text="Largo")], [first, change] if starts[-1] else [first]]))
