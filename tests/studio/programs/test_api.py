"""Each verb as a program asks for it."""

from __future__ import annotations

import base64
import json
import re
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from studio_client import CHORALE, TUNE, Answer, Client

from stretto.score.abc_read import read_abc
from stretto.score.midi_read import read_midi
from stretto.score.musicxml_read import read_musicxml
from stretto.studio.workers.pool import Pool

ABC_TUNE, ABC_CHORALE = {"format": "abc", "text": TUNE}, {"format": "abc", "text": CHORALE}
QUICK = {"seed": 1, "candidates": 1}
LONG = {"ensemble": "keyboard", "bars": 128, "seed": 1, "candidates": 16}
"""Many seconds of work."""


def music(answer: Answer, n_parts: int) -> None:
    assert answer.status == 200, answer.body
    assert len(read_musicxml(answer.json["musicxml"].encode(), "it").parts) == n_parts


def test_compose_gives_the_same_piece_for_the_same_seed(client: Client) -> None:
    asked = {"key": "G major", "bars": 2, **QUICK}
    one, other = client.post("/v1/compose", asked), client.post("/v1/compose", asked)
    music(one, 4)
    assert one.json["musicxml"] == other.json["musicxml"]
    assert (one.json["key"], one.json["seed"], one.json["data"]["bars"]) == ("G major", 1, 2)
    assert one.json["nats_per_note"] > 0


def test_compose_keeps_to_the_guard_rails_that_are_asked_for(client: Client) -> None:
    answer = client.post("/v1/compose", {"bars": 2, **QUICK, "ranges": ["soprano=60-72"]})
    notes = read_musicxml(answer.json["musicxml"].encode(), "it").notes
    assert notes["pitch"][notes["part"] == 0].max() <= 72


def test_compose_for_keyboard(client: Client) -> None:
    answer = client.post("/v1/compose", {"ensemble": "keyboard", "style": "chopin", "bars": 2, **QUICK})
    assert answer.status == 200
    assert (answer.json["data"]["ensemble"], answer.json["data"]["style"]) == ("keyboard", "chopin")


def test_harmonize_adds_the_voices(client: Client) -> None:
    music(client.post("/v1/harmonize", {"document": ABC_TUNE, **QUICK}), 4)


def test_continue_adds_bars(client: Client) -> None:
    answer = client.post("/v1/continue", {"document": ABC_CHORALE, "bars": 2, **QUICK})
    music(answer, 4)
    assert len(read_musicxml(answer.json["musicxml"].encode(), "it").bars) == 3


@pytest.mark.parametrize(("verb", "wish"), [("infill", {"bars": "1", "parts": ["alto"]}), ("vary", {"strength": 1.0})])
def test_infill_and_vary_write_anew(client: Client, verb: str, wish: dict[str, object]) -> None:
    answer = client.post(f"/v1/{verb}", {"document": ABC_CHORALE, **wish, **QUICK})
    music(answer, 4)
    assert answer.json["data"]["new_notes"] > 0
    before, after = read_abc(CHORALE.encode(), "it"), read_musicxml(answer.json["musicxml"].encode(), "it")
    given = [score.notes[score.notes["part"] != 1][["part", "onset", "pitch"]].tolist() for score in (before, after)]
    assert verb == "vary" or given[0] == given[1]


def test_check_names_the_faults(client: Client) -> None:
    fifths = "X:1\nM:4/4\nL:1/4\nK:C\nV:1\ng a b c' |\nV:2\nc d e f |\nV:3\nG A B c |\nV:4\nC, D, E, F, |\n"
    answer = client.post("/v1/check", {"document": {"format": "abc", "text": fifths}})
    assert answer.status == 200
    rules = {finding["rule"] for finding in answer.json["data"]["findings"]}
    assert "parallel-fifths" in rules
    assert answer.json["data"]["errors"] > 0


def test_a_sheet_of_ones_own_is_what_faults_are_looked_for_by(client: Client) -> None:
    """And what is wrong in it is told with its line."""
    sheet = '[rules.spacing]\nseverity = "error"\nsays = "Closer!"\nsoprano_alto = 1\nalto_tenor = 1\nshortest = 0.5\n'
    asked = {"document": {"format": "abc", "text": CHORALE}, "sheet": sheet}
    answer = client.post("/v1/check", asked)
    assert set(answer.json["data"]["counts"]) == {"spacing"} and answer.json["data"]["findings"][0]["says"] == "Closer!"
    wrong = client.post("/v1/check", {**asked, "sheet": sheet.replace("shortest", "briefest")})
    assert wrong.status == 422
    assert wrong.line.startswith("the sheet, line 6: rule spacing has no option 'briefest'; it has")
    assert client.post("/v1/check", {**asked, "sheet": "#" * 70_000}).line.startswith(
        "sheet: string should have at most"
    )


