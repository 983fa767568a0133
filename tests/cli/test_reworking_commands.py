"""`harmonize`, `continue`, `infill` and `vary` on files: what is said, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stretto.score.formats import read_score, write_score
from stretto.score.model import Score


@pytest.fixture
def duet(small_score: Score, tmp_path: Path) -> Path:
    """A MIDI file of two bars for soprano and bass."""
    path = tmp_path / "duet.mid"
    write_score(small_score, path)
    return path


QUICK = ("--seed", "3", "-n", "2")


def test_it_says_first_what_it_takes_the_document_for(stretto, duet: Path) -> None:
    answer = stretto("harmonize", str(duet), "-o", "out.musicxml", *QUICK)
    assert answer.status == 0, answer.err
    first = answer.out.splitlines()[0]
    assert first.startswith("duet.mid: ") and "4/4, 2 bars, soprano G4-A4, bass C3-C3; --key" in first
    assert "wrote out.musicxml" in answer.out


def test_what_does_not_fit_is_said_before_the_work(stretto, duet: Path) -> None:
    answer = stretto("harmonize", str(duet), "-o", "out.musicxml", "--octaves", "-1", *QUICK)
    lines = answer.out.splitlines()
    outside = [i for i, line in enumerate(lines) if "lie outside" in line]
    drawn = next(i for i, line in enumerate(lines) if "new notes" in line)
    assert outside and max(outside) < drawn


def test_the_voices_between_are_written(stretto, duet: Path) -> None:
    stretto("harmonize", str(duet), "-o", "out.musicxml", *QUICK)
    assert [part.name for part in read_score(Path("out.musicxml")).parts] == ["Soprano", "Alto", "Tenor", "Bass"]


def test_it_goes_on_for_so_many_bars(stretto, duet: Path) -> None:
    stretto("continue", str(duet), "--bars", "2", "-o", "out.musicxml", *QUICK)
    score = read_score(Path("out.musicxml"))
    assert len(score.bars) == 4 and len(score.parts) == 2


def test_a_bar_is_filled_in_and_the_answer_can_be_json(stretto, duet: Path) -> None:
    answer = stretto("infill", str(duet), "--bars", "2", "--parts", "soprano", "--json", "-o", "out.mid", *QUICK)
    said = json.loads(answer.out)
    assert said["seed"] == 3 and said["new_notes"] > 0 and said["files"][0]["path"] == "out.mid"
    assert said["taken_for"].startswith("duet.mid: ")


def test_it_is_varied_into_a_folder_of_its_own(stretto, duet: Path, tmp_path: Path) -> None:
    answer = stretto("vary", str(duet), "--strength", "0.5", *QUICK)
    assert answer.status == 0, answer.err
    assert (tmp_path / "duet-varied-3" / "piece.musicxml").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("infill", "duet.mid", "--bars", "7"), "stretto: bar 7: the document has bars 1 to 2"),
        (("infill", "duet.mid", "--bars", "x"), "stretto: --bars x: name bars as 5-8, or one as 5"),
        (("infill", "duet.mid"), "stretto infill: missing option '--bars'"),
        (("harmonize", "duet.mid", "--forbid", "jazz"), "stretto: 'jazz' cannot be forbidden or allowed"),
        (("harmonize", "duet.mid", "--range", "alto"), "stretto: range 'alto': say it as alto=53-74"),
        (("harmonize", "duet.mid", "--chords", "I | H"), "stretto: chord 'H' is unknown"),
        (("harmonize", "duet.mid", "--take", "9"), "stretto: --take 9: no part of that name; there are 1 "),
        (("continue", "duet.mid", "--bars", "0"), "stretto: 0 bars: possible are 1 to 64"),
        (("vary", "nothing.mid"), "stretto: nothing.mid"),
        (("compose", "--form", "aaba"), "stretto: form 'aaba': name sections by capital letters"),
        (("compose", "--form", "AABA", "--bars", "10"), "stretto: form AABA of 10 bars: its 4 sections"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_nothing_is_written(
    stretto, duet: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    answer = stretto(*arguments)
    assert answer.status == 2
    assert answer.err.startswith(said) and len(answer.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["duet.mid"]
