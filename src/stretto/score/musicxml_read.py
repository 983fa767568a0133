"""MusicXML in: a document, plain or zipped, partwise or timewise, as a Score.

First the measures of all parts are lined up, exactly; then each part is walked once; then
ties are joined and what all parts share (bars, metres, keys) is made one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from stretto.errors import ScoreError, ScoreReadError
from stretto.score.model import NOTE, Clef, Key, Mark, Meter, Notes, Part, Score, Tempo
from stretto.score.musicxml_bars import read_bars
from stretto.score.musicxml_header import PartHead, part_heads, read_info
from stretto.score.musicxml_open import open_xml, unpack_mxl
from stretto.score.musicxml_part import PartContent, PartReader, RawNote
from stretto.score.musicxml_source import Source, find_starts, open_source
from stretto.score.musicxml_ties import join_ties, move_marks
from stretto.score.tally import once

_ZIP = b"PK\x03\x04"


def read_musicxml(data: bytes, name: str) -> Score:
    """Read a MusicXML document.

    Args:
        data: the file; a zipped one is unpacked.
        name: its name, for messages.

    Raises:
        ScoreReadError: no MusicXML, truncated, or something in it cannot be understood; says line and column, or
            part and measure.

    Source: MusicXML 4.0, W3C Music Notation Community Group, 2021.
    """
    if data.startswith(_ZIP):
        data = unpack_mxl(data, name)
    source = open_source(open_xml(data, name), name)
    find_starts(source)
    return _Assembly(source).score()


def read_mxl(data: bytes, name: str) -> Score:
    """Read a zipped MusicXML document.

    Raises:
        ScoreReadError: as `read_musicxml`, or the zip is damaged, encrypted or a bomb.
    """
    return read_musicxml(data if data.lstrip()[:1] == b"<" else unpack_mxl(data, name), name)


class _Assembly:
    """Puts the parts together."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._heads = self._ordered_heads()
        self._notes: list[tuple[int, ...]] = []
        self._contents: list[PartContent] = []
        self._marks: list[Mark] = []
        self._tempos: list[Tempo] = []
        self._clefs: list[Clef] = []

    def score(self) -> Score:
        for index, (_, measures) in enumerate(self._source.parts):
            self._read_part(index, measures)
        meters = self._meters()
        try:
            score = Score.build(
                self._table(),
                [self._part(head, content) for head, content in zip(self._heads, self._contents, strict=True)],
                end=self._source.tick(self._source.starts[-1]),
                bars=read_bars(self._source, meters),
                meters=meters,
                keys=self._keys(),
                tempos=_once_per_tick(self._tempos),
                clefs=dict.fromkeys(self._clefs),
                marks=once(self._marks, self._source.tally),
                info=read_info(self._source.root),
            )
        except (ScoreError, ValueError, OverflowError) as cause:
            raise ScoreReadError(f"{self._source.name}: {cause}") from cause
        return score.with_notices(*self._source.tally.notices())

    def _ordered_heads(self) -> list[PartHead]:
        """Heads of the parts that are there, which come to stand in the order of the list."""
        heads = part_heads(self._source.root, self._source.tally)
        ids = [identity for identity, _ in self._source.parts]
        for identity in heads.keys() - set(ids):
            self._source.tally.add("parts listed without any music left out", heads[identity].name or identity)
        order = {identity: place for place, identity in enumerate(heads)}
        self._source.parts.sort(key=lambda part: order.get(part[0], len(order)))
        undeclared = set(ids) - heads.keys()
        if undeclared:
            self._source.tally.add("parts missing from the part list", min(undeclared), len(undeclared))
        return [heads.get(identity, PartHead()) for identity, _ in self._source.parts]

    def _read_part(self, index: int, measures: list) -> None:  # type: ignore[type-arg]
        head = self._heads[index]
        reader = PartReader(self._source, index, head)
        content = reader.read(measures)
        struck, splits, moved = join_ties(content.notes, self._source, index, head.name or f"part {index + 1}")
        self._notes += [self._row(index, note) for note in struck]
        self._contents.append(content)
        self._marks += move_marks(content.marks, moved) + splits
        self._tempos += reader.directions.tempos
        self._clefs += content.clefs

    def _row(self, part: int, note: RawNote) -> tuple[int, ...]:
        tick = self._source.tick
        onset, end = tick(note.onset), tick(note.end)
        if self._source.grain > 1 and not note.grace:
            grain = self._source.grain
            if note.onset % grain or note.end % grain:
                self._source.tally.add("onsets or ends rounded to 1/24 of a quarter", self._heads[part].name)
            if end == onset:
                end += 1
                self._source.tally.add("notes shorter than 1/24 of a quarter lengthened to it", self._heads[part].name)
        return (onset, end - onset, note.pitch, note.velocity, part, note.voice, note.staff, note.fifths, note.grace)

    def _table(self) -> Notes:
        return np.array(self._notes, dtype=NOTE) if self._notes else np.zeros(0, dtype=NOTE)

    def _part(self, head: PartHead, content: PartContent) -> Part:
        shifts = list(dict.fromkeys(content.transpositions))
        if len(shifts) > 1:
            self._source.tally.add("changes of transposition kept in the pitches only", head.name)
        chromatic, diatonic = shifts[0] if shifts else (0, 0)
        n_pitched = len(content.notes) - content.n_unpitched
        if content.n_unpitched and n_pitched:
            self._source.tally.add("drum notes in a part with pitched notes", head.name, content.n_unpitched)
        return Part(
            name=head.name,
            abbreviation=head.abbreviation,
            n_staves=content.n_staves,
            program=head.program,
            percussion=not n_pitched if content.notes else head.percussion,
            chromatic=chromatic,
            diatonic=diatonic,
            group=head.group,
            # A singer's rests are always counted, whatever the engraver did with them.
            free_voices=content.hides_rests and all(mark.kind != "lyric" for mark in content.marks),
        )

    def _meters(self) -> tuple[Meter, ...]:
        """The metres of the first part that has them; where parts differ, that is counted."""
        found: dict[int, Meter] = {}
        for content in self._contents:
            for tick, meter in content.meters:
                if meter is None:
                    if found:
                        self._source.tally.add("unmeasured passages kept as irregular bars")
                    continue
                placed = replace(meter, tick=tick)
                if found.setdefault(tick, placed) != placed:
                    self._source.tally.add("time signatures of single parts left out")
        return tuple(found[tick] for tick in sorted(found))

    def _keys(self) -> Iterable[Key]:
        """Key signatures: of the whole score where all parts sound in the same, else of each part."""
        by_tick: dict[int, dict[int, tuple[int, str]]] = {}
        for part, content in enumerate(self._contents):
            for tick, fifths, mode in content.keys:
                by_tick.setdefault(tick, {})[part] = (fifths, mode)
        pitched = {part for part, content in enumerate(self._contents) if content.keys}
        for tick in sorted(by_tick):
            keys = by_tick[tick]
            if set(keys) == pitched and len(set(keys.values())) == 1:
                fifths, mode = next(iter(keys.values()))
                yield Key(tick=tick, fifths=fifths, mode=mode)
            else:
                for part, (fifths, mode) in keys.items():
                    yield Key(tick=tick, fifths=fifths, mode=mode, part=part)


def _once_per_tick(tempos: list[Tempo]) -> Iterable[Tempo]:
    """One tempo at a time: the one that says most, the first of equals."""
    best: dict[int, Tempo] = {}
    for tempo in tempos:
        known = best.setdefault(tempo.tick, tempo)
        if (bool(tempo.unit), bool(tempo.text)) > (bool(known.unit), bool(known.text)):
            best[tempo.tick] = tempo
    return best.values()
