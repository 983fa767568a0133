"""The plain-text notation: what a person types, what comes back, what is refused and how."""

from __future__ import annotations

import doctest
import random
import re
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from made_scores import any_scores

from stretto.errors import ScoreReadError
from stretto.score import text_lyrics, text_names
from stretto.score.model import UNSPELLED, Bar, Key, Mark, Meter, Part, Score, Tempo
from stretto.score.text import read_text, write_text

NO_SHRINKING = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]

TUNE = """
title: Nun danket alle Gott
composer: Johann Crüger
key: F major
meter: 4/4
pickup: 1/4
tempo: 96

  0 | C5 |
    lyrics: Nun
  1 | C5 C5 D5 D5 |
    lyrics: dan-ket al-le
  2 | C5h.^ Bb4q |
    lyrics: Gott mit
"""


def read(text: str) -> Score:
    return read_text(text.encode(), "tune.txt")


def written(score: Score) -> str:
    data, lost = write_text(score)
    assert lost == ()
    return data.decode()


def refusal(text: str) -> str:
    with pytest.raises(ScoreReadError) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def pitches_and_times(score: Score) -> list[tuple[int, int, int]]:
    return [(int(n["onset"]), int(n["duration"]), int(n["pitch"])) for n in score.notes]


def test_a_typed_tune_is_the_score_it_says() -> None:
    score = read(TUNE)
    assert score.info == {"title": "Nun danket alle Gott", "composer": "Johann Crüger"}
    assert score.keys == (Key(fifths=-1, mode="major"),)
    assert score.meters == (Meter(),)
    assert score.tempos == (Tempo(qpm=Fraction(96)),)
    assert score.parts == (Part(),)
    assert [bar.number for bar in score.bars] == [0, 1, 2]
    assert (score.pickup, score.end) == (24, 24 + 96 + 96)
    assert pitches_and_times(score) == [
        (0, 24, 72), (24, 24, 72), (48, 24, 72), (72, 24, 74), (96, 24, 74), (120, 72, 72), (192, 24, 70),
    ]  # fmt: skip
    assert score.notes["fifths"].tolist() == [0, 0, 0, 2, 2, 0, -2]


def test_lyrics_fall_on_the_notes_and_hyphens_make_words() -> None:
    lyrics = [(m.tick, m.text, m.extra) for m in read(TUNE).marks if m.kind == "lyric"]
    assert lyrics == [
        (0, "Nun", "single"), (24, "dan", "begin"), (48, "ket", "end"), (72, "al", "begin"), (96, "le", "end"),
        (120, "Gott", "single"), (192, "mit", "single"),
    ]  # fmt: skip


def test_a_roof_is_a_fermata() -> None:
    fermatas = [mark for mark in read(TUNE).marks if mark.kind == "fermata"]
    assert fermatas == [Mark(kind="fermata", tick=120, pitch=72, part=0, voice=1, staff=1)]


def test_a_tune_of_two_lines_needs_no_header() -> None:
    score = read("C4 D4 E4 C4 | C4 D4 E4 C4\nE4 F4 G4h")
    assert len(score.bars) == 3
    assert score.meters == ()
    assert score.end == 3 * 96
    assert pitches_and_times(score)[-1] == (240, 48, 67)


def test_lengths_last_until_the_next_and_every_bar_starts_with_quarters() -> None:
    score = read("| C4e D4 E4 F4 G4q A4 | B4 C5h. |")
    assert score.notes["duration"].tolist() == [12, 12, 12, 12, 24, 24, 24, 72]


def test_triplets_dots_sums_and_ticks_are_lengths() -> None:
    score = read("meter: 7/4\n| C4q3 D4 E4 F4q.. G4:6 A4h+e r:12 |")
    assert score.notes["duration"].tolist() == [16, 16, 16, 42, 6, 60]
    assert score.end == 168


def test_a_minus_holds_the_note_across_the_barline() -> None:
    score = read("| C4h [E4 G4] | -q D4h. |")
    assert pitches_and_times(score) == [(0, 48, 60), (48, 72, 64), (48, 72, 67), (120, 72, 62)]


def test_layers_sound_together() -> None:
    score = read("| C5 D5 E5 F5 & C4w |")
    assert pitches_and_times(score)[:2] == [(0, 96, 60), (0, 24, 72)]


