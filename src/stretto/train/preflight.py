"""What a folder of a user's own scores can teach, said before any training: file by file, and all together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stretto.corpus.composers import PERIOD_OF, composer_slug
from stretto.corpus.parse import Skipped, parse_all
from stretto.errors import CorpusError
from stretto.frames.staff_example import DURATIONS
from stretto.frames.staff_fields import MAX_COMPOSERS
from stretto.frames.staves import StaffNotes
from stretto.score.formats import READABLE
from stretto.score.model import TICKS_PER_QUARTER
from stretto.train.look import Reason, Seen, look, looks_like_keyboard
from stretto.train.twins import twins_of

PIANO = (21, 108)

TURNED = 3.0
"""Semitones by which the lower hand lies above the upper one, from which they are taken to be in the wrong order."""

RESTING = 0.1
"""Share of a piece; a hand that sounds for less of it has no part in it."""

USUAL_QPM = 100.0
"""Where a file says no tempo."""

THIN = 3
"""Pieces under which a metre is not expected to be learned."""

INTERVALS = (
    "unison", "semitone", "tone", "minor third", "major third", "fourth", "tritone", "fifth", "minor sixth",
    "major sixth", "minor seventh", "major seventh", "octave",
)  # fmt: skip

SHORTEST_NAME = 3
"""Letters of a composer's name."""

NOBODY = ("anon", "unknown", "trad", "various")
"""How the names of no composer begin."""

OURS = ("README", "preflight")
"""Names of files of words, which a folder may hold beside scores."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Verdict:
    """What is done with a file, and why."""

    name: str
    """Its path within the folder."""
    path: Path
    seen: Seen | None
    """None = it could not be read."""
    reason: Reason | None
    """Why it is left out; None = it is used."""
    told: tuple[str, ...] = ()
    style: str = ""
    """The name by which music like it can be asked for."""

    @property
    def used(self) -> bool:
        """The network will learn from it."""
        return self.reason is None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The staves that most files have."""

    names: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]
    """MIDI pitches that each has in the files that are used; of a keyboard, those of a piano."""
    keyboard: bool

    @property
    def words(self) -> str:
        """As a musician says it."""
        return "keyboard: right and left hand" if self.keyboard else ", ".join(self.names)


@dataclass(frozen=True, eq=False, kw_only=True)
class Preflight:
    """A folder, looked through."""

    folder: Path
    verdicts: tuple[Verdict, ...]
    layout: Layout
    seconds: float = 0.0
    """That reading took."""

    @property
    def used(self) -> tuple[Verdict, ...]:
        """Files that the network will learn from."""
        return tuple(v for v in self.verdicts if v.used)

    @property
    def left_out(self) -> tuple[Verdict, ...]:
        """The others."""
        return tuple(v for v in self.verdicts if not v.used)

    @property
    def pieces(self) -> tuple[Seen, ...]:
        """What the used files hold."""
        return tuple(v.seen for v in self.used if v.seen is not None)

    @property
    def n_notes(self) -> int:
        """Notes of the files that are used."""
        return sum(len(seen.music.notes) for seen in self.pieces)

    @property
    def n_bars(self) -> int:
        """Bars of the files that are used."""
        return sum(seen.n_bars for seen in self.pieces)

    @property
    def n_graces(self) -> int:
        """Grace notes of the files that are used, which are left out."""
        return sum(seen.n_graces for seen in self.pieces)

    @property
    def minutes_of_music(self) -> float:
        """How long it would take to play."""
        return sum(seen.music.end / TICKS_PER_QUARTER / (seen.section.tempo or USUAL_QPM) for seen in self.pieces)

    @property
    def meters(self) -> Counter[str]:
        """How many pieces are in each metre; "" = unknown."""
        return Counter(seen.meters[0] if seen.meters else "" for seen in self.pieces)

    @property
    def keys(self) -> Counter[str]:
        """How many pieces are in each key."""
        return Counter(seen.key for seen in self.pieces)

    @property
    def styles(self) -> Counter[str]:
        """How many pieces each style has."""
        return Counter(v.style for v in self.used if v.style)

    @property
    def n_rounded(self) -> int:
        """Notes whose length the network cannot say exactly."""
        return sum(int((~np.isin(seen.music.notes["duration"], DURATIONS)).sum()) for seen in self.pieces)


def preflight(
    folder: Path, *, n_workers: int = 2, progress: Callable[[float], None] = lambda share: None
) -> tuple[Verdict, ...]:
    """Read every file; see `judged` for what is made of it.

    Raises:
        CorpusError: it is no folder, or holds no scores.
    """
    paths = score_files(folder)
    parsed = parse_all(paths, look, n_workers=n_workers, progress=progress)
    return tuple(
        sorted(
            [
                Verdict(name=_name(folder, s.path), path=s.path, seen=s, reason=s.reason, told=s.told)
                for s in parsed.found
            ]
            + [unread(folder, skipped.path, skipped.why) for skipped in parsed.skipped],
            key=lambda verdict: verdict.name,
        )
    )