def test_report_measures(client: Client) -> None:
    answer = client.post("/v1/report", {"document": ABC_CHORALE})
    assert answer.status == 200, answer.body
    assert answer.json["data"]["answers"]
    assert answer.json["data"]["reference"]["repertoire"] == ""


def test_report_sets_a_keyboard_piece_beside_keyboard_music(client: Client) -> None:
    """And advises nothing that a program cannot ask for."""
    made = client.post("/v1/compose", {"ensemble": "keyboard", "style": "chopin", "bars": 8, **QUICK})
    answer = client.post("/v1/report", {"document": {"format": "musicxml", "text": made.json["musicxml"]}})
    assert answer.status == 200, answer.body
    assert answer.json["data"]["reference"]["repertoire"] == "keyboard"
    good = answer.json["data"]["answers"][0]
    assert good["word"].endswith("like real keyboard music") and good["tone"] != "bad"
    assert "--against" not in str(answer.body)


def test_convert_gives_the_file(client: Client) -> None:
    answer = client.post("/v1/convert", {"document": ABC_TUNE, "to": "midi"})
    file = base64.b64decode(answer.json["data"]["file"])
    assert read_midi(file, "it").notes["pitch"].tolist()[:4] == [67, 69, 71, 72]
    back = client.post(
        "/v1/convert", {"document": {"format": "midi", "base64": answer.json["data"]["file"]}, "to": "abc"}
    )
    assert back.status == 200


def test_convert_names_notes_by_the_key_that_is_asked_for(client: Client) -> None:
    """As its line on what was estimated says."""
    midi = client.post("/v1/convert", {"document": {"format": "text", "text": "C4? F#4? Bb4? C4?"}, "to": "midi"})
    document = {"format": "midi", "base64": midi.json["data"]["file"]}
    answer = client.post("/v1/convert", {"document": document, "to": "abc", "key": "Bb minor"})
    assert "K:Bbm" in base64.b64decode(answer.json["data"]["file"]).decode()
    assert client.post("/v1/convert", {"document": document, "to": "abc", "key": "H"}).status == 422


def test_models_tell_what_can_be_asked_for(client: Client) -> None:
    found = {model["ensemble"]: model["styles"] for model in client.get("/v1/models").json["models"]}
    assert list(found) == ["choir", "keyboard", "quartet"]
    assert "bach" in found["choir"] and "chopin" in found["keyboard"]


@pytest.mark.parametrize(
    ("verb", "asked", "line"),
    [
        ("compose", {"bars": 1000}, "bars: input should be less than or equal to 128"),
        ("compose", {"bars": 100}, "100 bars: a piece has 2 to 64"),
        ("compose", {"candidates": 17}, "candidates: input should be less than or equal to 16"),
        ("compose", {"weights": "/etc/passwd"}, "weights: there is no such field"),
        ("compose", {"key": "H major"}, 'key "H major" is unknown'),
        ("harmonize", {}, "document: field required"),
        ("harmonize", {"document": {"format": "abc"}}, "document: give text, or base64, and not both"),
        ("harmonize", {"document": {"format": "midi", "base64": "!"}}, "document: this is no base64"),
        ("check", {"document": ABC_TUNE, "rules": "../../etc/passwd"}, "rules: input should be 'chorale', "),
        ("vary", {"document": {"format": "musicxml", "text": "<no"}}, ""),
    ],
)
def test_what_cannot_be_met_is_said_in_one_line(client: Client, verb: str, asked: dict[str, object], line: str) -> None:
    answer = client.post(f"/v1/{verb}", asked)
    assert answer.status == 422
    assert answer.line.startswith(line)


@pytest.mark.parametrize(
    ("kind", "body", "status", "line"),
    [
        ("application/json", b'{"bars": 8,}', 400, "the request is no JSON (at character 11: "),
        ("application/json", b'{"key": "\xff"}', 400, "the request is no JSON in UTF-8, or far too deep"),
        ("application/json", b"[1]", 422, "the request: send a JSON object"),
        ("text/plain", b'{"bars": 8}', 415, "send JSON, with Content-Type: application/json"),
        ("application/json", b'{"tonality": "C"}', 422, "tonality: there is no such field; /openapi.json names "),
        ("application/json", b'{"density": "sparse"}', 422, "density: a choir has four voices that always sing; "),
    ],
)
def test_a_request_that_is_none_is_told_what_to_send(
    client: Client, kind: str, body: bytes, status: int, line: str
) -> None:
    answer = client.post("/v1/compose", body, **{"Content-Type": kind})
    assert (answer.status, answer.line[: len(line)]) == (status, line)
    assert "--" not in answer.line, "a program has no options of a command line"


