"""The library's front door: a path or a Score goes in, every wish is a keyword, and what is wrong is said at once."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import stretto
from stretto.errors import RequestError, ScoreReadError
from stretto.score.model import Score
from stretto.score.text import read_text
from stretto.verbs import gaps, library, rework
from stretto.verbs.hearing import Hearing
from stretto.verbs.rework import Manner, Reworked
from stretto.verbs.rules import Rules

PAGE = (Path(__file__).parent.parent / "docs" / "library.md").read_text(encoding="utf-8")

MELODY = """
title: Ode
meter: 4/4

part: Soprano
  1 | rh. A4q |
  2 | F#4 F#4 G4 A4 |
  3 | A4 G4 F#4 E4 |
  4 | D4 D4 E4 F#4 |
  5 | F#4q. E4e D4q |
"""


@pytest.fixture
def melody(tmp_path: Path) -> Path:
    """A MIDI file, which says neither the names of its notes nor their key, and writes the pickup as rests."""
    path = tmp_path / "ode.mid"
    stretto.write_score(read_text(MELODY.encode(), "ode.txt"), path)
    return path


@pytest.fixture
def choir(melody: Path) -> Score:
    """The melody with three voices under it."""
    return stretto.harmonize(melody, seed=5, candidates=1).score


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the verb behind `stretto.harmonize` is told, in place of what it does."""
    seen: dict[str, Any] = {}

    def listen(score: Score, **given: Any) -> Reworked:
        seen.update(given)
        return Reworked(score=score, key="", seed=0, nats_per_note=0, n_notes=0, n_again=0, seconds=0, verdict=Any)  # type: ignore[arg-type]

    monkeypatch.setattr(rework, "harmonize", listen)
    return seen


def test_a_path_a_string_and_a_score_give_the_same_music(melody: Path) -> None:
    wish: Any = {"seed": 1, "candidates": 2}
    found = [stretto.harmonize(source, **wish) for source in (melody, str(melody), stretto.read_score(melody))]
    assert len(found[0].score.parts) == 4
    assert found[0].score == found[1].score == found[2].score
    assert stretto.harmonize(melody, seed=2, candidates=2).score != found[0].score


def test_a_score_that_was_understood_stays_as_it_is(melody: Path) -> None:
    score, sentences = stretto.understand(stretto.read_score(melody))
    assert [sentence.partition(":")[0] for sentence in sentences] == ["pickup", "key", "spelling"]
    assert stretto.understand(score) == (score, [])
    wish: Any = {"seed": 1, "candidates": 2}
    assert stretto.harmonize(score, **wish).score == stretto.harmonize(melody, **wish).score


def test_the_report_says_first_what_the_file_did_not_say(melody: Path) -> None:
    read = stretto.read_score(melody)
    score, sentences = stretto.understand(read)
    unread = stretto.harmonize(melody, seed=1, candidates=2).report
    assert unread == [*sentences, *stretto.harmonize(score, seed=1, candidates=2).report]


def test_keywords_reach_hearing_and_manner(melody: Path, told: dict[str, Any]) -> None:
    def progress(share: float) -> None: ...

    hearing: Any = {"voices": ("alto",), "take": ("1",), "key": "E minor", "octaves": 1}
    manner: Any = {
        "style": "hymn", "seed": 3, "temperature": 0.5, "top_p": 0.7, "candidates": 4, "rules": Rules(leaps=True),
        "chords": "I", "guard": False, "weights": Path("other.safetensors"), "progress": progress,
    }  # fmt: skip
    assert (set(hearing), set(manner)) == tuple({field.name for field in fields(kind)} for kind in (Hearing, Manner))
    stretto.harmonize(melody, **hearing, **manner)
    assert told == {"keep": (), "hearing": Hearing(**hearing), "manner": Manner(**manner)}


def test_keywords_go_before_hearing_and_manner_objects(melody: Path, told: dict[str, Any]) -> None:
    hearing, manner = Hearing(voices=("alto",), octaves=1), Manner(seed=3, style="hymn")
    stretto.harmonize(melody, hearing=hearing, manner=manner)
    assert (told["hearing"], told["manner"]) == (hearing, manner)
    stretto.harmonize(melody, hearing=hearing, manner=manner, octaves=0, seed=4)
    assert told["hearing"] == Hearing(voices=("alto",))
    assert told["manner"] == Manner(seed=4, style="hymn")


def test_names_may_stand_in_one_string(melody: Path, told: dict[str, Any]) -> None:
    stretto.harmonize(melody, keep="soprano, bass", voices="soprano", take=[1], allow="parallels,rests")
    assert told["keep"] == ("soprano", "bass")
    assert told["hearing"] == Hearing(voices=("soprano",), take=("1",))
    assert told["manner"].rules == Rules(parallels=False, rests=True)


