"""Keyboard music as pieces of two staves, one for each hand."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from stretto.corpus.composers import composer_period, composer_slug, period_of_year
from stretto.corpus.parse import Skipped
from stretto.corpus.staff_cache import FileRead, read_folders
from stretto.corpus.staff_sections import Section, irregular_share, key_sections, section_of, whole_bars
from stretto.corpus.staves import StaffCorpus, StaffPiece, renamed
from stretto.corpus.velocity_marks import marked_by_velocity
from stretto.errors import CorpusError
from stretto.frames.staves import STAFF_NOTE, StaffNotes
from stretto.score.formats import read_score
from stretto.score.model import Notice, Score
from stretto.theory.hands import split_hands

FOLDERS = (
    "train/public-domain/mutopia-keyboard",
    "train/cc-by/mutopia-keyboard",
    "train/cc-by/chopin-first-editions",
    "train/cc-by/polish-keyboard",
    "train/cc0/openscore-lieder",
)

FROM_LILYPOND = "mutopia-keyboard"
"""Folders of MIDI files whose velocities tell the dynamic marks."""

MIN_BARS, MIN_NOTES, MAX_SILENT = 8, 40, 0.8
"""Shorter pieces, and those of which one hand rests more than this share of the time, are left out."""

SPAN, MAX_OUT_OF_REACH = 16, 0.1
"""Semitones that no hand spans, and the share of a hand's chords that may: more is organ music with pedals, or a score
whose staves are no hands."""

MIDI_DEFAULT_QPM = 120
"""What a MIDI file says that says nothing."""

MAX_DAMAGED = 0.6
"""Share of the bars of a MIDI file that may be of a length of their own."""

NOT_WHOLE = (
    "beethovenlv_o13-pathetique-1-0", "tchaikovsky_o59-dumka", "debussy_l75-debussy-ste-bergamesq-clair",
    "schubert_d733", "chopin_o45-chopin-prelude-op45-03", "brahms_o118-intermezzo-02",
    "tchaikovsky_o39-16oldfrenchsong",
)  # fmt: skip
"""Files of one hand, of one of two players at a piano, or of a fragment: the source keeps the piece in several files,
each converted by itself."""

METRE_LOST = (
    "bach_bwv830-bwv-830-1", "satie_gymnopedie-1.", "schubert_d817-ungarische", "bach_bwv870-wtk2fuga1",
    "bach_bwv788-bwv788", "mozart_k6deest", "chopin_o10-op-10-12-wfi", "schumann_o15-schumannop15no04",
)  # fmt: skip
"""Files whose time signature was lost or shifted on the way to MIDI: beats do not fall where it says."""

_ANTHEM = re.compile(r"practice\s*only", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the lists say of a file."""

    composer: str = ""
    period: str = ""
    title: str = ""
    work: str = ""


def keyboard_corpus(
    data: Path, cache: Path, *, n_workers: int = 2, progress: Callable[[float], None] = lambda share: None
) -> StaffCorpus:
    """Read the keyboard folders under `data`, once; later calls read `cache`.

    Args:
        data: the folder that holds train/.
        cache: a folder for the arrays. What it holds of other files, or damaged, is made anew.
        n_workers: processes that read.
        progress: receives the share of the files that is read.

    Raises:
        CorpusError: `data` does not hold the folders.
    """
    return read_folders("keyboard", data, FOLDERS, cache, keyboard_pieces, n_workers=n_workers, progress=progress)


def keyboard_pieces(path: Path) -> FileRead:
    """The pieces of one file.

    Raises:
        CorpusError: it holds no music for two hands.
    """
    if path.name.startswith(NOT_WHOLE):
        raise CorpusError(f"{path.name}: a fragment, or one hand or player of a piece")
    score = read_score(path)
    if path.parent.name == FROM_LILYPOND:
        score = marked_by_velocity(score)
    notes, part, read = hands_of(score, path.name)
    trusted = path.suffix.lower() not in (".mid", ".midi", ".kar")
    about = about_file(path)
    pieces, skipped = [], []
    for start, end in key_sections(score):
        section = section_of(score, notes, 2, start, end, parts=part, trusted=trusted)
        if not trusted and (why := damaged(score, start, end)):
            skipped.append(Skipped(path, f"{path.name}: {why}"))
            continue
        if path.name.startswith(METRE_LOST):
            section = section.unmeasured("metres not believed: lost on the way to MIDI")
        if why := unfit(section):
            skipped.append(Skipped(path, f"{path.name}: {why}"))
            continue
        pieces.append(_piece(path, section, about, (*read, *section.read) if start == 0 else section.read))
    if not pieces and skipped:
        raise CorpusError(skipped[0].why)
    return FileRead(renamed(pieces), skipped)


