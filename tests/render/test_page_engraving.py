"""Facts about engraved pages: staves, notes, fermatas, words, headings; and what happens when verovio dies."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from page_scores import N_TIED, SYLLABLES, chorale, long_score, melody_of_ticks
from png_pixels import pixels

from stretto.errors import RenderError
from stretto.render import engrave as engraving
from stretto.render.drawing import Drawing, png_of, svg_of
from stretto.render.page import render_pages
from stretto.render.picture import draw_file, losses
from stretto.score.model import Mark, Part, Score

NOTEHEADS = {"E0A2", "E0A3", "E0A4"}
FERMATA_ABOVE, FERMATA_BELOW, REST = "E4C0", "E4C1", "E4E5"

TITLE = "Nun danket alle Gott"
INFO = {"title": TITLE, "subtitle": "for four voices", "composer": "Johann Crüger", "lyricist": "Martin Rinckart"}


@pytest.fixture(scope="module")
def closed() -> Drawing:
    return render_pages(chorale(words=True, **INFO))[0]


@pytest.fixture(scope="module")
def open_score() -> Drawing:
    return render_pages(chorale(words=True, **INFO), "open")[0]


def groups(drawing: Drawing, name: str) -> list[Element]:
    return [group for group in drawing.body.iter("g") if group.get("class") == name]


def glyphs(element: Element) -> Counter[str]:
    return Counter(use.get("href", "").removeprefix("#") for use in element.iter("use"))


def texts(element: Element) -> list[str]:
    return [text.text or "" for text in element.iter("text")]


def n_written(score: Score) -> int:
    """Noteheads: a note over a barline has one on either side."""
    return len(score.notes) + N_TIED


def test_a_closed_page_has_two_staves_in_each_bar_and_an_open_one_four(closed: Drawing, open_score: Drawing) -> None:
    for drawing, n_staves in ((closed, 2), (open_score, 4)):
        assert len(groups(drawing, "measure")) == 5
        assert len(groups(drawing, "staff")) == 5 * n_staves
        lines = [path for staff in groups(drawing, "staff") for path in staff.findall("path")]
        assert len(lines) == 5 * n_staves * 5


def test_every_note_is_drawn_once_with_head_and_stem(closed: Drawing, open_score: Drawing) -> None:
    score = chorale()
    for drawing in (closed, open_score):
        notes = groups(drawing, "note")
        assert len(notes) == n_written(score)
        heads = Counter(
            name for note in notes for name, n in glyphs(note).items() if name in NOTEHEADS for _ in range(n)
        )
        assert heads["E0A2"] == 4  # the last chord
        assert sum(heads.values()) == n_written(score)
        assert len([note for note in notes if any(g.get("class") == "stem" for g in note)]) == n_written(score) - 4


def test_upper_voices_have_stems_up_and_lower_ones_down(closed: Drawing) -> None:
    for staff in groups(closed, "staff"):
        layers = [group for group in staff if group.get("class") == "layer"]
        assert len(layers) == 2
        for layer, is_up in zip(layers, (True, False), strict=True):
            for note in (g for g in layer.iter("g") if g.get("class") == "note"):
                stem = next((g.find("path") for g in note if g.get("class") == "stem"), None)
                if stem is None:
                    continue
                y = [float(n) for n in re.findall(r"[ML]-?\d+ (-?\d+)", stem.get("d", ""))]
                head = next(g for g in note if g.get("class") == "notehead").find("use")
                assert head is not None
                middle = float(head.get("transform", "").split(",")[1].split(")")[0])
                assert (min(y) < middle - 300) == is_up


def test_fermatas_stand_once_above_and_once_below_in_a_hymn(closed: Drawing, open_score: Drawing) -> None:
    above, below = glyphs(closed.body)[FERMATA_ABOVE], glyphs(closed.body)[FERMATA_BELOW]
    assert (above, below) == (2, 2)
    assert glyphs(open_score.body)[FERMATA_ABOVE] == 8


def test_two_voices_that_rest_together_share_one_rest(closed: Drawing, open_score: Drawing) -> None:
    assert glyphs(closed.body)[REST] == 2
    assert glyphs(open_score.body)[REST] == 4


def test_words_are_printed_once_in_a_hymn_and_for_each_voice_in_an_open_score(
    closed: Drawing, open_score: Drawing
) -> None:
    for drawing, n_voices in ((closed, 1), (open_score, 4)):
        words = Counter(text for group in groups(drawing, "verse") for text in texts(group))
        assert words == Counter(dict.fromkeys(SYLLABLES, n_voices))


def test_a_tie_over_a_barline_is_drawn(closed: Drawing) -> None:
    assert len(groups(closed, "tie")) == N_TIED


def test_the_piece_ends_with_a_final_barline(closed: Drawing) -> None:
    last = groups(closed, "barLine")[-1]
    widths = sorted({float(path.get("stroke-width", "0")) for path in last.iter("path")})
    assert len(widths) == 2 and widths[1] > 2 * widths[0]


def test_the_pickup_bar_is_short_and_unnumbered(closed: Drawing) -> None:
    measures = groups(closed, "measure")
    n_notes = [sum(g.get("class") == "note" for g in measure.iter("g")) for measure in measures]
    assert n_notes[0] == 4
    assert sum(n_notes) == n_written(chorale())
    assert texts(closed.body).count("0") == 0


def test_the_heading_names_the_piece_and_its_authors(closed: Drawing) -> None:
    heading = groups(closed, "heading")[0]
    assert texts(heading) == [TITLE, "for four voices", "Martin Rinckart", "Johann Crüger"]
    sizes = [float(text.get("font-size", "0")) for text in heading]
    assert sizes == sorted(sizes, reverse=True)
    lowest = max(float(text.get("y", "0")) for text in heading)
    staff = groups(closed, "staff")[0].find("path")
    assert staff is not None
    assert lowest < 1500 + float(re.findall(r"M-?\d+ (-?\d+)", staff.get("d", ""))[0]) - 500


def test_a_long_title_is_broken_in_two_and_stays_on_the_page() -> None:
    title = "A title that goes on and on, " * 8
    drawing = render_pages(chorale(title=title))[0]
    lines = list(groups(drawing, "heading")[0])
    assert len(lines) == 2
    assert " ".join(text.text or "" for text in lines) == title.strip()
    assert all(float(text.get("x", "0")) >= 1490 for text in lines)


def test_systems_fill_the_width_of_the_page(closed: Drawing) -> None:
    ends = [
        float(re.findall(r"L(-?\d+)", staff[0].get("d", ""))[0]) + 1500
        for measure in groups(closed, "measure")
        for staff in [next(g for g in measure if g.get("class") == "staff")]
    ]
    assert max(ends) == pytest.approx(closed.width - 1500, abs=20)


def test_a_long_piece_has_numbered_pages() -> None:
    pages = render_pages(long_score(160))
    assert len(pages) > 1
    assert sum(len(groups(page, "note")) for page in pages) == 160 * 8
    assert texts(groups(pages[1], "footer")[0]) == ["2"]
    assert sum(len(groups(page, "heading")) for page in pages) == 1


def test_an_svg_file_is_one_picture_of_all_pages() -> None:
    data, lost = draw_file(long_score(160), ".svg")
    root = ElementTree.fromstring(data)
    pages = [g for g in root if g.get("class") == "page"]
    assert root.get("width") == "210mm" and root.get("height") == f"{297 * len(pages)}mm"
    assert not re.search(rb"\bnan\b|\binf\b", data, flags=re.I)
    named = {path.get("id") for path in root.iter("{http://www.w3.org/2000/svg}path")} - {None}
    used = {u.get("href", "").removeprefix("#") for u in root.iter("{http://www.w3.org/2000/svg}use")}
    assert used <= named
    assert lost == ()


def test_the_same_score_gives_the_same_file() -> None:
    engraving._engraved.cache_clear()
    first = draw_file(chorale(**INFO), ".svg")
    engraving._engraved.cache_clear()
    assert draw_file(chorale(**INFO), ".svg") == first


def test_files_of_one_piece_are_engraved_once() -> None:
    score = chorale(title="Once")
    draw_file(score, ".svg")
    before = engraving._engraved.cache_info()
    draw_file(score, ".pdf")
    draw_file(score, ".png", dpi=30)
    after = engraving._engraved.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 2)


def test_a_png_has_the_size_asked_for_and_its_title_is_not_missing(closed: Drawing) -> None:
    grey = pixels(png_of([closed], dpi=40))
    assert grey.shape == pytest.approx((297 / 25.4 * 40, 210 / 25.4 * 40), abs=2)
    title = grey[round(15 / 25.4 * 40) : round(22 / 25.4 * 40)]
    assert (title < 128).sum() > 60
    assert (grey[: round(14 / 25.4 * 40)] == 255).all()  # the margin


def test_letters_that_the_face_lacks_are_counted() -> None:
    drawings = render_pages(chorale(title="漢字 in B♭"))
    assert [(n.count, n.what) for n in losses(drawings)] == [
        (2, "characters that the page's letters lack (U+6F22, U+5B57)")
    ]


def test_control_characters_do_not_spoil_the_file() -> None:
    data, _ = draw_file(chorale(title="a\x00b\x0bc\ud800"), ".svg")
    ElementTree.fromstring(data)


def test_a_picture_too_large_is_refused_in_one_line() -> None:
    page = Drawing(width=21000, height=29700)
    with pytest.raises(RenderError, match=r"^200 page\(s\) at 600 dpi .* write .pdf or .svg instead$"):
        png_of([page] * 200, dpi=600)


def test_a_score_of_one_empty_part_still_has_a_page() -> None:
    pages = render_pages(Score.build([], [Part(name="Nobody")]))
    assert len(pages) == 1
    svg_of(pages)


def test_what_verovio_refuses_is_one_line() -> None:
    with pytest.raises(RenderError, match="verovio could not load it"):
        engraving.engrave("no music")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import os; os.abort()", r"verovio (died of signal 6|ended with status \d+); write .musicxml"),
        ("raise SystemExit('bad bar')", r"verovio ended with status 1 \(bad bar\)"),
        ("import time; time.sleep(60)", "the page was not engraved within 2 s; split the piece"),
    ],
)
def test_a_dead_engraver_is_one_line_and_not_a_dead_process(
    code: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(code, encoding="utf-8")
    monkeypatch.setattr(engraving, "CHILD", child)
    monkeypatch.setattr(engraving, "MAX_SECONDS", 2)
    with pytest.raises(RenderError, match=line):
        engraving.engrave(f"<score-partwise/><!-- {code} -->")


def test_what_was_played_live_is_engraved_on_the_beat() -> None:
    """Quarters a little early and late, the last held into a bar of its own: four heads in one bar, and no ties."""
    notes = [(0, 24, 62), (26, 20, 64), (47, 25, 66), (73, 27, 67)]
    played = melody_of_ticks(notes, n_bars=2)
    drawing = render_pages(played)[0]
    assert len(groups(drawing, "measure")) == 1
    assert sum(glyphs(note)["E0A4"] for note in groups(drawing, "note")) == 4
    assert not groups(drawing, "tie")
    assert [notice.what for notice in drawing.notices][:1] == ["times off the beat (the page is written on it)"]
    assert played.notes["onset"].tolist() == [0, 26, 47, 73]


def test_a_figure_of_a_bass_is_struck_through() -> None:
    """With a line, for no face has the sign that verovio writes after it."""
    bass = Score.build(
        [(0, 48, 48, 0, 0, 1, 1, 127, 0), (48, 48, 50, 0, 0, 1, 1, 127, 0)],
        [Part(name="Bass")],
        marks=[Mark(kind="figured-bass", tick=48, text="6\\ 5", part=0, end=96)],
    )
    (drawing,) = render_pages(bass)
    assert {"6", "5"} <= set(texts(drawing.body)) and not drawing.missing
    strokes = [path for harm in groups(drawing, "harm") for path in harm.iter("path")]
    assert len(strokes) == 1 and strokes[0].get("stroke") == "black"