def test_a_key_that_is_wished_is_written_too(melody: Path) -> None:
    score = stretto.harmonize(melody, key="B minor", seed=1, candidates=1).score
    assert (score.key_at(0).fifths, score.key_at(0).mode) == (2, "minor")  # type: ignore[union-attr]


def test_rules_are_said_as_words(melody: Path, told: dict[str, Any]) -> None:
    stretto.harmonize(melody, forbid=["leaps"], allow=["crossing"], ranges=["alto=55-70"])
    usual = Rules().ranges
    ranges = (usual[0], (55, 70), *usual[2:])
    assert told["manner"].rules == Rules(leaps=True, crossing=False, ranges=ranges)
    stretto.harmonize(melody, rules=Rules(chromatic=True), forbid=["leaps"])
    assert told["manner"].rules == Rules(chromatic=True, leaps=True)


def test_words_for_rules_that_are_lifted_are_refused(melody: Path) -> None:
    with pytest.raises(RequestError, match="rules=None lifts all guard rails, so there are none for forbid to change"):
        stretto.harmonize(melody, rules=None, forbid="leaps")


def test_ranges_and_prohibitions_are_heard_in_the_music(melody: Path) -> None:
    score = stretto.harmonize(melody, ranges=["bass=50-60"], seed=1, candidates=1).score
    assert score.notes["pitch"][score.notes["part"] == 3].min() >= 50


@pytest.mark.parametrize(
    ("verb", "name", "said"),
    [
        ("harmonize", "sed", "did you mean seed"),
        ("vary", "temp", "did you mean temperature"),
        ("harmonize", "kep", "did you mean keep"),
        ("continue_", "bar", "did you mean bars"),
        (
            "infill",
            "zzz",
            "there are allow, bars, candidates, chords, density, ensemble, forbid, guard, hearing, keep_pitches,",
        ),
    ],
)
def test_an_unknown_keyword_is_told_with_the_nearest_before_any_file_is_opened(verb: str, name: str, said: str) -> None:
    bars = {"bars": 1} if verb == "infill" else {}
    with pytest.raises(TypeError, match=rf"^{verb}\(\) got an unexpected keyword argument '{name}'; {said}"):
        getattr(stretto, verb)("no such file.mid", **bars, **{name: 1})


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ScoreReadError, match=r"no such file\.mid: does not exist"):
        stretto.harmonize("no such file.mid")


def test_continuing_adds_the_bars_that_are_asked_for(choir: Score) -> None:
    found = stretto.continue_(choir, 2, seed=1, candidates=1)
    assert len(found.score.bars) == len(choir.bars) + 2
    assert found.score == gaps.continue_(choir, 2, manner=Manner(seed=1, candidates=1)).score


@pytest.mark.parametrize("bars", ["2-3", (2, 3), [2, 3]])
def test_bars_are_named_in_words_or_as_a_pair(choir: Score, bars: Any) -> None:
    found = stretto.infill(choir, bars, parts="alto", keep_rhythm=True, seed=1, candidates=1)
    manner = Manner(seed=1, candidates=1)
    assert found.score == gaps.infill(choir, 2, 3, parts=["alto"], keep_rhythm=True, manner=manner).score


def test_one_bar_is_named_by_its_number(choir: Score) -> None:
    manner = Manner(seed=1, candidates=1)
    assert stretto.infill(choir, 2, manner=manner).score == gaps.infill(choir, 2, 2, manner=manner).score


@pytest.mark.parametrize("bars", ["two", (1, 2, 3), 1.5])
def test_bars_that_are_none_are_refused(choir: Score, bars: Any) -> None:
    with pytest.raises(RequestError, match="name bars as"):
        stretto.infill(choir, bars)


def test_varying_keeps_what_it_is_told_to(choir: Score) -> None:
    found = stretto.vary(choir, 0.5, keep="soprano,bass", keep_pitches=True, seed=1, candidates=1)
    manner = Manner(seed=1, candidates=1)
    bare = gaps.vary(choir, 0.5, keep=["soprano", "bass"], keep_pitches=True, manner=manner)
    assert found.score == bare.score
    assert found.score != choir


def test_looking_around_shows_the_public_names() -> None:
    assert dir(stretto) == stretto.__all__
    assert stretto.harmonize is library.harmonize
    assert stretto.vary is library.vary


def test_the_page_on_the_library_names_every_keyword() -> None:
    known = set(library.How.__annotations__)
    assert known == {f.name for kind in (Hearing, Manner) for f in fields(kind)} | {
        "hearing", "manner", "forbid", "allow", "ranges", "ensemble", "max_polyphony", "density",
    }  # fmt: skip
    table = PAGE.partition("\n## The keywords of all four\n")[2].partition("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", table, flags=re.M) for name in re.findall(r"`(\w+)`", row)}
    assert named == known


def test_the_code_on_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S):
        exec(compile(block, "library.md", "exec"), names)
    assert len(names["longer"].score.bars) == len(names["piece"].score.bars) + 4
    assert (tmp_path / "other.pdf").exists()
