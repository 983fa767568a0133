"""An exercise as the rules see it: voices from top to bottom, cut wherever one of them moves."""

# Shapes: N notes, T slices, V voices from top to bottom.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.check.faults import Fault
from stretto.score.model import UNSPELLED, Score
from stretto.theory.key import Tonality, estimate_key, pitch_name
from stretto.theory.phrases import PhraseEnd, phrase_ends
from stretto.theory.slices import SILENT, Slices, slices_of, voices_of
from stretto.theory.spelling import spell
from stretto.theory.voice_leading import under_fermatas

NO_NOTE = -1
"""In `note_TV`: the voice rests."""

VOICE_NAMES = {
    2: ("upper voice", "lower voice"),
    3: ("top voice", "middle voice", "bass"),
    4: ("soprano", "alto", "tenor", "bass"),
}


@dataclass(frozen=True, slots=True)
class Sung:
    """One note of one voice."""

    index: int
    """In `score.notes`."""
    voice: int
    onset: int
    end: int
    pitch: int
    fifths: int
    """As written, or as understood where nothing is written."""

    @property
    def name(self) -> str:
        """As "F#4"."""
        return note_name(self.pitch, self.fifths)


@dataclass(frozen=True, eq=False)
class Exercise:
    """A score read into voices, and what can be heard in it."""

    score: Score
    """Every voice is a part of its own."""
    voices: tuple[int, ...]
    """Their indices in `score.parts`, top to bottom."""
    key: Tonality
    cantus: int | None = None
    """Which voice is the cantus firmus, by its place in `voices`; None = there is none."""

    @classmethod
    def of(cls, score: Score, *, key: Tonality | None = None, cantus: int | None = None) -> Exercise:
        """All pitched parts of a score as voices, in their order.

        Args:
            score: each part one voice.
            key: of the whole; None = estimated.
            cantus: the voice that was given.
        """
        return cls(score, tuple(voices_of(score)), key or estimate_key(score), cantus)

    @cached_property
    def slices(self) -> Slices:
        """What each voice sounds, (T, V)."""
        return slices_of(self.score, self.voices)

    @cached_property
    def note_TV(self) -> NDArray[np.int64]:
        """Index in `score.notes` of the note that each voice sounds; NO_NOTE where it rests."""
        out = np.full_like(self.slices.pitch_TV, NO_NOTE)
        for line in self.lines:
            for note in line:
                first, last = np.searchsorted(self.slices.tick_T, (note.onset, note.end))
                out[first:last, note.voice] = note.index
        return out

    @cached_property
    def heard_N(self) -> NDArray[np.int64]:
        """Every note's place on the line of fifths as it sounds, whatever name it is written under."""
        return spell(self.score, key=self.key).astype(np.int64)

    @cached_property
    def fifths_N(self) -> NDArray[np.int64]:
        """Every note's place on the line of fifths as written, or as heard where nothing is written."""
        written = self.score.notes["fifths"].astype(np.int64)
        return np.where(written == UNSPELLED, self.heard_N, written)

    @cached_property
    def lines(self) -> tuple[tuple[Sung, ...], ...]:
        """The notes of every voice, graces left out."""
        notes, ends = self.score.notes, self.score.ends
        lines = []
        for voice, part in enumerate(self.voices):
            own = np.flatnonzero((notes["part"] == part) & (notes["grace"] == 0)).tolist()
            lines.append(
                tuple(
                    Sung(i, voice, int(notes["onset"][i]), int(ends[i]), int(notes["pitch"][i]), int(self.fifths_N[i]))
                    for i in own
                )
            )
        return tuple(lines)

    @cached_property
    def note_of(self) -> dict[int, Sung]:
        """Index in `score.notes` -> the note."""
        return {note.index: note for line in self.lines for note in line}

    @cached_property
    def phrase_ends(self) -> tuple[PhraseEnd, ...]:
        """Where phrases end, the last one included."""
        return tuple(phrase_ends(self.score, self.slices))

    @cached_property
    def fermata_TV(self) -> NDArray[np.bool_]:
        """Where each voice sounds a note that closes a phrase: a fermata in any voice holds them all."""
        own = under_fermatas(self.slices, self.score, self.voices)
        return own | own.any(axis=1, keepdims=True)

    @property
    def n_voices(self) -> int:
        """How many there are."""
        return len(self.voices)

    def sung(self, t: int, v: int) -> Sung | None:
        """What a voice sounds in a slice; None = it rests."""
        index = int(self.note_TV[t, v])
        return None if index == NO_NOTE else self.note_of[index]

    def chord(self, t: int) -> tuple[Sung, ...]:
        """All that sounds in a slice, top to bottom."""
        return tuple(note for v in range(self.n_voices) if (note := self.sung(t, v)) is not None)

    def voice_name(self, v: int) -> str:
        """As a musician calls it: by the name of its part, or by where it lies."""
        written = self.score.parts[self.voices[v]].name.strip().lower()
        plain = VOICE_NAMES.get(self.n_voices, ())
        return written if written in VOICE_NAMES[4] else plain[v] if plain else written or f"voice {v + 1}"

    def fault(self, rule: str, notes: Sequence[Sung], detail: str = "", *, tick: int | None = None) -> Fault:
        """A fault between some notes, heard where the last of them begins unless said otherwise."""
        voices = sorted({note.voice for note in notes})
        return Fault(
            rule=rule,
            tick=max(note.onset for note in notes) if tick is None else tick,
            parts=tuple(self.voices[v] for v in voices),
            notes=tuple(sorted({note.index for note in notes})),
            detail=detail,
        )

    def moves(self, upper: int, lower: int) -> Iterator[tuple[Sung, Sung, Sung, Sung]]:
        """Wherever two voices both go on to another pitch at once: (upper, next upper, lower, next lower)."""
        pitch = self.slices.pitch_TV
        for t in range(1, len(self.slices)):
            before, now = pitch[t - 1], pitch[t]
            if SILENT in (before[upper], before[lower], now[upper], now[lower]):
                continue
            if before[upper] == now[upper] or before[lower] == now[lower]:
                continue
            found = [self.sung(s, v) for v in (upper, lower) for s in (t - 1, t)]
            a, b, c, d = found
            if a is not None and b is not None and c is not None and d is not None:
                yield a, b, c, d


def note_name(pitch: int, fifths: int) -> str:
    """Name and octave: B sharp 3 sounds as C 4.

    >>> note_name(60, 12), note_name(61, 7), note_name(59, -7)
    ('B#3', 'C#4', 'Cb4')
    """
    name = pitch_name(fifths)
    signs = name.count("#") - name.count("b")
    return f"{name}{(pitch - signs) // 12 - 1}"
