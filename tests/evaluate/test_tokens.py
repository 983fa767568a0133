from __future__ import annotations

from drawn_works import choir, hymn

from stretto.evaluate.token_names import NOUNS, SAYERS, chord, of_what, said
from stretto.evaluate.tokens import tokens
from stretto.score.model import UNSPELLED, Score
from stretto.theory.key import parse_key

C = parse_key("C major")


def cadence() -> Score:
    """ii6, V, I."""
    return choir("A4 G4:1/2 F4:1/2 E4:2", "D4 D4 C4:2", "A3 B3 G3:2", "F3 G3 C3:2", key="C major", fermatas=(2,))


def test_harmonies_are_named_from_the_tonic_with_their_inversion() -> None:
    found = tokens(cadence(), C)
    assert found["chord 1"] == {"2m1": 1, "7M0": 1, "0M0": 2}
    assert found["chord 3"] == {"2m1 7M0 0M0": 1}
    # The soprano passes through the seventh half a beat after the beat.
    assert found["offbeat 1"]["770"] == 1


def test_a_line_is_its_steps_its_lengths_and_both_together() -> None:
    found = tokens(cadence(), C)
    assert found["step 2"]["0-2 0-2"] == 1
    assert found["length 1"]["0:12"] == 2
    assert found["figure 1"]["0:12-1"] == 1
    assert found["place 1"]["0:12@12"] == 1
    assert found["degree 1"]["3.0"] == 1


def test_textures_say_who_begins_and_ways_who_goes_where() -> None:
    found = tokens(cadence(), C)
    assert found["texture 1"] == {"xxxx": 3, "x---": 1}
    assert found["ways 1"]["-=++"] == 1
    assert found["outer 1"]["-2|2|4"] == 1


def test_phrases_end_on_their_last_chords() -> None:
    found = tokens(hymn())
    assert found["end 1"] == {"7M0": 1, "0M0": 1}
    assert found["end length 1"] == {"48": 2}


def test_another_key_changes_nothing() -> None:
    score = hymn()
    notes = score.notes.copy()
    notes["pitch"] += 3
    notes["fifths"] = UNSPELLED
    higher = score.evolve(notes=notes, keys=(parse_key("Bb major").signature,))
    assert tokens(higher) == tokens(score)


def test_a_score_without_notes_has_no_tokens() -> None:
    assert tokens(choir("r:4")) == {}


def test_tokens_are_said_as_a_musician_would() -> None:
    assert [chord(name) for name in ("770", "2m71", "11ø70", "8M0", "0(0,5,7)", "4m2-", "rest")] == [
        "V7", "ii6/5", "viiø7", "bVI", "fourth and fifth over degree 1", "iii6/4 incomplete", "rest",
    ]  # fmt: skip
    assert said("chord at 1", "2:7M1") == "V6 on beat 3"
    assert said("step 2", "0+2 0-1") == "soprano: up a major second, then down a minor second"
    assert said("length 1", "1:36", 3) == "voice 2 from the top: dotted quarter"
    assert said("figure 1", "3:24-12") == "bass: quarter down an octave or more"
    assert said("texture 1", "x-x-") == "only soprano and tenor move"
    assert said("ways 1", "-=++") == "soprano down, alto still, tenor and bass up"
    assert (
        said("spacing 1", "5,-1,12") == "neighbours apart from the top by fourth, crossed minor second, octave or more"
    )
    assert said("outer 1", "-2|2|4") == "outer voices from major third: down a major second over up a major second"
    assert of_what("chord 2") == "of runs of two chords"


def test_every_token_of_a_piece_has_a_name() -> None:
    assert set(SAYERS) == set(NOUNS)
    for score in (hymn(), cadence(), choir("C4 r D4:1/3 E4:2/3 C5:4", "C3:4 E3:3")):
        for kind, counts in tokens(score).items():
            for token in counts:
                assert said(kind, token, len(score.parts))
                assert of_what(kind)
