"""Slow, plain twins of the networks on rolls: NumPy alone, one frame and one pitch at a time.

They are written from the descriptions, not from the tensor code, and share nothing with it but the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Weights = dict[str, np.ndarray]
State = tuple[np.ndarray, np.ndarray]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def toss_nats(logit: float, sounds: int) -> float:
    """Nats of one pitch that sounds or not."""
    chance = sigmoid(logit)
    return -float(np.log(chance if sounds else 1 - chance))


def frame_nats(logits: np.ndarray, frame: np.ndarray) -> float:
    return sum(toss_nats(logit, sounds) for logit, sounds in zip(logits, frame, strict=True))


def linear(w: Weights, name: str, x: np.ndarray) -> np.ndarray:
    bias = w.get(f"{name}.bias", 0.0)
    out: np.ndarray = w[f"{name}.weight"] @ x + bias
    return out


def lstm_step(w: Weights, name: str, x: np.ndarray, state: State, ending: str = "_l0") -> State:
    """torch's order of gates: in, forget, cell, out."""
    h, c = state
    both = (
        w[f"{name}.weight_ih{ending}"] @ x
        + w[f"{name}.bias_ih{ending}"]
        + w[f"{name}.weight_hh{ending}"] @ h
        + w[f"{name}.bias_hh{ending}"]
    )
    into, keep, new, out = np.split(both, 4)
    c = sigmoid(keep) * c + sigmoid(into) * np.tanh(new)
    return sigmoid(out) * np.tanh(c), c


def gru_step(w: Weights, name: str, x: np.ndarray, h: np.ndarray, ending: str = "_l0") -> np.ndarray:
    """torch's order of gates: reset, update, new."""
    from_x = np.split(w[f"{name}.weight_ih{ending}"] @ x + w[f"{name}.bias_ih{ending}"], 3)
    from_h = np.split(w[f"{name}.weight_hh{ending}"] @ h + w[f"{name}.bias_hh{ending}"], 3)
    reset, update = sigmoid(from_x[0] + from_h[0]), sigmoid(from_x[1] + from_h[1])
    new = np.tanh(from_x[2] + reset * from_h[2])
    out: np.ndarray = (1 - update) * new + update * h
    return out


