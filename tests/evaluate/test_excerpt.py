from __future__ import annotations

from drawn_works import choir, hymn

from stretto.evaluate.excerpt import excerpt, halves, without_tail
from stretto.theory.phrases import phrase_ends
from stretto.theory.slices import slices_of


def test_a_stretch_begins_at_nought_and_notes_over_its_edges_are_cut() -> None:
    part = excerpt(choir("C4:4 D4:4 E4:4"), 48, 216)
    assert [(int(n["onset"]), int(n["duration"]), int(n["pitch"])) for n in part.notes] == [
        (0, 48, 60),
        (48, 96, 62),
        (144, 24, 64),
    ]
    assert part.end == 168


def test_a_stretch_that_starts_inside_a_bar_has_a_pickup() -> None:
    part = excerpt(choir("C4:4 D4:4 E4:4"), 48, 288)
    assert part.pickup == 48
    assert [bar.tick for bar in part.bars] == [0, 48, 144]
    assert excerpt(choir("C4:4 D4:4 E4:4"), 96, 288).pickup == 0


def test_phrase_ends_stay_where_they_were_heard() -> None:
    score = hymn()
    part = excerpt(score, 192, 384)
    assert [end.settled for end in phrase_ends(part, slices_of(part))] == [14 * 24 - 192]


def test_a_piece_is_parted_after_the_phrase_end_nearest_to_its_middle() -> None:
    assert halves(hymn(), longest=192) == [(0, 192), (192, 384)]
    assert halves(hymn(fermatas=(3, 14)), longest=192) == [(0, 96), (96, 384)]


def test_a_short_piece_stays_whole() -> None:
    assert halves(hymn(), longest=384) == [(0, 384)]


def test_how_long_the_last_chord_is_written_does_not_matter() -> None:
    cut = without_tail(hymn())
    assert cut.end == 15 * 24
    assert cut.ends.max() == cut.end
    longer = tuple(line.replace("G4:2", "G4:6") for line in ("B4 A4 G4:2", "G4 F#4 D4:6", "D4 C4 B3:6", "D3 D3 G2:6"))
    shorter = tuple(line.replace(":6", "") for line in longer)
    assert without_tail(choir(*longer)).end == without_tail(choir(*shorter)).end == 3 * 24
