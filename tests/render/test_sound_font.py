"""The shipped SoundFont: its size, its licence, its loops, its tuning, and who plays which part."""

import struct
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from stretto.errors import RenderError
from stretto.render.sound import render_sound
from stretto.render.soundfont import (
    CELLO,
    CHOIR,
    HARPSICHORD,
    INSTRUMENTS,
    ORGAN,
    PIANO,
    STRINGS,
    VIOLA,
    VIOLIN,
    programs_of,
    soundfont_bytes,
)
from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Part, Score, Tempo

SAMPLE = np.dtype(
    [
        ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"), ("loop_end", "<u4"),
        ("rate", "<u4"), ("key", "u1"), ("correction", "i1"), ("link", "<u2"), ("kind", "<u2"),
    ]
)  # fmt: skip

CHECKED_KEYS = {
    "choir": (37, 41, 50, 62, 67, 80),
    "organ": (36, 45, 62, 75, 91),
    "strings": (36, 47, 61, 74, 90),
    "violin": (57, 71, 84, 96),
    "viola": (50, 64, 77),
    "cello": (38, 52, 63),
    "piano": (24, 38, 55, 69, 83, 98, 105),
    "harpsichord": (36, 51, 68, 79, 90),
}


def part_called(name: str = "", pitches: tuple[int, ...] = (60,), **said: int | bool) -> Score:
    """A part with one long note after another."""
    notes = [(96 * i, 96, pitch, 0, 0, 1, 1, UNSPELLED, 0) for i, pitch in enumerate(pitches)]
    return Score.build(notes, [Part(name=name, **said)])  # type: ignore[arg-type]


def held(pitch: int, seconds: int = 3) -> Score:
    """One note that lasts some seconds."""
    note = (0, seconds * TICKS_PER_QUARTER, pitch, 80, 0, 1, 1, UNSPELLED, 0)
    return Score.build([note], [Part()], tempos=[Tempo(qpm=60)])  # type: ignore[arg-type]


def chunk(name: bytes) -> bytes:
    """A chunk of the shipped file, by its name, which does not occur in the recordings before it."""
    data = soundfont_bytes()
    at = data.rindex(name) if name != b"smpl" else data.index(name)
    (size,) = struct.unpack_from("<I", data, at + 4)
    return data[at + 8 : at + 8 + size]


def error_cents(wave: NDArray[np.float32], pitch: int, rate: int) -> float:
    """How sharp a held sound is, by autocorrelation over a few periods, averaged over its vibrato."""
    lag = rate / (440 * 2 ** ((pitch - 69) / 12))
    lag *= np.clip(np.ceil(400 / lag), 1, 12)
    size = int(max(4096, 4 * lag))
    errors, weights = [], []
    for at in range(0, len(wave) - size, size // 2):
        window = wave[at : at + size]
        likeness = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)
        lags = np.arange(int(0.965 * lag), int(np.ceil(1.035 * lag)) + 1)
        values = likeness[lags] / (size - lags)
        best = int(np.argmax(values[1:-1])) + 1
        left, middle, right = values[best - 1 : best + 2]
        peak = lags[best] + 0.5 * (left - right) / (left - 2 * middle + right)
        errors.append(1200 * np.log2(lag / peak))
        weights.append(float((window**2).sum()))
    return float(np.average(errors, weights=weights))


def struck_error_cents(wave: NDArray[np.float32], pitch: int, rate: int) -> float:
    """How sharp a struck string is, by the strongest of its four lowest partials; the upper ones are always sharp."""
    wanted = 440 * 2 ** ((pitch - 69) / 12)
    size = 8 * len(wave)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size))
    strongest, error = 0.0, np.nan
    for partial in range(1, 5):
        low, high = (int(partial * wanted * 2 ** (cents / 1200) * size / rate) for cents in (-60, 60))
        powers = spectrum[low:high] ** 2
        if powers.sum() > strongest:
            centre = low + float((np.arange(len(powers)) * powers).sum() / powers.sum())
            strongest, error = powers.sum(), 1200 * np.log2(centre * rate / size / (partial * wanted))
    return float(error)


def test_the_font_is_small_and_carries_its_licence() -> None:
    """It stays under 9 MB and says whose work it is, in the file and beside it."""
    assert 6e6 < len(soundfont_bytes()) < 9e6
    assert b"MIT License" in chunk(b"ICMT") and b"Frank Wen" in chunk(b"ICOP")
    notice = (files("stretto.render") / "data" / "NOTICE-soundfont.txt").read_text(encoding="utf-8")
    assert "Copyright (c) 2000-2002, 2008 Frank Wen" in notice
    assert "Permission is hereby granted, free of charge" in notice and "Ethan Winer" in notice


