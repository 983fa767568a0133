"""Damaged MIDI files: every one loads or is refused in one line, quickly; none that is cut short is taken for whole."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stretto.errors import ScoreReadError
from stretto.score.midi_read import read_midi
from stretto.score.midi_write import write_midi
from stretto.score.model import Key, Mark, Meter, Part, Score, Tempo
from stretto.score.sketch import sketch

MAX_SECONDS = 10.0


def tune() -> bytes:
    """Two parts with words, pedal, a pickup and a change of tempo; every kind of event that we write."""
    upper = sketch("Bb4|x.......x...\nD5|.x---x..|xxx-..", step=24)
    lower = sketch("G2|x-------x---x-", step=24, part=1)
    marks = [
        Mark(kind="lyric", tick=24, text="Al", part=0, extra="begin"),
        Mark(kind="pedal", tick=24, end=120, part=1),
        Mark(kind="words", tick=120, text="dolce", part=0),
        Mark(kind="rehearsal", tick=120, text="A"),
    ]
    score = Score.build(
        [*upper.tolist(), *lower.tolist()],
        [Part(name="Sopran", program=52), Part(name="Baß", program=43)],
        meters=[Meter(), Meter(tick=216, numerator=3)],
        pickup=24,
        keys=[Key(fifths=-2, mode="minor")],
        tempos=[Tempo(), Tempo(tick=120)],
        marks=marks,
        info={"title": "Etüde", "rights": "none"},
    )
    return write_midi(score)[0]


def outcome(data: bytes) -> Score | str:
    started = time.perf_counter()
    try:
        found: Score | str = read_midi(data, "damaged.mid")
    except ScoreReadError as error:
        found = str(error)
        assert "\n" not in found
        assert found.startswith("damaged.mid: ")
    assert time.perf_counter() - started < MAX_SECONDS
    return found


def mutations(source: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Copies with bytes changed, dropped, doubled or moved."""
    rng = random.Random(seed)
    for _ in range(count):
        data = bytearray(source)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(data))
            match rng.randrange(20):
                case 0:
                    del data[at : at + rng.randint(1, 8)]
                case 1:
                    data[at:at] = rng.randbytes(rng.randint(1, 8))
                case 2:
                    data[at:at] = data[max(0, at - 20) : at]
                case _:
                    data[at] = rng.randrange(256)
        yield bytes(data)


def test_a_file_cut_at_any_byte_is_refused() -> None:
    whole = tune()
    assert isinstance(outcome(whole), Score)
    taken = [cut for cut in range(len(whole)) if isinstance(outcome(whole[:cut]), Score)]
    assert taken == []


def test_changed_bytes_load_or_are_refused() -> None:
    found = [outcome(data) for data in mutations(tune(), 600, seed=1)]
    n_scores = sum(isinstance(one, Score) for one in found)
    assert 100 < n_scores < 500


def test_noise_is_refused() -> None:
    rng = random.Random(2)
    for _ in range(300):
        noise = rng.randbytes(rng.randint(0, 300))
        assert isinstance(outcome(noise), str)
        outcome(b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + len(noise).to_bytes(4, "big") + noise)
        outcome(b"MThd\0\0\0\6" + noise)


def test_what_loads_can_be_written_again() -> None:
    for data in mutations(tune(), 200, seed=3):
        found = outcome(data)
        if isinstance(found, Score):
            assert len(read_midi(write_midi(found)[0], "again.mid").notes) == len(found.notes)


@pytest.mark.corpus
def test_the_collection_of_odd_files_gives_the_notes_that_are_in_them(data_folder: Path) -> None:
    """Counts as three other programs find them, where they agree; refused is what nobody can read whole."""
    refused = {
        "muspy-negative-ticks-per-beat.mid", "muspy-zero-ticks-per-beat.mid", "test-2-tracks-type-2.mid",
        "test-corrupt-file-missing-byte.mid", "test-empty-file.mid", "test-not-a-midi-file.mid",
    }  # fmt: skip
    counts = {
        "anacrusis.mid": 6, "drums.mid": 40, "event-order.mid": 3, "muspy-durations.mid": 11, "muspy-pitches.mid": 128,
        "test-2-tracks-type-0.mid": 16, "test-2-tracks-type-1.mid": 16, "test-karaoke-kar.mid": 29,
        "test-multichannel-chords-2.mid": 24, "test-note-on-velocity.mid": 9, "test-track-length.mid": 1,
    }  # fmt: skip
    found = {path.name: outcome(path.read_bytes()) for path in sorted((data_folder / "malformed").glob("*.mid"))}
    assert {name for name, one in found.items() if isinstance(one, str)} == refused
    assert {name: len(found[name].notes) for name in counts} == counts  # type: ignore[union-attr]


@pytest.mark.corpus
@pytest.mark.slow
def test_real_files_cut_and_changed_load_or_are_refused(data_folder: Path) -> None:
    rng = random.Random(4)
    for path in rng.sample(sorted((data_folder / "train").rglob("*.mid")), 20):
        whole = path.read_bytes()
        for cut in rng.sample(range(len(whole)), 10):
            assert isinstance(outcome(whole[:cut]), str), f"{path.name} cut at {cut}"
        for data in mutations(whole, 10, seed=cut):
            outcome(data)


def test_an_empty_file_is_called_empty() -> None:
    assert outcome(b"") == "damaged.mid: the file is empty; export it again"
