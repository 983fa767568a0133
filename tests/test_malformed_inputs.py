"""Files that nobody vouches for: each loads, or ends in one line; none hangs, none eats the memory.

All of it in one process, which a reader must not bring down.
"""

from __future__ import annotations

import io
import struct
import sys
import threading
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from stretto.errors import ScoreReadError, StrettoError
from stretto.score.expand import expand_repeats
from stretto.score.formats import READABLE, WRITABLE, read_score, write_score
from stretto.score.model import Score
from stretto.theory.understand import understand

SOURCES = Path(__file__).parent / "data" / "damaged"
MAX_SECONDS, MAX_BYTES = 10.0, 2**30
N_CUTS = 200


def outcome(path: Path) -> Score | str:
    """What a reader makes of a file: a score, or its one line of complaint."""
    started = time.perf_counter()
    try:
        found: Score | str = read_score(path)
    except ScoreReadError as error:
        found = str(error)
    seconds = time.perf_counter() - started
    assert seconds < MAX_SECONDS, f"{path.name}: {seconds:.1f} s"
    if isinstance(found, str):
        assert "\n" not in found
        assert str(path) in found
        assert len(found) < 400 + len(str(path))
    return found


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.fixture
def memory_watched() -> object:
    """Fail if the test's Python objects ever take a gigabyte."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MAX_BYTES, f"{peak / 1e6:.0f} MB"


@pytest.fixture(scope="module", autouse=True)
def process_watched() -> object:
    """Fail if the whole process grows by a gigabyte in this file; dump where it is if something hangs."""
    import faulthandler

    faulthandler.dump_traceback_later(300, exit=True)
    before = _process_bytes()
    yield
    faulthandler.cancel_dump_traceback_later()
    assert _process_bytes() - before < MAX_BYTES


def _process_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


# --- real files -------------------------------------------------------------------------------------------------


@pytest.mark.corpus
def test_every_file_of_the_collection_loads_or_is_refused_in_one_line(data_folder: Path) -> None:
    paths = sorted(p for p in (data_folder / "malformed").iterdir() if p.suffix in READABLE)
    assert len(paths) > 80
    found = {path.name: outcome(path) for path in paths}
    refused = {name: line for name, line in found.items() if isinstance(line, str)}
    assert not {"test-c-major-scale.mid", "anacrusis.xml", "lily-23a-tuplets.xml"} & set(refused)
    assert {"test-empty-file.mid", "test-not-a-midi-file.mid"} <= set(refused)


@pytest.mark.corpus
def test_odd_but_sound_files_give_the_notes_that_other_programs_find(data_folder: Path) -> None:
    counts = {
        "test-c-major-scale.mid": 8, "test-corrupt-file-extra-byte.mid": 8,
        "test-illegal-message-f8.mid": 8, "test-non-midi-track.mid": 8, "muspy-pitches.mid": 128, "anacrusis.mid": 6,
        "lily-23a-tuplets.xml": 30, "lily-03b-rhythm-backup.xml": 4, "anacrusis.xml": 6,
    }  # fmt: skip
    found = {name: len(read_score(data_folder / "malformed" / name).notes) for name in counts}
    assert found == counts


@pytest.mark.corpus
def test_what_loads_can_be_understood_written_out_and_written_in_every_format(
    data_folder: Path, tmp_path: Path
) -> None:
    n_written = 0
    for path in sorted(p for p in (data_folder / "malformed").iterdir() if p.suffix in READABLE):
        found = outcome(path)
        if isinstance(found, str):
            continue
        try:
            score = expand_repeats(understand(found)[0])
            for suffix in WRITABLE:
                write_score(score, tmp_path / f"{path.name}{suffix}", force=True)
                n_written += 1
        except StrettoError as error:
            assert "\n" not in str(error), path.name
    assert n_written > 300


# --- truncations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".krn", ".abc", ".mei"])
def test_a_file_cut_anywhere_loads_with_a_notice_or_is_refused_in_one_line(suffix: str, tmp_path: Path) -> None:
    """Of ABC no reader can tell a cut between two notes from a tune that ends there."""
    source = phrase_midi() if suffix == ".mid" else (SOURCES / f"phrase{suffix}").read_bytes()
    whole = outcome(written(tmp_path, f"whole{suffix}", source))
    assert isinstance(whole, Score), whole
    assert whole.notices == ()
    silent = []
    for cut in range(N_CUTS):
        n_bytes = cut * len(source) // N_CUTS
        found = outcome(written(tmp_path, f"cut{suffix}", source[:n_bytes]))
        if isinstance(found, Score) and not found.notices and found != whole:
            silent.append(n_bytes)
    assert silent == [] or suffix == ".abc"


@pytest.mark.parametrize("suffix", [".abc", ".txt"])
def test_of_a_cut_tune_what_loads_is_its_beginning(suffix: str, tmp_path: Path) -> None:
    """ABC and our text have no end sign; a cut invents no note, and shifts none."""
    score = read_score(SOURCES / "phrase.abc")
    write_score(score, tmp_path / f"whole{suffix}")
    source = (tmp_path / f"whole{suffix}").read_bytes()
    whole = {(note["onset"], note["part"], note["pitch"]) for note in read_score(tmp_path / f"whole{suffix}").notes}
    n_loaded = n_refused = 0
    for cut in range(N_CUTS):
        found = outcome(written(tmp_path, f"cut{suffix}", source[: cut * len(source) // N_CUTS]))
        if isinstance(found, str):
            n_refused += 1
            continue
        n_loaded += 1
        if not found.notices:
            # The last note typed may lack its octave sign or its dots: no reader can know.
            strange = {(note["onset"], note["part"], note["pitch"]) for note in found.notes} - whole
            assert len(strange) <= 1, cut
    assert n_loaded > 10
    assert n_refused > 10 or suffix == ".abc"


def test_a_compressed_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    source = mxl((SOURCES / "phrase.musicxml").read_bytes())
    for cut in range(50):
        found = outcome(written(tmp_path, "cut.mxl", source[: cut * len(source) // 50]))
        assert isinstance(found, str)


@pytest.mark.parametrize("suffix", READABLE)
def test_an_empty_file_and_noise_are_refused(suffix: str, tmp_path: Path) -> None:
    noise = bytes(hash_byte(i) for i in range(4000))
    for data in (b"", b"\n", b"\x00" * 1000, noise):
        found = outcome(written(tmp_path, f"noise{suffix}", data))
        assert isinstance(found, str) or found.notices or len(found.notes) == 0


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".krn", ".abc", ".mei"])
def test_a_file_with_changed_bytes_loads_or_is_refused(suffix: str, tmp_path: Path) -> None:
    source = phrase_midi() if suffix == ".mid" else (SOURCES / f"phrase{suffix}").read_bytes()
    for seed in range(150):
        data = bytearray(source)
        for i in range(1 + seed % 4):
            place = hash_byte(seed * 7 + i) * 256 + hash_byte(seed * 11 + i + 1)
            data[place % len(data)] = hash_byte(seed * 13 + i)
        outcome(written(tmp_path, f"changed{suffix}", bytes(data)))


def hash_byte(number: int) -> int:
    """A byte that looks drawn by chance, and is the same everywhere."""
    number = (number + 1) * 2654435761 % 2**32
    return (number ^ number >> 15) * 2246822519 % 2**32 >> 24


# --- MIDI made to be awkward ------------------------------------------------------------------------------------


def variable(number: int) -> bytes:
    """A MIDI variable-length quantity."""
    parts = [number & 127]
    while number := number >> 7:
        parts.append(number & 127 | 128)
    return bytes(reversed(parts))


def track(*events: tuple[int, bytes], end: bool = True) -> bytes:
    """A track of (delta, message)."""
    body = b"".join(variable(delta) + message for delta, message in events) + (b"\x00\xff\x2f\x00" if end else b"")
    return b"MTrk" + struct.pack(">I", len(body)) + body


def midi(*tracks: bytes, division: int = 480, kind: int = 1) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division) + b"".join(tracks)


def scale(n: int = 8, length: int = 480) -> list[tuple[int, bytes]]:
    return [e for i in range(n) for e in ((0, bytes((0x90, 60 + i, 80))), (length, bytes((0x80, 60 + i, 0))))]


def phrase_midi() -> bytes:
    """Two tracks with tempo, metre, key, words and notes."""
    words = b"Cut me where you like"
    head = track(
        (0, b"\xff\x03" + bytes((len(words),)) + words),
        (0, b"\xff\x51\x03\x0a\xe6\x0a"),
        (0, b"\xff\x58\x04\x03\x02\x18\x08"),
        (0, b"\xff\x59\x02\x01\x01"),
    )
    return midi(head, track(*scale(12)), track((0, b"\xc0\x13"), *scale(6, 960)))


AWKWARD_MIDI = {
    "smpte-with-notes": midi(track(*scale()), division=0xE728),
    "smpte-of-zero-ticks": midi(track(*scale()), division=0xE700),
    "division-of-zero": midi(track(*scale()), division=0),
    "huge-delta": midi(track(*scale(2), (0x0FFFFFFF, b"\x90\x40\x40"), (480, b"\x80\x40\x00"))),
    "many-huge-deltas": midi(track(*[(0x0FFFFFFF, b"\x90\x40\x40"), (0x0FFFFFFF, b"\x80\x40\x00")] * 500)),
    "huge-delta-at-one-tick-a-quarter": midi(track((0x0FFFFFFF, b"\x90\x40\x40"), (9, b"\x80\x40\x00")), division=1),
    "no-end-of-track": midi(track(*scale(), end=False)),
    "no-note-off": midi(track((0, b"\x90\x3c\x40"), (480, b"\x90\x3e\x40"))),
    "length-of-four-gigabytes": midi(track(*scale())).replace(b"MTrk\x00\x00", b"MTrk\xff\xff"),
    "says-65535-tracks": midi(track(*scale())).replace(b"\x00\x01\x00\x01", b"\x00\x01\xff\xff"),
    "tempo-of-zero": midi(track((0, b"\xff\x51\x03\x00\x00\x00"), *scale())),
    "metre-of-zero": midi(track((0, b"\xff\x58\x04\x00\x00\x18\x08"), *scale())),
    "metre-of-256ths-and-more": midi(track((0, b"\xff\x58\x04\x04\xff\x18\x08"), *scale())),
    "key-of-100-sharps": midi(track((0, b"\xff\x59\x02\x64\x07"), *scale())),
    "half-a-million-notes-at-once": midi(track(*[(0, b"\x90\x3c\x40"), (0, b"\x80\x3c\x00")] * 250_000)),
    "a-hundred-thousand-metres": midi(
        track(*[(480, bytes((0xFF, 0x58, 4, 1 + i % 9, 2, 24, 8))) for i in range(100_000)], *scale())
    ),
}


@pytest.mark.parametrize("name", AWKWARD_MIDI)
def test_an_awkward_midi_file_loads_or_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    outcome(written(tmp_path, f"{name}.mid", AWKWARD_MIDI[name]))


def test_a_track_without_its_end_is_reported(tmp_path: Path) -> None:
    found = outcome(written(tmp_path, "a.mid", AWKWARD_MIDI["no-end-of-track"]))
    assert isinstance(found, str) or (len(found.notes) == 8 and found.notices)


def test_a_division_of_zero_is_refused_or_reported(tmp_path: Path) -> None:
    found = outcome(written(tmp_path, "a.mid", AWKWARD_MIDI["division-of-zero"]))
    assert isinstance(found, str) or found.notices


# --- bombs ------------------------------------------------------------------------------------------------------


def mxl(score: bytes | Callable[[zipfile.ZipFile], None]) -> bytes:
    """A compressed MusicXML file around a score."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="score.musicxml"/></rootfiles></container>',
        )
        if callable(score):
            score(archive)
        else:
            archive.writestr("score.musicxml", score)
    return buffer.getvalue()


