"""The page's routes: pieces made, edited, undone, drawn, judged, downloaded, and candidates taken over."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from piece_client import Client, serving

from stretto.score.midi_read import read_midi
from stretto.score.musicxml_read import read_musicxml
from stretto.score.musicxml_write import write_musicxml
from stretto.studio.workers.jobs import Job, Result
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import Event, Ticket

CHORALE = """
X:1
M:4/4
L:1/4
K:G
V:1
G A B c | d e d2 |
V:2
D D G G | B G B2 |
V:3
B, A, D E | G E G2 |
V:4 clef=bass
G, F, G, C | G, C G,2 |
"""


class FakePool:
    """Gives back what it is handed, every note as many semitones higher as its seed says; seed 13 cannot be met."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.waits = threading.Event()
        self.waits.set()
        self.cancelled: list[str] = []

    def submit(self, job: Job, **_: str) -> Ticket:
        self.jobs.append(job)
        ticket = Ticket(job=job, call_off=self._call_off)
        threading.Thread(target=self._do, args=(ticket, job), daemon=True).start()
        return ticket

    def forget(self, ticket: Ticket) -> None:
        pass

    def _call_off(self, ticket: Ticket) -> None:
        self.cancelled.append(ticket.id)
        ticket.tell(Event(kind="cancelled"))

    def _do(self, ticket: Ticket, job: Job) -> None:
        ticket.tell(Event(kind="progress", share=0.5))
        self.waits.wait(20)
        seed = job.arguments["seed"]
        if seed == 13:
            ticket.tell(Event(kind="wrong", line="a superstitious network"))
            return
        score = read_musicxml(job.score or b"", "x")
        notes = score.notes.copy()
        notes["pitch"] += seed % 10
        data = write_musicxml(score.evolve(notes=notes))[0]
        ticket.tell(Event(kind="done", result=Result(musicxml=data, seed=seed, report=("made up",), nats_per_note=1.5)))


@pytest.fixture(scope="module")
def pool() -> FakePool:
    return FakePool()


@pytest.fixture(scope="module")
def page(pool: FakePool, desk: Pool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(pool, tmp_path_factory.mktemp("data"), desk) as client:
        yield client


def chorale(page: Client) -> dict[str, Any]:
    answer = page.ask("POST", f"/api/pieces/upload?name={quote('Ein Lied.abc')}", CHORALE.encode())
    assert answer.status == 201, answer.body
    return answer.json


def events(page: Client, job: str) -> list[tuple[str, dict[str, Any]]]:
    text = page.get(f"/api/jobs/{job}/events").body.decode()
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.split("\n\n") if block]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def asked(page: Client, view: dict[str, Any], **wish: Any) -> str:
    answer = page.post(f"/api/pieces/{view['id']}/verbs", {"revision": view["revision"], **wish})
    assert answer.status == 202, answer.body
    job: str = answer.json["job"]
    return job


def test_a_new_piece_has_eight_empty_bars_for_a_piano(page: Client) -> None:
    view = page.post("/api/pieces", {"title": "Mine"}).json
    assert (view["title"], view["revision"], len(view["bars"]), view["notes"]) == ("Mine", 1, 8, [])
    assert view["parts"][0]["staves"] == 2
    assert not view["canUndo"]
    assert view["id"] in [entry["id"] for entry in page.get("/api/pieces").json]


def test_a_typed_melody_becomes_a_piece_and_a_typing_error_a_line(page: Client) -> None:
    view = page.post("/api/pieces", {"notation": "title: Tune\nkey: F major\n\nF4 A4 C5 Bb4 | A4h F4\n"}).json
    assert [note["pitch"] for note in view["notes"]] == [65, 69, 72, 70, 69, 65]
    assert (view["title"], view["keys"][0]["fifths"]) == ("Tune", -1)
    wrong = page.post("/api/pieces", {"notation": "F4 H4"})
    assert wrong.status == 422
    assert "line 1, column 4" in wrong.line


