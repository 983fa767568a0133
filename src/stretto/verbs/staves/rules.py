"""The guard rails of music on staves, and the words by which a user changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stretto.errors import RequestError
from stretto.verbs.rules import check_one_of, pitch_range
from stretto.verbs.staves.ensemble import Ensemble


@dataclass(frozen=True, kw_only=True)
class StaffRules:
    """Each can be switched off, or on; see `forbid` and `allow` of the commands."""

    ranges: tuple[tuple[int, int], ...] = ()
    """MIDI pitches of each staff; empty = those of the ensemble."""
    max_polyphony: int = 0
    """Notes that may sound together; 0 = any number."""
    reach: bool = True
    """A hand does not hold and strike what lies further apart than a tenth; a bow two strings at most."""
    close: bool = True
    """The last chord is the tonic triad over its root, with a third, and nothing moves after it."""
    grid: bool = True
    """Notes begin on 32nds or on sixteenths of a triplet, and soon on sixteenths again."""
    parallels: bool = False
    """Forbid fifths and octaves of the outer voices, one after the other."""
    crossing: bool = False
    """Forbid that a hand, or a player, goes above the one that is written over it."""
    leaps: bool = False
    """Forbid that the outer line of a staff moves by a tritone, a seventh, or more than an octave."""
    chromatic: bool = False
    """Forbid notes that are not in the key; in minor the raised sixth and seventh are."""
    repeats: bool = False
    """Forbid that the outer line of a staff strikes the same pitch again."""


WORDS = {
    "parallels": "parallels", "crossing": "crossing", "leaps": "leaps", "chromatic": "chromatic", "repeats": "repeats",
    "bad-close": "close", "reach": "reach",
}  # fmt: skip
"""What can be forbidden or allowed, by the user's word -> field of `StaffRules`; `reach` is what lies beyond it."""


def staff_rules(
    ensemble: Ensemble,
    *,
    forbid: Sequence[str] = (),
    allow: Sequence[str] = (),
    ranges: Sequence[str] = (),
    max_polyphony: int | None = None,
    base: StaffRules | None = None,
) -> StaffRules:
    """The guard rails of an ensemble with the user's own.

    Args:
        ensemble: who plays.
        forbid: words of WORDS that are forbidden beside the usual ones.
        allow: words that are not.
        ranges: as "viola=48-80", lowest and highest MIDI pitch of a staff.
        max_polyphony: notes that may sound together; None = any number.
        base: what they are changed from; None = the usual ones.

    Raises:
        RequestError: an unknown word, or a range or a number that is none.
    """
    rules = base or StaffRules()
    check_one_of(forbid, allow)
    for words, forbidden in ((forbid, True), (allow, False)):
        for word in words:
            if word not in WORDS:
                raise RequestError(
                    f"{word!r} cannot be forbidden or allowed for {ensemble.name}; there are {', '.join(WORDS)}"
                )
            changes: dict[str, Any] = {WORDS[word]: forbidden}
            rules = replace(rules, **changes)
    limits = list(rules.ranges or ensemble.ranges)
    for text in ranges:
        name, low, high = pitch_range(text, example=ensemble.staves[-1])
        limits[ensemble.staff_called(name)] = (low, high)
    if max_polyphony is not None and not 1 <= max_polyphony <= MAX_POLYPHONY:
        raise RequestError(f"--max-polyphony {max_polyphony}: possible are 1 to {MAX_POLYPHONY} notes together")
    return replace(rules, ranges=tuple(limits), max_polyphony=max_polyphony or rules.max_polyphony)


MAX_POLYPHONY = 40


def polyphony_alone(ensemble: Ensemble, max_polyphony: int) -> StaffRules:
    """Rails of which only the number of notes that may sound together is left.

    Raises:
        RequestError: that number cannot be.
    """
    free = StaffRules(ranges=tuple(ensemble.weights().shape.ranges), reach=False, close=False, grid=False)
    return staff_rules(ensemble, max_polyphony=max_polyphony, base=free)
