"""Why the network found a bar surprising, in a musician's words: which note, where, and what it expected instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from stretto.report.surprise import HELD, NO_NOTE, RESTS, Choice
from stretto.score.model import UNSPELLED, Score
from stretto.score.text_names import note_name
from stretto.studio.pieces.part_names import in_a_sentence

N_NAMED = 2
"""Notes that a bar's reason names: the least expected ones."""

EXPECTED = 0.2
"""Probability from which a note needs no reason."""

LIKELY = 0.1
"""Probability from which something else is named as expected."""

RHYTHMIC, SURPRISING = 0.6, 1.2
"""Share of a bar's nats, and nats a note, from which it is told that it is the rhythm that surprises."""

FLATTEST = 3
"""Steps on the line of fifths below the signature at which notes are no longer flats, but sharps: in C, E flat and G
sharp."""

HALVES = {(1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 8): "⅛", (3, 8): "⅜", (5, 8): "⅝",
          (7, 8): "⅞", (1, 6): "⅙", (5, 6): "⅚"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Odd:
    """A note, and how little it was expected."""

    who: str
    """As "soprano", "right hand", "Voice 1"."""
    tick: int
    pitch: int
    """MIDI."""
    nats: float
    """-ln of its probability, all before it known."""
    instead: Sequence[Choice]
    """What else was likely, the likeliest first."""

    @property
    def expected(self) -> bool:
        """Whether it needs no reason: it is likely, or nothing is likelier."""
        p = float(np.exp(-self.nats))
        return p >= EXPECTED or not self.instead or p >= self.instead[0][1]


def least_expected(notes: Sequence[Odd]) -> list[Odd]:
    """The notes that a bar's reason names; none where every note is expected."""
    return [note for note in sorted(notes, key=lambda note: -note.nats) if not note.expected][:N_NAMED]


def why_of_bar(score: Score, notes: Sequence[Odd], *, nats_per_note: float, rhythm: float) -> str:
    """The reason for a bar's figure.

    Args:
        score: of which it is a bar.
        notes: those that begin in it.
        nats_per_note: the figure.
        rhythm: share of it that is not of pitches.
    """
    if not notes:
        return ""
    odd = least_expected(notes)
    if not odd:
        first = max(notes, key=lambda note: note.nats)
        said = f"It expected every note here, {_called(score, first)} least ({seldom(first.nats)})."
    else:
        said = " ".join(
            f"{lead} {_told(score, note)}." for lead, note in zip(("Least expected:", "Then"), odd, strict=False)
        )
    if rhythm >= RHYTHMIC and nats_per_note >= SURPRISING:
        return f"Most of it is for the rhythm: when notes begin and how long they last. {said}"
    return said


def _told(score: Score, note: Odd) -> str:
    """As "the soprano's F#5 on beat 2 (1 in 2,000), where it expected G5 (61 %)"."""
    likely = [choice for choice in note.instead if choice[1] >= LIKELY][:N_NAMED] or note.instead[:1]
    words = " or ".join(f"{_choice(score, note, pitch)} ({share(p)})" for pitch, p in likely)
    return f"{_called(score, note)} ({seldom(note.nats)}), where it expected {words}"


def _called(score: Score, note: Odd) -> str:
    return f"{in_a_sentence(note.who)}'s {named(score, note.pitch, note.tick)} on {beat_of(score, note.tick)}"


def _choice(score: Score, note: Odd, pitch: int) -> str:
    words = {HELD: "the note before to go on", RESTS: "a rest", NO_NOTE: "no note there"}
    return words.get(pitch) or named(score, pitch, note.tick)


def named(score: Score, pitch: int, tick: int) -> str:
    """A pitch as it is written at a tick, or would be in the key there."""
    here = score.notes[(score.notes["onset"] == tick) & (score.notes["pitch"] == pitch)]
    if len(here) and here["fifths"][0] != UNSPELLED and (written := note_name(pitch, int(here["fifths"][0]))):
        return written
    key = score.key_at(tick)
    flattest = (key.fifths if key is not None else 0) - FLATTEST
    return note_name(pitch, flattest + (7 * pitch - flattest) % 12)


def beat_of(score: Score, tick: int) -> str:
    """As "beat 2½"."""
    _, beat = score.bar_and_beat(tick)
    whole, rest = divmod(beat, 1)
    return f"beat {whole}{_fraction(rest)}"


def _fraction(rest: Fraction) -> str:
    if not rest:
        return ""
    return HALVES.get((rest.numerator, rest.denominator), f" {rest}")


def share(p: float) -> str:
    """A probability as a share."""
    return f"{100 * p:.0f} %" if p >= 0.01 else "under 1 %"


def seldom(nats: float) -> str:
    """How seldom the network would write it: as a share, or as a round number, "1 in 20", "1 in 5,000"."""
    p = float(np.exp(-min(nats, 20.0)))
    if p >= 0.05:
        return share(p)
    digits = 10 ** int(np.floor(np.log10(1 / p)))
    return f"1 in {round(1 / p / digits) * digits:,}"