def hands_of(score: Score, name: str) -> tuple[StaffNotes, tuple[int, ...], tuple[Notice, ...]]:
    """The notes by hand, the parts that they come from, and what was done.

    A part of two staves is a piano's. Two parts alone, one higher than the other, are its hands. Anything else is
    parted by `split_hands`.

    Raises:
        CorpusError: there is no keyboard part, or several.
    """
    two = [i for i, part in enumerate(score.parts) if part.n_staves >= 2 and not part.percussion]
    two = [i for i in two if not _ANTHEM.search(score.parts[i].name)] if len(score.parts) > 1 else two
    pianos = [i for i in two if not re.search(r"voice|singst|gesang|chant|soprano", score.parts[i].name, re.IGNORECASE)]
    pianos = pianos or two
    if len(pianos) > 1:
        raise CorpusError(f"{name}: several parts of two staves ({len(pianos)} of {len(score.parts)})")
    if pianos and score.parts[pianos[0]].n_staves == 2:
        own = score.notes[score.notes["part"] == pianos[0]]
        return _plain(own, own["staff"] - 1, pianos)
    keys = [i for i, part in enumerate(score.parts) if not part.percussion]
    if not pianos and any(len(score.notes[score.notes["part"] == i]) and _is_voice(score, i) for i in keys):
        raise CorpusError(f"{name}: no keyboard part ({len(keys)} parts)")
    chosen = pianos or keys
    own = score.notes[np.isin(score.notes["part"], chosen)]
    if len(chosen) == 2:
        mean = [float(own["pitch"][own["part"] == i].mean()) if (own["part"] == i).any() else 0.0 for i in chosen]
        if abs(mean[0] - mean[1]) >= MIN_APART:
            upper = chosen[int(mean[1] > mean[0])]
            return _plain(own, (own["part"] != upper).astype(np.int16), chosen)
    struck = own[own["grace"] == 0]
    hands = np.zeros(len(own), np.int16)
    hands[own["grace"] == 0] = split_hands(*(struck[name].astype(np.int64) for name in ("onset", "duration", "pitch")))
    notes, parts, read = _plain(own, hands, chosen)
    return notes, parts, (*read, Notice(what="files whose hands were parted by rule"))


MIN_APART = 3.0
"""Semitones by which the right hand's mean lies above the left's where two tracks are taken for hands."""


def _is_voice(score: Score, part: int) -> bool:
    name = score.parts[part].name
    return bool(re.search(r"voice|singst|gesang|chant|soprano|alto|tenor|mezzo|guitar", name, re.IGNORECASE))


def _plain(
    own: np.ndarray, staff_N: np.ndarray, parts: list[int]
) -> tuple[StaffNotes, tuple[int, ...], tuple[Notice, ...]]:
    """STAFF_NOTE without grace notes."""
    keep = own["grace"] == 0
    notes = np.zeros(int(keep.sum()), STAFF_NOTE)
    for field in ("onset", "duration", "pitch"):
        notes[field] = own[field][keep]
    notes["staff"] = staff_N[keep]
    n_graces = int((~keep).sum())
    return notes, tuple(parts), (Notice(what="grace notes left out", count=n_graces),) if n_graces else ()


def unfit(section: Section) -> str:
    """Why a section is no keyboard piece to learn from; "" = it is one."""
    music = section.music
    if section.n_bars < MIN_BARS and music.end < MIN_BARS * 48:
        return f"too short ({section.n_bars} bars)"
    if len(music.notes) < MIN_NOTES:
        return f"too few notes ({len(music.notes)})"
    for staff, hand in enumerate(("right", "left")):
        notes = music.of_staff(staff)
        sounding = np.zeros(music.end, bool)
        for onset, duration in zip(notes["onset"].tolist(), notes["duration"].tolist(), strict=True):
            sounding[onset : onset + duration] = True
        if sounding.mean() < 1 - MAX_SILENT:
            return f"one hand is mostly silent ({hand}, {1 - sounding.mean():.0%})"
    if (share := out_of_reach(music.notes)) > MAX_OUT_OF_REACH:
        return f"chords no hand reaches ({share:.0%} of them)"
    return ""


