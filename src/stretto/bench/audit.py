"""Whether a trained network's figure can be believed: shown on the very weights, with real music.

A likelihood far below the published ones is a leak until the opposite is shown. A frame's chances must not move when
anything after it changes; a pitch's chances must not move when its own cell, or one above it in its frame, changes. The
second makes the product over pitches sum to one over all chords: each factor is a toss given the cells before it.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch

from stretto.corpus.boulanger import Roll
from stretto.frames.example import Example
from stretto.networks.batch import Batch
from stretto.networks.flagship import Flagship
from stretto.networks.roll import LogitNetwork, RollBatch, RollNetwork

N_FRAMES = 24
N_TRIED = 12
"""Places at which music is changed."""
SAME = 1e-9
"""In double precision; products of other shapes round otherwise."""


@torch.no_grad()
def leak_of(net: RollNetwork, roll: Roll, rng: np.random.Generator) -> str | None:
    """What a network knows that it must not; None = nothing was found.

    Args:
        net: as trained.
        roll: real music, (T, P), cut to the network's pitches.
        rng: of the places that are tried.
    """
    if net.kind in ("gaps", "estimate"):
        return None  # the one is meant to hear the future; the other's chances are no numbers that could be compared
    net = copy.deepcopy(net).double().eval()
    roll = np.concatenate([roll[:N_FRAMES]] * 2)  # said twice, so that a memory has something to remember
    before = net.nll_per_frame(_batch(roll))[0]
    for t in rng.integers(1, len(roll), N_TRIED):
        changed = roll.copy()
        changed[t:] = rng.random(changed[t:].shape) < 0.1
        if (net.nll_per_frame(_batch(changed))[0, :t] - before[:t]).abs().max() > SAME:
            return f"frames before {t} hear what follows"
        if isinstance(net, LogitNetwork) and (pitch := _heard_above(net, roll, int(t), rng)) is not None:
            return f"pitch {pitch} of frame {t} hears itself or what is above it"
    return None


@torch.no_grad()
def leak_of_parts(net: Flagship, example: Example, rng: np.random.Generator) -> str | None:
    """The same of the network that reads voices; its choices are each one of a softmax, hence sum to one.

    Args:
        net: as trained.
        example: a real piece.
        rng: of the places that are tried.
    """
    net = copy.deepcopy(net).double().eval()
    batch = Batch.of([example], lowest=net.config.lowest)
    before_TV, before_T = (x[0] for x in net(batch))
    order = net.config.order
    for t in rng.integers(1, len(example), N_TRIED):
        place = int(rng.integers(0, len(order)))
        pitch_BTV, length_BT = batch.pitch_BTV.clone(), batch.length_BT.clone()
        pitch_BTV[0, t, list(order[place:])] = int(rng.integers(0, net.config.n_pitches))
        pitch_BTV[0, t + 1 :] = int(rng.integers(0, net.config.n_pitches))
        length_BT[0, t:] = int(rng.integers(0, len(net.config.durations)))
        after_TV, after_T = (x[0] for x in net(replace(batch, pitch_BTV=pitch_BTV, length_BT=length_BT)))
        moved = (after_TV[:t] - before_TV[:t]).abs().max() > SAME or (after_T[:t] - before_T[:t]).abs().max() > SAME
        earlier = list(order[:place])
        if moved or (earlier and (after_TV[t, earlier] - before_TV[t, earlier]).abs().max() > SAME):
            return f"frames before {t}, or voices before voice {place} in their order, hear what follows"
    return None


def _heard_above(net: LogitNetwork, roll: Roll, t: int, rng: np.random.Generator) -> int | None:
    """A pitch whose logit moves with the cells from itself upwards."""
    before_P = net(_batch(roll[: t + 1]))[0, t]
    pitch = int(rng.integers(0, roll.shape[1]))
    changed = roll[: t + 1].copy()
    changed[t, pitch:] = rng.random(roll.shape[1] - pitch) < 0.3
    moved_P = (net(_batch(changed))[0, t] - before_P).abs() > SAME
    return int(moved_P.nonzero()[0]) if moved_P[: pitch + 1].any() else None


def _batch(roll: Roll) -> RollBatch:
    single = RollBatch.of([roll])
    return RollBatch(roll_BTP=single.roll_BTP.double(), mask_BT=single.mask_BT, index_BT=single.index_BT)