def test_graces_take_no_time() -> None:
    score = read("| {D5 E5e} C5w |")
    found = [tuple(note) for note in score.notes[["onset", "duration", "pitch", "grace"]].tolist()]
    assert found == [(0, 0, 74, 1), (0, 12, 76, 2), (0, 96, 72, 0)]


def test_repeat_signs_stand_in_the_music() -> None:
    score = read("| C4w |: D4w | E4w :| F4w |")
    assert [(bar.repeat_start, bar.repeat_end) for bar in score.bars] == [(False, 0), (True, 0), (False, 2), (False, 0)]


def test_a_line_may_end_with_the_sign_that_opens_the_next() -> None:
    score = read("| C4w |:\n| D4w :|\n")
    assert score.bars[1] == Bar(tick=96, number=2, repeat_start=True, repeat_end=2)


def test_the_last_bar_may_give_the_pickup_back() -> None:
    score = read("pickup: 1/4\n| G4 | C4w | C4h. |")
    assert score.end == 24 + 96 + 72


def test_an_empty_bar_is_silent_and_full() -> None:
    score = read("meter: 3/4\n| C4h. | | E4h. |\n| |")
    assert score.notes["onset"].tolist() == [0, 144]
    assert (len(score.bars), score.end) == (4, 288)


def test_labels_skip_bars_of_a_second_voice() -> None:
    score = read("part: Organ\n| C5w | D5w | E5w |\nvoice: 2 staff 2\n 3 | C3w |")
    low = score.notes[score.notes["voice"] == 2]
    assert (low["onset"].tolist(), low["staff"].tolist()) == ([192], [2])


def test_spelling_none_leaves_all_names_open() -> None:
    assert set(read("spelling: none\n| C#4w |").notes["fifths"].tolist()) == {UNSPELLED}
    assert read("| C#4w? |").notes["fifths"].tolist() == [UNSPELLED]
    assert read("| C#4w |").notes["fifths"].tolist() == [7]


def test_changes_of_metre_key_and_tempo_stand_at_bars() -> None:
    score = read("meter: 3/4\n@meter 2 4/4\n@key 2 D dorian\n@tempo 2.3 60 Adagio unit=half\n| C4h. | D4w |")
    assert score.bars[1].tick == 72
    assert score.end == 72 + 96
    assert score.keys == (Key(tick=72, fifths=0, mode="dorian"),)
    assert score.tempos == (Tempo(tick=120, qpm=Fraction(60), text="Adagio", unit="half"),)


def test_beats_of_a_pickup_count_as_the_end_of_a_bar() -> None:
    score = read("pickup: 1/4\n| G4 | C4w |\n@words 0.4 dolce\n@words 1.4+1/2 poco")
    assert [mark.tick for mark in score.marks] == [0, 24 + 84]


