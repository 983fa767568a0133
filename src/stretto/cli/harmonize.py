"""`stretto harmonize`: the voices that a melody, a bass or a duet lacks."""

from __future__ import annotations

from typing import Annotated

from stretto.cli.options import named
from stretto.cli.rework import Verb, document_command
from stretto.cli.typed import Option


@document_command("harmonized")
def harmonize_command(
    keep: Annotated[
        str | None, Option(help="Voices that stay, as soprano; the others are written anew. [default: all]")
    ] = None,
) -> Verb:
    """Write the voices that a document lacks; those it has stay as they are."""
    return lambda verbs, score, hearing, manner: verbs.harmonize(
        score, keep=named(keep), hearing=hearing, manner=manner
    )
