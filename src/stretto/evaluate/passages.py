"""A shared passage as two short scores, this piece's and the training piece's, ready to be engraved side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stretto.evaluate.known_music import KnownMusic, KnownPiece
from stretto.evaluate.originality_report import VOICES, SharedPassage
from stretto.evaluate.sung_lines import sung_lines
from stretto.evaluate.training_music import shipped_music
from stretto.score.model import NOTE, UNSPELLED, Bar, Key, Meter, Part, Score
from stretto.theory.key import Tonality
from stretto.theory.spelling import respell

FIFTHS_OF_TONIC = 7
"""Pitch class times this, modulo 12, is its place on the line of fifths."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Excerpt:
    """Some bars of a piece, and what in them is shared."""

    score: Score
    alike: tuple[int, ...]
    """Indices into `score.notes`."""


def both_excerpts(score: Score, found: SharedPassage) -> tuple[Excerpt, Excerpt]:
    """The bars of a passage in the piece, and those in the training music, moved to the piece's key.

    Of a melody, only its own line is there. Bars keep their numbers. Where the training piece has no bars, it gets
    those of the piece, so that the passages stand alike in them.

    Args:
        score: what was asked, as `OriginalityReport.score` has it.
        found: one of its passages.
    """
    alone = "melody" in found.kind
    bars = score.bars[score.bar_index(found.here.start) : score.bar_index(found.here.end - 1) + 1]
    start, end = bars[0].tick, score.bar_end(score.bar_index(found.here.end - 1))
    lines = sung_lines(score)
    own = sorted({lines[i].part for i in found.here.lines})
    parts = own if alone else list(range(len(score.parts)))
    mine = _stretch(score, bars, end, parts=parts)
    whole, their_bars, their_end = _theirs(score, found, bars, end)
    theirs = _stretch(whole, their_bars, their_end, parts=found.there.lines if alone else range(len(whole.parts)))
    at = their_bars[0].tick
    return (
        _alike(mine, found.here.start - start, found.here.end - start, parts=[parts.index(part) for part in own]),
        _alike(theirs, found.there.start - at, found.there.end - at, parts=[0] if alone else found.there.lines),
    )


def known_score(music: KnownMusic, index: int, *, up: int = 0, key: Key | None = None) -> Score:
    """A training piece as a score.

    Args:
        music: all of them.
        index: which.
        up: semitones by which it is moved.
        key: the signature to write it in; None = its own.
    """
    piece = music.pieces[index]
    rows = [
        (onset, duration, pitch + up, 0, voice, 1, 1, UNSPELLED, 0)
        for voice in range(len(music.n_VP))
        for onset, duration, pitch in zip(*(column.tolist() for column in music.voice(index, voice)), strict=True)
        if 0 <= pitch + up <= 127
    ]
    signature = key or _own_key(piece, up)
    score = Score.build(
        np.array(rows, dtype=NOTE),
        [Part(name=name.capitalize()) for name in VOICES[: len(music.n_VP)]],
        end=piece.end,
        bars=[Bar(tick=t, number=i + (not piece.pickup)) for i, t in enumerate(piece.bar_starts())],
        meters=_meters(piece),
        keys=[Key(fifths=signature.fifths, mode=signature.mode)] if signature else [],
        info={"title": piece.title, "composer": piece.composer, "rights": piece.source.licence},
    )
    return respell(score)


def _own_key(piece: KnownPiece, up: int) -> Key | None:
    if piece.tonic < 0 or piece.mode not in ("major", "minor"):
        return None
    fifths = (piece.tonic + up) * FIFTHS_OF_TONIC % 12
    return Tonality(fifths - 12 if fifths > 6 else fifths, piece.mode).signature


def _meters(piece: KnownPiece) -> list[Meter]:
    found, at = list[Meter](), 0
    for meter, ticks, n in piece.bars:
        numerator, denominator = (int(number) for number in meter.split("/"))
        if not found or (found[-1].numerator, found[-1].denominator) != (numerator, denominator):
            found.append(Meter(tick=at, numerator=numerator, denominator=denominator))
        at += ticks * n
    return found


def _theirs(score: Score, found: SharedPassage, bars: Sequence[Bar], end: int) -> tuple[Score, list[Bar], int]:
    """The training piece, its bars in which the passage stands, and where the last of them ends."""
    whole = known_score(shipped_music(), found.index, up=found.up, key=score.key_at(found.here.start))
    if found.piece.bars:
        first, last = whole.bar_index(found.there.start), whole.bar_index(found.there.end - 1)
        return whole, list(whole.bars[first : last + 1]), whole.bar_end(last)
    meters = [_moved(score.meter_at(found.here.start), 0)] if found.speed == 1 and score.meters else []
    return whole.evolve(meters=meters), *_bars_under(found, bars, end, whole.end)


def _bars_under(found: SharedPassage, bars: Sequence[Bar], end: int, there_end: int) -> tuple[list[Bar], int]:
    """The bars of the piece laid over music that has none, and where the last ends."""

    def there(tick: int) -> int:
        return min(there_end, max(0, found.there.start + round((tick - found.here.start) * found.speed)))

    starts = sorted({there(bar.tick) for bar in bars} - {there(end)})
    return [Bar(tick=tick, number=i + 1) for i, tick in enumerate(starts)], there(end)


def _stretch(score: Score, bars: Sequence[Bar], end: int, *, parts: Sequence[int]) -> Score:
    """Some parts of some bars, cut at both sides, numbered as before."""
    start, new = bars[0].tick, {part: i for i, part in enumerate(parts)}
    notes = score.notes[np.isin(score.notes["part"], list(parts)) & (score.notes["grace"] == 0)]
    notes = notes[(notes["onset"] < end) & (notes["onset"] + notes["duration"] > start)].copy()
    stop = np.minimum(notes["onset"] + notes["duration"], end) - start
    notes["onset"] = np.maximum(notes["onset"] - start, 0)
    notes["duration"] = stop - notes["onset"]
    notes["part"] = [new[part] for part in notes["part"].tolist()]
    meters = [_moved(meter, max(0, meter.tick - start)) for meter in score.meters if start < meter.tick < end]
    key = score.key_at(start)
    return Score.build(
        notes,
        [score.parts[part] for part in parts],
        end=end - start,
        bars=[Bar(tick=bar.tick - start, number=bar.number) for bar in bars],
        meters=[_moved(score.meter_at(start), 0), *meters] if score.meters else [],
        keys=[Key(fifths=key.fifths, mode=key.mode)] if key else [],
    )


def _moved(meter: Meter, tick: int) -> Meter:
    return Meter(tick=tick, numerator=meter.numerator, denominator=meter.denominator)


def _alike(score: Score, start: int, end: int, *, parts: Sequence[int]) -> Excerpt:
    """With the notes of some parts that sound between two ticks."""
    notes = score.notes
    own = (notes["onset"] < end) & (notes["onset"] + notes["duration"] > start) & np.isin(notes["part"], parts)
    return Excerpt(score=score, alike=tuple(np.flatnonzero(own).tolist()))
