"""The flagship in NumPy alone: frame by frame, many pieces side by side.

The same arithmetic as `stretto.networks.flagship`, in the order in which music is made:
`begin_frame`, then `options` and `choose` for every part in turn, then `lengths`, then
`end_frame`. Scoring a piece and composing one are the same calls.
"""

# Shapes: S streams, V parts, Y styles, P pitches, O = 2 + P options (go on, rest, pitch), F fields,
# G key-free state, H state of a pitch, E its input, D scorer, U vertical, C context, A heads, L lengths.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import gru_step, log_softmax, lstm_step, silu
from stretto.engine.recall import Past, Recall
from stretto.engine.weights import FlagshipWeights
from stretto.frames.parts import ONSET, REST, UNKNOWN
from stretto.frames.plan import FIELD_NAMES, goal_root, nearness_table

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

GO_ON, TAKE_REST, FIRST_PITCH = 0, 1, 2
"""Options of a part: its note (or rest) goes on, it falls silent, or it strikes a pitch."""

NO_PAST = -2
"""`last` of a part in the first frame."""

NEVER = -1e9
STYLE, TO_PHRASE, GOAL, CLOSE = (FIELD_NAMES.index(name) for name in ("style", "to_phrase", "goal", "close"))
NEARNESS = np.array(nearness_table())


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What is told of each stream for its whole length."""

    tonic_S: Ints
    """Pitch class, or -1 = unknown."""
    mode_S: Ints
    """0 unknown, 1 major, 2 minor."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Memory:
    """What one stream remembers after its last frame; T frames."""

    time: tuple[Floats, Floats]
    pitch: tuple[Floats, Floats]
    last_V: Ints
    held: Floats
    long: Floats
    address: Floats
    recalled: Past | None


