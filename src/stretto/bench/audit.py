"""Whether a trained network's figure can be believed: shown on the very weights, with real music.

A likelihood far below the published ones is a leak until the opposite is shown. So a network is asked again with all
cut off that it must not know: the frames that follow, and so the length of the piece; the cells from the one in
question upwards. Its answer must not move. And chances must be chances: of all that could be, they add up to one.
"""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stretto.corpus.boulanger import Roll
from stretto.frames.example import Example
from stretto.frames.parts import HOLD, ONSET, UNKNOWN
from stretto.networks.batch import Batch
from stretto.networks.bidirectional import Bidirectional
from stretto.networks.boltzmann import BoltzmannNetwork
from stretto.networks.flagship import Flagship
from stretto.networks.roll import LogitNetwork, RollBatch, RollNetwork, nats_of_tosses

N_FRAMES = 24
"""Of the music, which is said again and again, so that a memory has something to remember."""
N_TIMES = 12
"""Said so often it is longer than the blocks in which a memory may work."""
N_EARLY, N_LATE, N_PITCHES_LATE = 4, 2, 6
"""Frames tried while the music is said for the second time, with all pitches, and at its end, with some."""
N_SUMMED = 8
"""Pitches over whose chords the chances are added up, where a network gives none of single pitches."""
N_FRAMES_OF_VOICES = 3
SAME = 1e-9
"""In double precision; products of other shapes round otherwise."""
ONE = 1e-6
"""How far from one the chances of all that could be may add up."""


