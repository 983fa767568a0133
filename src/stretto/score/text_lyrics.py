"""Lyrics of the plain-text notation: "lyrics: Nun dan-ket al-le Gott_", a syllable for each note of the line above."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from stretto.score.model import Mark
from stretto.score.text_layers import Sound
from stretto.score.text_marks import Context
from stretto.score.text_place import Places

_SYLLABLE = re.compile(r'(-?)("(?:[^"\\]|\\.)*"|[^\s"_-]+)(-?)(_?)')

_PLACES = {("", ""): "single", ("", "-"): "begin", ("-", "-"): "middle", ("-", ""): "end"}
_HYPHENS = {place: hyphens for hyphens, place in _PLACES.items()}


class Singer:
    """Sorts the lyric marks of a voice into lines under its bars."""

    def __init__(self, layer: list[Sound], places: Places, marks: list[Mark], context: Context) -> None:
        """Take the first layer of the voice, and all marks that hang on it."""
        self.left: list[Mark] = []
        """Marks that no line of lyrics can say."""
        slots: dict[int, tuple[int, int]] = {}
        self._n_slots: dict[int, int] = defaultdict(int)
        for sound in layer:
            if not sound.graces:
                bar = places.index(sound.onset)
                slots[sound.onset] = (bar, self._n_slots[bar])
                self._n_slots[bar] += 1
        tops = {sound.onset: top_pitch(sound) for sound in layer if not sound.graces}
        self._words: dict[int, dict[int, dict[int, Mark]]] = defaultdict(lambda: defaultdict(dict))
        for mark in marks:
            bar, slot = slots.get(mark.tick, (-1, -1))
            if slot < 0 or mark != _plain(mark, tops[mark.tick], context) or slot in self._words[bar][mark.number]:
                self.left.append(mark)
            else:
                self._words[bar][mark.number][slot] = mark

    def lines(self, bar: int) -> Iterable[str]:
        """A line for each verse that has syllables in bar `bar`."""
        for number in sorted(self._words[bar]):
            sung = self._words[bar][number]
            if sung:
                words = ""
                for slot in range(max(sung) + 1):
                    word = _syllable(sung[slot]) if slot in sung else "_"
                    inside = words.endswith("-") and word.startswith("-")
                    words += word[1:] if inside else f" {word}"
                yield f"    lyrics{'' if number == 1 else f' {number}'}:{words}"


def top_pitch(sound: Sound) -> int:
    """The note of a chord on which a syllable hangs."""
    return max(note.pitch for note in sound.notes)


def split_lyrics(text: str) -> list[tuple[str, str, int] | None]:
    """The syllables of a line of lyrics: (text, `extra` of the mark, column from 0), or None for a note without one.

    Raises:
        ValueError: no syllable; its column is the argument.
    """
    found: list[tuple[str, str, int] | None] = []
    at, joined = 0, False
    while at < len(text):
        if text[at].isspace():
            at, joined = at + 1, False
        elif text[at] == "_" and not joined:
            found.append(None)
            at += 1
        else:
            match = _SYLLABLE.match(text, at)
            if not match:
                raise ValueError(at)
            left = "-" if joined else match[1]
            try:
                word = json.loads(match[2]) if match[2].startswith('"') else match[2]
            except ValueError as cause:
                raise ValueError(at) from cause
            place = _PLACES[left, match[3]]
            found.append((word, place + ("+extend" if match[4] else ""), at))
            at, joined = match.end(), bool(match[3])
    return found


def _plain(mark: Mark, pitch: int, context: Context) -> Mark:
    """The lyric mark that a line of lyrics would make of this one."""
    known = mark.extra.removesuffix("+extend") in _HYPHENS
    return Mark(
        kind="lyric", tick=mark.tick, text=mark.text, pitch=pitch, number=max(1, mark.number),
        part=context.part, staff=context.staff, voice=context.voice, extra=mark.extra if known else "single",
    )  # fmt: skip


def _syllable(mark: Mark) -> str:
    left, right = _HYPHENS[mark.extra.removesuffix("+extend")]
    bare = re.fullmatch(r'[^\s"_-]+', mark.text) and mark.text.isprintable()
    text = mark.text if bare else json.dumps(mark.text, ensure_ascii=False)
    return left + text + right + ("_" if mark.extra.endswith("+extend") else "")
