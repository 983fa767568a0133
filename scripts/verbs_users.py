"""Every verb on thirty files as users have them: a page with all that was given, or one clear line."""

from __future__ import annotations

import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from stretto.errors import StrettoError
from stretto.score.formats import read_score, write_score
from stretto.score.model import Notes, Score
from stretto.theory.understand import understand
from stretto.verbs.gaps import continue_, infill, vary
from stretto.verbs.hearing import document_for, what_it_is
from stretto.verbs.rework import Manner, Reworked, harmonize
from user_files import UserFile, make
from verbs_given import in_holes
from verbs_table import Music, Row, manner, told

PAGE, LINE, BROKEN = "page", "line", "broken"

VERBS = ("harmonize", "continue", "infill", "vary")

BARS = 4
"""By which `continue` goes on."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a verb made of a file."""

    kind: str
    said: str


def users(music: Music) -> list[Row]:
    """A row for each file, and how many of all answers were a page or one line."""
    rows, kinds = list[Row](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for i, file in enumerate(told(make(Path(folder)), "users")):
            taken, answers = _answers(file, replace(manner(music, i), candidates=8), Path(folder) / "after.svg")
            kinds.update(answer.kind for answer in answers.values())
            verbs: dict[str, list[str]] = {}
            for verb, answer in answers.items():
                verbs.setdefault(answer.said, []).append(verb)
            found = "; ".join(f"{', '.join(names)}: {said}" for said, names in verbs.items())
            rows.append(Row(name=f"`{file.path.name}` {taken}".strip(), found=found, asked=file.what))
    total = Row(
        name="answers that are a page with all that was given, or one line",
        found=f"{kinds[PAGE]} pages and {kinds[LINE]} lines of {kinds.total()}",
        asked="all",
        ok=not kinds[BROKEN],
    )
    return [*rows, total]


def _answers(file: UserFile, how: Manner, page: Path) -> tuple[str, dict[str, Answer]]:
    """What a file is taken for, and what each verb says to it."""
    try:
        score, _ = understand(read_score(file.path))
        taken = what_it_is(score)
    except StrettoError as refused:
        return "", dict.fromkeys(VERBS, Answer(kind=LINE, said=str(refused)))
    # Bars in the middle of a document.
    middle = max(1, score.bars[len(score.bars) // 2].number)
    verbs: dict[str, Callable[[], Reworked]] = {
        "harmonize": lambda: harmonize(score, manner=how),
        "continue": lambda: continue_(score, BARS, manner=how),
        "infill": lambda: infill(score, middle, middle, manner=how),
        "vary": lambda: vary(score, 0.3, manner=how),
    }
    return taken, {verb: _answer(score, draw, page) for verb, draw in verbs.items()}


def _answer(score: Score, draw: Callable[[], Reworked], page: Path) -> Answer:
    """A page that holds what was given, or one line; anything else is broken."""
    try:
        found = draw()
        found.write(page, force=True)
        write_score(found.score, page.with_suffix(".musicxml"), force=True)
    except StrettoError as refused:
        said = str(refused)
        return Answer(kind=LINE if "\n" not in said else BROKEN, said=said)
    except Exception:
        return Answer(kind=BROKEN, said=traceback.format_exc(limit=-1).splitlines()[-1])
    open_N = in_holes(document_for(score), score, found.holes)
    missing = _notes(score.notes[~open_N]) - _notes(found.score.notes)
    if missing:
        return Answer(kind=BROKEN, said=f"{missing.total()} given notes are gone")
    return Answer(kind=PAGE, said=f"{found.nats_per_note:.2f} nats a note")


def _notes(notes: Notes) -> Counter[tuple[int, ...]]:
    return Counter(notes[["onset", "duration", "pitch", "grace"]].tolist())
