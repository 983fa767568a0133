"""A piece is shown while it is made: by a worker to the pool, by the server to a program and to the page."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from studio_client import CHORALE, Client

from stretto.score.abc_read import read_abc
from stretto.score.model import Score
from stretto.score.musicxml_read import read_musicxml
from stretto.score.musicxml_write import write_musicxml
from stretto.studio.pieces.documents import NOTE_FIELDS
from stretto.studio.workers import telling
from stretto.studio.workers.jobs import Job, Music
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.telling import Cancelled, Telling
from stretto.studio.workers.tickets import Event
from stretto.verbs.so_far import SoFar

EIGHT = {"bars": 8, "seed": 7, "key": "G major"}
WHERE = [NOTE_FIELDS.index(name) for name in ("part", "staff", "onset", "duration", "pitch")]


def sung(rows: Any) -> set[tuple[int, ...]]:
    return {tuple(row[i] for i in WHERE) for row in rows}


def notes(score: Score) -> set[tuple[int, ...]]:
    return set(score.notes[["part", "staff", "onset", "duration", "pitch"]].tolist())


def told(pool: Pool, job: Job) -> list[Event]:
    """All events of a job, none missed."""
    heard: list[Event] = []
    ticket = pool.submit(job)
    stop = ticket.listen(heard.append)
    ticket.result()
    stop()
    return heard


@pytest.mark.parametrize("ensemble", ["choir", "keyboard"])
def test_a_worker_shows_the_music_and_ends_with_what_it_showed(pool: Pool, ensemble: str) -> None:
    events = told(pool, Job(verb="compose", arguments={**EIGHT, "ensemble": ensemble, "candidates": 4}))
    shown = [event.music for event in events if event.music is not None]
    assert {event.kind for event in events if event.music is not None} == {"partial"}
    assert len(shown) >= 2
    result = events[-1].result
    assert result is not None and result.musicxml is not None
    score = read_musicxml(result.musicxml, "it")
    kept = {row for row in sung(shown[-1].notes) if row[2] + row[3] < shown[-1].kept}
    assert kept and kept <= notes(score)
    assert [music.kept for music in shown] == sorted(music.kept for music in shown)
    assert {music.frame["end"] for music in shown} == {score.end}
    assert [part["name"] for part in shown[0].frame["parts"]] == [part.name for part in score.parts]


def test_no_music_is_shown_where_nobody_can_see_it(pool: Pool) -> None:
    kinds = {
        event.kind for event in told(pool, Job(verb="compose", arguments={**EIGHT, "candidates": 2}, watched=False))
    }
    assert "partial" not in kinds and {"progress", "done"} <= kinds


def test_the_bars_around_a_hole_are_shown_with_it(pool: Pool) -> None:
    score = read_abc(CHORALE.encode(), "it")
    job = Job(
        verb="infill",
        arguments={"bars": "1", "parts": ["alto"], "seed": 1, "candidates": 2},
        score=write_musicxml(score)[0],
    )
    shown = [event.music for event in told(pool, job) if event.music is not None]
    given = {row for row in notes(score) if row[0] != 1}
    assert shown and all(given <= sung(music.notes) for music in shown)


class Clock:
    """Time that goes by as one says."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    thread_time = monotonic


def test_music_is_shown_neither_too_often_nor_at_too_great_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, said = Clock(), list[dict[str, Any]]()
    monkeypatch.setattr(telling, "time", clock)
    score, seconds = read_abc(CHORALE.encode(), "it"), 0.001

    def write() -> Score:
        clock.now += seconds
        return score

    tell = Telling(lambda **what: said.append(what), lambda: True)
    kept = [0, 0, 0, 24, 48]
    for i, after in enumerate([0, 0.01, 0.11, 0.06, 0.01]):
        clock.now += after
        tell.music(SoFar(end=96, kept=kept[i], write=write))
    assert [what["music"]["kept"] for what in said] == [0, 0, 24], "no two too close, but what is kept sooner"
    seconds = 1.0
    clock.now += 1
    tell.music(SoFar(end=96, kept=72, write=write))
    clock.now += 40
    tell.music(SoFar(end=96, kept=96, write=write))
    assert len(said) == 4, "what takes a second is shown once a minute"


