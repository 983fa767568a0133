"""What the default way of composing does not let the network do: the visible guard rails."""

# Shapes: S streams, O = 2 + P options.

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST, FlagshipEngine
from stretto.errors import RequestError
from stretto.frames.parts import REST
from stretto.frames.plan import Plan, goal_code
from stretto.score.text_names import parse_note
from stretto.theory.voice_leading import CHOIR_RANGES

Bools = NDArray[np.bool_]

HARD, WIDEST = (6, 10, 11), 12
"""Semitones of leaps that singers dread, and of the widest that they do not."""

IN_MAJOR, IN_MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 9, 10, 11)
"""Semitones above the tonic of the notes of a key."""
MINOR = 2
"""Of `engine.flagship.Keys.mode_S`."""

OCTAVE, FIFTH = 0, 7
"""Intervals, modulo 12, that may not move in parallel."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Each rule can be switched off."""

    ranges: tuple[tuple[int, int], ...] = CHOIR_RANGES
    parallels: bool = True
    crossing: bool = True
    """No voice is above one that is written above it, struck or held."""
    rests: bool = False
    """Let voices rest."""
    close: bool = True
    """The last chord is the tonic triad over its root, with a third, and nothing moves after it."""
    leaps: bool = False
    """Forbid moves by a tritone, a seventh, or more than an octave."""
    chromatic: bool = False
    """Forbid notes that are not in the key; in minor the raised sixth and seventh are."""
    repeats: bool = False
    """Forbid striking the same pitch again."""
    to_tonic: tuple[int, ...] = ()
    """Voices whose last note is the tonic: a melody that stands alone."""
    pulse: bool = True
    """In 6/8, 9/8 and 12/8 no new note begins off a beat and sounds into the next, or on a beat's second eighth."""

    @property
    def of_places(self) -> Rules:
        """Those alone that say where a voice may be, and not how it gets there."""
        return replace(self, parallels=False, leaps=False, chromatic=False, repeats=False)

    def forbidden(self, engine: FlagshipEngine, part: int) -> Bools:
        """Options of `part` that break a rule, (S, O)."""
        n_pitches = engine.w.n_pitches
        out = np.zeros((engine.n_streams, FIRST_PITCH + n_pitches), bool)
        pitch = np.arange(n_pitches)
        low, high = self.ranges[part]
        midi = pitch + engine.w.lowest
        out[:, FIRST_PITCH:] |= (midi < low) | (midi > high)
        last = engine.last_SV[:, part]
        if not self.rests:
            out[:, TAKE_REST] = True
            out[:, GO_ON] |= last == REST
        self._forbid_moves(engine, last, out)
        for other in engine.done:
            was, now = engine.last_SV[:, other], engine.new_SV[:, other]
            if self.crossing:
                beyond = pitch > now[:, None] if other < part else pitch < now[:, None]
                beyond &= (now >= 0)[:, None]
                out[:, FIRST_PITCH:] |= beyond
                # A held note crosses too, where the other voice has moved past it.
                held = (last > now) if other < part else (last < now)
                out[:, GO_ON] |= held & (last >= 0) & (now >= 0)
            if self.parallels:
                # Counted from the lower part up, whichever of the two is being decided.
                up = 1 if part < other else -1
                before = up * (last - was) % 12
                perfect = (before == OCTAVE) | (before == FIFTH)
                watched = np.flatnonzero(perfect & (last >= 0) & (was >= 0) & (now >= 0) & (now != was))
                again = up * (pitch - now[watched, None]) % 12 == before[watched, None]
                moved = pitch != last[watched, None]
                out[watched, FIRST_PITCH:] |= again & moved
        return out

    def _forbid_moves(self, engine: FlagshipEngine, last_S: NDArray[np.integer[Any]], out_SO: Bools) -> None:
        """What a voice may not do for its own sake."""
        pitch = np.arange(engine.w.n_pitches)
        known = (last_S >= 0)[:, None]
        far = np.abs(pitch - last_S[:, None])
        if self.leaps:
            out_SO[:, FIRST_PITCH:] |= known & (np.isin(far, HARD) | (far > WIDEST))
        if self.repeats:
            out_SO[:, FIRST_PITCH:] |= known & (far == 0)
        if self.chromatic:
            degree_SP = (pitch + engine.w.lowest - engine.tonic_S[:, None]) % 12
            minor_S1 = (engine.mode_S == MINOR)[:, None]
            inside = np.where(minor_S1, np.isin(degree_SP, IN_MINOR), np.isin(degree_SP, IN_MAJOR))
            out_SO[:, FIRST_PITCH:] |= ~inside & (engine.tonic_S >= 0)[:, None]

    def unclosed(
        self, engine: FlagshipEngine, part: int, *, closing_S: Bools, closed_S: Bools, major_S: Bools
    ) -> Bools:
        """Options of `part` that would not close the piece, (S, O).

        Args:
            engine: the pieces in the making.
            part: the part that chooses.
            closing_S: streams whose last chord this is.
            closed_S: streams whose last chord has sounded already.
            major_S: streams that end on a major third.
        """
        out = np.zeros((engine.n_streams, FIRST_PITCH + engine.w.n_pitches), bool)
        if not self.close or not (closing_S | closed_S).any():
            return out
        out[closed_S, FIRST_PITCH:] = True
        tonic_S = engine.tonic_S
        degree_SP = (np.arange(engine.w.n_pitches) + engine.w.lowest - tonic_S[:, None]) % 12
        wanted_S = np.where(major_S, 4, 3)
        taken = [(engine.new_SV[:, v] + engine.w.lowest - tonic_S) % 12 == wanted_S for v in engine.done]
        has_third = np.any(taken, axis=0) if taken else np.zeros(len(tonic_S), bool)
        if part == engine.w.n_parts - 1:
            fits = degree_SP == 0
        else:
            needs_third = ~has_third & (len(engine.done) == engine.w.n_parts - 1)
            stable = (degree_SP == 0) | (degree_SP == 7)
            fits = (degree_SP == wanted_S[:, None]) | (stable & ~needs_third[:, None])
        if part in self.to_tonic:
            fits = degree_SP == 0
        out[closing_S, FIRST_PITCH:] = ~fits[closing_S]
        stream = np.arange(len(tonic_S))
        last = engine.last_SV[:, part]
        out[:, GO_ON] = closing_S & ~((last >= 0) & fits[stream, np.maximum(last, 0)])
        return out


