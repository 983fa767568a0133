"""What style and metre are worth to the network of a repertoire: nats a note on held-out works, told and not told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stretto.evaluate.repertoire_table import Nats
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.staff_example import StaffExample, staff_example

BARS = 32
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
    from safetensors import safe_open
    from safetensors.torch import load_file

    from stretto.networks.staves import Staves, StavesConfig
    from stretto.train.staves import measure

    with safe_open(path, "numpy") as opened:
        said: Mapping[str, Any] = json.loads(opened.metadata()["staves"])
    known = {field.name for field in fields(StavesConfig)}
    config = StavesConfig(**{name: _frozen(value) for name, value in said.items() if name in known})
    if len(config.staves) != works[0].music.n_staves:
        return None
    net = Staves(config)
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    openings = [work.opening(BARS) for work in works]
    told, untold = (
        measure(net, [_example(work, hidden, config.composers) for work in openings]).per_note
        for hidden in ((), ("style", "meter"))
    )
    return Nats(known=told, unknown=untold)


def _example(work: StaffWork, hidden: Sequence[str], composers: Sequence[str]) -> StaffExample:
    # An opening does not end where it is cut, so where the piece ends is not told.
    return staff_example(work.music, work.plan.without("end", *hidden), composers)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
