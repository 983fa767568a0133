"""Names for notes: F sharp or G flat, decided from pitch alone by key, harmony and melody.

Every pitch class has a few names on the line of fifths. A name costs what it is unusual in
the key, and what intervals it makes: with the notes that sound with it, with the next
and the last note of its line, and with the music around it. All notes are decided
together: each starts undecided between its names and leans, round by round, towards what the names
of its neighbours, as far as they are decided, make cheap.
"""

# Shapes: N notes, C names of a note, E pairs of notes.

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import UNSPELLED, Notes, Score
from stretto.theory.key import Tonality, estimate_key

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_NAMES = 3
"""Names considered for each note: the nearest to the key on the line of fifths."""

CENTRE = {"major": 2.4, "minor": 3.2}
"""Middle of a key's names, in fifths above its signature: D in C major, and sharper in minor for its raised degrees."""

FLATTEST = {"major": -3, "minor": -2}
"""The flattest of the twelve usual names, in fifths above the signature: E flat in C major, B flat in A minor.
The others go up to the eleventh above: G sharp in C major, D sharp in A minor."""

OUTSIDE = 0.5
"""Cost, in nats, of a first step outside the twelve usual names of a key; each further step costs STEP_OUTSIDE."""
STEP_OUTSIDE = 0.3

UNRAISED = 2.0
"""Cost, in nats, of a minor key's leading tone under the name of a lowered tonic: A flat for G sharp in A minor."""

HARMONY = (0, 0, 0, 0, 0, 0, 0, 2.0, 2.0, 0.6, 0.45, 3.0, 3.0)
"""Cost of two notes that sound together, by their distance on the line of fifths: 6 = tritone, 7 = augmented
unison, 8 = augmented fifth, 9 = diminished seventh, 10 = augmented sixth, 11 = doubly augmented. So a third is
spelled as a third of its chord: G sharp with E and B, where A flat would be an eighth and a ninth from them."""

MELODY = (0, 0, 0, 0, 0, 0, 0.1, 2.0, 1.0, 0.9, 1.6, 3.0, 3.0)
"""The same for two notes in a row of one line: 5 = minor second, 7 = chromatic semitone, 10 = diminished third."""

AROUND = 0.45
"""Cost of each fifth of distance from the centre of the music around, beyond a key's own width."""
AROUND_TICKS = 64

N_ROUNDS = 8


def respell(score: Score, *, key: Tonality | None = None) -> Score:
    """The same score with every note named anew.

    Args:
        key: of the whole piece; None = estimated. Where the signature changes, its names move with it.
    """
    if not len(score.notes):
        return score
    notes = score.notes.copy()
    notes["fifths"] = spell(score, key=key)
    return score.evolve(notes=notes)


def spell_unspelled(score: Score, *, key: Tonality | None = None) -> Score:
    """The same score with a name for every note that had none; the names that are given decide the others with it."""
    bare = unnamed(score)
    if not bare.any():
        return score
    notes = score.notes.copy()
    named = ~bare & (notes["fifths"] != UNSPELLED)
    notes["fifths"] = np.where(bare, spell(score, key=key, given_N=named), notes["fifths"])
    return score.evolve(notes=notes)


def unnamed(score: Score) -> NDArray[np.bool_]:
    """Notes that should have a name and have none, (N,); drums need none."""
    drums = [i for i, part in enumerate(score.parts) if part.percussion]
    bare: NDArray[np.bool_] = (score.notes["fifths"] == UNSPELLED) & ~np.isin(score.notes["part"], drums)
    return bare


def spell(score: Score, *, key: Tonality | None = None, given_N: NDArray[np.bool_] | None = None) -> NDArray[np.int8]:
    """Places of all notes on the line of fifths, (N,).

    Args:
        score: the notes.
        key: of the whole piece; None = estimated.
        given_N: notes that keep the names they have, (N,); None = none of them.
    """
    key = estimate_key(score) if key is None else key
    signature = _signatures(score, key)
    choice = _Choice.of(score.notes["pitch"].astype(np.int64), signature, key.mode)
    if given_N is not None:
        choice.name[given_N] = score.notes["fifths"][given_N, None]
    pairs = [
        _Pairs.of(choice, _together(score.notes), np.array(HARMONY)),
        _Pairs.of(choice, _in_line(score.notes), np.array(MELODY)),
    ]
    around = _Around.of(choice, score.notes)
    lean = _softmin(choice.cost)
    for _ in range(N_ROUNDS):
        cost = choice.cost + around.cost(lean)
        for pair in pairs:
            cost += pair.cost(lean)
        lean = _softmin(cost)
    best: NDArray[np.int8] = choice.name[np.arange(len(lean)), lean.argmax(axis=1)].astype(np.int8)
    return best


def _signatures(score: Score, key: Tonality) -> Ints:
    """Signature of the key in force at each note, (N,): that of `key`, moved where the score's own changes."""
    out = np.full(len(score.notes), key.fifths, np.int64)
    whole = [k for k in score.keys if k.part == -1]
    for change in whole[1:]:
        out[score.notes["onset"] >= change.tick] = key.fifths + change.fifths - whole[0].fifths
    return out


