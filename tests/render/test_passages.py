"""Two passages stand beside each other on one picture, each under its own line, with what they share in colour."""

from __future__ import annotations

from xml.etree import ElementTree

from stretto.render.marking import VERMILION
from stretto.render.passages import Passage, side_by_side
from stretto.score.model import Meter, Part, Score

SVG = "{http://www.w3.org/2000/svg}"


def line(*pitches: int) -> Score:
    """Quarters in one part."""
    rows = [(24 * i, 24, p, 0, 0, 1, 1, 127, 0) for i, p in enumerate(pitches)]
    return Score.build(rows, [Part(name="Alto")], meters=[Meter()])


def drawn() -> ElementTree.Element:
    one = Passage(score=line(60, 62, 64, 65), alike=(1, 2), title="Mine", place="bars 5-6")
    other = Passage(score=line(67, 62, 64, 71), alike=(1, 2), title="Theirs, by Gołąbek", place="bars 1-2")
    return ElementTree.fromstring(side_by_side([one, other], title="Both").encode())


def test_each_passage_has_its_lines_over_it_and_the_second_stands_to_the_right() -> None:
    svg = drawn()
    passages = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "passage"]
    texts = [" ".join("".join(text.itertext()) for text in group.iter(f"{SVG}text")) for group in passages]
    assert "Mine" in texts[0] and "bars 5-6" in texts[0] and "Theirs, by Gołąbek" in texts[1] and "bars 1-2" in texts[1]
    assert [group.get("transform") for group in passages] == ["translate(0, 0)", "translate(10500, 0)"]
    assert float(svg.get("viewBox", "").split()[2]) == 21000


def test_the_notes_that_are_shared_are_coloured_in_both_and_no_others() -> None:
    svg = drawn()
    for group in svg.iter(f"{SVG}g"):
        if group.get("class") == "passage":
            heads = [g for g in group.iter(f"{SVG}g") if g.get("class") == "notehead"]
            coloured = [any(shape.get("fill") == VERMILION for shape in head.iter()) for head in heads]
            assert coloured == [False, True, True, False]
    assert not [element for element in svg.iter() if element.get("id", "").startswith("marked")]


def test_two_passages_of_four_voices_stand_alike_on_two_staves() -> None:
    """The voices of the one move together, those of the other one by one, which a page would set on four staves."""
    names = ("Soprano", "Alto", "Tenor", "Bass")
    together = [(24 * i, 24, 72 - 5 * v, 0, v, 1, 1, 127, 0) for i in range(4) for v in range(4)]
    apart = [(24 * i + 6 * v, 24 - 6 * v, 72 - 5 * v, 0, v, 1, 1, 127, 0) for i in range(4) for v in range(4)]
    scores = [Score.build(rows, [Part(name=n) for n in names], meters=[Meter()]) for rows in (together, apart)]
    svg = ElementTree.fromstring(side_by_side([Passage(score=s, alike=(), title="One") for s in scores]).encode())
    passages = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "passage"]
    staves = [sum(g.get("class") == "staff" for g in group.iter(f"{SVG}g")) for group in passages]
    assert staves == [2, 2]
