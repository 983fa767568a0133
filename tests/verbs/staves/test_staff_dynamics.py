"""Planned dynamics make sense, whatever the network says."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_dynamics import bars, random_dynamics_network

from stretto.frames.dynamics import (
    CRESCENDO,
    DIMINUENDO,
    FF,
    FP,
    GOES_ON,
    MARKS,
    N_LEVELS,
    NO_WEDGE,
    SF,
    Dynamics,
    InForce,
    P,
    beats_of,
    dynamics_of,
)
from stretto.score.model import Mark, Score
from stretto.verbs.staves.dynamics import Texture, barred_marks, barred_wedges, plan_dynamics, spans_to_beats
from stretto.verbs.staves.dynamics_written import (
    agreed_dynamics,
    agreed_hairpins,
    dynamics_report,
    given_dynamics,
    with_dynamics,
    written_dynamics,
)
from stretto.verbs.staves.richness import drawn_richness
from stretto.verbs.staves.written import written_keyboard, written_quartet

LONG = "xooo x--o .... ..xo xxxx x-x- xooo xoxo xxxx x--- oooo x---".replace(" ", "")


def planned(seed: int, text: str = LONG, period: str = "romantic") -> tuple[Dynamics, Texture]:
    """What a busy network of random weights plans."""
    music, plan = bars(text, period=period)
    found = plan_dynamics(music, plan, seed=seed, weights=random_dynamics_network(seed, busy=2.0))
    return found, Texture.of(music, beats_of(plan, music.end))


def test_texture_says_where_something_begins_and_where_it_sounds() -> None:
    """A held note sounds; a rest does not."""
    music, plan = bars("x-.o")
    found = Texture.of(music, beats_of(plan, music.end))
    assert found.struck_T.tolist() == [True, False, False, True]
    assert found.sounds_T.tolist() == [True, True, False, True]
    assert found.last == 3


@pytest.mark.parametrize("seed", range(12))
def test_what_is_planned_is_consistent(seed: int) -> None:
    """It begins with a mark, says nothing twice, and hairpins lead their way, where something is played."""
    found, texture = planned(seed)
    assert 0 < found.mark_T[0] <= FF
    assert (found.mark_T > 0).sum() + len(found.spans) > 4, "the network is busy, so that there is something to see"
    assert not found.mark_T[~texture.struck_T].any()
    force = InForce()
    for mark, wedge in zip(found.mark_T.tolist(), found.wedge_T.tolist(), strict=True):
        if 0 < mark < N_LEVELS:
            assert mark != force.level or force.led
            if force.wedge == CRESCENDO:
                assert mark > force.level
            if force.wedge == DIMINUENDO:
                assert mark < force.level
        force = force.after(mark, wedge)
    for first, stop, _ in found.spans:
        assert texture.struck_T[first]
        assert texture.sounds_T[first:stop].all()
        assert stop <= texture.last + 1


def test_baroque_music_is_in_terraces() -> None:
    """Levels from p to f only: no hairpin, no sforzato."""
    for seed in range(6):
        found, _ = planned(seed, period="baroque")
        assert not found.wedge_T.any()
        assert set(found.mark_T.tolist()) <= {0, *(MARKS.index(text) for text in ("p", "mp", "mf", "f"))}


def test_a_seed_gives_the_same_plan() -> None:
    """And another one another."""
    one, two, other = (planned_with(seed) for seed in (1, 1, 2))
    assert one == two != other


def planned_with(seed: int) -> list[int]:
    """Marks and hairpins of one network, drawn with a seed."""
    music, plan = bars(LONG)
    found = plan_dynamics(music, plan, seed=seed, weights=random_dynamics_network(0, busy=2.0))
    return [*found.mark_T.tolist(), *found.wedge_T.tolist()]


def plain_texture() -> Texture:
    """Four beats of one note each."""
    beats = np.ones(4, bool)
    return Texture(struck_T=beats, sounds_T=beats, lively_T=~beats, dies_away=True)


def test_a_crescendo_does_not_begin_anew_where_one_goes_on() -> None:
    """But after a mark that closes it the next may."""
    rising = InForce(level=2, wedge=CRESCENDO, led=CRESCENDO, wedge_beats=3)
    assert barred_wedges(rising, 0, 1, plain_texture(), terraced=False)[CRESCENDO]
    assert not barred_wedges(rising, 5, 1, plain_texture(), terraced=False)[CRESCENDO]


@pytest.mark.parametrize(("n_staves", "many"), [(2, 0.29), (4, 0.29)])
def test_romantic_pieces_are_marked_as_differently_as_real_ones(n_staves: int, many: float) -> None:
    """Three in ten have many hairpins, and of a period nobody knows nothing is said."""
    rng = np.random.default_rng(0)
    told = [drawn_richness("romantic", n_staves=n_staves, rng=rng) for _ in range(600)]
    assert np.mean([row[7] for row in told if row is not None]) == pytest.approx(many, abs=0.05)
    assert len({tuple(row.tolist()) for row in told if row is not None}) > 6
    assert drawn_richness("", n_staves=n_staves, rng=rng) is None
    baroque = drawn_richness("baroque", n_staves=n_staves, rng=rng)
    assert baroque is not None and baroque[0] == baroque[4] == 1


def test_a_crescendo_from_fortissimo_is_barred_and_a_mark_that_says_nothing() -> None:
    """And the longest hairpin ends."""
    texture = plain_texture()
    loud = InForce(level=FF)
    assert barred_wedges(loud, 0, 1, texture, terraced=False).tolist() == [False, True, False, True]
    assert barred_marks(loud, 1, texture, terraced=False)[FF]
    long = InForce(level=4, wedge=CRESCENDO, led=CRESCENDO, wedge_beats=99)
    assert barred_wedges(long, 0, 1, texture, terraced=False)[GOES_ON]
    rising = InForce(level=4, wedge=CRESCENDO, led=CRESCENDO, wedge_beats=2)
    short = InForce(level=4, wedge=CRESCENDO, led=CRESCENDO, wedge_beats=1)
    assert np.flatnonzero(~barred_wedges(short, 0, 1, texture, terraced=False)).tolist() == [DIMINUENDO, GOES_ON]
    lively = replace(texture, lively_T=np.ones(4, bool))
    left = np.flatnonzero(~barred_wedges(short, 0, 1, lively, terraced=False)).tolist()
    assert left == [NO_WEDGE, DIMINUENDO, GOES_ON]
    assert np.flatnonzero(~barred_marks(rising, 1, texture, terraced=False)).tolist() == [0, 5, 6, SF]
    assert barred_marks(rising, 1, texture, terraced=False)[FP]


def test_marks_of_a_document_stay_and_only_new_music_is_planned() -> None:
    """Bars 1 and 2 have a mark; bars 3 and 4 are new."""
    music, plan = bars("xooo" * 4)
    own = Mark(kind="dynamic", tick=0, text="ff", part=0, staff=1)
    score = written_keyboard(music, plan, marks=[own])
    weights = random_dynamics_network(1, busy=3.0)
    found = with_dynamics(score, plan, seed=3, new=[(192, 384)], weights=weights)
    assert own in found.marks
    fresh = [mark for mark in found.marks if mark != own and mark.kind in ("dynamic", "wedge")]
    assert fresh and min(mark.tick for mark in fresh) >= 192
    assert next(m for m in fresh if m.kind == "dynamic" and m.text in MARKS[1 : FF + 1]).text != "ff"


def test_a_document_without_marks_stays_without_where_it_is_in_part_new() -> None:
    """Its players do without; a piece that is new throughout is marked."""
    music, plan = bars("xooo" * 4)
    score = written_keyboard(music, plan)
    weights = random_dynamics_network(1)
    assert with_dynamics(score, plan, seed=3, new=[(192, 384)], weights=weights) == score
    assert next(m.tick for m in with_dynamics(score, plan, seed=3, weights=weights).marks if m.kind == "dynamic") == 0


def test_every_player_of_a_quartet_has_the_plan_where_he_plays() -> None:
    """Two bars of the first violin alone: the others have their mark where they enter."""
    music, plan = bars("oooo oooo xxxx xxxx".replace(" ", ""), n_staves=4)
    score = with_dynamics(written_quartet(music, plan), plan, seed=1, weights=random_dynamics_network(5, busy=-50.0))
    first = {part: min(m.tick for m in score.marks if m.kind == "dynamic" and m.part == part) for part in range(4)}
    assert first == {0: 0, 1: 192, 2: 192, 3: 192}
    assert given_dynamics(score, beats_of(plan, music.end)).mark_T[0] in (0, *range(1, FF + 1))


def test_a_player_who_holds_a_note_swells_with_the_others() -> None:
    """The first violin moves, the others hold: hairpins begin together."""
    music, plan = bars("x-x-o-o-" * 4, n_staves=4)
    for seed in range(8):
        planned_score = with_dynamics(
            written_quartet(music, plan), plan, seed=seed, weights=random_dynamics_network(seed, busy=4.0)
        )
        wedges = [m for m in planned_score.marks if m.kind == "wedge"]
        sounding = {m.tick for m in wedges if m.part == 0 and m.tick % 192 < 96}
        assert all(sum(m.tick == tick for m in wedges) == 4 for tick in sounding)
        if sounding:
            return
    raise AssertionError("no hairpin was drawn")


def test_players_must_agree() -> None:
    """A mark or a hairpin of one is not the ensemble's."""
    assert agreed_dynamics([(0, "p"), (12, "p"), (96, "f"), (192, "rfz"), (192, "sf")]) == [(0, "p"), (192, "sf")]
    hairpins = [(0, 96, "crescendo"), (24, 120, "crescendo"), (192, 240, "diminuendo")]
    assert agreed_hairpins(hairpins) == [(24, 96, "crescendo")]


