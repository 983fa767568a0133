"""Styles on staves: periods and composers, and what real pieces of each do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stretto.corpus.composers import COMPOSERS_KEYBOARD, COMPOSERS_QUARTET, PERIOD_OF, composer_slug
from stretto.errors import RequestError
from stretto.frames.plan import METERS, PERIODS
from stretto.verbs.staves.ensemble import Ensemble, shipped_habits

ANY = "any"
"""The style of which only the ensemble is said."""

USUAL_METERS = ("3/4", "4/4", "2/4", "6/8", "3/8", "2/2")
"""Where nothing is known of a network's music."""

MIN_PIECES = 20
"""A metre that fewer training pieces have is refused: the network has not learned it."""

KNOWN = {"keyboard": COMPOSERS_KEYBOARD, "quartet": COMPOSERS_QUARTET}
"""Composers that each network has a name for."""

WORDS = {"sparse": 0.12, "normal": 0.5, "dense": 0.88}
"""What `--density` may say, as the share of real pieces that are thinner."""

USUAL_TEMPO = 100


@dataclass(frozen=True, kw_only=True)
class Style:
    """What of a style the network is told."""

    name: str
    """As it was asked for."""
    period: str
    composer: str = ""
    said: tuple[str, ...] = ()
    """What is to be said of how it was understood."""


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What real pieces of a style do, as counts."""

    meters: Mapping[str, int]
    keys: Mapping[str, int] = field(default_factory=dict)
    pickups: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Metre -> ticks -> pieces."""
    tempos: Mapping[str, float] = field(default_factory=dict)
    """Metre -> quarters a minute, the median."""
    textures: tuple[tuple[float, float], ...] = ()
    """Notes struck a quarter, and notes that sound together, of some pieces from the thinnest to the densest."""

    def texture(self, share: float) -> tuple[float, float]:
        """Density and polyphony of the piece than which this share is thinner; zeros = not known."""
        if not self.textures:
            return 0.0, 0.0
        return self.textures[min(int(share * len(self.textures)), len(self.textures) - 1)]

    def drawn(self, counts: Mapping[str, int], rng: np.random.Generator) -> str:
        """One of the names that counts have, as often as they say."""
        names = list(counts)
        weights = np.array([counts[name] for name in names], float)
        return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def styles_of(ensemble: Ensemble) -> list[str]:
    """The words for its styles: periods that its music has, then composers."""
    if ensemble.path is not None:
        about = ensemble.weights().about
        periods: Mapping[str, int] = about.get("periods", {})
        return [*(p for p in PERIODS if p in periods), *ensemble.weights().shape.composers]
    return [*_of(ensemble, PERIODS), *KNOWN.get(ensemble.name, ())]


def _of(ensemble: Ensemble, names: tuple[str, ...]) -> list[str]:
    there = shipped_habits().get(ensemble.name, {})
    return [name for name in names if not there or there.get(name, {}).get("n_pieces", 0) >= MIN_PIECES]


def style_asked(ensemble: Ensemble, word: str | None) -> Style:
    """What a style means to an ensemble; None = nothing is said of it.

    Raises:
        RequestError: it is not known; says which there are.
    """
    if word is None or word == ANY:
        return Style(name=ANY, period="")
    there = styles_of(ensemble)
    # A user's own style may be called anything, "waltzes-2" too.
    slug = word.strip() if word.strip() in there else composer_slug(word.strip())
    if slug in PERIODS and slug in there:
        return Style(name=slug, period=slug)
    if slug in there:
        return Style(name=slug, period=PERIOD_OF.get(slug, ""), composer=slug)
    period = PERIOD_OF.get(slug, "")
    if period in there:
        return Style(name=slug, period=period, said=(f"{slug}: too few pieces to know apart; composed as {period}",))
    raise RequestError(f"style {word!r} is not known to the {ensemble.name}; there are {', '.join(there)}")


def habits_of(ensemble: Ensemble, style: Style) -> Habits:
    """What real pieces of a style do; of the period, where a composer has no metre often enough."""
    counts = _counts(ensemble)
    own: dict[str, Any] = {}
    for name in (ANY, style.period, style.composer):
        own |= {key: value for key, value in counts.get(name, {}).items() if value}
    meters = possible_meters(counts) or dict.fromkeys(USUAL_METERS, 1)
    mine = {meter: n for meter, n in own.get("meters", {}).items() if meter in meters}
    return Habits(
        meters={**mine, **{meter: 0 for meter in meters if meter not in mine}},
        keys=own.get("keys", {}),
        pickups=own.get("pickups", {}),
        tempos={**counts.get(ANY, {}).get("tempos", {}), **own.get("tempos", {})},
        textures=tuple((density, together) for density, together in own.get("textures", ())),
    )


def possible_meters(counts: Mapping[str, Any]) -> dict[str, int]:
    """Metres that enough training pieces have, in any style, commonest first."""
    meters: Mapping[str, int] = counts.get(ANY, {}).get("meters", {})
    enough = min(MIN_PIECES, max(1, counts.get(ANY, {}).get("n_pieces", 0) // 20))
    return {meter: n for meter, n in Counter(meters).most_common() if meter in METERS and n >= enough}


def _counts(ensemble: Ensemble) -> Mapping[str, Any]:
    if ensemble.path is None:
        found: Mapping[str, Any] = shipped_habits().get(ensemble.name, {})
        return found
    about = ensemble.weights().about
    # A network that says little of its music has the keys and textures of the one that ships for the same players.
    own = {name: about[name] for name in ("meters", "n_pieces") if name in about}
    kept: Mapping[str, Any] = about.get("habits") or {
        ANY: {**shipped_habits().get(ensemble.name, {}).get(ANY, {}), **own}
    }
    return kept


def style_of_document(ensemble: Ensemble, composer: str) -> Style:
    """The style of the composer whom a document names, if the network knows him or his period; else none is said."""
    words = composer.replace(",", " ").split()
    names = [composer, *reversed(words)]
    there = styles_of(ensemble)
    for name in names:
        slug = composer_slug(name)
        period = PERIOD_OF.get(slug, "")
        if period and (slug in there or period in there):
            found = slug if slug in there else ""
            said = f"style {found or period}, after the document's {composer}; --style changes it"
            return Style(name=found or period, period=period, composer=found, said=(said,))
    return Style(name=ANY, period="")
