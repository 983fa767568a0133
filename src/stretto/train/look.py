"""One file of a user's folder as it is found: its staves, bars, metre and key, and what is wrong with it."""

# Shapes: N notes.

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from stretto.corpus.staff_sections import Section, key_sections, section_of, sounding_bars
from stretto.errors import CorpusError
from stretto.frames.plan import METERS
from stretto.frames.staves import STAFF_NOTE, StaffMusic, StaffNotes, polyphony, staff_music
from stretto.score.formats import read_score
from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Score
from stretto.theory.hands import split_hands
from stretto.theory.key import estimate_key
from stretto.theory.performance import LIVE, on_the_beat, played_live
from stretto.theory.pulse import CLEAR, DRIFT, LATE, doubted_barlines, pulse_of
from stretto.theory.together import apart
from stretto.theory.understand import understand
from stretto.train.twins import Prints, prints_of

MIN_BARS, MIN_NOTES = 4, 24

SILENT = 0.4
"""Share of the piece in which nothing sounds at all, from which it is left out."""

MISSING, MOST = 8, 0.75
"""Bars by which a staff ends before another, and share of it that it reaches, from which on it is cut short."""

WIDE, FULL = 24, 1.3
"""Semitones and mean number of sounding notes from which one staff is taken to be for two hands."""

NOT_KEYS = re.compile(
    r"viol|cello|bass|flute|flöte|oboe|clarin|klarin|fagott|bassoon|horn|trump|tromb|tuba|sax|sopran|alto|tenor|voice|"
    r"voix|stimme|guitar|gitarre|lute|recorder|melod",
    re.IGNORECASE,
)
"""In the name of a part that no keyboard plays."""

FIRST_OTHER_PROGRAM = 24
"""General MIDI: pianos, other keyboards and organs stand before the guitars."""

