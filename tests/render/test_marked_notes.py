"""Marked notes: coloured heads, numbers beside them that hide nothing, a legend that leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from page_scores import N_TIED, chorale

from stretto.errors import ScoreWriteError
from stretto.render.drawing import Drawing
from stretto.render.ink import box_of, ink_of, leaves, overlap
from stretto.render.marked import check_marked, render_marked, write_marked
from stretto.render.marking import BLUE, GREEN, VERMILION, Look, Marking, commented, labelled
from stretto.render.page import render_pages
from stretto.score.formats import read_score
from stretto.score.model import Part, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.theory.performance import played_live

WRONG = Look(name="error", colour=VERMILION, sign="disc")
FREE = Look(name="licence", colour=BLUE, sign="box")
SAID = Look(name="remark", colour=GREEN, sign="ring")
LOOKS = (WRONG, FREE, SAID)


def note_of(score: Score, part: int, place: int) -> int:
    return int(np.flatnonzero(score.notes["part"] == part)[place])


def marking(score: Score, number: int, look: Look, *notes: tuple[int, int]) -> Marking:
    indices = tuple(note_of(score, *note) for note in notes)
    tick = max(int(score.notes["onset"][i]) for i in indices)
    return Marking(
        number=number, look=look, notes=indices, tick=tick, place=f"{score.place(tick)}, number {number}",
        text=f"The reason of {number}, in a sentence.", comment=f"reason {number}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def score() -> Score:
    return chorale(title="Exercise")


@pytest.fixture(scope="module")
def markings(score: Score) -> list[Marking]:
    return [
        marking(score, 1, WRONG, (0, 1), (0, 2), (3, 1), (3, 2)),
        marking(score, 2, FREE, (0, 2), (1, 2)),
        marking(score, 3, SAID, (1, 4)),
        marking(score, 4, WRONG, (0, 11), (1, 11), (2, 11), (3, 11)),
    ]


@pytest.fixture(scope="module")
def page(score: Score, markings: list[Marking]) -> Drawing:
    return render_marked(score, markings, LOOKS, title="What was found")[0]


def heads(drawing: Drawing, colour: str) -> list[Element]:
    groups = [group for group in drawing.body.iter("g") if group.get("class") == "notehead"]
    return [use for group in groups for use in group if use.get("fill") == colour]


def signs(drawing: Drawing, within: str) -> list[Element]:
    group = next(g for g in drawing.body.iter("g") if g.get("class") == within)
    return [g for g in group if (g.get("class") or "").startswith("label")]


def texts(drawing: Drawing) -> str:
    return " ".join(text.text or "" for text in drawing.body.iter("text"))


def test_marked_heads_have_the_colour_of_the_gravest_that_marks_them_and_others_none(page: Drawing) -> None:
    assert len(heads(page, VERMILION)) == 8
    assert len(heads(page, BLUE)) == 1  # the soprano's note of 2 is an error's too
    assert len(heads(page, GREEN)) == 1 + N_TIED  # both pieces of the tied note
    stems = [g for g in page.body.iter("g") if g.get("class") == "stem"]
    assert stems and not any(path.get("fill") for stem in stems for path in stem)


def test_a_number_stands_once_in_each_part_it_speaks_of(page: Drawing) -> None:
    numbers = ["".join(sign.itertext()) for sign in signs(page, "labels")]
    assert sorted(numbers) == ["1", "1", "2", "2", "3", "4", "4", "4", "4"]


def test_a_number_stands_at_both_staves_of_chords_for_two_hands() -> None:
    rows = [(tick, 24, pitch + step, 0, 0, 1, staff, 127, 0)
            for tick, step in ((0, 0), (24, 2)) for pitch, staff in ((72, 1), (67, 1), (48, 2))]  # fmt: skip
    score = Score.build(rows, [Part(name="Piano", n_staves=2)])
    marking = Marking(number=1, look=WRONG, notes=tuple(range(6)), tick=24, place="", text="", comment="")
    at = score.notes[sorted(labelled(score, marking))]
    assert sorted(zip(at["onset"].tolist(), at["staff"].tolist(), strict=True)) == [(24, 1), (24, 2)]


def test_numbers_stand_near_their_notes_and_on_no_other_sign(page: Drawing) -> None:
    boxes = []
    for sign in signs(page, "labels"):
        box = box_of(sign[0], (1, 0, 0, 1, 0, 0), page)
        assert box is not None
        boxes.append(box)
    shapes = [s for s in leaves(page.body) if s[2] not in ("staff",) and s[0].tag in ("use", "path")]
    ink = np.array([box for s, place, _ in shapes if (box := box_of(s, place, page))])
    assert all(overlap(ink, box) == 0 for box in boxes)
    assert all(overlap(np.array(boxes[:i]).reshape(-1, 4), box) == 0 for i, box in enumerate(boxes))
    for box in boxes:
        gaps = np.hypot(*((ink[:, k] + ink[:, k + 2] - box[k] - box[k + 2]) / 2 for k in (0, 1)))
        assert gaps.min() < 700  # of a note, or of what is before it


def test_shapes_tell_the_kinds_apart_where_colours_do_not(page: Drawing) -> None:
    found = {
        (sign.get("class"), sign[0].tag, sign[0].get("fill") == "#ffffff")
        for sign in (*signs(page, "labels"), *signs(page, "legend"))
    }
    assert found == {("label error", "ellipse", False), ("label licence", "rect", False),
                     ("label remark", "ellipse", True)}  # fmt: skip


def test_the_legend_says_place_and_reason_of_every_number_on_as_many_pages_as_it_takes(score: Score) -> None:
    many = [marking(score, n, LOOKS[n % 3], (n % 4, n % 11)) for n in range(1, 91)]
    drawings = render_marked(score, many, LOOKS, title="Ninety remarks")
    assert len(drawings) > 1
    said = " ".join(map(texts, drawings))
    for n in range(1, 91):
        assert f"number {n} The reason of {n}, in a sentence." in said
    for drawing in drawings:
        ink, _ = ink_of(drawing)
        assert ink[:, 3].max() <= drawing.height


def test_an_unmarked_page_has_no_names_and_a_marked_one_keeps_none(score: Score, page: Drawing) -> None:
    for drawing in (page, render_pages(score)[0]):
        assert not [e for e in drawing.body.iter() if e.get("id")]


def test_marked_musicxml_is_the_same_music_with_colours_and_numbered_reasons(
    tmp_path: Path, score: Score, markings: list[Marking]
) -> None:
    path = tmp_path / "marked.musicxml"
    assert write_marked(score, markings, LOOKS, path, title="") == ()
    back = read_score(path)
    assert np.array_equal(back.notes, score.notes)
    root = ElementTree.parse(path).getroot()
    coloured = [note for note in root.iter("note") if note.get("color")]
    assert len(coloured) == 10 + N_TIED
    words = [(w.text, w.get("color")) for w in root.iter("words") if w.get("color")]
    assert sorted(words) == [("1 reason 1", VERMILION), ("2 reason 2", BLUE), ("3 reason 3", GREEN),
                             ("4 reason 4", VERMILION)]  # fmt: skip


def test_music21_reads_the_marked_score_with_the_same_notes(
    tmp_path: Path, score: Score, markings: list[Marking]
) -> None:
    music21 = pytest.importorskip("music21")
    path = tmp_path / "marked.musicxml"
    write_marked(score, markings, LOOKS, path, title="")
    stream = music21.converter.parse(path)
    found = {
        (index, int(24 * note.getOffsetInHierarchy(stream)), note.pitch.midi, int(24 * note.quarterLength))
        for index, part in enumerate(stream.parts)
        for note in part.stripTies().recurse().notes
    }
    assert found == {tuple(int(n[k]) for k in ("part", "onset", "pitch", "duration")) for n in score.notes}
    assert {n.style.color for n in stream.recurse().notes} == {None, VERMILION, BLUE, GREEN}


def test_marks_do_not_make_a_performance_a_written_score(score: Score) -> None:
    notes = score.notes.copy()
    notes["onset"] += np.arange(len(notes)) % 5 + 1
    played = score.evolve(notes=notes, marks=(), end=score.end + 96)
    assert played_live(played)
    assert played_live(commented(played, [marking(score, 1, WRONG, (0, 1))]))


def test_what_cannot_show_marks_is_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ScoreWriteError, match=r"\.mid cannot show marked notes; name a page \(\.svg"):
        check_marked(tmp_path / "a.mid")


def test_the_same_marks_give_the_same_file(score: Score, markings: list[Marking]) -> None:
    first, _ = write_musicxml(commented(score, markings))
    assert first == write_musicxml(commented(score, markings))[0]
    assert len(re.findall(rb"<words color=", first)) == 4
