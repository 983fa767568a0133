"""How likely the keyboard's or the quartet's network finds each bar of a piece, and which notes least."""

# Shapes: N notes, B bars.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stretto.report.staff_surprise import NO_TEXTURE, staff_surprise_of
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.studio.judging.why import Odd
from stretto.verbs.staves.document import staff_document
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.styles import style_of_document

ORDER = {"1": "first", "2": "second"}


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffSurprise:
    """A piece as its network hears it."""

    nats_per_note: float
    nats_B: list[float | None]
    """A note, bar by bar; None = nothing begins in the bar."""
    rhythm_B: list[float]
    """Share of a bar's nats that are of when notes begin and how long they last."""
    notes_B: list[list[Odd]]
    """The notes of each bar."""


def staff_surprise(score: Score, players: Ensemble) -> StaffSurprise:
    """Nats a note of every bar, all before it known.

    Args:
        score: understood, as `theory.understand` leaves it.
        players: for whom it is.

    Raises:
        RequestError: it does not fit the players, or their network is not installed.
    """
    document = staff_document(score, players)
    style = style_of_document(players, score.info.get("composer", ""))
    whole, plan = document.score, document.plan(style, NO_TEXTURE)
    found = staff_surprise_of(whole, document.music, plan, players, instead=True)
    notes = zip(
        found.voice_N.tolist(), found.onset_N.tolist(), found.pitch_N.tolist(), found.nats_N.tolist(), found.instead_N,
        strict=True,
    )  # fmt: skip
    bar_N = np.searchsorted([bar.tick for bar in whole.bars], found.onset_N, side="right") - 1
    notes_B: list[list[Odd]] = [[] for _ in whole.bars]
    for bar, (staff, tick, pitch, nats, instead) in zip(bar_N.tolist(), notes, strict=True):
        who = _player(found.voices[staff])
        notes_B[bar].append(Odd(who=who, tick=tick, pitch=pitch, nats=nats, instead=instead))
    quarters_B = [(whole.bar_end(i) - bar.tick) / TICKS_PER_QUARTER for i, bar in enumerate(whole.bars)]
    sums_B = found.nats_per_quarter_B * np.array(quarters_B)
    return StaffSurprise(
        nats_per_note=found.nats_per_note,
        nats_B=[float(sums_B[i]) / len(own) if own else None for i, own in enumerate(notes_B)],
        rhythm_B=found.rhythm_B.tolist(),
        notes_B=notes_B,
    )


def _player(staff: str) -> str:
    """As a sentence has it: "first violin"."""
    name, _, number = staff.partition(" ")
    return f"{ORDER[number]} {name}" if number in ORDER else staff
