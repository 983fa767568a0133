"""Every verb on files as they come: what was given must all be there."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stretto.errors import StrettoError
from stretto.frames.canvas import Hole
from stretto.score.formats import read_score
from stretto.score.model import Score
from stretto.theory.understand import understand
from stretto.verbs.document import Document
from stretto.verbs.gaps import continue_, infill, span_of_bars, vary
from stretto.verbs.hearing import document_for
from stretto.verbs.rework import Manner, harmonize
from stretto.verbs.voicing import VOICES
from untouched import lost
from verbs_table import Music, Row, manner

VERBS = ("harmonize", "continue", "infill", "vary")


def given(music: Music) -> list[Row]:
    """Every verb on files as they come, with words, slurs, dynamics, graces: what was given must all be there."""
    rows = []
    for verb in VERBS:
        n_done, refused, damaged = 0, Counter[str](), list[str]()
        rng = random.Random(f"{verb} {music.seed}")
        paths = rng.sample(music.files, len(music.files))
        while n_done < music.n_pieces and paths:
            path = paths.pop()
            try:
                found = _lost_by(
                    verb, understand(read_score(path))[0], replace(manner(music, n_done), candidates=1), rng
                )
            except StrettoError as error:
                refused[re.sub(r"[0-9]+", "N", str(error).partition(":")[0])[:40]] += 1
                continue
            n_done += 1
            damaged += [f"{path.name}: {line}" for line in found[:1]]
            print(f"\r{verb}: {n_done} of {music.n_pieces}   ", end="", file=sys.stderr, flush=True)
        print("\n" + "\n".join(damaged[:5]), file=sys.stderr)
        rows.append(
            Row(
                name=f"{verb}: pieces of which all that was given is there, note by note and mark by mark",
                found=f"{n_done - len(damaged)} of {n_done}",
                asked="all",
                ok=not damaged,
            )
        )
    return rows


def _lost_by(verb: str, score: Score, manner: Manner, rng: random.Random) -> list[str]:
    """What one verb, asked for something at random, loses of a document."""
    document = document_for(score)
    has = [v for v in range(len(VOICES)) if v not in document.new]
    last = max(bar.number for bar in score.bars)
    first = rng.randint(1, max(1, last - 1))
    nothing = np.zeros(len(score.notes), bool)
    if verb == "continue":
        return lost(score, continue_(score, 2, manner=manner).score, range(len(score.parts)), nothing)
    if verb == "infill":
        start, end = span_of_bars(score, first, min(last, first + 1))
        open_N = (score.notes["onset"] >= start) & (score.notes["onset"] < end)
        after = infill(score, first, min(last, first + 1), manner=manner).score
        return lost(score, after, range(len(score.parts)), open_N)
    kept = rng.choice(has)
    if verb == "harmonize":
        others = [Hole(part=v, start=0, end=score.end) for v in has if v != kept]
        after = harmonize(score, keep=[VOICES[kept]], manner=manner).score
        return lost(score, after, _places(score, after), in_holes(document, score, others))
    found = vary(score, 0.3, keep=[VOICES[kept]] if len(has) > 1 else [], manner=manner)
    if any(hole.part == kept for hole in found.holes) and len(has) > 1:
        return [f"{VOICES[kept]} was to stay, and was opened"]
    return lost(score, found.score, range(len(score.parts)), in_holes(document, score, found.holes))


def in_holes(document: Document, score: Score, holes: Sequence[Hole]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Notes of the document that begin in these holes, in the lines that are heard as their voices."""
    if document.played is not None:
        return _played_in_holes(document, score, holes)
    names = ["onset", "duration", "pitch", "grace", "voice", "staff"]
    found = Counter[tuple[int, ...]]()
    notes = document.score.notes
    gone = np.zeros(len(notes), bool)
    for hole in holes:
        inside = (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)
        gone |= inside & (notes["part"] == document.parts[hole.part])
    for note in notes[gone]:
        line = document.owner[note["part"]]
        if line >= 0:
            found[document.lines[line].part, *note[names].item()] += 1
    open_N = np.zeros(len(score.notes), bool)
    for i, note in enumerate(score.notes[["part", *names]].tolist()):
        open_N[i] = found[note] > 0
        found[note] -= open_N[i]
    return open_N


def _played_in_holes(
    document: Document, score: Score, holes: Sequence[Hole]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The same of a performance: a note belongs where it stands on the beat."""
    assert document.played is not None
    onset_N = document.played.beat.onset_N
    open_N = np.zeros(len(onset_N), bool)
    for hole in holes:
        line = document.owner[document.parts[hole.part]]
        if line >= 0:
            own_N = score.notes["part"] == document.lines[line].part
            open_N |= own_N & (onset_N >= hole.start) & (onset_N < hole.end)
    return open_N


def _places(before: Score, after: Score) -> list[int]:
    """Where the parts of a document stand, when others have come between them."""
    found, at = list[int](), 0
    for part in before.parts:
        while (after.parts[at].name or part.name) != (part.name or after.parts[at].name):
            at += 1
        found.append(at)
        at += 1
    return found
