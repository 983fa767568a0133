"""With --original, what copies the training music is passed over or drawn anew, and in the end refused."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stretto.errors import RequestError
from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.passages import known_score
from stretto.evaluate.training_music import shipped_music
from stretto.frames.parts import PartFrames, part_frames
from stretto.frames.plan import Plan
from stretto.score.model import Meter, Part, Score
from stretto.verbs import compose, originals
from stretto.verbs.asked import Asked
from stretto.verbs.originals import CopyError, Originals, copied, derived, limits
from stretto.verbs.phrasewise import REDRAWN, draw_by_phrases
from stretto.verbs.sample import Drawn, Moment
from stretto.verbs.taste import Taste
from stretto.verbs.weights import shipped_weights

BAR = 96
PLAN = Plan(
    style="bach", tonic=9, mode="major", bar_starts=tuple(range(0, 8 * BAR, BAR)), bar_meters=("4/4",) * 8,
    end=8 * BAR, phrase_ends=(4 * BAR - 48, 8 * BAR - 48),
)  # fmt: skip


def copy() -> Score:
    """Eight bars of the training music, a tone higher."""
    index = next(i for i, piece in enumerate(shipped_music().pieces) if "BWV 104.06" in piece.title)
    source = known_score(shipped_music(), index, up=2)
    return source.evolve(notes=source.notes[source.ends <= 8 * BAR], bars=(), end=8 * BAR)


def invention(seed: int) -> Score:
    """Eight bars that nobody wrote."""
    rng = np.random.default_rng(seed)
    rows = [
        (24 * i, 24, int(rng.integers(low, low + 9)), 0, v, 1, 1, 127, 0)
        for i in range(32)
        for v, low in enumerate((64, 57, 50, 43))
    ]
    return Score.build(rows, [Part(), Part(), Part(), Part()], meters=[Meter()])


class Copyist:
    """In place of a network's drawing: its version `honest` invents, the others copy."""

    seeds_seen: list[list[int]]
    honest_after: int
    """Drawings after which there is an honest version."""

    def __init__(self, weights: Any, plans: Sequence[Plan], *, seeds: Sequence[int], asked: Asked) -> None:
        self.weights, self.asked, self.seeds = weights, asked, list(seeds)
        Copyist.seeds_seen.append(self.seeds)

    def resume(self, moment: Moment) -> None:
        self.before = moment

    def advance(self, until: int, tick: Any = None) -> None:
        honest = len(Copyist.seeds_seen) > Copyist.honest_after
        self.moments = [self._moment(until, honest and s == len(self.seeds) - 1) for s in range(len(self.seeds))]

    def _moment(self, until: int, honest: bool) -> Moment:
        frames, _ = part_frames(invention(self.seeds[-1] % 100) if honest else copy())
        stop = int(np.searchsorted(frames.tick_T, until))
        # The inventor is the least likely by far, so that only what is refused puts it first.
        piece = Drawn(frames=_up_to(frames, stop, until), nats=900.0 if honest else 60.0, n_notes=60, n_forbidden=0)
        return Moment(memory=SimpleNamespace(), at=until, free=True, piece=piece)  # type: ignore[arg-type]


def _up_to(frames: PartFrames, stop: int, end: int) -> PartFrames:
    return PartFrames(
        tick_T=frames.tick_T[:stop], pitch_TV=frames.pitch_TV[:stop], state_TV=frames.state_TV[:stop], end=end
    )


@pytest.fixture
def copyist(monkeypatch: pytest.MonkeyPatch) -> type[Copyist]:
    monkeypatch.setattr("stretto.verbs.phrasewise.Drawing", Copyist)
    Copyist.seeds_seen, Copyist.honest_after = [], 0
    return Copyist


def drawn(watch: Originals | None) -> PartFrames:
    asked = Asked(taste=Taste(), originals=watch)
    return draw_by_phrases(shipped_weights(), PLAN, seeds=[1, 2, 3], asked=asked).piece.frames


def is_copy(frames: PartFrames) -> bool:
    return bool((frames.pitch_TV[0] == part_frames(copy())[0].pitch_TV[0]).all())


def test_a_version_that_copies_is_passed_over_though_it_is_the_best(copyist: type[Copyist]) -> None:
    assert is_copy(drawn(None))
    watch = Originals(plan=PLAN)
    assert not is_copy(drawn(watch))
    assert watch.n_refused >= 4 and watch.n_redrawn == 0
    assert watch.worst is not None and "BWV 104.06" in watch.worst.piece.title and watch.worst.up == 2


def test_where_all_copy_the_stretch_is_drawn_anew_with_other_seeds_the_same_each_time(copyist: type[Copyist]) -> None:
    copyist.honest_after = 2
    watch = Originals(plan=PLAN)
    assert not is_copy(drawn(watch))
    assert watch.n_redrawn == 2 and watch.n_refused >= 6
    first = copyist.seeds_seen
    assert first[0] == [1, 2, 3] and len({*first[0], *first[1], *first[2]}) == 9
    copyist.seeds_seen = []
    drawn(Originals(plan=PLAN))
    assert copyist.seeds_seen == first


def test_a_network_that_can_only_copy_ends_in_one_line_that_names_the_piece(copyist: type[Copyist]) -> None:
    copyist.honest_after = 99
    with pytest.raises(CopyError, match=r"^--original: each of 15 versions .*BWV 104\.06.*--seed.*$") as found:
        drawn(Originals(plan=PLAN))
    assert isinstance(found.value, RequestError) and "\n" not in str(found.value)
    assert len(copyist.seeds_seen) == 1 + REDRAWN


def test_limits_are_what_all_but_a_few_real_chorales_share() -> None:
    assert limits() == {"near copy": 8.0, "all voices": 6.5, "three voices": 9.0, "melody": 34.0}
    found = copied(originality_of(copy()))
    assert found is not None and found.kind == "near copy"
    assert copied(originality_of(invention(1))) is None


def test_derived_seeds_differ_by_seed_and_path_and_stay_the_same() -> None:
    found = [*derived([1, 2], 5, 1), *derived([1, 2], 5, 2), *derived([1, 2], 6, 1)]
    assert len(set(found)) == 6 and derived([1, 2], 5, 1) == found[:2]


def test_an_original_piece_says_what_it_shares_and_the_wish_alone_changes_no_note() -> None:
    plain = compose(key="G major", bars=4, seed=5, candidates=2)
    piece = compose(key="G major", bars=4, seed=5, candidates=2, original=True)
    assert piece.score == plain.score and plain.originality is None
    assert piece.originality is not None and copied(piece.originality) is None
    assert any(line.startswith("original: no more is shared") for line in piece.report)
    assert not any(line.startswith("original") for line in plain.report)


def test_what_a_real_drawing_shares_too_much_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """With limits so low that most versions are beyond them."""
    low = {"near copy": 3.0, "all voices": 3.0, "three voices": 4.0, "melody": 8}
    monkeypatch.setattr(originals, "limits", lambda: low)
    one, two = (compose(key="D major", bars=4, seed=3, candidates=4, original=True) for _ in range(2))
    assert one.score == two.score
    assert one.score != compose(key="D major", bars=4, seed=3, candidates=4).score
    assert one.originality is not None and copied(one.originality) is None
    assert one.originality.passages["all voices"].quarters <= 3.0
    assert "passed over" in one.report[-1]


def test_limits_that_nothing_meets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "limits", lambda: {"near copy": 0, "all voices": 0, "three voices": 0, "melody": 0})
    with pytest.raises(RequestError, match="--original: each of 10 versions"):
        compose(bars=4, seed=3, candidates=2, original=True)
