"""Make tests/engine/golden_*: a tiny network with random weights, one piece, and torch's log-probabilities of it.

Run it after a change that should alter the network's numbers: `python scripts/make_golden.py`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from stretto.frames.example import example_of
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames, fused_states
from stretto.frames.plan import FIELD_NAMES, Plan
from stretto.networks.batch import Batch
from stretto.networks.flagship import Config, Flagship

FOLDER = Path(__file__).parent.parent / "tests" / "engine"

TINY = Config(
    lowest=48,
    n_pitches=24,
    durations=(6, 12, 24, 48),
    n_state=6,
    n_pitch_state=5,
    n_pitch_input=4,
    n_scorer=6,
    n_vertical=7,
    n_heads=2,
    n_attention=3,
    n_recalls=2,
    n_context=4,
    fields=FIELD_NAMES,
    by_style=True,
)


def random_piece(seed: int, n_frames: int = 12, *, repeats: bool = False) -> tuple[PartFrames, Plan]:
    """Four voices at random, with rests, holds and repeated notes; the second half may repeat the first."""
    rng = np.random.default_rng(seed)
    pitch = np.full((n_frames, 4), REST, np.int16)
    state = np.zeros((n_frames, 4), np.int8)
    for t in range(n_frames):
        for v in range(4):
            kind = rng.random()
            if kind < 0.1:
                continue
            if kind < 0.4 and t and pitch[t - 1, v] != REST:
                pitch[t, v], state[t, v] = pitch[t - 1, v], HOLD
            else:
                pitch[t, v], state[t, v] = rng.integers(48, 72), ONSET
        if t and not (state[t] == ONSET).any():
            pitch[t, 0], state[t, 0] = 60, ONSET
    length = rng.choice([6, 12, 24, 48], n_frames)
    if repeats:
        half = n_frames // 2
        pitch[half:], state[half:], length[half:] = pitch[:half], state[:half], length[:half]
    tick = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int32)
    end = int(length.sum())
    bars = tuple(range(0, end, 96))
    plan = Plan(
        style="bach",
        tonic=2,
        mode="minor",
        bar_starts=bars,
        bar_meters=("4/4",) * len(bars),
        end=end,
        phrase_ends=(int(tick[5]),),
        goals=(8,),
        closes=(2,),
    )
    return PartFrames(tick_T=tick, pitch_TV=pitch, state_TV=state, end=end), plan


def fused(frames: PartFrames) -> PartFrames:
    """The piece as a source that cannot tell held from repeated notes would have it."""
    pitch = frames.pitch_TV.copy()
    for t in range(1, len(pitch)):
        if (pitch[t] == pitch[t - 1]).all():
            pitch[t, 0] = 59 if pitch[t, 0] == 60 else 60
    return replace(frames, pitch_TV=pitch, state_TV=fused_states(pitch))


def main() -> None:
    """Write the weights, the piece and its log-probabilities in float64."""
    torch.manual_seed(7)
    net = Flagship(TINY).double().eval()
    for weight in net.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    tensors = {k: v.contiguous() for k, v in net.state_dict().items()}
    save_file(tensors, FOLDER / "golden.safetensors", metadata={"config": json.dumps(asdict(TINY))})
    golden = []
    for seed in range(4):
        frames, plan = random_piece(seed, repeats=seed == 2)
        if seed == 3:
            frames = fused(frames)
        if seed == 1:
            plan = plan.without("key", "meter", "end", "phrase", "style")
        piece = example_of(frames, plan, TINY.durations)
        with torch.no_grad():
            parts, length = net(Batch.of([piece], lowest=TINY.lowest))
        said = {
            "tick": frames.tick_T.tolist(),
            "pitch": frames.pitch_TV.tolist(),
            "state": frames.state_TV.tolist(),
            "end": frames.end,
            "plan": asdict(plan),
        }
        golden.append({"piece": said, "part_TV": parts[0].tolist(), "length_T": length[0].tolist()})
    (FOLDER / "golden_flagship.json").write_text(json.dumps(golden), encoding="utf-8")


if __name__ == "__main__":
    main()