def test_a_file_becomes_a_piece_named_after_it(page: Client) -> None:
    view = chorale(page)
    assert view["title"] == "Ein Lied"
    assert view["ensemble"] == "choir"
    assert len(view["notes"]) == 28


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("x.mid", b"nonsense", 422), ("x.exe", b"x", 422), ("x", b"x", 422), ("../../x.mxl", b"PK", 422),
     ("x.mid", bytes(2 * 2**20 + 1), 413)],
)  # fmt: skip
def test_a_broken_file_is_refused_in_one_line_without_its_name(
    page: Client, name: str, data: bytes, status: int
) -> None:
    answer = page.ask("POST", f"/api/pieces/upload?name={quote(name, safe='')}", data)
    assert answer.status == status
    assert "x.m" not in answer.line


def test_edits_are_kept_and_undone_and_redone(page: Client) -> None:
    view = chorale(page)
    path = f"/api/pieces/{view['id']}"
    first = view["notes"][0]
    moved = page.post(
        f"{path}/edits",
        {
            "revision": view["revision"],
            "edits": [
                {"op": "move", "ids": [first["id"]], "ticks": 0, "semitones": 1},
                {"op": "add", "part": 0, "onset": 192, "duration": 24, "pitch": 70},
            ],
        },
    ).json
    assert {note["id"]: note["pitch"] for note in moved["notes"]}[first["id"]] == first["pitch"] + 1
    assert len(moved["bars"]) == len(view["bars"]) + 1
    back = page.post(f"{path}/undo", {"revision": moved["revision"]}).json
    assert back["notes"] == view["notes"]
    assert back["canRedo"]
    again = page.post(f"{path}/redo", {"revision": back["revision"]}).json
    assert again["notes"] == moved["notes"]
    assert page.get(path).json == again


def test_all_notes_of_a_long_piece_are_pasted_in_one_step(page: Client) -> None:
    view = page.post("/api/pieces", {"bars": 64}).json
    path = f"/api/pieces/{view['id']}"
    notes = [{"op": "add", "part": 0, "onset": 4 * i, "duration": 4, "pitch": 60 + i % 12} for i in range(1500)]
    pasted = page.post(f"{path}/edits", {"revision": 1, "edits": notes}).json
    assert len(pasted["notes"]) == 1500
    assert page.post(f"{path}/undo", {"revision": pasted["revision"]}).json["notes"] == []


def test_an_edit_on_an_old_state_is_refused_with_409(page: Client) -> None:
    view = chorale(page)
    path = f"/api/pieces/{view['id']}/edits"
    edit = {"revision": view["revision"], "edits": [{"op": "delete", "ids": [view["notes"][0]["id"]]}]}
    assert page.post(path, edit).status == 200
    again = page.post(path, edit)
    assert again.status == 409
    assert "changed elsewhere" in again.line


