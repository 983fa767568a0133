"""What a document is taken for, and what is said of what cannot be heard as it stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import stretto
from stretto.errors import RequestError
from stretto.score.abc_read import read_abc
from stretto.score.model import UNSPELLED, Clef, Key, Mark, Score
from stretto.score.text import read_text
from stretto.theory.chords import chord_at
from stretto.theory.key import parse_key
from stretto.theory.understand import understand
from stretto.verbs.chord_line import chord_symbols
from stretto.verbs.gaps import continue_, infill
from stretto.verbs.hearing import Hearing, what_it_is
from stretto.verbs.rework import Manner, harmonize
from stretto.verbs.rules import rules_of
from stretto.verbs.voicing import voices_of_parts

QUICK = Manner(seed=4, candidates=2)

TUNE = """
title: Tune
key: G major
meter: 3/4

part: Soprano
  1 | B4h A4q |
  2 | G4h B4q |
  3 | A4h F#4q |
  4 | G4h. |
"""


def tune(*marks: Mark) -> Score:
    score, _ = understand(read_text(TUNE.encode(), "tune.txt"))
    return score.evolve(marks=(*score.marks, *marks))


def abc(head: str, body: str) -> Score:
    return understand(read_abc(f"X:1\nT:Air\nL:1/8\n{head}\n{body}\n".encode(), "air.abc"))[0]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("Ddor", "D dorian, heard as D minor"),
        ("Gmix", "G mixolydian, heard as G major"),
        ("Flyd", "F lydian, heard as F major"),
        ("Ephr", "E phrygian, heard as E minor"),
        ("Am", "A minor"),
    ],
)
def test_a_church_mode_is_heard_as_the_key_with_its_third(mode: str, said: str) -> None:
    score = abc(f"M:4/4\nK:{mode}", "d2 e2 f2 g2 | a2 g2 f2 e2 | d8 |]")
    assert what_it_is(score).startswith(said + ", ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("d | d3 e3 | f6 |]", "pickup of 1 eighth"),
        ("d2 | d3 e3 | f6 |]", "pickup of 1 quarter"),
        ("def | d3 e3 | f6 |]", "pickup of 3 eighths"),
        ("d/ | d3 e3 | f6 |]", "pickup of 1 sixteenth"),
    ],
)
def test_a_pickup_is_said_in_note_values(body: str, said: str) -> None:
    assert f", {said}, " in what_it_is(abc("M:6/8\nK:D", body))


def test_what_has_no_melody_is_refused_by_what_it_has() -> None:
    score = tune()
    with pytest.raises(RequestError, match="no notes, only rests"):
        what_it_is(score.evolve(notes=score.notes[:0]))
    with pytest.raises(RequestError, match="percussion alone"):
        what_it_is(score.evolve(parts=(replace(score.parts[0], percussion=True),)))


def test_the_chord_symbols_of_a_lead_sheet_are_followed() -> None:
    names = {0: "G", 72: "Em7/G", 144: "D7", 216: "G"}
    symbols = [Mark(kind="chord-symbol", tick=tick, text=name, part=0) for tick, name in names.items()]
    found = harmonize(tune(*symbols), manner=QUICK)
    chords = [chord_at(found.score, tick) for tick in names]
    assert [chord.root if chord else None for chord in chords] == [7, 4, 2, 7]
    bass = found.score.notes[(found.score.notes["part"] == 3) & np.isin(found.score.notes["onset"], list(names))]
    assert (bass["pitch"] % 12).tolist() == [7, 7, 2, 7]
    assert any(line.startswith("4 chord symbols of the document are followed") for line in found.report)


def test_a_chord_symbol_that_is_not_understood_is_told_and_leaves_its_place_free() -> None:
    names = {0: "G", 72: "Xyz", 144: "N.C."}
    symbols = [Mark(kind="chord-symbol", tick=t, text=name, part=0) for t, name in names.items()]
    found = harmonize(tune(*symbols), manner=QUICK)
    assert any("chord symbols Xyz are not understood" in line for line in found.report)
    assert harmonize(tune(*symbols[1:]), manner=QUICK).n_notes > 8


def test_a_chord_line_of_the_users_goes_before_the_documents() -> None:
    symbols = [Mark(kind="chord-symbol", tick=0, text="Em", part=0)]
    found = harmonize(tune(*symbols), manner=replace(QUICK, chords="G | % | % | %"))
    chord = chord_at(found.score, 0)
    assert chord is not None and chord.root == 7


def test_words_stay_where_a_new_note_begins_with_the_old() -> None:
    words = [
        Mark(kind="lyric", tick=t, part=0, voice=1, staff=1, pitch=p, number=1, text="la", extra="single")
        for t, p in ((72, 67), (120, 71))
    ]
    found = infill(tune(*words), 2, 2, keep_rhythm=True, manner=QUICK)
    assert [mark.tick for mark in found.score.marks if mark.kind == "lyric"] == [72, 120]
    sung = {(int(n["onset"]), int(n["pitch"])) for n in found.score.notes if n["part"] == 0}
    assert all((mark.tick, mark.pitch) in sung for mark in found.score.marks if mark.kind == "lyric")
    assert not any("went with the notes" in line for line in found.report)


def test_nothing_can_follow_a_da_capo() -> None:
    with pytest.raises(RequestError, match=r"goes back at its end .*--expand"):
        continue_(tune(Mark(kind="navigation", tick=288, text="da capo")), 2, manner=QUICK)


def test_a_coda_after_a_da_capo_can_be_gone_on_from() -> None:
    signs = {72: "to coda", 144: "da capo", 216: "coda"}
    score = tune(*(Mark(kind="navigation", tick=tick, text=text) for tick, text in signs.items()))
    assert len(continue_(score, 2, manner=QUICK).score.bars) == 6


def test_what_is_repeated_before_new_bars_is_told() -> None:
    score = tune()
    repeated = score.evolve(bars=(*score.bars[:-1], replace(score.bars[-1], repeat_end=2)))
    assert "what ends in bar 4 is repeated before the new bars" in continue_(repeated, 2, manner=QUICK).report
    assert not any("repeated" in line for line in continue_(score, 2, manner=QUICK).report)


def test_a_melody_that_leaves_its_voice_is_told_so() -> None:
    score = tune()
    notes = score.notes.copy()
    notes["pitch"][:3] -= 19
    report = harmonize(score.evolve(notes=notes), manner=QUICK).report
    assert any(line.startswith("soprano: 3 of 7 given notes lie outside") for line in report)
    assert not any("lie outside" in line for line in harmonize(score, manner=QUICK).report)


def test_three_octaves_are_no_voice_unless_the_user_says_its_range() -> None:
    score = tune()
    notes = score.notes.copy()
    notes["pitch"][:2], notes["pitch"][2:4] = 48, 83
    wide = score.evolve(notes=notes)
    with pytest.raises(RequestError, match=r"soprano: \w+ to \w+ is more than a voice can sing; .* --range soprano="):
        harmonize(wide, manner=QUICK)
    low, high = int(notes["pitch"].min()), int(notes["pitch"].max())
    meant = replace(QUICK, rules=rules_of(ranges=[f"soprano={low}-{high}"]))
    assert len(harmonize(wide, manner=meant).score.parts) == 4


def test_an_end_that_is_none_is_told() -> None:
    score = tune()
    notes = score.notes.copy()
    notes["pitch"][-1] = 69
    away = score.evolve(notes=notes)
    said = "the piece ends away from its tonic, as the given soprano does"
    assert said in harmonize(away, manner=QUICK).report
    assert not any("tonic" in line for line in harmonize(score, manner=QUICK).report)
    assert not any("tonic" in line for line in infill(away, 2, 2, manner=QUICK).report), "its end is not new"


def test_two_voices_of_neighbouring_heights_are_neighbours() -> None:
    two = """
