"""What a drawing on staves has to say for itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stretto.evaluate.staff_form import form_likeness
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic, StaffNotes, density
from stretto.verbs.report import SHOWN, bar_number, guard_report
from stretto.verbs.staves.choose import StaffChosen
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.rules import StaffRules

FAR = 1.5
"""Times too dense or too thin, from which on it is said."""

TAKEN_UP = 0.5
"""Share of a theme's notes from which on it counts as taken up."""


def drawing_report(
    chosen: StaffChosen, plan: Plan, ensemble: Ensemble, *, candidates: int, rules: StaffRules | None
) -> list[str]:
    """A line for each thing worth knowing."""
    lines = []
    if candidates > 1:
        passages = f"each of {chosen.n_stages} passages" if chosen.n_stages > 1 else "its one passage"
        lines.append(f"kept the best of {candidates} versions of {passages}")
    changed, n = chosen.piece.n_forbidden, chosen.piece.n_notes
    if rules is not None and changed:
        lines.append(f"guard rails changed the likeliest choice {_times(changed)} in {n} notes")
    return [*lines, *guard_report(chosen.piece.acts, plan, ensemble.staves)]


def close_report(chosen: StaffChosen) -> list[str]:
    """That a new end does not close."""
    return [] if chosen.verdict.closes else ["the end is no cadence on the tonic; another --seed may close better"]


def form_report(letters: str, music: StaffMusic, plan: Plan) -> list[str]:
    """The form that was asked for against what is there."""
    same, other = form_likeness(StaffWork(name="", music=music, plan=plan), letters)
    said = f"form {letters}: sections of one letter have {_share(same.whole)} of their notes in common"
    return [said + (f", others {_share(other.whole)}" if len(set(letters)) > 1 else "")]


def entries_report(echoes: Sequence[Echo], music: StaffMusic, plan: Plan, ensemble: Ensemble) -> list[str]:
    """Where staves take up what another is still playing."""
    told = []
    for echo in echoes:
        source, own = music.of_staff(echo.source), music.of_staff(echo.part)
        theme = {(int(n["onset"]) + echo.lag, int(n["pitch"]) + echo.up) for n in source}
        theme = {note for note in theme if echo.start <= note[0] < echo.end}
        there = theme & {(int(n["onset"]), int(n["pitch"])) for n in own}
        if theme and len(there) >= TAKEN_UP * len(theme):
            names = ensemble.staves
            told.append(
                f"{names[echo.part]} in bar {bar_number(echo.start, plan)} after {names[echo.source]} "
                f"in bar {bar_number(echo.start - echo.lag, plan)}"
            )
    if not told:
        return ["no staff takes up another's theme while that is played; another --seed may do it"]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return [f"overlapping entries: {', '.join(told[:SHOWN])}{more}"]


def texture_report(music: StaffMusic, wished: float = 0.0) -> str:
    """How dense the music is, beside the notes a quarter that were wished, and how many sound together at most."""
    found = density(music)
    far = wished and not 1 / FAR < found / wished < FAR
    beside = f" where {wished:.1f} were asked for" if far else ""
    return f"{found:.1f} notes a quarter{beside}, {most_together(music.notes)} together at most"


def most_together(notes: StaffNotes) -> int:
    """Most notes that sound at once."""
    change = np.zeros(int((notes["onset"] + notes["duration"]).max(initial=0)) + 1, int)
    np.add.at(change, notes["onset"], 1)
    np.add.at(change, notes["onset"] + notes["duration"], -1)
    return int(change.cumsum().max(initial=0))


def room_report(given: StaffNotes, rules: StaffRules | None) -> list[str]:
    """That given notes alone are as many together as may sound, so that nothing new fits there."""
    most = most_together(given)
    if rules is None or not rules.max_polyphony or most < rules.max_polyphony:
        return []
    return [
        f"up to {most} of the given notes sound together; --max-polyphony {rules.max_polyphony} leaves no room for "
        "new ones there"
    ]


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
