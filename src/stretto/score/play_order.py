"""The order in which bars are played: repeats, endings, da capo, dal segno, fine and coda."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stretto.errors import ScoreError
from stretto.score.model import Bar, Score

MAX_BARS = 20_000
"""No piece is that long; a damaged file may ask for a repeat a million times."""

_CLOSING = ("double", "final", "heavy")
"""Barlines beside which a "Fine" or a "D.C." stands."""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Where the signs of navigation send the player, by index of the bar."""

    jumps: dict[int, int]
    """Bar after whose end one goes back -> bar to go back to: da capo and dal segno."""
    fines: frozenset[int]
    """Bars after which the piece ends, once one has gone back."""
    leaps: dict[int, int]
    """Bar after whose end one leaps, once one has gone back -> bar of the coda."""
    lost: int
    """Signs that lead nowhere: a dal segno without a segno."""


def play_order(score: Score) -> tuple[list[int], int]:
    """Indices of the written bars in the order in which they are played.

    After a da capo or dal segno repeats are not taken again, and of endings the last one is played.

    Returns:
        The indices, and how many signs lead nowhere and were passed over.

    Raises:
        ScoreError: the piece would be longer than `MAX_BARS` bars.
    """
    signs = read_signs(score)
    player = _Player(score.bars, signs)
    while player.at < len(score.bars):
        player.step()
        if len(player.order) > MAX_BARS:
            bar = score.bars[player.order[-1]]
            raise ScoreError(f"bar {bar.number}: with its repeats the piece has over {MAX_BARS} bars; mend its repeats")
    return player.order, signs.lost


class _Player:
    """Reads bar after bar as a musician does."""

    def __init__(self, bars: tuple[Bar, ...], signs: Signs) -> None:
        self.bars, self.signs = bars, signs
        self.at = 0
        self.start, self.turn = 0, 1  # where the repeated section begins, and the how-manieth time it is played
        self.went_back = False
        self.order: list[int] = []

    def step(self) -> None:
        """Play or skip one bar, and go where it sends."""
        here, bar = self.at, self.bars[self.at]
        if bar.repeat_start and here != self.start:
            self.start, self.turn = here, 1
        if bar.ending and not self._is_its_turn(here):
            self.at = here + 1
            return
        self.order.append(here)
        if bar.repeat_end and not self.went_back and self.turn < self._n_turns(here):
            self.turn += 1
            self.at = self.start
            return
        self._leave(here)

    def _leave(self, here: int) -> None:
        last_of_endings = self.bars[here].ending and not self._has_ending(here + 1)
        if last_of_endings or (self.bars[here].repeat_end and not self.bars[here].ending):
            self.start, self.turn = here + 1, 1
        if self.went_back and here in self.signs.fines:
            self.at = len(self.bars)
        elif self.went_back and here in self.signs.leaps:
            self.at = self.signs.leaps[here]
        elif not self.went_back and here in self.signs.jumps:
            self.went_back = True
            self.at = self.start = self.signs.jumps[here]
        else:
            self.at = here + 1

    def _is_its_turn(self, here: int) -> bool:
        group = self._group(here)
        if not any(bar.repeat_end for bar in group):  # brackets without a repeat: played as they stand
            return True
        turn = max(_numbers(group)) if self.went_back else self.turn
        return turn in ending_numbers(self.bars[here].ending)

    def _n_turns(self, here: int) -> int:
        """How often the section that ends with bar `here` is played in all."""
        turns = self.bars[here].repeat_end
        return max(turns, *_numbers(self._group(here))) if self.bars[here].ending else turns

    def _group(self, here: int) -> tuple[Bar, ...]:
        """Bars of all endings that stand side by side with the one of bar `here`."""
        first = last = here
        while first > 0 and self.bars[first - 1].ending and not self.bars[first].repeat_start:
            first -= 1
        while self._has_ending(last + 1) and not self.bars[last + 1].repeat_start:
            last += 1
        return self.bars[first : last + 1]

    def _has_ending(self, index: int) -> bool:
        return index < len(self.bars) and bool(self.bars[index].ending)


def _numbers(group: Iterable[Bar]) -> set[int]:
    return set().union(*(ending_numbers(bar.ending) for bar in group))


def ending_numbers(text: str) -> set[int]:
    """Times at which an ending is played.

    >>> sorted(ending_numbers("1, 2")), sorted(ending_numbers("1-3")), sorted(ending_numbers("2."))
    ([1, 2], [1, 2, 3], [2])
    """
    found: set[int] = set()
    for first, last in re.findall(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?", text):
        found.update(range(int(first), int(last or first) + 1))
    return found or {1}


def read_signs(score: Score) -> Signs:
    """Where the signs of navigation stand, and where they lead."""
    places: dict[str, list[int]] = {}
    for mark in score.marks:
        if mark.kind == "navigation":
            place = score.bar_index(mark.tick) if mark.text in ("segno", "coda") else closing_bar(score, mark.tick)
            if place not in places.setdefault(mark.text, []):  # every part may carry the same sign
                places[mark.text].append(place)
    jumps = dict.fromkeys(places.get("da capo", ()), 0)
    segnos, codas = sorted(places.get("segno", ())), sorted(places.get("coda", ()))
    lost = 0
    for place in places.get("dal segno", ()):
        before = [segno for segno in segnos if segno <= place]
        if before:
            jumps[place] = before[-1]
        lost += not before
    leaps = {}
    for place in places.get("to coda", ()):
        after = [coda for coda in codas if coda > place]
        if after:
            leaps[place] = after[0]
        lost += not after
    return Signs(jumps=jumps, fines=frozenset(places.get("fine", ())), leaps=leaps, lost=lost)


def closing_bar(score: Score, tick: int) -> int:
    """The bar after whose end a "Fine", "D.C." or "To Coda" at `tick` is obeyed.

    On a barline it may be meant for the bar before, where it is usually printed, or hang on the
    first note of the bar after: the barline that closes something decides, else the bar before.
    """
    index = score.bar_index(tick)
    if index == 0 or score.bars[index].tick != tick or tick >= score.end:
        return index
    before, after = score.bars[index - 1], score.bars[index]
    return index if _closes(after) and not _closes(before) else index - 1


def _closes(bar: Bar) -> bool:
    # The repeat sign of an ending closes nothing: a "Fine" before it belongs to what all endings share.
    return bool(bar.repeat_end and not bar.ending) or any(word in bar.barline for word in _CLOSING)
