"""Reading what stands on the staves into voices: parts, voices of a staff, or chords from top to bottom."""

# Shapes: N notes.

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.score.model import TICKS_PER_QUARTER, Mark, Notes, Part, Score
from stretto.theory.slices import voices_of

FOUR, THREE, TWO = ("Soprano", "Alto", "Tenor", "Bass"), ("Soprano", "Alto", "Bass"), ("Upper voice", "Lower voice")
NAMES = {4: FOUR, 3: THREE, 2: TWO}
"""How many voices -> what they are called."""

WANTED = {"chorale": (3, 4)}
"""How many voices a kind of sheet is for; a species exercise has two."""

BRUSHED = TICKS_PER_QUARTER // 4
"""Two notes of a line that overlap by this little were played legato."""

SUNG_THROUGH = 0.9
"""Share of the time of a piece in which its singers sing, from which instruments only go with them."""

FULL = 0.75
"""Share of four voices that sound on average, from which music is in four voices, however it is written."""

HYMN = 0.45
"""Quarters, at least, from one moment in which a note of a hymn begins to the next, on average. All of 132 chorales by
Bach have 0.48 and more; of 130 excerpts of keyboard music 8 are in four voices too, organ chorales most, with 0.39 and
less."""

Stream = NDArray[np.int64]
"""Indices of notes that stand together: of a part, a staff or a voice."""


@dataclass(frozen=True, eq=False)
class Voiced:
    """A score in which every voice is a part."""

    score: Score
    voices: tuple[int, ...]
    """Parts from top to bottom."""
    sentence: str
    """What was taken as what."""
    beside: Notes | None = None
    """What instruments beside the singers play; None = nothing was left out."""
    from_chords: bool = False
    """The voices were taken out of the notes of staves, as far as chords have voices."""

    @property
    def like_a_choirs(self) -> bool:
        """They sing nearly all the time, and move no faster than in a hymn."""
        n_sung = len(self.voices) * _sounding(self.score, self.voices)
        return _plain(self.score)["duration"].sum() >= FULL * n_sung and moves_like_a_hymn(self.score)


def read_voices(score: Score, *, kind: str) -> Voiced:
    """The score with every voice in a part of its own, and a sentence on what was taken as what.

    Parts are voices where each is a single line; else the voices of each staff; else the notes of each staff from
    top to bottom; else all notes from top to bottom.

    Raises:
        RequestError: it is not of as many voices as the kind wants.
    """
    low, high = WANTED.get(kind, (2, 2))
    parts = _sounding_parts(score)
    if not parts:
        raise RequestError("there are no notes to check")
    score = _unbrushed(score)
    if all(_width(score, _of(score, part=part)) == 1 for part in parts):
        return _of_parts(score, parts, low, high)
    keys = sorted(_places(score, parts))
    streams = [_of(score, part=p, staff=s, voice=v) for p, s, v in keys]
    if low <= len(streams) <= high and all(_width(score, stream) == 1 for stream in streams):
        # Voices of a staff are numbered from the top, and only a singer who crosses tells otherwise.
        return _split(score, [stream.tolist() for stream in streams], "voices of the staves")
    staves = [_of(score, part=p, staff=s) for p, s in sorted({(p, s) for p, s, _ in keys})]
    widths = [_width(score, staff) for staff in staves]
    if low <= sum(widths) <= high:
        lines = [line for staff, width in zip(staves, widths, strict=True) for line in _lines(score, staff, width)]
        return _split(score, lines, "the notes of each staff, from top to bottom")
    everything = np.flatnonzero(np.isin(score.notes["part"], parts) & (score.notes["grace"] == 0))
    width = _width(score, everything)
    if low <= width <= high:
        return _split(score, _lines(score, everything, width), "the notes of all staves, from top to bottom")
    raise RequestError(_refusal(width, kind, low, high, "notes sound at once"))


