"""What a metric says of itself, for the reader of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

Better = Literal["real", "higher", "lower"]

SOURCES = {
    "MusPy": "Dong et al., MusPy, ISMIR 2020",
    "MusDr": "Wu and Yang, The Jazz Transformer on the Front Line, ISMIR 2020",
    "MGEval": "Yang and Lerch, On the evaluation of generative models in music, 2018",
    "Mock": "Fang et al., Bach or Mock?, 2020, arXiv 2006.13329",
    "RL Tuner": "Jaques et al., Tuning recurrent neural networks with reinforcement learning, 2017",
    "overlap": "Mittal et al., Symbolic music generation with diffusion models, ISMIR 2021",
    "": "",
}
"""Short name in a table -> who defined the metric; "" = counted as it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number about a piece."""

    name: str
    """Stable and dotted: "rhythm.groove"."""
    label: str
    """A few words, for a table."""
    unit: str
    """"share", "bits", "semitones", ...; "" = a bare number."""
    says: str
    """One sentence for a musician."""
    source: str = ""
    """Who defined it; "" = counted as it says."""
    better: Better = "real"
    """Nearly always: the nearer to real music, the better."""


def catalogue(family: str, table: str) -> tuple[Metric, ...]:
    """Metrics from a table: "name | unit | label | sentence | source | better"; the last two may be left out.

    >>> catalogue("pitch", "range | semitones | range | From the lowest note to the highest. | MusPy")[0].name
    'pitch.range'

    A row goes on in the next line where that begins with "|".
    """
    rows: list[str] = []
    for line in table.split("\n"):
        if line.strip().startswith("|"):
            rows[-1] += " " + line.strip()
        elif line.strip():
            rows.append(line.strip())
    return tuple(_row(family, row) for row in rows)


def _row(family: str, row: str) -> Metric:
    name, unit, label, says, source, better = (*(cell.strip() for cell in row.split("|")), "", "")[:6]
    better = better or "real"
    if source not in SOURCES or better not in get_args(Better):
        raise ValueError(
            f"{family}.{name}: {source!r} is no source of {', '.join(SOURCES)}, or {better!r} no direction"
        )
    return Metric(
        name=f"{family}.{name}",
        label=label,
        unit=unit,
        says=says,
        source=SOURCES[source],
        better=cast(Better, better),
    )