@pytest.mark.parametrize(
    "edit",
    [{"op": "explode"}, {"op": "move", "ids": []}, {"op": "move", "ids": [10**30]}, {"op": "resize", "ids": [1]},
     {"op": "add", "part": 0, "onset": -1, "duration": 1, "pitch": 60},
     {"op": "add", "part": 9, "onset": 0, "duration": 1, "pitch": 60},
     {"op": "add", "part": 0, "onset": 9999999, "duration": 1, "pitch": 60}],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_one_line_and_changes_nothing(page: Client, edit: dict[str, Any]) -> None:
    view = chorale(page)
    answer = page.post(f"/api/pieces/{view['id']}/edits", {"revision": view["revision"], "edits": [edit]})
    assert 400 <= answer.status < 500
    assert answer.line
    assert page.get(f"/api/pieces/{view['id']}").json["revision"] == view["revision"]


def test_a_piece_is_renamed_and_deleted(page: Client) -> None:
    id = chorale(page)["id"]
    assert page.ask("PATCH", f"/api/pieces/{id}", {"title": "Other"}).json["title"] == "Other"
    assert page.ask("DELETE", f"/api/pieces/{id}").status == 204
    assert page.get(f"/api/pieces/{id}").status == 404


def test_every_note_and_bar_has_its_place_on_a_page(page: Client) -> None:
    view = chorale(page)
    path = f"/api/pieces/{view['id']}/pages"
    found = page.get(path).json
    assert found["revision"] == view["revision"]
    (only,) = found["pages"]
    assert {note["id"] for note in only["notes"]} == {note["id"] for note in view["notes"]}
    assert [(bar["tick"], bar["end"]) for bar in only["bars"]] == [(bar["tick"], bar["end"]) for bar in view["bars"]]
    bars = {bar["tick"]: bar for bar in only["bars"]}
    onsets = {note["id"]: note["onset"] for note in view["notes"]}
    for note in only["notes"]:
        bar = bars[onsets[note["id"]] // 96 * 96]
        assert bar["x"] < note["x"] < bar["x"] + bar["w"]
        assert 0 < note["w"] < 500
    picture = page.get(f"{path}/1.svg?revision={view['revision']}")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert f'viewBox="0 0 {only["width"]:g} {only["height"]:g}"' in picture.body.decode()
    assert page.get(f"{path}/2.svg").status == 404


def test_the_page_bears_the_title_that_the_piece_has_now(page: Client) -> None:
    path = f"/api/pieces/{chorale(page)['id']}"
    for title in ("Abendlied", "Morgenlied"):
        page.ask("PATCH", path, {"title": title})
        assert title in page.get(f"{path}/pages/1.svg").body.decode()


def test_the_pages_of_a_state_are_there_when_the_next_one_is(page: Client) -> None:
    """Else the places of one state would be shown with the pictures of the next."""
    view = chorale(page)
    path = f"/api/pieces/{view['id']}"
    before = page.get(f"{path}/pages?revision=1").json
    picture = page.get(f"{path}/pages/1.svg?revision=1").body
    edit = {"revision": 1, "edits": [{"op": "delete", "ids": [view["notes"][0]["id"]]}]}
    assert page.post(f"{path}/edits", edit).json["revision"] == 2
    assert page.get(f"{path}/pages?revision=1").json == before
    assert page.get(f"{path}/pages/1.svg?revision=1").body == picture
    after = page.get(f"{path}/pages?revision=2").json
    assert (after["revision"], len(after["pages"][0]["notes"])) == (2, len(view["notes"]) - 1)
    assert page.get(f"{path}/pages/1.svg?revision=7").body == page.get(f"{path}/pages/1.svg").body != picture


def test_a_page_is_engraved_alone_when_its_lines_are_known(page: Client) -> None:
    view = chorale(page)
    path = f"/api/pieces/{view['id']}"
    broken = "number=1&lines=0&after=2&until=2"
    alone = page.get(f"{path}/page?{broken}").json
    assert alone == page.get(f"{path}/pages").json
    assert page.get(f"{path}/page.svg?{broken}").body == page.get(f"{path}/pages/1.svg").body
    assert "the piece has 2" in page.get(f"{path}/page?number=1&lines=0&after=3&until=3").line
    assert page.get(f"{path}/page?number=1&after=2&until=2").status == 422


def test_a_piece_that_nobody_named_takes_the_title_of_the_candidate(page: Client) -> None:
    view = page.post("/api/pieces", {"notation": "title: Tune\n\nF4 A4\n"}).json
    untitled = page.ask("PATCH", f"/api/pieces/{view['id']}", {"title": ""}).json
    job = asked(page, untitled, verb="vary", candidates=1, options={"seed": 1})
    events(page, job)
    taken = page.post(f"/api/pieces/{view['id']}/accept", {"revision": 1, "job": job, "candidate": 0}).json
    assert (untitled["title"], taken["title"]) == ("Untitled", "Tune")


def test_an_empty_piece_has_pages_too(page: Client) -> None:
    view = page.post("/api/pieces", {}).json
    (only,) = page.get(f"/api/pieces/{view['id']}/pages").json["pages"]
    assert len(only["bars"]) == 8


def test_faults_name_their_notes_and_their_reason(page: Client) -> None:
    view = chorale(page)
    faults = page.get(f"/api/pieces/{view['id']}/check").json["faults"]
    assert faults
    pitches = {note["id"]: note for note in view["notes"]}
    for fault in faults:
        assert fault["sentence"]
        assert fault["tick"] < fault["end"]
        assert {pitches[number]["part"] for number in fault["notes"]} == set(fault["parts"])
    assert page.get(f"/api/pieces/{view['id']}/check?rules=../x").status == 404


def test_every_bar_of_a_choir_has_a_likelihood_and_an_empty_piece_a_reason(page: Client) -> None:
    view = chorale(page)
    found = page.get(f"/api/pieces/{view['id']}/likelihood").json
    assert [bar["tick"] for bar in found["bars"]] == [0, 96]
    assert all(0 < bar["natsPerNote"] < 20 and "expected" in bar["why"] for bar in found["bars"])
    empty = page.post("/api/pieces", {}).json
    none = page.get(f"/api/pieces/{empty['id']}/likelihood").json
    assert none["why"] == "there are no notes yet"
    assert {bar["natsPerNote"] for bar in none["bars"]} == {None}


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("midi", b"MThd"),
        ("musicxml", b"<?xml"),
        ("pdf", b"%PDF"),
        ("png", b"\x89PNG"),
        ("wav", b"RIFF"),
        ("mxl", b"PK"),
    ],
)
def test_a_piece_can_be_downloaded(page: Client, kind: str, begins: bytes) -> None:
    view = chorale(page)
    page.ask("PATCH", f"/api/pieces/{view['id']}", {"title": 'Lob"\n/Gott ü'})
    answer = page.get(f"/api/pieces/{view['id']}/download/{kind}")
    assert answer.status == 200
    assert answer.body.startswith(begins)
    said = answer.headers["content-disposition"]
    assert said.startswith('attachment; filename="Lob- -Gott u')
    if kind == "musicxml":
        assert len(read_musicxml(answer.body, "x").notes) == 28
    if kind == "midi":
        assert len(read_midi(answer.body, "x").parts) == 4


