"""Planted copies are found, named and placed; invented music shares little; nothing is too odd to be asked."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.passages import both_excerpts, known_score
from stretto.evaluate.real_sharing import KINDS, real_sharing
from stretto.evaluate.sung_lines import cells_of, sung_lines
from stretto.evaluate.training_music import shipped_music
from stretto.score.model import Meter, Notes, Part, Score

BAR = 96
NAMES = ("Soprano", "Alto", "Tenor", "Bass")


def invented(n_bars: int, n_voices: int = 4, seed: int = 0) -> list[tuple[int, ...]]:
    """Notes that nobody wrote: any pitches of each voice's range, in quarters and eighths."""
    rng = np.random.default_rng(seed)
    rows = []
    for voice in range(n_voices):
        at, low = 0, 66 - 6 * voice
        while at < n_bars * BAR:
            duration = int(rng.choice([12, 24, 24]))
            rows.append((at, duration, int(rng.integers(low, low + 13)), 0, voice, 1, 1, 127, 0))
            at += duration
    return rows


def as_score(rows: list[tuple[int, ...]] | Notes, n_parts: int = 4, **rest: Any) -> Score:
    """In 4/4."""
    parts = [Part(name=NAMES[i] if n_parts == 4 else f"Line {i + 1}") for i in range(n_parts)]
    return Score.build(rows, parts, meters=[Meter()], **rest)


def of_training(title: str) -> int:
    """Index of the piece with a title."""
    return next(i for i, piece in enumerate(shipped_music().pieces) if title in piece.title)


def planted(source: Score, start: int, end: int, *, at: int, up: int = 0, n_bars: int = 12) -> list[tuple[int, ...]]:
    """Invented music in which, from tick `at` on, a stretch of another piece stands, moved up."""
    rows = [row for row in invented(n_bars) if row[0] + row[1] <= at or row[0] >= at + end - start]
    for note in source.notes[(source.notes["onset"] >= start) & (source.notes["onset"] < end)].tolist():
        onset, duration, pitch, _, part, *_ = note
        rows.append((onset - start + at, min(duration, end - onset), pitch + up, 0, part, 1, 1, 127, 0))
    return rows


ALLEIN = of_training("Allein Gott in der Höh sei Ehr (BWV 104.06)")


def test_four_bars_of_a_chorale_in_another_key_are_found_named_and_placed() -> None:
    """Bars 3-6 of BWV 104.06, a minor third higher, in bars 5-8 of an invented piece."""
    source = known_score(shipped_music(), ALLEIN)
    start = source.bars[3].tick
    assert source.bars[3].number == 3
    found = originality_of(as_score(planted(source, start, start + 4 * BAR, at=4 * BAR, up=3)))
    for kind in ("all voices", "three voices", "near copy"):
        passage = found.passages[kind]
        assert passage.piece.title == "Allein Gott in der Höh sei Ehr (BWV 104.06)"
        assert passage.piece.composer == "Bach, Johann Sebastian" and passage.piece.source.licence == "CC BY 4.0"
        assert 16 <= passage.quarters <= 17.5 and passage.up == 3 and passage.speed == 1
        assert passage.here.bars in ((5, 8), (4, 8), (5, 9)) and passage.there.bars in ((3, 6), (2, 6), (3, 7))
        assert abs(passage.here.start - 4 * BAR - (passage.there.start - start)) == 0
    assert found.nearest is not None and found.nearest.real_below == 1.0
    assert "Allein Gott" in found.sentences()[0] and "3 semitones higher" in found.sentences()[0]


def test_a_few_other_notes_and_rhythms_do_not_hide_a_copy() -> None:
    """Six bars, of which three eighths of the alto are other notes, and four quarters are struck twice or late."""
    source = known_score(shipped_music(), ALLEIN)
    start = source.bars[2].tick
    rows = planted(source, start, start + 6 * BAR, at=2 * BAR, up=-2)
    copied = [i for i, row in enumerate(rows) if 2 * BAR <= row[0] < 8 * BAR]
    altos = [i for i in copied if rows[i][4] == 1]
    for i in altos[5::9]:
        rows[i] = (rows[i][0], rows[i][1], rows[i][2] + 2, *rows[i][3:])
    for i in [i for i in copied if rows[i][1] == 24 and rows[i][4] in (2, 3)][::8]:
        onset, _, *rest = rows[i]
        rows[i] = (onset, 12, *rest)
        rows.append((onset + 12, 12, *rest))
    found = originality_of(as_score(rows)).passages["near copy"]
    assert found.index == ALLEIN and found.quarters >= 20 and found.up == -2