def _refusal(n: int, kind: str, low: int, high: int, what: str = "voices") -> str:
    what = what if n != 1 else {"voices": "voice"}.get(what, "note sounds at once")
    wanted = f"{low} voices" if low == high else f"{low} or {high} voices"
    other = "; name another sheet with --rules" if n > 1 else "; write each voice as a part, or as a voice of a staff"
    return f"{n} {what}, and the rules for {kind} are for {wanted}{other}"


def _of_parts(score: Score, parts: list[int], low: int, high: int) -> Voiced:
    """Each part is a line; where there are too many, those that are named as singers."""
    chosen, said = parts, "parts"
    if len(parts) > high:
        singers = _singers(score, parts)
        if low <= len(singers) <= high:
            left = len(parts) - len(singers)
            chosen, said = singers, f"parts by name; {left} other part{'' if left == 1 else 's'} left out"
    if not low <= len(chosen) <= high:
        kind = "chorale" if high > 2 else "species"
        raise RequestError(_refusal(len(chosen), kind, low, high))
    beside = score.notes[~np.isin(score.notes["part"], chosen)] if len(chosen) < len(parts) else None
    score, chosen = _without_others(score, chosen)
    means = [float(score.notes["pitch"][score.notes["part"] == p].mean()) for p in chosen]
    if any(upper < lower - 1 for upper, lower in pairwise(means)):
        order = np.argsort([-mean for mean in means], kind="stable").tolist()
        chosen, said = [chosen[i] for i in order], f"{said}, by height"
    names = [score.parts[p].name.strip() or f"part {p + 1}" for p in chosen]
    called = [_called(n, len(chosen)) for n in range(len(chosen))]
    same = [name.lower() for name in names] == [name.lower() for name in called]
    if same and said == "parts":
        return Voiced(
            score,
            tuple(chosen),
            "voices: soprano, alto, tenor, bass" if len(chosen) == 4 else f"voices: {', '.join(called).lower()}",
        )
    listed = ", ".join(f"{call.lower()} = {name}" for call, name in zip(called, names, strict=True))
    return Voiced(_named(score, chosen, called), tuple(chosen), f"voices ({said}): {listed}", beside)


def _named(score: Score, voices: list[int], called: Sequence[str]) -> Score:
    """Voices without a name, or with one that others have too, are called by where they lie."""
    names = [score.parts[part].name.strip() for part in voices]
    parts = list(score.parts)
    for part, name, call in zip(voices, names, called, strict=True):
        if not name or names.count(name) > 1:
            parts[part] = replace(parts[part], name=call)
    return score.evolve(parts=parts)


def _without_others(score: Score, chosen: list[int]) -> tuple[Score, list[int]]:
    """The score with the chosen parts alone, in the order in which they are written, and their new indices."""
    if len(chosen) == len(score.parts):
        return score, chosen
    kept = sorted(chosen)
    place = {part: i for i, part in enumerate(kept)}
    notes = score.notes[np.isin(score.notes["part"], kept)].copy()
    notes["part"] = [place[int(part)] for part in notes["part"]]

    def moved(records: tuple[Any, ...]) -> list[Any]:
        own = (record for record in records if record.part == -1 or record.part in place)
        return [replace(record, part=place.get(record.part, -1)) for record in own]

    rest = {name: moved(getattr(score, name)) for name in ("marks", "keys", "clefs")}
    parts = [score.parts[part] for part in kept]
    return score.evolve(notes=notes, parts=parts, **rest), [place[part] for part in chosen]


def moves_like_a_hymn(score: Score) -> bool:
    """From one moment in which a note begins to the next it takes as long as in hymns."""
    onsets = np.unique(score.notes["onset"])
    return float(np.ptp(onsets)) >= HYMN * TICKS_PER_QUARTER * (len(onsets) - 1)


def singers_of(score: Score) -> list[int]:
    """The parts of the four singers of a choir with instruments, by index; none where nothing else sounds."""
    parts = _sounding_parts(score)
    singers = _singers(score, parts) if len(parts) > len(FOUR) else []
    if len(singers) != len(FOUR) or any(_width(score, _of(score, part=part)) > 1 for part in singers):
        return []
    return singers


