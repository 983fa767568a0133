"""An exercise as the rules see it: voices, key, phrases and, where they are asked for, harmonies."""

# Shapes: T slices, V voices from top to bottom.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.check.faults import Fault
from stretto.check.voices import NAMES
from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Notes, Score
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.key import Tonality, estimate_key
from stretto.theory.key_windows import key_windows
from stretto.theory.nonchord import NonChordTone, non_chord_tones
from stretto.theory.phrases import PhraseEnd, phrase_ends, phrases_of
from stretto.theory.slices import voices_of
from stretto.theory.species import TwoLines, two_lines
from stretto.theory.species_dissonance import Treatment, treatments
from stretto.theory.texture import Sung, Texture
from stretto.theory.voice_leading import under_fermatas
from stretto.theory.voicing import Voicing

VOICE_NAMES = {n: tuple(name.lower() for name in names) for n, names in NAMES.items()}
"""How many voices -> what they are called in a sentence."""


@dataclass(frozen=True, eq=False)
class Exercise(Texture):
    """A score read into voices, and what can be heard in it."""

    cantus: int | None = None
    """Which voice is the cantus firmus, by its place in `voices`; None = there is none."""
    beside: Notes | None = None
    """What instruments beside the voices play, which may have the note of a chord that no voice has."""

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
    def phrase_ends(self) -> tuple[PhraseEnd, ...]:
        """Where phrases end, the last one included."""
        return tuple(phrase_ends(self.score, self.slices))

    @cached_property
    def fermata_TV(self) -> NDArray[np.bool_]:
        """Where each voice sounds a note that closes a phrase: a fermata in any voice holds them all.

        A score without fermatas closes phrases where its melody breathes.
        """
        own = under_fermatas(self.slices, self.score, self.voices)
        if not own.any():
            for phrase in phrases_of(self.score, slices=self.slices, key=self.key)[:-1]:
                own[self.slices.at(phrase.close.first) : self.slices.at(phrase.end - 1) + 1] = True
        return own | own.any(axis=1, keepdims=True)

    @cached_property
    def pulse(self) -> int:
        """Ticks of a beat as rules count them: a quarter, or less where nearly all chords follow each other faster."""
        struck_T = self.slices.struck_TV.sum(axis=1)
        together = self.slices.tick_T[struck_T >= max(2, self.n_voices - 1)]
        gaps = np.diff(together)
        return int(min(TICKS_PER_QUARTER, np.percentile(gaps, 75))) if len(gaps) else TICKS_PER_QUARTER

    @cached_property
    def harmonies(self) -> tuple[Harmony, ...]:
        """One after the other, with their local keys."""
        windows = key_windows(self.score, key=self.key)
        # Where no note has a name, those that the exercise is heard in are those that its harmonies would be heard in.
        bare = bool((self.score.notes["fifths"] == UNSPELLED).all()) and estimate_key(self.score) == self.key
        return tuple(harmonies(self.named if bare else self.score, windows=windows))

    @cached_property
    def foreign(self) -> dict[int, NonChordTone]:
        """Index in `score.notes` -> the note, where it is foreign to its harmony."""
        return {tone.note: tone for tone in non_chord_tones(self.score, list(self.harmonies))}

    @cached_property
    def voicing(self) -> Voicing:
        """Who sings what of which chord."""
        return Voicing(self, self.harmonies)

    @cached_property
    def two_lines(self) -> TwoLines:
        """The cantus firmus and its counterpoint.

        Raises:
            RequestError: there are not two voices.
        """
        return two_lines(self.score, self.voices, fifths_N=self.fifths_N, cantus=self.cantus)

    @cached_property
    def treatments(self) -> tuple[Treatment, ...]:
        """What every note of the counterpoint is against the cantus firmus."""
        return tuple(treatments(self.two_lines))

    def harmony_at(self, tick: int) -> Harmony | None:
        """What is heard at a tick."""
        n = bisect_right(self._harmony_starts, tick) - 1
        return self.harmonies[n] if n >= 0 and tick < self.harmonies[n].end else None

    @cached_property
    def _harmony_starts(self) -> list[int]:
        return [harmony.tick for harmony in self.harmonies]

    def played(self, start: int, end: int) -> set[int]:
        """Pitch classes that instruments beside the voices sound in a stretch of ticks."""
        if self.beside is None:
            return set()
        own = (self.beside["onset"] < end) & (self.beside["onset"] + self.beside["duration"] > start)
        return set((self.beside["pitch"][own] % 12).tolist())

    def closed(self, *notes: Sung) -> bool:
        """A phrase ends while these notes sound together."""
        t = self.slices.at(max(note.onset for note in notes))
        last = self.slices.at(min(note.end for note in notes) - 1)
        return True in self._closing[t : last + 1]

    @cached_property
    def _closing(self) -> list[bool]:
        """Slices in which a phrase ends."""
        closing_T: NDArray[np.bool_] = np.logical_or.reduce(self.fermata_TV, axis=1)
        closing: list[bool] = closing_T.tolist()
        return closing

    def voice_name(self, v: int) -> str:
        """As a musician calls it: by the name of its part, or by where it lies."""
        written = self.score.parts[self.voices[v]].name.strip().lower()
        plain = VOICE_NAMES.get(self.n_voices, ())
        return written if written in VOICE_NAMES[4] else plain[v] if plain else written or f"voice {v + 1}"

    def place_name(self, v: int) -> str:
        """soprano, alto, tenor or bass, by where a voice lies; of three, the middle one is an alto."""
        plain = VOICE_NAMES.get(self.n_voices, ())
        return plain[v] if plain else ""

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
