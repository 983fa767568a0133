"""How the left hand goes along: as in a real work, so that a waltz has a waltz's bass."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import stretto
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.score.model import NOTE, Meter, Part, Score
from stretto.theory.key import parse_key
from stretto.theory.understand import understand
from stretto.verbs.staves import compose, rework
from stretto.verbs.staves.draw import StaffDrawn
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET
from stretto.verbs.staves.figures import Figures, bars_of, usual_figures
from stretto.verbs.staves.form import staff_plan
from stretto.verbs.staves.gaps import StaffVerbs
from stretto.verbs.staves.judge import judge
from stretto.verbs.staves.rework import StaffManner

BEAT, BAR = 24, 72

Rows = list[tuple[int, int, int, int]]


class AskedEnoughError(Exception):
    """What was asked is seen, and nothing need be drawn."""


def plan_of(meter: str = "3/4", style: tuple[str, str] = ("romantic", "chopin"), n_bars: int = 4) -> Any:
    """Of a piece in C."""
    return staff_plan(
        key=parse_key("C"),
        meter=meter,
        n_bars=n_bars,
        pickup=0,
        period=style[0],
        composer=style[1],
        texture=(0.0, 0.0),
    )


def work_of(rows: Rows, n_bars: int = 1) -> StaffWork:
    """Rows are onset, duration, pitch, staff; bars of 3/4."""
    music = StaffMusic(notes=np.sort(np.array(rows, STAFF_NOTE), order="onset"), end=n_bars * BAR, n_staves=2)
    return StaffWork(name="", music=music, plan=plan_of(n_bars=n_bars))


def waltz(n_bars: int) -> Rows:
    """A low note and two chords under a held note."""
    rows = [(BAR * i, BAR, 74, 0) for i in range(n_bars)]
    rows += [(BAR * i, BEAT, 43, 1) for i in range(n_bars)]
    return rows + [(BAR * i + BEAT * b, BEAT, p, 1) for i in range(n_bars) for b in (1, 2) for p in (59, 62)]


def octaves(n_bars: int) -> Rows:
    """Both hands play one melody."""
    moves = [(BEAT * b, BEAT, 72 + (0, 2, 4)[b % 3]) for b in range(3 * n_bars)]
    return [(*move, 0) for move in moves] + [(tick, ticks, pitch - 12, 1) for tick, ticks, pitch in moves]


def test_a_waltz_and_bare_octaves_are_told_apart() -> None:
    assert bars_of(work_of(waltz(2), 2)) == ["nCC", "nCC"]
    assert bars_of(work_of(octaves(1))) == ["ooo"]


def test_what_is_held_and_what_rests_is_told_apart() -> None:
    """A half note and a rest; of a chord that lies as low as the one before it nothing is high."""
    assert bars_of(work_of([(0, 48, 48, 1), (0, BAR, 76, 0)])) == ["nh."]
    assert bars_of(work_of([(BEAT * b, BEAT, p, 1) for b in range(3) for p in (48, 52)])) == ["ccc"]


def test_only_full_bars_that_are_new_and_drawn_are_looked_at() -> None:
    """Of a piece of four bars three are drawn, and the first was there before."""
    work = work_of(waltz(4), 4)
    so_far = StaffMusic(notes=work.music.notes[work.onset_N < 3 * BAR], end=3 * BAR, n_staves=2)
    assert bars_of(StaffWork(name="", music=so_far, plan=work.plan), since=BAR) == ["nCC", "nCC"]


def test_the_bars_of_the_work_that_is_followed_are_the_least_unusual() -> None:
    figures = Figures(work=Counter({"nCC": 8}), style=Counter({"nCC": 8, "ccc": 30, "chh": 2}))
    assert figures.nats(["nCC"]) < figures.nats(["ccc"]) < figures.nats(["chh"]) < figures.nats(["ooo"])
    assert figures.nats(["nCC", "ooo"]) == pytest.approx((figures.nats(["nCC"]) + figures.nats(["ooo"])) / 2)
    assert figures.nats([]) == 0.0


def test_a_version_that_goes_along_as_the_work_does_is_preferred() -> None:
    figures = Figures(work=Counter({"nCC": 8}), style=Counter({"nCC": 8, "ccc": 30}))
    plain, told = list[float](), list[float]()
    for rows in (waltz(2), octaves(2)):
        drawn = StaffDrawn(music=work_of(rows, 2).music, nats=float(len(rows)), n_notes=len(rows), n_forbidden=0)
        plain.append(judge(drawn, plan_of()).penalty(1.0))
        told.append(judge(drawn, plan_of(), figures=figures).penalty(1.0))
    assert told[1] - told[0] > plain[1] - plain[0] + 1.0


def drawn(draws: Callable[[int], Figures | None]) -> Counter[str]:
    """The commonest bar of each work that is drawn."""
    return Counter(found.work.most_common(1)[0][0] for seed in range(60) if (found := draws(seed)) is not None)


def test_one_chopin_in_three_four_of_several_is_a_waltz() -> None:
    """Works are drawn, not the mean of them; those of Bach are none."""
    chopin = drawn(lambda seed: usual_figures(KEYBOARD, plan_of(), np.random.default_rng(seed)))
    bach = drawn(lambda seed: usual_figures(KEYBOARD, plan_of(style=("baroque", "bach")), np.random.default_rng(seed)))
    assert 6 <= chopin["nCC"] + chopin["oCC"] <= 48
    assert len(chopin) > 3
    assert bach["nCC"] == 0


def test_works_are_of_the_period_where_no_composer_is_named() -> None:
    def n_bars(period: str, composer: str = "") -> int:
        found = usual_figures(KEYBOARD, plan_of(style=(period, composer)), np.random.default_rng(1))
        assert found is not None
        return found.style.total()

    assert n_bars("romantic", "chopin") < n_bars("romantic") < n_bars("")
    assert n_bars("baroque") < n_bars("romantic")
    assert n_bars("romantic", "somebody") == n_bars("romantic")


def test_where_no_works_are_known_nothing_is_said() -> None:
    """Of a quartet, and of a metre that hardly any piece has."""
    assert usual_figures(QUARTET, plan_of(), np.random.default_rng(1)) is None
    assert usual_figures(KEYBOARD, plan_of("6/2"), np.random.default_rng(1)) is None


def asked_of(module: Any, call: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Figures | None:
    """What a verb asks of the left hand."""
    found = list[Figures | None]()

    def choose(*_: object, asked: Any, **__: object) -> None:
        found.append(asked.figures)
        raise AskedEnoughError

    monkeypatch.setattr(module, "choose", choose)
    with pytest.raises(AskedEnoughError):
        call()
    return found[0]


def melody(n_bars: int = 8, *, with_left: bool = False) -> Score:
    """In 3/4, on one staff or with a left hand."""
    rows = np.zeros(3 * n_bars * (1 + with_left), NOTE)
    for i in range(len(rows)):
        staff = i // (3 * n_bars)
        rows[i]["onset"], rows[i]["duration"] = BEAT * (i % (3 * n_bars)), BEAT
        rows[i]["pitch"], rows[i]["staff"] = (72 if not staff else 48) + (0, 4, 7, 5, 2)[i % 5], 1 + staff
    rows["voice"] = 1
    meters = [Meter(tick=0, numerator=3, denominator=4)]
    return understand(Score.build(rows, [Part(name="Piano", n_staves=1 + with_left)], meters=meters))[0]


def test_a_new_piece_and_a_new_left_hand_follow_a_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verbs, manner = StaffVerbs(KEYBOARD), StaffManner(seed=1)
    new = asked_of(compose, lambda: stretto.compose(ensemble="keyboard", meter="3/4", bars=8, seed=1), monkeypatch)
    under = asked_of(rework, lambda: verbs.harmonize(melody(), manner=manner), monkeypatch)
    assert new is not None and under is not None
    assert all(len(bar) == 3 for bar in under.work)


def test_bars_between_given_ones_follow_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are to go on as the given ones do."""
    score, verbs = melody(with_left=True), StaffVerbs(KEYBOARD)
    assert asked_of(rework, lambda: verbs.infill(score, 3, 4, manner=StaffManner(seed=1)), monkeypatch) is None
