"""Barlines as MusicXML: styles, repeats, endings, and the fermatas on them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from stretto.score.model import Mark, Score
from stretto.score.musicxml_element import add
from stretto.score.musicxml_names import BAR_STYLES, IMPLIED, STATED
from stretto.score.musicxml_voices import BarFrame


def write_left_barline(measure: Element, score: Score, index: int) -> None:
    """The barline before a bar, where a repeat or an ending begins."""
    bar = score.bars[index]
    opens = bool(bar.ending) and (index == 0 or score.bars[index - 1].ending != bar.ending)
    if not (bar.repeat_start or opens):
        return
    barline = add(measure, "barline", location="left")
    if bar.repeat_start:
        add(barline, "bar-style", "heavy-light")
    if opens:
        add(barline, "ending", number=bar.ending.replace(" ", ""), type="start")
    if bar.repeat_start:
        add(barline, "repeat", direction="forward")


def write_right_barline(
    measure: Element, score: Score, frame: BarFrame, fermatas: Sequence[Mark], identity: str
) -> None:
    """The barline after a bar, where it is not a plain one; the last is final even where nothing is said.

    `identity` is the part's id, which ids of barlines begin with.
    """
    bar = score.bars[frame.index]
    closes = bool(bar.ending) and (frame.is_last or score.bars[frame.index + 1].ending != bar.ending)
    style, own = BAR_STYLES.get(bar.barline, bar.barline), ""
    if bar.repeat_end:
        own = f"{STATED}barline-{identity}-{frame.index}" if bar.barline == "final" else ""
        style = style or "light-heavy"
    elif not style and frame.is_last:
        style, own = "light-heavy", f"{IMPLIED}barline-{identity}"
    if not (style or closes or fermatas):
        return
    barline = add(measure, "barline", location="right", id=own)
    if style:
        add(barline, "bar-style", style)
    for fermata in fermatas:
        add(barline, "fermata", fermata.text)
    if closes:
        add(barline, "ending", number=bar.ending.replace(" ", ""), type="stop")
    if bar.repeat_end:
        add(barline, "repeat", direction="backward", times=bar.repeat_end if bar.repeat_end > 2 else "")
