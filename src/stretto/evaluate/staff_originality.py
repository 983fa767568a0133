"""Does a keyboard piece or a quartet copy? What it shares with the music that its network learned from, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stretto.errors import ModelError
from stretto.evaluate.staff_index import LAYERS, SHORTEST, StaffIndex, VerbatimPassage, unpack
from stretto.evaluate.staff_work import STAVES, StaffWork, work_of_score
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.score.model import Score
from stretto.theory.at_strings import seats_of

REAL = {"keyboard": (0.4, 4.5), "quartet": (0.7, 0.7)}
"""Of a hundred held-out works how many share SHORTEST bars in their first 32: in all notes, in the top line
(scripts/staff_index.py)."""


NAMES = {"keyboard": "keyboard pieces", "quartet": "movements of quartets"}

N_TOLD = 3
"""Passages that are told in words."""


@dataclass(frozen=True, kw_only=True)
class StaffOriginality:
    """What a piece shares."""

    repertoire: str
    passages: tuple[VerbatimPassage, ...]
    """The longest first, those in all notes before those of the top line alone."""

    @property
    def copies(self) -> bool:
        """It shares what real works hardly ever share."""
        return bool(self.passages)

    def real_below(self, passage: VerbatimPassage) -> float:
        """Share of real works, unknown to the network, that have no such bars in common with what it learned from."""
        return 1 - REAL[self.repertoire][passage.melody] / 100

    @property
    def learned_from(self) -> str:
        """The music that is searched: "the 287 movements of quartets that the quartet network learned from"."""
        n = len(shipped_index(self.repertoire).pieces)
        return f"the {n:,} {NAMES[self.repertoire]} that the {self.repertoire} network learned from"

    def sentences(self) -> list[str]:
        """A line for each passage, or one that says that there is none."""
        whose = self.learned_from
        if not self.passages:
            return [f"No {SHORTEST} bars of it, and not even their top line, are those of one of {whose}."]
        return [f"Of {whose}: {passage}." for passage in self.passages[:N_TOLD]]

    def as_json(self) -> list[dict[str, Any]]:
        """For a program."""
        return [
            {
                "melody": p.melody, "bars": p.bars, "start": p.start, "end": p.end, "title": p.piece.title,
                "composer": p.piece.composer, "first": p.first,
            }
            for p in self.passages
        ]  # fmt: skip


def knows(repertoire: str) -> bool:
    """There is an index of the music that the network of a repertoire learned from."""
    return repertoire in REAL


@cache
def shipped_index(repertoire: str) -> StaffIndex:
    """The index of "keyboard" or "quartet".

    Raises:
        ModelError: the file is not there, or damaged.
    """
    name = f"bars_{repertoire}.bin"
    try:
        data = files("stretto.evaluate").joinpath("data", name).read_bytes()
    except OSError as cause:
        raise ModelError(
            f"{name}: the index of training music is not there ({cause}); install Stretto again"
        ) from cause
    return unpack(data, name)


def staff_originality(music: StaffMusic, plan: Plan, repertoire: str) -> StaffOriginality:
    """Copies of SHORTEST bars and more.

    Args:
        music: a piece, or its beginning.
        plan: its bars.
        repertoire: "keyboard" or "quartet".
    """
    work = StaffWork(name="", music=music, plan=plan)
    index = shipped_index(repertoire)
    found = [passage for melody in LAYERS for passage in index.passages(work, melody=melody)]
    return StaffOriginality(repertoire=repertoire, passages=tuple(sorted(found, key=lambda p: (p.melody, -p.bars))))


def repertoire_of(score: Score) -> str:
    """ "keyboard", "quartet", or "" for what is written for neither."""
    staves = [0 if part.percussion else part.n_staves for part in score.parts]
    if 0 not in staves and sum(staves) == STAVES["keyboard"]:
        return "keyboard"
    strings = staves == [1] * STAVES["quartet"] and seats_of(score, range(len(staves))) is not None
    return "quartet" if strings else ""


def originality_of_staves(score: Score) -> StaffOriginality | None:
    """What a score shares; None = it is for neither keyboard nor quartet."""
    repertoire = repertoire_of(score)
    if not repertoire:
        return None
    work = work_of_score(score, name="score")
    return staff_originality(work.music, work.plan, repertoire)


def usual(repertoire: str) -> str:
    """What is usual among real works, in a clause."""
    whole, tune = REAL[repertoire]
    return (
        f"of real works unknown to the network {100 - whole:g} % share no {SHORTEST} bars with what it learned from, "
        f"{100 - tune:g} % not even the top line of so many"
    )
