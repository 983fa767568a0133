"""The instruments that Stretto ships, and which of them plays a part."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from stretto.errors import RenderError
from stretto.score.midi_sound import default_program
from stretto.score.model import Notice, Score

PIANO, HARPSICHORD, ORGAN, VIOLIN, VIOLA, CELLO, STRINGS, CHOIR = 0, 6, 19, 40, 41, 42, 48, 52

INSTRUMENTS = {
    "piano": PIANO,
    "harpsichord": HARPSICHORD,
    "organ": ORGAN,
    "violin": VIOLIN,
    "viola": VIOLA,
    "cello": CELLO,
    "strings": STRINGS,
    "choir": CHOIR,
}
"""General MIDI program, 0..127, by the name a user types."""

QUARTET = "quartet"
"""An instrument by range for each part: violin, viola or cello."""

NAMES = (*INSTRUMENTS, QUARTET)

# General MIDI's families of eight, and who stands in where the program itself is not in the font.
_STANDS_IN = (
    PIANO, PIANO, ORGAN, HARPSICHORD, CELLO, STRINGS, CHOIR, ORGAN,
    ORGAN, ORGAN, ORGAN, STRINGS, STRINGS, HARPSICHORD, PIANO, PIANO,
)  # fmt: skip
_EXCEPTIONS = {6: HARPSICHORD, 7: HARPSICHORD, 43: CELLO, 44: STRINGS, 45: STRINGS, 46: PIANO, 47: PIANO,
               48: STRINGS, 49: STRINGS, 50: STRINGS, 51: STRINGS, 55: STRINGS, 85: CHOIR, 91: CHOIR}  # fmt: skip
_SAME_SOUND = {1: PIANO, 2: PIANO, 3: PIANO, 16: ORGAN, 17: ORGAN, 18: ORGAN, 20: ORGAN, 44: STRINGS,
               49: STRINGS, 50: STRINGS, 51: STRINGS, 53: CHOIR, 54: CHOIR}  # fmt: skip

_VOICE_RANGE = (36, 84)


@lru_cache(maxsize=1)
def soundfont_bytes() -> bytes:
    """The shipped SoundFont 2 file, about 8 MB.

    Raises:
        RenderError: the installation lacks it.
    """
    path = files("stretto.render") / "data" / "stretto.sf2"
    try:
        return path.read_bytes()
    except OSError as cause:
        raise RenderError(f"{path}: the SoundFont of this installation is missing; install stretto again") from cause


def programs_of(score: Score, instrument: str | None = None) -> tuple[tuple[int, ...], tuple[Notice, ...]]:
    """The program, one that the font has, for each part.

    Returns:
        Programs, one a part, and which parts had to be played by another instrument than they ask for.

    Raises:
        RenderError: no such instrument.
    """
    if instrument is not None:
        name = instrument.strip().lower()
        if name == QUARTET:
            return tuple(_quartet_player(score, part) for part in range(len(score.parts))), ()
        if name not in INSTRUMENTS:
            raise RenderError(f"{instrument!r} is no instrument here; choose from {', '.join(NAMES)}")
        return (INSTRUMENTS[name],) * len(score.parts), ()
    programs, notices = [], []
    for index, part in enumerate(score.parts):
        program, asked = _program_of(score, index)
        programs.append(program)
        if asked >= 0 and not part.percussion:
            what = f"part for an instrument we lack (General MIDI {asked + 1}), played by {_name(program)}"
            notices.append(Notice(what=what, where=part.name or f"part {index + 1}"))
    return tuple(programs), tuple(notices)


def _program_of(score: Score, index: int) -> tuple[int, int]:
    """The program that plays a part, and the one it asks for in vain; -1 = it gets what it asks for."""
    part = score.parts[index]
    wanted = part.program if 0 <= part.program <= 127 else default_program(part)
    if wanted < 0:
        return _guess(score), -1
    if wanted in INSTRUMENTS.values():
        return wanted, -1
    if wanted in _SAME_SOUND:
        return _SAME_SOUND[wanted], -1
    named = default_program(part)
    if named in INSTRUMENTS.values():
        return named, wanted
    return _EXCEPTIONS.get(wanted, _STANDS_IN[wanted // 8]), wanted


def _guess(score: Score) -> int:
    """A few single lines within the voices' compass are sung; everything else is played on the piano."""
    pitches = score.notes["pitch"]
    single = all(part.n_staves == 1 for part in score.parts) and 2 <= len(score.parts) <= 8
    if single and len(pitches) and pitches.min() >= _VOICE_RANGE[0] and pitches.max() <= _VOICE_RANGE[1]:
        return CHOIR
    return PIANO


def _quartet_player(score: Score, part: int) -> int:
    pitches = score.notes["pitch"][score.notes["part"] == part]
    if not len(pitches):
        return VIOLIN
    if pitches.min() >= 55 and np.median(pitches) >= 64:
        return VIOLIN
    return VIOLA if pitches.min() >= 48 else CELLO


def _name(program: int) -> str:
    return next(name for name, number in INSTRUMENTS.items() if number == program)
