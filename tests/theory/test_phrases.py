"""Phrases of music with fermatas, without, and without a melody to sing."""

from __future__ import annotations

from drawn_choir import choir

from stretto.score.model import Score
from stretto.theory.phrases import phrases_of

LINE = "D4 D4 E4 F#4 G4 F#4 E4:2 "
LAST = "D4 E4 F#4 G4 F#4 E4 D4:2"


def told(score: Score) -> list[tuple[int, int, str]]:
    """Quarter of the start and of the last chord of each phrase, and what tells it."""
    return [(p.tick // 24, p.close.settled // 24, p.told_by) for p in phrases_of(score)]


def test_fermatas_end_phrases() -> None:
    score = choir(LINE + LAST, LINE + LAST, key="D major", fermatas=(6, 14))
    assert told(score) == [(0, 6, "fermata"), (8, 14, "fermata")]


def test_without_fermatas_the_ear_hears_where_a_melody_breathes() -> None:
    score = choir(LINE + LINE + LINE + LAST, key="D major")
    assert told(score) == [(0, 6, "ear"), (8, 14, "ear"), (16, 22, "ear"), (24, 30, "ear")]


def test_one_fermata_on_the_last_chord_tells_nothing_of_the_others() -> None:
    score = choir(LINE + LINE + LINE + LAST, key="D major", fermatas=(30,))
    assert [p.told_by for p in phrases_of(score)] == ["ear"] * 4


def test_where_none_could_sing_rests_and_long_notes_tell() -> None:
    """Sixteenths for seven quarters and a rest, four times."""
    run = " ".join(["C5:1/4 D5:1/4 E5:1/4 F5:1/4"] * 7) + " r "
    assert [t for _, t, _ in told(choir(run * 4, key="C major"))] == [6, 14, 22, 31 - 1]
    assert {p.told_by for p in phrases_of(choir(run * 4, key="C major"))} == {"rest"}


def test_phrases_leave_no_gap() -> None:
    phrases = phrases_of(choir(LINE + LINE + LINE + LAST, key="D major"))
    assert [p.end for p in phrases[:-1]] == [p.tick for p in phrases[1:]] and phrases[-1].end == 32 * 24


def test_no_notes_have_no_phrase() -> None:
    assert phrases_of(choir("r:4")) == []