def test_what_is_written_reads_back_as_it_was_planned() -> None:
    """Marks and hairpins of a piano piece, beat by beat."""
    music, plan = bars("xooo" * 8)
    beats = beats_of(plan, music.end)
    weights = random_dynamics_network(2, busy=1.0)
    score = with_dynamics(written_keyboard(music, plan), plan, seed=4, weights=weights)
    dynamics = [(m.tick, m.text) for m in score.marks if m.kind == "dynamic"]
    hairpins = [(m.tick, m.end, m.text) for m in score.marks if m.kind == "wedge"]
    read = dynamics_of(dynamics, hairpins, beats)
    direct = plan_dynamics(music, plan, seed=4, weights=weights)
    assert read.mark_T.tolist() == direct.mark_T.tolist()
    assert read.wedge_T.tolist() == direct.wedge_T.tolist()
    assert len(direct.spans) > 0


def test_open_beats_lie_in_spans() -> None:
    """Half a bar, and a bar."""
    _, plan = bars("xooo" * 3)
    open_T = spans_to_beats([(48, 96), (192, 288)], beats_of(plan, 288))
    assert open_T.tolist() == [False, False, True, True, *[False] * 4, *[True] * 4]


def test_the_dynamics_of_a_score_are_said_in_a_line() -> None:
    """Players have the same marks, each where he enters: they are not added."""
    music, plan = bars("xooo" * 2, n_staves=4)
    marks = [Mark(kind="dynamic", tick=24 * part, text="p", part=part) for part in range(4)]
    marks += [Mark(kind="dynamic", tick=96, text="ff", part=0), Mark(kind="wedge", tick=0, end=96, text="crescendo")]
    score: Score = written_quartet(music, plan, marks=marks)
    assert dynamics_report(score) == "dynamics: p to ff, 2 marks and 1 hairpin"
    assert dynamics_report(written_quartet(music, plan)) == "dynamics: none are marked"