def test_every_loop_closes_without_a_click() -> None:
    """What follows a loop's end is what follows its start, so the jump back is not heard."""
    waves = np.frombuffer(chunk(b"smpl"), "<i2").astype(np.int32)
    samples = np.frombuffer(chunk(b"shdr"), SAMPLE)[:-1]
    assert len(samples) > 60
    for sample in samples:
        start, end = int(sample["loop_start"]), int(sample["loop_end"])
        assert sample["start"] < start < end <= sample["end"] - 8, sample["name"]
        difference = waves[end : end + 8] - waves[start : start + 8]
        assert np.abs(difference).max() <= 1, f"{sample['name']}: loop jumps by {difference}"


@pytest.mark.parametrize("instrument", sorted(CHECKED_KEYS))
def test_every_instrument_is_in_tune(instrument: str) -> None:
    """Within five cents of equal temperament, low, middle and high."""
    for pitch in CHECKED_KEYS[instrument]:
        rendering = render_sound(held(pitch), instrument=instrument)
        wave = rendering.samples.mean(1)[rendering.sample_rate // 10 : 3 * rendering.sample_rate]
        error = struck_error_cents if instrument in ("piano", "harpsichord") else error_cents
        assert abs(error(wave, pitch, rendering.sample_rate)) <= 5, f"{instrument}, pitch {pitch}"


@pytest.mark.parametrize("instrument", ["choir", "organ", "strings", "violin", "viola", "cello"])
def test_a_held_note_keeps_its_level(instrument: str) -> None:
    """What is sung, bowed or blown does not die away or swell over ten seconds."""
    rendering = render_sound(held(62, seconds=10), instrument=instrument)
    second = rendering.sample_rate
    levels = [20 * np.log10(np.sqrt((rendering.samples[i * second : (i + 1) * second] ** 2).mean())) for i in range(10)]
    assert max(levels[1:]) - min(levels[1:]) < 4


def test_a_struck_note_dies_away() -> None:
    """Piano and harpsichord fade while the key is held."""
    for instrument in ("piano", "harpsichord"):
        samples = render_sound(held(60, seconds=6), instrument=instrument).samples
        assert np.abs(samples[4 * 48_000 : 5 * 48_000]).max() < 0.2 * np.abs(samples[:48_000]).max()


@pytest.mark.parametrize(
    ("name", "program"),
    [("Soprano", CHOIR), ("B", CHOIR), ("Violin II", VIOLIN), ("Viola", VIOLA), ("Violoncello", CELLO),
     ("Cembalo", HARPSICHORD), ("Orgel", ORGAN), ("Piano", PIANO), ("Strings", STRINGS)],
)  # fmt: skip
def test_a_part_is_played_by_what_it_is_called(name: str, program: int) -> None:
    """The part's name chooses where it says no program."""
    assert programs_of(part_called(name)) == ((program,), ())


def test_a_program_outweighs_the_name() -> None:
    """A part that says its General MIDI program gets it."""
    assert programs_of(part_called("Soprano", program=ORGAN))[0] == (ORGAN,)


def test_an_instrument_that_is_not_there_is_replaced_and_said() -> None:
    """A flute is played by the organ, and a notice says so."""
    programs, notices = programs_of(part_called("Flute"))
    assert programs == (ORGAN,)
    assert [str(n) for n in notices] == [
        "1 x part for an instrument we lack (General MIDI 74), played by organ (first: Flute)"
    ]


def test_nameless_single_lines_are_sung_and_wide_ones_played() -> None:
    """Two lines within the voices' compass are choir; a line beyond it is piano."""
    low, high = part_called(pitches=(48, 50)), part_called(pitches=(60, 96))
    both = Score.build(low.notes, [Part(), Part()])
    assert programs_of(both)[0] == (CHOIR, CHOIR)
    assert programs_of(high)[0] == (PIANO,)


def test_every_program_has_somebody_to_play_it() -> None:
    """All 128 General MIDI programs lead to an instrument of the font."""
    for program in range(128):
        assert programs_of(part_called(program=program))[0][0] in INSTRUMENTS.values()


def test_an_unknown_instrument_is_refused_by_name() -> None:
    """The message lists what there is."""
    with pytest.raises(RenderError, match="'kazoo' is no instrument here; choose from piano, harpsichord, organ"):
        render_sound(held(60), instrument="kazoo")
