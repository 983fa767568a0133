"""How often Bach breaks a rule: counts over his chorales that ship with Stretto."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a rule is broken in a corpus."""

    n_pieces: int
    """In which it is broken at least once."""
    n_faults: int
    of_pieces: int
    """Pieces of the corpus."""
    of_notes: int

    @property
    def per_1000(self) -> float:
        """Faults in a thousand notes."""
        return 1000 * self.n_faults / max(1, self.of_notes)

    def __str__(self) -> str:
        """As a finding says it."""
        if not self.n_faults:
            return f"Bach: in none of {self.of_pieces} chorales"
        figure = f"{self.per_1000:.1f}" if self.per_1000 >= 0.1 else f"{self.per_1000:.2f}"
        return f"Bach: in {self.n_pieces} of {self.of_pieces} chorales, {figure} per 1000 notes"


@cache
def bach_rates() -> dict[str, Rate]:
    """Rule -> how often Bach breaks it in four parts; empty where nothing was counted."""
    shipped = files("stretto.check").joinpath("data/rates.json")
    if not shipped.is_file():
        return {}
    found = json.loads(shipped.read_text(encoding="utf-8"))
    corpus = found["pieces"], found["notes"]
    return {rule: Rate(n_pieces, n_faults, *corpus) for rule, (n_pieces, n_faults) in found["rules"].items()}