LATE_NAMES = {
    3: "a 32nd",
    6: "a sixteenth",
    8: "a triplet eighth",
    12: "an eighth",
    18: "a dotted eighth",
    24: "a quarter",
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a file is left out."""

    kind: str
    """"unreadable", "empty", "short", "silent", "misaligned", "staves" or "twin"."""
    words: str


@dataclass(frozen=True, kw_only=True)
class StaffSeen:
    """A staff with notes."""

    name: str
    program: int
    n_notes: int
    lowest: int
    highest: int
    sounding: float
    """Share of the piece in which anything sounds on it."""


def looks_like_keyboard(staves: Sequence[StaffSeen]) -> bool:
    """Two staves that may be the hands of one player."""
    others = [staff.program >= FIRST_OTHER_PROGRAM or bool(NOT_KEYS.search(staff.name)) for staff in staves]
    return len(staves) == 2 and not all(others)


def staff_words(staves: Sequence[StaffSeen], i: int) -> str:
    """What a musician calls one of them."""
    return ("the right hand", "the left hand")[i] if looks_like_keyboard(staves) else staves[i].name


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a file that is in one key."""

    start: int
    end: int
    """Ticks."""
    tonic: int
    mode: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """A file that was read."""

    path: Path
    title: str
    composer: str
    """As the file says it."""
    staves: tuple[StaffSeen, ...]
    section: Section
    """All staves that have notes, in the order of the file, with bars, key, tempo and dynamics."""
    hands: StaffMusic | None
    """The same notes by hands, where they stand on one staff but are for two."""
    n_bars: int
    meters: tuple[str, ...]
    """Those that occur, the one with most music first."""
    n_graces: int
    """Grace notes, which are left out."""
    stretches: tuple[Stretch, ...]
    """Movements and the like, each in its own key; one = the whole."""
    key: str
    key_said: bool
    """The file says it; else it is estimated."""
    typeset: bool
    """Notes have names, so somebody wrote it; else it is MIDI or the like."""
    told: tuple[str, ...]
    """What to know about it."""
    reason: Reason | None
    prints: Prints

    @property
    def music(self) -> StaffMusic:
        """The notes."""
        return self.section.music


def look(path: Path) -> Seen:
    """Read a file and say what it is.

    Raises:
        ScoreReadError: it cannot be read.
        CorpusError: it has no notes.
    """
    score = _pitched(read_score(path), path)
    typeset = bool((score.notes["fifths"] != UNSPELLED).any())
    score, told, reason = _on_its_grid(score) if not typeset else (score, [], None)
    key_said, meter_said = bool(score.keys), bool(score.meters)
    score, sentences = understand(score)
    told += [s.partition("; change it")[0] for s in sentences if s.startswith(("metre", "pickup"))]
    key = str(estimate_key(score))
    if not key_said:
        told.append(f"no key is written; it sounds like {key}")
    places = staff_places(score)
    n_staves = 1 + max(map(max, places))
    parts = [i for i, own in enumerate(places) if max(own) >= 0]
    notes = _by_staff(score, places)
    cut = partial(section_of, score, notes, n_staves, parts=parts, trusted=typeset)
    section = cut(0, score.end)
    before = sounding_bars(score, notes, 0, score.end)[0]  # the section counts from the first bar that sounds
    plans = {ends: cut(*ends).plan if ends != (0, score.end) else section.plan for ends in key_sections(score)}
    if not typeset and meter_said:
        section = _barlines_heard(score, section, told)
    staves = _staves(score, section.music)
    return Seen(
        path=path,
        title=score.info.get("title", ""),
        composer=score.info.get("composer", ""),
        staves=staves,
        section=section,
        hands=_hands(section.music, staves),
        n_bars=sum(bar.number > 0 for bar in score.bars),
        meters=_meters(score, section, told),
        n_graces=int((score.notes["grace"] != 0).sum()),
        stretches=tuple(
            Stretch(start=max(0, a - before), end=min(b - before, section.music.end), tonic=p.tonic, mode=p.mode)
            for (a, b), p in plans.items()
            if b > before
        ),
        key=key,
        key_said=key_said,
        typeset=typeset,
        reason=reason or _reason(score, section.music, staves) or _apart(score, section.music, staves, typeset, told),
        told=(*told, *_lost(section)),
        prints=prints_of(section.music),
    )


def _by_staff(score: Score, places: Sequence[Sequence[int]]) -> StaffNotes:
    """STAFF_NOTE, without grace notes."""
    plain = score.notes[score.notes["grace"] == 0]
    notes = np.zeros(len(plain), STAFF_NOTE)
    for name in ("onset", "duration", "pitch"):
        notes[name] = plain[name]
    pairs = zip(plain["part"].tolist(), plain["staff"].tolist(), strict=True)
    notes["staff"] = [places[part][min(staff, len(places[part])) - 1] for part, staff in pairs]
    return notes


def _hands(music: StaffMusic, staves: Sequence[StaffSeen]) -> StaffMusic | None:
    """Two hands out of one staff, if there is enough for two."""
    if len(staves) != 1 or NOT_KEYS.search(staves[0].name) or staves[0].program >= FIRST_OTHER_PROGRAM:
        return None
    if staves[0].highest - staves[0].lowest < WIDE or polyphony(music) < FULL:
        return None
    notes = music.notes.copy()
    notes["staff"] = split_hands(*(notes[name].astype(np.int64) for name in ("onset", "duration", "pitch")))
    return staff_music(notes, end=music.end, n_staves=2)[0]


def staff_places(score: Score) -> list[list[int]]:
    """For every part, for each of its staves, which of the staves with notes it is; -1 = it has none."""
    found = sorted({(int(note["part"]), int(note["staff"])) for note in score.notes[["part", "staff"]]})
    place = {staff: i for i, staff in enumerate(found)}
    return [
        [place.get((part, staff), -1) for staff in range(1, 1 + max([s for p, s in found if p == part], default=1))]
        for part in range(len(score.parts))
    ]


def _pitched(score: Score, path: Path) -> Score:
    """The score without drums."""
    drums = [i for i, part in enumerate(score.parts) if part.percussion]
    notes = score.notes[~np.isin(score.notes["part"], drums)] if drums else score.notes
    if not (notes["grace"] == 0).any():
        raise CorpusError(f"{path}: holds no notes{' but those of drums' if len(score.notes) else ''}")
    return score.evolve(notes=notes, end=score.end) if drums else score


def _on_its_grid(score: Score) -> tuple[Score, list[str], Reason | None]:
    """What was played, as it would be written; or why it cannot be."""
    pulse, live = pulse_of(score), played_live(score)
    told = list[str]()
    n_notes = len(score.notes)
    n_off = round((1 - pulse.on_grid) * n_notes)
    if live and pulse.clear < CLEAR:
        words = (
            f"played without a beat that its file knows: {n_off} of {_counted(n_notes, 'note')} lie on no 32nd or "
            "triplet; record it to a click, or align it in a notation program"
        )
        return score, told, Reason(kind="misaligned", words=words)
    if live and pulse.drift > DRIFT:
        words = (
            f"its beats drift from those of the file, by {_part_of_beat(pulse.drift)}, most at "
            f"{_bar(score, pulse.drifts_from)}; record it to a click, or write the tempo changes into the file"
        )
        return score, told, Reason(kind="misaligned", words=words)
    if LATE <= abs(pulse.late) < TICKS_PER_QUARTER // 4:
        score = _earlier(score, pulse.late)
        way, back = ("late", "earlier") if pulse.late > 0 else ("early", "later")
        told.append(f"everything comes {_part_of_beat(abs(pulse.late))} {way}; it is read so much {back}")
    if live:
        off = f"{n_off} of {_counted(n_notes, 'note')} off the beat"
        told.append(
            f"played live: {off}; read as they would be written"
            if 1 - pulse.on_grid > LIVE
            else "its notes are let go early; read as long as they would be written"
        )
        score = on_the_beat(score).score
    return score, told, None


def _earlier(score: Score, by: int) -> Score:
    notes = score.notes.copy()
    notes["onset"] = np.maximum(0, notes["onset"] - by)
    if by < 0:  # what is moved later still ends with the last bar
        notes["duration"] = np.maximum(1, np.minimum(notes["duration"], score.end - notes["onset"]))
    return score.evolve(notes=notes, end=score.end)


def _barlines_heard(score: Score, section: Section, told: list[str]) -> Section:
    """The section without its metre, if its barlines stand elsewhere than the music's weight."""
    later = doubted_barlines(score)
    if later is None:
        return section
    told.append(
        f"its barlines do not stand where the weight falls, which is {_part_of_beat(later)} after them: the network "
        "hears its notes, but is not told its metre"
    )
    return replace(section, plan=section.plan.without("meter"))


def _staves(score: Score, music: StaffMusic) -> tuple[StaffSeen, ...]:
    named = [
        (part, staff)
        for part, places in enumerate(staff_places(score))
        for staff, place in enumerate(places, start=1)
        if place >= 0
    ]
    seen = []
    for i, (number, staff) in enumerate(named):
        own, part = music.of_staff(i), score.parts[number]
        name = part.name.strip() or f"part {number + 1}"
        seen.append(
            StaffSeen(
                name=f"{name}, staff {staff}" if part.n_staves > 1 else name,
                program=part.program,
                n_notes=len(own),
                lowest=int(own["pitch"].min(initial=127)),
                highest=int(own["pitch"].max(initial=0)),
                sounding=_sounding(music, i),
            )
        )
    return tuple(seen)


def _sounding(music: StaffMusic, *staves: int) -> float:
    """Share of the piece in which anything sounds on these staves."""
    own = music.notes[np.isin(music.notes["staff"], staves)]
    change = np.zeros(music.end + 1, int)
    np.add.at(change, own["onset"], 1)
    np.add.at(change, own["onset"] + own["duration"], -1)
    return float((change.cumsum()[:-1] > 0).mean()) if music.end else 0.0


def _meters(score: Score, section: Section, told: list[str]) -> tuple[str, ...]:
    """Metres by how much music they have; what is odd about them is told."""
    of_bar = [f"{m.numerator}/{m.denominator}" for m in (score.meter_at(bar.tick) for bar in score.bars)]
    ticks: Counter[str] = Counter()
    for i, meter in enumerate(of_bar):
        ticks[meter] += score.bar_end(i) - score.bars[i].tick
    meters = tuple(meter for meter, _ in ticks.most_common())
    changes = _counted(sum(a != b for a, b in pairwise(of_bar)), "change") + " of metre"
    if any("not believed" in notice.what for notice in section.read):
        told.append(
            f"its bars are of many lengths ({changes}), as a converter counts them: the network hears its notes, but "
            "is not told its metre"
        )
    elif len(meters) > 1:
        told.append(f"{changes} ({', '.join(meters[:4])})")
    if meters and meters[0] not in METERS:
        told.append(f"{meters[0]} is a metre that the network has no name for: it cannot be asked for")
    return meters


def _reason(score: Score, music: StaffMusic, staves: Sequence[StaffSeen]) -> Reason | None:
    """Why these notes cannot be learned from; None = they can."""
    n_bars, n_notes = sum(bar.number > 0 for bar in score.bars), len(music.notes)
    if n_bars < MIN_BARS:
        return Reason(kind="short", words=f"{_counted(n_bars, 'bar')}, and a piece needs at least {MIN_BARS}")
    if n_notes < MIN_NOTES:
        return Reason(kind="short", words=f"{_counted(n_notes, 'note')}, and a piece needs at least {MIN_NOTES}")
    silent = 1 - _sounding(music, *range(music.n_staves))
    if silent > SILENT:
        return Reason(kind="silent", words=f"nothing sounds in {silent:.0%} of it".replace("%", " %"))
    return _of_other_lengths(score, music, staves)


def _of_other_lengths(score: Score, music: StaffMusic, staves: Sequence[StaffSeen]) -> Reason | None:
    """A staff that ends long before another."""
    ends = [int((own["onset"] + own["duration"]).max()) for own in map(music.of_staff, range(music.n_staves))]
    first, last = int(np.argmin(ends)), int(np.argmax(ends))
    n_missing = score.bar_index(ends[last] - 1) - score.bar_index(ends[first] - 1)
    if n_missing < MISSING or ends[first] > MOST * ends[last]:
        return None
    words = (
        f"{staff_words(staves, first)} ends in {_bar(score, ends[first] - 1)}, {staff_words(staves, last)} in "
        f"{_bar(score, ends[last] - 1)}: a staff is cut short, or they do not run at the same pace"
    )
    return Reason(kind="misaligned", words=words)


def _apart(
    score: Score, music: StaffMusic, staves: Sequence[StaffSeen], typeset: bool, told: list[str]
) -> Reason | None:
    """A staff that comes early or late; where barlines hold the staves together, that is only told."""
    for i in range(music.n_staves - 1, -1, -1) if music.n_staves > 1 else ():
        found = apart(music.of_staff(i), music.notes[music.notes["staff"] != i])
        if found is None:
            continue
        way = "late" if found.late > 0 else "early"
        since = f" from about {_bar(score, found.since)} on" if found.since else ""
        words = f"{staff_words(staves, i)} comes {_part_of_beat(abs(found.late))} {way} against the rest{since}"
        if not typeset:
            return Reason(kind="misaligned", words=f"{words}; move it back in the file")
        told.append(f"it sounds as if {words}; look whether that is meant")
    return None


def _lost(section: Section) -> list[str]:
    """What of its notes is left out."""
    return [f"{notice.count} {notice.what}" for notice in section.read if "left out" in notice.what]


def _part_of_beat(ticks: int) -> str:
    return LATE_NAMES.get(ticks, f"{Fraction(ticks, TICKS_PER_QUARTER)} of a quarter")


def _bar(score: Score, tick: int) -> str:
    return f"bar {score.bars[score.bar_index(tick)].number}" if score.bars else "bar 1"


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 else 's'}"
