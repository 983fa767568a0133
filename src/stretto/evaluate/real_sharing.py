"""How much real chorales share with the training music though no network has learned from them: what is usual."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

Kind = Literal["all voices", "near copy", "three voices", "melody", "melody without rhythm"]

KINDS: tuple[Kind, ...] = ("near copy", "all voices", "three voices", "melody", "melody without rhythm")
"""The weightiest first."""

FILE = "real_sharing.json"


@dataclass(frozen=True, kw_only=True)
class RealSharing:
    """The longest passage of each kind in each of some real chorales."""

    n: int
    """Chorales."""
    lengths: dict[Kind, tuple[float, ...]]
    """Quarters, of melodies notes, rising."""

    def below(self, kind: Kind, length: float) -> float:
        """Share of the chorales whose longest passage is shorter."""
        lengths = self.lengths[kind]
        return int(np.searchsorted(lengths, length, side="left")) / max(1, len(lengths))

    def quantile(self, kind: Kind, share: float) -> float:
        """The length that so many chorales do not exceed."""
        return float(np.quantile(self.lengths[kind], share, method="inverted_cdf"))


@cache
def real_sharing() -> RealSharing:
    """Measured by scripts/real_sharing.py on chorales of jsb16's valid and test splits."""
    data = json.loads(files("stretto.evaluate").joinpath("data", FILE).read_text(encoding="utf-8"))
    return RealSharing(n=data["chorales"], lengths={kind: tuple(data["lengths"][kind]) for kind in KINDS})