def singers_alone(score: Score) -> tuple[Score, list[str]]:
    """The four singers of a choir with instruments, and what the others are called; else the score as it is, and none.

    For what compares a piece with music in four voices. Where the instruments also play alone, the voices are not the
    piece, and it stays whole.
    """
    singers, parts = singers_of(score), _sounding_parts(score)
    if not singers or _sounding(score, singers) < SUNG_THROUGH * _sounding(score, parts):
        return score, []
    others = [score.parts[part].name.strip() or f"part {part + 1}" for part in parts if part not in singers]
    return _without_others(score, singers)[0], others


def _sounding_parts(score: Score) -> list[int]:
    """Parts in which a note stands that is no ornament."""
    return [part for part in voices_of(score) if (_plain(score)["part"] == part).any()]


def in_four_voices(score: Score) -> tuple[Score, str]:
    """A score in which four voices share staves or stand as chords, with a part for each, and what was taken as what.

    As it is, and nothing said: one in parts of a single line, or in which there are mostly fewer voices, or more.
    """
    parts = _sounding_parts(score)
    widths = [_width(score, _of(score, part=part)) for part in parts]
    plain = _plain(score)
    if max(widths, default=1) == 1 or plain["duration"].sum() < FULL * len(FOUR) * _sounding(score, parts):
        return score, ""
    try:
        read = read_voices(score, kind="chorale")
    except RequestError:
        return score, ""
    return (read.score, read.sentence) if len(read.voices) == len(FOUR) else (score, "")


def _sounding(score: Score, parts: Sequence[int]) -> int:
    """Ticks in which one of some parts sounds."""
    change_T = np.zeros(int(score.ends.max(initial=0)) + 1, np.int64)
    own = np.isin(score.notes["part"], parts)
    np.add.at(change_T, score.notes["onset"][own], 1)
    np.subtract.at(change_T, score.ends[own], 1)
    return int((np.cumsum(change_T) > 0).sum())


def _singers(score: Score, parts: list[int]) -> list[int]:
    """Parts that are named soprano, alto, tenor and bass, or else voice."""
    names = {part: score.parts[part].name.strip().lower() for part in parts}
    by_voice = [[p for p in parts if names[p].startswith(voice.lower())] for voice in FOUR]
    if all(len(found) == 1 for found in by_voice):
        return [p for found in by_voice for p in found]
    return [p for p in parts if names[p].startswith(("voice", "vocal", "choir"))]


def _called(n: int, of: int) -> str:
    return NAMES[of][n]


def _places(score: Score, parts: Iterable[int]) -> set[tuple[int, int, int]]:
    """Part, staff and voice of all notes of some parts."""
    own, wanted = set(_plain(score)[["part", "staff", "voice"]].tolist()), set(parts)
    return {(part, staff, voice) for part, staff, voice in own if part in wanted}


def _plain(score: Score) -> Notes:
    plain: Notes = score.notes[score.notes["grace"] == 0]
    return plain


def _of(score: Score, **where: int) -> Stream:
    found = score.notes["grace"] == 0
    for name, value in where.items():
        found &= score.notes[name] == value
    return np.flatnonzero(found)


def _width(score: Score, stream: Stream) -> int:
    """How many notes of a stream sound at once at most."""
    onset, end = score.notes["onset"][stream], score.ends[stream]
    ticks = np.unique(onset)
    return int((np.searchsorted(np.sort(onset), ticks, "right") - np.searchsorted(np.sort(end), ticks, "right")).max())


def _unbrushed(score: Score) -> Score:
    """Notes that run a little into the next of their line end where it begins."""
    notes = score.notes.copy()
    changed = False
    for part, staff, voice in _places(score, range(len(score.parts))):
        own = _of(score, part=part, staff=staff, voice=voice)
        starts = np.unique(notes["onset"][own])
        later = np.searchsorted(starts, notes["onset"][own], "right")
        for i, k in zip(own.tolist(), later.tolist(), strict=True):
            if k < len(starts):
                over = int(notes["onset"][i] + notes["duration"][i] - starts[k])
                if 0 < over <= BRUSHED and notes["duration"][i] > over + BRUSHED:
                    notes["duration"][i] -= over
                    changed = True
    return score.evolve(notes=notes) if changed else score


