"""A page of a long piece that is engraved alone looks as it does where all are."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import RequestError
from stretto.render.section import Section
from stretto.score.model import Clef, Key, Mark, Meter, Part, Score
from stretto.studio.pieces.documents import Document, document_of
from stretto.studio.pieces.page_map import Pages, page_of, pages_of

N_BARS = 90

NEAR = 5
"""Units of the page, hundredths of a millimetre, within which a sign stays where it is."""


def duo() -> Score:
    """Flute and cello in eighths and halves, with ties over every fourth barline, slurs, and another key and clef
    from bar 31 on."""
    flute = [(12 * i, 12 if i % 32 else 24, 67 + (5 * i) % 13, 0, 0, 1, 1, 127, 0) for i in range(8 * N_BARS)]
    flute = [row for i, row in enumerate(flute) if i % 32 != 1]
    cello = [(48 * i, 48 if i % 8 != 7 else 72, 48 + i % 5, 0, 1, 1, 1, 127, 0) for i in range(2 * N_BARS - 1)]
    cello = [row if i % 8 or not i else (row[0] + 24, 24, *row[2:]) for i, row in enumerate(cello)]
    slurs = [
        Mark(kind="slur", tick=96 * bar, part=0, voice=1, staff=1, pitch=67 + (40 * bar) % 13, end=96 * bar + 132,
             end_pitch=67 + (5 * (8 * bar + 11)) % 13)
        for bar in range(1, N_BARS - 1, 3)
    ]  # fmt: skip
    return Score.build(
        [*flute, *cello],
        [Part(name="Flute", abbreviation="Fl."), Part(name="Violoncello", abbreviation="Vc.")],
        end=96 * N_BARS,
        meters=[Meter()],
        keys=[Key(fifths=0), Key(tick=96 * 30, fifths=-3)],
        clefs=[Clef(part=1, sign="F", line=4), Clef(tick=96 * 30, part=1, sign="C", line=4)],
        marks=slurs,
        info={"title": "Duo"},
    )


@pytest.fixture(scope="module")
def document() -> Document:
    return document_of(duo())


@pytest.fixture(scope="module")
def whole(document: Document) -> Pages:
    return pages_of(document)


def lines_of(page: dict[str, Any]) -> list[int]:
    """First bar of each line, from 0."""
    firsts: dict[float, int] = {}
    for bar in page["bars"]:
        firsts.setdefault(bar["y"], bar["tick"] // 96)
    return list(firsts.values())


def section(pages: Pages, i: int) -> Section:
    lines = [lines_of(page) for page in pages.places]
    later = [*(line for page in lines[i + 1 :] for line in page), N_BARS, N_BARS]
    return Section(
        number=i + 1, before=tuple(lines[i - 1]) if i else (), lines=tuple(lines[i]), after=later[0], until=later[1]
    )


def test_every_page_has_its_notes_and_bars_where_they_are_among_all(document: Document, whole: Pages) -> None:
    """Also where a key, a clef, ties and slurs come from the line before."""
    assert len(whole.places) >= 3
    for i, page in enumerate(whole.places):
        (alone,) = page_of(document, section(whole, i)).places
        assert [bar["tick"] for bar in alone["bars"]] == [bar["tick"] for bar in page["bars"]]
        for kind, name in (("notes", "id"), ("bars", "tick")):
            here, there = (sorted(own[kind], key=lambda one: (one[name], one["x"])) for own in (alone, page))
            assert [one[name] for one in here] == [one[name] for one in there]
            for one, other in zip(here, there, strict=True):
                assert one["x"] == pytest.approx(other["x"], abs=NEAR), (i + 1, kind, one[name])
                assert one["y"] == pytest.approx(other["y"], abs=NEAR), (i + 1, kind, one[name])


def counted(svg: str, kind: str) -> int:
    return svg.count(f'class="{kind}"')


def test_a_page_alone_has_the_signs_that_it_has_among_all(document: Document, whole: Pages) -> None:
    """No second time signature, every tie, slur, key and clef, and its number at the foot."""
    for i in range(len(whole.svgs)):
        (alone,) = page_of(document, section(whole, i)).svgs
        for kind in ("meterSig", "tie", "slur", "keySig", "clef", "rest", "accid", "footer", "heading", "label"):
            assert counted(alone, kind) == counted(whole.svgs[i], kind), (i + 1, kind)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"lines": (4, 4)}, "not the first bars of lines"),
        ({"before": (0, 5)}, "not the first bars of lines"),
        ({"lines": ()}, "not the first bars of lines"),
        ({"before": (-1,)}, "not the first bars of lines"),
        ({"after": 90, "until": 95}, "ends after bar 95, and the piece has 90"),
        ({"lines": (4, 8, 80), "after": 85, "until": 90}, "no longer fit the pages"),
    ],
)
def test_lines_that_cannot_be_are_refused_and_so_are_those_that_fit_no_page(
    document: Document, broken: dict[str, Any], said: str
) -> None:
    right: dict[str, Any] = {"number": 2, "before": (0,), "lines": (4, 8), "after": 12, "until": 16}
    with pytest.raises(RequestError, match=said):
        page_of(document, Section(**{**right, **broken}))