@pytest.mark.parametrize(("level", "accent", "text"), [(P, SF, "sfp"), (5, SF, "sf")])
def test_a_level_that_waits_for_an_entry_and_an_accent_there_are_one_mark(level: int, accent: int, text: str) -> None:
    """The second violin enters in bar 3, where all have an accent: two signs would lie over each other."""
    music, plan = bars("oooo oooo xxxx xxxx".replace(" ", ""), n_staves=4)
    score = written_quartet(music, plan)
    beats = beats_of(plan, music.end)
    nothing = given_dynamics(score, beats)
    mark_T = nothing.mark_T.copy()
    mark_T[0], mark_T[8] = level, accent
    written = written_dynamics(score, replace(nothing, mark_T=mark_T), nothing, beats)
    assert [(m.tick, m.text) for m in written if m.part == 1] == [(192, text)]


def test_a_hairpin_begins_at_the_level_it_leads_away_from_where_that_waits_for_an_entry() -> None:
    """All hold over the second bar, where a piano is planned and a crescendo: both wait for the next note."""
    music, plan = bars("xxx x--- -xxx xxxx".replace(" ", "") + "x", n_staves=4)
    score = written_quartet(music, plan)
    beats = beats_of(plan, music.end)
    nothing = given_dynamics(score, beats)
    mark_T, wedge_T = nothing.mark_T.copy(), nothing.wedge_T.copy()
    mark_T[0], mark_T[4] = 5, P
    wedge_T[4:11] = GOES_ON
    wedge_T[4] = CRESCENDO
    written = written_dynamics(score, replace(nothing, mark_T=mark_T, wedge_T=wedge_T), nothing, beats)
    entry = 24 * 8
    assert [(m.tick, m.text) for m in written if m.part == 0] == [(0, "f"), (entry, "p"), (entry, "crescendo")]


def test_a_hairpin_on_the_last_note_goes_as_far_as_that_lasts() -> None:
    """A final chord of a bar that dies away."""
    music, plan = bars("xxxxx---", n_staves=4)
    score = written_quartet(music, plan)
    beats = beats_of(plan, music.end)
    nothing = given_dynamics(score, beats)
    wedge_T = nothing.wedge_T.copy()
    wedge_T[4] = DIMINUENDO
    written = written_dynamics(score, replace(nothing, wedge_T=wedge_T), nothing, beats)
    assert {(m.tick, m.end, m.part) for m in written} == {(96, 192, part) for part in range(4)}
