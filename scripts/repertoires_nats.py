"""What style and metre are worth to the network of a repertoire: nats a note on held-out works, told and not told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stretto.evaluate.repertoire_table import Nats
from stretto.evaluate.staff_work import StaffWork


def nats_of(repertoire: str, works: Sequence[StaffWork], weights: Path | None) -> Nats | None:
    """None where there is no network yet."""
    return None