@dataclass(frozen=True, eq=False)
class _Choice:
    """The names each note can have."""

    name: Ints
    """Places on the line of fifths, (N, C)."""
    cost: Floats
    """In nats, from the key alone, (N, C)."""

    @classmethod
    def of(cls, pitch_N: Ints, signature_N: Ints, mode: str) -> _Choice:
        """The nearest names to each note's key."""
        # A pitch class on the line of fifths is pitch * 7, give or take twelve.
        centre = np.round(signature_N + CENTRE[mode]).astype(np.int64)
        nearest = (pitch_N * 7 - centre + 6) % 12 - 6 + centre
        name = nearest[:, None] + 12 * (np.arange(N_NAMES) - N_NAMES // 2)
        away = name - signature_N[:, None]
        flattest = FLATTEST[mode]
        outside = np.maximum(np.maximum(flattest - away, away - flattest - 11), 0)
        chromatic = np.maximum(np.maximum(-1 - away, away - 5), 0)
        unraised = UNRAISED * ((away == -4) & (mode == "minor"))
        return cls(name, np.where(outside > 0, OUTSIDE + STEP_OUTSIDE * outside, 0.0) + 0.1 * chromatic + unraised)


def _softmin(cost_NC: Floats) -> Floats:
    """How far each note leans towards each of its names, (N, C), rows sum to 1."""
    weight = np.exp(cost_NC.min(axis=1, keepdims=True) - cost_NC)
    lean: Floats = weight / weight.sum(axis=1, keepdims=True)
    return lean


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of notes whose interval costs something."""

    first: Ints
    """Index of the note, (E,)."""
    second: Ints
    apart: Floats
    """Cost of each name of the one beside each of the other, (E, C, C)."""
    cell: Ints
    """Where the costs of the first notes' names are added, then those of the second ones'; flat, (2 E C,)."""

    @classmethod
    def of(cls, choice: _Choice, pairs_2E: Ints, table: Floats) -> _Pairs:
        """With the costs of `table`, by distance on the line of fifths."""
        first, second = pairs_2E
        apart = np.abs(choice.name[first][:, :, None] - choice.name[second][:, None, :])
        cell = pairs_2E[:, :, None] * N_NAMES + np.arange(N_NAMES)
        return cls(first, second, table[np.minimum(apart, len(table) - 1)], cell.ravel())

    def cost(self, lean: Floats) -> Floats:
        """What is to be expected of each name, (N, C), if the others lean so."""
        of_first = np.einsum("eij,ej->ei", self.apart, lean[self.second])
        of_second = np.einsum("eij,ei->ej", self.apart, lean[self.first])
        both = np.concatenate([of_first, of_second])
        cost: Floats = np.bincount(self.cell, both.ravel(), minlength=lean.size).astype(np.float64, copy=False)
        return cost.reshape(lean.shape)


@dataclass(frozen=True, eq=False)
class _Around:
    """The music around each note."""

    choice: _Choice
    duration: Ints
    first: Ints
    """Of the notes around, (N,)."""
    last: Ints
    """One beyond the last of them."""
    weight: Floats
    """How long they sound in all, a tick at least, (N,)."""

    @classmethod
    def of(cls, choice: _Choice, notes: Notes) -> _Around:
        """All that begins up to AROUND_TICKS before or after."""
        onset = notes["onset"]
        weight = np.concatenate([[0.0], np.cumsum(notes["duration"].astype(np.float64))])
        first = np.searchsorted(onset, onset - AROUND_TICKS, side="left")
        last = np.searchsorted(onset, onset + AROUND_TICKS, side="right")
        return cls(choice, notes["duration"], first, last, np.maximum(weight[last] - weight[first], 1))

    def cost(self, lean: Floats) -> Floats:
        """Cost of names far from the centre of the music around, (N, C)."""
        expected = (self.choice.name * lean).sum(axis=1) * self.duration
        total = np.concatenate([[0.0], np.cumsum(expected)])
        centre = (total[self.last] - total[self.first]) / self.weight
        cost: Floats = AROUND * np.maximum(np.abs(self.choice.name - centre[:, None]) - 3, 0)
        return cost


def _together(notes: Notes) -> Ints:
    """Pairs of notes that sound together, the later one with all that still sound, (2, E)."""
    pairs: list[tuple[int, int]] = []
    sounding: list[tuple[int, int]] = []
    ends = (notes["onset"] + np.maximum(notes["duration"], 1)).tolist()
    for index, onset in enumerate(notes["onset"].tolist()):
        sounding = [(end, other) for end, other in sounding if end > onset]
        pairs += [(other, index) for _, other in sounding]
        sounding.append((ends[index], index))
    return np.array(pairs, np.int64).reshape(-1, 2).T


def _in_line(notes: Notes) -> Ints:
    """Pairs of notes in a row of one voice, (2, E); of a chord, each with the nearest note of the next."""
    pairs: list[tuple[int, int]] = []
    chords: dict[tuple[int, int, int], list[list[int]]] = {}
    columns = (notes["part"].tolist(), notes["staff"].tolist(), notes["voice"].tolist(), notes["onset"].tolist())
    for index, (part, staff, voice, onset) in enumerate(zip(*columns, strict=True)):
        line = chords.setdefault((part, staff, voice), [])
        if line and columns[3][line[-1][0]] == onset:
            line[-1].append(index)
        else:
            line.append([index])
    pitch = notes["pitch"].tolist()
    for line in chords.values():
        for now, then in pairwise(line):
            pairs += [(min(now, key=lambda i: abs(pitch[i] - pitch[j])), j) for j in then]
    return np.array(pairs, np.int64).reshape(-1, 2).T