@pytest.mark.parametrize(("factor", "speed"), [(2, 0.5), (0.5, 2.0)])
def test_doubled_and_halved_values_do_not_hide_a_copy(factor: float, speed: float) -> None:
    source = known_score(shipped_music(), ALLEIN)
    notes = source.notes[source.notes["onset"] < 8 * BAR].copy()
    notes["onset"], notes["duration"] = notes["onset"] * factor, notes["duration"] * factor
    found = originality_of(as_score(notes))
    assert found.passages["all voices"].index == ALLEIN and found.passages["all voices"].speed == speed
    assert found.passages["melody"].index == ALLEIN and found.passages["melody"].speed == speed
    assert found.passages["all voices"].quarters >= 30 * (factor if factor < 1 else 1)


def test_one_borrowed_melody_is_found_in_whichever_line_it_stands() -> None:
    """The tenor of BWV 104.06 as the third of nine lines, an octave and a tone higher."""
    source = known_score(shipped_music(), ALLEIN)
    tenor = source.notes[(source.notes["part"] == 2) & (source.notes["onset"] < 5 * BAR)]
    rows = [row for row in invented(6, n_voices=9) if row[4] != 2]
    rows += [(int(n["onset"]) + 24, int(n["duration"]), int(n["pitch"]) + 14, 0, 2, 1, 1, 127, 0) for n in tenor]
    found = originality_of(as_score(rows, 9))
    assert found.n_lines == 9
    melody = found.passages["melody"]
    assert melody.index == ALLEIN and melody.up == 14 and melody.notes >= 12
    assert melody.here.names == ("Line 3",) and melody.there.names == ("tenor",)
    assert melody.here.start - melody.there.start == 24


def test_the_steps_of_a_melody_are_known_again_in_another_rhythm() -> None:
    source = known_score(shipped_music(), ALLEIN)
    soprano = source.notes[source.notes["part"] == 0]
    pitches = soprano["pitch"][np.r_[True, np.diff(soprano["pitch"]) != 0]][:20]
    rng = np.random.default_rng(5)
    onsets = np.cumsum(rng.integers(1, 9, 21)) * 6
    rows = [
        (int(a), int(b - a), int(p), 0, 0, 1, 1, 127, 0) for a, b, p in zip(onsets, onsets[1:], pitches, strict=False)
    ]
    found = originality_of(as_score(rows, 1))
    assert found.passages["melody without rhythm"].notes == 20
    assert found.passages["melody"].notes < 10


def test_music_that_nobody_wrote_shares_little() -> None:
    for seed in range(3):
        found = originality_of(as_score(invented(16, seed=seed)))
        assert found.passages["all voices"].quarters <= 1 and found.passages["three voices"].quarters <= 2
        assert found.passages["melody"].notes <= 7
        assert found.nearest is not None and found.nearest.real_below < 0.05


def test_a_scale_by_hand_shares_no_more_than_most_chorales_do() -> None:
    """Up and down in thirds and sixths: a figure that every piece has, in chords that few have."""
    scale = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60]
    rows = [
        (24 * i, 24, p + up, 0, v, 1, 1, 127, 0) for i, p in enumerate(scale) for v, up in enumerate((9, 4, 0, -12))
    ]
    found = originality_of(as_score(rows))
    assert found.passages["all voices"].real_below < 0.5


def test_two_voices_on_a_staff_are_two_lines() -> None:
    """A hymn in two parts of two voices each, as it is printed."""
    source = known_score(shipped_music(), ALLEIN)
    notes = source.notes.copy()
    notes["voice"] = 1 + notes["part"] % 2
    notes["part"] = notes["part"] // 2
    found = originality_of(Score.build(notes, [Part(name="Upper"), Part(name="Lower")], meters=[Meter()]))
    assert found.n_lines == 4 and found.passages["all voices"].index == ALLEIN
    assert found.passages["all voices"].quarters > 20


