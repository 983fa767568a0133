"""A Score as JSON: nothing is lost, and nothing else is taken for one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import ScoreReadError
from stretto.score.model import Notice, Part, Score
from stretto.studio.pieces.documents import Document, document_of
from stretto.studio.pieces.score_json import pack, score_from_json, score_json, unpack

sys.path.insert(0, str(Path(__file__).parents[2] / "score"))
from made_scores import any_scores


@settings(max_examples=60, deadline=None)
@given(any_scores())
def test_any_score_comes_back_as_it_was_with_its_notices(score: Score) -> None:
    score = score.with_notices(Notice(what="odd", count=2, where="bar 1"))
    again = score_from_json(unpack(pack(score_json(score))))
    assert again == score
    assert again.notices == score.notices
    assert [part.free_voices for part in again.parts] == [part.free_voices for part in score.parts]


@pytest.mark.parametrize(
    "said",
    [
        None, [], {}, 5, {"notes": [[1]], "end": 4}, {"notes": [[0, 24, 60, 0, 0, 1, 1, 0, 0]] * 2, "end": "x"},
        {"notes": [], "end": 0, "info": {}, "parts": [{"name": []}], "bars": [{"tick": "no", "number": 1}]},
    ],
)  # fmt: skip
def test_what_is_no_score_is_refused_in_one_line(said: object) -> None:
    with pytest.raises(ScoreReadError) as caught:
        score_from_json(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"x", pack("a")[:-3], b"\x80\x04K\x01."])
def test_bytes_that_were_never_packed_are_refused(data: bytes) -> None:
    with pytest.raises(ScoreReadError):
        unpack(data)


def test_what_would_unpack_to_gigabytes_is_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretto.studio.pieces.score_json.MAX_BYTES", 1000)
    with pytest.raises(ScoreReadError):
        unpack(pack("a" * 5000))


def test_a_document_whose_notes_share_a_number_is_refused() -> None:
    document = document_of(
        Score.build([(0, 24, 60, 0, 0, 1, 1, 0, 0), (24, 24, 60, 0, 0, 1, 1, 0, 0)], [Part(name="Tune")])
    )
    said = json.loads(json.dumps(document.as_json()))
    assert Document.from_json(said).score == document.score
    with pytest.raises(ScoreReadError):
        Document.from_json({**said, "ids": [1, 1]})
