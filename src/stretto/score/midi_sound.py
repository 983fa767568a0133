"""What a MIDI file must say and a Score need not: instruments, velocities, and when graces sound."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Part, Score

DEFAULT_VELOCITY = 80

DYNAMIC_VELOCITY = {
    "pppp": 16, "ppp": 26, "pp": 38, "p": 52, "mp": 66, "mf": 80, "f": 94, "ff": 108, "fff": 120, "ffff": 127,
}  # fmt: skip
"""Velocity of a dynamic mark that lasts; mf is where music without any mark stands."""

_SUDDEN = {"sf": 16, "sfz": 16, "fz": 16, "sffz": 24, "rf": 12, "rfz": 12}
"""Added for one moment only."""

_AFTER = {"fp": ("f", "p"), "sfp": ("f", "p"), "sfpp": ("f", "pp"), "ffp": ("ff", "p")}
"""Marks that change at once: (for this moment, from then on)."""

GRACE = 60
"""Longest length of a grace note: a thirty-second, in 1/480 of a quarter."""

# How the words of a part's name begin. Instruments stand before voices: a bass clarinet is no bass.
_PROGRAMS = (
    (("clarin", "klarin"), 71), (("bassoon", "fagot", "basson"), 70), (("oboe", "hautbo"), 68),
    (("flute", "flûte", "flöte", "flaut", "traver"), 73), (("recorder", "blockfl"), 74), (("sax",), 65),
    (("trumpet", "trompet", "tromba", "clarino"), 56), (("trombon", "posaune"), 57), (("tuba",), 58),
    (("horn", "corno", "corni"), 60), (("timpan", "pauke"), 47),
    (("harpsi", "cembalo", "clavecin", "continuo"), 6), (("harp", "harfe"), 46),
    (("violonc", "cello"), 42), (("contrab", "kontrab", "violone"), 43), (("viola", "bratsche"), 41),
    (("violin", "geige"), 40), (("string", "streich"), 48),
    (("organ", "orgel", "orgue"), 19), (("piano", "klavier", "clavier"), 0),
    (("lute", "laute", "guitar", "gitarr", "chitarr"), 24),
    (("sopran", "mezzo", "alto", "altus", "tenor", "barit", "bass", "voice", "voix", "voce", "vocal",
      "choir", "chorus", "choral", "cantus", "canto", "discant", "superius", "quinta", "quintus", "sexta",
      "sextus", "singst"), 52),
)  # fmt: skip


def default_program(part: Part) -> int:
    """The General MIDI program that a part's name asks for; -1 = its name says nothing.

    >>> default_program(Part(name="Soprano")), default_program(Part(name="Violin II"))
    (52, 40)
    """
    words = re.findall(r"[^\W\d_]+", f"{part.name} {part.group}".lower())
    for beginnings, program in _PROGRAMS:
        if any(word.startswith(beginnings) for word in words):
            return program
    return 52 if words and set(words) <= {"s", "a", "t", "b", "chor"} else -1


def velocities(score: Score) -> NDArray[np.int64]:
    """Velocity 1..127 of every note, (N,): its own, or what the dynamic mark in force says."""
    given = score.notes["velocity"].astype(np.int64)
    played = np.full(len(given), DEFAULT_VELOCITY, dtype=np.int64)
    onsets, parts = score.notes["onset"], score.notes["part"]
    for mark in score.marks:
        if mark.kind != "dynamic":
            continue
        mine = (parts == mark.part) | (mark.part < 0)
        now, later = _AFTER.get(mark.text, (mark.text, mark.text))
        if later in DYNAMIC_VELOCITY:
            played[mine & (onsets >= mark.tick)] = DYNAMIC_VELOCITY[later]
            played[mine & (onsets == mark.tick)] = DYNAMIC_VELOCITY[now]
        else:
            here = mine & (onsets == mark.tick)
            played[here] = played[here] + _SUDDEN.get(mark.text, 0)
    return np.where(given > 0, given, np.clip(played, 1, 127))


def sounding_spans(score: Score, per_tick: int) -> NDArray[np.int64]:
    """Start and end of every note in 1/480 of a quarter, (N, 2).

    Graces take their time from what comes before the beat; at the very start, from the beat itself.

    Args:
        score: the score.
        per_tick: file ticks to one tick of the score.
    """
    notes = score.notes
    starts = notes["onset"].astype(np.int64) * per_tick
    spans = np.stack([starts, starts + notes["duration"].astype(np.int64) * per_tick], axis=1)
    runs: dict[tuple[int, ...], list[int]] = {}
    for index in np.flatnonzero(notes["grace"]):
        note = notes[index]
        runs.setdefault(tuple(int(note[name]) for name in ("part", "staff", "voice", "onset")), []).append(int(index))
    for (*_, onset), run in runs.items():
        n_graces = int(notes["grace"][run].max())
        length = min(GRACE, max(1, onset * per_tick // n_graces)) if onset else GRACE
        first = max(0, onset * per_tick - n_graces * length)
        for grace in run:
            start = first + (int(notes["grace"][grace]) - 1) * length
            spans[grace] = start, start + length
    return spans
