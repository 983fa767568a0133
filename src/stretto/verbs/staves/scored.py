"""Music by staves as the score of its players, with dynamics where there is a network for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from stretto.errors import StrettoError
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.score.model import Score
from stretto.theory.key import Tonality
from stretto.verbs.staves.dynamics_written import dynamics_report, with_dynamics
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.written import bare_score, written_keyboard, written_parts, written_quartet


def scored(
    players: Ensemble,
    music: StaffMusic,
    plan: Plan,
    *,
    tempo: Fraction | None = None,
    key: Tonality | None = None,
    info: Mapping[str, str],
) -> Score:
    """A page for the players: a piano's two staves, a quartet's four, or a part for each."""
    if players.name == "keyboard":
        return written_keyboard(music, plan, tempo=tempo, key=key, info=info)
    if players.name == "quartet":
        return written_quartet(music, plan, tempo=tempo, key=key, info=info)
    return written_parts(music, plan, _names(players), tempo=tempo, key=key, info=info)


def bare(players: Ensemble, plan: Plan, tempo: Fraction, music: StaffMusic) -> Score:
    """The same while it is made, in the bars that it will have."""
    return bare_score(music, plan, players.name, _names(players), tempo=tempo)


def _names(players: Ensemble) -> list[str]:
    return [name[:1].upper() + name[1:] for name in players.staves]


def with_shipped_dynamics(
    score: Score, plan: Plan, *, seed: int, new: Sequence[tuple[int, int]] | None = None
) -> tuple[Score, str]:
    """The score with dynamics where its music is new, and what is to be said of them."""
    try:
        loud = with_dynamics(score, plan, seed=seed, new=new)
    except (StrettoError, FileNotFoundError):
        return score, "no dynamics: their network is not installed"
    return loud, dynamics_report(loud)
