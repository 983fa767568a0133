"""From what a user says to what the verbs are told, whoever plays: rails in words, a style, a texture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Protocol

from stretto.errors import RequestError
from stretto.frames.plan import STYLES
from stretto.score.model import Score
from stretto.verbs import gaps, rework
from stretto.verbs.players import players_asked
from stretto.verbs.rework import HowToDraw, Manner, Reworked
from stretto.verbs.rules import rules_of
from stretto.verbs.staves.ensemble import ENSEMBLES, Ensemble
from stretto.verbs.staves.gaps import StaffVerbs
from stretto.verbs.staves.places import ensemble_of
from stretto.verbs.staves.rework import StaffManner
from stretto.verbs.staves.rules import polyphony_alone, staff_rules
from stretto.verbs.staves.styles import styles_of

OF_TEXTURE = ("max_polyphony", "density")
"""What can be said of music on staves alone."""

BOTH = "bach"
"""A style of the choir that is also a composer for keyboard."""


class Verbs(Protocol):
    """The four verbs of whoever plays."""

    @property
    def harmonize(self) -> Callable[..., Reworked]:
        """Write the voices or staves that a document lacks."""
        ...

    @property
    def continue_(self) -> Callable[..., Reworked]:
        """Go on where a document ends."""
        ...

    @property
    def infill(self) -> Callable[..., Reworked]:
        """Write some bars anew."""
        ...

    @property
    def vary(self) -> Callable[..., Reworked]:
        """Write some beats anew."""
        ...


class ChoirVerbs:
    """Those of the choir."""

    def __init__(self) -> None:
        """As its modules have them now."""
        self.harmonize, self.continue_ = rework.harmonize, gaps.continue_
        self.infill, self.vary = gaps.infill, gaps.vary


def verbs_of(players: Ensemble | None) -> Verbs:
    """The verbs of an ensemble; None = of the choir."""
    return ChoirVerbs() if players is None else StaffVerbs(players)


def players_of(score: Score, told: Mapping[str, Any]) -> tuple[Ensemble | None, list[str]]:
    """Who is to play a document: as is wished, else as the style says that only one has, else as the document says.

    Args:
        score: the document.
        told: "ensemble", "style" and "weights", as far as something is said.

    Raises:
        RequestError: there is no such ensemble or style, or whoever plays has no such style.
    """
    if is_settled(told):
        return _asked(told)
    players = None if told.get("weights") is not None else ensemble_of(score)
    if players is None and (style := told.get("style")) is not None and style not in STYLES:
        have = " or ".join(name for name, other in ENSEMBLES.items() if style in styles_of(other))
        raise RequestError(
            f"style {style!r}: nothing in the document says that it is not for a choir, which has "
            f"{', '.join(STYLES)}; add --ensemble {have}"
        )
    return players, []


def is_settled(told: Mapping[str, Any]) -> bool:
    """Whether the wishes say who is to play, whatever the document is.

    Raises:
        RequestError: there is no such ensemble or style.
    """
    style = told.get("style")
    if told.get("weights") is not None and _asked({**told, "style": None})[0] is not None:
        return True
    return told.get("ensemble") is not None or (style is not None and style not in _of_several())


def _of_several() -> set[str]:
    """Styles that say of a document nothing about who is to play it."""
    several = [set(styles_of(players)) for players in ENSEMBLES.values()]
    return {BOTH}.union(*(one & other for one in several for other in several if one is not other))


def _asked(told: Mapping[str, Any]) -> tuple[Ensemble | None, list[str]]:
    weights = told.get("weights")
    return players_asked(told.get("ensemble"), told.get("style"), None if weights is None else Path(weights))


def manner_for(players: Ensemble | None, told: Mapping[str, Any]) -> Manner | StaffManner:
    """How to draw for an ensemble (None = the choir).

    Args:
        players: who plays.
        told: fields of its manner, "manner" itself, and rails in words: "forbid", "allow", "ranges"; None = not said.

    Raises:
        RequestError: a wish that cannot be met, or is not for them.
    """
    kind: type[HowToDraw] = Manner if players is None else StaffManner
    base = told.get("manner") or kind()
    if not isinstance(base, kind):
        raise RequestError(f"manner: of a {type(base).__name__}, where a {kind.__name__} is asked for")
    own = {field.name for field in fields(kind)}
    said = {name: value for name, value in told.items() if name in own and _is_said(name, value)}
    manner: Any = replace(base, **said)
    manner = replace(manner, weights=None if manner.weights is None else Path(manner.weights))
    words = {name: names_in(told[name]) for name in ("forbid", "allow", "ranges") if told.get(name)}
    if players is None:
        return _of_choir(manner, words, told)
    if not words and told.get("max_polyphony") is None:
        found: StaffManner = manner
        return found
    if manner.rules is None and not words:
        bare: StaffManner = replace(manner, rules=polyphony_alone(players, told["max_polyphony"]))
        return bare
    _needs_rules(manner, words)
    rules = staff_rules(players, **words, max_polyphony=told.get("max_polyphony"), base=manner.rules)
    changed: StaffManner = replace(manner, rules=rules)
    return changed


def _is_said(name: str, value: Any) -> bool:
    """None says nothing, but of rails that there are to be none."""
    return value is not None or name == "rules"


def _of_choir(manner: Manner, words: dict[str, tuple[str, ...]], told: Mapping[str, Any]) -> Manner:
    if found := [name for name in OF_TEXTURE if told.get(name) is not None]:
        options = ", ".join("--" + name.replace("_", "-") for name in found)
        raise RequestError(f"{options}: a choir has four voices that always sing; leave it out, or name an --ensemble")
    if not words:
        return manner
    _needs_rules(manner, dict(words))
    return replace(manner, rules=rules_of(**words, base=manner.rules))


def _needs_rules(manner: Any, words: Mapping[str, Any]) -> None:
    if manner.rules is None:
        said = ", ".join(name for name, value in words.items() if value)
        raise RequestError(f"rules=None lifts all guard rails, so there are none for {said} to change")


def names_in(named: Iterable[str | int]) -> tuple[str, ...]:
    """Names, or the numbers of parts, however they are listed.

    >>> names_in("alto, tenor"), names_in(["alto"]), names_in([1, 3])
    (('alto', 'tenor'), ('alto',), ('1', '3'))
    """
    listed = named.split(",") if isinstance(named, str) else map(str, named)
    return tuple(name for text in listed if (name := text.strip()))


def checked_before(told: Mapping[str, Any]) -> None:
    """Refuse, before a document is opened, what nobody who could play it can do.

    Raises:
        RequestError: says what is possible.
    """
    might: list[Ensemble | None] = [None, *ENSEMBLES.values()]
    if is_settled(told):
        might = [_asked(told)[0]]
    elif any(told.get(name) is not None for name in OF_TEXTURE):
        might = [*ENSEMBLES.values()]
    refused: RequestError | None = None
    for players in might:
        try:
            manner_for(players, told)
        except RequestError as cause:
            refused = refused or cause
        else:
            return
    if refused is not None:
        raise refused


__all__ = ["Reworked", "Verbs", "checked_before", "manner_for", "names_in", "players_of", "verbs_of"]