def test_there_are_no_other_kinds_of_file(page: Client) -> None:
    assert page.get(f"/api/pieces/{chorale(page)['id']}/download/exe").status == 404


def test_three_candidates_come_one_by_one_and_one_is_taken_over(page: Client) -> None:
    view = chorale(page)
    job = asked(page, view, verb="vary", options={"seed": 1})
    said = events(page, job)
    assert said[-1] == ("done", {})
    found = {data["candidate"]: data for kind, data in said if kind == "candidate"}
    assert sorted(found) == [0, 1, 2]
    assert [found[number]["seed"] for number in range(3)] == [1, 2, 3]
    second = found[1]["view"]
    assert [note["pitch"] for note in second["notes"]] == [note["pitch"] + 2 for note in view["notes"]]
    midi = page.get(f"/api/jobs/{job}/candidates/1.mid")
    assert midi.body.startswith(b"MThd")
    taken = page.post(
        f"/api/pieces/{view['id']}/accept", {"revision": view["revision"], "job": job, "candidate": 1}
    ).json
    assert [note["pitch"] for note in taken["notes"]] == [note["pitch"] for note in second["notes"]]
    back = page.post(f"/api/pieces/{view['id']}/undo", {"revision": taken["revision"]}).json
    assert back["notes"] == view["notes"]


def test_a_candidate_for_a_state_before_does_not_take_away_what_was_written_since(page: Client) -> None:
    """But undo leads back to that state."""
    view = chorale(page)
    path = f"/api/pieces/{view['id']}"
    job = asked(page, view, verb="vary", candidates=1, options={"seed": 1})
    events(page, job)
    edit = {"revision": 1, "edits": [{"op": "move", "ids": [view["notes"][0]["id"]], "semitones": 2}]}
    edited = page.post(f"{path}/edits", edit).json
    late = page.post(f"{path}/accept", {"revision": edited["revision"], "job": job, "candidate": 0})
    assert (late.status, late.line.partition(";")[0]) == (409, "the piece was changed after these were asked for")
    assert page.get(path).json == edited
    page.post(f"{path}/undo", {"revision": edited["revision"]})
    assert page.post(f"{path}/accept", {"revision": 1, "job": job, "candidate": 0}).status == 200


