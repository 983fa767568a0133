"""ABC 2.1 in: one tune as a Score."""

from __future__ import annotations

from stretto.errors import ScoreReadError
from stretto.score.abc_score import assemble
from stretto.score.abc_text import tune_lines
from stretto.score.abc_tune import TuneReader
from stretto.score.foreign import refuse_foreign
from stretto.score.model import Score
from stretto.score.tally import Tally


def read_abc(data: bytes, name: str) -> Score:
    """Read the first tune of an ABC file.

    Several voices are parts of their own, unless %%score joins them on a staff (1 2) or into a
    part with several staves {1 2}. Repeats stay as written.

    Args:
        data: the file.
        name: its name, for messages.

    Raises:
        ScoreReadError: no ABC, or a field or note that cannot be read; says line and column.

    Source: the ABC music standard 2.1, December 2011.
    """
    if b"\nX:" not in data:
        # A page of the web may hold a tune.
        refuse_foreign(data, name, "a file in ABC")
    tally = Tally()
    tune = TuneReader(tally)
    tune.read(tune_lines(data, name, tally))
    if not any(voice.has_music for voice in tune.voices.values()):
        raise ScoreReadError(f"{name}: the tune has neither notes nor rests; the file may be cut off")
    score = assemble(tune)
    return score.with_notices(*tally.notices())
