"""Leading tones and sevenths, six-four chords, and notes altered in another voice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from drawn_choir import choir

from stretto.theory.false_relations import cross_relations
from stretto.theory.harmonies import harmonies
from stretto.theory.key import parse_key
from stretto.theory.six_four import six_fours
from stretto.theory.tendency import Going, doubled, falls, leading_tones, rises, sevenths
from stretto.theory.texture import Texture
from stretto.theory.voicing import Voicing


def voicing(*lines: str, key: str) -> Voicing:
    score = choir(*lines, key=key)
    return Voicing(Texture(score, tuple(range(len(lines))), parse_key(key)), tuple(harmonies(score)))


def told(goings: Iterator[Going]) -> list[tuple[str, str]]:
    return [(going.note.name, going.to.name) for going in goings]


CLOSE = voicing("C5 C5 B4 C5", "G4 A4 F4 E4", "E4 D4 D4 C4", "C3 F3 G3 C3", key="C major")
"""I ii65 V7 I."""


def test_a_leading_tone_and_where_it_goes() -> None:
    (going,) = leading_tones(CLOSE)
    assert (going.note.name, going.to.name) == ("B4", "C5")
    assert rises(going)


def test_a_seventh_and_where_it_goes() -> None:
    """Of ii65 the soprano's C falls to B, of V7 the alto's F to E."""
    assert told(sevenths(CLOSE)) == [("C5", "B4"), ("F4", "E4")]
    assert all(falls(going) for going in sevenths(CLOSE))


def test_an_ornament_between_is_looked_through() -> None:
    """An anticipation of the tonic stands between."""
    line = voicing("C5 D5 B4:1/2 C5:1/2 C5", "E4 F4 D4 E4", "G3 A3 G3 G3", "C3 F3 G3 C3", key="C major")
    assert [rises(going) for going in leading_tones(line)] == [True]


def test_a_leading_tone_that_falls_is_told() -> None:
    falling = voicing("C5 C5 B4 G4", "E4 F4 D4 E4", "G3 A3 G3 C4", "C3 F3 G3 C3", key="C major")
    assert [rises(going) for going in leading_tones(falling)] == [False]


def test_a_dominant_of_another_degree_has_its_own_leading_tone() -> None:
    applied = voicing("C5 C5 D5 D5 E5:4", "G4 G4 A4 G4 G4:4", "E4 C4 C4 B3 C4:4", "C3 E3 F#3 G3 C3:4", key="C major")
    assert told(leading_tones(applied)) == [("F#3", "G3"), ("B3", "C4")]


def test_what_two_voices_double_is_told() -> None:
    twice = voicing("B4 C5 A4 B4", "G4 G4 F#4 G4", "D4 E4 F#4 D4", "G2 C3 D3 G2", key="G major")
    assert [(a.name, b.name) for _, a, b in doubled(twice, "leading tone")] == [("F#4", "F#4")]
    assert list(doubled(CLOSE, "leading tone")) == []
    assert list(doubled(CLOSE, "seventh")) == []


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (
            ("C5:2 C5:2 C5 B4 C5:2", "E4:2 F4:2 E4 D4 C4:2", "G3:2 A3:2 G3 F3 E3:2", "C3:2 F2:2 G2 G2 C3:2"),
            ["cadential"],
        ),
        (
            ("E5 D5 C5 D5 D5:2 C5:2", "G4 G4 G4 F4 D4:2 E4:2", "C4 B3 C4 A3 B3:2 C4:2", "C3 D3 E3 F3 G3:2 C3:2"),
            ["passing"],
        ),
        (("G4 A4 G4:2", "E4 F4 E4:2", "C4 C4 C4:2", "C3 C3 C3:2"), ["pedal"]),
        (
            ("C5 B4 C5 C5 B4 C5:3", "E4 D4 E4 F4 D4 E4:3", "G3 G3 E3 A3 G3 G3:3", "C3 D3 A2 F2 G2 C3:3"),
            ["free"],
        ),
    ],
)
def test_a_six_four_chord_is_what_its_bass_makes_it(lines: tuple[str, ...], kinds: list[str]) -> None:
    assert [kind for _, _, kind in six_fours(voicing(*lines, key="C major"))] == kinds


def test_a_note_altered_in_another_voice_is_a_cross_relation() -> None:
    crossed = voicing("E5 E5", "C5 C#5", "G4 A4", "C4 A3", key="C major")
    assert list(cross_relations(crossed.texture)) == []  # the alto alters its own note
    crossed = voicing("C5 E5", "E4 E4", "G3 A3", "C3 C#3", key="C major")
    assert list(cross_relations(crossed.texture)) == []  # so does the bass
    crossed = voicing("C5 E5", "G4 E4", "E4 A3", "G3 C#3", key="C major")
    assert [(a.name, b.name) for a, b in cross_relations(crossed.texture)] == [("C5", "C#3")]
