"""`stretto infill`: some bars anew, from what comes before to what comes after."""

from __future__ import annotations

from typing import Annotated

from stretto.cli.options import KeepPitches, KeepRhythm, named
from stretto.cli.rework import Verb, document_command
from stretto.cli.typed import Option


@document_command("infilled")
def infill_command(
    bars: Annotated[str, Option(help="The bars that are open, as printed: 5-8, or 5.")],
    parts: Annotated[str | None, Option(help="Voices that are open there, as alto,tenor. [default: all]")] = None,
    keep_rhythm: KeepRhythm = False,
    keep_pitches: KeepPitches = False,
) -> Verb:
    """Write some bars anew, leading from what comes before to what comes after."""
    from stretto.verbs.gaps import bars_named

    first, last = bars_named(bars)
    return lambda verbs, score, hearing, manner: verbs.infill(
        score,
        first,
        last,
        parts=named(parts),
        keep_rhythm=keep_rhythm,
        keep_pitches=keep_pitches,
        hearing=hearing,
        manner=manner,
    )