def damaged(score: Score, start: int, end: int) -> str:
    """Why the timing of a MIDI file is not believed at all; "" = it is.

    Most bars of a length of their own mean that time was lost or put in: with the barlines the rhythm is wrong.
    """
    bars = [bar.tick - start for bar in score.bars if start <= bar.tick < end]
    names = [f"{m.numerator}/{m.denominator}" for m in (score.meter_at(t + start) for t in bars)]
    starts, whole = whole_bars(bars, names, end - start)
    in_halves = all(length % 48 == 0 for length in np.diff([*starts, end - start]).tolist()[:-1])
    share = irregular_share(whole)
    return f"bars of all lengths ({share:.0%} of them)" if share > MAX_DAMAGED and not in_halves else ""


def out_of_reach(notes: StaffNotes) -> float:
    """Share of the chords, struck by one hand at once, that span more than SPAN semitones."""
    n_chords = n_wide = 0
    for staff in (0, 1):
        own = notes[notes["staff"] == staff]
        ticks, inverse = np.unique(own["onset"], return_inverse=True)
        low, high = np.full(len(ticks), 127), np.zeros(len(ticks), int)
        np.minimum.at(low, inverse, own["pitch"])
        np.maximum.at(high, inverse, own["pitch"])
        n_chords += len(ticks)
        n_wide += int((high - low > SPAN).sum())
    return n_wide / max(1, n_chords)


def _piece(path: Path, section: Section, about: About, read: tuple[Notice, ...]) -> StaffPiece:
    tempo = 0.0 if path.suffix == ".mid" and section.tempo == MIDI_DEFAULT_QPM else section.tempo
    return section.piece(
        name=f"{path.parent.name}/{path.name}",
        work=about.work,
        title=about.title,
        licence=path.parent.parent.name,
        composer=about.composer,
        period=about.period,
        tempo=tempo,
        read=read,
    )


def about_file(path: Path) -> About:
    """Composer, period, title and work, from the folder's list and the file's name."""
    row = _index(path.parent).get(path.name, {})
    composer = composer_slug(row.get("composer", ""))
    period = composer_period(composer, row.get("dates", ""))
    if not composer and not period:
        period = _period_printed(path)
    title = row.get("title") or row.get("work") or path.stem
    return About(composer=composer, period=period, title=title, work=_work(path, composer, row))


_CATALOGUES = re.compile(r"\b(BWV|Hob|WoO|KV?|D|L)\.?\s*(?:Anh\.?\s*)?([IVX]+[:/. ]?\d+|\d+)")
_OPUS = re.compile(r"\bOp(?:us)?\.?\s*(?:posth\.?\s*)?(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:N[o\u00bar]\.?|number)\s*(\d+)", re.IGNORECASE)
_CYCLE = re.compile(r"sonat|suite|concert|variat|parti|son[aá]t", re.IGNORECASE)


def _work(path: Path, composer: str, row: dict[str, str]) -> str:
    """What belongs together: movements of a sonata, versions of a piece."""
    stem = re.sub(r"_lc\d+$", "", path.stem)
    said = f"{row.get('opus', '')} {row.get('title', '')}"
    if "mutopia" in path.parent.name:
        if found := re.match(r"bach_(bwv(?:anh)?\d+)", stem):
            return f"bach {found.group(1)}"
        if found := _CATALOGUES.search(said):
            return f"{composer} {found.group(1).lower()} {found.group(2).lower()}"
    if found := _OPUS.search(said):
        number = re.search(r"\d+", row.get("number", "")) or _NUMBER.search(said)
        one = (
            ""
            if _CYCLE.search(f"{said} {row.get('genre', '')}") or number is None
            else f" {int(number.group(number.re.groups))}"
        )
        if one or "sonat" in said.lower() or path.parent.name == "chopin-first-editions":
            return f"{composer} op {found.group(1)}{one}"
    if path.parent.name == "polish-keyboard" and _CYCLE.search(stem):
        return re.sub(r"(op-?\d+).*", r"\1", stem)
    return stem


def _period_printed(path: Path) -> str:
    """The period of an anonymous piece by the year of its print, where a Humdrum file says it."""
    if path.suffix != ".krn":
        return ""
    found = re.search(r"^!!!PDT:.*?\b(1[5-9]\d\d)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return period_of_year(int(found.group(1))) if found else ""


@cache
def _index(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "index.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}
