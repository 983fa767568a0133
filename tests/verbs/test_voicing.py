"""Which voice each part of a document is: by name, by range, by wish."""

from __future__ import annotations

import pytest

from stretto.errors import RequestError
from stretto.score.model import Clef, Part, Score
from stretto.verbs.voicing import voices_of_parts

SOPRANO, ALTO, TENOR, BASS = range(4)


def score(**parts: int) -> Score:
    """A score of parts, each with one pitch."""
    notes = [(0, 24, pitch, 0, p, 1, 1, 127, 0) for p, pitch in enumerate(parts.values())]
    return Score.build(notes, [Part(name=name.strip("_")) for name in parts])


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"_": 69}, [SOPRANO]),
        ({"_": 60}, [SOPRANO]),
        ({"_": 45}, [BASS]),
        ({"_": 72, "__": 48}, [SOPRANO, BASS]),
        ({"_": 72, "__": 67}, [SOPRANO, ALTO]),
        ({"_": 48, "__": 72}, [BASS, SOPRANO]),
        ({"_": 72, "__": 64, "___": 45}, [SOPRANO, ALTO, BASS]),
        ({"Tenor": 57}, [TENOR]),
        ({"Altus": 62, "Bassus": 45}, [ALTO, BASS]),
        ({"Tenore.": 57, "Basso.": 45}, [TENOR, BASS]),
        ({"Sopranos": 70, "Flute": 60}, [SOPRANO, ALTO]),
        ({"Sopranos": 70, "Horn": 57}, [SOPRANO, TENOR]),
    ],
)
def test_names_and_ranges_tell_voices(parts: dict[str, int], found: list[int]) -> None:
    assert list(dict(sorted(voices_of_parts(score(**parts)).items())).values()) == found


def test_the_user_knows_better() -> None:
    assert voices_of_parts(score(_=69, __=60), ("alto", "tenor")) == {0: ALTO, 1: TENOR}


def test_of_many_parts_those_that_are_named_are_heard() -> None:
    many = score(Voice=70, Piano=60, Cello=45, Flute=80, Drum=50)
    with pytest.raises(RequestError, match=r"5 parts with notes.*--take"):
        voices_of_parts(many)
    assert voices_of_parts(many, take=("voice", "3")) == {0: SOPRANO, 2: BASS}


def test_a_document_without_notes_is_refused() -> None:
    with pytest.raises(RequestError, match="no notes"):
        voices_of_parts(Score.build([], [Part(name="Soprano")]))


@pytest.mark.parametrize(
    ("clef", "found"),
    [
        (Clef(part=1), ALTO),
        (Clef(part=1, octave=-1), TENOR),
        (Clef(part=1, sign="F", line=4), TENOR),
        (Clef(part=1, sign="C", line=3), TENOR),
    ],
)
def test_a_clef_tells_a_low_alto_from_a_tenor(clef: Clef, found: int) -> None:
    duet = score(_=67, __=57)
    assert voices_of_parts(duet.evolve(clefs=(Clef(part=0), clef))) == {0: SOPRANO, 1: found}
