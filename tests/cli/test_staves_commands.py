"""The commands on piano music and quartets: who plays is said, options reach the verbs, mistakes are one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from stretto.score.formats import read_score, write_score
from stretto.score.model import Meter, Part, Score
from stretto.verbs.staves.ensemble import Ensemble

sys.path.insert(0, str(Path(__file__).parents[1] / "verbs" / "staves"))
from small_network import small_network

QUICK = ("--seed", "3", "-n", "2")


@pytest.fixture(autouse=True)
def knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, object] = {}
    monkeypatch.setattr(Ensemble, "weights", lambda players: kept.setdefault(players.name, small_network(players)))


@pytest.fixture
def sonata(tmp_path: Path) -> Path:
    """Four bars for two hands."""
    notes = [
        (24 * k, 24, pitch + k % 3, 0, 0, 1 + 4 * (staff - 1), staff, 127, 0)
        for k in range(16)
        for staff, pitch in ((1, 72), (1, 76), (2, 48))
    ]
    path = tmp_path / "sonata.musicxml"
    write_score(Score.build(notes, [Part(name="Piano", n_staves=2)], meters=[Meter()]), path)
    return path


def test_a_piece_says_who_plays_it(stretto) -> None:
    answer = stretto("compose", "--style", "chopin", "--key", "A minor", "--bars", "4", *QUICK, "-o", "a.musicxml")
    assert answer.status == 0, answer.err
    assert answer.out.startswith("keyboard, chopin, A minor, ")
    assert read_score(Path("a.musicxml")).parts[0].n_staves == 2


def test_the_answer_as_json_names_the_ensemble(stretto) -> None:
    wish = ("--ensemble", "quartet", "--bars", "4", "--meter", "2/4", "--max-polyphony", "5", "--density", "sparse")
    said = json.loads(stretto("compose", *wish, *QUICK, "--json", "-o", "a.mid").out)
    assert (said["ensemble"], said["style"], said["meter"], said["bars"]) == ("quartet", "any", "2/4", 4)


def test_a_document_says_who_plays_it_and_one_hand_is_filled_in(stretto, sonata: Path) -> None:
    answer = stretto("infill", str(sonata), "--bars", "2-3", "--parts", "left hand", "-o", "out.musicxml", *QUICK)
    assert answer.status == 0, answer.err
    assert answer.out.startswith(
        "sonata.musicxml: keyboard, C major, 4/4, 4 bars, right hand C5-F#5, left hand C3-D3;"
    ) or (answer.out.startswith("sonata.musicxml: keyboard, "))
    before, after = read_score(sonata), read_score(Path("out.musicxml"))
    right = [s.notes[s.notes["staff"] == 1][["onset", "duration", "pitch"]].tolist() for s in (before, after)]
    assert right[0] == right[1]


@pytest.mark.parametrize(
    "command", [("continue", "--bars", "2"), ("vary", "--strength", "0.5"), ("harmonize", "--keep", "right")]
)
def test_the_other_verbs_work_as_for_a_choir(stretto, sonata: Path, command: tuple[str, ...]) -> None:
    answer = stretto(command[0], str(sonata), *command[1:], "--json", "-o", "out.mid", *QUICK)
    assert answer.status == 0, answer.err
    said = json.loads(answer.out)
    assert said["ensemble"] == "keyboard" and said["new_notes"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--parts", "alto"), "'alto' is no staff of the keyboard; it has right hand, left hand"),
        (("--ensemble", "choir", "--density", "3"), "--density: a choir has four voices that always sing"),
        (("--range", "left=60-50"), "range 'left=60-50': the lowest pitch comes first"),
        (("--style", "polka"), "style 'polka' is not known; there are bach"),
        (("--network", "nowhere/mine"), "nowhere/mine"),
        (("--no-rules", "--forbid", "leaps", "--range", "left=40-60"), "--forbid, --range: --no-rules lifts all"),
    ],
)
def test_a_mistake_is_one_line(stretto, sonata: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = stretto("infill", str(sonata), "--bars", "2", *arguments, "-o", "out.mid", *QUICK)
    assert answer.status == 2 and said in answer.err and answer.err.count("\n") == 1
    assert not Path("out.mid").exists()


def test_without_rails_a_number_of_notes_together_still_holds(stretto, sonata: Path) -> None:
    answer = stretto(
        "infill", str(sonata), "--bars", "2", "--no-rules", "--max-polyphony", "1", "-o", "out.mid", *QUICK
    )
    assert answer.status == 0, answer.err
    new = read_score(Path("out.mid"))
    start, end = (next(bar.tick for bar in new.bars if bar.number == n) for n in (2, 3))
    own = new.notes[(new.notes["onset"] >= start) & (new.notes["onset"] < end)]
    ticks = np.arange(start, end)[:, None]
    assert len(own) and ((own["onset"] <= ticks) & (own["onset"] + own["duration"] > ticks)).sum(1).max() == 1


def test_a_style_of_several_ensembles_asks_who_plays_where_the_document_does_not_say(stretto, tmp_path: Path) -> None:
    melody = Score.build([(24 * k, 24, 72, 0, 0, 1, 1, 127, 0) for k in range(8)], [Part()], meters=[Meter()])
    write_score(melody, tmp_path / "melody.musicxml")
    answer = stretto("harmonize", str(tmp_path / "melody.musicxml"), "--style", "romantic", "-o", "out.mid", *QUICK)
    assert answer.status == 2
    assert "not for a choir, which has bach, hymn, renaissance; add --ensemble keyboard or quartet" in answer.err


def test_of_two_tracks_of_a_piano_the_page_has_two_staves_and_midi_two_tracks(stretto, tmp_path: Path) -> None:
    """What pianists read has a brace, clefs and voices, though nobody wrote them down; MIDI stays as it was."""
    rows = [
        (24 * k, 24, pitch + k % 3, 64, part, 1, 1, 127, 0) for k in range(16) for part, pitch in enumerate((72, 45))
    ]
    rows += [(24 * k, 24, 76, 64, 0, 1, 1, 127, 0) for k in range(16)]
    tracks = Score.build(rows, [Part(name="up:1", program=0), Part(name="up:2", program=0)], meters=[Meter()])
    write_score(tracks, tmp_path / "tracks.mid")
    wish = ("infill", "tracks.mid", "--bars", "2-3", "--parts", "left hand", *QUICK)
    answer = stretto(*wish, "-o", "a.musicxml", "-o", "a.mid")
    assert answer.status == 0, answer.err
    page, midi = read_score(Path("a.musicxml")), read_score(Path("a.mid"))
    assert [part.n_staves for part in page.parts] == [2]
    assert [(clef.staff, clef.sign) for clef in page.clefs[:2]] == [(1, "G"), (2, "F")]
    assert len(midi.parts) == 2
    said = ["onset", "duration", "pitch"]
    assert sorted(page.notes[said].tolist()) == sorted(midi.notes[said].tolist())


def test_a_run_that_was_stopped_early_has_no_network_yet_and_says_how_to_get_one(stretto, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "best.safetensors").write_bytes(b"")
    assert stretto("compose", "--network", "run").err == (
        "stretto: run: this run has written no network yet; stretto train --resume -o run goes on with it\n"
    )
    assert "name one that `stretto train` wrote" in stretto("compose", "--network", "run/best.safetensors").err
