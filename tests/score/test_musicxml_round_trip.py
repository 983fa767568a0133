"""Score -> MusicXML -> Score keeps everything, and what is written keeps the rules of the format."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from made_scores import any_scores
from musicxml_rules import broken_rules
from sayable_scores import sayable_scores
from test_text_corpus import FOLDERS, SUFFIXES

from stretto.errors import ScoreReadError
from stretto.score.formats import read_score
from stretto.score.model import NOTE, UNSPELLED, Bar, Clef, Key, Mark, Meter, Part, Score, Tempo
from stretto.score.musicxml_read import read_musicxml, read_mxl
from stretto.score.musicxml_write import write_musicxml, write_mxl

KINDS_OF_FIELD = [name for name in Score.__dataclass_fields__ if name not in ("notes", "notices")]


def again(score: Score) -> Score:
    return read_musicxml(write_musicxml(score)[0], "again.musicxml")


def full_page() -> Score:
    """A pickup, a horn and a piano, drums; a repeat with endings, a change of metre and key, and every sign."""
    bars = [
        Bar(tick=0, number=0), Bar(tick=24, number=1, repeat_start=True), Bar(tick=96, number=2),
        Bar(tick=168, number=3, ending="1", repeat_end=2), Bar(tick=240, number=4, ending="2", barline="double"),
        Bar(tick=312, number=5, barline="dashed"), Bar(tick=384, number=5), Bar(tick=408, number=6, barline="final"),
    ]  # fmt: skip
    horn, piano = {"part": 0, "voice": 1, "staff": 1}, {"part": 1, "voice": 1, "staff": 1}
    quarters = [(0, 24, 65), (24, 48, 67), (72, 30, 69), (102, 18, 70), (120, 48, 69), (168, 72, 67), (240, 72, 65)]
    notes: list[tuple[Any, ...]] = [
        (on, long, pitch, 80, 0, 1, 1, (pitch * 7 + 1) % 12 - 1, 0) for on, long, pitch in quarters
    ]
    notes += [(240, 0, 67, 0, 0, 1, 1, 1, 1), (240, 0, 65, 0, 0, 1, 1, -1, 2), (312, 96, 64, 1, 0, 1, 1, 4, 0)]
    # A quintuplet as ticks have it, a triplet, a septuplet; then both hands, the left with two voices.
    for at, cells in ((24, [0, 5, 10, 14, 19, 24]), (48, [0, 8, 16, 24]), (72, [0, 3, 7, 10, 14, 17, 21, 24])):
        notes += [(at + a, b - a, 72, 0, 1, 1, 1, 0, 0) for a, b in pairwise(cells)]
    notes += [(96, 312, pitch, 0, 1, 1, 1, fifths, 0) for pitch, fifths in ((72, 0), (76, 4), (78, 6), (79, 1))]
    notes += [(24, 384, 48, 0, 1, 5, 2, 0, 0), (24, 100, 52, 0, 1, 6, 2, 4, 0), (124, 99, 53, 0, 1, 6, 2, -1, 0)]
    notes += [(at, 12, 38, 0, 2, 1, 1, UNSPELLED, 0) for at in range(0, 504, 24)]
    on_horn = {"tick": 24, "pitch": 67, **horn}
    marks = [
        Mark(kind="fermata", **on_horn), Mark(kind="articulation", text="tenuto", **on_horn),
        Mark(kind="articulation", text="staccato", **on_horn), Mark(kind="technical", text="fingering:3", **on_horn),
        Mark(kind="ornament", text="trill-mark", **on_horn), Mark(kind="breath", text="comma", **on_horn),
        Mark(kind="lyric", text="Glo", number=1, extra="begin", **on_horn),
        Mark(kind="lyric", text="Laus", number=2, extra="single+extend", **on_horn),
        Mark(kind="lyric", tick=72, pitch=69, text="ria", number=1, extra="end", **horn),
        Mark(kind="slur", tick=24, pitch=67, end=240, end_pitch=65, number=1, **horn),
        Mark(kind="slur", tick=72, pitch=69, end=102, end_pitch=70, number=1, **horn),
        Mark(kind="slur", tick=240, grace=1, pitch=67, end=240, end_pitch=65, number=2, **horn),
        Mark(kind="grace-slash", tick=240, grace=1, pitch=67, **horn),
        Mark(kind="tie-split", tick=312, pitch=64, end=336, **horn),
        Mark(kind="dynamic", tick=24, text="mf", part=0), Mark(kind="dynamic", tick=72, text="rfzp", part=1, staff=2),
        Mark(kind="wedge", tick=24, text="crescendo", end=96, part=0, staff=1),
        Mark(kind="wedge", tick=96, text="diminuendo", end=130, part=1, staff=2),
        Mark(kind="wedge", tick=130, text="crescendo", end=130, part=1, staff=2),
        Mark(kind="words", tick=36, text="dolce & più", part=1, staff=1, extra="above"),
        Mark(kind="pedal", tick=24, end=96, part=1),
        Mark(kind="octave-shift", tick=96, end=168, text="8", part=1, staff=1),
        Mark(kind="rehearsal", tick=96, text="A"), Mark(kind="navigation", tick=24, text="segno"),
        Mark(kind="chord-symbol", tick=24, text="G7/B", part=0),
        Mark(kind="chord-symbol", tick=96, text="Dm7b5", part=0),
        Mark(kind="arpeggiate", tick=96, pitch=79, **piano), Mark(kind="fermata", tick=408, extra="barline", part=0),
        Mark(kind="tuplet", tick=48, end=72, text="3:2", **piano),
    ]  # fmt: skip
    return Score.build(
        notes,
        [
            Part(name="Horn in F", abbreviation="Hn.", program=60, chromatic=-7, diatonic=-4),
            Part(name="Klavier", n_staves=2, program=0, group="brace"),
            Part(name="Trommel", percussion=True),
        ],
        bars=bars, end=504,
        meters=[Meter(numerator=3), Meter(tick=312, numerator=4), Meter(tick=408, numerator=4)],
        keys=[Key(fifths=-1, mode="minor"), Key(tick=312, fifths=2, mode="dorian")],
        tempos=[
            Tempo(qpm=Fraction(84), text="Andante", unit="quarter"), Tempo(tick=312, qpm=Fraction(180), unit="half."),
            Tempo(tick=350, qpm=Fraction(121, 2), text="rit."),
        ],
        clefs=[
            Clef(part=0), Clef(part=1), Clef(part=1, staff=2, sign="F", line=4), Clef(part=2, sign="percussion"),
            Clef(tick=120, part=1, staff=2, sign="C", line=3), Clef(tick=168, part=1, staff=2, octave=-1),
        ],
        marks=marks,
        info={"title": "H&ouml;h' & Tiefe", "composer": "Anon.", "subtitle": "für Horn", "rights": "CC0", "mood": "x"},
    )  # fmt: skip


def test_a_page_with_every_sign_comes_back_as_it_was() -> None:
    score = full_page()
    data, lost = write_musicxml(score)
    assert lost == ()
    found = read_musicxml(data, "page.musicxml")
    assert sorted(found.notes.tolist()) == sorted(score.notes.tolist())
    for name in KINDS_OF_FIELD:
        assert getattr(found, name) == getattr(score, name), name
    assert read_mxl(write_mxl(score)[0], "page.mxl") == score


def test_a_page_with_every_sign_keeps_the_rules_of_the_format() -> None:
    assert broken_rules(write_musicxml(full_page())[0]) == []


@given(sayable_scores())
@settings(max_examples=50, deadline=None)
def test_ordinary_music_comes_back_exactly(score: Score) -> None:
    """Notes with spelling, voice and staff; bars, metre, key, tempo, clefs, parts, marks and info."""
    data, lost = write_musicxml(score)
    assert lost == ()
    assert broken_rules(data) == []
    assert read_musicxml(data, "again.musicxml") == score


@given(any_scores())
@settings(max_examples=80, deadline=None)
def test_every_note_of_any_score_survives(score: Score) -> None:
    """Onset, duration, pitch, part, voice and staff, however odd the bars; and each has a value that can be drawn."""
    assume(len(score.parts) and score.end)
    data = write_musicxml(score)[0]
    assert broken_rules(data) == []
    assert note_places(read_musicxml(data, "again.musicxml")) == note_places(score)


def note_places(score: Score) -> Counter[tuple[int, ...]]:
    return Counter(
        (on, 0 if grace else long, pitch, part, voice, staff, bool(grace))
        for on, long, pitch, _, part, voice, staff, _, grace in score.notes.tolist()
    )


@pytest.mark.parametrize(
    ("title", "meant"),
    [("Auf, auf, mein Herz, in H&amp;ouml;h", "Auf, auf, mein Herz, in Höh"), ("R&amp;B; a&amp;b", "R&B; a&b"),
     ("S&amp;oslash;ren &amp;amp; S&amp;#246;hne", "Søren & Söhne")],
)  # fmt: skip
def test_letters_that_a_program_wrote_as_in_html_are_read_as_letters(title: str, meant: str) -> None:
    head = (
        f"<movement-title>{title}</movement-title><part-list><score-part id='P1'><part-name/></score-part></part-list>"
    )
    bar = "<measure><note><rest/><duration>4</duration></note></measure>"
    data = f"<score-partwise>{head}<part id='P1'>{bar}</part></score-partwise>"
    assert read_musicxml(data.encode(), "a.musicxml").info["title"] == meant


def signs(score: Score) -> Counter[tuple[str, str, int, int, str]]:
    return Counter((mark.kind, mark.text, mark.part, mark.number, mark.extra) for mark in score.marks)


def drawn(folder: Path, n_files: int, seed: int) -> list[Path]:
    paths = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.stat().st_size < 250_000)
    return random.Random(seed).sample(paths, min(n_files, len(paths)))


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_files_come_back_as_they_were(folder: str, data_folder: Path) -> None:
    """All but the names of notes that have none, as in MIDI: those get one by the key, which is counted.

    A sign that kern hangs on a moment and on no note comes back on the note that sounds there, and stays on it.
    """
    n_same = 0
    for path in drawn(data_folder / "train" / folder, 6, 7):
        try:
            score = read_score(path)
        except ScoreReadError:
            continue
        data, lost = write_musicxml(score)
        assert broken_rules(data) == [], path.name
        found = read_musicxml(data, path.name)
        unspelled = score.notes["fifths"] == UNSPELLED
        assert sum(notice.count for notice in lost if "without a name" in notice.what) >= unspelled.any()
        if unspelled.any():
            plain = [name for name in NOTE.names if name != "fifths"]
            assert sorted(found.notes[plain].tolist()) == sorted(score.notes[plain].tolist()), path.name
        else:
            assert sorted(found.notes.tolist()) == sorted(score.notes.tolist()), path.name
        for name in KINDS_OF_FIELD:
            if name != "marks":
                assert getattr(found, name) == getattr(score, name), (path.name, name)
        assert signs(found) == signs(score), path.name
        assert again(found) == found, path.name
        n_same += 1
    assert n_same >= 5


def test_a_slur_that_ends_before_it_begins_where_no_music_is_is_left_out_and_told() -> None:
    score = Score.build(
        [(0, 24, 60, 0, 0, 1, 1, -12, 0)],
        [Part()],
        end=24,
        marks=[Mark(kind="slur", tick=24, part=0, end=0, end_pitch=60)],
    )
    data, lost = write_musicxml(score)
    assert broken_rules(data) == []
    assert [(notice.what, notice.count) for notice in lost] == [("marks on no note or rest left out: slur", 1)]
