"""What keyboard music and quartets share is asked of their own training music, and told in words for players."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_on_staves import minuet, noise, on_one_part, strings
from drawn_pieces import hymn

from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.passages import known_score
from stretto.evaluate.staff_index import index_of
from stretto.evaluate.staff_work import work_of_score
from stretto.evaluate.training_music import shipped_music
from stretto.report.measured import measure_score
from stretto.report.originality_section import is_it_mine
from stretto.report.report import report
from stretto.score.model import Part, Score

PLAYED = {"keyboard": on_one_part(minuet()), "quartet": strings()}
NEW = {"keyboard": on_one_part(noise(("right", "left"), ((60, 80), (40, 60)))), "quartet": strings()}
LEARNED = {"keyboard": "3,974 keyboard pieces", "quartet": "287 movements of quartets"}


@pytest.fixture
def by_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is what its network learned from."""
    known = {name: index_of([work_of_score(score, name="x")], [("Air", "bach")]) for name, score in PLAYED.items()}
    monkeypatch.setattr("stretto.evaluate.staff_originality.shipped_index", lambda repertoire: known[repertoire])


@pytest.mark.parametrize("players", PLAYED)
def test_nothing_is_said_of_chorales_and_of_what_masses_share(players: str) -> None:
    made = report(NEW[players], audio=False)
    answer = made.answers[1]
    said = " ".join([*answer.because, answer.caveat])
    assert LEARNED[players] in answer.because[0] and answer.because[1].startswith(
        "Of real works unknown to the network"
    )
    assert "chorale" not in said and "voices" not in said and "nearest passage" not in said
    section = next(section for section in made.sections if section.id == "originality")
    text = " ".join(word for body in section.body for word in body.itertext())
    assert "voices" not in text and LEARNED[players] in text
    data = made.as_json()["pieces"][0]["originality"]
    assert data["nearest"] is None and data["passages"] == [] and data["on_staves"] == []


@pytest.mark.usefixtures("by_the_network")
@pytest.mark.parametrize("players", PLAYED)
def test_a_copy_is_listed_with_its_bars_and_what_is_usual(players: str) -> None:
    made = report(PLAYED[players], audio=False)
    assert made.answers[1].word == "A passage of it is known"
    section = next(section for section in made.sections if section.id == "originality")
    text = " ".join(word for body in section.body for word in body.itertext())
    assert "all notes" in text and "of Air" in text and "Bach" in text and "real share none" in text
    assert made.found.pieces[0].real_below == pytest.approx({"keyboard": 0.996, "quartet": 0.993}[players])


def test_a_quartet_that_is_a_chorale_that_was_learned_from_is_told_of_it() -> None:
    """That is more than chance; and the lines of players are no voices."""
    index = next(i for i, piece in enumerate(shipped_music().pieces) if "BWV 104.06" in piece.title)
    sung = known_score(shipped_music(), index)
    parts = [Part(name=name) for name in ("Violin I", "Violin II", "Viola", "Violoncello")]
    answer = is_it_mine([measure_score(sung.evolve(parts=parts), name="played")])
    assert answer.word == "It is known, nearly all of it"
    assert answer.because[-1].startswith("Of the choir's music, more than chance: all four lines, ")
    assert "Allein Gott" in answer.because[-1]


def test_players_whom_only_their_programs_name_are_players_too() -> None:
    parts = [Part(name="", program=program) for program in (40, 40, 41, 42)]
    assert measure_score(strings().evolve(parts=parts), name="x").for_players


def test_of_a_choir_and_of_a_hymn_at_the_piano_chorales_are_told_as_before() -> None:
    for score in (hymn(), on_two_staves(hymn())):
        piece = measure_score(score, name="hymn")
        found = originality_of(score).nearest
        assert found is not None and piece.originality is not None and piece.originality.nearest is not None
        assert piece.originality.nearest.real_below == found.real_below and not piece.for_players
        said = " ".join(is_it_mine([piece]).because)
        assert "of real chorales share less" in said and "unknown to the network" not in said


def test_among_many_each_is_measured_by_its_own() -> None:
    choir, quartet = measure_score(hymn(), name="choir"), measure_score(strings(), name="quartet")
    both = is_it_mine([choir, quartet])
    assert any(line.startswith("None of 1 have a passage in common") for line in both.because)
    assert "Of real works unknown to the network 99.3 %" in " ".join(both.because)
    played = is_it_mine([quartet, replace(quartet, name="again")])
    assert "chorale" not in " ".join([*played.because, played.caveat])


def on_two_staves(score: Score) -> Score:
    notes = score.notes.copy()
    notes["staff"], notes["voice"], notes["part"] = 1 + notes["part"] // 2, 1 + notes["part"] % 2, 0
    marks = [replace(mark, part=-1, staff=0, voice=0, pitch=-1) for mark in score.marks if mark.part == -1]
    return score.evolve(notes=notes, parts=[Part(name="Piano", n_staves=2)], clefs=(), marks=marks)
