"""What a drawing has to say for itself: how it was chosen, what was kept from it, what it copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from stretto.errors import RequestError
from stretto.evaluate.originality import CELL
from stretto.evaluate.quotations import CELLS
from stretto.frames.canvas import Hole
from stretto.frames.parts import REST, PartFrames, notes_of_parts
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER, Mark, Score
from stretto.theory.motifs import Line, recurrences
from stretto.theory.voice_leading import CHOIR_RANGES
from stretto.verbs.chord_line import BASS, bars_of, bars_since
from stretto.verbs.document import Document
from stretto.verbs.guard import REPETITION, SILENCE, STUCK, Act
from stretto.verbs.phrasewise import Chosen
from stretto.verbs.rules import VOICE_NAMES, Rules
from stretto.verbs.voicing import VOICES, note_name

OUTSIDE = 0.1
"""Share of a given voice's notes outside its range, from which it is said."""

WIDEST = 30
"""Semitones between the lowest and the highest note that a voice can have: two octaves and a half."""

SHOWN = 4
"""Places that a line names."""

SIGNS = {
    "technical": "technical sign",
    "arpeggiate": "arpeggio",
    "breath": "breath mark",
    "grace-slash": "grace stroke",
}
"""What kinds of marks are called, where they are called otherwise."""

NOT_TOLD = ("fermata", "tie-split", "tuplet", "beam")
"""Marks that are written anew, as phrases end there, or that only say how the old notes were written."""


def drawing_report(chosen: Chosen, plan: Plan, *, candidates: int, rules: Rules | None) -> list[str]:
    """A line for each thing worth knowing."""
    return [
        *_choice(chosen, candidates),
        *_rails(chosen, rules),
        *guard_report(chosen.piece.acts, plan),
        *copied_report(chosen.verdict.quoted, plan),
    ]


def phrases_report(plan: Plan) -> str:
    """Where phrases end that the document does not mark."""
    bars = [str(bar) for bar in dict.fromkeys(bar_number(tick, plan) for tick in plan.phrase_ends or ())]
    return (
        f"phrases end, by ear, in bar{'s' * (len(bars) != 1)} {', '.join(bars)}; fermatas in the document would say it"
    )


def _choice(chosen: Chosen, candidates: int) -> list[str]:
    if candidates == 1:
        return []
    stretches = f"each of {chosen.n_stages} stretches" if chosen.n_stages > 1 else "its one stretch"
    return [f"kept the best of {candidates} versions of {stretches}"]


def _rails(chosen: Chosen, rules: Rules | None) -> list[str]:
    changed, n = chosen.piece.n_forbidden, chosen.piece.n_notes
    if rules is None or not changed:
        return []
    return [f"guard rails changed the likeliest choice {'once' if changed == 1 else f'{changed} times'} in {n} notes"]


def guard_report(acts: Sequence[Act], plan: Plan, names: Sequence[str] = VOICE_NAMES) -> list[str]:
    """What the guard did, a line for each kind of thing that it ended; `names` are those of the parts."""
    lines = []
    for what in (SILENCE, STUCK, REPETITION):
        own = sorted(act for act in acts if act.what == what)
        if own:
            places = dict.fromkeys(f"{names[act.part]} in bar {bar_number(act.tick, plan)}" for act in own)
            more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
            lines.append(f"the guard ended {what}: {', '.join([*places][:SHOWN])}{more}; --no-guard lets it be")
    return lines


def chords_report(text: str, plan: Plan, since: int = 0) -> list[str]:
    """That a chord line ends before the music does."""
    n, starts = len(bars_of(text)), bars_since(since, plan)
    if n >= len(starts):
        return []
    bars = f"{n} bar{'s' * (n != 1)}"
    return [f"the chord line has {bars}; from bar {bar_number(starts[n], plan)} on any chord may sound"]


def entries_report(frames: PartFrames, plan: Plan) -> list[str]:
    """Where voices take up what another is still singing."""
    notes = notes_of_parts(frames)
    lines = [Line.of(notes[notes["part"] == part]) for part in range(frames.pitch_TV.shape[1])]
    found = {(r.start, r.part): r for r in recurrences(lines) if r.overlaps}
    told = [
        f"{VOICE_NAMES[r.part]} in bar {bar_number(r.start, plan)} after {VOICE_NAMES[r.source]} "
        f"in bar {bar_number(r.start - r.lag, plan)}"
        for _, r in sorted(found.items())
    ]
    if not told:
        return ["no voice takes up another's melody while that is sung; another --seed may do it"]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return [f"overlapping entries: {', '.join(told[:SHOWN])}{more}"]


def copied_report(quoted: Sequence[int], plan: Plan) -> list[str]:
    """Which bars stand, note for note, in the music that the network learned from.

    Args:
        quoted: ticks from which on two bars do, rising.
        plan: says where the bars are.
    """
    spans = list[tuple[int, int]]()
    for tick in quoted:
        end = tick + CELLS * CELL
        spans = [*spans[:-1], (spans[-1][0], end)] if spans and tick <= spans[-1][1] else [*spans, (tick, end)]
    return [
        f"bars {bar_number(start, plan)}-{bar_number(end - 1, plan)}: {(end - start) / TICKS_PER_QUARTER:g} quarters "
        "stand so in a piece that the network learned from; another --seed gives others"
        for start, end in spans
    ]