def _lines(score: Score, stream: Stream, width: int) -> list[list[int]]:
    """Notes that stand as chords, as lines from top to bottom; held notes keep their line."""
    notes, ends = score.notes, score.ends
    lines: list[list[int]] = [[] for _ in range(width)]
    free_from, last = [0] * width, [0.0] * width
    order = np.argsort(notes["onset"][stream], kind="stable")
    for tick, together in groupby(stream[order].tolist(), key=lambda i: int(notes["onset"][i])):
        new = sorted(together, key=lambda i: _from_top(score, stream, i))
        free = [v for v in range(width) if free_from[v] <= tick]
        held = {v: last[v] for v in range(width) if v not in free}
        for i, v in zip(new, _best(notes["pitch"][new].tolist(), free, held, last), strict=True):
            lines[v].append(i)
            free_from[v], last[v] = int(ends[i]), float(notes["pitch"][i])
    return lines


def _from_top(score: Score, stream: Stream, i: int) -> tuple[int, int]:
    """Order of notes that begin together; of a unison, the note belongs to the lower voice that goes on downwards."""
    pitch = int(score.notes["pitch"][i])
    then = score.notes["pitch"][stream[score.notes["onset"][stream] == score.ends[i]]]
    nearest = min((int(p) - pitch for p in then), key=abs, default=0)
    return -pitch, -nearest


def _best(
    pitches: Sequence[int], free: Sequence[int], held: dict[int, float], last: Sequence[float]
) -> tuple[int, ...]:
    """Which free line each new pitch, from the top, belongs to: in order, without crossing, and near."""

    def cost(chosen: tuple[int, ...]) -> float:
        near = sum(abs(p - last[v]) if last[v] else 6.0 for p, v in zip(pitches, chosen, strict=True))
        pairs = ((p, v, q, w) for p, v in zip(pitches, chosen, strict=True) for w, q in held.items())
        return near + 24 * sum((v < w and p < q) or (v > w and p > q) for p, v, q, w in pairs)

    return min(combinations(free, len(pitches)), key=cost)


def _split(score: Score, lines: Sequence[Sequence[int]], said: str) -> Voiced:
    """The score with a part for every line."""
    if said.startswith("voices"):
        lines = sorted(lines, key=lambda line: -float(score.notes["pitch"][list(line)].mean()))
    names = NAMES[len(lines)]
    notes = score.notes.copy()
    keep = np.concatenate([np.array(line, np.int64) for line in lines])
    home: dict[tuple[int, int, int], int] = {}
    for v, line in enumerate(lines):
        for i in line:
            home.setdefault((int(notes["onset"][i]), int(notes["part"][i]), int(notes["pitch"][i])), v)
            notes["part"][i] = v
        notes["staff"][list(line)], notes["voice"][list(line)] = 1, 1
    first = {part: min(v for (_, p, _), v in home.items() if p == part) for part in {p for _, p, _ in home}}
    marks = [moved for mark in score.marks if (moved := _moved(mark, home, first)) is not None]
    keys = tuple(dict.fromkeys(replace(key, part=-1) for key in score.keys))
    new = score.evolve(
        notes=notes[np.sort(keep)], parts=[Part(name=name) for name in names], marks=marks, keys=keys, clefs=()
    )
    says = f"voices: {', '.join(names).lower()}, taken from {said}"
    return Voiced(new, tuple(range(len(lines))), says, from_chords=not said.startswith("voices"))


def _moved(mark: Mark, home: dict[tuple[int, int, int], int], first: dict[int, int]) -> Mark | None:
    """A mark where its note is now; a fermata holds every voice."""
    if mark.part == -1 or mark.kind == "fermata":
        return replace(mark, part=-1, staff=0, voice=0, pitch=-1)
    v = home.get((mark.tick, mark.part, mark.pitch), first.get(mark.part))
    return None if v is None else replace(mark, part=v, staff=1, voice=1)
