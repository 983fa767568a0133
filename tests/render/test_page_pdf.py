"""PDF files: whole, sharp, and with texts that can be copied."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_scores import chorale

from stretto.render.drawing import Drawing
from stretto.render.faces import face
from stretto.render.page import render_pages
from stretto.render.pdf import pdf_of
from stretto.render.pdf_file import number
from stretto.render.svg_geometry import matrix, segments, times
from stretto.render.truetype import NOTDEF
from stretto.render.verovio_svg import Style, set_line


@pytest.fixture(scope="module")
def page() -> Drawing:
    return render_pages(chorale(title="Größe und Güte", composer="Dvořák"))[0]


@pytest.fixture(scope="module")
def pdf(page: Drawing) -> bytes:
    return pdf_of([page, page], title="Größe", author="Dvořák")


def objects(pdf: bytes) -> dict[int, bytes]:
    """Objects at the places that the table of the file names."""
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF", pdf)[0])
    assert pdf[start : start + 5] == b"xref\n"
    count = int(re.findall(rb"xref\n0 (\d+)\n", pdf[start:])[0])
    rows = re.findall(rb"(\d{10}) 00000 n \n", pdf[start:])
    assert len(rows) == count - 1
    found = {}
    for index, row in enumerate(rows, 1):
        body = pdf[int(row) :]
        assert body.startswith(b"%d 0 obj\n" % index)
        found[index] = body[: body.index(b"\nendobj")]
    return found


def stream(body: bytes) -> bytes:
    length = int(re.findall(rb"/Length (\d+)", body)[0])
    start = body.index(b"stream\n") + 7
    return zlib.decompress(body[start : start + length])


def contents(pdf: bytes) -> list[bytes]:
    found = objects(pdf)
    pages = [body for body in found.values() if b"/Type /Page " in body]
    return [stream(found[int(re.findall(rb"/Contents (\d+) 0 R", page)[0])]) for page in pages]


def test_a_page_is_a4(pdf: bytes) -> None:
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == 2
    assert [round(float(n) / 72 * 25.4) for n in boxes[0]] == [210, 297]


def test_every_object_referred_to_is_there(pdf: bytes) -> None:
    found = objects(pdf)
    plain = {n: body.split(b"stream\n")[0] for n, body in found.items()}
    referred = {int(n) for body in plain.values() for n in re.findall(rb"(\d+) 0 R", body)}
    assert referred <= set(found)


def test_every_sign_of_the_page_is_drawn_as_an_outline(page: Drawing, pdf: bytes) -> None:
    content = contents(pdf)[0]
    assert content.count(b" Do") == sum(1 for _ in page.body.iter("use"))
    assert b"/Subtype /Image" not in pdf
    drawn = set(re.findall(rb"/(\w+) Do", content))
    assert drawn <= set(re.findall(rb"/(\w+) \d+ 0 R", pdf))


def test_states_are_restored_and_no_number_is_broken(pdf: bytes) -> None:
    content = contents(pdf)[0].decode("ascii")
    assert len(re.findall(r"\bq\b", content)) == len(re.findall(r"\bQ\b", content))
    assert not re.search(r"nan|inf|\de[-+]?\d", content)


def test_the_title_can_be_copied(pdf: bytes) -> None:
    found = objects(pdf)
    meaning = {}
    for body in found.values():
        if b"/FlateDecode" in body and b"beginbfchar" in stream(body):
            for glyph, text in re.findall(rb"<(\w{4})> <(\w+)>", stream(body).split(b"endcodespacerange")[1]):
                meaning[glyph] = bytes.fromhex(text.decode()).decode("utf-16-be")
    shown = [
        "".join(meaning[c] for c in re.findall(rb"\w{4}", t)) for t in re.findall(rb"<(\w+)> Tj", contents(pdf)[0])
    ]
    assert {"Größe und Güte", "Dvořák"} <= set(shown)
    assert b"/Title <FEFF" + "Größe".encode("utf-16-be").hex().upper().encode() in pdf


def test_an_unknown_element_is_not_passed_over() -> None:
    drawing = Drawing(width=100, height=100)
    drawing.body.append(drawing.body.makeelement("image", {}))
    with pytest.raises(ValueError, match="'image' is not drawn here"):
        pdf_of([drawing])


def test_an_accidental_in_a_text_is_a_sign() -> None:
    drawing = Drawing(width=10000, height=1000)
    set_line("in B♭ minor", Style(size=400, anchor="middle"), 5000, 500, drawing.body, drawing)
    assert [element.tag for element in drawing.body] == ["text", "use", "text"]
    assert drawing.outlines["E260"] and not drawing.missing
    assert pdf_of([drawing]).count(b"/E260") == 1


def test_relative_path_commands_are_the_absolute_ones() -> None:
    absolute = "M10 10 L20 10 L20 30 C20 40 30 40 30 30 C30 20 40 20 40 30 Z"
    relative = "m10 10h10v20c0 10 10 10 10 0s10-10 10 0z"
    assert list(segments(relative)) == list(segments(absolute))
    assert list(segments("M0 0Q3 3 6 0")) == [("M", (0, 0)), ("C", (2, 2, 4, 2, 6, 0))]
    assert list(segments("M1-1.5.5-2"))[1] == ("L", (0.5, -2.0))
    with pytest.raises(ValueError, match="'A' is not drawn here"):
        list(segments("M0 0A1 1 0 0 0 2 2"))


@given(st.lists(st.sampled_from(["translate(3 -4)", "scale(2)", "scale(1,-1)", "rotate(30)", "rotate(90 5 5)"])))
def test_transforms_are_taken_from_right_to_left(names: list[str]) -> None:
    expected = np.eye(3)
    for name in names:
        a, b, c, d, e, f = matrix(name)
        expected = expected @ np.array([[a, c, e], [b, d, f], [0, 0, 1]])
    a, b, c, d, e, f = matrix(" ".join(names))
    assert np.allclose([[a, c, e], [b, d, f]], expected[:2])
    assert times((1, 0, 0, 1, 0, 0), (a, b, c, d, e, f)) == (a, b, c, d, e, f)


@given(st.floats(-1e5, 1e5))
def test_a_number_keeps_four_decimals(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, abs=5.1e-5)


def test_a_face_knows_its_letters() -> None:
    upright = face()
    assert upright.glyphs("A漢") == [upright.glyph_of[65], NOTDEF]
    assert upright.width("Chorale") == pytest.approx(3.1655, abs=1e-4)  # as Times has it
    assert all(set("äřłßЖω") <= {chr(c) for c in face(bold=b, italic=i).glyph_of} for b in (0, 1) for i in (0, 1))


def test_a_subset_draws_its_letters_and_no_others() -> None:
    upright = face()
    kept = upright.glyphs("Ä")
    data = upright.subset(kept)
    assert len(data) < 40_000
    tables = {}
    for index in range(struct.unpack(">H", data[4:6])[0]):
        tag, _, start, length = struct.unpack(">4sLLL", data[12 + 16 * index : 28 + 16 * index])
        tables[tag] = data[start : start + length]
    places = np.frombuffer(tables[b"loca"], dtype=">u4")
    drawn = set(np.flatnonzero(np.diff(places)).tolist())
    assert set(kept) < drawn  # and what it is composed of: A, and two dots
    assert len(drawn) <= 4
    assert upright.glyph_of[ord("B")] not in drawn
    assert len(places) == len(upright.advances) + 1