def test_music_that_cannot_be_written_down_does_not_harm_the_piece(capsys: pytest.CaptureFixture[str]) -> None:
    said, melody = list[dict[str, Any]](), " ".join(("a", "secret"))

    def write() -> Score:
        raise ZeroDivisionError(melody)

    tell = Telling(lambda **what: said.append(what), lambda: True)
    tell.music(SoFar(end=96, kept=0, write=write))
    tell(0.5)
    assert said == [{"share": 0.5}]
    assert "ZeroDivisionError" in (err := capsys.readouterr().err) and melody not in err


def test_nobody_is_shown_music_of_a_job_that_is_called_off() -> None:
    tell = Telling(lambda **what: None, lambda: False)
    with pytest.raises(Cancelled):
        tell.music(SoFar(end=96, kept=0, write=lambda: pytest.fail("written in vain")))


def test_a_job_that_is_called_off_stops_at_once_while_it_is_watched(pool: Pool) -> None:
    long = {"ensemble": "keyboard", "bars": 64, "seed": 3}
    ticket = pool.submit(Job(verb="compose", arguments=long))
    for event in ticket.events():
        if event.kind == "partial":
            break
    began = time.monotonic()
    ticket.cancel()
    *_, last = ticket.events()
    assert last.kind == "cancelled"
    assert time.monotonic() - began < 1.0  # 0.1 s where nothing else runs


def test_a_program_is_sent_the_music_as_the_description_says(client: Client) -> None:
    taken = client.post("/v1/compose?wait=false", {**EIGHT, "candidates": 4})
    stream = client.get(f"{taken.headers['location']}/events").body.decode()
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in stream.split("\n\n")[:-1]]
    kinds = [event["event"] for event in events]
    assert "partial" in kinds and kinds.index("partial") < kinds.index("done") == len(kinds) - 1
    schema = client.get("/openapi.json").json["components"]["schemas"]
    for event in (json.loads(event["data"]) for event in events if event["event"] == "partial"):
        assert event["state"] in schema["JobState"]["properties"]["state"]["enum"]
        assert set(event["music"]) == set(schema["MusicSoFar"]["properties"])
        assert set(event["music"]["parts"][0]) == set(schema["PartSoFar"]["properties"])
        assert {len(row) for row in event["music"]["notes"]} == {len(NOTE_FIELDS)}
        assert 0 <= event["music"]["kept"] <= event["music"]["end"] <= event["music"]["length"]


def test_the_page_is_sent_each_candidate_bar_by_bar_and_then_whole(client: Client) -> None:
    view = client.post("/api/pieces", {"title": "Mine"}).json
    wish = {"revision": view["revision"], "verb": "compose", "candidates": 2, "options": {"seed": 7, "bars": 8}}
    job = client.post(f"/api/pieces/{view['id']}/verbs", wish).json["job"]
    stream = client.get(f"/api/jobs/{job}/events").body.decode()
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in stream.split("\n\n")[:-1]]
    events = [(block["event"], json.loads(block["data"])) for block in blocks]
    for number in (0, 1):
        own = [(kind, data) for kind, data in events if data.get("candidate") == number]
        kinds = [kind for kind, _ in own]
        assert kinds.count("partial") >= 2 and kinds[-1] == "candidate"
        partials = [data for kind, data in own if kind == "partial"]
        final = own[-1][1]["view"]
        assert partials[0]["end"] < final["end"]
        frame = {name: value for name, value in final.items() if name in ("bars", "end", "parts", "meters", "ensemble")}
        assert frame.items() <= partials[0]["frame"].items()
        kept = {row for row in sung(partials[-1]["notes"]) if row[2] + row[3] < partials[-1]["kept"]}
        assert kept <= {
            (note["part"], note["staff"], note["onset"], note["duration"], note["pitch"]) for note in final["notes"]
        }


def test_music_before_its_end_is_json(pool: Pool) -> None:
    """A pipe of lines takes it, and gives it back."""
    score = read_abc(CHORALE.encode(), "it")
    music = telling.music_of(SoFar(end=96, kept=48, write=lambda: score))
    back = Music(**json.loads(json.dumps(vars(music))))
    assert sung(back.notes) == notes(score) and back.kept == 48
