"""Figures as they are printed: three digits, shares in per cent, and never a bare one."""

from __future__ import annotations

from math import isfinite

LEAST = 1e-9
"""A share under which what is left is only what computing has rounded."""


def figure(value: float, unit: str = "") -> str:
    """A value in three digits with its unit.

    >>> figure(0.1234, "share"), figure(1.23456, "bits"), figure(0.00321), figure(float("nan"))
    ('12.3 %', '1.23 bits', '0.0032', '-')
    """
    if not isfinite(value):
        return "-"
    if unit == "share":
        value = 0.0 if abs(value) < LEAST else value
        return f"{100 * value:.2g} %" if abs(value) < 0.001 else f"{_digits(100 * value)} %"
    return f"{_digits(value)} {unit}".rstrip()


def _digits(value: float) -> str:
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 else f"{value:.4f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share of pieces: "32 %"."""
    return f"{100 * share:.0f} %" if isfinite(share) else "-"


def counted(n: int, what: str) -> str:
    """1 piece, 2 pieces."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def listed(names: list[str], at_most: int = 4) -> str:
    """Names in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('a, b and c', 'a, b and 1 more')
    """
    shown = names[:at_most] + ([f"{len(names) - at_most} more"] if len(names) > at_most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
