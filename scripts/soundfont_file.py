"""SoundFont 2 files, as far as cutting one needs it: read recordings and loops, write presets of one zone a recording.

Source: SoundFont Technical Specification 2.04, E-mu Systems, 2006.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PRESET = np.dtype(
    [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("unused", "<u4", 3)],
)
INSTRUMENT = np.dtype([("name", "S20"), ("bag", "<u2")])
BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
GENERATOR = np.dtype([("what", "<u2"), ("amount", "<i2")])
SAMPLE = np.dtype(
    [
        ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"), ("loop_end", "<u4"),
        ("rate", "<u4"), ("key", "u1"), ("correction", "i1"), ("link", "<u2"), ("kind", "<u2"),
    ]
)  # fmt: skip

# Generators of the SoundFont 2.04 specification, section 8.1.2.
CUTOFF, PAN, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 8, 17, 34, 35, 36, 37, 38
INSTRUMENT_OF, KEYS, VELOCITIES, FINE, SAMPLE_OF, LOOPS, ROOT = 41, 43, 44, 52, 53, 54, 58
RIGHT = 2  # SAMPLE kind: the right channel of a stereo pair
KEPT = {HOLD, DECAY, SUSTAIN}

SILENCE = 46  # zeros that must follow each recording


@dataclass(frozen=True)
class Recipe:
    """One instrument of the shipped font."""

    name: str
    program: int
    """General MIDI program, 0..127, here and in the source font."""
    rate: int
    roots: tuple[int, ...]
    """Keys whose recordings are kept."""
    release_seconds: float
    attack_seconds: float = 0.001
    struck: bool = False
    """The sound dies away by itself."""
    level_db: float = -18.0
    """Loudness of every recording at its loudest, relative to full scale."""
    slope_db: float = 0.0
    """Change of it per octave upwards."""
    cutoffs_hz: tuple[tuple[int, float], ...] = ()
    """(highest velocity, low-pass) pairs; empty = open."""


@dataclass
class Recording:
    """One recording, with where it loops and how it is played."""

    name: str
    wave: NDArray[np.float64]
    """(n,), full scale = 1."""
    rate: int
    loop: tuple[int, int]
    root: int
    fine: int = 0
    """Cents to add to what is recorded."""
    generators: tuple[tuple[int, int], ...] = ()


class Source:
    """A .sf2 file, opened."""

    def __init__(self, path: Path) -> None:
        """Read it whole."""
        data = path.read_bytes()
        if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
            raise SystemExit(f"{path}: is no SoundFont 2 file")
        chunks: dict[bytes, memoryview] = {}
        view = memoryview(data)
        for name, body in _chunks(view[12:]):
            if name == b"LIST":
                chunks.update(_chunks(body[4:]))
        self.presets = np.frombuffer(chunks[b"phdr"], PRESET)
        self.preset_bags = np.frombuffer(chunks[b"pbag"], BAG)
        self.preset_generators = np.frombuffer(chunks[b"pgen"], GENERATOR)
        self.instruments = np.frombuffer(chunks[b"inst"], INSTRUMENT)
        self.bags = np.frombuffer(chunks[b"ibag"], BAG)
        self.generators = np.frombuffer(chunks[b"igen"], GENERATOR)
        self.samples = np.frombuffer(chunks[b"shdr"], SAMPLE)
        self.waves = np.frombuffer(chunks[b"smpl"], "<i2")

    def recordings(self, program: int) -> list[Recording]:
        """The mono or left recordings of a program of bank 0, lowest first."""
        index = next(i for i, p in enumerate(self.presets) if p["bank"] == 0 and p["program"] == program)
        first, last = self.presets["bag"][index : index + 2]
        zones = [self._zone(self.preset_bags, self.preset_generators, bag) for bag in range(first, last)]
        instrument = next(zone[INSTRUMENT_OF] for zone in zones if INSTRUMENT_OF in zone)
        first, last = self.instruments["bag"][instrument : instrument + 2]
        common: dict[int, int] = {}
        found = {}
        for bag in range(first, last):
            zone = self._zone(self.bags, self.generators, bag)
            if SAMPLE_OF not in zone:
                common = zone
            elif self.samples[zone[SAMPLE_OF]]["kind"] != RIGHT:
                recording = self._recording({**common, **zone})
                found.setdefault(recording.root, recording)  # the right of an unlinked pair comes second
        return [found[root] for root in sorted(found)]

    def _recording(self, zone: dict[int, int]) -> Recording:
        head = self.samples[zone[SAMPLE_OF]]
        start, end = int(head["start"]), int(head["end"])
        key = zone.get(ROOT, -1)
        return Recording(
            name=head["name"].decode("ascii").strip(),
            wave=self.waves[start:end] / 32768.0,
            rate=int(head["rate"]),
            loop=(int(head["loop_start"]) - start, int(head["loop_end"]) - start),
            root=int(head["key"]) if key < 0 else key,
            generators=tuple((what, amount) for what, amount in sorted(zone.items()) if what in KEPT),
        )

    @staticmethod
    def _zone(bags: NDArray[np.void], generators: NDArray[np.void], bag: int) -> dict[int, int]:
        first, last = bags["generator"][bag : bag + 2]
        return {int(g["what"]): int(g["amount"]) for g in generators[first:last]}


def _chunks(view: memoryview) -> list[tuple[bytes, memoryview]]:
    found, at = [], 0
    while at + 8 <= len(view):
        (size,) = struct.unpack("<I", view[at + 4 : at + 8])
        found.append((bytes(view[at : at + 4]), view[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def write_soundfont(path: Path, instruments: list[tuple[Recipe, list[Recording]]]) -> None:
    """Write a SoundFont 2.01 file: one preset and one instrument per recipe, one zone per recording."""
    samples, waves, at = [], [], 0
    presets, preset_zones, heads, zones = [], [], [], []
    for number, (recipe, recordings) in enumerate(instruments):
        presets.append((recipe.name.encode(), recipe.program, 0, len(preset_zones), (0, 0, 0)))
        preset_zones += _velocity_zones(recipe, number)
        heads.append((recipe.name.encode(), len(zones)))
        zones.append([(ATTACK, _timecents(recipe.attack_seconds)), (RELEASE, _timecents(recipe.release_seconds))])
        for recording, (low, high) in zip(recordings, _key_ranges([r.root for r in recordings]), strict=True):
            zones.append(_zone(recording, low, high, len(samples)))
            loop = (at + recording.loop[0], at + recording.loop[1])
            name = f"{recipe.name[:14]} {recording.root}".encode()
            samples.append((name, at, at + len(recording.wave), *loop, recording.rate, recording.root, 0, 0, 1))
            waves += [np.rint(recording.wave * 32767).astype("<i2"), np.zeros(SILENCE, "<i2")]
            at += len(recording.wave) + SILENCE
    presets.append((b"EOP", 0, 0, len(preset_zones), (0, 0, 0)))
    heads.append((b"EOI", len(zones)))
    samples.append((b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    preset_bags, preset_generators = _bags(preset_zones)
    bags, generators = _bags(zones)
    modulator = bytes(10)  # the terminal record; there are no others
    data = _list(b"INFO", _info()) + _list(b"sdta", _chunk(b"smpl", np.concatenate(waves).tobytes()))
    data += _list(b"pdta", b"".join([
        _chunk(b"phdr", np.array(presets, PRESET).tobytes()), _chunk(b"pbag", preset_bags), _chunk(b"pmod", modulator),
        _chunk(b"pgen", preset_generators), _chunk(b"inst", np.array(heads, INSTRUMENT).tobytes()),
        _chunk(b"ibag", bags), _chunk(b"imod", modulator), _chunk(b"igen", generators),
        _chunk(b"shdr", np.array(samples, SAMPLE).tobytes()),
    ]))  # fmt: skip
    path.write_bytes(_chunk(b"RIFF", b"sfbk" + data))


def _zone(recording: Recording, low: int, high: int, sample: int) -> list[tuple[int, int]]:
    generators = [(KEYS, low | high << 8), *recording.generators]
    if recording.fine:
        generators.append((FINE, recording.fine))
    # The key range stands first and the sample last: the specification asks for it.
    return [*generators, (LOOPS, 1), (ROOT, recording.root), (SAMPLE_OF, sample)]


def _velocity_zones(recipe: Recipe, number: int) -> list[list[tuple[int, int]]]:
    if not recipe.cutoffs_hz:
        return [[(INSTRUMENT_OF, number)]]
    zones, low = [], 0
    for high, cutoff in recipe.cutoffs_hz:
        # A preset's generators are added to the instrument's, whose filter is open at 13500 cents.
        cents = round(1200 * np.log2(cutoff / 8.176)) - 13500
        filters = [(CUTOFF, cents)] if cents < 0 else []
        zones.append([(VELOCITIES, low | high << 8), *filters, (INSTRUMENT_OF, number)])
        low = high + 1
    return zones


def _key_ranges(roots: list[int]) -> list[tuple[int, int]]:
    # A recording sounds less odd lowered than raised, so of an odd number of keys the upper gets one more.
    middles = [(below + above - 1) // 2 for below, above in pairwise(roots)]
    return list(zip([0, *(m + 1 for m in middles)], [*middles, 127], strict=True))


def _timecents(seconds: float) -> int:
    return round(1200 * np.log2(seconds))


def _bags(zones: list[list[tuple[int, int]]]) -> tuple[bytes, bytes]:
    flat = [generator for zone in zones for generator in zone]
    starts = np.cumsum([0, *(len(zone) for zone in zones)])
    bags = np.array([(start, 0) for start in starts], BAG)
    amounts = np.array([(what, amount if amount < 32768 else amount - 65536) for what, amount in [*flat, (0, 0)]])
    return bags.tobytes(), np.array([tuple(row) for row in amounts], GENERATOR).tobytes()


def _info() -> bytes:
    def text(name: bytes, words: str) -> bytes:
        raw = words.encode("ascii") + b"\0"
        return _chunk(name, raw + b"\0" * (len(raw) % 2))

    return b"".join([
        _chunk(b"ifil", struct.pack("<HH", 2, 1)), text(b"isng", "EMU8000"),
        text(b"INAM", "Stretto, cut from Fluid R3 GM"), text(b"IENG", "Frank Wen"),
        text(b"ICOP", "Copyright (c) 2000-2002, 2008 Frank Wen"),
        text(b"ICMT", "Licensed under the MIT License. See NOTICE-soundfont.txt"),
        text(b"ISFT", "stretto scripts/cut_soundfont.py"),
    ])  # fmt: skip


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: bytes, body: bytes) -> bytes:
    return _chunk(b"LIST", kind + body)
