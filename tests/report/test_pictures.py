from __future__ import annotations

import base64
import re
import zlib
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from drawn_pieces import hymn

from stretto.report.distributions import KINDS
from stretto.report.form import form_of
from stretto.report.portraits import KeyStretch, draw_form, draw_keys, draw_surprise, nats_colour
from stretto.report.raster import heat_uri, png_of_rgb
from stretto.report.strips import INSET, WIDTH, bars, strip
from stretto.report.surprise import surprise_of
from stretto.report.verdict import Spread


def of_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in (element.get("class") or "").split()]


def texts(root: Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def test_a_dot_stands_where_its_value_lies_and_never_beyond_the_frame() -> None:
    spread = Spread.of(np.linspace(0, 10, 101))
    middle, far = strip([5.0], spread, "five"), strip([1000.0], spread, "far")
    assert float(of_class(middle, "dot")[0].attrib["cx"]) == pytest.approx(WIDTH / 2)
    assert float(of_class(far, "dot")[0].attrib["cx"]) == pytest.approx(WIDTH - INSET)
    band = of_class(middle, "band")[0]
    assert float(band.attrib["width"]) == pytest.approx(0.95 * (WIDTH - 2 * INSET), abs=0.1)


def test_many_pieces_are_dots_with_a_mark_at_their_mean() -> None:
    found = strip([2.0, 4.0], Spread.of(range(11)), "two")
    assert len(of_class(found, "dots")) == 2
    assert len(of_class(found, "mine-line")) == 1


def test_bars_are_as_high_as_their_shares() -> None:
    found = bars({"a": 0.25, "b": 0.75}, {"a": 0.5, "b": 0.5}, "two")
    mine = [float(element.attrib["height"]) for element in of_class(found, "mine")]
    real = [float(element.attrib["height"]) for element in of_class(found, "real")]
    assert mine[1] == pytest.approx(3 * mine[0], abs=0.05)
    assert real[0] == pytest.approx(2 * mine[0], abs=0.05)
    assert texts(found) == ["0", "75 %", "a", "b"]


def test_names_on_a_scale_stand_apart_and_short_ones_stand_all() -> None:
    kinds = KINDS["cadences"].categories
    words = texts(bars(dict.fromkeys(kinds, 1 / 7), {}, "cadences"))
    assert words[2:] == ["perfect", "imper.", "half", "phryg.", "plagal", "decep.", "other"]
    numbers = {str(2 * i): 1 / 22 for i in range(22)}
    assert texts(bars(numbers, {}, "lengths"))[2:5] == ["0", "4", "8"]


def test_a_png_holds_the_dots_it_was_given() -> None:
    dots = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8)
    data = png_of_rgb(dots)
    assert data[16:24] == (2).to_bytes(4, "big") * 2
    start = data.index(b"IDAT") + 4
    rows = np.frombuffer(zlib.decompress(data[start : data.index(b"IEND") - 8]), np.uint8).reshape(2, 7)
    assert (rows[:, 1:].reshape(2, 2, 3) == dots).all()


def test_heat_is_pale_at_nothing_and_deep_at_one() -> None:
    data = base64.b64decode(heat_uri(np.array([[0.0, 1.0]])).partition(",")[2])
    row = zlib.decompress(data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8])
    assert sum(row[1:4]) > 2 * sum(row[4:7])


def test_surer_notes_are_paler() -> None:
    shades = [nats_colour(nats) for nats in (0.0, 1.0, 2.5, 5.0, 50.0)]
    assert len(set(shades[:4])) == 4
    assert shades[3] == shades[4]


def test_the_roll_has_every_note_once_with_its_nats() -> None:
    score = hymn()
    surprise = surprise_of(score)
    found = draw_surprise(score, surprise, "a roll", (1.0, 6.0))
    said = [element.text or "" for element in found.iter("title")]
    assert len(said) == len(score.notes)
    assert sorted(said) == sorted(f"{nats:.1f} nats" for nats in surprise.nats_N)
    assert {"1", "2", "3", "4"} <= set(texts(found))


def test_keys_stand_by_their_signature_and_their_time() -> None:
    score = hymn()
    stretches = [
        KeyStretch(start=0, end=192, name="G", fifths=1, minor=False),
        KeyStretch(start=192, end=384, name="e", fifths=1, minor=True),
    ]
    found = draw_keys(score, stretches, "keys")
    (major,), (minor,) = of_class(found, "major"), of_class(found, "minor")
    assert major.attrib["y"] == minor.attrib["y"]
    assert float(minor.attrib["x"]) > float(major.attrib["x"])


def test_the_matrix_names_sections_and_bars() -> None:
    score = hymn()
    form = form_of(score)
    found = draw_form(score, form, "form")
    assert [text for text in texts(found) if re.fullmatch("[A-Z]'?", text)] == list(form.letters)
    assert next(found.iter("image")).attrib["href"].startswith("data:image/png;base64,")
