"""A small staves network of random weights, in NumPy alone: it can do anything, and knows nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from stretto.engine.staff_weights import StavesWeights
from stretto.frames.staff_example import DURATIONS, LENGTHS, N_LAGS
from stretto.frames.staff_fields import STAFF_FIELDS
from stretto.verbs.staves.ensemble import Ensemble

P, G, S, C, U, E, Q, HEADS, X, AHEAD = 88, 16, 12, 8, 12, 8, 6, 2, 4, 8
HEIGHTS, D, L, N_SOON, NTH, N_LEFT = P + 11, len(DURATIONS), len(LENGTHS), 6, 6, 15


def shapes(v: int) -> dict[str, tuple[int, ...]]:
    """Of every tensor of a network for `v` staves."""
    n_bits = 2 + 4 + N_LAGS + 1 + 3 + 2 + 2 * HEADS
    found = {
        "bit_score": (v, n_bits), "fields.weight": (sum(STAFF_FIELDS.values()), C),
        "struck_in.weight": (v * HEIGHTS, S), "held_in.weight": (v * HEIGHTS, S), "motion_in.weight": (v * 30, S),
        "count_in.weight": (v * NTH, S), "duration_in.weight": (v * (D + 1), S), "length_in.weight": (L, S),
        "context_in.weight": (S, C), "context_in.bias": (S,), "time.weight_ih_l0": (4 * G, S),
        "time.weight_hh_l0": (4 * G, G), "time.bias_ih_l0": (4 * G,), "time.bias_hh_l0": (4 * G,),
        "bits.nowhere": (HEADS,), "bits.far": (48, HEADS), "bits.query.weight": (HEADS * X, G + C),
        "bits.query.bias": (HEADS * X,), "bits.address.weight": (HEADS * X, G + C), "bits.address.bias": (HEADS * X,),
        "ahead.struck_in": (v * HEIGHTS, 12 * AHEAD), "ahead.open_in.weight": (12 * AHEAD, v),
        "ahead.open_in.bias": (12 * AHEAD,), "ahead.long_in.weight": (N_LEFT, 12 * AHEAD),
        "ahead.time.weight_ih_l0": (3 * AHEAD, 12 * AHEAD), "ahead.time.weight_hh_l0": (3 * AHEAD, AHEAD),
        "ahead.time.bias_ih_l0": (3 * AHEAD,), "ahead.time.bias_hh_l0": (3 * AHEAD,),
        "ahead.out.weight": (AHEAD, AHEAD), "ahead.out.bias": (AHEAD,), "ahead.left_in.weight": (N_LEFT, AHEAD),
        "vertical_start.weight": (U, G + C + AHEAD), "vertical_start.bias": (U,), "staff_in.weight": (v, E),
        "pitch_in.weight": (v * HEIGHTS, E), "event_motion.weight": (v * 30, E), "event_interval.weight": (v * 30, E),
        "event_duration.weight": (D + 1, E), "vertical.weight_ih": (3 * U, E), "vertical.weight_hh": (3 * U, U),
        "vertical.bias_ih": (3 * U,), "vertical.bias_hh": (3 * U,), "scores.height": (v * HEIGHTS, Q),
        "scores.degree": (v * 12, Q), "scores.bias": (v, HEIGHTS), "ask_bits.weight": (v * n_bits, U),
        "ask_bits.bias": (v * n_bits,), "no_more.0.weight": (64, U + E), "no_more.0.bias": (64,),
        "no_more.2.weight": (1, 64), "no_more.2.bias": (1,), "nth_in.weight": (v * NTH, E),
        "no_more_hints.weight": (1, N_LAGS + 1 + HEADS), "last_in.weight": (96, U), "last_in.bias": (96,),
        "last_pitch.weight": (v * HEIGHTS, 96), "last_nth.weight": (v * NTH, 96), "last_out.weight": (D, 96),
        "last_out.bias": (D,), "last_before.weight": (D + 1, D), "last_outer.weight": (v * (D + 1), D),
        "last_hints.weight": (HEADS, U), "last_hints.bias": (HEADS,), "length_in_hidden.weight": (96, U),
        "length_in_hidden.bias": (96,), "length_out.weight": (L, 96), "length_out.bias": (L,),
        "length_hints.weight": (v + N_LAGS + 3 + HEADS, U), "length_hints.bias": (v + N_LAGS + 3 + HEADS,),
    }  # fmt: skip
    kinds = (1, 1, 1, *[2 * v] * (v - 1), *[N_SOON] * v)
    found |= {f"scores.near.{k}": (v * kind, 2 * P - 1, Q) for k, kind in enumerate(kinds)}
    return found | {"scores.ask.weight": ((2 + len(kinds)) * Q, U), "scores.ask.bias": ((2 + len(kinds)) * Q,)}


def plain_network(ensemble: Ensemble, *, seed: int, composers: tuple[str, ...]) -> tuple[dict, dict]:
    """What a file of it says of its shape, and its tensors."""
    rng = np.random.default_rng(seed)
    v = len(ensemble.staves)
    tensors = {name: (0.3 * rng.standard_normal(shape)).astype(np.float32) for name, shape in shapes(v).items()}
    tensors["no_more.2.bias"] += 4.5  # against 88 pitches
    for name, values, usual in (("length_out.bias", LENGTHS, (6, 12, 24)), ("last_out.bias", DURATIONS, (12, 24, 48))):
        tensors[name] += np.isin(values, usual).astype(np.float32) * 4
    config = {
        "staves": ensemble.staves, "ranges": ensemble.ranges, "upward": [False] * (v - 1) + [v > 1],
        "order": (0, 3, 1, 2) if v == 4 else tuple(range(v)), "composers": composers, "lowest": 21, "n_pitches": P,
        "n_heads": HEADS, "horizon": 192,
    }  # fmt: skip
    return config, tensors


def small_network(
    ensemble: Ensemble, *, seed: int = 0, composers: tuple[str, ...] = ("bach", "chopin")
) -> StavesWeights:
    """A network of small random weights that strikes about one or two notes at a time, mostly in eighths."""
    config, tensors = plain_network(ensemble, seed=seed, composers=composers)
    return StavesWeights.of(config, {}, tensors)


def written_network(folder: Path, ensemble: Ensemble, **about: object) -> Path:
    """The folder of a run that made such a network."""
    config, tensors = plain_network(ensemble, seed=0, composers=("waltzes-2",))
    folder.mkdir()
    save_file(
        tensors, folder / "staves.safetensors", metadata={"staves": json.dumps(config), "about": json.dumps(about)}
    )
    return folder