class FlagshipEngine:
    """Pieces in the making, one a stream."""

    def __init__(self, weights: FlagshipWeights, keys: Keys, *, max_frames: int = 256) -> None:
        """Start every stream before its first frame."""
        self.w = w = weights
        self.n_streams = s = len(keys.tonic_S)
        v, p = w.n_parts, w.n_pitches
        kind = w.dtype
        self.time_h, self.time_c = np.zeros((s, w.n_state), kind), np.zeros((s, w.n_state), kind)
        self.pitch_h, self.pitch_c = (np.zeros((s * p, w.n_pitch_state), kind) for _ in range(2))
        self.last_SV = np.full((s, v), NO_PAST)
        self.n_frames = 0
        self._grow(max_frames)
        pitch = np.arange(p) + w.lowest
        degree_SP = 1 + (pitch[None] - keys.tonic_S[:, None]) % 12 + 12 * keys.mode_S[:, None]
        self.key_SP = np.where(keys.tonic_S[:, None] >= 0, degree_SP, 0)
        self.tonic_S = keys.tonic_S
        self.recall = Recall(w.recall, s, v, p, np.array(w.durations)) if w.recall is not None else None
        self.pairs = np.triu_indices(v, 1)
        self.still_SPE = w.height_in_PE[None] + w.key_in[self.key_SP]
        self.by_key_VSPD = [w.relation_key[part][self.key_SP] for part in range(v)]

    def memory(self, stream: int) -> Memory:
        """All that one stream remembers, to go on from it later."""
        p, t = self.w.n_pitches, self.n_frames
        pitch = slice(stream * p, (stream + 1) * p)
        return Memory(
            time=(self.time_h[stream].copy(), self.time_c[stream].copy()),
            pitch=(self.pitch_h[pitch].copy(), self.pitch_c[pitch].copy()),
            last_V=self.last_SV[stream].copy(),
            held=self.held[stream, :t].copy(),
            long=self.long[stream, :t].copy(),
            address=self.address[stream, :, :t].copy(),
            recalled=self.recall.past(stream) if self.recall is not None else None,
        )

    def resume(self, memory: Memory) -> None:
        """Every stream goes on from there; all must be in the key that it was in."""
        s = self.n_streams
        self.time_h, self.time_c = (np.repeat(x[None], s, axis=0) for x in memory.time)
        self.pitch_h, self.pitch_c = (np.tile(x, (s, 1)) for x in memory.pitch)
        self.last_SV = np.repeat(memory.last_V[None], s, axis=0)
        self.n_frames = t = len(memory.held)
        for store, kept in ((self.held, memory.held), (self.long, memory.long)):
            store[:, :t], store[:, t:] = kept, 0
        self.address[:, :, :t] = memory.address
        if self.recall is not None and memory.recalled is not None:
            self.recall.resume(memory.recalled)

    def begin_frame(self, fields_SF: Ints, free_S: NDArray[np.bool_]) -> None:
        """Say where the frame stands, and whether it may change nothing (after a frame that was cut)."""
        w = self.w
        self.free_S = free_S
        self.style_S = fields_SF[:, STYLE] if w.n_styles > 1 else np.zeros(self.n_streams, int)
        self._take_aim(fields_SF)
        heard_SF = fields_SF[:, : len(w.field_offset)]
        self.context_SC = w.fields[heard_SF + w.field_offset].sum(axis=1)
        whole = np.concatenate([self.time_h, self.context_SC], axis=1) @ w.from_whole
        whole += w.from_whole_bias
        self.u_SU = np.tanh(whole[:, : w.n_vertical])
        self._attend(whole[:, w.n_vertical :])
        if self.recall is not None:
            self.recall.begin_frame()
        self.pitched_SPD = (self.pitch_h @ w.from_pitch.T + w.from_pitch_bias).reshape(self.n_streams, w.n_pitches, -1)
        self.new_SV = np.full_like(self.last_SV, NO_PAST)
        self.state_SV = np.zeros_like(self.last_SV)
        self.motion_SV = np.zeros_like(self.last_SV)
        self.same_S = np.ones(self.n_streams, bool)
        self.done: list[int] = []

    def options(self, part: int, *, fused_S: NDArray[np.bool_] | None = None) -> Floats:
        """Log-probability of everything that `part` could do now, (S, O).

        Args:
            part: the next part in the network's order.
            fused_S: streams that cannot tell held from repeated notes, as `jsb16`.
        """
        w, last_S = self.w, self.last_SV[:, part]
        stream = np.arange(self.n_streams)
        copied_SOA = self.copied_SVOA[:, part]
        recalled_SOM = self.recall.expect(part) if self.recall is not None else None
        if recalled_SOM is not None:
            copied_SOA = np.concatenate([copied_SOA, recalled_SOM], axis=2)
        feature = self.pitched_SPD + (self.u_SU @ w.from_vertical[part].T + w.from_vertical_bias[part])[:, None]
        feature += self.by_key_VSPD[part]
        feature += copied_SOA[:, 1:] @ w.from_copy.T
        parallel_SP = self._relate(part, feature)
        onset_SP = silu(feature) @ w.score[part] + parallel_SP + w.place_YVP[self.style_S, part]
        if recalled_SOM is not None and w.recall is not None:
            onset_SP += recalled_SOM[:, 1:] @ w.recall.by_recall_VM[part]
        sounding = last_S >= 0
        own = self.pitch_h.reshape(self.n_streams, w.n_pitches, -1)[stream, np.maximum(last_S, 0)] * sounding[:, None]
        hints = np.concatenate([self.u_SU, own, copied_SOA[stream, np.maximum(last_S, -1) + 1]], axis=1)
        hold = silu(hints @ w.hold_in[part].T + w.hold_in_bias[part]) @ w.hold_out[part].T + w.hold_out_bias[part]
        hold += w.habit_YV2[self.style_S, part]
        if self.aims_SVP is not None:
            struck_SVP, held_SVP = self.aims_SVP
            onset_SP += struck_SVP[:, part]
            hold[:, 0] += held_SVP[stream, part, np.maximum(last_S, 0)] * sounding
        must_change = self.same_S & ~self.free_S & (len(self.done) == w.n_parts - 1)
        out = np.concatenate([hold, onset_SP], axis=1)
        out[(last_S == NO_PAST) | must_change, GO_ON] = NEVER
        out[last_S == REST, TAKE_REST] = NEVER
        if fused_S is not None:
            blocked = must_change & fused_S & sounding
            out[stream[blocked], FIRST_PITCH + last_S[blocked]] = NEVER
        return log_softmax(out)

    def choose(self, part: int, pitch_S: Ints, state_S: Ints) -> None:
        """Fix what `part` does: pitch index or REST, and HOLD, ONSET or UNKNOWN."""
        w, last_S = self.w, self.last_SV[:, part]
        self.new_SV[:, part], self.state_SV[:, part] = pitch_S, state_S
        self.same_S = self.same_S & (pitch_S == last_S) & (state_S != ONSET)
        self.done.append(part)
        if self.recall is not None:
            self.recall.hear(part, pitch_S)
        self.motion_SV[:, part] = _motion(pitch_S, last_S)
        self.u_SU = gru_step(w.vertical_in[part][self.motion_SV[:, part]], self.u_SU, w.vertical)

    def lengths(self) -> Floats:
        """Log-probability of every frame length, (S, L)."""
        w = self.w
        hidden = silu(self.u_SU @ w.length_in_up.T + w.length_in_up_bias)
        copied = self.copied_SAL
        if self.recall is not None:
            copied = np.concatenate([copied, self.recall.lengths()], axis=1)
        return log_softmax(hidden @ w.length_out.T + w.length_out_bias + copied @ w.copy_length.T)

    def end_frame(self, length_S: Ints) -> None:
        """Hear the finished frame: both time axes step, and it can be recalled from now on."""
        w, s = self.w, self.n_streams
        new, stream = self.new_SV, np.arange(self.n_streams)
        from_seen = w.seen[self._rows_seen(length_S)].sum(axis=1)
        from_seen += self.context_SC @ w.context_in
        self.time_h, self.time_c = lstm_step(from_seen, self.time_h, self.time_c, w.time)
        near = self.still_SPE + (self.time_h @ w.state_in.T + w.state_in_bias)[:, None]
        for v in range(w.n_parts):
            slot = 2 * v + (self.state_SV[:, v] == ONSET)
            near += w.near[slot, _window(new[:, v], w.n_pitches)]
        np.tanh(near, out=near)
        from_near = near.reshape(s * w.n_pitches, -1) @ w.pitch_time.input
        self.pitch_h, self.pitch_c = lstm_step(from_near, self.pitch_h, self.pitch_c, w.pitch_time)
        t = self.n_frames
        if t == self.held.shape[1]:
            self._grow(2 * t)
        for v in range(w.n_parts):
            self.held[stream, t, v * (w.n_pitches + 1) + new[:, v] + 1] = 1
        self.long[stream, t, length_S] = 1
        if self.recall is not None:
            self.recall.end_frame(new, length_S)
        self.n_frames += 1
        self.last_SV = new

    def _rows_seen(self, length_S: Ints) -> Ints:
        """Rows of `seen` for what the finished frame shows in any key, (S, rows)."""
        w, new = self.w, self.new_SV
        motion, interval, degree, length = w.seen_offset
        known = (new >= 0) & (self.tonic_S >= 0)[:, None]
        degree_SV = np.where(known, 1 + (new + w.lowest - self.tonic_S[:, None]) % 12, 0)
        upper, lower = self.pairs
        apart = _interval(new[:, upper], new[:, lower])
        rows = (self.motion_SV + motion, apart + interval, degree_SV + degree, length_S[:, None] + length)
        return np.concatenate(rows, axis=1)

    def _attend(self, address_and_query: Floats) -> None:
        """Attend to earlier frames: what they held, and how long they were."""
        w, s, t = self.w, self.n_streams, self.n_frames
        a = w.n_heads
        if t == self.address.shape[2]:
            self._grow(2 * t)
        own, query = address_and_query.reshape(s, 2, a, 1, -1).swapaxes(0, 1)
        self.address[:, :, t] = own[:, :, 0]
        weight = (query @ self.address[:, :, :t].swapaxes(2, 3))[:, :, 0] / np.sqrt(w.dtype.type(query.shape[-1]))
        weight = np.concatenate([weight, np.broadcast_to(w.nowhere[None, :, None], (s, a, 1))], axis=2)
        weight = np.exp(log_softmax(weight))[:, :, :-1]
        self.copied_SVOA = (weight @ self.held[:, :t]).reshape(s, a, w.n_parts, -1).transpose(0, 2, 3, 1)
        self.copied_SAL = (weight @ self.long[:, :t]).reshape(s, -1)

    def _relate(self, part: int, feature_SPD: Floats) -> Floats:
        """Add every pitch's relation to the parts around it; returns the score of parallel motion, (S, P)."""
        w, last_S = self.w, self.last_SV[:, part]
        feature_SPD += w.relation[part, 0][_window(last_S, w.n_pitches)]
        parallel_SP = np.zeros(feature_SPD.shape[:2], w.dtype)
        for k, other in enumerate(o for o in range(w.n_parts) if o != part):
            was, now = self.last_SV[:, other], self.new_SV[:, other]
            if other not in self.done:
                feature_SPD += w.relation[part, w.n_parts + k][_window(was, w.n_pitches)]
                continue
            feature_SPD += w.relation[part, 1 + k][_window(now, w.n_pitches)]
            known = (last_S >= 0) & (was >= 0) & (now >= 0)
            interval, beside = np.where(known, ((last_S - was) % 12, now % 12), 12)
            moved = (now != was).astype(int)
            parallel_SP += w.parallel[self.style_S, part, other, moved, interval, beside]
        return parallel_SP

    def _take_aim(self, fields_SF: Ints) -> None:
        """How every pitch, struck or held by each part, leads to its phrase's goal: (S, V, P), or None."""
        w, goal_S = self.w, fields_SF[:, GOAL]
        known_S = (goal_S > 0) & (self.tonic_S >= 0)
        self.aims_SVP: tuple[Floats, Floats] | None = None
        if w.aim_YV is None or w.aim_hold_YV is None or not known_S.any():
            return
        root_S = np.where(known_S, self.tonic_S + goal_root(goal_S), 0)
        degree_SP = (np.arange(w.n_pitches) + w.lowest - root_S[:, None]) % 12
        near_S, close_S = NEARNESS[fields_SF[:, TO_PHRASE]], fields_SF[:, CLOSE]
        which = (self.style_S, slice(None), near_S, close_S, np.maximum(goal_S - 1, 0) % 2)
        stream = np.arange(self.n_streams)[:, None]
        struck_SVP, held_SVP = (
            (table[which] * known_S[:, None, None]).swapaxes(1, 2)[stream, degree_SP].swapaxes(1, 2)
            for table in (w.aim_YV, w.aim_hold_YV)
        )
        self.aims_SVP = struck_SVP, held_SVP

    def _grow(self, n: int) -> None:
        """Room for `n` frames of memory."""
        w, s = self.w, self.n_streams
        shapes = {
            "held": (s, n, w.n_parts * (w.n_pitches + 1)),
            "long": (s, n, w.n_lengths),
            "address": (s, w.n_heads, n, w.n_attention),
        }
        for name, shape in shapes.items():
            fresh = np.zeros(shape, w.dtype)
            if self.n_frames:
                old: Floats = getattr(self, name)
                fresh[tuple(slice(k) for k in old.shape)] = old
            setattr(self, name, fresh)

    held: Floats
    long: Floats
    address: Floats


