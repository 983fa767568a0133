"""What a MIDI file says in words: titles, names, lyrics (karaoke too), markers, texts.

At the start, a text "composer: Johann Crüger" fills that field of the score's info; `midi_write`
writes the same, and so do LilyPond's tools. Other texts there become info["comment"].
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from stretto.score.midi_smf import META, MidiFile, Track
from stretto.score.midi_time import Clock
from stretto.score.model import Mark, Notes
from stretto.score.tally import Tally

TEXT, COPYRIGHT, TRACK_NAME, INSTRUMENT, LYRIC, MARKER, CUE = 1, 2, 3, 4, 5, 6, 7

MAX_REHEARSAL = 3
"""A marker of up to so many letters is a rehearsal letter or number; a longer one is words."""

FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]*")
"""Fields of a score's info that can stand in a MIDI file as texts of their own."""

_FIELD = re.compile(rf"({FIELD_NAME.pattern}): (.+)", re.DOTALL)

_NO_TITLES = {"", "control track", "untitled", "tempo track", "conductor", "conductor track", "tempo", "master track"}

_SAYS_NOTHING = {0x00, 0x20, 0x21, 0x54, 0x7F}
"""Sequence number, channel, port, SMPTE offset, sequencer's own: nothing about the music."""

_KNOWN = {TEXT, COPYRIGHT, TRACK_NAME, INSTRUMENT, LYRIC, MARKER, CUE, 0x2F, 0x51, 0x58, 0x59}

Texts = list[tuple[int, int, str]]
"""(tick of the file, kind of meta event, text)"""


def decode(data: bytes, tally: Tally) -> str:
    """A text of the file: UTF-8, else Windows-1252, which older programs wrote."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        tally.add("texts that are not UTF-8 read as Windows-1252", repr(data[:20]))
        text = data.decode("cp1252", errors="replace")
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def texts_of(track: Track, tally: Tally) -> Texts:
    """The texts of one track, and a count of the meta events that nobody here reads."""
    found: Texts = []
    for tick, status, kind, data in track.events:
        if not isinstance(data, bytes):
            continue
        if status != META:
            tally.add("system-exclusive messages left out", f"track {track.number}")
        elif kind in range(TEXT, CUE + 1):
            found.append((tick, kind, decode(data, tally)))
        elif kind not in _KNOWN:
            what = "ports, offsets and the like" if kind in _SAYS_NOTHING else "unknown meta events"
            tally.add(f"{what} left out", f"track {track.number}, kind {kind:#04x}")
    return found


def name_in(texts: Texts) -> str:
    """The name of the part that a track is: its name, else its instrument's."""
    for kind in (TRACK_NAME, INSTRUMENT):
        for _, found, text in texts:
            if found == kind and text.strip():
                return " ".join(text.split())
    return ""


