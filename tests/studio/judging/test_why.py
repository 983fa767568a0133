"""Why a bar is surprising, in words that a musician reads."""

from __future__ import annotations

from math import log

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.report.surprise import HELD, RESTS
from stretto.score.model import Key, Meter, Part, Score
from stretto.studio.judging.findings import likelihood_of
from stretto.studio.judging.why import Odd, named, seldom, why_of_bar
from stretto.studio.pieces.documents import document_of

FLAT = Score.build(
    [(0, 24, 70, 0, 0, 1, 1, 127, 0)], [Part(name="")], end=96, meters=[Meter()], keys=[Key(tick=0, fifths=-2)]
)


def odd(pitch: int, tick: int, p: float, *instead: tuple[int, float], who: str = "alto") -> Odd:
    return Odd(who=who, tick=tick, pitch=pitch, nats=-log(p), instead=instead)


def test_the_least_expected_note_is_told_with_what_was_expected() -> None:
    notes = [
        odd(66, 36, 1 / 2100, (65, 0.61), (HELD, 0.2), (67, 0.05)),
        odd(62, 0, 0.5, (60, 0.3)),
        odd(58, 60, 0.08, (RESTS, 0.9)),
    ]
    assert why_of_bar(FLAT, notes, nats_per_note=2.0, rhythm=0.2) == (
        "Least expected: the alto's F#4 on beat 2½ (1 in 2,000), where it expected F4 (61 %) or the note before "
        "to go on (20 %). Then the alto's Bb3 on beat 3½ (8 %), where it expected a rest (90 %)."
    )


def test_of_a_bar_that_was_expected_no_reason_is_made_up() -> None:
    """The likeliest note of all needs none, however unlikely it is."""
    notes = [odd(62, 0, 0.5, (60, 0.3)), odd(63, 24, 0.15, (60, 0.1))]
    said = why_of_bar(FLAT, notes, nats_per_note=0.9, rhythm=0.0)
    assert said == "It expected every note here, the alto's Eb4 on beat 2 least (15 %)."


def test_it_is_told_where_the_rhythm_surprises() -> None:
    said = why_of_bar(FLAT, [odd(62, 0, 0.5, (60, 0.3))], nats_per_note=3.0, rhythm=0.8)
    assert said.startswith("Most of it is for the rhythm: when notes begin and how long they last. It expected")


@pytest.mark.parametrize(("fifths", "pitch", "name"), [(0, 68, "G#4"), (0, 63, "Eb4"), (4, 63, "D#4"), (-4, 61, "Db4")])
def test_notes_have_the_names_of_the_key(fifths: int, pitch: int, name: str) -> None:
    assert named(FLAT.evolve(keys=(Key(tick=0, fifths=fifths),)), pitch, 24) == name


@pytest.mark.parametrize(
    ("p", "said"), [(0.61, "61 %"), (0.05, "5 %"), (0.049, "1 in 20"), (1e-12, "1 in 500,000,000")]
)
def test_seldom_things_are_told_in_round_numbers(p: float, said: str) -> None:
    assert seldom(-log(p)) == said


def choir(wrong: bool) -> Score:
    """Four bars of a hymn in C, over whose alto in bar 3 a C sharp may be."""
    lines = (
        "76 74 72 74 76 77 79 77 76 74 74 72 71 72 72 72",
        "67 67 69 67 67 69 71 69 67 69 67 67 67 67 67 67",
        "60 59 57 59 60 60 62 60 60 60 59 60 62 64 64 64",
        "48 43 45 43 48 53 55 57 60 53 55 57 55 48 48 48",
    )
    rows = [
        (24 * i, 24, int(pitch) + (6 if wrong and (voice, i) == (1, 10) else 0), 0, voice, 1, 1, 127, 0)
        for voice, line in enumerate(lines)
        for i, pitch in enumerate(line.split())
    ]
    parts = [Part(name=name) for name in ("Soprano", "Alto", "Tenor", "Bass")]
    return Score.build(rows, parts, meters=[Meter()], keys=[Key(tick=0, fifths=0)])


def test_a_wrong_note_in_a_choir_is_the_oddest_and_is_named() -> None:
    """Its bar is the most surprising, and the page can go to it."""
    document = document_of(choir(True))
    bars = likelihood_of(document)["bars"]
    assert max(bars, key=lambda bar: bar["natsPerNote"])["number"] == 3
    assert max(bars, key=lambda bar: bar["oddest"])["number"] == 3
    assert "the alto's C#5 on beat 3 (1 in " in bars[2]["why"]
    assert bars[2]["notes"][0] in document.ids_N[document.score.notes["pitch"] == 73].tolist()
    plain = likelihood_of(document_of(choir(False)))["bars"]
    assert plain[2]["natsPerNote"] < bars[2]["natsPerNote"]


def test_what_cannot_be_judged_is_told_without_the_command_lines_advice() -> None:
    found = likelihood_of(document_of(FLAT))
    assert found["natsPerNote"] is None and found["why"] and "--" not in found["why"]
    assert found["bars"][0]["oddest"] is None


def test_reasons_call_a_voice_as_the_mixer_does() -> None:
    """Two parts of one name are told apart there by a number."""
    voices = choir(True).evolve(parts=[Part(name="Voice")] * 4)
    assert "Voice 2's C#5 on beat 3 (1 in " in likelihood_of(document_of(voices))["bars"][2]["why"]