def test_a_verb_hears_which_bars_and_voices_are_selected(page: Client, pool: FakePool) -> None:
    view = chorale(page)
    selection = {"start": 100, "end": 150, "parts": [1, 2]}
    events(page, asked(page, view, verb="infill", selection=selection, keep=[2], candidates=1, options={"seed": 1}))
    assert dict(pool.jobs[-1].arguments) == {"bars": "2-2", "parts": ["alto"], "seed": 1}
    events(page, asked(page, view, verb="vary", selection=selection, keep=[2], candidates=1, options={"seed": 1}))
    assert dict(pool.jobs[-1].arguments) == {"bars": "2-2", "keep": ["soprano", "tenor", "bass"], "seed": 1}
    events(page, asked(page, view, verb="harmonize", keep=[0, 3], candidates=1, options={"style": "bach", "seed": 1}))
    assert dict(pool.jobs[-1].arguments) == {"style": "bach", "keep": ["soprano", "bass"], "seed": 1}


def test_asking_again_calls_off_what_is_on_its_way_and_forgets_what_there_was(page: Client, pool: FakePool) -> None:
    """Of this piece alone; else those of an hour's work would be kept, each some megabytes where the piece is long."""
    view, other = chorale(page), chorale(page)
    wish: dict[str, Any] = {"verb": "vary", "candidates": 2, "options": {"seed": 1}}
    first, kept = asked(page, view, **wish), asked(page, other, **wish)
    assert [events(page, job)[-1][0] for job in (first, kept)] == ["done", "done"]
    pool.waits.clear()
    pool.cancelled.clear()
    try:
        second = asked(page, view, **wish)
        assert (page.get(f"/api/jobs/{first}/events").status, pool.cancelled) == (404, [])
        third = asked(page, view, **wish)
        assert len(pool.cancelled) == 2
        assert page.ask("DELETE", f"/api/jobs/{second}").status == 204, "whoever followed it lets it go himself"
    finally:
        pool.waits.set()
    assert [events(page, job)[-1][0] for job in (third, kept)] == ["done", "done"]


def test_a_candidate_that_cannot_be_is_told_apart_from_a_job_that_fails(page: Client) -> None:
    view = chorale(page)
    said = events(page, asked(page, view, verb="vary", candidates=2, options={"seed": 12}))
    assert ("refused", {"candidate": 1, "message": "a superstitious network"}) in said
    assert said[-1] == ("done", {})
    said = events(page, asked(page, view, verb="vary", candidates=1, options={"seed": 13}))
    assert said[-1] == ("failed", {"message": "a superstitious network"})


def test_progress_is_told_while_a_candidate_is_made(page: Client, pool: FakePool) -> None:
    view = chorale(page)
    pool.waits.clear()
    try:
        job = asked(page, view, verb="vary", candidates=1, options={"seed": 1})
        with page.opened("GET", f"/api/jobs/{job}/events") as connection:
            answer = connection.getresponse()
            assert answer.headers["content-type"].startswith("text/event-stream")
            first = [answer.readline() for _ in range(3)]
            while b"0.5" not in first[1]:
                first = [answer.readline() for _ in range(3)]
            pool.waits.set()
            assert b"event: done" in answer.read()
    finally:
        pool.waits.set()
    assert first[0] == b"event: progress\n"


def test_whoever_stops_listening_calls_the_work_off(page: Client, pool: FakePool) -> None:
    view = chorale(page)
    pool.waits.clear()
    pool.cancelled.clear()
    try:
        job = asked(page, view, verb="vary", candidates=2, options={"seed": 1})
        with page.opened("GET", f"/api/jobs/{job}/events") as connection:
            connection.getresponse().readline()
        deadline = time.monotonic() + 10
        while len(pool.cancelled) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        pool.waits.set()
    assert len(pool.cancelled) == 2


