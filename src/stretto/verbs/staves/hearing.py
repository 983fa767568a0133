"""What a document on staves is taken for, in one line."""

from __future__ import annotations

from stretto.score.model import Score
from stretto.score.text_names import note_name
from stretto.theory.spelling import spell_unspelled
from stretto.verbs.hearing import Hearing, key_and_meter
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.gaps import document_for
from stretto.verbs.staves.rework import range_report
from stretto.verbs.staves.rules import StaffRules


def what_it_is_on_staves(
    score: Score, players: Ensemble, hearing: Hearing | None, rules: StaffRules | None
) -> tuple[str, list[str]]:
    """Ensemble, key, metre, pickup, bars, and what each staff has; and which staves leave their ranges.

    Raises:
        RequestError: it does not fit.
    """
    document = document_for(score, players, hearing)
    said = [players.name, *key_and_meter(score, hearing.key if hearing is not None else None)]
    whole = spell_unspelled(document.score, key=document.key)
    for staff, name in enumerate(players.staves):
        part, own = document.places[staff]
        notes = whole.notes[(whole.notes["part"] == part) & (whole.notes["staff"] == own) & (whole.notes["grace"] == 0)]
        if len(notes):
            ends = (notes[notes["pitch"].argmin()], notes[notes["pitch"].argmax()])
            low, high = (note_name(int(note["pitch"]), int(note["fifths"])) for note in ends)
            said.append(f"{name} {low}-{high}")
    return ", ".join(said), range_report(document, rules)
