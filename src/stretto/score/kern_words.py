"""What stands beside the kern spines: lyrics, dynamics, fingerings, figures, directions, pedal and octave lines."""

from __future__ import annotations

import html
import re

from stretto.score.kern_notes import Sign
from stretto.score.kern_spines import Exact, Lane, Spine
from stretto.score.kern_token import Token
from stretto.score.tally import Tally

_DYNAMIC = re.compile(r"\[\[?|\]\]?|[<>()]|[A-Za-z]+|\S")
LEVEL = re.compile(r"(?:p{1,6}|f{1,6}|m[pf]|s?fp|pf|r?f+z?|s?f+z?|sff?p|sfpp|fp+|fz|z|n)$")
_HAIRPINS = {"<": "crescendo", ">": "diminuendo"}
_SPANS = {
    "*ped": ("pedal", ""), "*8va": ("octave-shift", "8"), "*8ba": ("octave-shift", "-8"),
    "*15ma": ("octave-shift", "15"), "*15ba": ("octave-shift", "-15"),
}  # fmt: skip
_SPAN_ENDS = {"*Xped": "pedal", "*X8va": "octave-shift", "*X8ba": "octave-shift",
              "*X15ma": "octave-shift", "*X15ba": "octave-shift"}  # fmt: skip


class WordBook:
    """Collects them as marks."""

    def __init__(self, spines: list[Spine], tally: Tally) -> None:
        """Find out which spine goes with which kern spine."""
        self.signs: list[Sign] = []
        self._tally = tally
        self._owner = _owners(spines)
        self._verse = _verses(spines, self._owner)
        self._lyric: dict[tuple[int, int], Sign] = {}
        self._open: dict[tuple[int, str], Sign] = {}

    def owner(self, spine: Spine) -> int:
        """The kern spine that a spine goes with."""
        return self._owner.get(spine.index, -1)

    def cell(self, lane: Lane, cell: str, time: Exact, at: dict[int, tuple[Token, int]], line: int) -> None:
        """Take one cell of a spine that is not **kern.

        `at` holds the notes of the same row by spine, each with its place in a run of graces (0 = none).
        """
        spine = lane.spine
        owner = self.owner(spine)
        note, grace = at.get(owner, (None, 0))
        pitch = max(sound.pitch for sound in note.sounds) if note is not None and note.sounds else -1
        if spine.kind in ("**text", "**silbe"):
            self._syllable(lane, cell, Sign("lyric", time, owner, 1, rest={"pitch": pitch, "grace": grace}))
        elif spine.kind == "**dynam":
            self._dynamic(cell, Sign("dynamic", time, owner), line)
        elif spine.kind == "**fing":
            self._fingers(cell, note, Sign("technical", time, owner, 1, rest={"grace": grace}))
        elif spine.kind in ("**fba", "**fb"):
            self.signs.append(Sign("figured-bass", time, owner, rest={"text": cell.replace(";", " ").strip()}))
        elif spine.kind in ("**mxhm", "**cdata-harm"):
            self.signs.append(Sign("chord-symbol", time, owner, rest={"text": cell}))
        else:
            self._tally.add(f"cells of {spine.kind} spines left out", f"line {line}")

    def span(self, cell: str, spine: int, time: Exact) -> bool:
        """Take *ped, *8va and their ends; False for anything else."""
        if cell in _SPANS:
            kind, text = _SPANS[cell]
            self._end(spine, kind, time)
            self._open[spine, kind] = Sign(kind, time, spine, rest={"text": text})
        elif cell in _SPAN_ENDS:
            if not self._end(spine, _SPAN_ENDS[cell], time):
                self._tally.add(f"ends of {_SPAN_ENDS[cell]} lines without a start left out")
        else:
            return False
        return True

    def direction(self, cell: str, owner: int, time: Exact) -> None:
        """Take a layout line (!LO:TX:b:t=dolce); those of an editor's problem or a drawing hint say nothing here."""
        if not cell.startswith("LO:TX"):
            return
        fields = cell.split(":")[2:]
        text = next((entry[2:] for entry in fields if entry.startswith("t=")), "")
        if text in ("", "P") or any(entry.startswith(("problem", "mod")) for entry in fields):
            return
        text = html.unescape(text.replace("&colon;", ":")).replace("\\n", " ").strip()
        side = "below" if any(re.match(r"b(=\d+)?$", entry) for entry in fields) else "above"
        self.signs.append(Sign("words", time, owner, rest={"text": text, "extra": side}))

    def finish(self, end: Exact) -> None:
        """End what is still open, and count it."""
        for spine, kind in list(self._open):
            self._tally.add(f"{kind} lines without end run to the end")
            self._end(spine, kind, end)

    def _end(self, spine: int, kind: str, time: Exact) -> bool:
        sign = self._open.pop((spine, kind), None)
        if sign is None:
            return False
        sign.end = time
        self.signs.append(sign)
        return True

    def _syllable(self, lane: Lane, cell: str, sign: Sign) -> None:
        # A text spine may be split, and then holds a further verse.
        verse = (lane.spine.index, lane.voice)
        before = self._lyric.get(verse)
        if cell.strip() in ("_", "|"):
            if before is not None and not before.rest["extra"].endswith("+extend"):
                before.rest["extra"] += "+extend"
            return
        extend = "+extend" if cell.endswith("_") else ""
        text = cell.rstrip("_").strip()
        begins, ends = not text.startswith("-"), not text.endswith("-")
        place = {(True, True): "single", (True, False): "begin", (False, False): "middle", (False, True): "end"}
        sign.rest["text"] = html.unescape(text.removeprefix("-").removesuffix("-")).replace("~", "‿")
        sign.rest["extra"] = place[begins, ends] + extend
        sign.rest["number"] = self._verse.get(lane.spine.index, 1) + lane.voice - 1
        self._lyric[verse] = sign
        self.signs.append(sign)

    def _dynamic(self, cell: str, sign: Sign, line: int) -> None:
        if "yy" in cell:
            self._tally.add("dynamics that the source does not print (yy) left out", f"line {line}")
            return
        for word in _DYNAMIC.findall(cell):
            if word in _HAIRPINS:
                self._end(sign.spine, "wedge", sign.time)
                self._open[sign.spine, "wedge"] = Sign(
                    "wedge", sign.time, sign.spine, rest={"text": _HAIRPINS[word]}
                )  # fmt: skip
            elif word[0] in "[]":
                self._end(sign.spine, "wedge", sign.time)
            elif LEVEL.match(word):
                self.signs.append(Sign("dynamic", sign.time, sign.spine, rest={"text": word}))
            elif word == "(":
                self._tally.add("parentheses around dynamics left out", f'line {line}, "{cell[:20]}"')
            elif word not in ").X":
                self._tally.add("dynamics that are no known sign left out", f'line {line}, "{cell[:20]}"')

    def _fingers(self, cell: str, note: Token | None, sign: Sign) -> None:
        fingers = cell.split()
        sounds = note.sounds if note is not None else ()
        for place, finger in enumerate(fingers):
            pitch = sounds[place].pitch if place < len(sounds) else -1
            rest = {"text": f"fingering:{finger}", "pitch": pitch, "grace": sign.rest["grace"] if pitch >= 0 else 0}
            self.signs.append(Sign(sign.kind, sign.time, sign.spine, sign.voice, rest=rest))


def _owners(spines: list[Spine]) -> dict[int, int]:
    """Each spine's kern spine: itself, or the nearest to its left, or else the first."""
    kern = [spine.index for spine in spines if spine.kind == "**kern"]
    return {
        spine.index: max((index for index in kern if index <= spine.index), default=min(kern, default=-1))
        for spine in spines
    }


def _verses(spines: list[Spine], owners: dict[int, int]) -> dict[int, int]:
    """Number of the verse of each text spine, counted from the left under each kern spine."""
    counts: dict[int, int] = {}
    verses: dict[int, int] = {}
    for spine in spines:
        if spine.kind in ("**text", "**silbe"):
            owner = owners[spine.index]
            verses[spine.index] = counts[owner] = counts.get(owner, 0) + 1
    return verses
