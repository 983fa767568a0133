"""The flagship in NumPy alone: frame by frame, many pieces side by side.

The same arithmetic as `stretto.networks.flagship`, in the order in which music is made:
`begin_frame`, then `options` and `choose` for every part in turn, then `lengths`, then
`end_frame`. Scoring a piece and composing one are the same calls.
"""

# Shapes: S streams, V parts, Y styles, P pitches, O = 2 + P options (go on, rest, pitch), F fields,
# G key-free state, H state of a pitch, E its input, D scorer, U vertical, C context, L lengths.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.ahead import N_NEXT, AheadStreams, Foresight, foresee
from stretto.engine.attention import Attended, Attention
from stretto.engine.cells import gru_step, log_softmax, lstm_step, silu
from stretto.engine.recall import Past, Recall
from stretto.engine.weights import FlagshipWeights
from stretto.frames.canvas import Canvas
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
    attended: Attended
    recalled: Past | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Recalled:
    """What each stream is asked to recall in a frame, as `frames.echo.Echoed` has it."""

    pitch_SV: Ints
    """Index of the pitch; below -1, or beyond the network's range = nothing."""
    struck_SV: NDArray[np.bool_]
    left_S: Ints


class FlagshipEngine:
    """Pieces in the making, one a stream."""

    def __init__(
        self,
        weights: FlagshipWeights,
        keys: Keys,
        *,
        canvases: Sequence[Canvas] | None = None,
        order: tuple[int, ...] | None = None,
        max_frames: int = 256,
    ) -> None:
        """Start every stream before its first frame.

        Args:
            weights: the network.
            keys: of each stream.
            canvases: what is given of each stream; None = of none is anything known.
            order: parts in the order in which a frame is decided; None = the network's usual one.
            max_frames: that there is room for at first.
        """
        self.w = w = weights
        self.order = w.order if order is None else order
        self.n_streams = s = len(keys.tonic_S)
        v, p = w.n_parts, w.n_pitches
        kind = w.dtype
        self.time_h, self.time_c = np.zeros((s, w.n_state), kind), np.zeros((s, w.n_state), kind)
        self.pitch_h, self.pitch_c = (np.zeros((s * p, w.n_pitch_state), kind) for _ in range(2))
        self.last_SV = np.full((s, v), NO_PAST)
        self.attention = Attention(w.nowhere, s, v, p + 1, w.n_attention)
        self.attention.make_room(max_frames, w.n_lengths)
        pitch = np.arange(p) + w.lowest
        degree_SP = 1 + (pitch[None] - keys.tonic_S[:, None]) % 12 + 12 * keys.mode_S[:, None]
        self.key_SP = np.where(keys.tonic_S[:, None] >= 0, degree_SP, 0)
        self.tonic_S, self.mode_S = keys.tonic_S, keys.mode_S
        self.recall = Recall(w.recall, s, v, p, np.array(w.durations)) if w.recall is not None else None
        self.pairs = np.triu_indices(v, 1)
        self.still_SPE = w.height_in_PE[None] + w.key_in[self.key_SP]
        self.by_key_VSPD = [w.relation_key[part][self.key_SP] for part in range(v)]
        self.ahead = self._foreseen(canvases) if canvases is not None and w.ahead is not None else None

    def _foreseen(self, canvases: Sequence[Canvas]) -> AheadStreams | None:
        """Every stream's canvas, read once from its end."""
        w = self.w
        if w.ahead is None:
            return None
        read: dict[tuple[int, int], Foresight] = {}
        for s, canvas in enumerate(canvases):
            same = (id(canvas), int(self.tonic_S[s]))
            if same not in read:
                read[same] = foresee(w.ahead, canvas, lowest=w.lowest, tonic=int(self.tonic_S[s]), key_P=self.key_SP[s])
        return AheadStreams(
            w.ahead, [read[id(canvas), int(self.tonic_S[s])] for s, canvas in enumerate(canvases)], w.n_parts
        )

    def memory(self, stream: int) -> Memory:
        """All that one stream remembers, to go on from it later."""
        p = self.w.n_pitches
        pitch = slice(stream * p, (stream + 1) * p)
        return Memory(
            time=(self.time_h[stream].copy(), self.time_c[stream].copy()),
            pitch=(self.pitch_h[pitch].copy(), self.pitch_c[pitch].copy()),
            last_V=self.last_SV[stream].copy(),
            attended=self.attention.past(stream),
            recalled=self.recall.past(stream) if self.recall is not None else None,
        )

    def resume(self, memory: Memory) -> None:
        """Every stream goes on from there; all must be in the key that it was in."""
        s = self.n_streams
        self.time_h, self.time_c = (np.repeat(x[None], s, axis=0) for x in memory.time)
        self.pitch_h, self.pitch_c = (np.tile(x, (s, 1)) for x in memory.pitch)
        self.last_SV = np.repeat(memory.last_V[None], s, axis=0)
        self.attention.resume(memory.attended)
        if self.recall is not None and memory.recalled is not None:
            self.recall.resume(memory.recalled)

    def begin_frame(
        self,
        fields_SF: Ints,
        free_S: NDArray[np.bool_],
        *,
        tick_S: Ints | None = None,
        recalled: Recalled | None = None,
    ) -> None:
        """Say where the frame stands, and whether it may change nothing (after a frame that was cut).

        Args:
            fields_SF: what the plan says there.
            free_S: the frame may hold every part.
            tick_S: where it begins, if there are canvases.
            recalled: what it is asked to recall.
        """
        w = self.w
        if self.ahead is not None and tick_S is not None:
            self.ahead.at(tick_S)
        self._take_echoes(recalled)
        self.free_S = free_S
        self.style_S = fields_SF[:, STYLE] if w.n_styles > 1 else np.zeros(self.n_streams, int)
        self._take_aim(fields_SF)
        heard_SF = fields_SF[:, : len(w.field_offset)]
        self.context_SC = w.fields[heard_SF + w.field_offset].sum(axis=1)
        whole = np.concatenate([self.time_h, self.context_SC], axis=1) @ w.from_whole
        whole += w.from_whole_bias
        if self.ahead is not None:
            whole[:, : w.n_vertical] += self.ahead.vertical_SU
        self.u_SU = np.tanh(whole[:, : w.n_vertical])
        self.copied_SVOA, self.copied_SAL = self.attention.look(whole[:, w.n_vertical :])
        if self.recall is not None:
            self.recall.begin_frame()
        self.pitched_SPD = (self.pitch_h @ w.from_pitch.T + w.from_pitch_bias).reshape(self.n_streams, w.n_pitches, -1)
        if self.ahead is not None:
            self.pitched_SPD += self.ahead.scored_SPD
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
        if w.hears_echoes:
            copied_SOA = np.concatenate([copied_SOA, self.echo_SVO2[:, part]], axis=2)
        feature = self.pitched_SPD + (self.u_SU @ w.from_vertical[part].T + w.from_vertical_bias[part])[:, None]
        feature += self.by_key_VSPD[part]
        feature += copied_SOA[:, 1:] @ w.from_copy.T
        parallel_SP = self._relate(part, feature)
        onset_SP = silu(feature) @ w.score[part] + parallel_SP + w.place_YVP[self.style_S, part]
        if recalled_SOM is not None and w.recall is not None:
            onset_SP += recalled_SOM[:, 1:] @ w.recall.by_recall_VM[part]
        sounding = last_S >= 0
        own = self.pitch_h.reshape(self.n_streams, w.n_pitches, -1)[stream, np.maximum(last_S, 0)] * sounding[:, None]
        hints = [self.u_SU, own, copied_SOA[stream, np.maximum(last_S, -1) + 1]]
        if w.ahead is not None:
            hints.append(self._own_ahead(last_S))
        hold = silu(np.concatenate(hints, axis=1) @ w.hold_in[part].T + w.hold_in_bias[part])
        hold = hold @ w.hold_out[part].T + w.hold_out_bias[part]
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
        if w.hears_echoes:
            copied = np.concatenate([copied, self.echo_SL], axis=1)
        return log_softmax(hidden @ w.length_out.T + w.length_out_bias + copied @ w.copy_length.T)

    def end_frame(self, length_S: Ints) -> None:
        """Hear the finished frame: both time axes step, and it can be recalled from now on."""
        w, s = self.w, self.n_streams
        new = self.new_SV
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
        self.attention.hear(new, length_S)
        if self.recall is not None:
            self.recall.end_frame(new, length_S)
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
        if w.ahead is not None:
            self._relate_to_come(part, feature_SPD)
        return parallel_SP

    def _relate_to_come(self, part: int, feature_SPD: Floats) -> None:
        """Add every pitch's relation to where each part is known to go."""
        w, n_known = self.w, 2 * self.w.n_parts - 1
        for other in range(w.n_parts):
            if self.ahead is None:
                feature_SPD += w.relation[part, n_known + N_NEXT * other][2 * w.n_pitches + 1]
                continue
            table_S = n_known + N_NEXT * other + self.ahead.next_bin_SV[:, other]
            feature_SPD += w.relation[part][table_S, _window(self.ahead.next_SV[:, other], w.n_pitches)]

    def _own_ahead(self, last_S: Ints) -> Floats:
        """What is known of what comes for the pitch that a part holds, (S, Q)."""
        if self.ahead is None:
            return np.zeros((self.n_streams, self.w.n_pitch_ahead), self.w.dtype)
        own: Floats = self.ahead.pitch_SPQ[np.arange(self.n_streams), np.maximum(last_S, 0)]
        return own * (last_S >= 0)[:, None]

    def _take_echoes(self, recalled: Recalled | None) -> None:
        """What is to be recalled as options, (S, V, 1 + P, 2), and as lengths, (S, L)."""
        w, s = self.w, self.n_streams
        if not w.hears_echoes:
            return
        self.echo_SVO2 = np.zeros((s, w.n_parts, 1 + w.n_pitches, 2), w.dtype)
        self.echo_SL = np.zeros((s, w.n_lengths), w.dtype)
        if recalled is None:
            return
        stream, part = np.nonzero((recalled.pitch_SV >= REST) & (recalled.pitch_SV < w.n_pitches))
        pitch, struck = recalled.pitch_SV[stream, part], recalled.struck_SV[stream, part]
        self.echo_SVO2[stream, part, 1 + pitch, 0] = 1
        self.echo_SVO2[stream, part, 1 + pitch, 1] = struck
        self.echo_SL[:] = recalled.left_S[:, None] == np.array(w.durations)

    def hear_ends(self, left_S: Ints) -> None:
        """Ticks to the next change in what is to be recalled, known once the parts have chosen; 0 = not known."""
        if self.w.hears_echoes:
            self.echo_SL[:] = left_S[:, None] == np.array(self.w.durations)

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
