"""What a notebook asks of a Score."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module


class Shown:
    """Shows itself in a notebook as page and player."""

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """Page and player as "text/html", a line as "text/plain"; as IPython asks for them."""
        # Notebooks ask the object itself, and a Score knows nothing of how it is drawn: what draws it stands
        # layers above, so it is looked up by name, as `formats` does with readers, and when it is wanted.
        mimebundle: Callable[..., dict[str, str]] = import_module("stretto.render.notebook").mimebundle
        return mimebundle(self, include=include, exclude=exclude)
