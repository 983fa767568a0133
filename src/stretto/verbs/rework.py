"""Filling holes of the user's own music, in the manner that all verbs share; and the first verb, `harmonize`."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from stretto.engine.weights import FlagshipWeights
from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.parts import PartFrames
from stretto.frames.plan import STYLES, Plan
from stretto.score.model import Notes, Notice, Score
from stretto.verbs.asked import Asked
from stretto.verbs.beats import Beats, beats_of, pulse_of
from stretto.verbs.chord_line import ChordLine, chord_line, chord_symbols
from stretto.verbs.document import (
    Document,
    brushed_notes,
    check_range,
    filled,
    removed_notes,
)
from stretto.verbs.fill import NOTHING_BEGINS, fill
from stretto.verbs.goals import free_of, with_goals
from stretto.verbs.hearing import Hearing, document_for, keys_over
from stretto.verbs.judge import Verdict
from stretto.verbs.phrasewise import Chosen
from stretto.verbs.report import (
    chords_report,
    close_report,
    drawing_report,
    left_out_report,
    phrases_report,
    range_report,
)
from stretto.verbs.rules import Rules
from stretto.verbs.so_far import watched
from stretto.verbs.staves.ensemble import ENSEMBLES
from stretto.verbs.staves.judge import StaffVerdict
from stretto.verbs.syllables import syllables_of
from stretto.verbs.taste import Taste, check_drawing
from stretto.verbs.voicing import VOICES
from stretto.verbs.weights import choir_weights


@dataclass(frozen=True, kw_only=True)
class HowToDraw:
    """What all verbs share, whoever plays."""

    seed: int | None = None
    """The same seed and document give the same music; None = drawn."""
    temperature: float = 0.9
    """Of the choice which pitch is struck; under 1 is tamer."""
    top_p: float = 0.98
    """Share of the likeliest pitches to choose from."""
    candidates: int = 16
    """Versions drawn side by side, of which the best goes on, phrase by phrase; 1 = plain drawing."""
    chords: str | None = None
    """A chord line, as "I | IV V | I"; None = the network chooses."""
    guard: bool = True
    """Silence, stuck notes and endless repetition are ended, and it is said."""
    weights: Path | None = None
    """Another network of the same kind; None = the one that ships."""
    progress: Callable[[float], None] = lambda share: None
    """Told the share that is done; a `verbs.so_far.Watcher` is shown the music too, bar by bar."""

    def __post_init__(self) -> None:
        """Check before any work."""
        check_drawing(self.temperature, self.top_p, self.candidates)
        if self.seed is not None and self.seed < 0:
            raise RequestError(f"seed {self.seed}: a seed is 0 or more")

    def seeded(self) -> Self:
        """The same with a seed, drawn where none is given."""
        return replace(self, seed=secrets.randbelow(10**6)) if self.seed is None else self


@dataclass(frozen=True, kw_only=True)
class Manner(HowToDraw):
    """How to draw for a choir."""

    style: str = "bach"
    rules: Rules | None = field(default_factory=Rules)
    """Guard rails; None = none."""

    def __post_init__(self) -> None:
        """Check before any work."""
        if self.style not in STYLES:
            raise RequestError(f"style {self.style!r} is not known; there are {', '.join(STYLES)}")
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class Reworked:
    """The document with new music in it, and what one wants to know of that."""

    score: Score
    key: str
    """In which it was heard; where signatures change, all keys in their order."""
    seed: int
    nats_per_note: float
    """Negative log-likelihood of the new notes under the network, all that was given and told known."""
    n_notes: int
    """New notes."""
    n_again: int
    """Of them, those that are as one was that they replace."""
    seconds: float
    verdict: Verdict | StaffVerdict
    holes: tuple[Hole, ...] = ()
    """What was open, by voice, in ticks of the document."""
    report: list[str] = field(default_factory=list)
    """What the guard rails did, and what could not stay."""
    page: Score | None = None
    """The same on a piano's two staves, where the document has tracks only; None = a page shows the score as it is."""

    def write(self, path: str | Path, *, force: bool = False) -> tuple[Notice, ...]:
        """Write score, page, roll or sound, as the extension says; returns what the format could not hold."""
        from stretto.render.output import shows_staves, write_output

        score = self.page if self.page is not None and shows_staves(Path(path)) else self.score
        return write_output(score, Path(path), force=force)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """In a notebook: page, player and what the guard rails did."""
        from stretto.render.notebook import mimebundle

        return mimebundle(self.score, page=self.page, says=self.report, include=include, exclude=exclude)


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
    sung = _sung(document, kept)
    holes = [Hole(part=v, start=start, end=end) for start, end in sung for v in open_voices]
    edges = [0, *(tick for span in sung for tick in span), document.score.end]
    silences = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    holes += [Hole(part=v, start=start, end=end, silent=True) for start, end in silences for v in open_voices]
    return rework(document, holes, manner or Manner(), keep_new=document.new)


