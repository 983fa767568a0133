"""The longest run of equal tokens that a sequence shares with many others, found by hash.

A token stands for whatever is to be equal from one moment to the next: how four voices move, or one melody.
"""

# Shapes: N tokens of all known sequences, M of the asked one, K pairs of places.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

LENGTHS = (32, 16, 8, 4, 2, 1)
"""Tokens of the runs that are looked up, longest first; what is found is followed as far as it goes."""

MOST_PAIRS = 1 << 20
"""Pairs of places that are followed at once, so that a drone against a drone needs no gigabytes."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that it has an inverse modulo 2**64."""
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))


@dataclass(frozen=True, slots=True)
class Run:
    """A shared run."""

    length: int
    """Tokens."""
    here: int
    """First token of it, in the sequence that was asked."""
    there: int
    """First token of it, in the known ones."""


class Tokens:
    """A sequence, with a hash for each of its stretches."""

    def __init__(self, value_N: Hashes, broken_N: NDArray[np.bool_], *, known: bool) -> None:
        """Hash all prefixes.

        Args:
            value_N: equal where tokens are equal.
            broken_N: tokens that equal no other, as where another piece begins.
            known: the sequence is one to compare with, not one to ask.
        """
        place = np.arange(len(value_N), dtype=np.uint64) * np.uint64(2) + np.uint64(known)
        self.value_N = np.where(broken_N, mixed(~place), value_N)
        self._broken = np.concatenate([[0], np.cumsum(broken_N)])
        power = np.full(len(value_N) + 1, _BASE)
        back = np.full(len(value_N) + 1, _INVERSE)
        power[0] = back[0] = 1
        self._back = np.multiply.accumulate(back)
        scaled = self.value_N * np.multiply.accumulate(power)[:-1]
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.add.accumulate(scaled)])

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.value_N)

    def hashes(self, length: int) -> Hashes:
        """Of every stretch of `length` tokens, in order."""
        n = max(0, len(self) - length + 1)
        return mixed((self._sums[length : length + n] - self._sums[:n]) * self._back[:n])

    def whole(self, length: int) -> NDArray[np.bool_]:
        """Which stretches of `length` tokens hold none that equals no other."""
        n = max(0, len(self) - length + 1)
        unbroken: NDArray[np.bool_] = self._broken[length : length + n] == self._broken[:n]
        return unbroken

    def stretch(self, first_K: Ints, length: int | Ints) -> Hashes:
        """Of the stretches of `length` tokens that begin at `first_K`, all inside."""
        hashes: Hashes = (self._sums[first_K + length] - self._sums[first_K]) * self._back[first_K]
        return hashes


class Runs:
    """Known sequences, ready for questions."""

    def __init__(self, known: Tokens) -> None:
        """Sort nothing yet: a length is sorted when it is first asked for."""
        self.known = known
        self._place = np.uint64((1 << max(1, len(known).bit_length())) - 1)
        self._keys: dict[int, Hashes] = {}

    def longest(self, asked: Tokens, *, over: int = 0) -> Run | None:
        """The longest run that both have.

        Args:
            asked: the other sequence.
            over: a run must be longer than this to count; less is looked up, the more it is.
        """
        for length in LENGTHS:
            best: Run | None = None
            for here_K, there_K in self._pairs(asked, length):
                found_K = length + self._further(asked, here_K + length, there_K + length)
                k = int(found_K.argmax())
                if found_K[k] > (best.length if best else over):
                    best = Run(int(found_K[k]), int(here_K[k]), int(there_K[k]))
            if best or length <= over + 1:
                return best
        return None

    def every(self, asked: Tokens, least: int) -> list[Run]:
        """Runs of `least` tokens or more that cannot begin earlier: of each place here the longest, in their order."""
        best: dict[int, Run] = {}
        for here_K, there_K in self._pairs(asked, least):
            found_K = least + self._further(asked, here_K + least, there_K + least)
            order = np.argsort(-found_K, kind="stable")
            for k in order[np.unique(here_K[order], return_index=True)[1]].tolist():
                run = Run(int(found_K[k]), int(here_K[k]), int(there_K[k]))
                if run.here not in best or run.length > best[run.here].length:
                    best[run.here] = run
        return [best[here] for here in sorted(best)]

    def seeds(self, asked: Tokens, length: int, most: int) -> tuple[Ints, Ints]:
        """Places (K,), here and there, of runs of `length`, those that are rarest there first, about `most` at most."""
        here, first, count = self._found(asked, length)
        order = np.argsort(count, kind="stable")
        kept = order[np.cumsum(count[order]) <= most]
        return self._spread(here[kept], first[kept], count[kept], length)

    def _pairs(self, asked: Tokens, length: int) -> list[tuple[Ints, Ints]]:
        """Places of runs of `length` that begin no earlier, in bundles."""
        here, first, count = self._found(asked, length)
        bundles = []
        bundle = np.cumsum(count) // MOST_PAIRS
        for number in np.unique(bundle).tolist():
            own = bundle == number
            here_K, there_K = self._spread(here[own], first[own], count[own], length)
            before = (here_K > 0) & (there_K > 0)
            earlier = asked.value_N[here_K - 1] == self.known.value_N[there_K - 1]
            kept = ~(before & earlier)
            if kept.any():
                bundles.append((here_K[kept], there_K[kept]))
        return bundles

    def _found(self, asked: Tokens, length: int) -> tuple[Ints, Ints, Ints]:
        """Places here whose run is known; where in the sorted keys it stands first, and how often."""
        keys = self._sorted(length)
        mine = asked.hashes(length)
        first = np.searchsorted(keys, mine & ~self._place)
        count = np.searchsorted(keys, mine | self._place, side="right") - first
        here = np.flatnonzero(count)
        return here, first[here], count[here]

    def _spread(self, here: Ints, first: Ints, count: Ints, length: int) -> tuple[Ints, Ints]:
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        there = (self._sorted(length)[np.repeat(first, count) + within] & self._place).astype(np.int64)
        return np.repeat(here, count), there

    def _sorted(self, length: int) -> Hashes:
        """The upper bits of all hashes, each with its place in the lower ones: one sort of plain numbers."""
        if length not in self._keys:
            hashes = self.known.hashes(length)
            self._keys[length] = np.sort((hashes & ~self._place) | np.arange(len(hashes), dtype=np.uint64))
        return self._keys[length]

    def _further(self, asked: Tokens, here_K: Ints, there_K: Ints) -> Ints:
        """How many tokens agree from here and there on, found bit by bit, the highest first."""
        further = np.zeros(len(here_K), np.int64)
        left_K = np.minimum(len(asked) - here_K, len(self.known) - there_K)
        step = 1 << max(0, int(left_K.max(initial=0)).bit_length() - 1) if len(left_K) else 0
        while step:
            k = np.flatnonzero(further + step <= left_K)
            here, there = here_K[k] + further[k], there_K[k] + further[k]
            further[k] += step * (asked.stretch(here, step) == self.known.stretch(there, step))
            step //= 2
        return further


def mixed(values: Hashes) -> Hashes:
    """Well-spread 64-bit hashes (the finalizer of SplitMix64, Steele et al. 2014)."""
    x = values.astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = x ^ (x >> np.uint64(31))
    return mixed
