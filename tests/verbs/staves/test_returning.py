"""What comes back where no form is asked."""

import numpy as np

from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.theory.key import parse_key
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.staves.form import StaffReturns, staff_plan
from stretto.verbs.staves.returning import LAST_OWN, returns_report, usual_returns

BAR = 72


def plan_of(n_bars: int, pickup: int = 0) -> Plan:
    """In 3/4, classical."""
    return staff_plan(
        key=parse_key("G"),
        meter="3/4",
        n_bars=n_bars,
        pickup=pickup,
        period="classical",
        composer="",
        texture=(0.0, 0.0),
    )


def drawn(n_bars: int, *, pickup: int = 0, since: int = 0, players: Ensemble = KEYBOARD) -> list[StaffReturns]:
    """Of forty seeds."""
    plan = plan_of(n_bars, pickup)
    return [usual_returns(players, plan, np.random.default_rng(seed), since=since) for seed in range(40)]


def test_every_piece_of_some_length_has_returns_that_lie_on_barlines_and_go_back_to_music() -> None:
    """Four bars or more back, never before the first bar, and not into the close."""
    for players in (KEYBOARD, QUARTET):
        for pickup in (0, 24):
            for found in drawn(16, pickup=pickup, players=players):
                assert found.echoes
                for echo in found.echoes:
                    assert (echo.start - pickup) % BAR == (echo.end - pickup) % BAR == echo.lag % BAR == 0
                    assert echo.lag >= 4 * BAR and echo.start - echo.lag >= pickup
                    assert echo.end <= pickup + (16 - LAST_OWN) * BAR


def test_seeds_draw_different_works() -> None:
    """And the same seed the same."""
    assert len({found.echoes for found in drawn(24)}) > 10
    assert [found.echoes for found in drawn(24)] == [found.echoes for found in drawn(24)]


def test_what_is_given_is_not_asked_to_recall() -> None:
    """A document of twelve bars that is gone on with may come back to them, from there on."""
    for found in drawn(24, since=12 * BAR):
        assert all(echo.start >= 12 * BAR for echo in found.echoes)


def test_a_few_bars_recall_nothing() -> None:
    """There is no room between a beginning and a close."""
    assert not any(found.echoes for found in drawn(5))


def test_only_bars_that_did_come_back_are_named() -> None:
    """Bars 5 and 6 are as 1 and 2; of bar 7 the notes are others."""
    tune = [(BAR * bar + 24 * i, 24, 60 + 2 * i + bar % 4, 0) for bar in (0, 1, 2, 3, 4, 5, 7) for i in range(3)]
    tune += [(BAR * 6 + 24 * i, 24, 80 - i, 0) for i in range(3)]
    music = StaffMusic(notes=np.sort(np.array(tune, STAFF_NOTE), order="onset"), end=8 * BAR, n_staves=2)
    plan = plan_of(8)
    found = usual_returns(KEYBOARD, plan, np.random.default_rng(0))
    echo = type(found.echoes[0])(part=0, start=4 * BAR, end=7 * BAR, lag=4 * BAR, source=0)
    asked = StaffReturns(echoes=(echo,))
    assert returns_report(asked, music, plan) == ["bars that come back, planned as in a real work: 5-6 as 1-2"]