class Words:
    """Sorts the texts of a whole file into info and marks."""

    def __init__(self, midi: MidiFile, clock: Clock, notes: Notes, part_tracks: list[int], tally: Tally) -> None:
        """Take the finished notes, on which lyrics hang, and the track of each part."""
        self._clock, self._notes, self._part_tracks, self._tally = clock, notes, part_tracks, tally
        self.texts = {track.number: texts_of(track, tally) for track in midi.tracks}
        self.marks: list[Mark] = []
        self._info: dict[str, dict[str, None]] = {}  # field -> its texts, each once, in order
        for number, texts in self.texts.items():
            names = number not in part_tracks or midi.kind == 0
            self._read(number, texts, names, title=number == 1)

    @property
    def info(self) -> dict[str, str]:
        """Fields of the title page; what was said twice stands once."""
        return {field: ("\n" if field == "comment" else "; ").join(texts) for field, texts in self._info.items()}

    def _read(self, number: int, texts: Texts, names: bool, title: bool) -> None:
        part = self._part_tracks.index(number) if number in self._part_tracks else -1
        karaoke = _is_karaoke(texts)
        lyrics: list[tuple[int, str]] = []
        for tick, kind, text in texts:
            if kind == LYRIC or (karaoke and kind == TEXT and not text.startswith("@")):
                lyrics.append((tick, text))
            elif karaoke and kind == TEXT:
                self._tag(text)
            elif kind == COPYRIGHT:
                self._add("rights", text)
            elif kind == TRACK_NAME and names:
                self._name(text, title)
            elif kind in (TEXT, MARKER, CUE):
                self._text(tick, kind, text.strip(), part)
        self._sing(lyrics, part)

    def _tag(self, text: str) -> None:
        """A line of a karaoke file's head: "@T" the title, "@L" the language, ..."""
        is_title = text[1:2] == "T" and "title" not in self._info
        self._add("title" if is_title else "comment", text[2:])

    def _name(self, text: str, title: bool) -> None:
        text = " ".join(text.split())
        if text.lower() in _NO_TITLES:
            return
        if not title or "subtitle" in self._info:
            self._add("comment", text)
        else:
            self._add("subtitle" if "title" in self._info else "title", text)

    def _text(self, tick: int, kind: int, text: str, part: int) -> None:
        at = self._clock.tick(tick)
        field = _FIELD.fullmatch(text) if at == 0 and kind == TEXT else None
        if kind == MARKER and len(text) <= MAX_REHEARSAL:
            self.marks.append(Mark(kind="rehearsal", tick=at, text=text))
        elif field and field[1] != "words":
            self._add(field[1], field[2])
        elif at == 0 and kind == TEXT and not field:
            self._add("comment", text)
        elif text:
            self.marks.append(Mark(kind="words", tick=at, text=field[2] if field else text, part=part))

    def _add(self, field: str, text: str) -> None:
        if text.strip():
            self._info.setdefault(field, {})[text.strip()] = None

    def _sing(self, lyrics: list[tuple[int, str]], part: int) -> None:
        """Hang syllables on the notes of their part, or of the part that moves with them."""
        if not lyrics:
            return
        ticks = [self._clock.tick(tick) for tick, _ in lyrics]
        if part < 0:
            part = self._singer(ticks)
        mine = self._notes[self._notes["part"] == part]
        order = np.lexsort((mine["pitch"], mine["onset"]))
        pitch_at = {int(note["onset"]): int(note["pitch"]) for note in mine[order]}
        syllables, extras = split_syllables([text for _, text in lyrics])
        for tick, text, extra in zip(ticks, syllables, extras, strict=True):
            if not text:
                continue
            pitch = pitch_at.get(tick, -1)
            on_note = {"voice": 1, "staff": 1} if pitch >= 0 else {}
            if pitch < 0:
                self._tally.add("syllables that no note starts with", f"{text!r}, tick {tick}")
            self.marks.append(
                Mark(kind="lyric", tick=tick, text=text, part=part, pitch=pitch, number=1, extra=extra, **on_note)
            )

    def _singer(self, ticks: list[int]) -> int:
        """The part most of whose onsets carry a syllable; -1 where there is no part."""
        best, share = -1, -1.0
        for part in range(len(self._part_tracks)):
            onsets = set(self._notes["onset"][self._notes["part"] == part].tolist())
            hits = len(onsets.intersection(ticks))
            if hits / len(ticks) + hits / max(1, len(onsets)) > share:
                best, share = part, hits / len(ticks) + hits / max(1, len(onsets))
        return best


def split_syllables(texts: list[str]) -> tuple[list[str], list[str]]:
    """Bare syllables, and for each "single", "begin", "middle" or "end".

    A word goes on after a hyphen; in files that part words by spaces or line signs (karaoke), wherever none stands.

    >>> split_syllables(["Al-", "le", "Welt"])
    (['Al', 'le', 'Welt'], ['begin', 'end', 'single'])
    """
    spaced = any(text[:1] in " \\/\n" or text[-1:].isspace() for text in texts if text.strip())
    bare = [text.strip().lstrip("\\/").strip() for text in texts]
    joined = [False] * (len(texts) + 1)
    for index, (text, after) in enumerate(pairwise([*texts, " "])):
        hyphen = bare[index].endswith("-") and len(bare[index]) > 1
        loose = spaced and not text[-1:].isspace() and after[:1] not in ("", " ", "\\", "/", "\n")
        joined[index + 1] = hyphen or loose
    extras = [
        {(False, False): "single", (False, True): "begin", (True, True): "middle", (True, False): "end"}[pair]
        for pair in pairwise(joined)
    ]
    return [text.removesuffix("-") if len(text) > 1 else text for text in bare], extras


def _is_karaoke(texts: Iterable[tuple[int, int, str]]) -> bool:
    """Whether the texts of a track are sung: it has "@" tags, or line signs before some of its texts."""
    plain = [text for _, kind, text in texts if kind == TEXT]
    return any(text[:2] in ("@K", "@L", "@T", "@V") for text in plain) or sum(t[:1] in "\\/" for t in plain if t) > 1
