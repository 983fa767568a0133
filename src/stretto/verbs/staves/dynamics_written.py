"""Planned dynamics as the marks of a score, and the marks of a score as dynamics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from stretto.engine.dynamics import DynamicsWeights
from stretto.frames.dynamics import FF, MARKS, MEANT, WEDGES, Beats, Dynamics, beats_of, dynamics_of
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic, staves_of_score
from stretto.score.model import TICKS_PER_QUARTER, Mark, Notes, Score
from stretto.verbs.staves.dynamics import plan_dynamics, spans_to_beats

MEANT_BY = 2
"""Players of several who must agree before a mark is the ensemble's."""

TOGETHER = TICKS_PER_QUARTER
"""Ticks within which players that enter one after another are marked together."""


def with_dynamics(
    score: Score,
    plan: Plan,
    *,
    seed: int,
    new: Sequence[tuple[int, int]] | None = None,
    temperature: float = 1.0,
    weights: DynamicsWeights | None = None,
) -> Score:
    """A score with dynamic marks and hairpins where its music is new.

    Marks that it has stay as they are, and what is planned follows from them. A document that has none and is
    only in part new gets none: its players do without.

    Args:
        score: a piano's, of one part with two staves or of two parts; or of several players.
        plan: its bars, period and composer.
        seed: of the draw.
        new: spans of ticks that have new music; None = all of it.
        temperature: as for `plan_dynamics`.
        weights: another network than the one that ships.
    """
    music = _music_of(score)
    beats = beats_of(plan, music.end)
    open_T = np.ones(len(beats.tick_T), bool) if new is None else spans_to_beats(new, beats)
    given = given_dynamics(score, beats)
    if not open_T.any() or not len(music.notes) or (not open_T.all() and not (given.mark_T.any() or given.spans)):
        return score
    tempo_qpm = float(score.tempos[0].qpm) if score.tempos else 0.0
    planned = plan_dynamics(
        music,
        plan,
        seed=seed,
        tempo_qpm=tempo_qpm,
        given=given,
        open_T=open_T & (given.mark_T == 0) & (given.wedge_T == 0),
        temperature=temperature,
        weights=weights,
    )
    return score.evolve(marks=(*score.marks, *written_dynamics(score, planned, given, beats)))


def _music_of(score: Score) -> StaffMusic:
    """All notes, staff by staff."""
    n = 0
    staff_of = []
    for part in score.parts:
        staff_of.append(tuple(range(n, n + part.n_staves)) if not part.percussion else (-1,) * part.n_staves)
        n += part.n_staves
    return staves_of_score(score, staff_of)[0]


def given_dynamics(score: Score, beats: Beats) -> Dynamics:
    """The dynamics that a score has, by beats; of an ensemble those on which players agree."""
    levels = [(mark.tick, mark.text, mark.part) for mark in score.marks if mark.kind == "dynamic"]
    wedges = [(m.tick, m.end, m.text, m.part) for m in score.marks if m.kind == "wedge" and m.end > m.tick]
    dynamics = [(tick, text) for tick, text, _ in levels if text.strip().lower() in MEANT]
    hairpins = [(tick, end, text) for tick, end, text, _ in wedges]
    if len(score.parts) > 2 and len({part for *_, part in levels + wedges}) > 1:
        dynamics, hairpins = agreed_dynamics(dynamics), agreed_hairpins(hairpins)
    return dynamics_of(dynamics, hairpins, beats)