def bomb(n_megabytes: int, *, declared: int | None = None) -> bytes:
    """A small archive whose score unpacks to so many megabytes of spaces, and may declare less."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = squeeze.compress(b"<score-partwise><!--") + squeeze.flush(zlib.Z_FULL_FLUSH)
    megabyte = squeeze.compress(b" " * 2**20) + squeeze.flush(zlib.Z_FULL_FLUSH)
    data = head + megabyte * n_megabytes + squeeze.flush()
    size = 20 + n_megabytes * 2**20 if declared is None else declared
    name = b"score.musicxml"
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(data), size, len(name), 0)
    local = b"PK\x03\x04" + common + name + data
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_the_bombs_are_archives() -> None:
    archive = zipfile.ZipFile(io.BytesIO(bomb(1500)))
    assert archive.infolist()[0].file_size > 1.5e9
    with archive.open("score.musicxml") as stream:
        assert stream.read(40) == b"<score-partwise><!--" + b" " * 20


def test_an_archive_that_unpacks_to_a_gigabyte_and_a_half_is_refused(tmp_path: Path, memory_watched: object) -> None:
    assert isinstance(outcome(written(tmp_path, "bomb.mxl", bomb(1500))), str)


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path, memory_watched: object) -> None:
    assert isinstance(outcome(written(tmp_path, "liar.mxl", bomb(1500, declared=1000))), str)


def test_an_archive_without_a_score_or_with_a_bad_container_is_refused(tmp_path: Path) -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for data in (empty.getvalue(), mxl(lambda archive: None), mxl(b"PK"), b"PK\x03\x04 no archive"):
        assert isinstance(outcome(written(tmp_path, "a.mxl", data)), str)


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a0 "ha ha ha ha ha ha ha ha ha ha ">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]><{root}>&a9;</{root}>"
)

FILE_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY secret SYSTEM "{uri}">]><{root}><work><work-title>&secret;'
    "</work-title></work></{root}>"
)


@pytest.mark.parametrize(("suffix", "root"), [(".musicxml", "score-partwise"), (".mei", "mei")])
def test_an_entity_bomb_is_refused(suffix: str, root: str, tmp_path: Path, memory_watched: object) -> None:
    bomb = BILLION_LAUGHS.replace("{root}", root).encode()
    assert isinstance(outcome(written(tmp_path, f"bomb{suffix}", bomb)), str)
    quadratic = b'<!DOCTYPE %s [<!ENTITY a "%s">]><%s>%s</%s>' % (
        root.encode(), b"a" * 100_000, root.encode(), b"&a;" * 100_000, root.encode(),
    )  # fmt: skip
    assert isinstance(outcome(written(tmp_path, f"quadratic{suffix}", quadratic)), str)


@pytest.mark.parametrize(("suffix", "root"), [(".musicxml", "score-partwise"), (".mei", "mei")])
def test_an_entity_that_names_a_file_is_not_followed(suffix: str, root: str, tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.txt", b"the-secret")
    data = FILE_ENTITY.replace("{root}", root).replace("{uri}", secret.as_uri()).encode()
    found = outcome(written(tmp_path, f"a{suffix}", data))
    assert "the-secret" not in (found if isinstance(found, str) else str(found.info))


def test_deep_nesting_does_not_bring_the_process_down(tmp_path: Path) -> None:
    deep = b"<score-partwise>" + b"<part>" * 200_000
    done: list[Score | str] = []
    thread = threading.Thread(target=lambda: done.append(outcome(written(tmp_path, "deep.musicxml", deep))))
    thread.start()
    thread.join(MAX_SECONDS)
    assert done
    assert isinstance(done[0], str)


ABSURD = {
    "divisions-of-zero.musicxml": ("<divisions>6<", "<divisions>0<"),
    "divisions-of-a-billion.musicxml": ("<divisions>6<", "<divisions>1000000000<"),
    "a-duration-of-a-billion.musicxml": ("<duration>6</duration>", "<duration>1000000000</duration>"),
    "a-duration-below-zero.musicxml": ("<duration>6</duration>", "<duration>-6</duration>"),
    "a-duration-that-is-no-number.musicxml": ("<duration>6</duration>", "<duration>NaN</duration>"),
    "beats-of-zero.musicxml": ("<beats>3</beats>", "<beats>0</beats>"),
    "a-beat-type-of-zero.musicxml": ("<beat-type>4<", "<beat-type>0<"),
    "an-octave-of-ninety.musicxml": ("<octave>5<", "<octave>90<"),
    "a-tempo-of-zero.musicxml": ('tempo="84"', 'tempo="0"'),
    "a-tempo-of-infinity.musicxml": ('tempo="84"', 'tempo="1e999"'),
    "tuplets-of-zero.musicxml": ("<actual-notes>3<", "<actual-notes>0<"),
    "a-repeat-a-billion-times.musicxml": (
        '<barline location="right">',
        '<barline location="right"><repeat direction="backward" times="1000000000"/>',
    ),
    "a-length-of-zero.abc": ("L:1/8", "L:1/0"),
    "a-metre-of-zero.abc": ("M:3/4", "M:0/0"),
    "a-note-a-billion-long.abc": ("B2 |", "B1000000000 |"),
    "a-billion-of-slashes.abc": ("B2 |", "B" + "/" * 10_000 + " |"),
    "a-tuplet-of-zero.abc": ("(3fga", "(0:0:0fga"),
    "a-note-of-a-billionth.krn": ("4E\t", "1000000000E\t"),
    "a-note-with-ten-thousand-dots.krn": ("4E\t", "4" + "." * 10_000 + "E\t"),
    "a-note-of-a-zero-and-a-bit.krn": ("4BB\t", "4%0BB\t"),
    "a-metre-of-zero.krn": ("*M3/4", "*M0/0"),
    "a-duration-of-zero.mei": ('dur="4"', 'dur="0"'),
    "a-tuplet-of-zero.mei": ('num="3" numbase="2"', 'num="0" numbase="0"'),
    "a-metre-of-zero.mei": ('meter.count="3" meter.unit="4"', 'meter.count="0" meter.unit="0"'),
    "ten-thousand-dots.mei": ('dur="2"', 'dur="2" dots="10000"'),
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_number_loads_or_is_refused_in_one_line(name: str, tmp_path: Path, memory_watched: object) -> None:
    sane, absurd = ABSURD[name]
    text = (SOURCES / f"phrase{Path(name).suffix}").read_text(encoding="utf-8")
    assert sane in text
    outcome(written(tmp_path, name, text.replace(sane, absurd).encode()))
