"""A report: pieces measured, set beside real music, and told as a page or as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from stretto.corpus.parse import Skipped
from stretto.errors import CorpusError, RequestError, ScoreWriteError
from stretto.evaluate.two_sample import Told
from stretto.report.alike import as_one, on_others, repertoire_of
from stretto.report.answers import Answer, is_it_any_good, of_another_kind
from stretto.report.comparison import Comparison
from stretto.report.data_of import data_of, plain
from stretto.report.figures import counted
from stretto.report.measured import Depth, Measured
from stretto.report.originality_section import is_it_mine, originality_body
from stretto.report.page import Contents, Section, page_of
from stretto.report.real_music import shipped_reference
from stretto.report.reference import Reference
from stretto.report.sets_section import SetRow, set_rows, sets_body, sets_data
from stretto.report.sources import Sources, find_sources
from stretto.report.telling_section import telling_body, telling_data, telling_sentence
from stretto.report.told_apart import stretch_ticks, told_apart
from stretto.report.work import Jobs, measure_all
from stretto.score.model import Score
from stretto.score.opening import write_whole


@runtime_checkable
class Made(Protocol):
    """What `stretto.compose`, `harmonize` and their like give."""

    @property
    def score(self) -> Score:
        """The piece."""


Piece = str | Path | Score | Made
Pieces = Piece | Sequence[Piece]

ALONE = Depth(pages=4, sound_seconds=90.0)
AMONG = Depth(pages=1, sound_seconds=15.0)
N_PORTRAITS = 6
"""Of a folder: a page stays under a few megabytes."""

ENOUGH_REAL = 30
"""Real pieces that must be left before files that are pieces too are taken from among them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """What `stretto.report` gives."""

    title: str
    found: Comparison
    unread: tuple[Skipped, ...]
    seed: int = 0
    tellings: tuple[Told, ...] = ()
    """What classifiers make of the pieces."""
    notes: tuple[str, ...] = ()
    """How it was made, and what was left out."""

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """To the two questions."""
        return is_it_any_good(self.found, telling_sentence(self.tellings)), is_it_mine(self.found.pieces)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Of the page, beside portraits and measures."""
        made = (
            ("telling", "Told from real music", telling_body(self.tellings)),
            ("originality", "Originality", originality_body(self.found.pieces)),
            ("sets", "As a set", sets_body(self.set_rows)),
        )
        return tuple(Section(id=name, title=title, body=body) for name, title, body in made if body)

    @cached_property
    def set_rows(self) -> list[SetRow]:
        """The pieces as a set beside the real ones; empty for a few pieces."""
        return set_rows(self.found, self.seed)

    def html(self) -> str:
        """The page, whole in itself."""
        return page_of(
            Contents(
                title=self.title,
                found=self.found,
                answers=self.answers,
                sections=self.sections,
                unread=self.unread,
                notes=self.notes,
            )
        )

    def as_json(self) -> dict[str, Any]:
        """All figures and sentences under stable names; what is not measured is None. docs/report.md lists them."""
        said = data_of(self.title, self.found, self.answers, unread=self.unread, notes=self.notes)
        tellings = plain(telling_data(self.tellings))
        return {**said, "sets": plain(sets_data(self.set_rows)), "two_sample": tellings}

    def write(self, path: str | Path, *, force: bool = False) -> None:
        """Write the page.

        Raises:
            ScoreWriteError: not .html, a folder that is not there, or a file that exists (without `force`).
        """
        check_page(Path(path), force=force)
        write_whole(Path(path), self.html().encode("utf-8"), force=force)


def check_page(path: Path, *, force: bool) -> None:
    """Say before any work is done that a page could not be written."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ScoreWriteError(f"{path}: a report is a page; name a file ending in .html")
    if not path.parent.is_dir():
        raise ScoreWriteError(f"{path}: the folder {path.parent} does not exist; make it, or name another")
    if path.is_dir():
        raise ScoreWriteError(f"{path}: is a folder; name a file")
    if path.exists() and not force:
        raise ScoreWriteError(f"{path}: exists already; give --force to overwrite it, or another name")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a report is made."""

    sound: bool = True
    seed: int = 0
    """Of what is drawn at random: which pieces a test sees together."""
    can_name: bool = True
    """Whoever asks can name real music with --against."""
    jobs: Jobs = field(default_factory=Jobs)


def report(
    pieces: Pieces,
    against: Pieces | None = None,
    *,
    audio: bool = True,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Report:
    """Say what pieces are like, beside real music measured by the same code.

    Args:
        pieces: a file, a Score, what `stretto.compose` and its like give, a folder, a pattern, or several of them.
        against: real music to compare with; None = music that no network has learned from, which ships as figures:
            keyboard music or quartets for what is written for these, else chorales by Bach.
        audio: let the page be heard.
        seed: the same seed gives the same report.
        jobs: processes; more than one only in a script that guards its entry by `if __name__ == "__main__":`.
        progress: receives the share that is done, 0 to 1.

    Raises:
        RequestError: a name that stands for nothing.
        CorpusError: no piece could be read, or nothing to compare with.
    """
    options = Options(sound=audio, seed=seed, can_name=False, jobs=Jobs(n=jobs, progress=progress))
    return make_report(pieces, against, options)


def make_report(pieces: Pieces, against: Pieces | None, options: Options) -> Report:
    """As `report`, which says it in words."""
    scores, sources = _parted(pieces)
    real = _files(against) if against is not None else None
    real_paths, notes = _apart(sources, real)
    wanted: list[Path | Score] = [*scores, *sources.paths]
    alone = len(wanted) == 1
    longest = stretch_ticks(len(wanted), shipped=against is None)
    depth = replace(ALONE if alone else AMONG, longest=longest)
    if not options.sound:
        depth = replace(depth, sound_seconds=0.0)
    measured, beside, unread = measure_all(
        wanted, real_paths, depth, n_portraits=1 if alone else N_PORTRAITS, jobs=options.jobs
    )
    if not measured:
        why = f"; the first: {unread[0].why}" if unread else ""
        raise CorpusError(f"none of {counted(len(wanted), 'piece')} can be read{why}")
    repertoire = repertoire_of(measured)
    if against is None:
        notes += on_others(measured, repertoire)
        reference = shipped_reference(repertoire)
    else:
        reference = _measured_reference(as_one(beside, repertoire, own=False), _called(against), repertoire)
    measured = as_one(named_apart(measured), repertoire, own=True)
    if reference.n_pieces < ENOUGH_REAL:
        notes.append(
            f"Only {counted(reference.n_pieces, 'real piece')} to compare with: what lies outside says little."
        )
    if sources.twins:
        notes.append(f"{counted(len(sources.twins), 'file')} left out: the same piece is there in a fuller format.")
    tellings, said = told_apart(
        measured,
        beside,
        shipped=against is None,
        kind=repertoire if against is None else "",
        seed=options.seed,
        jobs=options.jobs.n,
    )
    notes += said
    found = Comparison(pieces=measured, reference=reference)
    if options.can_name and of_another_kind(found):
        notes.append("Real music of its own kind can be named with --against.")
    return Report(
        title=measured[0].title if alone else f"{counted(len(measured), 'piece')} of {_called(pieces)}",
        found=found,
        unread=tuple(unread),
        seed=options.seed,
        tellings=tellings,
        notes=tuple(notes),
    )


def named_apart(pieces: Sequence[Measured]) -> list[Measured]:
    """Files of one name in several folders are called by their folder too."""
    often = Counter(piece.name for piece in pieces)
    return [
        replace(piece, name="/".join(Path(piece.path).parts[-2:])) if piece.path and often[piece.name] > 1 else piece
        for piece in pieces
    ]


def _measured_reference(beside: Sequence[Measured], name: str, repertoire: str) -> Reference:
    if not beside:
        raise CorpusError(f"{name}: none of its pieces can be read, so there is nothing to compare with")
    return replace(Reference.of(beside, f"{counted(len(beside), 'piece')} of {name}"), repertoire=repertoire)


def _parted(pieces: Pieces) -> tuple[list[Score], Sources]:
    """Scores, and the files that are named."""
    every = _every(pieces)
    scores = [piece for piece in every if isinstance(piece, Score)]
    named = [piece for piece in every if not isinstance(piece, Score)]
    if not every:
        raise RequestError("no pieces are named; name files or a folder of scores")
    return scores, find_sources(named) if named else Sources(paths=())


def _every(pieces: Pieces) -> list[str | Path | Score]:
    """One or several, the music of what was made taken out of it."""
    several: Iterable[Piece]
    if isinstance(pieces, (str, Path, Score, Made)):
        several = (pieces,)
    elif isinstance(pieces, Iterable):
        several = pieces
    else:
        raise RequestError(f"{pieces!r} is no piece; give a file, a folder or a Score")
    return [piece if isinstance(piece, (str, Path, Score)) else piece.score for piece in several]


def _files(against: Pieces) -> list[Path]:
    scores, sources = _parted(against)
    if scores:
        raise RequestError("what pieces are set beside is named by its files or their folder; write the scores there")
    return list(sources.paths)


def _apart(sources: Sources, real: list[Path] | None) -> tuple[list[Path], list[str]]:
    """Real pieces that are not among the pieces themselves, and what is to be said of it."""
    if real is None:
        return [], []
    own = {path.resolve() for path in sources.paths}
    others = [path for path in real if path.resolve() not in own]
    n_both = len(real) - len(others)
    if not n_both:
        return real, []
    both, one = f"{counted(n_both, 'file')} of the pieces", n_both == 1
    if len(others) >= ENOUGH_REAL:
        return others, [f"{both} stood in what they are set beside too, and {'was' if one else 'were'} left out there."]
    return real, [
        f"{both} {'stands' if one else 'stand'} in what they are set beside: each is compared with itself too."
    ]


def _called(pieces: Pieces | None) -> str:
    """What was named, in a few words."""
    every = _every(pieces) if pieces is not None else []
    names = [Path(piece).name or str(piece) for piece in every if not isinstance(piece, Score)]
    return names[0] + (" and others" if len(every) > 1 else "") if names else "the given scores"