def test_a_cancelled_job_stops_and_its_candidates_cannot_be_taken(page: Client, pool: FakePool) -> None:
    view = chorale(page)
    pool.waits.clear()
    try:
        job = asked(page, view, verb="vary", options={"seed": 1})
        assert page.ask("DELETE", f"/api/jobs/{job}").status == 204
        said = events(page, job)
    finally:
        pool.waits.set()
    assert said[-1][0] == "failed"
    taken = page.post(f"/api/pieces/{view['id']}/accept", {"revision": view["revision"], "job": job, "candidate": 0})
    assert 400 <= taken.status < 500


@pytest.mark.parametrize(
    ("wish", "says"),
    [({"verb": "infill"}, "no bars are selected"), ({"verb": "sing"}, "verb"),
     ({"verb": "vary", "candidates": 99}, "candidates"),
     ({"verb": "harmonize", "keep": [7]}, "no part 8"),
     ({"verb": "infill", "selection": {"start": 0, "end": 9, "parts": [1]}, "keep": [1]}, "let one be open")],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_one_line(page: Client, wish: dict[str, Any], says: str) -> None:
    view = chorale(page)
    answer = page.post(f"/api/pieces/{view['id']}/verbs", {"revision": view["revision"], **wish})
    assert answer.status == 422
    assert says in answer.line


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\u202e", "𝄞" * 60, "'; DROP TABLE pieces; --", "../../etc"])
def test_odd_letters_harm_nothing(page: Client, odd: str) -> None:
    plain = quote(odd.encode("utf-8", "replace"), safe="")
    for answer in (
        page.post("/api/pieces", {"title": odd}),
        page.post("/api/pieces", {"notation": odd}),
        page.post("/api/pieces", {"title": "x", odd: odd}),
        page.get(f"/api/pieces/{plain}"),
        page.ask("POST", f"/api/pieces/upload?name={plain}.abc", CHORALE.encode()),
    ):
        assert answer.status < 500
        if answer.status == 201:
            for kind in ("musicxml", "pdf"):
                assert page.get(f"/api/pieces/{answer.json['id']}/download/{kind}").status == 200
    assert page.get("/api/pieces").status == 200


def test_nothing_can_be_varied_in_an_empty_piece(page: Client) -> None:
    view = page.post("/api/pieces", {}).json
    answer = page.post(f"/api/pieces/{view['id']}/verbs", {"revision": 1, "verb": "vary"})
    assert "no notes yet" in answer.line


def test_another_browser_sees_neither_pieces_nor_jobs(page: Client) -> None:
    view = chorale(page)
    job = asked(page, view, verb="vary", candidates=1, options={"seed": 1})
    events(page, job)
    other = replace(page, headers={"X-Workspace": "other"})
    assert other.get("/api/pieces").json == []
    for path in (
        "",
        "/pages",
        "/pages/1.svg",
        "/page?number=1&lines=0&after=2&until=2",
        "/check",
        "/likelihood",
        "/download/midi",
    ):
        assert other.get(f"/api/pieces/{view['id']}{path}").status == 404
    assert other.get(f"/api/jobs/{job}/events").status == 404
    assert other.get(f"/api/jobs/{job}/candidates/0.mid").status == 404
    assert other.ask("DELETE", f"/api/jobs/{job}").status == 404
    mine = other.post("/api/pieces", {}).json
    stolen = other.post(f"/api/pieces/{mine['id']}/accept", {"revision": 1, "job": job, "candidate": 0})
    assert stolen.status == 404


def test_pieces_and_undo_outlast_a_restart(tmp_path: Path) -> None:
    with serving(FakePool(), tmp_path) as page:
        view = chorale(page)
        edit = {"revision": 1, "edits": [{"op": "delete", "ids": [view["notes"][0]["id"]]}]}
        edited = page.post(f"/api/pieces/{view['id']}/edits", edit).json
    with serving(FakePool(), tmp_path) as page:
        assert page.get(f"/api/pieces/{view['id']}").json == edited
        back = page.post(f"/api/pieces/{view['id']}/undo", {"revision": edited["revision"]}).json
        assert back["notes"] == view["notes"]
