"""How likely the keyboard's network finds the bars of a piano piece."""

import re

import numpy as np
import pytest

pytest.importorskip("fastapi")

from stretto.score.model import NOTE, UNSPELLED, Meter, Part, Score
from stretto.studio.judging.findings import likelihood_of
from stretto.studio.judging.staff_findings import staff_surprise
from stretto.studio.pieces.documents import document_of
from stretto.theory.understand import understand
from stretto.verbs.staves.ensemble import KEYBOARD

BAR = 72


def piano(odd: int | None = None) -> Score:
    """Six bars of a waltz in C for two hands; in bar `odd` the first note of the melody is a C sharp two octaves up."""
    rows = []
    for bar in range(6):
        root = (48, 43)[bar % 2]
        rows += [(BAR * bar, 24, root, 0, 2, 2)]
        rows += [(BAR * bar + 24 * beat, 24, pitch, 0, 2, 2) for beat in (1, 2) for pitch in (root + 12, root + 16)]
        rows += [(BAR * bar + 24 * beat, 24, (76, 79, 72)[beat] - 2 * (bar % 2), 0, 1, 1) for beat in range(3)]
        if bar + 1 == odd:
            rows[-3] = (BAR * bar, 24, 97, 0, 1, 1)
    notes = np.zeros(len(rows), NOTE)
    for column, values in zip(
        ("onset", "duration", "pitch", "part", "staff", "voice"), zip(*rows, strict=True), strict=True
    ):
        notes[column] = values
    notes["fifths"] = UNSPELLED
    return Score.build(
        notes, [Part(name="Piano", n_staves=2)], end=6 * BAR, meters=[Meter(tick=0, numerator=3, denominator=4)]
    )


def test_the_bar_with_a_strange_note_is_the_least_expected() -> None:
    """And the note is the one that is named."""
    plain, odd = (staff_surprise(understand(piano(bar))[0], KEYBOARD) for bar in (None, 4))
    assert len(plain.nats_B) == 6 and all(nats is not None and nats > 0 for nats in plain.nats_B)
    assert np.argmax([nats or 0.0 for nats in odd.nats_B]) == 3
    least = max(odd.notes_B[3], key=lambda note: note.nats)
    assert (least.who, least.tick, least.pitch) == ("right hand", 3 * BAR, 97)
    assert sum(p for _, p in least.instead) <= 1 and 97 not in dict(least.instead)
    assert odd.nats_per_note > plain.nats_per_note


def test_what_comes_later_does_not_change_an_earlier_bar() -> None:
    """But for the texture and the end, which are not told, nothing looks ahead."""
    plain, odd = (staff_surprise(understand(piano(bar))[0], KEYBOARD) for bar in (None, 6))
    assert plain.nats_B[:5] == pytest.approx(odd.nats_B[:5], abs=1e-4)


def test_the_page_is_told_of_a_piano_piece_by_its_own_network() -> None:
    """A figure for every bar, with the reason in words."""
    document = document_of(piano(4))
    found = likelihood_of(document)
    assert found["why"] == "" and [bar["natsPerNote"] is not None for bar in found["bars"]] == [True] * 6
    told = found["bars"][3]
    assert re.match("Least expected: the right hand's (C#|Db)7 on beat 1 .1 in .*, where it expected ", told["why"])
    assert told["oddest"] == max(bar["oddest"] for bar in found["bars"])
    index = document.index_of()[told["notes"][0]]
    assert int(document.score.notes["pitch"][index]) == 97


def test_what_a_hand_was_expected_to_strike_has_that_probability_when_it_does() -> None:
    """All that comes before is the same, so that the figures must agree."""
    score = understand(piano(4))[0]
    least = max(staff_surprise(score, KEYBOARD).notes_B[3], key=lambda note: note.nats)
    pitch, p = next(choice for choice in least.instead if choice[0] >= 0)
    notes = score.notes.copy()
    notes["pitch"][(notes["onset"] == least.tick) & (notes["pitch"] == least.pitch)] = pitch
    other = staff_surprise(score.evolve(notes=notes), KEYBOARD).notes_B[3]
    (written,) = [note for note in other if (note.tick, note.pitch, note.who) == (least.tick, pitch, "right hand")]
    assert float(np.exp(-written.nats)) == pytest.approx(p, rel=1e-3)
