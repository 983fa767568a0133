"""That a new piece on staves copies none of those that its network learned from: versions that do are not kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from stretto.errors import RequestError
from stretto.evaluate.staff_index import SHORTEST
from stretto.evaluate.staff_originality import knows, shipped_index, staff_originality, usual
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.verbs.staves.ensemble import Ensemble


@dataclass(kw_only=True)
class StaffOriginals:
    """Which versions may be kept, and how many could not."""

    repertoire: str
    n_refused: int = 0
    worst: str = field(default="", repr=False)
    """What the last refused version shares."""

    def refuses(self, music: StaffMusic, plan: Plan) -> bool:
        """Whether a piece, or its beginning, shares more with the training music than is usual."""
        found = staff_originality(music, plan, self.repertoire)
        if found.copies:
            self.n_refused += 1
            self.worst = str(found.passages[0])
        return found.copies

    def give_up(self, n_versions: int) -> RequestError:
        """What is said where every version was refused."""
        where = f" ({self.worst})" if self.worst else ""
        return RequestError(
            f"--original: each of {n_versions} versions of a passage copies more than is usual{where}; another --seed "
            "or a higher --temperature may do better, or leave --original out"
        )

    def said(self, music: StaffMusic, plan: Plan) -> list[str]:
        """Lines for the report of a piece."""
        found = staff_originality(music, plan, self.repertoire)
        told = [f"{passage}" for passage in found.passages]
        refused = f"{self.n_refused} version{'s' * (self.n_refused != 1)} that did"
        kept = f"{refused} {'was' if self.n_refused == 1 else 'were'} not kept" if self.n_refused else "no version did"
        n_known = len(shipped_index(self.repertoire).pieces)
        return [
            f"original: no {SHORTEST} bars, nor their top line, are those of one of the {n_known} pieces that the "
            f"network learned from, in any key; {kept}; "
            f"{usual(self.repertoire)}",
            *told,
        ]


def originality_for(players: Ensemble) -> StaffOriginals:
    """What keeps an ensemble's pieces from copying.

    Raises:
        RequestError: there is no index of the music that its network learned from.
    """
    if players.path is not None or not knows(players.name):
        raise RequestError(
            f"--original: there is no index of the music that the {players.name} network learned from; leave it out"
        )
    return StaffOriginals(repertoire=players.name)