key: D major
meter: 4/4

part: I
  1 | F#4q F#4 G4 A4 |

part: II
  1 | D4q C#4 B3 A3 |
"""
    score, _ = understand(read_text(two.encode(), "two.txt"))
    assert voices_of_parts(score.evolve(clefs=(Clef(part=0), Clef(part=1)))) == {0: 0, 1: 1}


def test_the_range_of_a_voice_is_said_in_the_documents_own_names() -> None:
    """G sharp of A minor, B sharp below middle C, and, where nothing has a name, those that the key gives."""
    score = abc("M:4/4\nK:Am", "^G2 A2 B2 c2 | e2 d2 ^G2 A2 |]")
    assert what_it_is(score).endswith("soprano G#4-E5")
    notes = score.notes.copy()
    notes["fifths"] = UNSPELLED
    assert what_it_is(score.evolve(notes=notes)).endswith("soprano G#4-E5")
    assert what_it_is(abc("M:4/4\nK:C#m", "^B,2 C2 D2 E2 |]")).endswith("soprano B#3-E4")
    assert what_it_is(abc("M:4/4\nK:Gb", "G2 A2 B2 c2 |]")).endswith("soprano Gb4-Cb5")


def test_a_rival_is_another_key() -> None:
    """Three sharps without a mode: the relative, or none, and never the key itself."""
    for tune in (
        "F2 A2 c2 B2 | A2 G2 F2 E2 | F8 |]",
        "E2 C2 E2 A2 | c2 B2 A2 F2 | E8 |]",
        "A2 c2 F2 A2 | c2 F2 A2 c2 |]",
    ):
        score = abc("M:4/4\nK:C", tune).evolve(keys=(Key(fifths=3),))
        said = what_it_is(score).split(", ")[0]
        key, _, rival = said.removesuffix(" close behind)").partition(" (")
        assert key in ("F# minor", "A major") and rival != key, said
    assert "(A major close behind)" in said or "(F# minor close behind)" in said


@pytest.mark.parametrize(
    ("name", "with_it", "without"),
    [("Gsus4", 0, 11), ("D7sus4", 7, 6), ("Em6", 1, 2)],
)
def test_a_suspended_or_sixth_chord_sounds_with_the_note_that_names_it(name: str, with_it: int, without: int) -> None:
    """In place of the third, or above the triad."""
    line, unknown = chord_symbols(tune(Mark(kind="chord-symbol", tick=144, text=name, part=0)), parse_key("G"), 288)
    assert not unknown and line is not None
    chord, _ = line.at(144)
    assert chord is not None and with_it in chord.essential and without not in chord.classes


CHANGING = """
title: Changing
key: F major
meter: 4/4

