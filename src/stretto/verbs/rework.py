"""The verbs that take the user's own music: harmonise, continue, fill in, vary."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from stretto.engine.weights import FlagshipWeights
from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.plan import STYLES, Plan
from stretto.score.model import TICKS_PER_QUARTER, Notice, Score
from stretto.theory.key import (
    Tonality,
    estimate_key,
    last_bass,
    parse_key,
    pitch_class_weights,
    pitched_notes,
    rank_keys,
    tonality_of_signature,
)
from stretto.theory.performance import Played, on_the_beat, played_live
from stretto.theory.understand import CLOSE
from stretto.verbs.beats import beats_of
from stretto.verbs.chord_line import chord_line
from stretto.verbs.document import (
    Document,
    brushed_notes,
    check_range,
    document_of,
    filled,
    removed_marks,
    removed_notes,
)
from stretto.verbs.fill import fill
from stretto.verbs.goals import with_goals
from stretto.verbs.judge import Verdict
from stretto.verbs.lines import opened
from stretto.verbs.phrasewise import Chosen
from stretto.verbs.report import drawing_report, phrases_report
from stretto.verbs.rules import Rules
from stretto.verbs.taste import Taste
from stretto.verbs.voicing import VOICES, voices_of_parts
from stretto.verbs.weights import choir_weights

MAX_CANDIDATES = 64


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How to draw: what all verbs share."""

    style: str = "bach"
    seed: int | None = None
    """The same seed and document give the same music; None = drawn."""
    temperature: float = 0.9
    """Of the choice which pitch is struck; under 1 is tamer."""
    top_p: float = 0.98
    """Share of the likeliest pitches to choose from."""
    candidates: int = 16
    """Versions drawn side by side, of which the best goes on, phrase by phrase; 1 = plain drawing."""
    rules: Rules | None = field(default_factory=Rules)
    """Guard rails; None = none."""
    chords: str | None = None
    """A chord line, as "I | IV V | I"; None = the network chooses."""
    guard: bool = True
    """Silence, stuck notes and endless repetition are ended, and it is said."""
    weights: Path | None = None
    """Another network of the same kind; None = the one that ships."""
    progress: Callable[[float], None] = lambda share: None
    """Told the share that is done."""

    def __post_init__(self) -> None:
        """Check before any work."""
        if self.style not in STYLES:
            raise RequestError(f"style {self.style!r} is not known; there are {', '.join(STYLES)}")
        if not 0.05 <= self.temperature <= 5 or not 0 < self.top_p <= 1:
            raise RequestError(
                f"temperature {self.temperature:g}, top-p {self.top_p:g}: possible are 0.05 to 5, and over 0 to 1"
            )
        if not 1 <= self.candidates <= MAX_CANDIDATES:
            raise RequestError(f"{self.candidates} candidates: possible are 1 to {MAX_CANDIDATES}")
        if self.seed is not None and self.seed < 0:
            raise RequestError(f"seed {self.seed}: a seed is 0 or more")

    def seeded(self) -> Manner:
        """The same with a seed, drawn where none is given."""
        return replace(self, seed=secrets.randbelow(10**6)) if self.seed is None else self


