"""Metres, keys, tempos and clefs of a kern file, agreed between its spines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from stretto.score import kern_signs
from stretto.score.kern_parts import Layout
from stretto.score.model import Clef, Key, Meter, Tempo
from stretto.score.tally import Tally

_T = TypeVar("_T")
_Tonic = tuple[int, bool, str]


@dataclass(slots=True)
class FrameBook:
    """What the kern spines say at each tick; a spine may repeat itself, or differ from its neighbours."""

    tally: Tally
    _meters: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    _symbols: dict[int, str] = field(default_factory=dict)
    _signatures: dict[int, dict[int, tuple[int, bool]]] = field(default_factory=dict)
    _tonics: dict[int, dict[int, _Tonic]] = field(default_factory=dict)
    _tempos: dict[int, Fraction] = field(default_factory=dict)
    _clefs: list[tuple[int, int, tuple[str, int, int]]] = field(default_factory=list)

    def take(self, cell: str, spine: int, tick: int) -> bool:
        """Keep one interpretation; False where it is none of ours."""
        if (meter := kern_signs.meter(cell)) is not None:
            self._meters.setdefault(tick, {})[spine] = meter
        elif (symbol := kern_signs.symbol(cell)) is not None:
            self._symbol(symbol, cell, tick)
        elif (signature := kern_signs.signature(cell)) is not None:
            self._signatures.setdefault(tick, {})[spine] = signature
        elif (tonic := kern_signs.tonic(cell)) is not None:
            self._tonics.setdefault(tick, {})[spine] = tonic
        elif (qpm := kern_signs.tempo(cell)) is not None:
            self._tempos.setdefault(tick, qpm)
        elif (clef := kern_signs.clef(cell)) is not None:
            self._clefs.append((tick, spine, clef))
        else:
            return False
        return True

    def meters(self) -> tuple[Meter, ...]:
        """One metre for all: the one most spines have."""
        found: list[Meter] = []
        for tick in sorted(self._meters.keys() | self._symbols.keys()):
            said = self._meters.get(tick)
            symbol = self._symbols.get(tick, "")
            if said is None:
                if found or not symbol:
                    continue
                self.tally.add("metre guessed from its sign alone", f"tick {tick}")
                numbers = (4, 4) if symbol == "common" else (2, 2)
            else:
                numbers, agreeing = Counter(said.values()).most_common(1)[0]
                if agreeing < len(said):
                    self.tally.add("parts in another metre; most parts decide", f"tick {tick}", len(said) - agreeing)
            meter = Meter(tick=tick, numerator=numbers[0], denominator=numbers[1], symbol=symbol)
            last = found[-1] if found else None
            if last is None or (last.numerator, last.denominator) != numbers or last.symbol != meter.symbol:
                found.append(meter)
        return tuple(found)

    def tempos(self) -> tuple[Tempo, ...]:
        """Tempos, each only where it changes."""
        found: list[Tempo] = []
        for tick, qpm in sorted(self._tempos.items()):
            if not found or found[-1].qpm != qpm:
                found.append(Tempo(tick=tick, qpm=qpm))
        return tuple(found)

    def keys(self, layout: Layout) -> tuple[Key, ...]:
        """Keys of the whole score where all parts agree, else of each part."""
        part_of = {spine: part for spine, (part, _) in layout.place.items()}
        current: dict[int, tuple[int, str]] = {}
        found: list[Key] = []
        for tick in sorted(self._signatures.keys() | self._tonics.keys()):
            before = dict(current)
            for part in range(len(layout.heads)):
                said = self._key(tick, lambda spine, part=part: part_of.get(spine) == part, current.get(part))  # type: ignore[misc]
                if said is not None:
                    current[part] = said
            if current == before:
                continue
            if len(current) == len(layout.heads) and len(set(current.values())) == 1:
                fifths, mode = next(iter(current.values()))
                found.append(Key(tick=tick, fifths=fifths, mode=mode))
            else:
                changed = [part for part in sorted(current) if current[part] != before.get(part)]
                found += [Key(tick=tick, fifths=current[p][0], mode=current[p][1], part=p) for p in changed]
        return tuple(found)

    def clefs(self, layout: Layout) -> tuple[Clef, ...]:
        """Clefs, each only where it changes."""
        current: dict[int, tuple[str, int, int]] = {}
        found: list[Clef] = []
        for tick, spine, clef in self._clefs:
            if spine in layout.place and current.get(spine) != clef:
                current[spine] = clef
                part, staff = layout.place[spine]
                found.append(Clef(tick=tick, part=part, staff=staff, sign=clef[0], line=clef[1], octave=clef[2]))
        return tuple(found)

    def _symbol(self, symbol: str, cell: str, tick: int) -> None:
        if symbol:
            self._symbols.setdefault(tick, symbol)
        else:
            self.tally.add("signs of mensuration left out", f'tick {tick}, "{cell}"')

    def _key(self, tick: int, ours: Callable[[int], bool], before: tuple[int, str] | None) -> tuple[int, str] | None:
        """Signature and mode that one part's spines give at `tick`; None = nothing new."""
        signature = _first(self._signatures.get(tick, {}), ours)
        tonic = _first(self._tonics.get(tick, {}), ours)
        if signature is None and tonic is None:
            return None
        if signature is not None and not signature[1]:
            self.tally.add("unusual key signatures kept by their number of signs", f"tick {tick}")
        if signature is not None:
            fifths = signature[0]
        elif before is not None:
            fifths = before[0]
        else:
            assert tonic is not None
            fifths = tonic[0] - (0 if tonic[1] else 3)
        if not -7 <= fifths <= 7:
            self.tally.add("key signatures of more than seven signs left out", f"tick {tick}")
            return None
        if tonic is None:
            return fifths, ""
        mode = kern_signs.mode(fifths, *tonic)
        if mode is None:
            self.tally.add("modes that do not fit their key signature left out", f"tick {tick}")
        return fifths, mode or ""


def _first(said: Mapping[int, _T], ours: Callable[[int], bool]) -> _T | None:
    """What the top spine of a part says: the rightmost one."""
    return next((said[spine] for spine in sorted(said, reverse=True) if ours(spine)), None)