@torch.no_grad()
def leak_of(net: RollNetwork, roll: Roll, rng: np.random.Generator) -> str | None:
    """What a network knows that it must not; None = nothing was found.

    Args:
        net: as trained.
        roll: real music, (T, P), cut to the network's pitches.
        rng: of the places that are tried.
    """
    net = copy.deepcopy(net).cpu().double().eval()
    if isinstance(net, Bidirectional):
        return _leak_of_gaps(net, roll[:N_FRAMES], rng)
    roll = np.concatenate([roll[:N_FRAMES]] * N_TIMES)
    n, n_pitches = len(roll), roll.shape[1]
    early = rng.integers(n // N_TIMES, 2 * n // N_TIMES, N_EARLY)
    every, some = np.arange(n_pitches), rng.choice(n_pitches, min(N_PITCHES_LATE, n_pitches), replace=False)
    tried = [(int(t), every) for t in early] + [(int(t), some) for t in rng.integers(n - N_FRAMES, n, N_LATE)]
    beside = _batch([roll, roll[: n // 2, ::-1]])  # in other company than where it is asked again
    if isinstance(net, BoltzmannNetwork):
        return _leak_of_biases(net, roll, [t for t, _ in tried])
    nats_T = net.nll_per_frame(beside)[0]
    logit_TP = net(beside)[0] if isinstance(net, LogitNetwork) else None
    if logit_TP is not None and _moved(nats_of_tosses(logit_TP, beside.roll_BTP[0]).sum(-1), nats_T):
        return "its nats are not those of its own chances"
    for t, pitches in tried:
        if _moved(net.nll_per_frame(_batch([roll[: t + 1]]))[0], nats_T[: t + 1]):
            return f"frames up to {t} hear what follows"
        if isinstance(net, LogitNetwork) and logit_TP is not None:
            hears_N = _heard_above(net, roll[: t + 1], pitches, logit_TP[t], rng)
            if hears_N.any():
                return f"pitch {pitches[hears_N][0]} of frame {t} hears itself or what is above it"
        elif (total := _summed(net, roll[: t + 1], rng)) > 1 + ONE:
            return f"chances of some of the chords of frame {t} add up to {total:.3g}"
    return None


def _moved(after: Tensor, before: Tensor) -> bool:
    """Whether what must stay has not; what is no number has moved."""
    return not bool(((after - before).abs() <= SAME).all())


def _heard_above(
    net: LogitNetwork, roll: Roll, pitches: NDArray[np.integer], logit_P: Tensor, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Of each pitch of the last frame, whether its logit moves with the cells from itself upwards."""
    changed = np.repeat(roll[None], len(pitches), axis=0)
    for row, pitch in zip(changed, pitches, strict=True):
        row[-1, pitch:] = rng.random(roll.shape[1] - pitch) < 0.3
        row[-1, pitch] = 1 - roll[-1, pitch]
    after_N = net(_batch(list(changed)))[np.arange(len(pitches)), len(roll) - 1, pitches]
    moved: NDArray[np.bool_] = ~((after_N - logit_P[pitches]).abs() <= SAME).numpy()
    return moved


def _summed(net: RollNetwork, roll: Roll, rng: np.random.Generator) -> float:
    """The chances of all chords of some pitches of the last frame, the others being as they are."""
    pitches = rng.choice(roll.shape[1], min(N_SUMMED, roll.shape[1]), replace=False)
    chords = np.array(list(product((0, 1), repeat=len(pitches))), roll.dtype)
    changed = np.repeat(roll[None], len(chords), axis=0)
    changed[:, -1, pitches] = chords
    return float(torch.exp(-net.nll_per_frame(_batch(list(changed)))[:, len(roll) - 1]).nan_to_num(torch.inf).sum())


def _leak_of_biases(net: BoltzmannNetwork, roll: Roll, frames: list[int]) -> str | None:
    """Of a Boltzmann machine, whose nats are drawn: its biases say all; they must not hear their own frame either."""
    before = torch.cat(net.biases(_batch([roll]).roll_BTP), -1)[0]
    for t in frames:
        cut = roll[: t + 1].copy()
        cut[t] = 1 - cut[t]
        if _moved(torch.cat(net.biases(_batch([cut]).roll_BTP), -1)[0], before[: t + 1]):
            return f"machines up to that of frame {t} hear what they are to foretell"
    return None


def _leak_of_gaps(net: Bidirectional, roll: Roll, rng: np.random.Generator) -> str | None:
    """A network that hears the future, but must not hear what stands in a gap."""
    for gap in range(0, len(roll), net.config.gap_frames):
        open_BT = torch.zeros(1, len(roll), dtype=torch.bool)
        open_BT[0, gap : gap + net.config.gap_frames] = True
        changed = roll.copy()
        changed[open_BT[0].numpy()] = rng.random((int(open_BT.sum()), roll.shape[1])) < 0.3
        if _moved(net(_batch([changed]), open_BT), net(_batch([roll]), open_BT)):
            return f"the gap at frame {gap} is heard"
    return None


def _batch(rolls: list[Roll]) -> RollBatch:
    return RollBatch.of(rolls).to(torch.float64)


@torch.no_grad()
def leak_of_parts(net: Flagship, example: Example, rng: np.random.Generator) -> str | None:
    """The same of the network that reads voices.

    Args:
        net: as trained.
        example: a real piece, at least a frame long.
        rng: of the places that are tried.
    """
    net = copy.deepcopy(net).cpu().double().eval()
    batch = Batch.of([example], lowest=net.config.lowest)
    before_TV, before_T = (x[0] for x in net(batch))
    for t in rng.integers(1, min(2 * N_FRAMES, len(example)), N_FRAMES_OF_VOICES).tolist():
        for place, part in enumerate(net.config.order):
            options = _options(net, batch, t, part)
            after = net.config.order[place:]
            changed = _cut(batch, t, len(options), rng, after, net.config.n_pitches)
            changed.pitch_BTV[:, t, part], changed.state_BTV[:, t, part] = options.T
            changed.length_BT[:, t] = torch.from_numpy(rng.integers(0, len(net.config.durations), len(options)))
            after_NTV, after_NT = net(changed)
            if _moved(after_NTV[:, :t], before_TV[None, :t]) or _moved(after_NT[:, :t], before_T[None, :t]):
                return f"frames before {t} hear what follows"
            earlier = list(net.config.order[:place])
            if _moved(after_NTV[:, t, earlier], before_TV[None, t, earlier]):
                return f"voices before voice {part} of frame {t} hear it, or what is after them in their order"
            if not abs(float(torch.exp(after_NTV[:, t, part]).sum()) - 1) <= ONE:
                return f"what voice {part} could do in frame {t} does not add up to one"
        lengths = _cut(batch, t, len(net.config.durations), rng, (), net.config.n_pitches)
        lengths.length_BT[:, t] = torch.arange(len(net.config.durations))
        after_NTV, after_NT = net(lengths)
        if _moved(after_NTV[:, t], before_TV[None, t]):
            return f"voices of frame {t} hear its length"
        if not abs(float(torch.exp(after_NT[:, t]).sum()) - 1) <= ONE:
            return f"the lengths that frame {t} could have do not add up to one"
    return None


def _options(net: Flagship, batch: Batch, t: int, part: int) -> Tensor:
    """All that a voice could do, pitch and state, (N, 2). A pitch that stays is held or struck, or one cannot know."""
    last = int(batch.pitch_BTV[0, t - 1, part])
    options = [(-1, HOLD)] + [(pitch, ONSET) for pitch in range(net.config.n_pitches) if pitch != last]
    if last >= 0:
        options += [(last, UNKNOWN)] if bool(batch.fused_B[0]) else [(last, HOLD), (last, ONSET)]
    return torch.tensor(options)


def _cut(batch: Batch, t: int, n: int, rng: np.random.Generator, parts: tuple[int, ...], n_pitches: int) -> Batch:
    """The piece up to frame t, n times; there some parts are anything."""
    known = {
        f.name: getattr(batch, f.name) for f in fields(batch)
    }  # the benchmark has no canvas: those fields are None
    cut = {
        name: x[:, : t + 1] if name.split("_")[1].startswith("BT") else x for name, x in known.items() if x is not None
    }
    several = replace(batch, **{name: x.expand(n, *x.shape[1:]).clone() for name, x in cut.items()})
    drawn = rng.integers(0, n_pitches, (n, len(parts)))
    several.pitch_BTV[:, t, list(parts)] = torch.from_numpy(drawn)
    several.state_BTV[:, t, list(parts)] = ONSET
    several.cut_BT[:, t] = False
    return several
