"""What is asked of a drawing, beside its plan and its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stretto.frames.canvas import Canvas
from stretto.frames.echo import Echo
from stretto.verbs.beats import SIXTEENTH
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.originals import Originals
from stretto.verbs.rules import Rules
from stretto.verbs.series import Row
from stretto.verbs.taste import Taste
from stretto.verbs.tilt import Tilt


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """The same for all versions of a piece."""

    taste: Taste
    """Temperature and top-p."""
    rules: Rules | None = None
    """What must not happen; None = anything the network gives."""
    guarded: bool = False
    """Silence, stuck notes and endless repetition are ended."""
    canvas: Canvas | None = None
    """What is given; None = nothing is."""
    echoes: Sequence[Echo] = ()
    """Passages that are asked to recall earlier ones: what the network is told."""
    pulls: Mapping[float, Sequence[Echo]] = field(default_factory=dict)
    """Nats by which what echoes ask for is made likelier than the network finds it, or less likely, if below 0."""
    chords: ChordLine | None = None
    """Which chord is asked for when."""
    rows: Sequence[Row] = ()
    """Pitches whose order stays."""
    pulse: Sequence[int] = ()
    """Ticks at which dotted beats begin."""
    originals: Originals | None = None
    """Versions that copy the training music are not kept; None = they are."""
    tilt: Tilt | None = None
    """What makes figures likelier that the network draws too seldom."""
    likeness: Tilt | None = None
    """By which figures versions of a phrase are told from real music; None = they are not."""
    checked: bool = False
    """Errors of part-writing count against a version."""
    grid: int = SIXTEENTH
    """Ticks on which notes begin beside given ones."""