def agreed_dynamics(dynamics: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Marks of all players, as those of the ensemble: at least two have the same within a quarter."""
    found: list[tuple[int, str]] = []
    groups: dict[str, list[int]] = {}
    for tick, text in [*sorted((tick, MEANT.get(text.strip().lower(), "")) for tick, text in dynamics)]:
        ticks = groups.setdefault(text, [])
        if ticks and tick - ticks[0] > TOGETHER:
            ticks.clear()
        ticks.append(tick)
        if text and len(ticks) == MEANT_BY:
            found.append((ticks[0], text))
    return sorted(found)


def agreed_hairpins(hairpins: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Hairpins of all players, as those of the ensemble: at least two have one of a kind that overlap."""
    found: list[tuple[int, int, str]] = []
    for text in WEDGES[1:]:
        depth: Counter[int] = Counter()
        for start, end, kind in hairpins:
            if kind == text:
                depth[start] += 1
                depth[end] -= 1
        here, start = 0, -1
        for tick in sorted(depth):
            before, here = here, here + depth[tick]
            if before < MEANT_BY <= here:
                start = tick
            elif here < MEANT_BY <= before:
                found.append((start, tick, text))
    return sorted(found)


def written_dynamics(score: Score, planned: Dynamics, given: Dynamics, beats: Beats) -> list[Mark]:
    """The marks of what is planned and not given, for every part that they concern."""
    found: list[Mark] = []
    is_piano = len(score.parts) <= 2
    if is_piano:
        staff = 1 if len(score.parts) == 1 else 0
        notes = score.notes[score.notes["grace"] == 0]
        return [*_for_player(notes, planned, given, beats, part=0 if staff else -1, staff=staff)]
    for part in range(len(score.parts)):
        own = score.notes[(score.notes["grace"] == 0) & (score.notes["part"] == part)]
        if not score.parts[part].percussion:
            found += _for_player(own, planned, given, beats, part=part, staff=0)
    return found


def _for_player(
    notes: Notes, planned: Dynamics, given: Dynamics, beats: Beats, *, part: int, staff: int
) -> Iterator[Mark]:
    """Marks where the player plays: a level waits for an entry, a sforzato does not."""
    onsets = np.unique(notes["onset"])
    levels = np.flatnonzero((planned.mark_T > 0) & (planned.mark_T <= FF))
    end_T = beats.end_T
    at_beat: dict[int, int] = {}
    texts: dict[int, list[str]] = {}
    for t in np.flatnonzero(planned.mark_T).tolist():
        later = levels[levels > t]
        is_level = planned.mark_T[t] <= FF
        until = int(beats.tick_T[later[0]]) if is_level and len(later) else beats.end if is_level else int(end_T[t])
        own = onsets[(onsets >= beats.tick_T[t]) & (onsets < until)]
        if len(own):
            at_beat[t] = int(own[0])
            if not given.mark_T[t]:
                texts.setdefault(int(own[0]), []).append(MARKS[planned.mark_T[t]])
    for tick, said in texts.items():
        yield Mark(kind="dynamic", tick=tick, text=_in_one(said), part=part, staff=staff)
    for first, stop, wedge in planned.spans:
        if given.wedge_T[first]:
            continue
        end = int(end_T[stop - 1])
        own = onsets[(onsets >= beats.tick_T[first]) & (onsets < end)]
        if len(own):
            begin = int(beats.tick_T[first])
            held = (notes["onset"] <= begin) & (notes["onset"] + notes["duration"] > begin)
            start = begin if held.any() else int(own[0])
            # A level that waits for an entry is where the hairpin begins that leads away from it.
            waiting = [tick for t, tick in at_beat.items() if t <= first and begin < tick < end]
            start = max([start, *waiting])
            # Up to the mark to which it leads; on a player's last note as far as that lasts.
            over = int((notes["onset"] + notes["duration"]).max())
            last = at_beat.get(stop, end) if (onsets >= end).any() else over
            last = min(max(last, start + 1), over)
            yield Mark(kind="wedge", tick=start, end=last, text=WEDGES[wedge], part=part, staff=staff)


def _in_one(texts: Sequence[str]) -> str:
    """What stands under one note: a level that waited for an entry on an accent is said with it."""
    if len(texts) == 1:
        return texts[0]
    level, accent = texts[0], texts[-1]
    return "sfp" if accent != level and MARKS.index(level) < MARKS.index("mf") else accent


def dynamics_report(score: Score) -> str:
    """In one line what dynamics a score has: "dynamics: p to ff, 9 marks and 6 hairpins"."""
    levels = [mark for mark in score.marks if mark.kind == "dynamic" and mark.text in MARKS[1 : FF + 1]]
    wedges = [mark for mark in score.marks if mark.kind == "wedge"]
    # Players have the same in their parts, each where he enters: the one who has most counts.
    n_marks, n_wedges = (max(Counter(m.part for m in marks).values(), default=0) for marks in (levels, wedges))
    if not n_marks and not n_wedges:
        return "dynamics: none are marked"
    order = sorted({MARKS.index(mark.text) for mark in levels})
    extent = f"{MARKS[order[0]]} to {MARKS[order[-1]]}, " if len(order) > 1 else f"{MARKS[order[0]]}, " if order else ""
    marks, pins = f"{n_marks} mark{'s' * (n_marks != 1)}", f"{n_wedges} hairpin{'s' * (n_wedges != 1)}"
    return f"dynamics: {extent}{marks} and {pins}"
