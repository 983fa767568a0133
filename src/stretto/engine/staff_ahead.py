"""What is given of what is to come, for the staves network in NumPy: a canvas read once from its end.

The same arithmetic as `stretto.networks.staff_ahead`.
"""

# Shapes: E edges of the canvas, V staves, A state, N pieces.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import Gru, gru_step
from stretto.engine.staff_weights import StavesWeights
from stretto.frames.staff_canvas import StaffCanvas

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

LEFT_EDGES = np.array([3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 144, 192, 288, 384])
SOON_EDGES = np.array([6, 12, 24, 48, 96])
NONE = -1
FAR = 10**6


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffForesight:
    """What is known of a canvas from each of its edges on."""

    edge_E: Ints
    whole_EA: Floats
    """Before the time left is added."""
    known_E: NDArray[np.bool_]
    next_EV: Ints
    """Index of the next given outermost pitch of each staff; NONE."""
    next_tick_EV: Ints

    def at(self, w: StavesWeights, tick: int) -> tuple[Floats, Ints, Ints]:
        """What is heard at a tick: of the whole (A,), and pitch and bin of each staff's next given note (V,)."""
        e, v = int(np.searchsorted(self.edge_E, tick, side="right")), self.next_EV.shape[1]
        nothing = np.zeros(self.whole_EA.shape[1], w.dtype), np.full(v, NONE), np.zeros(v, int)
        if e >= len(self.edge_E):
            return nothing
        left = int(self.edge_E[e]) - tick
        whole = nothing[0]
        if self.known_E[e] and left <= w.shape.horizon:
            bin_ = np.searchsorted(LEFT_EDGES, left, side="left")
            whole = np.tanh(self.whole_EA[e] + w.t["ahead.left_in.weight"][bin_])
        ticks_V = self.next_tick_EV[e] - tick
        pitch_V = np.where(ticks_V <= w.shape.horizon, self.next_EV[e], NONE)
        return whole, pitch_V, np.searchsorted(SOON_EDGES, ticks_V, side="left")


def foresee(w: StavesWeights, canvas: StaffCanvas, *, start: int, height_P: Ints) -> StaffForesight:
    """Read a canvas from its end.

    Args:
        w: weights.
        canvas: what is given.
        start: tick at which the first moment begins.
        height_P: height above the tonic of every pitch.
    """
    edges = canvas.edges()
    edges = edges[edges > start]
    n, v, t = len(edges), canvas.given.n_staves, w.t
    notes = canvas.given.notes[canvas.given.notes["onset"] > start]
    at, pitch, staff = np.searchsorted(edges, notes["onset"]), notes["pitch"] - w.shape.lowest, notes["staff"]
    n_heights = t["ahead.struck_in"].shape[0] // v
    seen = np.zeros((n, t["ahead.struck_in"].shape[1]), w.dtype)
    np.add.at(seen, at, t["ahead.struck_in"][staff * n_heights + height_P[pitch]])
    seen += canvas.open_at(edges) @ t["ahead.open_in.weight"].T + t["ahead.open_in.bias"]
    left = np.diff(edges, append=canvas.given.end)
    seen += t["ahead.long_in.weight"][np.searchsorted(LEFT_EDGES, left, side="left")]
    gates = np.tanh(seen) @ t["ahead.time.weight_ih_l0"].T + t["ahead.time.bias_ih_l0"]
    cell = Gru(t["ahead.time.weight_hh_l0"].T, t["ahead.time.bias_hh_l0"])
    state = np.zeros((1, cell.hidden.shape[0]), w.dtype)
    state_EA = np.zeros((n, state.shape[1]), w.dtype)
    next_EV, tick_EV = np.full((n, v), NONE), np.full((n, v), FAR)
    struck = np.bincount(at, minlength=n) > 0
    outer_EV = _outer(at, pitch, staff, n, w.shape.upward)
    for e in range(n - 1, -1, -1):
        state = gru_step(gates[e : e + 1], state, cell)
        state_EA[e] = state[0]
        after, then = (next_EV[e + 1], tick_EV[e + 1]) if e + 1 < n else (np.full(v, NONE), np.full(v, FAR))
        next_EV[e] = np.where(outer_EV[e] != NONE, outer_EV[e], after)
        tick_EV[e] = np.where(outer_EV[e] != NONE, edges[e], then)
    return StaffForesight(
        edge_E=edges,
        whole_EA=state_EA @ t["ahead.out.weight"].T + t["ahead.out.bias"],
        known_E=np.logical_or.accumulate(struck[::-1])[::-1],
        next_EV=next_EV,
        next_tick_EV=tick_EV,
    )


def _outer(at: Ints, pitch: Ints, staff: Ints, n: int, upward: tuple[bool, ...]) -> Ints:
    """The outermost given pitch of each staff at each edge."""
    out = np.full((n, len(upward)), NONE)
    by = np.argsort(np.where(np.array(upward)[staff], -pitch, pitch), kind="stable")
    out[at[by], staff[by]] = pitch[by]
    return out
