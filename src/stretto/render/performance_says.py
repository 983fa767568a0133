"""What a sound follows, in one line: signs where there are some, and a player's habits where there are none."""

from __future__ import annotations

from collections import Counter

from stretto.render.performance_dynamics import LEVELS, SUDDEN
from stretto.render.performance_shape import PHRASE_BARS, hands, marks_phrases, shapes_phrases
from stretto.score.model import Score

NAMED = {"mp": "mezzo piano", "mf": "mezzo forte"}


def sound_says(score: Score) -> str:
    """What the loudness of a performance follows.

    For example "sound: follows the dynamic marks (p to ff, 6 hairpins), melody above accompaniment, phrase arcs of 4
    bars".
    """
    n_given = int((score.notes["velocity"] > 0).sum())
    if n_given and n_given == len(score.notes):
        return "sound: follows the velocities of the file, note by note"
    said = [_marks(score)]
    if n_given:
        said[0] += f", but for {n_given} notes that have velocities of their own"
    if hands(score):
        said.append("melody above accompaniment")
    elif sum(not part.percussion for part in score.parts) > 2:
        said.append("the top part above the others")
    if shapes_phrases(score):
        where = "from fermata to fermata" if marks_phrases(score) else f"of {PHRASE_BARS} bars, or from rest to rest"
        said.append(f"phrase arcs {where}")
    return "sound: " + ", ".join(said)


def _marks(score: Score) -> str:
    levels = {mark.text for mark in score.marks if mark.kind == "dynamic" and mark.text in LEVELS}
    # Players have the same in their parts, each where he enters: the one who has most counts.
    wedges = Counter(m.part for m in score.marks if m.kind == "wedge" and m.end > m.tick)
    sudden = Counter(m.part for m in score.marks if m.kind == "dynamic" and m.text in SUDDEN)
    n_wedges, n_sudden = (max(counts.values(), default=0) for counts in (wedges, sudden))
    if not levels and not n_wedges and not n_sudden:
        return "no dynamics are marked, so mezzo forte"
    order = sorted(levels, key=lambda text: LEVELS[text])
    told = [f"{order[0]} to {order[-1]}" if len(order) > 1 else order[0]] if order else []
    counts = ((n_wedges, "hairpin"), (n_sudden, "sudden accent"))
    told += [f"{n} {what}{'s' * (n != 1)}" for n, what in counts if n]
    return f"follows the dynamic marks ({', '.join(told)})"
