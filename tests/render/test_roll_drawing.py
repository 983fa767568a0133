"""The piano-roll: every note once, strikes told from holds, any number of parts and pitches."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_scores import VOICES, chorale
from png_pixels import pixels

from stretto.render.drawing import Drawing
from stretto.render.picture import draw_file
from stretto.render.roll import draw_roll, note_name
from stretto.render.roll_plan import BLACK_KEYS, COLOURS, colour, plan_roll, shares
from stretto.score.model import UNSPELLED, Mark, Meter, Part, Score

SVG = "{http://www.w3.org/2000/svg}"


def groups(drawing: Drawing, name: str) -> list[Element]:
    return [group for group in drawing.body.iter("g") if group.get("class") == name]


def scale(n_bars: int, *, low: int = 60, n_pitches: int = 8, n_parts: int = 1) -> Score:
    rows = [(24 * i, 24, low + i % n_pitches, 0, i % n_parts, 1, 1, UNSPELLED, 0) for i in range(4 * n_bars)]
    return Score.build(rows, [Part() for _ in range(n_parts)], meters=[Meter()])


@pytest.mark.parametrize("n_bars", [1, 8, 64])
def test_every_note_is_drawn_once_with_the_edge_of_its_strike(n_bars: int) -> None:
    (drawing,) = draw_roll(scale(n_bars))
    notes = groups(drawing, "note")
    assert len(notes) == 4 * n_bars
    assert all(len(note.findall("rect")) == 2 for note in notes)
    x = [float(rect.get("x", "0")) + float(rect.get("width", "0")) for note in notes for rect in note]
    assert max(x) < drawing.width


def test_a_note_held_into_the_next_row_is_not_struck_again() -> None:
    rows = [(0, 96 * 20, 60, 0, 0, 1, 1, 0, 0)]
    (drawing,) = draw_roll(Score.build(rows, [Part()], meters=[Meter()]))
    edges = [len(note.findall("rect")) - 1 for note in groups(drawing, "note")]
    assert len(edges) > 1
    assert edges == [1] + [0] * (len(edges) - 1)


def test_bars_are_numbered_and_the_pickup_is_not() -> None:
    (drawing,) = draw_roll(chorale())
    numbers = [text.text for text in groups(drawing, "row")[0].findall("text") if text.get("font-style") == "italic"]
    assert numbers == ["1", "2", "3", "4"]


def test_parts_have_their_colours_and_a_legend() -> None:
    (drawing,) = draw_roll(chorale(title="Chorale"))
    heading = groups(drawing, "heading")[0]
    shown = [text.text for text in heading.iter("text")]
    assert shown[0] == "Chorale"
    assert shown[-4:] == list(VOICES)
    assert "G major" in str(shown[1]) and "4/4" in str(shown[1]) and "4 bars" in str(shown[1])
    assert [rect.get("fill") for rect in heading.iter("rect")] == list(COLOURS[:4])
    fills = {note[0].get("fill") for note in groups(drawing, "note")}
    assert fills == set(COLOURS[:4])


def test_colours_do_not_repeat() -> None:
    shades = [colour(part) for part in range(60)]
    assert len(set(shades)) == 60
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in shades)


def test_one_fermata_stands_over_each_rest_of_the_music() -> None:
    (drawing,) = draw_roll(chorale())
    assert len(groups(drawing, "fermata")) == 2


@given(st.integers(0, 127), st.integers(1, 88), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_all_pitches_fit_and_all_time_is_covered(low: int, n_pitches: int, n_bars: int) -> None:
    score = scale(n_bars, low=min(low, 128 - n_pitches), n_pitches=n_pitches)
    plan = plan_roll(score, 26000.0)
    assert plan.lowest <= score.notes["pitch"].min() and plan.highest >= score.notes["pitch"].max()
    assert plan.rows[0].start == 0 and plan.rows[-1].end == score.end
    assert all(a.end == b.start for a, b in pairwise(plan.rows))
    assert max(row.end - row.start for row in plan.rows) * plan.per_tick <= 26000.0 + 1e-6
    assert plan.row_height < 17000


def test_lanes_are_shaded_as_the_keys_of_a_piano() -> None:
    (drawing,) = draw_roll(scale(1, low=60, n_pitches=4))
    plan = plan_roll(scale(1, low=60, n_pitches=4), 1.0)
    shaded = [r for r in groups(drawing, "row")[0].findall("rect") if r.get("fill") == "#eeeff3"]
    assert len(shaded) == sum(p % 12 in BLACK_KEYS for p in range(plan.lowest, plan.highest + 1))


def test_pitches_are_named_at_the_left() -> None:
    (drawing,) = draw_roll(scale(4, n_pitches=13))
    names = [text.text for text in groups(drawing, "row")[0].findall("text") if text.get("font-weight") == "bold"]
    assert names == ["C4", "C5"]


def test_names_follow_the_spelling() -> None:
    assert [note_name(66, 6), note_name(66, -6), note_name(66, UNSPELLED), note_name(59, 5)] == ["F♯", "G♭", "F♯", "B"]


def test_a_unison_shows_both_parts() -> None:
    rows = [(0, 48, 60, 0, 0, 1, 1, 0, 0), (0, 24, 60, 0, 1, 1, 1, 0, 0), (48, 24, 60, 0, 1, 1, 1, 0, 0)]
    score = Score.build(rows, [Part(), Part()], meters=[Meter()])
    assert shares(score.notes) == [(0, 2), (1, 2), (0, 1)]
    (drawing,) = draw_roll(score)
    (first, second, _) = [note[0] for note in groups(drawing, "note")]
    assert float(first.get("y", "0")) + float(first.get("height", "0")) <= float(second.get("y", "0"))


def test_graces_stand_before_their_note() -> None:
    rows = [(24, 0, 62, 0, 0, 1, 1, 2, 1), (24, 24, 60, 0, 0, 1, 1, 0, 0)]
    (drawing,) = draw_roll(Score.build(rows, [Part()], meters=[Meter()]))
    grace, note = (group[0] for group in groups(drawing, "note"))
    assert float(grace.get("x", "0")) + float(grace.get("width", "0")) <= float(note.get("x", "0"))


@pytest.mark.parametrize(
    "score",
    [
        Score.build([], [Part()]),
        Score.build([(0, 24, 60, 0, 0, 1, 1, 0, 0)], [Part()]),
        scale(3, low=21, n_pitches=88, n_parts=30),
        Score.build([(0, 24 * 500, 127, 0, 0, 1, 1, UNSPELLED, 0)], [Part(name="x" * 400)], end=24 * 600),
        scale(2).evolve(marks=[Mark(kind="fermata", tick=5000)], info={"title": "t" * 900, "composer": "\x00\ud800"}),
    ],
    ids=["empty", "one note", "30 parts, 88 keys", "one long bar", "odd texts"],
)
def test_any_roll_is_a_picture_without_broken_numbers(score: Score) -> None:
    data, _ = draw_file(score, ".svg", roll=True)
    root = ElementTree.fromstring(data)
    assert not re.search(rb"\bnan\b|\binf\b", data)
    assert float(root.get("height", "0").removesuffix("mm")) > 20
    assert draw_file(score, ".pdf", roll=True)[0].startswith(b"%PDF-1.7")


def test_a_picture_shows_notes_in_ink() -> None:
    grey = pixels(draw_file(chorale(), ".png", roll=True, dpi=40)[0])
    dark = (grey < 160).mean()
    assert 0.01 < dark < 0.5


def test_a_long_roll_is_drawn_in_fewer_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretto.render.picture.ROLL_PIXELS", 1_000_000)
    data, _ = draw_file(scale(40), ".png", roll=True, dpi=150)
    width, height = np.frombuffer(data[16:24], dtype=">u4").astype(int)
    assert 500_000 < width * height <= 1_000_000


def test_a_pdf_roll_has_pages_and_loses_no_row() -> None:
    score = scale(64)
    pages = draw_roll(score, page_height=21000)
    assert len(pages) > 1
    assert {page.height for page in pages} == {21000}
    assert sum(len(groups(page, "note")) for page in pages) == 256


def test_a_pianos_hands_have_a_colour_each() -> None:
    rows = [(0, 24, 72, 0, 0, 1, 1, 0, 0), (0, 24, 48, 0, 0, 5, 2, 0, 0), (24, 24, 55, 0, 1, 1, 1, 0, 0)]
    parts = [Part(name="Piano", n_staves=2, program=0), Part(name="Violoncello")]
    (drawing,) = draw_roll(Score.build(rows, parts, meters=[Meter()]))
    shown = [text.text for text in groups(drawing, "heading")[0].iter("text")]
    assert shown[-3:] == ["Piano, right hand", "Piano, left hand", "Violoncello"]
    assert sorted(str(note[0].get("fill")) for note in groups(drawing, "note")) == sorted(COLOURS[:3])