part: Soprano
  1 | F4 A4 C5 Bb4 |
  2 | A4h A4h |
  3 | Bb4 C5 D5 Eb5 |
  4 | D5 C5 Bb4h |
"""


def changing() -> Score:
    score = understand(read_text(CHANGING.encode(), "c.txt"))[0]
    return score.evolve(keys=(*score.keys, Key(tick=192, fifths=-2, mode="major")))


def test_where_the_signature_changes_the_new_key_is_heard_and_closed_in() -> None:
    score = changing()
    assert what_it_is(score).startswith("F major, from bar 3 on Bb major, 4/4")
    for seed in range(3):
        found = harmonize(score, manner=Manner(seed=seed, candidates=4))
        assert found.key == "F major, Bb major"
        chord = chord_at(found.score, found.score.end - 1)
        assert chord is not None and (chord.root, chord.quality, chord.inversion) == (10, "major", 0)
        assert not any("tonic" in line for line in found.report)
        late = found.score.notes[found.score.notes["onset"] >= 192]["pitch"] % 12
        assert (late == 3).sum() >= (late == 4).sum()


def test_new_notes_are_said_to_be_in_the_keys_of_their_own_bars() -> None:
    for bars, heard in (("1-2", "F major"), ("2-3", "F major, Bb major"), ("3", "Bb major")):
        assert stretto.infill(changing(), bars, seed=1, candidates=1).key == heard


def test_a_key_that_the_user_names_is_the_only_one() -> None:
    assert what_it_is(changing(), Hearing(key="F major")).startswith("F major, 4/4")


IN_MINOR = """\
title: Exported
key: A minor
meter: 4/4

part: Soprano
  1 | A4 B4 C5 A4 |
  2 | E5 D5 C5 B4 |
  3 | A4 C5 B4 G#4 |
  4 | A4w |
"""


def test_a_major_that_a_program_wrote_to_a_piece_in_minor_is_not_believed() -> None:
    """MIDI exporters write it to every signature; 24 of 60 scores of ASAP are in the relative minor."""
    score = understand(read_text(IN_MINOR.encode(), "m.txt"))[0]
    said = score.evolve(keys=(Key(fifths=0, mode="major"),))
    assert what_it_is(said).startswith("written as C major, heard as A minor, 4/4")
    assert what_it_is(said, Hearing(key="C major")).startswith("C major, 4/4")
    in_major = said.evolve(notes=said.notes[:-1])  # no longer closed in A
    assert what_it_is(in_major).startswith("C major")
