"""The verbs: plans, canvases and sampling."""

from __future__ import annotations

from stretto.verbs.compose import Composition, compose

__all__ = ["Composition", "compose"]
