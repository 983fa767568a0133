"""Cut the SoundFont that Stretto ships out of FluidR3_GM.sf2 (MIT), so that anyone can make it again.

    apt-get download fluid-soundfont-gm && dpkg-deb -x fluid-soundfont-gm_*.deb fluid
    python scripts/cut_soundfont.py fluid/usr/share/sounds/sf2/FluidR3_GM.sf2

Needs NumPy alone, takes about a minute, and gives the same bytes every time. What it does to each recording:

1. Keeps the left channel, of every second or third recording of an instrument; the keys between are shared out anew.
2. Resamples to a lower rate by a windowed sinc. The rate is bent by less than 0.02 % so that the loop is a whole
   number of samples long, and the loop is moved behind the filter's reach: then it closes as exactly as it did.
   The filter lifts the treble by as much as a player that draws straight lines between samples takes away.
3. Measures the pitch and writes what is missing to equal temperament into the zone's fine tuning.
4. Scales it so that loudness runs along a straight line over the keyboard, not in steps from zone to zone.

Velocity opens a low-pass filter in three or four steps, since no second layer of recordings is kept.
The original font is preferred to FluidR3Mono (a .sf3): its recordings have not been through Vorbis, whose loss
makes loops tick, and its own header says MIT where the other's says that its samples may not be passed on.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundfont_file import Recipe, Recording, Source, write_soundfont

SOURCE_SHA256 = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0"
OUT = Path(__file__).parents[1] / "src/stretto/render/data/stretto.sf2"

TAPS = 32  # reach of the resampling filter to either side, in samples of the slower rate
PER_SAMPLE = 512  # points of the filter per sample of the slower rate


RECIPES = (
    Recipe("Grand Piano", 0, 24000, (26, 34, 42, 50, 58, 66, 74, 84, 94, 104), 0.25, struck=True,
           cutoffs_hz=((39, 2800), (63, 4600), (95, 8500), (127, 20000))),
    Recipe("Harpsichord", 6, 32000, (38, 43, 48, 53, 60, 65, 71, 77, 86, 95), 0.15, struck=True),
    Recipe("Church Organ", 19, 22050, (36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96), 0.35),
    Recipe("Violin", 40, 26000, (56, 62, 68, 74, 80, 86, 92), 0.25, 0.04,
           cutoffs_hz=((39, 3500), (63, 6000), (127, 20000))),
    Recipe("Viola", 41, 24000, (49, 55, 61, 67, 73, 79, 85), 0.25, 0.04,
           cutoffs_hz=((39, 3000), (63, 5000), (127, 20000))),
    Recipe("Cello", 42, 24000, (37, 43, 49, 55, 61, 67, 73, 79), 0.25, 0.04,
           cutoffs_hz=((39, 2500), (63, 4500), (127, 20000))),
    Recipe("String Ensemble", 48, 24000, (31, 37, 43, 49, 58, 64, 70, 76, 83), 0.45, 0.08,
           cutoffs_hz=((39, 2800), (63, 5000), (127, 20000))),
    Recipe("Choir Aahs", 52, 24000, (39, 42, 45, 48, 51, 57, 60, 63, 66, 69, 72, 75, 78, 81), 0.4, 0.05,
           cutoffs_hz=((39, 2200), (63, 4000), (127, 20000))),
)  # fmt: skip


def resample(recording: Recording, rate: int) -> Recording:
    """The same recording at about `rate`, its loop a whole number of samples long and free of clicks."""
    start, end = recording.loop
    ratio = max(1, round((end - start) * rate / recording.rate)) / (end - start)
    margin = int(np.ceil(TAPS / ratio)) + 1
    endless = np.concatenate([recording.wave[:end], np.resize(recording.wave[start:end], 3 * margin)])
    new_start = int(np.ceil((start + margin) * ratio))
    new_end = new_start + round((end - start) * ratio)
    wave = _sinc_resample(endless, ratio, new_end + 8)
    # 8 samples past the loop, for players that look ahead
    return Recording(
        name=recording.name,
        wave=wave,
        rate=round(recording.rate * ratio),
        loop=(new_start, new_end),
        root=recording.root,
        generators=recording.generators,
    )


def _sinc_resample(wave: NDArray[np.float64], ratio: float, n: int) -> NDArray[np.float64]:
    """`n` samples of `wave` at `ratio` times its rate (below 1), treble lifted for linear interpolation."""
    kernel = _kernel()
    steps = np.diff(kernel, append=0.0)
    reach = TAPS / ratio
    padded = np.concatenate([np.zeros(int(reach) + 2), wave, np.zeros(int(reach) + 2)])
    out = np.empty(n)
    taps = np.arange(-int(reach), int(reach) + 2)
    for block in range(0, n, 16384):
        at = np.arange(block, min(n, block + 16384)) / ratio
        whole = np.floor(at).astype(int)
        distance = np.abs((taps[None, :] + whole[:, None] - at[:, None]) * ratio)
        place = np.minimum(distance * PER_SAMPLE, len(kernel) - 1.001)
        below = place.astype(np.int32)
        weight = kernel[below] + (place - below) * steps[below]
        index = whole[:, None] + taps[None, :] + int(reach) + 2
        out[block : block + len(at)] = (padded[np.clip(index, 0, len(padded) - 1)] * weight).sum(1) * ratio
    return out


def _kernel() -> NDArray[np.float64]:
    """Half of the filter, PER_SAMPLE points per output sample: low-pass at 0.46 of the rate, treble lifted.

    A player that interpolates linearly weighs frequency f by sinc(f / rate) squared; up to 0.4 of the rate the
    filter weighs it by the inverse.
    """
    points = np.arange(TAPS * PER_SAMPLE + 1) / PER_SAMPLE
    frequency = np.linspace(0, 0.5, 2001)
    wanted = 1 / np.sinc(np.minimum(frequency, 0.4)) ** 2
    wanted *= 0.5 + 0.5 * np.cos(np.pi * np.clip((frequency - 0.42) / 0.08, 0, 1))
    step = frequency[1]
    kernel = np.empty(len(points))
    for block in range(0, len(points), 1024):
        waves = np.cos(2 * np.pi * frequency[None, :] * points[block : block + 1024, None])
        kernel[block : block + 1024] = 2 * step * (waves @ wanted - 0.5 * wanted[0] - 0.5 * wanted[-1] * waves[:, -1])
    window = np.kaiser(2 * len(points) - 1, 9.0)[len(points) - 1 :]
    kernel *= window
    kernel[-1] = 0.0
    return kernel


def pitch_error_cents(recording: Recording, struck: bool) -> float:
    """How much sharp of its root key the recording is.

    A held note is measured by autocorrelation over three and a half seconds, so that vibrato averages out. A struck
    string's upper partials are sharp and would pull that up; of it the four lowest partials are averaged by power.
    """
    wanted = 440 * 2 ** ((recording.root - 69) / 12)
    wave = _looped(recording, 4 * recording.rate)[recording.rate // 20 :]
    if struck:
        return _partials_error(wave[: 3 * recording.rate // 2], wanted / recording.rate)
    period = recording.rate / wanted
    lag = float(np.clip(np.ceil(300 / period), 1, 12)) * period
    size = int(max(2048, 4 * lag))
    wave = wave[: 7 * recording.rate // 2]
    found, weights = [], []
    for at in range(0, len(wave) - size, size // 2):
        window = wave[at : at + size]
        peak = _lag_peak(window, lag, 0.035)
        if peak:
            found.append(1200 * np.log2(lag / peak))
            weights.append((window**2).sum())
    return float(np.average(found, weights=weights)) if found else 0.0


def _partials_error(wave: NDArray[np.float64], wanted: float) -> float:
    """Mean error in cents of the lowest four partials of `wanted`, in cycles a sample, weighted by power."""
    size = 16 * len(wave)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size))
    errors, weights = [], []
    for partial in range(1, 5):
        low, high = (int(partial * wanted * 2 ** (cents / 1200) * size) for cents in (-60, 60))
        if high < len(spectrum):
            peak = low + int(np.argmax(spectrum[low : high + 1]))
            errors.append(1200 * np.log2(peak / (partial * wanted * size)))
            weights.append(spectrum[peak] ** 2)
    return float(np.average(errors, weights=weights))


def _looped(recording: Recording, more: int) -> NDArray[np.float64]:
    """The recording as played: to the loop's end, and `more` samples of the loop again."""
    start, end = recording.loop
    return np.concatenate([recording.wave[:end], np.resize(recording.wave[start:end], more)])