def bar_number(tick: int, plan: Plan) -> int:
    """Number of the bar as it is printed; a pickup is bar 0."""
    return int(np.searchsorted(plan.bar_starts or (0,), tick, side="right")) - bool(plan.pickup)


def close_report(frames: PartFrames, holes: Sequence[Hole], plan: Plan, *, imagined: Sequence[int] = ()) -> list[str]:
    """That a piece whose end is new does not end on its tonic.

    Args:
        frames: the piece.
        holes: what is new in it.
        plan: says in which key it is.
        imagined: voices that leave no trace, and so count for nothing.
    """
    last = int(np.flatnonzero((frames.pitch_TV != REST).any(axis=1))[-1])
    sung = {v: int(pitch) for v, pitch in enumerate(frames.pitch_TV[last]) if pitch != REST and v not in imagined}
    new = {hole.part for hole in holes if hole.end > frames.tick_T[last]}
    away = [v for v, pitch in sung.items() if not _suits_close(pitch, plan.tonic, bass=v == BASS)]
    if not new & sung.keys() or not away:
        return []
    if given := [v for v in away if v not in new]:
        return [f"the piece ends away from its tonic, as the given {VOICES[given[0]]} does"]
    return ["the last chord is not the tonic triad in root position; another --seed may close better"]


def _suits_close(pitch: int, tonic: int, *, bass: bool) -> bool:
    """A last note belongs to the tonic triad, of either mode; the bass's is its root."""
    return (pitch - tonic) % 12 in ((0,) if bass else (0, 3, 4, 7))


def range_report(document: Document, rules: Rules | None) -> list[str]:
    """Which given voices leave the range of the voice for which they are taken.

    Raises:
        RequestError: one spans more than any voice can sing, and the user has not said its range.
    """
    lines = []
    notes, ranges = document.score.notes, rules.ranges if rules is not None else CHOIR_RANGES
    for voice, part in enumerate(document.parts):
        pitch = notes["pitch"][(notes["part"] == part) & (notes["grace"] == 0)].astype(int) + document.up
        if voice in document.new or not len(pitch):
            continue
        low, high = ranges[voice]
        n_outside = int(((pitch < low) | (pitch > high)).sum())
        if n_outside and np.ptp(pitch) > WIDEST:
            first, last = int(pitch.min()), int(pitch.max())
            raise RequestError(
                f"{VOICES[voice]}: {note_name(first - document.up)} to {note_name(last - document.up)} is more than a "
                f"voice can sing; write its lowest notes as a part of their own, or say --range "
                f"{VOICES[voice]}={first}-{last} to have it taken as it is"
            )
        if n_outside > OUTSIDE * len(pitch):
            lines.append(
                f"{VOICES[voice]}: {n_outside} of {len(pitch)} given notes lie outside "
                f"{note_name(low)}-{note_name(high)}; --octaves and --voices change how it is heard"
            )
    return lines


def left_out_report(document: Document, written: Score) -> list[str]:
    """What could not stay, or was not heard."""
    unheard = [str(notice) + "; they stay in the document, unheard" for notice in document.notices]
    return [*lost_report(document.before, written), *unheard]


def lost_report(before: Score, written: Score) -> list[str]:
    """Which signs went with the notes on which they hung."""
    lost = [(mark, before.bars[before.bar_index(mark.tick)].number) for mark in _lost_marks(before, written)]
    words = [f"{mark.text!r} of bar {bar}" for mark, bar in lost if mark.kind == "lyric"]
    signs = Counter((SIGNS.get(mark.kind, mark.kind), bar) for mark, bar in lost if mark.kind != "lyric")
    lines = []
    if words:
        lines.append(f"the word{'s' * (len(words) > 1)} {_went(words, len(words))}")
    if signs:
        told = [f"{n} {sign}{'s' * (n > 1)} of bar {bar}" for (sign, bar), n in signs.items()]
        lines.append(_went(told, signs.total()))
    return lines


def _went(places: Sequence[str], n: int) -> str:
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    ends = "notes on which they hung" if n > 1 else "note on which it hung"
    return f"{', '.join(places[:SHOWN])}{more} went with the {ends}"


def _lost_marks(before: Score, written: Score) -> list[Mark]:
    """Marks of which fewer are left than there were: those that are no more where they were."""
    fewer = Counter(map(_sign, before.marks)) - Counter(map(_sign, written.marks))
    there = Counter((_sign(mark), mark.tick) for mark in written.marks)
    found = []
    for mark in sorted(before.marks, key=lambda mark: mark.tick):
        sign = _sign(mark)
        if mark.kind in NOT_TOLD or not fewer[sign]:
            continue
        if there[sign, mark.tick]:
            there[sign, mark.tick] -= 1
        else:
            fewer[sign] -= 1
            found.append(mark)
    return found


def _sign(mark: Mark) -> tuple[str, str, int]:
    return mark.kind, mark.text, mark.number
