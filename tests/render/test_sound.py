"""The sound as a file: level, head, tail, formats."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from stretto.errors import RenderError, ScoreWriteError
from stretto.render import sound
from stretto.render.performance import perform
from stretto.render.sound import render_sound, render_wav, write_sound
from stretto.render.sound_file import SUFFIXES, encode
from stretto.render.sound_level import loudness_lufs, true_peak
from stretto.score.model import UNSPELLED, Bar, Mark, Meter, Part, Score, Tempo

CHORDS = ((72, 67, 64, 48), (74, 67, 59, 55), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 60))
VOICES = [Part(name=name) for name in ("Soprano", "Alto", "Tenor", "Bass")]


def choir(n_quarters: int = 12, velocity: int = 0) -> Score:
    """Four voices in quarters, with a fermata on the last chord."""
    notes = [
        (24 * beat, 24, pitch, velocity, part, 1, 1, UNSPELLED, 0)
        for beat in range(n_quarters)
        for part, pitch in enumerate(CHORDS[beat % len(CHORDS)])
    ]
    fermata = Mark(kind="fermata", tick=24 * (n_quarters - 1), part=0, pitch=CHORDS[(n_quarters - 1) % 5][0])
    return Score.build(notes, VOICES, meters=[Meter()], marks=[fermata], tempos=[Tempo(qpm=90)])  # type: ignore[arg-type]


@pytest.mark.parametrize("instrument", ["choir", "organ", "piano", "harpsichord", "strings", "quartet"])
def test_the_level_is_sane_and_nothing_clips(instrument: str) -> None:
    """-18 LUFS, or less where the true peak would pass -1 dB; no NaN."""
    samples = render_sound(choir(), instrument=instrument).samples
    peak_db = 20 * np.log10(true_peak(samples))
    assert np.isfinite(samples).all()
    assert peak_db <= -0.99
    assert loudness_lufs(samples) == pytest.approx(-18.0, abs=0.2) or peak_db == pytest.approx(-1.0, abs=0.1)


def test_the_sound_starts_at_once_and_ends_in_silence() -> None:
    """Under 50 ms of silence at the head, a tail of under three seconds, and its last 10 ms inaudible."""
    score = choir()
    rendering = render_sound(score)
    loud = np.flatnonzero(np.abs(rendering.samples).max(1) > 0.01 * np.abs(rendering.samples).max())
    assert loud[0] < 0.05 * rendering.sample_rate
    tail = rendering.seconds - perform(score).seconds
    assert 0.3 < tail < 3.0
    assert np.abs(rendering.samples[-480:]).max() < 1e-4
    assert not rendering.samples[-1].any()


def test_rests_before_the_first_note_are_not_waited_for() -> None:
    """A piece whose upbeat is written as a bar of rests starts with its first note."""
    late = Score.build([(72, 24, 60, 80, 0, 1, 1, UNSPELLED, 0)], [Part()], meters=[Meter()])
    samples = render_sound(late).samples
    assert np.argmax(np.abs(samples).max(1) > 0.1 * np.abs(samples).max()) < 2400


def test_the_same_score_gives_the_same_bytes() -> None:
    """Nothing in it is left to chance."""
    assert render_wav(choir(4)) == render_wav(choir(4))


def test_a_dense_and_loud_piece_does_not_clip_inside_the_renderer() -> None:
    """Forty voices at full velocity: the waveform keeps its round shape, no flat tops."""
    notes = [(0, 96, 36 + pitch, 127, 0, 1, 1, UNSPELLED, 0) for pitch in range(40)]
    samples = render_sound(Score.build(notes, [Part()]), instrument="organ").samples
    largest = np.abs(samples).max()
    flat = (np.abs(np.diff(samples[:, 0])) < 1e-6) & (np.abs(samples[1:, 0]) > 0.98 * largest)
    assert flat.sum() < 3


def test_more_parts_than_a_midi_cable_has_channels_are_all_heard() -> None:
    """The twentieth part sounds, though channels end at sixteen."""
    only_last = [(0, 48, 60, 90, 19, 1, 1, UNSPELLED, 0)]
    samples = render_sound(Score.build(only_last, [Part(name="Organ")] * 20)).samples
    assert np.abs(samples).max() > 0.05


def test_a_long_piece_rendered_by_stretches_has_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut anywhere, even under held notes, it is as loud at every moment as if it were rendered at once."""
    levels = []
    for seconds in (96.0, 2.0):
        monkeypatch.setattr(sound, "STRETCH_SECONDS", seconds)
        samples = render_sound(choir(), instrument="organ").samples
        blocks = samples[: len(samples) // 4800 * 4800].reshape(-1, 4800, 2)
        levels.append(20 * np.log10(np.sqrt((blocks**2).mean((1, 2))) + 1e-3))
    assert np.abs(levels[0] - levels[1]).max() < 1.0


def test_parts_stand_beside_each_other() -> None:
    """The first part is louder on the left, the last on the right."""
    for part, sign in ((0, 1), (3, -1)):
        notes = [(0, 48, 60, 80, part, 1, 1, UNSPELLED, 0)]
        left, right = (render_sound(Score.build(notes, VOICES)).samples ** 2).mean(0)
        assert sign * (left - right) > 0


def test_a_score_without_notes_is_silence() -> None:
    """An empty page does not fail, and makes no noise."""
    for parts in ([], VOICES):
        assert not render_sound(Score.build([], parts)).samples.any()


def test_repeats_are_taken_only_when_asked() -> None:
    """A repeated bar is heard twice with expand, once without."""
    bars = [Bar(tick=0, number=1, repeat_end=2)]
    score = Score.build([(0, 96, 60, 80, 0, 1, 1, UNSPELLED, 0)], [Part()], bars=bars, tempos=[Tempo(qpm=120)])  # type: ignore[arg-type]
    once, twice = render_sound(score).seconds, render_sound(score, expand=True).seconds
    assert twice - once == pytest.approx(2.0, abs=0.3)


def test_a_crescendo_is_heard_in_a_held_note() -> None:
    """A whole note under a hairpin grows on the organ, though it is struck only once."""
    note = [(0, 192, 60, 0, 0, 1, 1, UNSPELLED, 0)]
    plain = Score.build(note, [Part(name="Organ")])
    hairpin = Mark(kind="wedge", text="crescendo", tick=0, end=192)
    grown = [_growth_db(render_sound(score).samples) for score in (plain, plain.evolve(marks=[hairpin]))]
    assert grown[1] - grown[0] > 1.5


def _growth_db(samples: NDArray[np.float32]) -> float:
    early, late = (np.sqrt((samples[at : at + 24_000] ** 2).mean()) for at in (12_000, 200_000))
    return float(20 * np.log10(late / early))


def test_the_wav_is_16_bit_stereo() -> None:
    """The standard library reads it back, and its samples are those rendered, rounded."""
    rendering = render_sound(choir(4))
    with wave.open(io.BytesIO(render_wav(choir(4)))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48_000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(samples - 32767 * rendering.samples).max() <= 0.5 + 1e-2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_is_written_and_read_back(suffix: str, tmp_path: Path) -> None:
    """The file's length and level are the sound's."""
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / f"piece{suffix}"
    assert write_sound(choir(4), path) == ()
    samples, rate = soundfile.read(path)
    expected = render_sound(choir(4)).samples
    assert rate == 48_000
    assert abs(len(samples) - len(expected)) <= 3 * 1152  # an MP3 is padded to whole frames
    assert np.sqrt((samples**2).mean()) == pytest.approx(float(np.sqrt((expected**2).mean())), rel=0.05)


def test_a_long_ogg_does_not_kill_the_process() -> None:
    """Two minutes, which libsndfile does not survive in one call."""
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (120 * 48_000, 1)).astype(np.float32)
    assert encode(noise, 48_000, ".ogg")[:4] == b"OggS"


def test_a_flac_is_the_wav_to_the_last_bit() -> None:
    """Both hold the same 16-bit samples."""
    soundfile = pytest.importorskip("soundfile")
    rendering = render_sound(choir(2))
    both = [
        soundfile.read(io.BytesIO(encode(rendering.samples, 48_000, suffix)), dtype="int16")[0]
        for suffix in (".wav", ".flac")
    ]
    assert np.array_equal(*both)


def test_a_file_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    """As with every output."""
    path = tmp_path / "piece.wav"
    path.write_bytes(b"mine")
    with pytest.raises(ScoreWriteError, match="exists already"):
        write_sound(choir(1), path)
    assert path.read_bytes() == b"mine"
    write_sound(choir(1), path, force=True)
    assert path.read_bytes()[:4] == b"RIFF"


def test_another_extension_is_refused(tmp_path: Path) -> None:
    """The message lists what can be written."""
    with pytest.raises(RenderError, match=r"\.aiff is no sound format; writable are \.wav, \.flac, \.mp3, \.ogg"):
        write_sound(choir(1), tmp_path / "piece.aiff")


def test_an_absurdly_long_piece_is_refused_before_it_is_rendered() -> None:
    """One quarter a minute for forty bars would fill the memory."""
    notes = [(3840 * 2, 24, 60, 80, 0, 1, 1, UNSPELLED, 0), (0, 24, 60, 80, 0, 1, 1, UNSPELLED, 0)]
    score = Score.build(notes, [Part()], tempos=[Tempo(qpm=1)])  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="the piece lasts 321 minutes, and sound is made of up to 30"):
        render_sound(score)
