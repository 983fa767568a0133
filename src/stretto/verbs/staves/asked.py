"""What is asked of a drawing on staves, beside its plan and its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stretto.engine.staff_weights import StavesWeights
from stretto.frames.echo import Echo
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staves import STAFF_NOTE, StaffNotes
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.figures import Figures
from stretto.verbs.staves.given import Given
from stretto.verbs.staves.rules import StaffRules
from stretto.verbs.taste import Taste


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffAsked:
    """The same for all versions of a piece."""

    ensemble: Ensemble
    taste: Taste
    """Temperature and top-p, of what is struck and of how long it lasts."""
    rules: StaffRules | None = None
    """What must not happen; None = anything the network gives."""
    guarded: bool = False
    """Silence, stuck notes and endless repetition are ended."""
    canvas: StaffCanvas | None = None
    """What is given; None = nothing is."""
    gone: StaffNotes = field(default_factory=lambda: np.zeros(0, STAFF_NOTE))
    """What its holes took out."""
    echoes: Sequence[Echo] = ()
    """Passages that are asked to recall earlier ones: what the network is told."""
    pulls: Mapping[float, Sequence[Echo]] = field(default_factory=dict)
    """Nats by which what echoes ask for is made likelier than the network finds it, or less likely, if below 0."""
    chords: ChordLine | None = None
    """Which chord is asked for when."""
    last: int | None = None
    """Where the last chord begins; None = nobody says."""
    figures: Figures | None = None
    """How the left hand is to go along; None = nobody says."""

    def given(self, weights: StavesWeights) -> Given | None:
        """What is given, as the drawing asks it."""
        if self.canvas is None:
            return None
        return Given(self.canvas, upward=weights.shape.upward, lowest=weights.shape.lowest, gone=self.gone)

    def order(self, weights: StavesWeights) -> tuple[int, ...]:
        """Staves in the order in which moments are decided: those that are given throughout go first."""
        if self.canvas is None:
            return weights.shape.order
        opened = {hole.part for hole in self.canvas.holes if not hole.silent}
        return tuple(sorted(weights.shape.order, key=lambda staff: staff in opened))