def score_files(folder: Path) -> list[Path]:
    """Scores in a folder and in its folders, hidden ones left out.

    Raises:
        CorpusError: it is no folder, or holds none.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise CorpusError(f"{folder}: {what}; name a folder of scores")
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in READABLE
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (path.suffix == ".txt" and path.stem in OURS)
    ]
    if not paths:
        raise CorpusError(f"{folder}: holds no scores; readable are {', '.join(READABLE)}")
    return paths


def judged(folder: Path, verdicts: Sequence[Verdict], *, seconds: float = 0.0) -> Preflight:
    """Which files go together, and which are left out for the sake of the others.

    Raises:
        CorpusError: none can be used.
    """
    verdicts = list(verdicts)
    n_staves, keyboard = _usual(verdicts)
    verdicts = [_fitting(v, n_staves, keyboard) for v in verdicts]
    verdicts = _without_twins(verdicts)
    used = [v.seen for v in verdicts if v.used and v.seen is not None]
    if not used:
        first = next(v for v in verdicts if v.reason is not None)
        assert first.reason is not None
        raise CorpusError(
            f"{folder}: none of {len(verdicts)} files can be used; the first, {first.name}: {first.reason.words}"
        )
    verdicts = _metres_told(_styled(folder, verdicts))
    layout = _layout(used, n_staves, keyboard)
    return Preflight(folder=folder, verdicts=tuple(verdicts), layout=layout, seconds=seconds)


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def unread(folder: Path, path: Path, why: str) -> Verdict:
    """The verdict on a file that could not be read, or holds nothing."""
    reason = Skipped(path, why).reason
    kind = "empty" if reason.startswith("holds no") else "unreadable"
    return Verdict(name=_name(folder, path), path=path, seen=None, reason=Reason(kind=kind, words=reason))


def _usual(verdicts: Sequence[Verdict]) -> tuple[int, bool]:
    """How many staves most files have, those with more notes where as many have each; and that it is a keyboard."""
    n_files: Counter[int] = Counter()
    n_notes: Counter[int] = Counter()
    keys: Counter[int] = Counter()
    for v in [v for v in verdicts if v.used] or verdicts:
        if v.seen is not None:
            n = 2 if v.seen.hands is not None else len(v.seen.staves)
            n_files[n] += 1
            n_notes[n] += len(v.seen.music.notes)
            keys[n] += v.seen.hands is not None or looks_like_keyboard(v.seen.staves)
    if not n_files:
        return 2, True
    n = max(n_files, key=lambda n: (n_files[n], n_notes[n]))
    return n, 2 * keys[n] > n_files[n]


def _fitting(verdict: Verdict, n_staves: int, keyboard: bool) -> Verdict:
    """The verdict on a file, knowing how many staves the others have."""
    seen = verdict.seen
    if seen is None or verdict.reason is not None:
        return verdict
    if keyboard and seen.hands is not None:
        told = "both hands stand on one staff; they are parted by what hands can reach"
        section = replace(seen.section, music=seen.hands)
        return replace(verdict, seen=replace(seen, section=section), told=(*verdict.told, told))
    if len(seen.staves) != n_staves:
        return replace(verdict, reason=Reason(kind="staves", words=_other_staves(seen, n_staves, keyboard)))
    return _at_the_piano(verdict, seen) if keyboard else verdict


def _other_staves(seen: Seen, n_staves: int, keyboard: bool) -> str:
    n = len(seen.staves)
    names = ", ".join(staff.name for staff in seen.staves[:6]) + (", ..." if n > 6 else "")
    most = "two, one for each hand" if keyboard else f"{n_staves}"
    return f"{n} {'staff' if n == 1 else 'staves'} ({names}), where most files have {most}"


def _at_the_piano(verdict: Verdict, seen: Seen) -> Verdict:
    """What is odd about two hands."""
    means = [float(seen.music.of_staff(i)["pitch"].mean()) for i in (0, 1)]
    if means[0] < means[1] - TURNED:
        section = replace(seen.section, music=replace(seen.music, notes=_turned(seen)))
        told = (*verdict.told, "the left hand stands first; it is read the other way round")
        return replace(verdict, seen=replace(seen, section=section, staves=seen.staves[::-1]), told=told)
    rests = [hand for hand, staff in zip(("right", "left"), seen.staves, strict=True) if staff.sounding < RESTING]
    if rests:
        words = f"the {rests[0]} hand rests in over {1 - RESTING:.0%} of it".replace("%", " %")
        return replace(verdict, reason=Reason(kind="silent", words=words))
    return verdict


def _turned(seen: Seen) -> StaffNotes:
    notes = seen.music.notes.copy()
    notes["staff"] = 1 - notes["staff"]
    found: StaffNotes = notes[np.lexsort((notes["pitch"], notes["staff"], notes["onset"]))]
    return found


def _without_twins(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Of the same music twice, what is typeset and longer stays."""
    out = list(verdicts)
    at = [i for i, v in enumerate(out) if v.used and v.seen is not None]
    seens = [seen for i in at if (seen := out[i].seen) is not None]
    order = sorted(range(len(seens)), key=lambda k: _worth(seens[k]))
    for twin in twins_of([s.prints for s in seens], [s.music for s in seens], order):
        words = f"the same music as {out[at[twin.of]].name}{_moved(twin.up)}"
        out[at[twin.piece]] = replace(out[at[twin.piece]], reason=Reason(kind="twin", words=words))
    return out


