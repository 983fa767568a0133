"""Where phrases lead: the chord and the cadence on which each ends, read from the notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stretto.corpus.piece import Piece
from stretto.evaluate.phrase_close import cadence_of
from stretto.frames.plan import goal_code
from stretto.theory.cadence import KINDS, Cadence
from stretto.theory.key import Tonality


def with_goals(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces whose key and phrases are known, with the goals of those phrases; the others as they are."""
    return [_with_goals(piece) if piece.plan.phrase_ends and piece.plan.mode else piece for piece in pieces]


def tonality(piece: Piece) -> Tonality:
    """The key of a piece that says it, spelled anyhow."""
    return Tonality(piece.plan.tonic * 7 % 12, piece.plan.mode)


def goal_of(cadence: Cadence, tonic: int) -> int:
    """The last chord as the field "goal" has it; 0 where it is no chord."""
    chord = cadence.chord
    return 0 if chord is None else goal_code((chord.root - tonic) % 12, minor=not chord.major_third)


def _with_goals(piece: Piece) -> Piece:
    key = tonality(piece)
    found = [cadence_of(piece.frames, tick, key) for tick in piece.plan.phrase_ends or ()]
    goals = tuple(goal_of(cadence, piece.plan.tonic) for cadence in found)
    closes = tuple(1 + KINDS.index(cadence.kind) for cadence in found)
    return replace(piece, plan=replace(piece.plan, goals=goals, closes=closes))
