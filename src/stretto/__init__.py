"""Stretto composes polyphonic classical music with recurrent neural networks.

>>> import stretto
>>> piece = stretto.compose(key="G major", bars=8, seed=7)  # doctest: +SKIP
>>> piece.write("piece.musicxml")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stretto.version import __version__

if TYPE_CHECKING:
    from stretto.score.formats import read_score, write_score
    from stretto.score.model import Score
    from stretto.theory.understand import understand
    from stretto.verbs import Composition, Hearing, Manner, Reworked, compose, continue_, harmonize, infill, vary

__all__ = [
    "Composition",
    "Hearing",
    "Manner",
    "Reworked",
    "Score",
    "__version__",
    "compose",
    "continue_",
    "harmonize",
    "infill",
    "read_score",
    "understand",
    "vary",
    "write_score",
]

_HOMES = {
    "Composition": "stretto.verbs",
    "Hearing": "stretto.verbs",
    "Manner": "stretto.verbs",
    "Reworked": "stretto.verbs",
    "Score": "stretto.score.model",
    "compose": "stretto.verbs",
    "continue_": "stretto.verbs",
    "harmonize": "stretto.verbs",
    "infill": "stretto.verbs",
    "read_score": "stretto.score.formats",
    "understand": "stretto.theory.understand",
    "vary": "stretto.verbs",
    "write_score": "stretto.score.formats",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: `import stretto` alone opens nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stretto' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
