"""Which staves of a document are whose: a pianist's hands, the players of a quartet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from stretto.errors import RequestError
from stretto.score.model import Notes, Score
from stretto.theory.at_piano import is_played, needs_hands
from stretto.theory.at_strings import for_strings, kind_of, seats_of, sounding_parts, which_violin
from stretto.theory.voice_leading import CHOIR_RANGES
from stretto.verbs.lines import opened
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.voicing import MAX_LINES, part_called

Place = tuple[int, int]
"""A part of the score, and one of its staves, counted from 1."""

KEYS = re.compile(
    r"piano|pno|klavier|clavier|keyboard|harpsichord|cembalo|clavecin|clavichord|organ|orgel|celesta|fortepiano|"
    r"(right|left|upper|lower) ?hand|\b[rl]\.?h\b|\bm\.?[dg]\.?\b",
    re.IGNORECASE,
)
LEFT = re.compile(r"left|lower|\bl\.?h\b|\bm\.?g\b|links", re.IGNORECASE)
RIGHT_HAND, LEFT_HAND = 0, 1
RIGHT = re.compile(r"right|upper|\br\.?h\b|\bm\.?d\b|rechts", re.IGNORECASE)

KEY_PROGRAMS = {*range(8), *range(16, 21)}
"""General MIDI: pianos and their like, and organs."""

LOW = 54
"""Mean pitch under which a lone line is the left hand's: F sharp under middle C."""

SUNG = 0.5
"""Share of the time in which each voice of a hymn sings at least; a second voice of a pianist's comes now and then."""

NO_MELODY, MELODY = 40.0, 57
"""Cost of leaving the highest player without a part where one could be his: it lies, on average, above A3."""

CROWDED = 0.25
"""Share of the onsets of a part that are chords, from which it is no single line."""


def ensemble_of(score: Score) -> Ensemble | None:
    """For whom a document is written, as far as it says; None = for a choir, or for anybody."""
    if for_strings(score):
        return QUARTET
    return KEYBOARD if _is_keyboard(score, sounding_parts(score)) else None


def _is_keyboard(score: Score, parts: Sequence[int]) -> bool:
    """A pianist's staves: a part of two that is no hymn in four voices, two hands as parts, or chords at a piano."""
    staves = [p for p in parts if score.parts[p].n_staves >= 2]
    if len(staves) == 1 and len(parts) <= 2:
        own = score.parts[staves[0]]
        return bool(KEYS.search(own.name)) or len(parts) == 2 or not _four_voices(score)
    if len(parts) == 2:
        names = [score.parts[p].name for p in parts]
        hands = [bool(RIGHT.search(name) or LEFT.search(name)) for name in names]
        keys = [
            bool(KEYS.search(name)) or score.parts[p].program in KEY_PROGRAMS
            for name, p in zip(names, parts, strict=True)
        ]
        return all(hands) or (all(keys) and any(_has_chords(score, p) or not _could_be_sung(score, p) for p in parts))
    if len(parts) == 1:
        part = score.parts[parts[0]]
        wide = is_played(score) and needs_hands(score.notes)
        if not wide and not _has_chords(score, parts[0]):
            return False
        if KEYS.search(part.name):
            return True
        return (wide or part.program in KEY_PROGRAMS) and not _four_voices(score)
    return False


def _four_voices(score: Score) -> bool:
    """Up to four lines that a choir could sing, two at least on some staff."""
    whole, lines = opened(score)
    if len(lines) > MAX_LINES or len(lines) <= len(score.parts):
        return False
    per_staff = {(line.part, line.staff) for line in lines}
    if any(_share_sung(whole, part) < SUNG for part in range(len(lines))):
        return False
    low, high = CHOIR_RANGES[-1][0], CHOIR_RANGES[0][1]
    pitch = whole.notes["pitch"][whole.notes["grace"] == 0]
    return len(lines) > len(per_staff) and bool(len(pitch)) and low - 2 <= pitch.min() and pitch.max() <= high + 2


def _share_sung(score: Score, part: int) -> float:
    """Share of the time in which a part of single notes sounds."""
    own = score.notes[(score.notes["part"] == part) & (score.notes["grace"] == 0)]
    return float(own["duration"].sum()) / max(1, score.end)


def _could_be_sung(score: Score, part: int) -> bool:
    """A line that some voice of a choir has."""
    pitch = score.notes["pitch"][(score.notes["part"] == part) & (score.notes["grace"] == 0)]
    return any(low <= pitch.min() and pitch.max() <= high for low, high in CHOIR_RANGES)


def _has_chords(score: Score, part: int) -> bool:
    onset = score.notes["onset"][(score.notes["part"] == part) & (score.notes["grace"] == 0)]
    _, counts = np.unique(onset, return_counts=True)
    return bool(len(counts)) and float((counts > 1).mean()) >= CROWDED


