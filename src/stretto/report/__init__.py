"""What a piece, or a folder of them, is like beside real music: the page, its plots, and the same as JSON."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stretto.report.report import Report


class _Verb(ModuleType):
    """This package under the name `stretto.report`, which is the verb of the library too."""

    def __call__(self, *pieces: Any, **how: Any) -> Report:
        """As `stretto.report.report.report`."""
        from stretto.report.report import report

        return report(*pieces, **how)


# Whoever imports a module of this package puts the package in the place of the function: so it does what that does.
sys.modules[__name__].__class__ = _Verb
