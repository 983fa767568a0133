"""Words under a line that is written anew: each syllable has a note that begins where it stands."""

# Shapes: T frames, V parts.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.frames.canvas import FREE, STRUCK, Canvas, Hole
from stretto.verbs.document import Document, removed_notes

Place = tuple[int, int]
"""A voice, and the tick at which a note of it begins."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SungCanvas(Canvas):
    """A canvas that leaves open what is sung, and how long, but not when syllables begin."""

    places: tuple[Place, ...]

    def given_at(self, tick_T: NDArray[np.int32]) -> NDArray[np.int8]:
        """As a canvas says it, with STRUCK where a syllable begins under an open part."""
        given_TV = super().given_at(tick_T)
        for voice, tick in self.places:
            given_TV[(tick_T == tick) & (given_TV[:, voice] == FREE), voice] = STRUCK
        return given_TV


def syllables_of(document: Document, holes: Sequence[Hole]) -> list[Place]:
    """Where the words of notes stand that the holes take away, of any verse.

    Holes that keep the rhythm have a note there anyway; in those that keep the pitches, words go with them.
    """
    gone = removed_notes(document, [hole for hole in holes if not (hole.keep_rhythm or hole.keep_pitches)])
    notes, ends, places = document.score.notes, document.score.ends, set[Place]()
    for mark in document.score.marks:
        if mark.kind != "lyric" or mark.grace or mark.part not in document.parts:
            continue
        # A syllable may stand on the later of two tied notes.
        on = (notes["part"] == mark.part) & (notes["pitch"] == mark.pitch) & (notes["grace"] == 0)
        if (gone & on & (notes["onset"] <= mark.tick) & (mark.tick < ends)).any():
            places.add((document.parts.index(mark.part), mark.tick))
    return sorted(places)


def canvas_sung(canvas: Canvas, places: Sequence[Place]) -> Canvas:
    """The canvas on which notes begin at these places."""
    return SungCanvas(frames=canvas.frames, places=tuple(places)) if places else canvas


def cuts_under_words(canvases: Sequence[Canvas] | None) -> set[int]:
    """Ticks at which a frame must begin, as a syllable does."""
    sung = (canvas for canvas in canvases or () if isinstance(canvas, SungCanvas))
    return {tick for canvas in sung for _, tick in canvas.places}