def places_of(
    score: Score, players: Ensemble, wished: Sequence[str] = (), take: Sequence[str] = ()
) -> dict[Place, int]:
    """The staff of its players that each staff of a document is.

    Args:
        score: the document.
        players: who is to play it.
        wished: which staves its staves with notes are, from the top, by name.
        take: the parts that are heard, by number from the top or by name; the others stay unheard.

    Raises:
        RequestError: it has more staves than there are players, or a wish does not fit.
    """
    parts = sounding_parts(score)
    if not parts:
        what = "percussion alone" if len(score.notes) else "no notes, only rests"
        raise RequestError(f"{what}; the network needs music to go by")
    if take:
        chosen = {part_called(score, name) for name in take}
        parts = [part for part in parts if part in chosen]
        if not parts:
            raise RequestError(f"--take {','.join(take)}: none of these has notes")
    elif players.one_instrument and (keys := [p for p in parts if score.parts[p].n_staves >= 2]) and len(parts) > 1:
        parts = keys[:1]  # a song: the singer is not heard, and stays
    found = [(part, staff) for part in parts for staff in range(1, score.parts[part].n_staves + 1)]
    with_notes = [place for place in found if len(_of(score, place))]
    if wished:
        return _as_wished(with_notes, players, wished)
    if players.one_instrument:
        return _hands(score, found, with_notes, players)
    return _by_player(score, with_notes, players)


def _of(score: Score, place: Place) -> Notes:
    notes = score.notes
    found: Notes = notes[(notes["part"] == place[0]) & (notes["staff"] == place[1])]
    return found


def _mean(score: Score, place: Place) -> float:
    return float(_of(score, place)["pitch"].mean())


def _as_wished(places: Sequence[Place], players: Ensemble, wished: Sequence[str]) -> dict[Place, int]:
    staves = [players.staff_called(name) for name in wished]
    if len(staves) != len(places) or len(set(staves)) != len(staves):
        raise RequestError(
            f"--voices {','.join(wished)}: name the {len(places)} staves with notes, from the top, each by another of "
            f"{', '.join(players.staves)}"
        )
    return dict(zip(places, staves, strict=True))


def _hands(score: Score, places: Sequence[Place], with_notes: Sequence[Place], players: Ensemble) -> dict[Place, int]:
    """Right and left hand: by the order of a piano's staves, by name, by height."""
    parts = {part for part, _ in with_notes}
    n = len(players.staves)
    if len(parts) == 1 and len(places) > 1:
        return {place: min(place[1], n) - 1 for place in places}
    if len(with_notes) > n:
        raise RequestError(
            f"{len(with_notes)} staves with notes: a {players.name} has {n}; say with --take which parts are its own"
        )
    sides = [_side(score.parts[part].name) for part, _ in with_notes]
    if len(with_notes) == 1:
        low = sides[0] == LEFT_HAND or (sides[0] is None and _mean(score, with_notes[0]) < LOW)
        return {with_notes[0]: int(low)}
    first, second = with_notes
    if sides[0] != sides[1]:
        swapped = sides[0] == LEFT_HAND or sides[1] == RIGHT_HAND
    else:  # names that say the same of both, as "upper 1" and "upper 2", say nothing
        swapped = _mean(score, first) < _mean(score, second)
    return {first: 1, second: 0} if swapped else {first: 0, second: 1}


def _side(name: str) -> int | None:
    """The hand that a name says; None = neither, or both."""
    left, right = bool(LEFT.search(name)), bool(RIGHT.search(name))
    return None if left == right else int(left)


def _by_player(score: Score, places: Sequence[Place], players: Ensemble) -> dict[Place, int]:
    """Each staff to the player whom its name says; the others, from the top, to those whose ranges fit best."""
    if len(places) > len(players.staves):
        raise RequestError(
            f"{len(places)} staves with notes: a {players.name} has {len(players.staves)} players; say with --take "
            "which parts are theirs"
        )
    parts = [part for part, _ in places]
    if players.strings and len(set(parts)) == len(players.staves) and (whose := seats_of(score, parts)) is not None:
        return {place: whose[place[0]] for place in places}
    order = sorted(places, key=lambda place: -_mean(score, place))
    named = {place: staff for place in places if (staff := _named(score, place, players)) is not None}
    if len(set(named.values())) < len(named):
        named = {}
    best, least = dict(zip(order, range(len(order)), strict=True)), np.inf
    for chosen in combinations(range(len(players.staves)), len(order)):
        if not set(named.values()) <= set(chosen):
            continue
        free = iter([staff for staff in chosen if staff not in named.values()])
        found = {place: named[place] if place in named else next(free) for place in order}
        cost = sum(_misfit(score, place, players.ranges[staff]) for place, staff in found.items()) + 0.1 * sum(chosen)
        cost += NO_MELODY * (0 not in chosen and _mean(score, order[0]) >= MELODY)
        if cost < least:
            best, least = found, cost
    return best


def _named(score: Score, place: Place, players: Ensemble) -> int | None:
    name = score.parts[place[0]].name
    if players.strings and (kind := kind_of(score.parts[place[0]])) is not None:
        return kind + 1 if kind else which_violin(name) - 1
    try:
        return players.staff_called(name)
    except RequestError:
        return None


def _misfit(score: Score, place: Place, limits: tuple[int, int]) -> float:
    """How badly a line suits a player: semitones from the middle of the range, and outside it."""
    pitch = _of(score, place)["pitch"].astype(int)
    outside = np.maximum(limits[0] - pitch, 0) + np.maximum(pitch - limits[1], 0)
    return float(abs(pitch.mean() - sum(limits) / 2) + 3 * outside.mean())
