"""Candidates: a verb done several times on a piece, to choose one from; each with its seed and what was said of it."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.score.musicxml_read import read_musicxml
from stretto.score.musicxml_write import write_musicxml
from stretto.studio.limits import Refused
from stretto.studio.page.piece_messages import Wish
from stretto.studio.page.wording import arguments_of, to_harmonize
from stretto.studio.pieces.documents import Document, ensemble_of
from stretto.studio.workers.jobs import Job, Verb
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import Ticket, result_of

KEPT = 256
"""Rounds whose candidates can still be taken."""

KEPT_EACH = 32
"""Of one browser: its next call off its oldest, and nobody else's."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One of several that a verb made."""

    score: Score
    verb: Verb
    seed: int | None
    nats_per_note: float | None
    report: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Round:
    """A verb on its way, several times over."""

    workspace: str
    piece: str
    revision: int
    """Of the piece, from which it is made."""
    verb: Verb
    before: Document
    tickets: tuple[Ticket, ...]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return all(ticket.ended for ticket in self.tickets)

    def cancel(self) -> None:
        """Stop the work on all that is not done."""
        for ticket in self.tickets:
            if not ticket.ended:
                ticket.cancel()

    def candidate(self, number: int) -> Candidate:
        """A finished one, the first being 0.

        Raises:
            Refused: there is none, or it is not done.
            JobFailed: it came to nothing.
        """
        if not 0 <= number < len(self.tickets):
            raise Refused(f"there is no candidate {number + 1}; there are {len(self.tickets)}", 404)
        ticket = self.tickets[number]
        if not ticket.ended:
            raise Refused(f"candidate {number + 1} is not done yet", 409)
        result = result_of(ticket.newest)
        score = read_musicxml(result.musicxml or b"", "the candidate")
        return Candidate(
            score=score, verb=self.verb, seed=result.seed, nats_per_note=result.nats_per_note, report=result.report
        )


class Rounds:
    """The rounds of all browsers; the oldest are forgotten."""

    def __init__(self) -> None:
        """None yet."""
        self._rounds = OrderedDict[str, Round]()
        self._lock = threading.Lock()

    def begin(self, pool: Pool, workspace: str, piece: str, before: Document, wish: Wish, lane: str = "home") -> Round:
        """Put a wish into the queue; what the same piece still waited for is called off, and what it got is forgotten.

        Raises:
            RequestError: the wish does not fit the piece.
            QueueFull: as many jobs wait as may.
        """
        jobs = jobs_of(before, wish)
        self._let_go(workspace, piece)
        tickets: list[Ticket] = []
        try:
            for job in jobs:
                tickets.append(pool.submit(job, lane=lane, owner=workspace))
                pool.forget(tickets[-1])  # it is kept here
        except Exception:
            for ticket in tickets:
                ticket.cancel()
            raise
        begun = Round(
            workspace=workspace, piece=piece, revision=wish.revision, verb=wish.verb, before=before,
            tickets=tuple(tickets),
        )  # fmt: skip
        with self._lock:
            self._rounds[begun.id] = begun
            self._forget_old(workspace)
        return begun

    def _let_go(self, workspace: str, piece: str) -> None:
        with self._lock:
            for id, begun in list(self._rounds.items()):
                if (begun.workspace, begun.piece) == (workspace, piece):
                    if begun.ended:
                        del self._rounds[id]
                    begun.cancel()

    def _forget_old(self, workspace: str) -> None:
        own = [id for id, begun in self._rounds.items() if begun.workspace == workspace]
        for id in own[:-KEPT_EACH]:
            self._rounds.pop(id).cancel()
        ended = [id for id, begun in self._rounds.items() if begun.ended]
        for id in ended[: max(0, len(self._rounds) - KEPT)]:
            del self._rounds[id]

    def round(self, workspace: str, id: str) -> Round:
        """A round of a browser.

        Raises:
            Refused: it has none of that name.
        """
        found = self._rounds.get(id)
        if found is None or found.workspace != workspace:
            raise Refused("there is no such job; its candidates are gone, ask again", 404)
        return found

    def candidate(self, workspace: str, piece: str, revision: int, id: str, number: int) -> Candidate:
        """A finished candidate for a state of a piece; raises as `round` and `Round.candidate`.

        Raises:
            Refused: besides, it belongs to another piece, or to a state before this one, of which it would take away
                what was written since.
        """
        found = self.round(workspace, id)
        if found.piece != piece:
            raise Refused("that job belongs to another piece", 404)
        if found.revision != revision and found.verb != "compose":
            raise Refused("the piece was changed after these were asked for; ask again, or undo the change", 409)
        return found.candidate(number)

    def close(self) -> None:
        """Call everything off."""
        with self._lock:
            for begun in self._rounds.values():
                begun.cancel()
            self._rounds.clear()


def jobs_of(document: Document, wish: Wish) -> list[Job]:
    """A job for each candidate, alike but for their seeds.

    Raises:
        RequestError: the wish does not fit the piece.
    """
    score = document.score
    if wish.verb != "compose" and not len(score.notes):
        raise RequestError(f"the piece has no notes yet to {wish.verb}; write some, or compose")
    arguments = arguments_of(score, wish)
    if wish.verb == "harmonize" and (bare := to_harmonize(score)) is not score:
        arguments = {"ensemble": ensemble_of(score), **arguments}
        score = bare
    data = None if wish.verb == "compose" else write_musicxml(score)[0]
    seed = secrets.randbelow(10**6) if wish.options.seed is None else wish.options.seed
    return [
        Job(verb=wish.verb, arguments={**arguments, "seed": seed + number}, score=data)
        for number in range(wish.candidates)
    ]
