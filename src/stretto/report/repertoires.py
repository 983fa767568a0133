"""Beside what a piece is measured: keyboard music and quartets beside their own, all else beside chorales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from stretto.check.voices import in_four_voices, moves_like_a_hymn, singers_alone
from stretto.errors import RequestError, ScoreError
from stretto.evaluate.staff_stretch import MOST_BARS, score_of, stretch_of
from stretto.evaluate.staff_work import StaffWork
from stretto.report.distributions import Counts
from stretto.report.figures import listed
from stretto.report.staff_surprise import NO_TEXTURE
from stretto.score.model import Score
from stretto.verbs.staves.document import staff_document
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.staves.places import ensemble_of
from stretto.verbs.staves.styles import ANY, Style

NO_STYLE = Style(name=ANY, period="")

MOST_ABSENT = 1
"""Players that may be silent in a quartet: two strings alone are none."""


@dataclass(frozen=True, kw_only=True)
class Repertoire:
    """One whose real music ships as figures."""

    players: Ensemble
    called: str
    """What is written for whom: "written for string quartet"."""
    kind: str
    """Its real music, in a few words."""
    left_out: tuple[str, ...]
    """Measures that make no sense for it, by the beginnings of their names."""
    kept: tuple[str, ...] = ()
    """Measures that stay nonetheless."""
    distributions: tuple[str, ...] = ()
    """Distributions that make none."""
    why: str
    """What is left out, and why."""

    @property
    def name(self) -> str:
        """ "keyboard" or "quartet"."""
        return self.players.name

    def fits(self, measure: str) -> bool:
        """Whether a measure makes sense for it."""
        return measure in self.kept or not measure.startswith(self.left_out)


REPERTOIRES: Mapping[str, Repertoire] = {
    found.name: found
    for found in (
        Repertoire(
            players=KEYBOARD,
            called="keyboard",
            kind="real keyboard music",
            left_out=("voices.", "melody.inner.", "melody.bass.", "tonal.leading", "tonal.sevenths", "tonal.doubled"),
            kept=("voices.resting",),
            distributions=("bass_moves",),
            why="how voices lead, as two hands are no voices",
        ),
        Repertoire(
            players=QUARTET,
            called="string quartet",
            kind="real string quartets",
            left_out=("voices.outside",),
            why="the ranges of singers",
        ),
    )
}

FOUR_VOICES_ONLY = "the rules of four-part writing and the grade by Bach or Mock"
"""Left out of every repertoire but the choir's."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Heard:
    """A piece as it is measured."""

    score: Score
    repertoire: Repertoire | None = None
    """None = it is measured beside chorales, or what is named."""
    work: StaffWork | None = None
    """Where it has a repertoire, what its network hears."""
    said: tuple[str, ...] = ()
    """What was left out, and how it was taken."""
    taken: bool = False
    """Its four voices were taken out of chords or staves."""
    sung: bool = True
    """False where these move too fast for a choir."""


def heard_of(score: Score, beside: str | None = None) -> Heard:
    """A piece as it is measured.

    Args:
        score: understood.
        beside: the repertoire whose real music it is set beside, "" for four voices; None = its own. What cannot be
            read as that is taken as it stands.
    """
    in_voices = _in_voices(score)
    if beside is None:
        own = ensemble_of(score)
        beside = own.name if own is not None else ""
        if in_voices.taken and beside in ("", KEYBOARD.name):
            beside = "" if in_voices.sung else KEYBOARD.name
    if beside in REPERTOIRES:
        try:
            return _on_staves(score, REPERTOIRES[beside])
        except (RequestError, ScoreError):
            pass  # it stands beside the same music, as it is
    return in_voices


def _on_staves(score: Score, repertoire: Repertoire) -> Heard:
    players = repertoire.players
    document = staff_document(score, players)
    if not players.one_instrument and len(document.new) > MOST_ABSENT:
        raise RequestError(f"only {document.has()} of a {players.name}")
    heard = {part for part, _ in document.places}
    if not set(document.score.notes["part"].tolist()) <= heard:
        raise RequestError(f"others play or sing with the {players.name}")
    work = StaffWork(name="", music=document.music, plan=document.plan(NO_STYLE, NO_TEXTURE))
    stretch = stretch_of(work)
    said = list(document.said)
    if stretch is not work:
        said.append(f"measured by its first {MOST_BARS} bars")
    return Heard(score=score_of(stretch, names=players.staves), repertoire=repertoire, work=stretch, said=tuple(said))


def _in_voices(score: Score) -> Heard:
    """A choir with instruments is measured by its four voices, as the chorales are that it is set beside."""
    sung, others = singers_alone(score)
    said = [f"measured by its four voices, without {listed(others)}"] if others else []
    sung, taken = in_four_voices(sung)
    if not taken:
        return Heard(score=sung, said=tuple(said))
    return Heard(score=sung, said=(*said, taken), taken=True, sung=moves_like_a_hymn(sung))


def fitting(values: Mapping[str, float], repertoire: Repertoire | None) -> dict[str, float]:
    """Measures of a piece; not numbers where they make no sense for its repertoire."""
    return {
        name: value if repertoire is None or repertoire.fits(name) else float("nan") for name, value in values.items()
    }


def fitting_counts(counts: Counts, repertoire: Repertoire | None) -> Counts:
    """Distributions without those that make no sense."""
    return {kind: own for kind, own in counts.items() if repertoire is None or kind not in repertoire.distributions}


def as_unmeasured(repertoire: Repertoire) -> dict[str, str]:
    """What is left out -> why."""
    why = f"not measured of what is written for {repertoire.called}"
    return {"rules": f"they are for choirs, and this is written for {repertoire.called}", "grade": why} | {
        name.rstrip("."): why for name in repertoire.left_out
    }


def without_end(work: StaffWork) -> StaffWork:
    """As the network hears it: an excerpt of a real piece does not end where it is cut, so no end is told."""
    return replace(work, plan=work.plan.without("style", "end", "texture", "phrase"))
