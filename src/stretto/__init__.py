"""Stretto composes polyphonic classical music with recurrent neural networks.

>>> import stretto
>>> piece = stretto.compose(key="G major", bars=8, seed=7)  # doctest: +SKIP
>>> piece.write("piece.musicxml")  # doctest: +SKIP
>>> stretto.harmonize("melody.mid", seed=1).write("hymn.pdf")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stretto.version import __version__

if TYPE_CHECKING:
    from stretto.check.library import check
    from stretto.report.report import Report, report
    from stretto.score.formats import read_score, write_score
    from stretto.score.model import Score
    from stretto.theory.understand import understand
    from stretto.verbs import Composition, Hearing, Manner, Reworked, compose
    from stretto.verbs.library import continue_, harmonize, infill, vary

__all__ = [
    "Composition",
    "Hearing",
    "Manner",
    "Report",
    "Reworked",
    "Score",
    "__version__",
    "check",
    "compose",
    "continue_",
    "harmonize",
    "infill",
    "read_score",
    "report",
    "understand",
    "vary",
    "write_score",
]

_HOMES = {
    "Composition": "stretto.verbs",
    "Hearing": "stretto.verbs",
    "Manner": "stretto.verbs",
    "Report": "stretto.report.report",
    "Reworked": "stretto.verbs",
    "Score": "stretto.score.model",
    "check": "stretto.check.library",
    "compose": "stretto.verbs",
    "continue_": "stretto.verbs.library",
    "harmonize": "stretto.verbs.library",
    "infill": "stretto.verbs.library",
    "read_score": "stretto.score.formats",
    "report": "stretto.report.report",
    "understand": "stretto.theory.understand",
    "vary": "stretto.verbs.library",
    "write_score": "stretto.score.formats",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: `import stretto` alone opens nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stretto' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What there is to be loaded, for those who look around before they ask."""
    return list(__all__)
