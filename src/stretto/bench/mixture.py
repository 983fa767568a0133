"""Mixtures: several networks trained alike, whose chances of every frame are averaged. Exact, as each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from stretto.bench.results import PieceNats, Result

Frames = dict[str, NDArray[np.float32]]
"""By split: nats of every frame, piece after piece."""


def mixture(runs: Sequence[tuple[Result, Frames]]) -> Result:
    """The result of the networks together, each with the same say."""
    first = runs[0][0]
    pieces = {}
    for split, of_split in first.pieces.items():
        nats = np.stack([frames[split].astype(np.float64) for _, frames in runs])
        mixed = -logsumexp(-nats, axis=0) + np.log(len(runs))
        ends = np.cumsum([piece.n_frames for piece in of_split])[:-1]
        pieces[split] = [PieceNats(nats=float(part.sum()), n_frames=len(part)) for part in np.split(mixed, ends)]
    return replace(
        first,
        network=f"{first.network} x{len(runs)}",
        title=f"{first.title}, {len(runs)} together",
        n_members=len(runs),
        n_parameters=sum(result.n_parameters for result, _ in runs),
        minutes=sum(result.minutes for result, _ in runs),
        cpu_minutes=sum(result.cpu_minutes for result, _ in runs),
        pieces=pieces,
        figures={},
        curve=[],
    )


def mixtures(runs: Sequence[tuple[Result, Frames]]) -> list[Result]:
    """One for every network with an exact joint likelihood that was trained from several seeds on a set."""
    grouped: dict[tuple[str, str], list[tuple[Result, Frames]]] = {}
    for result, frames in runs:
        if result.kind == "joint" and frames:
            grouped.setdefault((result.network, result.set_name), []).append((result, frames))
    return [mixture(group) for group in grouped.values() if len(group) > 1]
