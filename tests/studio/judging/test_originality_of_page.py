"""What the page says of a piece beside the music that the networks learned from."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.evaluate.known_music import KnownPiece, Source
from stretto.evaluate.originality_report import Place
from stretto.evaluate.passages import known_score
from stretto.evaluate.staff_index import IndexedPiece, VerbatimPassage
from stretto.evaluate.staff_originality import StaffOriginality
from stretto.evaluate.sung_lines import sung_lines
from stretto.evaluate.training_music import shipped_music
from stretto.score.model import Meter, Part, Score
from stretto.studio.judging import originality
from stretto.studio.judging.originality import originality_of_document
from stretto.studio.pieces.documents import document_of


def test_a_chorale_that_was_learned_from_is_named_bar_by_bar() -> None:
    """With its title and its bars, and that no real chorale shares so much."""
    index = next(i for i, piece in enumerate(shipped_music().pieces) if "BWV 104.06" in piece.title)
    found = originality_of_document(document_of(known_score(shipped_music(), index)))
    assert [bar["share"] for bar in found["bars"]] == [1.0] * len(found["bars"])
    assert "as in Allein Gott in der Höh sei Ehr (BWV 104.06) (Bach)" in found["bars"][3]["why"]
    assert found["bars"][3]["why"].endswith("no real chorale that it has not learned from shares as much.")
    assert found["sentence"].startswith("One passage is nearer to the 1,148 pieces")
    assert found["passages"][0]["parts"] == [0, 1, 2, 3] and found["passages"][0]["share"] == 1.0


def piece(*bars: tuple[str, int, int]) -> KnownPiece:
    source = Source(name="", licence="", attribution="", url="")
    return KnownPiece(name="jsb16 train 190", title="", composer="Bach, J. S.", source=source, end=960, bars=bars)


@pytest.mark.parametrize(
    ("bars", "start", "said"),
    [
        ((("4/4", 24, 1), ("4/4", 96, 9)), 24, "bars 7-8"),
        ((("4/4", 24, 1), ("4/4", 96, 9)), 84, "bars 7-8, from beat 3"),
        ((("4/4", 24, 1), ("4/4", 96, 9)), 12, "bars 7-8, from beat 4"),
        ((("3/4", 72, 2), ("6/8", 72, 9)), 144 + 36, "bars 7-8, from beat 4"),
        ((), 516, "21 quarters from its beginning (its bars are not on record)"),
        ((), 12, "at its beginning"),
    ],
)
def test_a_place_in_a_work_is_told_by_bar_and_beat_where_they_are_on_record(
    bars: tuple[tuple[str, int, int], ...], start: int, said: str
) -> None:
    place = Place(start=start, end=start + 48, lines=(0,), names=("soprano",), bars=(7, 8) if bars else None)
    assert originality._there(piece(*bars), place) == said


def scale(n_parts: int, n_staves: int = 1) -> Score:
    """Sixteen bars in 4/4 of an endless chromatic scale, in which no tune of anybody's stands."""
    rows = [
        (24 * i, 24, 60 + (i * 7 + 3 * part) % 13, 0, part, 1 + (n_staves == 2 and i % 5 == 0), 1, 127, 0)
        for part in range(n_parts)
        for i in range(64)
    ]
    return Score.build(rows, [Part(name="", n_staves=n_staves)] * n_parts, meters=[Meter()])


def test_of_a_tune_of_ones_own_nothing_is_told() -> None:
    found = originality_of_document(document_of(scale(1)))
    assert found["passages"] == [] and found["why"] == ""
    assert all(bar["share"] == 0.0 and bar["why"] == "" for bar in found["bars"])
    assert found["sentence"].startswith("Nothing of note is shared with the 1,148 pieces")


def test_of_a_piece_without_notes_it_is_said_why_nothing_is_told() -> None:
    found = originality_of_document(document_of(scale(1).evolve(notes=scale(1).notes[:0])))
    assert found["why"] == "there are no notes yet" and found["bars"][0]["share"] is None


def test_bars_of_a_piano_piece_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the index of bars, which knows which piece they are of; the first is 2 of the piece, 9 of that one."""
    piece = IndexedPiece(title="Waltz", composer="de-visee", pickup=False, bars=((96, 40),))
    copy = VerbatimPassage(melody=True, bars=3, start=96, end=4 * 96, piece=piece, first=9)
    monkeypatch.setattr(
        originality, "originality_of_staves", lambda score: StaffOriginality(repertoire="keyboard", passages=(copy,))
    )
    found = originality_of_document(document_of(scale(1, n_staves=2)))
    assert [bar["share"] for bar in found["bars"]][:5] == [0.0, 0.955, 0.955, 0.955, 0.0]
    assert found["bars"][1]["why"] == (
        "Bars 2-4: the top line as in Waltz (De Visee), bars 9-11. That is much: 4.5 of 100 real keyboard pieces that "
        "it has not learned from share even 3 bars so."
    )


def test_lines_are_called_as_the_parts_in_the_mixer() -> None:
    """The lower line is meant, which is the part without a name."""
    score = scale(2).evolve(parts=[Part(name="Tune"), Part(name="")])
    assert originality._names(score, sung_lines(score), (1,)) == ["Part 2"]
