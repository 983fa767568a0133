"""MEI in: the first movement of a document as a Score."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from stretto.errors import ScoreError, ScoreReadError
from stretto.score.abc_score import bar_numbers
from stretto.score.mei_frame import text_of
from stretto.score.mei_marks import MarkReader
from stretto.score.mei_music import Anchor, Music, RawBar, RawNote
from stretto.score.mei_names import BARLINES
from stretto.score.mei_ties import join_ties, name_ties
from stretto.score.mei_walk import ScoreWalker
from stretto.score.model import Bar, Clef, Key, Mark, Meter, Score
from stretto.score.musicxml_open import open_xml
from stretto.score.tally import Tally, TickGrid

_ROLES = {"composer": "composer", "lyricist": "lyricist", "librettist": "lyricist", "arranger": "arranger"}


def read_mei(data: bytes, name: str) -> Score:
    """Read an MEI document; of several movements (<mdiv>) the first.

    Args:
        data: the file.
        name: its name, for messages.

    Raises:
        ScoreReadError: no MEI, truncated, or something in it cannot be understood; says where.

    Source: Music Encoding Initiative, Guidelines 5.0, 2023, module CMN; older spellings (key.sig, meter.count) are
    read too.
    """
    root = open_xml(data, name, roots=("mei", "music"), kind="MEI")
    tally = Tally()
    score = _first_score(root, name, tally)
    walker = ScoreWalker(score, name, tally)
    try:
        walker.read(score)
        if not walker.music.bars:
            raise ScoreReadError(f"{name}: holds no <measure>; check that the export was complete")
        built = _build(walker, root, tally)
    except ScoreReadError:
        raise
    except (ScoreError, ValueError, OverflowError) as cause:
        raise ScoreReadError(f"{name}, {walker.where}: {cause}; correct it or export the file again") from cause
    return built.with_notices(*tally.notices())


def _first_score(root: Element, name: str, tally: Tally) -> Element:
    scores = list(root.iter("score"))
    if not scores:
        what = "only separate parts" if next(root.iter("parts"), None) is not None else "no <score>"
        raise ScoreReadError(f"{name}: holds {what}; export it as a score")
    if len(scores) > 1:
        tally.add("further movements left out; only the first is read", name, len(scores) - 1)
    return scores[0]


def _build(walker: ScoreWalker, root: Element, tally: Tally) -> Score:
    music, grid = walker.music, TickGrid(tally)
    name_ties(music, tally)
    struck, splits = join_ties(music, {bar.start for bar in music.bars}, grid, tally)
    signs = TickGrid(tally, "places of signs rounded to 1/24 of a quarter")
    reader = MarkReader(music, walker.frame, signs, tally)
    reader.read()
    tuplets = [_tuplet(*entry, grid) for entry in music.tuplets]
    meters = _meters(music, grid, tally)
    parts = walker.frame.parts
    tempos = {tempo.tick: tempo for tempo in reversed(reader.tempos)}
    return Score.build(
        [_row(note, grid, tally) for note in struck],
        parts,
        end=grid.tick(music.bars[-1].start + music.bars[-1].length),
        bars=_bars(music.bars, meters, grid),
        meters=meters,
        keys=_keys(music, walker, grid),
        tempos=tempos.values(),
        clefs=_clefs(music, grid),
        marks=dict.fromkeys(reader.marks + splits + tuplets),
        info=_info(root),
    )


def _row(note: RawNote, grid: TickGrid, tally: Tally) -> tuple[int, ...]:
    onset, end = grid.tick(note.onset), grid.tick(note.end)
    if end <= onset and not note.grace:
        tally.add("notes shorter than 1/24 of a quarter lengthened to it")
        end = onset + 1
    duration = 0 if note.grace else end - onset
    return (onset, duration, note.pitch, 0, note.part, note.voice, note.staff, note.fifths, note.grace)


def _tuplet(start: Fraction, end: Fraction, anchor: Anchor, text: str, grid: TickGrid) -> Mark:
    return Mark(
        kind="tuplet", tick=grid.tick(start), text=text, part=anchor.part, voice=anchor.voice, staff=anchor.staff,
        end=grid.tick(end),
    )  # fmt: skip


def _meters(music: Music, grid: TickGrid, tally: Tally) -> tuple[Meter, ...]:
    found: dict[int, Meter] = {}
    for place, sign in music.meters:
        meter = Meter(tick=grid.tick(place), numerator=sign.numerator, denominator=sign.denominator, symbol=sign.symbol)
        if found.setdefault(meter.tick, meter) != meter:
            tally.add("metres that differ between staves: the first is kept")
    return tuple(found[tick] for tick in sorted(found))


def _keys(music: Music, walker: ScoreWalker, grid: TickGrid) -> list[Key]:
    """Keys as sounding; those that all parts share are said once."""
    by_place: dict[int, dict[int, tuple[int, str]]] = {}
    for place, part, sign in music.keys:
        described = walker.frame.parts[part]
        shift = 7 * described.chromatic - 12 * described.diatonic
        by_place.setdefault(grid.tick(place), {})[part] = (sign.fifths + shift, sign.mode)
    keys: list[Key] = []
    for tick, parts in sorted(by_place.items()):
        if len(parts) == len(walker.frame.parts) and len(set(parts.values())) == 1:
            fifths, mode = next(iter(parts.values()))
            keys.append(Key(tick=tick, fifths=fifths, mode=mode))
        else:
            keys += [Key(tick=tick, fifths=f, mode=m, part=part) for part, (f, m) in sorted(parts.items())]
    return keys


def _clefs(music: Music, grid: TickGrid) -> list[Clef]:
    found: dict[tuple[int, int, int], Clef] = {}
    for place, part, staff, sign in music.clefs:
        tick = grid.tick(place)
        found[tick, part, staff] = Clef(
            tick=tick, part=part, staff=staff, sign=sign.sign, line=sign.line, octave=sign.octave
        )
    return list(found.values())


def _bars(raw: list[RawBar], meters: tuple[Meter, ...], grid: TickGrid) -> list[Bar]:
    starts = [grid.tick(bar.start) for bar in raw] + [grid.tick(raw[-1].start + raw[-1].length)]
    pickup = len(raw) > 1 and bool(meters) and not meters[0].tick and starts[1] < meters[0].bar_ticks
    numbers = _numbers(raw, pickup=pickup) or bar_numbers(starts, meters, pickup=pickup)
    return [
        Bar(
            tick=starts[i],
            number=numbers[i],
            repeat_start=bar.left in ("rptstart", "rptboth") or (i > 0 and raw[i - 1].right in ("rptstart", "rptboth")),
            repeat_end=2 if _ends_repeat(raw, i) else 0,
            ending=bar.ending,
            barline=BARLINES.get(bar.right, ""),
        )
        for i, bar in enumerate(raw)
    ]


def _numbers(raw: list[RawBar], *, pickup: bool) -> list[int]:
    """Bar numbers where the file tells which measures count: "X1" is one that does not; none if it does not tell."""
    if not all(re.fullmatch(r"X?\d{1,6}[a-z]?", bar.label) for bar in raw):
        return []
    numbers = [0 if pickup or raw[0].label == "0" else 1]
    for bar in raw[1:]:
        numbers.append(numbers[-1] + (not bar.label.startswith("X")))
    return numbers


def _ends_repeat(raw: list[RawBar], index: int) -> bool:
    after = raw[index + 1].left if index + 1 < len(raw) else ""
    return raw[index].right in ("rptend", "rptboth") or after in ("rptend", "rptboth")


def _info(root: Element) -> dict[str, str]:
    info: dict[str, str] = {}
    statement = next(root.iter("titleStmt"), None)
    if statement is None:
        return info
    titles = [text for text in map(text_of, statement.findall("title")) if text]
    if titles:
        info["title"] = titles[0]
    if len(titles) > 1:
        info["subtitle"] = "\n".join(titles[1:])
    for element in statement.iter():
        role = _ROLES.get(element.get("role", "") or element.tag)
        text = text_of(element)
        if role and text and text not in info.get(role, "").split("\n"):
            info[role] = f"{info[role]}\n{text}" if role in info else text
    rights = next(root.iter("availability"), None)
    if text_of(rights):
        info["rights"] = text_of(rights)
    return info
