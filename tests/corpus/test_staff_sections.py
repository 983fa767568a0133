"""Scores are cut where the music says, and told their key, metre, tempo and dynamics."""

from __future__ import annotations

import pytest
from drawn_staff_pieces import line, np_notes, score_of

from stretto.corpus.staff_marks import tempo_at
from stretto.corpus.staff_sections import irregular_share, key_sections, section_of, whole_bars
from stretto.score.model import Key, Mark, Meter, Part, Score

SCALE = "60 62 64 65 67 69 71 72 "


def whole(score: Score, n_staves: int = 2, **more: object):  # type: ignore[no-untyped-def]
    """The section that is all of a score."""
    return section_of(score, np_notes(score), n_staves, 0, score.end, parts=(0,), **more)  # type: ignore[arg-type]


def test_a_change_of_signature_parts_a_piece_only_where_both_sides_are_long() -> None:
    """Sixteen bars stand alone; four do not."""
    rows = line(SCALE * 20)
    long = score_of(rows, keys=(Key(), Key(tick=20 * 96, fifths=3)))
    assert key_sections(long) == [(0, 1920), (1920, 3840)]
    assert key_sections(score_of(rows, keys=(Key(), Key(tick=4 * 96, fifths=3)))) == [(0, 3840)]
    assert key_sections(score_of(rows, keys=(Key(), Key(tick=20 * 96, fifths=0)))) == [(0, 3840)]


def test_a_bar_cut_by_a_repeat_sign_is_whole_again() -> None:
    """Three beats before the sign and one after it are one bar of four; a short last bar stays short."""
    starts, names = whole_bars([0, 24, 120, 192, 216], ["4/4"] * 5, 288)
    assert starts == [0, 24, 120, 216] and names == ["4/4"] * 4
    assert whole_bars([0, 96, 168, 192], ["4/4", "3/4", "1/4", "4/4"], 288) == ([0, 96, 192], ["4/4"] * 3)


def test_a_real_change_of_metre_is_no_cut_bar() -> None:
    """A bar of two and one of three are not one of five."""
    assert whole_bars([0, 48, 120], ["2/4", "3/4", "3/4"], 192) == ([0, 48, 120], ["2/4", "3/4", "3/4"])


def test_bars_of_many_lengths_are_irregular_and_long_sections_are_not() -> None:
    """A waltz after a march is no miscounting."""
    assert irregular_share(["4/4"] * 8 + ["3/4"] * 8) == 0
    assert irregular_share(["4/4", "9/8", "4/4", "17/16"] * 4) > 0.8


def test_irregular_barlines_are_believed_of_an_edition_and_not_of_midi() -> None:
    """Then nothing is said of the metre, and that is counted."""
    meters = tuple(Meter(tick=t, numerator=n) for t, n in ((0, 4), (96, 5), (216, 3), (288, 4), (384, 5), (504, 4)))
    score = score_of(line(SCALE * 4), meter=meters)
    assert whole(score).plan.bar_meters[1] == "5/4"
    doubted = whole(score, trusted=False)
    assert doubted.plan.bar_starts is None
    assert "metres not believed: bars of many lengths" in [n.what for n in doubted.read]


def test_a_section_counts_from_its_own_start_and_ends_what_it_leaves() -> None:
    """Bars, notes and marks move; a note held over the end is cut and counted."""
    rows = [*line("60 62 64 65", length=96), (384, 192, 67, 0, 0, 1, 1, 127, 0), *line("69", length=96, start=576)]
    score = score_of(rows, marks=(Mark(kind="dynamic", tick=384, text="p", part=0),))
    found = section_of(score, np_notes(score), 2, 192, 480, parts=(0,))
    assert found.music.notes["onset"].tolist() == [0, 96, 192]
    assert found.music.notes["duration"].tolist() == [96, 96, 96]
    assert found.plan.bar_starts == (0, 96, 192) and found.plan.end == 288
    assert found.dynamics == ((192, "p"),)
    assert [str(n) for n in found.read] == ["1 x notes held over the end cut short"]