@dataclass(frozen=True, kw_only=True)
class Reworked:
    """The document with new music in it, and what one wants to know of that."""

    score: Score
    key: str
    seed: int
    nats_per_note: float
    """Negative log-likelihood of the new notes under the network, all that was given and told known."""
    n_notes: int
    """New notes."""
    seconds: float
    verdict: Verdict
    report: list[str] = field(default_factory=list)
    """What the guard rails did, and what could not stay."""

    def write(self, path: str | Path, *, force: bool = False) -> tuple[Notice, ...]:
        """Write score, page, roll or sound, as the extension says; returns what the format could not hold."""
        from stretto.render.output import write_output

        return write_output(self.score, Path(path), force=force)


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How a document is to be heard, where it does not say or the user knows better."""

    voices: Sequence[str] = ()
    """Which voices its parts are, from the top; none = by name and range."""
    take: Sequence[str] = ()
    """The parts that are heard, by number from the top or by name; the others stay unheard. None = all."""
    key: str | None = None
    """The key it is in; None = as the document says, or as its notes suggest."""
    octaves: int = 0
    """By which the network hears it higher (lower, if negative); it is written where it was."""


def harmonize(
    score: Score, *, keep: Sequence[str] = (), hearing: Hearing | None = None, manner: Manner | None = None
) -> Reworked:
    """Write the voices that a document lacks.

    Args:
        score: a melody, a bass, or up to three voices; understood, as `theory.understand` leaves it.
        keep: voices that stay, if not all are to; the others are written anew.
        hearing: how the document is to be heard.
        manner: how to draw.

    Raises:
        RequestError: the document does not fit, or the wish cannot be met.
    """
    document = document_for(score, hearing)
    kept = [voice_called(name) for name in keep] or [v for v in range(len(VOICES)) if v not in document.new]
    if missing := [VOICES[v] for v in kept if v in document.new]:
        raise RequestError(f"--keep {','.join(missing)}: the document has no such voice; it has {_has(document)}")
    open_voices = [v for v in range(len(VOICES)) if v not in kept]
    if not open_voices:
        raise RequestError("all four voices are given; say with --keep which of them stay")
    start, end = _span(document, kept)
    holes = [Hole(part=v, start=start, end=end) for v in open_voices]
    return rework(document, holes, manner or Manner(), keep_new=document.new)


def _span(document: Document, kept: Sequence[int]) -> tuple[int, int]:
    """From the first note of the voices that stay to the end of their last: nobody sings before or after them."""
    notes = document.score.notes
    own = notes[np.isin(notes["part"], [document.parts[v] for v in kept]) & (notes["grace"] == 0)]
    return int(own["onset"].min()), int((own["onset"] + own["duration"]).max())


def rework(
    document: Document,
    holes: Sequence[Hole],
    manner: Manner,
    *,
    keep_new: Sequence[int] = (),
    phrase_ends: tuple[int, ...] | None = None,
) -> Reworked:
    """Fill holes of a document.

    Args:
        document: the user's.
        holes: what is open; voices that the document lacks must be open throughout.
        manner: how to draw.
        keep_new: voices it lacked that are to stay; the others are only imagined.
        phrase_ends: onsets of the chords that close phrases; None = where the document has fermatas.
    """
    started = time.perf_counter()
    weights = choir_weights(manner.weights)
    check_range(document.frames, weights.lowest, weights.lowest + weights.n_pitches - 1)
    manner = manner.seeded()
    plan = document.plan(manner.style)
    if phrase_ends is not None:
        plan = replace(plan, phrase_ends=phrase_ends)
    if manner.chords is None:
        plan = with_goals(plan, document.frames, holes, np.random.default_rng([manner.seed or 0, 2]))
    found = _drawn(document, holes, plan, manner, weights)
    written = filled(document, found.piece.frames, holes, keep=keep_new, phrase_ends=plan.phrase_ends or ())
    return Reworked(
        score=written,
        key=str(document.key),
        seed=manner.seed or 0,
        nats_per_note=found.piece.nll_per_note,
        n_notes=len(written.notes) - _n_left(document, holes),
        seconds=time.perf_counter() - started,
        verdict=found.verdict,
        report=[
            *([] if document.marks_phrases else [phrases_report(plan)]),
            *drawing_report(found, plan, candidates=manner.candidates, rules=manner.rules),
            *_left_out(document, holes),
        ],
    )


def _drawn(document: Document, holes: Sequence[Hole], plan: Plan, manner: Manner, weights: FlagshipWeights) -> Chosen:
    beats = beats_of(plan, document.frames)
    heard = beats.plan(plan)
    found = fill(
        weights,
        beats.frames(document.frames),
        beats.holes(holes),
        heard,
        seeds=np.random.default_rng(manner.seed).integers(0, 2**31, manner.candidates).tolist(),
        taste=Taste(temperature=manner.temperature, top_p=manner.top_p),
        rules=manner.rules,
        guarded=manner.guard,
        chords=chord_line(manner.chords, plan, document.key, beats.tick) if manner.chords is not None else None,
        grid=beats.grid,
        tick=manner.progress,
    )
    return found.written(beats.written, beats.moment)


def document_for(score: Score, hearing: Hearing | None = None) -> Document:
    """A document as its user describes it."""
    hearing = hearing or Hearing()
    heard, played = _heard(score)
    whole, lines = opened(heard)
    up = 12 * hearing.octaves
    found = voices_of_parts(whole, hearing.voices, hearing.take, up=up)
    return document_of(heard, whole, lines, found, key=_key_of(score, hearing.key), up=up, played=played)


def _heard(score: Score) -> tuple[Score, Played | None]:
    """A document on the beat, and, if it was played and not written, how; signs on notes are signs of writing."""
    if not played_live(score) or any(mark.pitch >= 0 for mark in score.marks):
        return score, None
    beat = on_the_beat(score)
    return beat.score, Played(notes=score.notes, beat=beat)


def _key_of(score: Score, wish: str | None) -> Tonality:
    """The key: as wished, else as the document says where it says a mode, else as the notes suggest."""
    if wish is not None:
        key = parse_key(wish)
    else:
        written = score.key_at(0)
        stated = tonality_of_signature(written) if written is not None else None
        key = stated if stated is not None and stated.mode else estimate_key(score)
    if key.mode not in ("major", "minor"):
        raise RequestError(f"key {key}: the network knows major and minor; name the nearer of them with --key")
    return key


def voice_called(name: str) -> int:
    """The voice of a name.

    Raises:
        RequestError: no voice is called so.
    """
    if name not in VOICES:
        raise RequestError(f"voice {name!r} is not known; there are {', '.join(VOICES)}")
    return VOICES.index(name)


def _has(document: Document) -> str:
    return ", ".join(VOICES[v] for v in range(len(VOICES)) if v not in document.new)


def what_it_is(score: Score, hearing: Hearing | None = None) -> str:
    """What a document is taken for, in one line: key, metre, pickup, bars, and the voice of each part.

    Args:
        score: the document, understood.
        hearing: how it is to be heard.

    Raises:
        RequestError: it does not fit a choir.
    """
    hearing = hearing or Hearing()
    whole, _ = opened(_heard(score)[0])
    found = voices_of_parts(whole, hearing.voices, hearing.take, up=12 * hearing.octaves)
    meters = list(dict.fromkeys(f"{meter.numerator}/{meter.denominator}" for meter in score.meters))
    pickup = score.pickup / TICKS_PER_QUARTER
    said = [
        str(_key_of(score, hearing.key)) + _rival(score, hearing.key),
        ", ".join(meters[:3]) + (" ..." if len(meters) > 3 else ""),
    ]
    if pickup:
        said.append(f"pickup of {pickup:g} quarter{'s' * (pickup != 1)}")
    n_bars = sum(bar.number > 0 for bar in score.bars)
    said.append(f"{n_bars} bar{'s' * (n_bars != 1)}")
    for part, voice in sorted(found.items(), key=lambda item: item[1]):
        pitches = whole.notes["pitch"][(whole.notes["part"] == part) & (whole.notes["grace"] == 0)]
        said.append(f"{VOICES[voice]} {note_name(int(pitches.min()))}-{note_name(int(pitches.max()))}")
    return ", ".join(part for part in said if part)


def _rival(score: Score, wish: str | None) -> str:
    """The key that the notes fit nearly as well, where nobody said one."""
    written = score.key_at(0)
    if wish is not None or (written is not None and written.mode):
        return ""
    notes = pitched_notes(score)
    first, second = rank_keys(pitch_class_weights(notes), last_bass=last_bass(notes))[:2]
    return f" ({second.key} close behind)" if first.fit - second.fit < CLOSE else ""


def note_name(pitch: int) -> str:
    """A pitch as musicians call it, C4 = middle C.

    >>> note_name(66)
    'F#4'
    """
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def _n_left(document: Document, holes: Sequence[Hole]) -> int:
    """Notes of the document that stay."""
    gone = removed_notes(document, holes)
    return len(gone) - int(gone.sum()) + len(brushed_notes(document, holes))


def _left_out(document: Document, holes: Sequence[Hole]) -> list[str]:
    """What could not stay, or was not heard."""
    n = removed_marks(document, holes)
    lines = [f"{n} mark{'s' * (n != 1)} went with the notes on which they hung"] if n else []
    return [*lines, *(str(notice) + "; they stay in the document, unheard" for notice in document.notices)]
