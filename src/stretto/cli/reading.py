"""Reading a score for a command: the file, what it leaves unsaid, and its repeats written out where asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stretto.errors import RequestError
from stretto.score.expand import expand_repeats
from stretto.score.formats import read_score
from stretto.score.model import TICKS_PER_WHOLE, Notice, Score
from stretto.theory.at_piano import at_piano, lacks_staves
from stretto.theory.key import parse_key
from stretto.theory.performance import on_the_beat
from stretto.theory.understand import parse_meter, parse_pickup, understand


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user knows better than the file; None = as the file says, or is understood."""

    key: str | None = None
    meter: str | None = None
    pickup: str | None = None
    """Beats, or "none"."""
    expand: bool = False
    """Write repeats out."""
    quantize: bool = False
    """Write what was played live on the beat."""
    hands: bool = False
    """Piano music without staves is put on two."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A score as a command uses it."""

    path: Path
    score: Score
    sentences: tuple[str, ...]
    """What the file does not say and was understood: its key, its pickup."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was rounded or left out in reading."""
        return self.score.notices


def read(path: Path, wishes: Wishes) -> Reading:
    """Read and understand a score.

    Raises:
        ScoreReadError: as `read_score`.
        RequestError: a key, metre or pickup that there is not.
    """
    key = parse_key(wishes.key) if wishes.key is not None else None
    written = read_score(path)
    pickup = _ticks(wishes.pickup, wishes.meter, written) if wishes.pickup is not None else None
    written, said = _quantized(written) if wishes.quantize else (written, [])
    has_hands = wishes.hands and lacks_staves(written)
    score, sentences = understand(written, key=key, meter=wishes.meter, pickup=pickup)
    score, hands = at_piano(score) if has_hands else (score, [])
    sentences = [*said, *sentences, *hands]
    if wishes.expand:
        n_bars = len(score.bars)
        score = expand_repeats(score)
        sentences.append(f"repeats: written out, {n_bars} bars became {len(score.bars)}")
    return Reading(path=path, score=score, sentences=tuple(sentences))


def _quantized(score: Score) -> tuple[Score, list[str]]:
    """A performance on the beat, and what was moved; marks on notes go with them."""
    beat = on_the_beat(score)
    stays = ~beat.brushed_N
    n_moved = int((beat.onset_N != score.notes["onset"])[stays].sum())
    n_short = int((beat.duration_N != score.notes["duration"])[stays].sum())
    said = f"quantized: of {len(beat.score.notes)} notes {n_moved} moved to sixteenths or triplets"
    return beat.score, ["; ".join([f"{said}, and {n_short} held as long as they are meant", *beat.said])]


def _ticks(pickup: str, meter: str | None, score: Score) -> int:
    """Length of a pickup of so many beats."""
    beat = (parse_meter(meter) if meter is not None else score.meter_at(0)).denominator
    ticks = parse_pickup(pickup, beat)
    if ticks.denominator != 1:
        raise RequestError(f"pickup of {pickup} beats: give none, or beats in steps of 1/{TICKS_PER_WHOLE} of a whole")
    return int(ticks)