def _sung(document: Document, kept: Sequence[int]) -> list[tuple[int, int]]:
    """Where the voices that stay sing: nobody sings before or after them, nor where they are silent for a bar."""
    score = document.score
    onset_N, end_N = (np.concatenate(each).tolist() for each in zip(*map(document.sung, kept), strict=True))
    spans = list[tuple[int, int]]()
    for onset, end in sorted(zip(onset_N, end_N, strict=True)):
        if spans and onset - spans[-1][1] < score.meter_at(spans[-1][1]).bar_ticks:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((onset, end))
    return spans


def rework(
    document: Document,
    holes: Sequence[Hole],
    manner: Manner,
    *,
    keep_new: Sequence[int] = (),
    phrase_ends: tuple[int, ...] | None = None,
    chords_since: int = 0,
) -> Reworked:
    """Fill holes of a document.

    Args:
        document: the user's.
        holes: what is open; voices that the document lacks must be open throughout.
        manner: how to draw.
        keep_new: voices it lacked that are to stay; the others are only imagined.
        phrase_ends: onsets of the chords that close phrases; None = where the document has fermatas.
        chords_since: tick from which the bars of a chord line are counted.
    """
    started = time.perf_counter()
    weights = choir_weights(manner.weights)
    check_range(document.frames, weights.lowest, weights.lowest + weights.n_pitches - 1)
    outside = range_report(document, manner.rules)
    manner = manner.seeded()
    plan = document.plan(manner.style)
    if phrase_ends is not None:
        plan = replace(plan, phrase_ends=phrase_ends)
    beats = beats_of(plan, document.frames)
    chords, said = _chords(document, plan, manner, beats, chords_since)
    asked = Asked(
        taste=Taste(temperature=manner.temperature, top_p=manner.top_p),
        rules=manner.rules,
        guarded=manner.guard,
        chords=chords,
        pulse=[beats.tick(tick) for tick in pulse_of(plan).tolist()],
        grid=beats.grid,
        # The errors are those of Bach's manner; without rails the network is heard alone.
        checked=manner.style == "bach" and manner.weights is None and manner.rules is not None,
    )
    so_far = partial(_so_far, document, beats, holes, keep_new)
    manner = replace(manner, progress=watched(manner.progress, so_far, beats.moment))
    found, plan = _drawn(document, holes, plan, beats, asked, manner, weights)
    frames, imagined = found.piece.frames, sorted({*document.new} - {*keep_new})
    written = filled(document, frames, holes, keep=keep_new, phrase_ends=plan.phrase_ends or ())
    n_notes = len(written.notes) - _n_left(document, holes)
    return Reworked(
        score=written,
        key=keys_over(document.keys, [hole for hole in holes if hole.part not in imagined]),
        seed=manner.seed or 0,
        nats_per_note=found.piece.nll_per_note,
        n_notes=n_notes,
        n_again=n_notes - (_sounding(written.notes) - _sounding(_own_notes(document))).total(),
        seconds=time.perf_counter() - started,
        verdict=found.verdict,
        holes=tuple(holes),
        report=[
            *([] if document.marks_phrases else [phrases_report(plan)]),
            *said,
            *(
                []
                if n_notes
                else ["nothing begins in what is open, so nothing is new; open more bars, or other voices"]
            ),
            *drawing_report(found, plan, candidates=manner.candidates, rules=manner.rules),
            *([] if _closes_as_asked(chords, beats, plan) else close_report(frames, holes, plan, imagined=imagined)),
            *outside,
            *left_out_report(document, written),
        ],
    )


def _so_far(document: Document, beats: Beats, holes: Sequence[Hole], keep: Sequence[int], heard: PartFrames) -> Score:
    """The document with what is drawn so far in its holes, which are empty from there on."""
    return filled(document, beats.written(heard), holes, keep=keep, spelled=False)


