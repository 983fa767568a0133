"""For whom the verbs are to write: the choir, or an ensemble on staves."""

from __future__ import annotations

from pathlib import Path

from stretto.corpus.composers import composer_slug
from stretto.engine.staff_weights import is_staves_network
from stretto.errors import RequestError
from stretto.frames.plan import STYLES
from stretto.verbs.staves.ensemble import (
    CHOIR,
    ENSEMBLES,
    Ensemble,
    ensemble_called,
    ensemble_of_network,
    network_file,
)
from stretto.verbs.staves.styles import style_asked, styles_of


def players_asked(
    ensemble: str | None = None, style: str | None = None, weights: Path | None = None
) -> tuple[Ensemble | None, list[str]]:
    """Who is to play, by what is wished: None = the choir; and what is to be said of how that was understood.

    Args:
        ensemble: its name; None = by the style or the network.
        style: a style that not all have.
        weights: a network of a user's own.

    Raises:
        RequestError: there is no such ensemble or style, or the network plays for another.
    """
    wished = ensemble_called(ensemble) if ensemble is not None else None
    if weights is not None and weights.exists() and is_staves_network(network_file(weights)):
        own = ensemble_of_network(weights)
        if ensemble is not None and (wished is None or wished.staves != own.staves):
            raise RequestError(f"--ensemble {ensemble}: the network {weights} plays for {', '.join(own.staves)}")
        return own, []
    if ensemble is not None:
        if wished is not None and weights is not None:
            wished = wished.with_network(weights)
        return wished, []
    if style is None or style in STYLES:
        return None, []
    found = [players for players in ENSEMBLES.values() if composer_slug(style) in styles_of(players)]
    found = found or [players for players in ENSEMBLES.values() if _has(players, style)][:1]
    if not found:
        there = "; ".join(f"{', '.join(styles_of(players))} ({players.name})" for players in ENSEMBLES.values())
        raise RequestError(f"style {style!r} is not known; there are {', '.join(STYLES)} ({CHOIR}); {there}")
    if len(found) == 1:
        return found[0], []
    others = ", ".join(f"--ensemble {players.name}" for players in found[1:])
    return found[0], [f"{style} is taken for the {found[0].name}; {others} has it too"]


def _has(players: Ensemble, style: str) -> bool:
    """It knows the style, or at least its period."""
    try:
        style_asked(players, style)
    except RequestError:
        return False
    return True
