"""What a check finds: where, between which notes, by which rule, and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Severity = Literal["error", "licence", "remark"]
"""An error is wrong in this style; a licence is what masters allow themselves for a reason; a remark only tells."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One place where a rule is broken."""

    rule: str
    """Its id, as "parallel-fifths"."""
    tick: int
    """Where it is heard."""
    parts: tuple[int, ...]
    """Indices of the parts of the score, top to bottom."""
    notes: tuple[int, ...]
    """Indices into `score.notes` of what is to be marked."""
    detail: str = ""
    """The notes in words, as "F4-C5 to G4-D5"."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A fault as a teacher writes it down."""

    fault: Fault
    number: int
    """From 1, as page, score, text and JSON have it: errors and licences first, each in the order of reading."""
    severity: Severity
    says: str
    """The rule in a sentence."""
    bar: int
    """As printed; a pickup is bar 0."""
    beat: Fraction
    """From 1."""
    bach: str = ""
    """How often Bach does it; empty where that is not known."""
