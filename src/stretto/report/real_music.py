"""Figures of real keyboard music and of real quartets, as they ship: no notes, only what was measured of them."""

# Shapes: M measures, R real pieces.

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from stretto.errors import ModelError
from stretto.evaluate.reference import archive
from stretto.report.distributions import KINDS
from stretto.report.reference import Reference, shipped_chorales
from stretto.report.repertoires import REPERTOIRES
from stretto.report.verdict import Spread

SPREADS = "spreads"
"""Of the archive: (M, R), a measure a row, rising; not numbers where some pieces lack it. All else are features."""


def file_names(repertoire: str) -> tuple[str, str]:
    """The archive of numbers, and what is said of them; made by scripts/report_reference.py."""
    return f"data/real_{repertoire}.npz", f"data/real_{repertoire}.json"


def save(reference: Reference, repertoire: str, folder: Path, *, pieces: Sequence[str]) -> list[Path]:
    """Write the figures of real music.

    Args:
        reference: the figures.
        repertoire: "keyboard" or "quartet".
        folder: of the package `stretto.report`.
        pieces: what was measured, a line each.
    """
    known = {name: spread for name, spread in reference.spreads.items() if len(spread)}
    rows = np.full((len(known), reference.n_pieces), np.nan)
    for row, spread in zip(rows, known.values(), strict=True):
        row[: len(spread)] = spread.values_R
    arrays = {SPREADS: rows.astype(np.float32)}
    for name in reference.features[0]:
        arrays[name] = np.stack([own[name] for own in reference.features]).astype(np.float32)
    said = {
        "name": reference.name,
        "about": reference.about,
        "measures": list(known),
        "bar_nats": [round(nats, 3) for nats in reference.bar_nats],
        "distributions": {kind: dict(counts) for kind, counts in reference.distributions.items()},
        "pieces": list(pieces),
    }
    paths = [folder / name for name in file_names(repertoire)]
    paths[0].write_bytes(archive(arrays))
    paths[1].write_text(json.dumps(said, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return paths


def read(npz: bytes, text: str, repertoire: str) -> Reference:
    """The inverse of `save`, from the content of both files."""
    said = json.loads(text)
    with np.load(io.BytesIO(npz), allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files}
    rows = arrays.pop(SPREADS)
    low, high = said["bar_nats"]
    return Reference(
        name=said["name"],
        about=said["about"],
        kind=REPERTOIRES[repertoire].kind,
        repertoire=repertoire,
        n_pieces=rows.shape[1],
        spreads={name: Spread.of(row) for name, row in zip(said["measures"], rows, strict=True)},
        distributions={kind: Counter(said["distributions"].get(kind, {})) for kind in KINDS},
        bar_nats=(low, high),
        features=[{name: table[i] for name, table in arrays.items()} for i in range(rows.shape[1])],
    )


@cache
def shipped_reference(repertoire: str = "") -> Reference:
    """Real music that no shipped network has learned from: of a repertoire; "" = chorales by Bach.

    Raises:
        ModelError: its files are not there, or damaged.
    """
    if not repertoire:
        return shipped_chorales()
    npz, text = (files("stretto.report").joinpath(name) for name in file_names(repertoire))
    try:
        return read(npz.read_bytes(), text.read_text(encoding="utf-8"), repertoire)
    except (OSError, ValueError, KeyError, TypeError) as cause:
        where = file_names(repertoire)[0]
        raise ModelError(f"{where}: no figures of real music ({cause}); install Stretto again") from cause
