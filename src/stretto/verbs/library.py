"""The verbs as a program calls them: a file or a Score in, every wish a keyword, as the commands have options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, TypedDict, Unpack

from stretto.errors import RequestError
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.key import parse_key
from stretto.theory.understand import understand
from stretto.verbs import gaps
from stretto.verbs.hearing import Hearing
from stretto.verbs.rework import Manner, Reworked
from stretto.verbs.rules import Rules
from stretto.verbs.staves.rework import StaffManner
from stretto.verbs.staves.rules import StaffRules
from stretto.verbs.wishes import Verbs, checked_before, manner_for, names_in, players_of, verbs_of

Source = str | Path | Score
"""A document: its file, or a Score, understood or not: what is understood stays as it is."""


class How(TypedDict, total=False):
    """What can be said to all four: the fields of `Hearing`, those of `Manner`, and the guard rails in words.

    Names may stand in one string, as "soprano,bass".
    """

    hearing: Hearing | None
    """All that the next four say, in one; those that are said as well go before it."""
    voices: Sequence[str]
    take: Sequence[str | int]
    key: str | None
    octaves: int
    manner: Manner | StaffManner | None
    """All that the next ones say, likewise."""
    ensemble: str | None
    """Who is to play: "choir", "keyboard" or "quartet"; None = by the style or the document."""
    style: str | None
    seed: int | None
    temperature: float
    top_p: float
    candidates: int | None
    rules: Rules | StaffRules | None
    chords: str | None
    guard: bool
    weights: str | Path | None
    progress: Callable[[float], None]
    forbid: Sequence[str]
    """As `verbs.rules.rules_of`; so are the next two."""
    allow: Sequence[str]
    ranges: Sequence[str]
    max_polyphony: int | None
    """Notes that may sound together; not for the choir. The next likewise."""
    density: str | float | None


def harmonize(source: Source, *, keep: Sequence[str] = (), **how: Unpack[How]) -> Reworked:
    """Write the voices that a document lacks.

    Args:
        source: a melody, a bass, or up to three voices.
        keep: voices that stay, if not all are to; the others are written anew.
        how: fields of `Hearing` and of `Manner`, and guard rails as words; see `How`.

    Returns:
        The document with its new voices; its report begins with what the document did not say and was understood.

    Raises:
        TypeError: a keyword that there is not.
        ScoreReadError: the file cannot be read.
        RequestError: the document does not fit, or the wish cannot be met.
    """
    return _done(harmonize, lambda verbs: partial(verbs.harmonize, keep=names_in(keep)), source, how)


def continue_(source: Source, bars: int = 8, **how: Unpack[How]) -> Reworked:
    """Go on where a document ends.

    Args:
        source: the opening.
        bars: how many more; the last closes the piece.
        how: fields of `Hearing` and of `Manner`, and guard rails as words; see `How`.

    Returns, Raises: as `harmonize`.
    """
    return _done(continue_, lambda verbs: partial(verbs.continue_, bars=bars), source, how)


def infill(
    source: Source,
    bars: str | int | tuple[int, int],
    *,
    parts: Sequence[str] = (),
    keep_rhythm: bool = False,
    keep_pitches: bool = False,
    **how: Unpack[How],
) -> Reworked:
    """Write some bars anew, so that they lead from what comes before to what comes after.

    Args:
        source: the document.
        bars: which are open, as they are printed, a pickup being bar 0: "5-8" or (5, 8), or one as 5.
        parts: voices that are open there; none = all that the document has.
        keep_rhythm: only the pitches are open.
        keep_pitches: only the rhythm is open: the same notes in the same order.
        how: fields of `Hearing` and of `Manner`, and guard rails as words; see `How`.

    Returns, Raises: as `harmonize`.
    """
    first, last = _bars(bars)
    stays = {"keep_rhythm": keep_rhythm, "keep_pitches": keep_pitches}
    return _done(
        infill,
        lambda verbs: partial(verbs.infill, first=first, last=last, parts=names_in(parts), **stays),
        source,
        how,
    )


def vary(
    source: Source,
    strength: float = 0.3,
    *,
    bars: str | int | tuple[int, int] | None = None,
    keep: Sequence[str] = (),
    keep_rhythm: bool = False,
    keep_pitches: bool = False,
    **how: Unpack[How],
) -> Reworked:
    """Write some beats of some voices anew, here and there.

    Args:
        source: the document.
        strength: share of the beats that are open, over 0, up to 1.
        bars: in which bars they may lie, as in `infill`; None = in all.
        keep: voices in which nothing changes.
        keep_rhythm: only the pitches are open.
        keep_pitches: only the rhythm is open: the same notes in the same order.
        how: fields of `Hearing` and of `Manner`, and guard rails as words; see `How`.

    Returns, Raises: as `harmonize`.
    """
    stays = {"keep_rhythm": keep_rhythm, "keep_pitches": keep_pitches}
    span = None if bars is None else _bars(bars)
    return _done(
        vary,
        lambda verbs: partial(verbs.vary, strength=strength, bars=span, keep=names_in(keep), **stays),
        source,
        how,
    )


def _done(
    asked: Callable[..., Reworked], verb: Callable[[Verbs], Callable[..., Reworked]], source: Source, how: How
) -> Reworked:
    """Do what is asked with an understood document; every wish is checked before the file is opened."""
    known = sorted({*signature(asked).parameters, *How.__annotations__} - {"source", "how"})
    for name in {*how} - {*known}:
        near = get_close_matches(name, known, n=2, cutoff=0.5)  # so that "temp" finds "temperature"
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
        raise TypeError(f"{asked.__name__}() got an unexpected keyword argument {name!r}; {hint}")
    hearing = _hearing(how)
    checked_before(how)
    score = source if isinstance(source, Score) else read_score(source)
    # As the commands do: a key that is wished is written, and not only heard.
    score, sentences = understand(score, key=None if hearing.key is None else parse_key(hearing.key))
    players, said = players_of(score, how)
    found = verb(verbs_of(players))(score, hearing=hearing, manner=manner_for(players, how))
    return replace(found, report=[*sentences, *said, *found.report])


def _hearing(how: Mapping[str, Any]) -> Hearing:
    hearing = how.get("hearing") or Hearing()
    hearing = replace(hearing, **{field.name: how[field.name] for field in fields(hearing) if field.name in how})
    return replace(hearing, voices=names_in(hearing.voices), take=names_in(hearing.take))


def _bars(bars: object) -> tuple[int, int]:
    """First and last bar of what was named.

    >>> _bars("5-8"), _bars((5, 8)), _bars(5)
    ((5, 8), (5, 8), (5, 5))
    """
    match bars:
        case str():
            return gaps.bars_named(bars)
        case int():
            return bars, bars
        case (int(first), int(last)):
            return first, last
    raise RequestError(f"bars {bars!r}: name bars as '5-8' or (5, 8), or one as 5")
