"""`stretto continue`: what comes after."""

from __future__ import annotations

from typing import Annotated

from stretto.cli.rework import Verb, document_command
from stretto.cli.typed import Option


@document_command("continued")
def continue_command(
    bars: Annotated[int, Option(help="How many more; the last one closes.")] = 8,
) -> Verb:
    """Go on where a document ends."""
    return lambda verbs, score, hearing, manner: verbs.continue_(score, bars, hearing=hearing, manner=manner)
