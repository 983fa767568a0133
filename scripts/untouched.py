"""Whether what was given came out as it went in: note by note and mark by mark, in the MusicXML itself."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from stretto.score.formats import write_score
from stretto.score.model import Notes, Score

DRAWN = ("accidental", "beam", "stem", "duration", "staff", "offset", "slur", "chord")
"""Children that depend on what stands beside them, or are compared apart."""

OF_THE_PAGE = ("id", "placement", "system", "default-x", "default-y", "relative-x", "relative-y")

Bools = NDArray[np.bool_]


def lost(before: Score, after: Score, places: Sequence[int], open_N: Bools) -> list[str]:
    """What of the document is no longer there, one line each.

    Args:
        before: the document.
        after: what a verb made of it.
        places: where each of its parts stands afterwards.
        open_N: which of its notes were the network's to write anew.
    """
    given = _given(before, open_N)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("given.musicxml", "after.musicxml")]
        for score, path in zip((given, after), paths, strict=True):
            write_score(score, path)
        one, other = (ElementTree.parse(path).getroot() for path in paths)
    missing = Counter[str]()
    for part, place in enumerate(places):
        missing += Counter(_notes(_parts(one)[part])) - Counter(_notes(_parts(other)[place]))
        missing += _slurs(given, part) - _slurs(after, place)
    missing += _directions(one) - _directions(other)
    return [f"{text} x {n}" for text, n in missing.items()]


def _given(score: Score, open_N: Bools) -> Score:
    """The notes that were to stay, with what hangs on them; of a slur that is both its notes."""
    gone, left = score.notes[open_N], score.notes[~open_N]
    marks = [
        mark
        for mark in score.marks
        if not _on_any(gone, mark.part, mark.tick, mark.pitch, mark.voice)
        and (mark.end_pitch < 0 or _on_any(left, mark.part, mark.end, mark.end_pitch))
    ]
    return score.evolve(notes=score.notes[~open_N], marks=tuple(marks))


def _on_any(notes: Notes, part: int, tick: int, pitch: int, voice: int | None = None) -> bool:
    """A mark hangs on one of these notes, perhaps on its tied part."""
    on = (notes["part"] == part) & (notes["pitch"] == pitch)
    on &= (notes["onset"] <= tick) & (tick < np.maximum(notes["onset"] + notes["duration"], notes["onset"] + 1))
    return bool((on & (True if voice is None else notes["voice"] == voice)).any())


def _slurs(score: Score, part: int) -> Counter[str]:
    return Counter(
        f"slur {mark.tick} {mark.end} {mark.pitch} {mark.end_pitch}"
        for mark in score.marks
        if mark.kind == "slur" and mark.part == part
    )


def _parts(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [child for child in root if child.tag == "part"]


def _notes(part: ElementTree.Element) -> list[str]:
    """Every sounding note: where, how long, and all that hangs on it."""
    found = []
    divisions, start = Fraction(1), Fraction(0)
    for measure in part:
        at = farthest = onset = start
        for element in measure:
            if (said := element.findtext("divisions")) is not None:
                divisions = Fraction(said)
            length = Fraction(element.findtext("duration", "0")) / divisions
            if element.tag == "backup":
                at -= length
            elif element.tag == "forward":
                at += length
            elif element.tag == "note":
                chord = element.find("chord") is not None
                onset = onset if chord else at
                at = at if chord else at + length
                if element.find("rest") is None:
                    found.append(f"{onset} {length} {_said(element)}")
            farthest = max(farthest, at)
        start = farthest
    return found


def _directions(root: ElementTree.Element) -> Counter[str]:
    """Every direction and when it comes, whichever part has it: those of the whole score stand in the top part."""
    found = Counter[str]()
    for part in _parts(root):
        divisions, start = Fraction(1), Fraction(0)
        for measure in part:
            at = farthest = start
            for element in measure:
                if (said := element.findtext("divisions")) is not None:
                    divisions = Fraction(said)
                length = Fraction(element.findtext("duration", "0")) / divisions
                if element.tag == "direction":
                    found[f"{at + Fraction(element.findtext('offset', '0')) / divisions} {_said(element)}"] += 1
                elif element.tag == "backup":
                    at -= length
                elif element.find("chord") is None:
                    at += length
                farthest = max(farthest, at)
            start = farthest
    return found


def _said(element: ElementTree.Element) -> str:
    """An element without what the page decides."""
    own = {name: value for name, value in sorted(element.attrib.items()) if name not in OF_THE_PAGE}
    children = "".join(_said(child) for child in element if child.tag not in DRAWN)
    if element.tag == "notations" and not children:
        return ""
    return f"<{element.tag}{own or ''}>{(element.text or '').strip()}{children}"