@pytest.mark.parametrize("how", ["text", "base64"])
def test_a_document_over_two_megabytes_is_refused(client: Client, how: str) -> None:
    long = b"x" * (2 * 2**20 + 1)
    document = {"format": "abc", how: long.decode() if how == "text" else base64.b64encode(long).decode()}
    answer = client.post("/v1/convert", {"document": document, "to": "midi"})
    assert (answer.status, answer.line) == (413, "the document is over 2 MB; send a shorter piece")


def test_a_document_of_too_many_bars_is_refused(client: Client) -> None:
    long = "X:1\nM:1/4\nL:1/4\nK:C\n" + "c |" * 1001 + "\n"
    answer = client.post("/v1/check", {"document": {"format": "abc", "text": long}})
    assert answer.status == 422
    assert "at most" in answer.line and "1000 bars" in answer.line


def test_a_job_can_be_followed_event_by_event(client: Client) -> None:
    taken = client.post("/v1/compose?wait=false", {"bars": 8, "seed": 1})
    assert taken.status == 202
    assert taken.headers["location"] == f"/v1/jobs/{taken.json['id']}"
    stream = client.get(f"{taken.headers['location']}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [
        dict(line.split(": ", 1) for line in event.splitlines()) for event in stream.body.decode().split("\n\n")[:-1]
    ]
    states = [event["event"] for event in events]
    assert states[-1] == "done" and "progress" in states
    assert json.loads(events[-1]["data"])["answer"]["key"]
    assert client.get(taken.headers["location"]).json["state"] == "done"


def test_a_job_can_be_called_off(client: Client) -> None:
    job = client.post("/v1/compose?wait=false", LONG).headers["location"]
    while client.get(job).json["state"] == "waiting":
        time.sleep(0.02)
    client.ask("DELETE", job)
    stream = client.get(f"{job}/events")
    assert b"event: cancelled" in stream.body


def test_who_closes_the_connection_calls_the_job_off(client: Client, pool: Pool) -> None:
    with client.opened("POST", "/v1/compose", LONG):
        while not (waited_for := [ticket for ticket in pool._kept.values() if ticket.newest.kind == "progress"]):
            time.sleep(0.02)
    *_, last = waited_for[-1].events()
    assert last.kind == "cancelled"


def test_a_job_that_is_not_there_is_not_there(client: Client) -> None:
    for method, path in (("GET", "/v1/jobs/x"), ("GET", "/v1/jobs/x/events"), ("DELETE", "/v1/jobs/x")):
        answer = client.ask(method, path)
        assert (answer.status, answer.line[:20]) == (404, "there is no such job")


def test_many_who_ask_at_once_all_get_their_own_piece(client: Client) -> None:
    found: dict[int, Answer] = {}

    def ask(seed: int) -> None:
        found[seed] = client.post("/v1/compose", {"bars": 2, "candidates": 1, "seed": seed})

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {seed: (answer.status, answer.json["seed"]) for seed, answer in found.items()} == {
        s: (200, s) for s in range(12)
    }


def test_the_description_has_an_example_of_every_request_and_its_answer_and_each_is_so(client: Client) -> None:
    description = client.get("/openapi.json").json
    posts = {path: of["post"] for path, of in description["paths"].items() if path.startswith("/v1/") and "post" in of}
    assert len(posts) == 8
    for path, post in posts.items():
        name = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        (example,) = description["components"]["schemas"][name]["examples"]
        answer = client.post(path, example)
        assert answer.status == 200, (path, answer.body)
        shown = post["responses"]["200"]["content"]["application/json"]["example"]
        found = {name for name, value in answer.json.items() if value is not None}
        assert shown.keys() == found, path
        assert shown["data"].keys() <= answer.json["data"].keys(), path


def test_the_description_says_of_every_route_what_it_does_and_how_it_refuses(client: Client) -> None:
    for path, operations in client.get("/openapi.json").json["paths"].items():
        for method, of in operations.items():
            assert of["description"].endswith((".", "/v1/jobs/{id}")), (method, path)
            refusals = {status: said for status, said in of["responses"].items() if status >= "400"}
            assert {"401", "403", "422", "429"} <= refusals.keys(), (method, path)
            for said in refusals.values():
                assert said["content"]["application/json"]["example"]["detail"]
            assert not re.search(r"\{\w+\}", path) or "404" in refusals, (method, path)


def test_the_example_of_the_notation_makes_a_piece(client: Client) -> None:
    schemas = client.get("/openapi.json").json["components"]["schemas"]
    (example,) = schemas["Create"]["properties"]["notation"]["examples"]
    assert client.post("/api/pieces", {"notation": example}).status in (200, 201)
