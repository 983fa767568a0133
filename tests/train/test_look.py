"""What is said of one file of a user's folder, and why it is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_hands import hands, written

from stretto.errors import CorpusError, ScoreReadError
from stretto.score.formats import write_score
from stretto.score.model import Meter, Part, Score
from stretto.theory.spelling import spell_unspelled
from stretto.train.look import Seen, look


def seen(tmp_path: Path, score: Score, suffix: str = ".mid") -> Seen:
    path = tmp_path / f"piece{suffix}"
    write_score(score, path, force=True)
    return look(path)


def test_a_good_file_is_used_and_nothing_odd_is_told(tmp_path: Path) -> None:
    found = seen(tmp_path, hands(0))
    assert (found.reason, found.told) == (None, ())
    assert (found.n_bars, found.meters, found.key) == (16, ("4/4",), "C major")
    assert [(s.name, s.n_notes) for s in found.staves] == [("right", 128), ("left", 16 * 7)]
    assert found.section.plan.bar_meters[:2] == ("4/4", "4/4")


def test_an_engraved_score_is_the_same_music(tmp_path: Path) -> None:
    found = seen(tmp_path, spell_unspelled(hands(0)), ".musicxml")
    assert found.typeset
    assert (found.reason, found.n_bars) == (None, 16)
    assert np.array_equal(found.music.notes, seen(tmp_path, hands(0)).music.notes)


def test_a_hand_a_sixteenth_late_is_misaligned_and_said_how(tmp_path: Path) -> None:
    reason = seen(tmp_path, hands(0, n_bars=24, right_late=6)).reason
    assert reason is not None
    assert reason.kind == "misaligned"
    assert "hand comes a sixteenth" in reason.words
    assert "early" in reason.words if "left" in reason.words else "late" in reason.words


def test_where_barlines_hold_the_staves_together_a_late_hand_is_only_told(tmp_path: Path) -> None:
    found = seen(tmp_path, spell_unspelled(hands(0, n_bars=24, right_late=6)), ".musicxml")
    assert found.reason is None
    assert [told for told in found.told if told.startswith("it sounds as if the ") and "a sixteenth" in told]


@pytest.mark.parametrize("n_silent", [0, 3])
def test_movements_in_keys_of_their_own_are_told_apart(tmp_path: Path, n_silent: int) -> None:
    """Sixteen bars of C major, then sixteen of D major, as signed, counted from the first bar that sounds."""
    first, second = hands(0), hands(1, up=2)
    earlier, later = first.notes.copy(), second.notes.copy()
    earlier["onset"] += 96 * n_silent
    later["onset"] += 96 * n_silent + first.end
    both = first.evolve(
        notes=np.concatenate([earlier, later]),
        keys=(first.keys[0], replace(second.keys[0], tick=first.end + 96 * n_silent)),
        bars=(), end=2 * first.end + 96 * n_silent,
    )  # fmt: skip
    found = seen(tmp_path, both)
    assert [(s.start, s.end, s.tonic, s.mode) for s in found.stretches] == [
        (0, 16 * 96, 0, "major"), (16 * 96, 32 * 96, 2, "major"),
    ]  # fmt: skip
    assert found.music.end == 32 * 96


def test_a_hand_that_ends_long_before_the_other_is_misaligned(tmp_path: Path) -> None:
    score = hands(0, n_bars=32)
    short = score.notes[(score.notes["part"] == 0) | (score.notes["onset"] < 10 * 96)]
    reason = seen(tmp_path, score.evolve(notes=short)).reason
    assert reason is not None
    assert reason.words.startswith("the left hand ends in bar 10, the right hand in bar 32")


def test_what_was_played_to_a_click_is_read_as_it_would_be_written(tmp_path: Path) -> None:
    found = seen(tmp_path, hands(0, jitter=0.8))
    assert found.reason is None
    assert found.told[0].startswith("played live: ")
    # Of 240 notes all but a few are back on their beats.
    exact = {(int(n["onset"]), int(n["pitch"])) for n in hands(0).notes}
    mine = {(int(n["onset"]), int(n["pitch"])) for n in found.music.notes}
    assert len(exact & mine) > 0.95 * len(exact)


def test_what_programs_export_a_little_short_is_read_whole(tmp_path: Path) -> None:
    """Quarters and eighths as nine tenths of themselves."""
    score = hands(0)
    notes = score.notes.copy()
    notes["duration"] -= np.maximum(1, notes["duration"] // 10)
    found = seen(tmp_path, score.evolve(notes=notes))
    assert found.told == ("its notes are let go early; read as long as they would be written",)
    assert np.array_equal(found.music.notes["onset"], seen(tmp_path, score).music.notes["onset"])
    assert set(found.music.notes["duration"].tolist()) == {12, 24, 96}


def test_what_drifts_from_the_beat_of_its_file_is_misaligned(tmp_path: Path) -> None:
    reason = seen(tmp_path, hands(0, n_bars=40, jitter=0.5, pace=1.012)).reason
    assert reason is not None
    assert reason.kind == "misaligned"
    assert reason.words.startswith("its beats drift from those of the file")


def test_what_was_played_freely_has_no_beat(tmp_path: Path) -> None:
    score = hands(0)
    notes = score.notes.copy()
    moments, place = np.unique(notes["onset"], return_inverse=True)
    steps = np.diff(moments, prepend=0) * np.exp(np.random.default_rng(3).normal(0, 0.4, len(moments)))
    notes["onset"] = np.round(1.07 * np.cumsum(steps))[place]
    reason = seen(tmp_path, score.evolve(notes=notes)).reason
    assert reason is not None
    assert reason.words.startswith("played without a beat that its file knows")


def test_a_recording_that_comes_late_throughout_is_read_earlier(tmp_path: Path) -> None:
    score = hands(0)
    notes = score.notes.copy()
    notes["onset"] += 3
    found = seen(tmp_path, score.evolve(notes=notes, end=score.end + 96))
    assert found.told[0] == "everything comes a 32nd late; it is read so much earlier"
    assert set((found.music.notes["onset"] % 12).tolist()) == {0}


def test_a_recording_that_comes_early_throughout_still_ends_with_its_last_bar(tmp_path: Path) -> None:
    """Moved later, the last chord would reach four ticks into a bar that there is not."""
    score = hands(0)
    notes = score.notes.copy()
    last = notes["onset"] + notes["duration"] == score.end
    notes["onset"] = np.maximum(0, notes["onset"] - 4)
    notes["duration"][last] += 4
    found = seen(tmp_path, score.evolve(notes=notes))
    assert found.told[0] == "everything comes 1/6 of a quarter early; it is read so much later"
    assert found.music.end == int((found.music.notes["onset"] + found.music.notes["duration"]).max()) == 16 * 96


@pytest.mark.parametrize(("n_bars", "words"), [(2, "2 bars, and a piece needs at least 4")])
def test_a_file_can_be_too_short(tmp_path: Path, n_bars: int, words: str) -> None:
    reason = seen(tmp_path, hands(0, n_bars=n_bars)).reason
    assert reason is not None
    assert (reason.kind, reason.words) == ("short", words)


def test_a_file_can_be_mostly_silent(tmp_path: Path) -> None:
    score = hands(0)
    notes = score.notes.copy()
    notes["duration"] = 3
    notes["onset"] *= 2
    reason = seen(tmp_path, score.evolve(notes=notes, end=2 * score.end)).reason
    assert reason is not None
    assert (reason.kind, reason.words) == ("silent", "nothing sounds in 88 % of it")


def test_a_missing_metre_and_key_are_found_and_told(tmp_path: Path) -> None:
    """A waltz whose file says neither."""
    found = seen(tmp_path, hands(0, beats=3, n_bars=24).evolve(meters=(), keys=(), bars=()))
    assert any(told.startswith("metre: 3/4, found from where the weight falls") for told in found.told)
    assert "no key is written; it sounds like C major" in found.told


def test_bars_of_many_lengths_are_not_believed(tmp_path: Path) -> None:
    """As a converter counts them: five beats, three, four, two, time and again."""
    lengths, at, meters = (5, 3, 4, 2), 0, []
    for bar in range(20):
        meters.append(Meter(tick=at, numerator=lengths[bar % 4]))
        at += 24 * lengths[bar % 4]
    found = seen(tmp_path, hands(0, n_bars=20).evolve(meters=meters, bars=()))
    assert found.reason is None
    assert found.section.plan.bar_starts is None
    assert any(told.startswith("its bars are of many lengths (") for told in found.told)


def test_a_metre_without_a_name_is_told(tmp_path: Path) -> None:
    found = seen(tmp_path, hands(0, beats=5))
    assert "5/4 is a metre that the network has no name for: it cannot be asked for" in found.told


def test_two_hands_on_one_staff_are_parted(tmp_path: Path) -> None:
    score = hands(0)
    notes = score.notes.copy()
    notes["part"] = 0
    found = seen(tmp_path, score.evolve(notes=notes, parts=(Part(name="Piano"),)))
    assert found.hands is not None
    assert found.hands.n_staves == 2
    right = set(found.hands.of_staff(0)["pitch"].tolist())
    assert min(right) > max(found.hands.of_staff(1)["pitch"].tolist()) - 7


def test_drums_are_not_music_for_a_network(tmp_path: Path) -> None:
    rows = [(24 * beat, 24, 38, 64, 0, 1, 1, 127, 0) for beat in range(64)]
    path = (
        written(tmp_path, drums=Score.build(rows, [Part(name="Drums", percussion=True)], meters=[Meter()]))
        / "drums.mid"
    )
    with pytest.raises(CorpusError, match="holds no notes but those of drums"):
        look(path)


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(b"no music")
    with pytest.raises(ScoreReadError, match="not a MIDI file"):
        look(path)