def test_bars_in_which_only_others_play_are_no_start_and_no_end() -> None:
    """Two bars of rest before, three after; the rest within the first bar stays."""
    score = score_of(line("60 62 64 65 67 69 71", start=2 * 96 + 24), end=7 * 96)
    found = whole(score)
    assert found.music.end == 2 * 96 and found.plan.bar_starts == (0, 96)
    assert found.music.notes["onset"][0] == 24
    assert "silent bars at a start or an end left out" in [n.what for n in found.read]


def test_an_upbeat_is_a_pickup() -> None:
    """One beat before the first barline."""
    assert whole(score_of(line("67 " + SCALE), pickup=24)).plan.pickup == 24


def test_a_piece_that_begins_again_is_in_the_key_of_its_start() -> None:
    """G minor, then a trio in B flat on which the file ends, with "D.C." at its end."""
    minor = "67 70 74 70 66 69 72 69 67 70 74 70 62 66 67 67 "
    trio = "70 74 77 74 69 72 77 72 70 74 77 74 65 69 70 70 70 70 70 70 "
    again = (Mark(kind="words", tick=32 * 24, text="D.C.", part=0),)
    found = whole(score_of(line(minor + trio), keys=(Key(fifths=-2),), marks=again)).plan
    assert (found.tonic, found.mode) == (7, "minor")


def test_dynamics_are_dynamics_and_words_swell_where_no_hairpin_does() -> None:
    """ "dolce" is none; "cresc." lasts to the next mark."""
    marks = (
        Mark(kind="dynamic", tick=0, text="p", part=0),
        Mark(kind="dynamic", tick=24, text="dolce", part=0),
        Mark(kind="words", tick=48, text="cresc.", part=0),
        Mark(kind="dynamic", tick=144, text="ff", part=0),
        Mark(kind="wedge", tick=240, end=288, text="diminuendo", part=0),
        Mark(kind="words", tick=252, text="dim.", part=0),
        Mark(kind="dynamic", tick=264, text="pp", part=1),
    )
    rows = [*line(SCALE * 2), *line("60", part=1)]
    found = whole(score_of(rows, parts=(Part(n_staves=2), Part(name="Voice")), marks=marks))
    assert found.dynamics == ((0, "p"), (144, "ff"))
    assert found.hairpins == ((48, 144, "crescendo"), (240, 288, "diminuendo"))


def test_what_one_of_four_players_is_told_is_not_the_quartets_dynamic() -> None:
    """Two of four who strike make it one; so does a player who strikes alone."""
    rows = [row for part in range(4) for row in line("60 62", part=part)] + line("64", start=48, part=2)
    marks = (
        *(Mark(kind="dynamic", tick=0, text="f", part=p) for p in (0, 3)),
        Mark(kind="dynamic", tick=24, text="p", part=1),
        Mark(kind="dynamic", tick=48, text="pp", part=2),
    )
    score = score_of(rows, parts=tuple(Part(name=n) for n in "abcd"), marks=marks)
    notes = np_notes(score)
    notes["staff"] = score.notes["part"]
    found = section_of(score, notes, 4, 0, score.end, parts=(0, 1, 2, 3))
    assert found.dynamics == ((0, "f"), (48, "pp"))


@pytest.mark.parametrize(("words", "qpm"), [("Allegretto grazioso", 108), ("molto Allegro", 132), ("dolce", 0)])
def test_tempo_words_say_how_fast(words: str, qpm: float) -> None:
    """Where no metronome mark does."""
    assert tempo_at(score_of(line(SCALE)), 0, [(0, words)]) == qpm


def test_a_beat_of_six_eighths_is_a_dotted_quarter() -> None:
    """So its quarters are faster."""
    score = score_of(line(SCALE), meter=Meter(numerator=6, denominator=8))
    assert tempo_at(score, 0, [(0, "Andante")]) == 1.5 * tempo_at(score_of(line(SCALE)), 0, [(0, "Andante")])


def test_no_note_is_off_the_piano() -> None:
    """It is left out and counted."""
    found = whole(score_of(line("60 110 62")))
    assert found.music.notes["pitch"].tolist() == [60, 62]
    assert "1 x notes that no piano has left out" in [str(n) for n in found.read]


def test_density_and_polyphony_are_told() -> None:
    """Two voices in quarters, for half of the time."""
    score = score_of([*line("60 62"), *line("72 74", staff=2)], end=96)
    plan = whole(score).plan
    assert (plan.density, plan.polyphony) == (1.0, 2.0)
