"""What the server answers, by examples: for the description of `/v1`."""

from __future__ import annotations

from typing import Any

from stretto.studio.programs.messages import JobState, Problem
from stretto.studio.workers.jobs import Verb

MUSIC = '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0">...</score-partwise>'

SAID = {
    400: ("the request cannot be read", "the request is no JSON (at character 11: Expecting value)"),
    401: ("the token is missing", "a token is wanted: open the address that the studio printed; programs send "
          "Authorization: Bearer TOKEN"),
    403: ("the page of another server asks", "the page of another server may not ask this one"),
    404: ("there is no such thing", "there is no such job; results are kept for a while only"),
    408: ("the request did not come in time", "the request has not come within 60 s; send it again"),
    409: ("it is not so any more", "the job was cancelled"),
    413: ("it is too big", "the document is over 2 MB; send a shorter piece"),
    415: ("it is no JSON", "send JSON, with Content-Type: application/json"),
    422: ("the wish or the document cannot be met", "bars: input should be less than or equal to 128"),
    429: ("too much waits already, yours or of all; Retry-After says how many seconds to wait",
          "64 jobs of yours wait already; try again in a few seconds"),
    503: ("the studio is closing", "the studio is closing"),
    507: ("the disk of the studio is full", "pieces cannot be read or kept now (database or disk is full); look at the "
          "disk of the studio"),
}  # fmt: skip
"""Of each status what it means, and a line."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How refusals are described."""
    return {
        status: {
            "model": Problem,
            "description": SAID[status][0],
            "content": {"application/json": {"example": {"detail": SAID[status][1]}}},
        }
        for status in statuses
    }


MADE = {
    "musicxml": MUSIC,
    "report": ["kept the best of 4 versions of each of 2 stretches"],
    "seed": 1,
    "nats_per_note": 0.797,
    "key": "G major",
    "data": {"new_notes": 55, "of_them_as_they_were": 0, "seconds": 0.7},
}

FINDING = {
    "number": 1, "bar": 1, "beat": 3.0, "tick": 48, "rule": "third-doubled", "severity": "remark",
    "says": "The third of a major tonic or subdominant in root position is doubled; the root is the better choice.",
    "detail": "E5 E4 in I", "notes": [8, 10], "bach": "Bach: in 202 of 370 chorales, 3.6 per 100 bars",
}  # fmt: skip

ANSWERS: dict[Verb, dict[str, Any]] = {
    "compose": {
        **MADE,
        "report": ["kept the best of 16 versions of each of 3 stretches"],
        "seed": 7,
        "data": {"ensemble": "choir", "style": "bach", "meter": "4/4", "bars": 8, "seconds": 0.9},
    },
    "continue": {**MADE, "key": "C major"},
    "harmonize": MADE,
    "infill": {**MADE, "key": "C major", "data": {"new_notes": 3, "of_them_as_they_were": 2, "seconds": 0.1}},
    "vary": {**MADE, "key": "C major", "data": {"new_notes": 10, "of_them_as_they_were": 5, "seconds": 0.3}},
    "check": {
        "musicxml": MUSIC,
        "report": ["voices (parts): soprano = part 1, alto = part 2, tenor = part 3, bass = part 4", "key: C major"],
        "key": "C major",
        "data": {"errors": 0, "counts": {"third-doubled": 1}, "findings": [FINDING]},
    },
    "report": {
        "data": {
            "title": "score 1",
            "reference": {"name": "132 chorales by J. S. Bach", "about": "", "pieces": 132, "repertoire": ""},
            "answers": [
                {"question": "Is it any good?", "word": "Made like Bach's chorales", "tone": "good", "because": []}
            ],
            "outside": {"share": 0.04, "real_below": 0.5},
        }
    },
    "convert": {"report": ["key: G major"], "data": {"file": "PD94bWwgdmVyc2lvbj0iMS4wIj8+", "left_out": []}},
}
"""What comes of the example of each request; documents are cut short here."""


def answers(verb: Verb) -> dict[int | str, dict[str, Any]]:
    """How the answer of a verb is described, and the job that one takes with `?wait=false`."""
    taken = {"id": "kTtMqH3Zb0m4cV9yWl2p1A", "verb": verb, "state": "waiting", "share": 0.0, "line": ""}
    return {
        200: {"content": {"application/json": {"example": {"verb": verb, "report": [], **ANSWERS[verb]}}}},
        202: {
            "model": JobState,
            "description": "taken; see /v1/jobs/{id}",
            "content": {"application/json": {"example": taken}},
        },
    }


def files(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """How an answer is described that is a file of one of these kinds."""
    file = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"content": {media_type.partition(";")[0]: file for media_type in media_types}}}
