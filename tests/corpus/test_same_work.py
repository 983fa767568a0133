"""The same music under two names is one work, and of twins one is left."""

from __future__ import annotations

import numpy as np
from drawn_staff_pieces import music_of, piece_of

from stretto.corpus.same_work import joined_works
from stretto.corpus.staves import StaffCorpus, StaffPiece


def tune(seed: int, name: str, *, up: int = 0, n: int = 120, of: int = 0, **about: object) -> StaffPiece:
    """A random melody, of which the last `of` notes are another's."""
    rng = np.random.default_rng(seed)
    pitch = np.concatenate([rng.integers(60, 84, n - of), np.random.default_rng(99).integers(60, 84, of)])
    rows = [(24 * i, 24, int(p) + up, 0) for i, p in enumerate(pitch)]
    return piece_of(music_of([*rows, (0, 24 * n, 40, 1)]), name, **about)


def joined(*pieces: StaffPiece) -> StaffCorpus:
    """A corpus of these."""
    return joined_works(StaffCorpus(pieces=list(pieces), skipped=[]))


def test_a_transposed_copy_is_left_out_and_the_one_with_dynamics_stays() -> None:
    """Whichever comes first."""
    plain, marked = tune(1, "a/x.mid"), tune(1, "b/x.krn", up=3, dynamics=((0, "p"),))
    for order in ((plain, marked), (marked, plain)):
        found = joined(*order, tune(2, "c/other.krn"))
        assert [p.name for p in found.pieces if p.name[0] in "ab"] == ["b/x.krn"]
        assert "a/x.mid" in str(found.skipped[0].path) and "b/x.krn" in found.skipped[0].why


def test_half_a_piece_in_common_makes_one_work_of_two_pieces() -> None:
    """Both stay, on one side of a split."""
    found = joined(tune(1, "a", of=60), tune(2, "b", of=60), tune(3, "c"))
    assert [p.work for p in found.pieces] == ["a", "a", "c"]


def test_works_that_share_a_name_or_a_piece_that_shares_are_one() -> None:
    """Joining goes on from piece to piece."""
    found = joined(tune(1, "a", work="suite"), tune(2, "b", work="suite", of=60), tune(3, "c", work="other", of=60))
    assert len({p.work for p in found.pieces}) == 1


def test_a_figure_that_everybody_plays_joins_nobody() -> None:
    """One scale up and down in fifty pieces."""
    scale = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62] * 3
    rows = [(24 * i, 24, p, 0) for i, p in enumerate(scale)]
    pieces = [piece_of(music_of([*rows, (0, 24, 40 + k % 8, 1)]), f"study {k}") for k in range(50)]
    assert len({p.work for p in joined(*pieces).pieces}) == 50