def close_of(plan: Plan, given: Sequence[int]) -> tuple[bool, bool]:
    """Whether the piece can close on its tonic triad, and whether with a major third.

    Args:
        plan: by its last goal, if that is a tonic triad, else by its mode.
        given: MIDI pitch on which each given voice ends, soprano first; below 0 = it is open.
    """
    degrees = {(pitch - plan.tonic) % 12 for pitch in given if pitch >= 0}
    on_root = given[-1] < 0 or given[-1] % 12 == plan.tonic
    planned = plan.goals[-1] if plan.goals else 0
    major = planned != goal_code(0, minor=True) and (plan.mode != "minor" or planned == goal_code(0, minor=False))
    if len(degrees & {3, 4}) == 1:
        major = 4 in degrees
    return degrees <= {0, 4 if major else 3, 7} and on_root, major


FORBIDDABLE = {
    "parallels": "parallels", "crossing": "crossing", "rests": "rests", "bad-close": "close", "leaps": "leaps",
    "chromatic": "chromatic", "repeats": "repeats",
}  # fmt: skip
"""What can be forbidden, by the user's word -> field of `Rules`."""

VOICE_NAMES = ("soprano", "alto", "tenor", "bass")


def rules_of(
    *, forbid: Sequence[str] = (), allow: Sequence[str] = (), ranges: Sequence[str] = (), base: Rules | None = None
) -> Rules:
    """The guard rails with the user's own.

    Args:
        forbid: words of FORBIDDABLE that are forbidden beside the usual ones.
        allow: words that are not.
        ranges: as "alto=53-74", lowest and highest MIDI pitch of a voice.
        base: what they are changed from; None = the usual ones.

    Raises:
        RequestError: an unknown word, or a range that is none.
    """
    rules = base or Rules()
    check_one_of(forbid, allow)
    for words, forbidden in ((forbid, True), (allow, False)):
        for word in words:
            if word not in FORBIDDABLE:
                raise RequestError(f"{word!r} cannot be forbidden or allowed; there are {', '.join(FORBIDDABLE)}")
            # `rests` says what voices may, all others what they may not.
            changes: dict[str, Any] = {FORBIDDABLE[word]: forbidden is not (word == "rests")}
            rules = replace(rules, **changes)
    limits = list(rules.ranges)
    for text in ranges:
        voice, low, high = _range(text)
        limits[voice] = (low, high)
    return replace(rules, ranges=tuple(limits))


def check_one_of(forbid: Sequence[str], allow: Sequence[str]) -> None:
    """Refuse what is forbidden and allowed at once.

    Raises:
        RequestError: says what.
    """
    if both := [word for word in forbid if word in allow]:
        raise RequestError(f"--forbid {both[0]} with --allow {both[0]}: one undoes the other; give one of them")


def _range(text: str) -> tuple[int, int, int]:
    name, low, high = pitch_range(text, example="alto")
    if name not in VOICE_NAMES:
        raise RequestError(f"range {text!r}: voice {name!r} is not known; there are {', '.join(VOICE_NAMES)}")
    return VOICE_NAMES.index(name), low, high


def pitch_range(text: str, *, example: str) -> tuple[str, int, int]:
    """A name with its lowest and highest pitch, as "alto=53-74"; `example` is a name that there is.

    Raises:
        RequestError: it is none.
    """
    found = re.fullmatch(r"\s*([\w ]+?)\s*=\s*([\w#]+?)\s*-\s*([\w#]+)\s*", text)
    low, high = (_pitch(found[2]), _pitch(found[3])) if found is not None else (None, None)
    if low is not None and high is not None and low > high:
        raise RequestError(f"range {text!r}: the lowest pitch comes first, and here it is above the highest")
    if found is None or low is None or high is None:
        raise RequestError(
            f"range {text!r}: say it as {example}=53-74 or {example}=F3-D5, a voice with its lowest and highest pitch"
        )
    return found[1], low, high


def _pitch(text: str) -> int | None:
    """A MIDI pitch, by number or name; None = neither.

    >>> _pitch("60"), _pitch("C4"), _pitch("Bb3"), _pitch("H")
    (60, 60, 58, None)
    """
    if re.fullmatch(r"\d{1,3}", text):
        return int(text)
    return parse_note(text)[0] if re.fullmatch(r"[A-Ga-g][#b]?\d", text) else None