def test_chords_of_three_in_one_voice_are_three_lines_and_of_five_the_outer_two() -> None:
    rows = [(24 * i, 24, p, 0, 0, 1, 1, 127, 0) for i in range(8) for p in (48 + i, 60, 67 + i % 3)]
    top, inner, bottom = sung_lines(as_score(rows, 1))
    assert top.pitch_N.tolist() == [67 + i % 3 for i in range(8)] and bottom.pitch_N.tolist() == [*range(48, 56)]
    assert inner.pitch_N.tolist() == [60] * 8
    assert cells_of([top, bottom], 12)[:3].tolist() == [[67, 48], [67, 48], [68, 49]]
    thick = [*rows, *((24 * i, 24, p, 0, 0, 1, 1, 127, 0) for i in range(8) for p in (62, 64))]
    assert [line.pitch_N[0] for line in sung_lines(as_score(thick, 1))] == [67, 48]


def test_what_is_held_in_chords_stays_with_its_line() -> None:
    """A half in the soprano over two quarters in the alto; then both in unison for one quarter."""
    heights = ((0, 48, 72), (0, 24, 67), (24, 24, 69), (0, 48, 60), (0, 48, 48))
    unison = ((48, 24, 71), (48, 24, 60), (48, 24, 48))
    rows = [(at, long, pitch, 0, 0, 1, 1, 127, 0) for at, long, pitch in (*heights, *unison)]
    lines = [(line.onset_N.tolist(), line.pitch_N.tolist()) for line in sung_lines(as_score(rows, 1))]
    assert lines == [([0, 48], [72, 71]), ([0, 24, 48], [67, 69, 71]), ([0, 48], [60, 60]), ([0, 48], [48, 48])]


@pytest.mark.parametrize("hands", [(0, 0, 0, 0), (0, 0, 1, 1), (0, 0, 0, 1)])
def test_a_chorale_written_as_chords_is_known_again(hands: tuple[int, ...]) -> None:
    """In one voice, as in a MIDI file of one track; two in each hand; three in the right hand."""
    notes = known_score(shipped_music(), ALLEIN, up=2).notes.copy()
    notes["voice"] = 1 + np.array(hands)[notes["part"]]
    notes["part"] = 0
    passage = originality_of(as_score(notes, 1)).passages["near copy"]
    assert passage.index == ALLEIN and passage.up == 2 and passage.quarters > 20


def test_three_lines_are_compared_with_any_three_voices() -> None:
    source = known_score(shipped_music(), ALLEIN)
    notes = source.notes[source.notes["part"] != 1].copy()
    notes["part"] = np.where(notes["part"] == 0, 0, notes["part"] - 1)
    found = originality_of(as_score(notes, 3))
    passage = found.passages["three voices"]
    assert "all voices" not in found.passages and passage.index == ALLEIN
    assert passage.there.names == ("soprano", "tenor", "bass") and passage.quarters > 20


@pytest.mark.parametrize("n_voices", [1, 2, 8])
def test_any_number_of_voices_can_be_asked(n_voices: int) -> None:
    found = originality_of(as_score(invented(8, n_voices), n_voices))
    assert found.n_lines == n_voices and {"melody", "melody without rhythm"} <= set(found.passages)
    assert ("three voices" in found.passages) == (n_voices > 2)


def test_instruments_that_double_a_choir_do_not_hide_it() -> None:
    """A cantata's chorale: trumpet with the soprano, an octave up, continuo with the bass, an octave down, and oboe."""
    notes = known_score(shipped_music(), ALLEIN).notes.tolist()
    rows = [tuple(n) for n in notes]
    rows += [(n[0], n[1], n[2] + 12, 0, 4, *n[5:]) for n in notes if n[4] == 0]
    rows += [(n[0], n[1], n[2] - 12, 0, 5, *n[5:]) for n in notes if n[4] == 3]
    found = originality_of(as_score(rows, 6))
    assert found.n_lines == 6 and found.passages["all voices"].index == ALLEIN
    assert found.passages["all voices"].quarters > 30