def elman_step(w: Weights, name: str, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    inside = w[f"{name}.weight_ih_l0"] @ x + w[f"{name}.bias_ih_l0"]
    out: np.ndarray = np.tanh(inside + w[f"{name}.weight_hh_l0"] @ h + w[f"{name}.bias_hh_l0"])
    return out


def silence(lstm: str, w: Weights, ending: str = "_l0") -> State:
    n = w[f"{lstm}.weight_hh{ending}"].shape[1]
    return np.zeros(n), np.zeros(n)


def recurrent_nats(w: Weights, roll: np.ndarray, config: Any, cell: str) -> list[float]:
    nats = []
    h, c = silence("time", w)
    heard = np.zeros(roll.shape[1])
    for frame in roll:
        if cell == "lstm":
            h, c = lstm_step(w, "time", heard, (h, c))
        else:
            h = gru_step(w, "time", heard, h) if cell == "gru" else elman_step(w, "time", heard, h)
        nats.append(frame_nats(linear(w, "chance", h), frame))
        heard = frame
    return nats


def feed_forward_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    nats = []
    padded = np.vstack([np.zeros((config.n_window, roll.shape[1])), roll])
    for t, frame in enumerate(roll):
        x = np.maximum(0, linear(w, "layers.0", padded[t : t + config.n_window].ravel()))
        x = np.maximum(0, linear(w, "layers.3", x))
        nats.append(frame_nats(linear(w, "chance", x), frame))
    return nats


def convolution_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    before = np.vstack([np.zeros(roll.shape[1]), roll[:-1]])
    x = [w["first.weight"][:, :, 0] @ frame + w["first.bias"] for frame in before]
    for i in range(config.n_layers):
        kernel, bias = w[f"layers.{i}.weight"], w[f"layers.{i}.bias"]
        heard = []
        for t in range(len(x)):
            total = bias.copy()
            for j in range(config.n_width):
                back = (config.n_width - 1 - j) * 2**i
                if t - back >= 0:
                    total = total + kernel[:, :, j] @ np.maximum(0, x[t - back])
            heard.append(total)
        x = [a + b for a, b in zip(x, heard, strict=True)]
    return [frame_nats(linear(w, "chance", np.maximum(0, a)), frame) for a, frame in zip(x, roll, strict=True)]


def nade_frame(w: Weights, visible: np.ndarray, hidden: np.ndarray, frame: np.ndarray) -> float:
    """Pitch by pitch, hidden units made anew for each."""
    nats = 0.0
    for pitch, sounds in enumerate(frame):
        inside = hidden + sum((w["layer.heard_PH"][q] for q in range(pitch) if frame[q]), np.zeros_like(hidden))
        nats += toss_nats(visible[pitch] + w["layer.chance_PH"][pitch] @ sigmoid(inside), sounds)
    return nats


def nade_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    return [nade_frame(w, w["visible_P"], w["hidden_H"], frame) for frame in roll]


def rnn_nade_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    nats, heard = [], np.zeros(roll.shape[1])
    h = np.zeros(config.n_state)
    for frame in roll:
        h = elman_step(w, "time", heard, h)
        nats.append(nade_frame(w, linear(w, "visible", h), linear(w, "hidden", h), frame))
        heard = frame
    return nats


def inputs_of_2015(before: np.ndarray, two_before: np.ndarray, pitch: int, index: int) -> np.ndarray:
    """The 80 numbers, one by one."""
    n = len(before)
    values = [float(pitch)] + [float(pitch % 12 == c) for c in range(12)]
    for q in range(pitch - 12, pitch + 13):
        play = float(before[q]) if 0 <= q < n else 0.0
        values += [play, play * (1 - two_before[q]) if 0 <= q < n else 0.0]
    values += [float(sum(before[q] for q in range(n) if q % 12 == (pitch + i) % 12)) for i in range(12)]
    values += [1.0 if (index % 16) & (1 << bit) else -1.0 for bit in range(4)]
    return np.array([*values, 0.0])


def biaxial2015_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    n = roll.shape[1]
    states = [[silence(f"time.{i}", w) for i in range(2)] for _ in range(n)]
    frames = [np.zeros(n), np.zeros(n), *roll]
    nats = []
    for t, frame in enumerate(roll):
        before, two_before = frames[t + 1], frames[t]
        upwards, total = [silence(f"note.{i}", w) for i in range(2)], 0.0
        for pitch in range(n):
            x = inputs_of_2015(before, two_before, pitch, t - 1)
            for i in range(2):
                states[pitch][i] = lstm_step(w, f"time.{i}", x, states[pitch][i])
                x = states[pitch][i][0]
            below = [frame[pitch - 1], frame[pitch - 1] * (1 - before[pitch - 1])] if pitch else [0.0, 0.0]
            x = np.concatenate([x, below])
            for i in range(2):
                upwards[i] = lstm_step(w, f"note.{i}", x, upwards[i])
                x = upwards[i][0]
            total += toss_nats(linear(w, "chance", x)[0], frame[pitch])
        nats.append(total)
    return nats


def rnn_rbm_biases(w: Weights, roll: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of the pitches and of the hidden units of each frame's machine."""
    h, biases = np.zeros(w["time.weight_hh_l0"].shape[0]), []
    for heard in [np.zeros(roll.shape[1]), *roll[:-1]]:
        h = elman_step(w, "time", heard, h)
        biases.append((linear(w, "visible", h), linear(w, "hidden", h)))
    return biases


def bidirectional_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    nats = []
    for t, frame in enumerate(roll):
        phase = (t // config.gap_frames) % config.n_phases
        is_open = [(s // config.gap_frames) % config.n_phases == phase for s in range(len(roll))]
        heard = [np.concatenate([f * (not o), [float(o), 1.0]]) for f, o in zip(roll, is_open, strict=True)]
        forward, backward = silence("time", w), silence("time", w, "_l0_reverse")
        for s in range(t + 1):
            forward = lstm_step(w, "time", heard[s], forward)
        for s in range(len(roll) - 1, t - 1, -1):
            backward = lstm_step(w, "time", heard[s], backward, "_l0_reverse")
        nats.append(frame_nats(linear(w, "chance", np.concatenate([forward[0], backward[0]])), frame))
    return nats


LONGEST_RUN, BLURRED, CYCLE, NEAR_CERTAIN = 24, 8, 16, 0.002


def lag_bin(lag: int) -> int:
    """Singly up to 32, then four bins an octave; the last of 64 has all that is farther."""
    return lag if lag < 32 else min(63, 32 + int(4 * np.log2(lag / 32)))


def remembered(w: Weights, roll: np.ndarray, t: int, pitch: int, config: Any) -> tuple[list[float], list[float]]:
    """Chance that memory gives a pitch, and its trust before the first note, a number a head."""
    chances, trusts = [], []
    below = [q for q in range(pitch) if roll[t][q]]
    for head in range(config.n_heads):
        weights = {True: [], False: []}  # before the first note, and now
        for s in range(t):
            run = 0
            while run < LONGEST_RUN and s - run - 1 >= 0 and (roll[s - run - 1] == roll[t - run - 1]).all():
                run += 1
            logit = w["memory.run"][run, head]
            for back in range(1, BLURRED + 1):
                if s - back >= 0:
                    a, b = roll[s - back], roll[t - back]
                    like = (a * b).sum() / max(1.0, np.sqrt(a.sum() * b.sum()))
                    logit += w["memory.likeness"][back - 1, head] * like
            logit += w["memory.lag"][lag_bin(t - s), head]
            logit += w["memory.cycle"][(t - s) % CYCLE, head]
            upto = below[-1] + 1 if below else 0
            differ = int((roll[s][:upto] != roll[t][:upto]).sum())
            weights[True].append(np.exp(logit))
            weights[False].append(np.exp(logit - np.log1p(np.exp(w["memory.strictness"][head])) * differ))
        nothing = w["memory.nothing"][head]
        none_now = np.exp(nothing - w["memory.nothing_falls"][head] * len(below))
        total = sum(weights[False]) + none_now
        chances.append(sum(x * roll[s][pitch] for s, x in enumerate(weights[False])) / total)
        first = sum(weights[True])
        trusts.append(first / (first + np.exp(nothing)))
    return chances, trusts


def sparse_biaxial_nats(w: Weights, roll: np.ndarray, config: Any) -> list[float]:
    """Pitch by pitch: the vertical state is made anew for each from all notes below it."""
    n = roll.shape[1]
    whole = silence("time", w)
    pitches = [silence("pitch_time", w) for _ in range(n)]
    nats, before = [], np.zeros(n)
    for t, frame in enumerate(roll):
        index = w["index.weight"][t % config.n_index]
        context = linear(w, "vertical_start", np.concatenate([whole[0], index]))
        trust = remembered(w, roll, t, 0, config)[1]
        start = np.tanh(context + w["from_trust.weight"] @ np.array(trust))
        total = 0.0
        for pitch in range(n):
            u, last = start, -1
            below = [q for q in range(pitch) if frame[q]]
            for q in below:
                step = max(0, min(q - last, n))
                note = np.concatenate([w["note_in.weight"][q], w["step_in.weight"][step], pitches[q][0]])
                renamed = {
                    f"v.{key}_l0": w[f"vertical.{key}"] for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                }
                u, last = gru_step(renamed, "v", note, u), q
            feature = linear(w, "from_pitch", pitches[pitch][0]) + w["from_vertical.weight"] @ u
            for q in below:
                feature = feature + w["below.weight"][:, 0, q - pitch + n - 1]
            chance, _ = remembered(w, roll, t, pitch, config)
            kept = np.clip(chance, NEAR_CERTAIN, 1 - NEAR_CERTAIN)
            memory = np.concatenate([chance, np.log(kept / (1 - kept)) / 6])
            feature = feature + w["from_place"][pitch] + w["from_memory.weight"] @ memory
            scored = linear(w, "score", feature * sigmoid(feature)) + w["by_memory.weight"] @ memory
            total += toss_nats(float(scored[0]), frame[pitch])
        nats.append(total)
        begun = frame * (1 - before)
        heard = np.tanh(linear(w, "frame_in", np.concatenate([frame, begun])))
        whole = lstm_step(w, "time", np.concatenate([heard, index]), whole)
        for pitch in range(n):
            near = sum(
                (
                    frame[q] * w["near.weight"][:, 0, q - pitch + n - 1]
                    + begun[q] * w["near.weight"][:, 1, q - pitch + n - 1]
                )
                for q in range(n)
            )
            x = np.tanh(near + w["place"][pitch] + linear(w, "state_in", whole[0]))
            pitches[pitch] = lstm_step(w, "pitch_time", x, pitches[pitch])
        before = frame
    return nats
