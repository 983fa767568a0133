"""Keys over time: modulations are found, one chromatic bar is none."""

from __future__ import annotations

from drawn_choir import choir, spelled

from stretto.score.model import Score
from stretto.theory.key_windows import key_at, key_windows

PHRASE = (
    "E4 F4 E4 D4 E4 D4 D4 C4",
    "C4 C4 C4 B3 C4 C4 B3 G3",
    "G3 A3 G3 G3 G3 A3 G3 E3",
    "C3 F3 G3 G3 C3 F3 G3 C3",
)
"""Two bars: I IV I64 V, I ii65 V I."""

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def moved(line: str, up: int) -> str:
    """The line so many semitones higher."""
    pitches = [spelled(token)[0] + up for token in line.split()]
    return " ".join(f"{NAMES[p % 12]}{p // 12 - 1}" for p in pitches)


def told(score: Score) -> list[tuple[int, str]]:
    """Quarter from which each key is in force."""
    return [(window.tick // 24, str(window.key)) for window in key_windows(score)]


def test_a_piece_that_stays_has_one_key() -> None:
    score = choir(*PHRASE, key="C major")
    (window,) = key_windows(score)
    assert (window.tick, window.end, str(window.key)) == (0, score.end, "C major") and window.fit > 0.9


def test_a_modulation_and_the_way_back_are_found() -> None:
    score = choir(*(f"{line} {line} {moved(line, 9)} {moved(line, 9)} {line}" for line in PHRASE), meter="4/4")
    assert told(score) == [(0, "C major"), (16, "A major"), (32, "C major")]


def test_a_modulation_to_the_dominant_begins_where_the_old_key_ends() -> None:
    """C major ends on the first two chords of the new phrase, G and C, at the latest."""
    score = choir(*(f"{line} {moved(line, 7)} {line}" for line in PHRASE), meter="4/4")
    (first, _), (there, there_name), (back, _) = told(score)
    assert (first, there_name, back) == (0, "G major", 16) and 8 <= there <= 10


def test_one_chromatic_bar_is_no_modulation() -> None:
    """Sliding sevenths, and a row of dominants, between two phrases in C."""
    for bar in (
        ("E4 Eb4 D4 Db4", "C4 C4 B3 Bb3", "G3 F#3 F3 E3", "C3 A2 G2 C3"),
        ("G#4 A4 A4 G4", "E4 E4 F#4 F4", "B3 C4 D4 D4", "E3 A2 D3 B2"),
    ):
        score = choir(*(f"{line} {own} {line}" for line, own in zip(PHRASE, bar, strict=True)), key="C major")
        assert told(score) == [(0, "C major")]


def test_keys_move_with_the_music() -> None:
    for up in range(12):
        lines = [f"{moved(line, up)} {moved(line, up)} {moved(line, up + 9)} {moved(line, up + 9)}" for line in PHRASE]
        windows = key_windows(choir(*lines, meter="4/4"))
        assert [(w.tick, w.key.tonic, w.key.mode) for w in windows] == [(0, up, "major"), (384, (up + 9) % 12, "major")]


def test_the_key_of_a_tick_is_that_of_its_window() -> None:
    windows = key_windows(choir(*(f"{line} {line} {moved(line, 9)} {moved(line, 9)}" for line in PHRASE), meter="4/4"))
    assert str(key_at(windows, 0)) == "C major" and str(key_at(windows, 24 * 16)) == "A major"


def test_no_notes_have_no_key() -> None:
    assert key_windows(choir("r:4")) == []