def _lag_peak(wave: NDArray[np.float64], lag: float, width: float) -> float:
    """The lag nearest `lag` at which the wave is most like itself, to a fraction of a sample; 0 = none."""
    spectrum = np.fft.rfft(wave - wave.mean(), 8 * len(wave))
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)
    low, high = int(lag * (1 - width)), int(np.ceil(lag * (1 + width))) + 1
    lags = np.arange(low, high + 1)
    values = likeness[lags] / (len(wave) - lags)
    best = int(np.argmax(values))
    if best in (0, len(values) - 1):
        return 0.0
    left, middle, right = values[best - 1 : best + 2]
    return float(lags[best] + 0.5 * (left - right) / (left - 2 * middle + right))


def loudness_db(recording: Recording, struck: bool) -> float:
    """Level, lows taken off below 200 Hz as the ear does: the loudest quarter second of a note that dies away,
    the mean over three seconds of one that is held.
    """
    wave = _looped(recording, 4 * recording.rate)[: 3 * recording.rate]
    size = recording.rate // 4
    frequency = np.fft.rfftfreq(size, 1 / recording.rate)
    weight = (frequency / 200) ** 2 / (1 + (frequency / 200) ** 2)
    windows = [wave[at : at + size] for at in range(0, len(wave) - size, size // 2)]
    powers = [(np.abs(np.fft.rfft(window)) ** 2 * weight).sum() for window in windows]
    power = max(powers) if struck else np.mean(powers)
    return float(10 * np.log10(2 * power / size**2 + 1e-12))


def cut(source: Source, recipe: Recipe) -> list[Recording]:
    """The recordings of one instrument, ready to be written."""
    kept = [r for r in source.recordings(recipe.program) if r.root in recipe.roots]
    if len(kept) != len(recipe.roots):
        raise SystemExit(f"{recipe.name}: found {[r.root for r in kept]} of {recipe.roots}")
    ready = []
    for recording in kept:
        new = resample(recording, min(recipe.rate, recording.rate))
        new.fine = -round(pitch_error_cents(new, recipe.struck))
        wanted = recipe.level_db + recipe.slope_db * (new.root - 60) / 12
        new.wave = new.wave * 10 ** ((wanted - loudness_db(new, recipe.struck)) / 20)
        peak = float(np.abs(new.wave).max())
        print(f"  {recipe.name:16} key {new.root:3} fine {new.fine:+3} rate {new.rate} {len(new.wave):7} samples"
              f" loop {new.loop} peak {peak:.2f}")  # fmt: skip
        if peak >= 1:
            raise SystemExit(f"{recipe.name}, key {new.root}: peak {peak:.2f} clips; lower level_db")
        ready.append(new)
    return ready


def main() -> None:
    """Cut the font and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="FluidR3_GM.sf2")
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    if hashlib.sha256(arguments.source.read_bytes()).hexdigest() != SOURCE_SHA256:
        print(f"{arguments.source}: not the file the shipped font was cut from; going on")
    source = Source(arguments.source)
    write_soundfont(arguments.out, [(recipe, cut(source, recipe)) for recipe in RECIPES])
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
