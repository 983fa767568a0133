"""Exercises checked with reasons: rule sheets, faults, and marked scores."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stretto.check.check import Checked


class _Verb(ModuleType):
    """This package under the name `stretto.check`, which is a verb of the library too."""

    def __call__(self, *exercise: Any, **how: Any) -> Checked:
        """As `stretto.check.library.check`."""
        from stretto.check.library import check

        return check(*exercise, **how)


# Whoever imports a module of this package puts the package in the place of the function: so it does what that does.
sys.modules[__name__].__class__ = _Verb