def choice_log_p(log_SO: Floats, last_S: Ints, pitch_S: Ints, state_S: Ints) -> Floats:
    """Log-probability of a part's known choice, (S,); an UNKNOWN state sums over held and struck."""
    same = pitch_S == last_S
    struck = np.where(pitch_S < 0, np.where(same, GO_ON, TAKE_REST), FIRST_PITCH + pitch_S)
    option = np.where((pitch_S >= 0) & (state_S != ONSET) & (state_S != UNKNOWN), GO_ON, struck)
    stream = np.arange(len(pitch_S))
    chosen = log_SO[stream, option]
    either = np.logaddexp(log_SO[:, GO_ON], chosen)
    result: Floats = np.where((state_S == UNKNOWN) & same, either, chosen)
    return result


def _window(pitch_S: Ints, n_pitches: int) -> Ints:
    """Which window of a relative table holds the row of every pitch seen from `pitch_S`; none = the last."""
    return np.where(pitch_S >= 0, n_pitches - pitch_S, 2 * n_pitches + 1)


def _motion(pitch_S: Ints, last_S: Ints) -> Ints:
    moved = np.minimum(np.maximum(pitch_S - last_S, -13), 13) + 13
    silent = np.where(pitch_S < 0, 28, 27)
    return np.where((pitch_S >= 0) & (last_S >= 0), moved, np.where(last_S == NO_PAST, 29, silent))


def _interval(upper_S: Ints, lower_S: Ints) -> Ints:
    return np.where((upper_S >= 0) & (lower_S >= 0), np.minimum(np.maximum(upper_S - lower_S, -2), 36) + 2, 39)
