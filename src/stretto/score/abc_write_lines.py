"""Bar lines and lines of lyrics of an ABC tune."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stretto.score.abc_score import bar_numbers
from stretto.score.abc_write_signs import LaneSigns
from stretto.score.model import Bar, Score
from stretto.score.tally import Tally

_STYLES = {"": "|", "double": "||", "final": "|]", "dotted": ".|", "none": "[|]", "heavy-light": "[|"}


def barline_before(bars: Sequence[Bar], index: int) -> str:
    """What stands at the start of a line: a repeat sign or an ending only where nothing before has said it."""
    if index:
        return ""
    return ("|:" if bars[0].repeat_start else "") + _ending(bars, 0)


def barline_after(bars: Sequence[Bar], index: int) -> str:
    """The bar line at the end of a bar, with the ending that begins after it."""
    bar = bars[index]
    starts = index + 1 < len(bars) and bars[index + 1].repeat_start
    ending = _ending(bars, index + 1) if index + 1 < len(bars) else ""
    if bar.repeat_end:
        colons = ":" * (bar.repeat_end - 1)
        line = ("::" if bar.repeat_end == 2 else colons + "||:") if starts else colons + "|"
    elif starts:
        line = "|:"
    else:
        line = _STYLES.get(bar.barline, "|")
        if line == "|" and _ends(bars, index) and not ending:
            line = "||"
    return line + ending


def _ending(bars: Sequence[Bar], index: int) -> str:
    bar = bars[index]
    if not bar.ending or (index and bars[index - 1].ending == bar.ending):
        return ""
    return "[" + bar.ending.replace(" ", "")


def _ends(bars: Sequence[Bar], index: int) -> bool:
    after = bars[index + 1].ending if index + 1 < len(bars) else ""
    return bool(bars[index].ending) and after != bars[index].ending


def check_bars(score: Score, tally: Tally) -> None:
    """Count what about bars is lost: styles, numbers, endings that no bar line closes."""
    bars = score.bars
    for index, bar in enumerate(bars):
        where = f"bar {bar.number}"
        starts = index + 1 < len(bars) and bars[index + 1].repeat_start
        if bar.barline and (bar.barline not in _STYLES or bar.repeat_end or starts):
            tally.add(f"{bar.barline} bar lines written as plain or repeat ones", where)
        if _ends(bars, index) and barline_after(bars, index) == "||" and not bar.barline:
            tally.add("endings closed with a double bar", where)
        if score.bar_end(index) <= bar.tick:
            tally.add("bars of no length left out", where)
        if bar.ending and not all(number.strip().isdigit() for number in bar.ending.split(",")):
            tally.add("endings that are no numbers left out", where)
    pickup = len(bars) > 1 and score.bar_end(0) < (score.meters[0].bar_ticks if _metered(score) else 0)
    ticks = [bar.tick for bar in bars] + [score.end]
    if [bar.number for bar in bars] != bar_numbers(ticks, score.meters, pickup=pickup):
        tally.add("bar numbers that do not simply count on left out")


def _metered(score: Score) -> bool:
    return bool(score.meters) and score.meters[0].tick == 0


def lyric_lines(signs: LaneSigns, notes: Sequence[int], tally: Tally) -> Iterator[str]:
    """w: lines under one line of music.

    Args:
        notes: tick of every note and chord of the line; -1 for one that a tie leads to inside a length.
    """
    here = set(notes)
    verses = [verse for verse, line in signs.lyrics.items() if here & line.keys()]
    for verse in range(1, max(verses, default=0) + 1):
        yield "w: " + _verse(signs.lyrics.get(verse, {}), notes, tally)


def _verse(line: dict[int, tuple[str, str]], notes: Sequence[int], tally: Tally) -> str:
    words: list[str] = []
    mode, pending = "", False
    for tick in notes:
        if tick in line:
            if pending:
                tally.add("lyric lines under a single note left out")
            syllable, place = line[tick]
            hyphen, pending = place.startswith(("begin", "middle")), place.endswith("+extend")
            if mode == "-":
                words[-1] += syllable
            else:
                words.append(syllable)
            words[-1] += "-" if hyphen else ""
            mode = "_" if pending else "-" if hyphen else ""
        elif mode:
            words[-1] += mode
            pending = False
        else:
            words.append("*")
    while words and words[-1] == "*":
        words.pop()
    return " ".join(words) + ("_" if pending else "") or "*"
