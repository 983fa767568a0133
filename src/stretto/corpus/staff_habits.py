"""What pieces of a repertoire do, counted by style: metres, keys, pickups, tempos, textures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from stretto.corpus.staves import StaffPiece
from stretto.frames.plan import METERS
from stretto.theory.key import tonality

ANY = "any"
"""The name under which all pieces are counted."""

MOST_TEXTURES = 48
"""Pieces of which the texture is kept, evenly from the thinnest to the densest."""


def habits_of(pieces: Sequence[StaffPiece], composers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Period, composer or "any" -> counts, as plain data for a JSON file.

    Args:
        pieces: of one repertoire.
        composers: who is counted apart.
    """
    styles: dict[str, list[StaffPiece]] = {ANY: list(pieces)}
    for piece in pieces:
        for name in {piece.period, piece.composer} - {""}:
            styles.setdefault(name, []).append(piece)
    kept = {piece.period for piece in pieces} | {ANY, *composers}
    return {name: _counted(own) for name, own in sorted(styles.items()) if name in kept}


def _counted(pieces: Sequence[StaffPiece]) -> dict[str, Any]:
    plain = [piece for piece in pieces if len(set(piece.plan.bar_meters)) == 1 and piece.plan.bar_meters[0] in METERS]
    meter_of = {id(piece): piece.plan.bar_meters[0] for piece in plain}
    meters = Counter(meter_of.values())
    keyed = [piece.plan for piece in pieces if piece.plan.tonic >= 0 and piece.plan.mode in ("major", "minor")]
    return {
        "n_pieces": len(pieces),
        "meters": dict(meters.most_common()),
        "keys": dict(Counter(str(tonality(plan.tonic, plan.mode)) for plan in keyed).most_common()),
        "pickups": {
            meter: dict(Counter(str(p.plan.pickup) for p in plain if meter_of[id(p)] == meter).most_common(6))
            for meter in meters
        },
        "tempos": {
            meter: round(median(own))
            for meter in meters
            if (own := [p.tempo for p in plain if meter_of[id(p)] == meter and p.tempo > 0])
        },
        "textures": _spread([(p.plan.density, p.plan.polyphony) for p in pieces if p.plan.density > 0]),
    }


def _spread(textures: Iterable[tuple[float, float]]) -> list[list[float]]:
    """Some of many, evenly by their density."""
    ordered = sorted(textures)
    n = min(MOST_TEXTURES, len(ordered))
    chosen = [ordered[(2 * i + 1) * len(ordered) // (2 * n)] for i in range(n)]
    return [[round(density, 2), round(polyphony, 2)] for density, polyphony in chosen]
