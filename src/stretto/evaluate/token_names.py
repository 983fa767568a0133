"""Tokens in a musician's words: "chord 2" "2m71 7M0" is "ii6/5 to V"."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby

from stretto.score.model import TICKS_PER_QUARTER

ROOTS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
DEGREES = ("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7")
INTERVALS = (
    "repeated", "minor second", "major second", "minor third", "major third", "fourth", "tritone", "fifth",
    "minor sixth", "major sixth", "minor seventh", "major seventh", "octave or more",
)  # fmt: skip
ABOVE = ("octave", *INTERVALS[1:12])
TRIADS = {"M": "", "m": "", "o": "°", "+": "+"}
SEVENTHS = {"7": "", "m7": "", "M7": "maj", "ø7": "ø", "o7": "°", "mM7": "maj"}
SMALL = ("m", "o", "m7", "ø7", "o7", "mM7")
LENGTHS = {
    6: "sixteenth", 12: "eighth", 18: "dotted eighth", 24: "quarter", 36: "dotted quarter", 48: "half",
    72: "dotted half", 96: "whole",
}  # fmt: skip
CHORD = re.compile(r"(\d+)(mM7|M7|m7|ø7|o7|7|M|m|o|\+)(\d)(-?)")


def said(kind: str, token: str, n_voices: int = 4) -> str:
    """A token in words.

    Args:
        kind: as `tokens` names it: "chord 2".
        token: of that kind.
        n_voices: of the pieces; of four the names of voices are known.

    >>> said("chord 2", "2m71 7M0")
    'ii6/5 to V'
    >>> said("figure 1", "2:12-2")
    'tenor: eighth down a major second'
    """
    say = SAYERS[kind.rsplit(" ", 1)[0]]
    return say(token, n_voices)


def of_what(kind: str) -> str:
    """What a token's share is a share of.

    >>> of_what("step 3")
    'of runs of three moves'
    """
    base, n = kind.rsplit(" ", 1)
    what = NOUNS[base]
    return f"of {what}" if n == "1" else f"of runs of {('two', 'three')[int(n) - 2]} {what}"


def chord(token: str) -> str:
    """A harmony by its numeral and figures; where it is none, what stands above which degree."""
    if token == "rest":
        return "rest"
    if not (match := CHORD.fullmatch(token)):
        bass, above = token[:-1].split("(")
        stands = [ABOVE[int(i)] for i in above.split(",") if i != "0"]
        return f"{' and '.join(stands) or 'only octaves'} over degree {DEGREES[int(bass)]}"
    root, quality, inversion, lacking = match.groups()
    numeral = ROOTS[int(root)]
    if quality in SMALL:
        numeral = numeral.replace("V", "v").replace("I", "i")
    if quality in TRIADS:
        figures = ("", "6", "6/4")[int(inversion)]
        return f"{numeral}{TRIADS[quality]}{figures}{' incomplete' if lacking else ''}"
    figures = ("7", "6/5", "4/3", "2")[int(inversion)]
    return f"{numeral}{SEVENTHS[quality]}{figures}{' incomplete' if lacking else ''}"


def _voice(index: int, n_voices: int) -> str:
    if n_voices == 4:
        return ("soprano", "alto", "tenor", "bass")[index]
    return ("upper voice", "lower voice")[index] if n_voices == 2 else f"voice {index + 1} from the top"


def _move(move: str) -> str:
    size = abs(int(move))
    if not size:
        return "repeated"
    return f"{'up' if int(move) > 0 else 'down'} {'an' if size == 12 else 'a'} {INTERVALS[size]}"


def _length(ticks: str) -> str:
    return LENGTHS.get(int(ticks), f"{int(ticks) / TICKS_PER_QUARTER:g} quarters")


def _chords(token: str, n_voices: int) -> str:
    return " to ".join(chord(name) for name in token.split())


def _chord_at(token: str, n_voices: int) -> str:
    beat, name = token.split(":", 1)
    return f"{chord(name)} on beat {int(beat) + 1}"


def _line(token: str, n_voices: int, part: str, say: Callable[[str], str]) -> str:
    """Names that each begin with the voice: "0+2 0-1"."""
    parsed = [re.fullmatch(part, name) for name in token.split()]
    first = parsed[0]
    assert first is not None, token
    return f"{_voice(int(first[1]), n_voices)}: " + ", then ".join(say(match[2]) for match in parsed if match)


def _steps(token: str, n_voices: int) -> str:
    return _line(token, n_voices, r"(\d+?)([+-]\d+)", _move)


def _lengths(token: str, n_voices: int) -> str:
    return _line(token, n_voices, r"(\d+):(\d+)", _length)


def _degrees(token: str, n_voices: int) -> str:
    return _line(token, n_voices, r"(\d+)\.(\d+)", lambda degree: f"degree {DEGREES[int(degree)]}")


def _figures(token: str, n_voices: int) -> str:
    def figure(text: str) -> str:
        match = re.fullmatch(r"(\d+)([+-]\d+)", text)
        assert match is not None, text
        return f"{_length(match[1])} {_move(match[2])}"

    return _line(token, n_voices, r"(\d+):(\d+[+-]\d+)", figure)


def _place(token: str, n_voices: int) -> str:
    def place(text: str) -> str:
        length, at = text.split("@")
        where = {"0": "on a beat", "12": "half a beat after a beat", "6": "a quarter beat after a beat"}
        return f"{_length(length)} {where.get(at, f'{int(at) / TICKS_PER_QUARTER:.2g} beats after a beat')}"

    return _line(token, n_voices, r"(\d+):(\d+@\d+)", place)


def _texture(token: str, n_voices: int) -> str:
    begin = [_voice(v, n_voices) for v, sign in enumerate(token) if sign == "x"]
    if len(begin) == len(token):
        return "all voices begin together"
    return f"only {' and '.join(begin)} move{'s' if len(begin) == 1 else ''}"


def _ways(token: str, n_voices: int) -> str:
    return ", then ".join(_way(one, n_voices) for one in token.split())


def _way(token: str, n_voices: int) -> str:
    words = {"+": "up", "-": "down", "=": "still"}
    rows = groupby(enumerate(token), key=lambda item: item[1])
    return ", ".join(f"{' and '.join(_voice(v, n_voices) for v, _ in own)} {words[sign]}" for sign, own in rows)


def _outer(token: str, n_voices: int) -> str:
    top, bass, before = token.split("|")
    return f"outer voices from {ABOVE[int(before)]}: {_move(top)} over {_move(bass)}"


def _spacing(token: str, n_voices: int) -> str:
    return "neighbours apart from the top by " + ", ".join(
        f"crossed {ABOVE[-int(gap) % 12]}" if int(gap) < 0 else "unison" if gap == "0" else INTERVALS[int(gap)]
        for gap in token.split(",")
    )


SAYERS: dict[str, Callable[[str, int], str]] = {
    "chord": _chords,
    "offbeat": lambda token, n: f"{chord(token)} half a beat after a beat",
    "chord at": _chord_at,
    "step": _steps,
    "length": _lengths,
    "degree": _degrees,
    "figure": _figures,
    "place": _place,
    "texture": _texture,
    "ways": _ways,
    "outer": _outer,
    "spacing": _spacing,
    "end": lambda token, n: (
        f"a phrase ends on {_chords(token, n)}" if " " not in token else f"a phrase ends {_chords(token, n)}"
    ),
    "end length": lambda token, n: f"a phrase's last chord lasts a {_length(token)}",
}

NOUNS = {
    "chord": "chords",
    "offbeat": "moments off the beat",
    "chord at": "beats",
    "step": "moves",
    "length": "note values",
    "degree": "notes",
    "figure": "notes with their moves",
    "place": "notes",
    "texture": "moments",
    "ways": "changes of harmony",
    "outer": "moves of the outer voices",
    "spacing": "moments",
    "end": "phrase ends",
    "end length": "phrase ends",
}