def test_an_attribute_and_a_quoted_text_do_not_mix() -> None:
    score = read('| C4w |\n@words 1 "on=C4" extra=above')
    assert score.marks == (Mark(kind="words", text="on=C4", part=0, extra="above"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n \n", "is empty; write music in it"),
        ("| C4 D4 E4 |\n| C4w |", "line 1, column 2: found 'bar 1 of 3 quarters'; expected 4 quarters, as its metre"),
        ("| C4 H4 E4 F4 |", "line 1, column 6: found 'H4'; expected a note like C4, F#5q. or Bb3"),
        ("| C4w |\n| -w |\n| r -h. |", "line 3, column 5: found '-'; expected a note just before it"),
        (
            "pickup: 1/4\npart: S\n0 | G4q |\n1 | C5w |\n2 | G4h F4q. |\npart: B\n0 | G3q |\n1 | C3w |\n2 | C3h F2q |",
            "line 5, column 4: found 'bar 2 of 3 1/2 quarters'; expected 3 quarters, as its metre says without the",
        ),
        ("| [C4 E4 | G4w |", "line 1, column 3: found '[C4'; expected a chord like [C4 E4 G4], closed in the same bar"),
        ("| [C4h E4] |", "line 1, column 4: found 'C4h'; expected the length after the bracket"),
        ("| C4t. |", "line 1, column 5: found 't.'; expected a length"),
        ("| C10 |", "line 1, column 3: found 'C10'; expected a note from C-1 to G9"),
        ("key: H major\n", "line 1, column 6: found 'H'; expected a key like F major"),
        ("meter: 3\n", "line 1, column 8: found '3'; expected a metre like 3/4"),
        ("pickup: 1/5\n", "line 1, column 9: found '1/5'; expected a part of a whole note"),
        ("tempo: fast\n", "line 1, column 8: found 'fast'; expected quarters per minute"),
        ("| C4w |\n@fermata 7", "line 2, column 10: found '7'; expected a bar from 1 to 1"),
        ("| C4w |\n@fermata x", "line 2, column 10: found 'x'; expected a place like 5 (bar)"),
        ("| C4w |\n@slur", "line 2, column 6: found the end of the line; expected a place after the kind of mark"),
        ("| C4w |\n@slur 1 of=C4", "line 2, column 9: found 'of'; expected on=, to=, part="),
        ('| C4w |\n@words 1 "open', "line 2, column 10: found '@words 1 \"open'; expected a closing quotation mark"),
        ("| C4w |\nlyrics: a b", "line 2, column 11: found 'b'; expected no more than 1 syllables"),
        ("lyrics: a b", "line 1, column 9: found 'a b'; expected a line of music above its lyrics"),
        ("part: A\n| C4w |\ntitle: Late", "line 3, column 1: found 'title:'; expected one of abbreviation, group"),
        ("| C4w |\n 1 | D4w |", "line 2, column 1: found '1'; expected a bar that this voice does not have yet"),
        ("9999999 | C4w |", "line 1, column 1: found '9999999'; expected a bar from 1 to 100000"),
        ('meter: 3/4 "cut', "line 1, column 12: found '\"cut'; expected a closing quotation mark"),
        ("part: A\nprogram: " + "1" * 5000, f"line 2, column 10: found '{'1' * 40}'; expected a whole number up to"),
        ("@bar 1 size=3/4\n| C4w |", "line 1, column 8: found 'size=3/4'; expected length=3/4, number="),
    ],
)
def test_what_is_no_notation_is_refused_with_line_column_and_hint(text: str, says: str) -> None:
    assert refusal(text).startswith(f"tune.txt: {says}")


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(ScoreReadError, match=r"^tune.txt: byte 7 is not UTF-8; save the text as UTF-8$"):
        read_text(b"title: \xff", "tune.txt")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    assert read_text("\ufeff".encode() + TUNE.replace("\n", "\r\n").encode(), "tune.txt") == read(TUNE)


def test_a_simple_tune_is_written_as_it_was_typed() -> None:
    assert written(read(TUNE)) == TUNE.lstrip().replace("\n\n  0", "\n\npart:\n  0")


def test_a_change_in_one_bar_changes_one_line() -> None:
    before, after = written(read(TUNE)), written(read(TUNE.replace("C5 C5 D5 D5", "C5 C5 D5e E5 D5q")))
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [("  1 | C5 C5 D5 D5 |", "  1 | C5 C5 D5e E5 D5q |")]


@settings(
    max_examples=150, deadline=None, derandomize=True, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck)
)
@given(any_scores())
def test_reading_what_was_written_gives_the_same_score(score: Score) -> None:
    text = written(score)
    again = read(text)
    assert again == score
    assert written(again) == text


def test_changed_letters_read_or_are_refused() -> None:
    rng = random.Random(1)
    whole = (
        TUNE
        + "@slur 1.1..1.3 on=C5 to=D5\n@bar 2 barline=final\n@clef 1 G 2\n@tempo 2 60 Adagio\n"
        + "voice: 2\n1 | C4h -h & {C4} rw |\n"
    )
    n_read = 0
    for _ in range(800):
        text = list(whole)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text[at : at + rng.randrange(3)] = rng.choice(
                ["", "|", "4", "-", '"', "\n", ":", " ", "@", "é", "[", "}", "^", "99"]
            )
        try:
            n_read += len(read("".join(text)).bars) > 0
        except ScoreReadError as error:
            assert re.match(r"tune.txt: line \d+, column \d+: found .*; expected .", str(error))
    assert 50 < n_read < 750


@pytest.mark.parametrize(
    "text",
    ["\n" * 500_000, "C4 " * 300_000, "| C4w |\n" * 100_001, "part: A\n" * 1001, "bars: 100001\n", "r " * 4_300_000],
    ids=["lines", "line", "bars", "parts", "counted bars", "bytes"],
)
def test_what_would_fill_the_memory_is_refused(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize("module", [text_lyrics, text_names])
def test_its_examples_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
