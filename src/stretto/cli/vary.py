"""`stretto vary`: some beats anew, here and there."""

from __future__ import annotations

from typing import Annotated

from stretto.cli.options import KeepPitches, KeepRhythm, named
from stretto.cli.rework import Verb, document_command
from stretto.cli.typed import Option


@document_command("varied")
def vary_command(
    strength: Annotated[float, Option(help="Share of the beats that are open, over 0, up to 1.")] = 0.3,
    bars: Annotated[str | None, Option(help="Bars in which they may lie, as 5-8. [default: all]")] = None,
    keep: Annotated[str | None, Option(help="Voices in which nothing changes, as soprano,bass.")] = None,
    keep_rhythm: KeepRhythm = False,
    keep_pitches: KeepPitches = False,
) -> Verb:
    """Write some beats of some voices anew, here and there."""
    from stretto.verbs.gaps import bars_named

    span = None if bars is None else bars_named(bars)
    return lambda verbs, score, hearing, manner: verbs.vary(
        score,
        strength,
        bars=span,
        keep=named(keep),
        keep_rhythm=keep_rhythm,
        keep_pitches=keep_pitches,
        hearing=hearing,
        manner=manner,
    )
