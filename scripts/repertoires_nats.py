"""What style and metre are worth to the network of a repertoire: nats a note on held-out works, told and not told."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from stretto.evaluate.repertoire_table import Nats
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.staff_example import StaffExample, staff_example

BARS = 24
"""From the start of each work."""


def nats_of(repertoire: str, works: Sequence[StaffWork], weights: Path | None) -> Nats | None:
    """Exact likelihood, everything else told alike; None where there is no network yet, or no torch to hear it with.

    Args:
        repertoire: "keyboard" or "quartet".
        works: held-out works.
        weights: an exported network; None = the one that ships.
    """
    path = weights or Path(str(files("stretto.engine").joinpath("data", f"{repertoire}.safetensors")))
    if not path.exists() or find_spec("torch") is None:
        return None
    from stretto.networks.staves import Staves
    from stretto.train.folder import read_start
    from stretto.train.staves import measure

    start = read_start(path, repertoire)
    config = start.config
    if len(config.staves) != works[0].music.n_staves:
        return None
    net = Staves(config)
    net.load_state_dict(start.weights)
    openings = [work.opening(BARS) for work in works]
    told, untold = (
        measure(net, [_example(work, hidden, config.composers) for work in openings]).per_note
        for hidden in ((), ("style", "meter"))
    )
    return Nats(known=told, unknown=untold)


def _example(work: StaffWork, hidden: Sequence[str], composers: Sequence[str]) -> StaffExample:
    # An opening does not end where it is cut, so where the piece ends is not told.
    return staff_example(work.music, work.plan.without("end", *hidden), composers)