def _chords(
    document: Document, plan: Plan, manner: Manner, beats: Beats, since: int
) -> tuple[ChordLine | None, list[str]]:
    """The chords that are asked for, by the user or by the symbols of a lead sheet, and what is to be said of them."""
    if manner.chords is not None:
        wished = chord_line(manner.chords, plan, document.key, beats.tick, since=since)
        return wished, chords_report(manner.chords, plan, since)
    given_end = int(document.before.ends.max())
    line, unknown = chord_symbols(document.before, document.key, given_end, beats.tick)
    said = []
    if line is not None:
        n = sum(chord is not None for chord in line.chords)
        said.append(f"{n} chord symbol{'s' * (n != 1)} of the document are followed; --chords asks for others")
    if unknown:
        said.append(f"chord symbols {', '.join(dict.fromkeys(unknown))} are not understood; there any chord may sound")
    return line, said


def _closes_as_asked(chords: ChordLine | None, beats: Beats, plan: Plan) -> bool:
    """The last chord is one that somebody asked for."""
    return chords is not None and chords.at(beats.tick(max(plan.phrase_ends or (plan.end - 1,))))[0] is not None


def _drawn(
    document: Document,
    holes: Sequence[Hole],
    plan: Plan,
    beats: Beats,
    asked: Asked,
    manner: Manner,
    weights: FlagshipWeights,
) -> tuple[Chosen, Plan]:
    """The document key by key: what is drawn in one is given to the next; and the plan of the last."""
    found: Chosen | None = None
    now, rng = plan, np.random.default_rng([manner.seed or 0, 2])
    ends = [start for start, _ in document.keys[1:]]
    for (start, key), end in zip(document.keys, [*ends, plan.end], strict=True):
        left = [replace(hole, start=max(hole.start, start)) for hole in holes if hole.end > start]
        if all(hole.silent or hole.start >= end for hole in left):
            continue
        now = replace(plan, tonic=(key.tonic + document.up) % 12, mode=key.mode)
        now = free_of(asked.chords, with_goals(now, document.frames, left, rng), beats.tick)
        until = None if end == plan.end else beats.tick(end)
        more = _drawn_in_one(document, left, now, beats, asked, manner, weights, until)
        found = more if found is None else found.then(more)
        document = replace(document, frames=more.piece.frames)
    if found is None:
        raise RequestError(NOTHING_BEGINS)
    return found, now


def _drawn_in_one(
    document: Document,
    holes: Sequence[Hole],
    plan: Plan,
    beats: Beats,
    asked: Asked,
    manner: Manner,
    weights: FlagshipWeights,
    until: int | None,
) -> Chosen:
    """What is drawn along a plan, up to a tick as it is heard."""
    found = fill(
        weights,
        beats.frames(document.frames),
        beats.holes(holes),
        beats.plan(plan),
        seeds=np.random.default_rng(manner.seed).integers(0, 2**31, manner.candidates).tolist(),
        asked=asked,
        syllables=[(voice, beats.tick(tick)) for voice, tick in syllables_of(document, holes)],
        until=until,
        tick=manner.progress,
    )
    return found.written(beats.written, beats.moment)


def voice_called(name: str) -> int:
    """The voice of a name.

    Raises:
        RequestError: no voice is called so.
    """
    if name not in VOICES:
        word = name.lower()
        whose = [who for who, other in ENSEMBLES.items() if word in other.staves or word in other.other_names]
        more = "".join(f"; for a {who}'s add --ensemble {who}" for who in whose[:1])
        raise RequestError(f"voice {name!r} is not known; there are {', '.join(VOICES)}{more}")
    return VOICES.index(name)


def _has(document: Document) -> str:
    return ", ".join(VOICES[v] for v in range(len(VOICES)) if v not in document.new)


def _own_notes(document: Document) -> Notes:
    """The user's, as they were written or played."""
    return document.before.notes if document.played is None else document.played.notes


def _sounding(notes: Notes) -> Counter[tuple[int, ...]]:
    """When each pitch begins, and how long it sounds."""
    return Counter(notes[["onset", "duration", "pitch"]][notes["grace"] == 0].tolist())


def _n_left(document: Document, holes: Sequence[Hole]) -> int:
    """Notes of the document that stay."""
    gone = removed_notes(document, holes)
    return len(gone) - int(gone.sum()) + len(brushed_notes(document, holes))
