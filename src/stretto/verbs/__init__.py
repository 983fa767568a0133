"""The verbs: plans, canvases and sampling."""

from __future__ import annotations

from stretto.verbs.compose import Composition, compose
from stretto.verbs.gaps import continue_, infill, vary
from stretto.verbs.hearing import Hearing
from stretto.verbs.rework import Manner, Reworked, harmonize

__all__ = ["Composition", "Hearing", "Manner", "Reworked", "compose", "continue_", "harmonize", "infill", "vary"]