def test_a_fifth_voice_does_not_hide_four_and_names_tell_a_choir_among_more() -> None:
    rows = [tuple(n) for n in known_score(shipped_music(), ALLEIN).notes.tolist()]
    fifth = [(*row[:4], 4, *row[5:]) for row in invented(11, n_voices=1, seed=4)]
    assert originality_of(as_score(rows + fifth, 5)).passages["all voices"].index == ALLEIN
    more = [(row[0], row[1], row[2], 0, 5 + row[4], *row[5:]) for row in invented(11, n_voices=3, seed=5)]
    names = ("Soprano", "Alto", "Tenor", "Bass", "Oboe", "Violino I", "Violino II", "Viola")
    score = Score.build(rows + fifth + more, [Part(name=name) for name in names], meters=[Meter()])
    found = originality_of(score).passages["all voices"]
    assert found.index == ALLEIN and found.here.names == ("Soprano", "Alto", "Tenor", "Bass")


def test_what_has_no_notes_shares_nothing() -> None:
    for score in (as_score([], 4), as_score([], 0), as_score([(0, 24, 60, 0, 0, 1, 1, 127, 0)], 1)):
        found = originality_of(score)
        assert found.nearest is None and found.passages == {}
        assert found.sentences() == ["nothing is shared with the training music"]
        assert found.as_json()["passages"] == []


@pytest.mark.parametrize("kind", ["invented", "drone", "known"])
def test_three_minutes_are_asked_in_a_moment(kind: str) -> None:
    """75 bars; a drone agrees with every held chord at every shift."""
    rows: list[tuple[int, ...]] = invented(75)
    if kind == "drone":
        rows = [(24 * i, 24, p, 0, v, 1, 1, 127, 0) for i in range(300) for v, p in enumerate((67, 64, 60, 48))]
    if kind == "known":
        source = known_score(shipped_music(), ALLEIN).notes.tolist()
        rows = [(n[0] + 1000 * i, *n[1:]) for i in range(7) for n in source if n[0] + n[1] <= 1000]
    score = as_score(rows)
    originality_of(score)
    started = time.process_time()
    found = originality_of(score)
    assert time.process_time() - started < 0.5
    assert found.n_lines == 4 and (kind == "invented" or "all voices" in found.passages)


def test_a_share_of_real_chorales_goes_with_each_length() -> None:
    real = real_sharing()
    assert real.n >= 130
    for kind in KINDS:
        assert real.below(kind, 0) == 0 and real.below(kind, 1000) == 1
        assert 0.9 <= real.below(kind, real.quantile(kind, 0.95)) <= 0.95
        assert real.below(kind, real.quantile(kind, 0.95) + 0.5) >= 0.95
    assert real.quantile("all voices", 0.5) <= real.quantile("near copy", 0.5) <= real.quantile("near copy", 0.95) < 12


def test_both_passages_are_cut_to_their_bars_in_one_key_with_the_same_notes_marked() -> None:
    """Bars 5-8 here, 3-6 there: the marked notes are the same pitches at the same places."""
    source = known_score(shipped_music(), ALLEIN)
    start = source.bars[3].tick
    found = originality_of(as_score(planted(source, start, start + 4 * BAR, at=4 * BAR, up=3)))
    mine, theirs = both_excerpts(found.score, found.passages["all voices"])
    for excerpt in (mine, theirs):
        assert len(excerpt.score.parts) == 4 and excerpt.score.bars[0].tick == 0
    assert mine.score.bars[0].number == 5 and theirs.score.bars[0].number == 3
    pitches = [sorted(e.score.notes["pitch"][list(e.alike)].tolist()) for e in (mine, theirs)]
    assert len(pitches[0]) > 40 and pitches[0][:40] == pitches[1][:40]


def test_a_melody_is_shown_alone_and_a_piece_without_bars_gets_those_of_the_other() -> None:
    index = next(i for i, piece in enumerate(shipped_music().pieces) if not piece.bars)
    source = known_score(shipped_music(), index)
    found = originality_of(as_score(planted(source, 48, 48 + 3 * BAR, at=4 * BAR + 24)))
    passage = found.passages["all voices"]
    assert passage.index == index and passage.there.bars is None and str(passage.there).startswith("quarters ")
    mine, theirs = both_excerpts(found.score, passage)
    assert [bar.tick for bar in mine.score.bars] == [bar.tick for bar in theirs.score.bars]
    assert mine.score.meters == theirs.score.meters
    alone = both_excerpts(found.score, found.passages["melody"])
    assert [len(excerpt.score.parts) for excerpt in alone] == [1, 1] and all(excerpt.alike for excerpt in alone)
