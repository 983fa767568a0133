"""A piece as the arrays that the parts network is trained on and scored by."""

# Shapes: T frames, V parts, F fields.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreError
from stretto.frames.canvas import Canvas
from stretto.frames.echo import Echo, Echoed, echoed
from stretto.frames.parts import PartFrames, cut_at
from stretto.frames.plan import Plan

CHORALE_DURATIONS = (1, 2, 3, 4, 6, 8, 12, 16, 18, 20, 24, 30, 32, 36, 42, 48, 54, 60, 66, 72, 84, 96)
"""Frame lengths in ticks that the chorale network can say at once; others are made of several frames."""

GRID16_DURATIONS = tuple(range(6, 97, 6))
"""One to sixteen sixteenths."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Given:
    """What of a piece stood on the canvas before it was drawn; K canvas frames."""

    choice_TV: NDArray[np.int8]
    """FREE, GIVEN or STRUCK of `frames.canvas`."""
    place_T: NDArray[np.int64]
    """The canvas frame that each frame lies in."""
    left_T: NDArray[np.int32]
    """Ticks from the start of each frame to the next change on the canvas."""
    canvas: Canvas
    ahead: bool = True
    """What is to come is heard, not only what is given now."""

    @property
    def pitch_KV(self) -> NDArray[np.int16]:
        """MIDI pitch, REST, OPEN or ANY."""
        return self.canvas.frames.pitch_TV

    @property
    def state_KV(self) -> NDArray[np.int8]:
        """As in `PartFrames`."""
        return self.canvas.frames.state_TV

    @property
    def ticks_K(self) -> NDArray[np.int32]:
        """Length of each canvas frame."""
        return self.canvas.frames.duration_T


@dataclass(frozen=True, eq=False, kw_only=True)
class Example:
    """One piece, ready for a network."""

    pitch_TV: NDArray[np.int16]
    """MIDI pitch, or -1 = rest."""
    state_TV: NDArray[np.int8]
    """HOLD, ONSET or UNKNOWN of `frames.parts`."""
    length_T: NDArray[np.int16]
    """Index into the durations' table."""
    cut_T: NDArray[np.bool_]
    """The frame ends where the plan demands it, so only "at least this long" is scored."""
    free_T: NDArray[np.bool_]
    """The frame may hold every part: it follows one that was cut, or as long as frames can be."""
    fields_TF: NDArray[np.int16]
    tonic: int
    mode: int
    """0 = unknown, 1 = major, 2 = minor."""
    n_sixteenths: int = 0
    scored_T: NDArray[np.bool_] | None = None
    """Frames that training learns from; None = all."""
    given: Given | None = None
    """None = every note is the network's to choose."""
    echoed: Echoed | None = None
    """None = nothing is asked to be recalled."""

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.length_T)


def example_of(
    frames: PartFrames,
    plan: Plan,
    durations: tuple[int, ...],
    *,
    canvas: Canvas | None = None,
    echoes: Sequence[Echo] = (),
) -> Example:
    """Frames and plan as arrays; frames too long or too odd for one duration are split.

    The last frame and every frame that ends on a planned phrase end, or where something given changes, are cut:
    their length was not the network's to choose.

    Raises:
        ScoreError: the durations cannot express a frame.
    """
    cuts = [] if plan.phrase_ends is None else [t for t in plan.phrase_ends if 0 < t < frames.end]
    if canvas is not None:
        cuts = sorted({*cuts, *canvas.frames.tick_T[1:].tolist()})
    frames = cut_at(frames, cuts)
    frames, free_T = _split(frames, durations)
    ends = frames.tick_T + frames.duration_T
    cut_T = np.isin(ends, [*cuts, frames.end])
    after_cut = np.r_[True, cut_T[:-1]]
    tick_of = {d: i for i, d in enumerate(durations)}
    return Example(
        pitch_TV=frames.pitch_TV,
        state_TV=frames.state_TV,
        length_T=np.array([tick_of[d] for d in frames.duration_T.tolist()], np.int16),
        cut_T=cut_T,
        free_T=free_T | after_cut,
        fields_TF=plan.fields_at(frames.tick_T),
        tonic=plan.tonic,
        mode={"major": 1, "minor": 2}.get(plan.mode, 0),
        n_sixteenths=frames.end // 6,
        given=given_of(canvas, frames.tick_T) if canvas is not None else None,
        echoed=echoed(frames, echoes, frames.tick_T) if echoes else None,
    )


def given_of(canvas: Canvas, tick_T: NDArray[np.int32]) -> Given:
    """What a canvas gives to frames that begin at these ticks."""
    return Given(
        choice_TV=canvas.given_at(tick_T),
        place_T=canvas.place_of(tick_T),
        left_T=canvas.left_at(tick_T),
        canvas=canvas,
    )


def _split(frames: PartFrames, durations: tuple[int, ...]) -> tuple[PartFrames, NDArray[np.bool_]]:
    """Frames whose lengths are all in `durations`, longest pieces first, and which of them go on."""
    starts: list[int] = []
    free: list[bool] = []
    longest_before = False
    for tick, length in zip(frames.tick_T.tolist(), frames.duration_T.tolist(), strict=True):
        first = True
        while length:
            fits = [d for d in durations if d <= length]
            if not fits:
                raise ScoreError(f"tick {tick}: a frame of {length} ticks is shorter than any that the network knows")
            starts.append(tick)
            # After the longest length nothing need change: "that long" means "at least that long".
            free.append(not first or longest_before)
            longest_before = fits[-1] == durations[-1]
            tick, length, first = tick + fits[-1], length - fits[-1], False
    return cut_at(frames, starts), np.array(free)