def _worth(seen: Seen) -> tuple[bool, bool, int]:
    """Sorts what had rather stay first: what is typeset, what says its key, what is longer."""
    return not seen.typeset, not seen.key_said, -len(seen.music.notes)


def _moved(up: int) -> str:
    """How far it is moved, in words.

    >>> _moved(-3), _moved(12)
    (', a minor third lower', ', an octave higher')
    """
    if not up:
        return ""
    if abs(up) >= len(INTERVALS):
        return f", {abs(up)} semitones {'higher' if up > 0 else 'lower'}"
    size = INTERVALS[abs(up)]
    return f", {'an' if size[0] in 'aeiou' else 'a'} {size} {'higher' if up > 0 else 'lower'}"


def _styled(folder: Path, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Styles by folders, if there are several; else by the composers that the files name."""
    used = [v for v in verdicts if v.used and v.seen is not None]
    folders = Counter(v.name.split("/")[0] if "/" in v.name else "" for v in used)
    by_folder = len([name for name in folders if name]) >= 2
    styles = {v.name: slug(v.name.split("/")[0]) if by_folder and "/" in v.name else "" for v in used}
    if not by_folder:
        styles = {v.name: _composer(v) for v in used}
    common = [style for style, _ in Counter(s for s in styles.values() if s).most_common(MAX_COMPOSERS)]
    return [replace(v, style=styles.get(v.name, "") if styles.get(v.name) in common else "") for v in verdicts]


def _composer(verdict: Verdict) -> str:
    """Of what the file says; else of its name, if that has one that is known, as "chopin_op28-4"."""
    assert verdict.seen is not None
    family = re.sub(r"\(.*", "", verdict.seen.composer).partition(",")[0]
    for words in (slug(family).split("-")[::-1], slug(Path(verdict.name).stem).split("-")):
        if known := [word for word in words if word in PERIOD_OF]:
            return known[0]
    found = composer_slug(family.split()[-1]) if family.split() else ""
    return found if len(found) >= SHORTEST_NAME and not found.startswith(NOBODY) else ""


def slug(name: str) -> str:
    """A name as it is typed after --style.

    >>> slug("Dvořák"), slug("My own Waltzes")
    ('dvorak', 'my-own-waltzes')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _metres_told(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What it means that a piece is in another metre than most."""
    counts = Counter(v.seen.meters[0] for v in verdicts if v.used and v.seen is not None and v.seen.meters)
    if len(counts) < 2:
        return list(verdicts)
    most, n_most = counts.most_common(1)[0]
    out = []
    for v in verdicts:
        meter = v.seen.meters[0] if v.seen is not None and v.seen.meters else most
        if v.used and counts[meter] < THIN and 2 * n_most > sum(counts.values()):
            n = counts[meter]
            others = "no other file is" if n == 1 else f"{n - 1} other file{'s are' if n > 2 else ' is'}"
            v = replace(v, told=(*v.told, f"in {meter}, where most are in {most} and {others}: used, but thin"))
        out.append(v)
    return out


def _layout(used: Sequence[Seen], n_staves: int, keyboard: bool) -> Layout:
    if keyboard:
        return Layout(names=("right hand", "left hand"), ranges=(PIANO, PIANO), keyboard=True)
    names, ranges = [], []
    for i in range(n_staves):
        usual = Counter(seen.staves[i].name.lower() for seen in used).most_common(1)[0][0]
        names.append(usual if usual not in names else f"{usual} {i + 1}")
        lows, highs = [s.staves[i].lowest for s in used], [s.staves[i].highest for s in used]
        ranges.append((max(0, min(lows)), min(127, max(highs))))
    return Layout(names=tuple(names), ranges=tuple(ranges), keyboard=False)
