"""Dynamic marks and hairpins, read back from the velocities of a MIDI file that LilyPond wrote.

LilyPond turns every mark into a velocity of its own, and a hairpin into a ramp from note to note; a file in which
nothing is marked has one velocity throughout. So the marks that a typesetter copied from the edition can be had again,
where the file is one of LilyPond's.

Source: LilyPond, `scm/midi.scm` (default dynamics as shares of the loudest, extra velocities of articulations).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from stretto.score.model import TICKS_PER_QUARTER, Mark, Score

LEVEL_OF_VELOCITY = {
    31: "ppppp", 43: "pppp", 53: "ppp", 62: "pp", 69: "p", 77: "mp", 86: "mf", 95: "f", 101: "ff", 107: "fff",
    114: "ff", 120: "fff",
}  # fmt: skip
"""Velocity of each mark, cut to whole numbers; ff and fff were louder before 2.11."""

UNMARKED = 90
"""Velocity where nothing is marked."""

LOUDEST = 127
"""A sforzato; a file stays so loud until the next mark, players do not."""

EXTRAS = (4, 6, 20, 40)
"""Of staccato, staccatissimo, accent, strong accent."""

SHORTEST_LEVEL = 2 * TICKS_PER_QUARTER
"""What lasts for less is of a voice that the mark did not reach, in ticks; it may be a sforzato."""

LONGEST_STEP = 2 * TICKS_PER_QUARTER
"""A ramp has a new velocity at least so often, in ticks; what stands longer was marked by itself."""

MIN_VALUES = 3
"""Velocities of a ramp, its ends among them; a mark is one step."""

Dynamics = tuple[tuple[int, str], ...]
Hairpins = tuple[tuple[int, int, str], ...]


def marks_of_velocities(score: Score) -> tuple[Dynamics, Hairpins]:
    """Marks (tick, "p") and hairpins (start, end, "crescendo"), of the part that has most of them.

    In piano music they hang on one of the two staves as a rule, and hold for both.
    """
    found = [_of_part(score, part) for part in range(len(score.parts))]
    dynamics, hairpins = max(found, key=lambda pair: len(pair[0]) + len(pair[1]), default=((), ()))
    return dynamics, hairpins


def marked_by_velocity(score: Score) -> Score:
    """A score with the marks and hairpins that its velocities tell, for all its parts."""
    dynamics, hairpins = marks_of_velocities(score)
    marks = [Mark(kind="dynamic", tick=tick, text=text) for tick, text in dynamics]
    marks += [Mark(kind="wedge", tick=start, end=end, text=text) for start, end, text in hairpins]
    return score.evolve(marks=(*score.marks, *marks)) if marks else score


def _of_part(score: Score, part: int) -> tuple[Dynamics, Hairpins]:
    own = score.notes[(score.notes["part"] == part) & (score.notes["grace"] == 0)]
    rows = sorted(zip(own["onset"].tolist(), own["velocity"].tolist(), strict=True))
    # Beside a voice that has marks there may be others that have none.
    told = [row for row in rows if row[1] - UNMARKED not in (0, *EXTRAS)] or rows
    chords = [(tick, min(v for _, v in notes)) for tick, notes in groupby(told, key=lambda row: row[0])]
    plain = _plain([v for _, v in chords])
    steps = zip(plain, (tick for tick, _ in chords), strict=True)
    runs = [(value, [tick for _, tick in of]) for value, of in groupby(steps, key=lambda step: step[0])]
    ramps = _ramps([(value, ticks[0]) for value, ticks in runs])
    inside = {i for first, last in ramps for i in range(first + 1, last)}
    hairpins = tuple(
        (runs[a][1][-1], runs[b][1][0], "crescendo" if runs[b][0] > runs[a][0] else "diminuendo") for a, b in ramps
    )
    return _marks(runs, inside), hairpins


def _plain(velocities: Sequence[int]) -> list[int]:
    """Velocities without the extra of accents and dots, where the next note has what is left, or the same extra."""
    found: list[int] = []
    for i, velocity in enumerate(velocities):
        after = velocities[i + 1] if i + 1 < len(velocities) else found[-1] if found else velocity
        known = velocity in LEVEL_OF_VELOCITY or velocity in (UNMARKED, LOUDEST)
        less = [velocity - extra for extra in EXTRAS if velocity - extra in LEVEL_OF_VELOCITY]
        meant = [v for v in less if after in (v, velocity)]
        found.append(velocity if known or not meant else meant[0])
    return found


def _ramps(steps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last place of every row of velocities that goes one way, quickly: (value, tick) each."""
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(steps) - 1:
        last = first + 1
        up = steps[last][0] > steps[first][0]
        while (
            last + 1 < len(steps)
            and (steps[last + 1][0] > steps[last][0]) == up
            and steps[last + 1][1] - steps[last][1] <= LONGEST_STEP
        ):
            last += 1
        # To and from what is unmarked no hairpin leads: the player of a file only goes back to it.
        if last - first + 1 >= MIN_VALUES and LOUDEST not in (steps[first][0], steps[last][0]):
            found.append((first, last))
        first = last
    return found


def _marks(runs: Sequence[tuple[int, list[int]]], inside: set[int]) -> Dynamics:
    """A mark at every new level that lasts; none where the velocity is one that no mark has."""
    found: list[tuple[int, str]] = []
    level = ""
    for i, (value, ticks) in enumerate(runs):
        until = runs[i + 1][1][0] if i + 1 < len(runs) else ticks[-1] + SHORTEST_LEVEL
        lasts = until - ticks[0] >= SHORTEST_LEVEL
        if value == LOUDEST:
            found.append((ticks[0], "sf"))
        elif lasts and i not in inside:
            text = LEVEL_OF_VELOCITY.get(value, "")
            if text and text != level:
                found.append((ticks[0], text))
            level = text
    return tuple(found)
