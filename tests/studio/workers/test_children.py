"""Foreign files read in a child: a score, or one line; never a crash, never a stall."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import ScoreReadError, StrettoError
from stretto.score.formats import READABLE, read_score, writer_of
from stretto.score.model import Meter, Part, Score
from stretto.score.sketch import sketch
from stretto.studio.limits import Refused
from stretto.studio.workers import children
from stretto.studio.workers.children import open_upload, read_upload

DAMAGED = Path(__file__).parents[2] / "data" / "damaged"


def tune() -> Score:
    return Score.build(sketch("C4 | x-x-x-x-\nE4 | x---x---", step=24), [Part(name="Tune")], meters=[Meter()])


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".mxl", ".krn", ".abc", ".txt"])
def test_what_we_write_is_read_as_it_is_read_here(suffix: str, tmp_path: Path) -> None:
    data, _ = writer_of(suffix)(tune())
    (tmp_path / f"tune{suffix}").write_bytes(data)
    here = read_score(tmp_path / f"tune{suffix}")
    found = read_upload(data, suffix.upper())
    assert found == here
    assert found.notices == here.notices


def test_mei_is_read_too() -> None:
    assert read_upload((DAMAGED / "phrase.mei").read_bytes(), ".mei") == read_score(DAMAGED / "phrase.mei")


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"", ".mid"), (b"MThd\0\0\0\6\0\1\xff\xff\0\0", ".mid"), (b"<a", ".musicxml"), (b"PK\3\4", ".mxl"),
     (b"\xff\xfe", ".txt"), (b"x", ".exe"), (b"x", ""), (b"x", ".a/../b"), (b"x", ".\n" * 9)],
)  # fmt: skip
def test_what_is_no_score_is_refused_in_one_line(data: bytes, suffix: str) -> None:
    with pytest.raises(ScoreReadError) as caught:
        read_upload(data, suffix)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_midi_file_without_a_part_is_no_piece() -> None:
    """An empty score to who reads it, but nothing can be engraved of it, and no note written in it."""
    header_only = b"MThd\0\0\0\6\0\0\0\0\0\x60"
    assert not read_upload(header_only, ".mid").parts
    with pytest.raises(ScoreReadError, match="there is not a note in it, nor a part to write one in"):
        open_upload(header_only, ".mid")


def test_a_file_that_is_too_large_never_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_ask", lambda data, *how: pytest.fail("asked"))
    with pytest.raises(Refused, match="2 MB") as caught:
        read_upload(bytes(2 * 2**20 + 1), ".mid")
    assert caught.value.status == 413


def test_a_zip_that_unpacks_to_gigabytes_is_refused_soon() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.musicxml", b"<!--" + bytes(400 * 2**20))
    started = time.perf_counter()
    with pytest.raises(ScoreReadError):
        read_upload(stream.getvalue(), ".mxl")
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died"),
        ("import time; time.sleep(60)", "not read within"),
        ("import sys; sys.stdout.write('S' + 'x' * 100)", "damaged"),
        ("import sys, pickle; sys.stdout.buffer.write(b'S' + pickle.dumps([]))", "damaged"),
        ("pass", "without an answer"),
        ("import sys; sys.stdout.write('E' + 'no\\nway')", "^no$"),
    ],
)
def test_a_child_that_dies_or_hangs_or_lies_costs_one_line(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(script, encoding="utf-8")
    monkeypatch.setattr(children, "CHILD", child)
    monkeypatch.setattr(children, "WALL_SECONDS", 2.0)
    with pytest.raises(ScoreReadError, match=says):
        read_upload(b"x", ".mid")


@pytest.mark.parametrize("greed", ["bytearray(2**33)", "[0] * 2**32"])
def test_memory_beyond_the_limit_is_not_given(greed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    child = tmp_path / "child.py"
    source = children.CHILD.read_text(encoding="utf-8")
    child.write_text(source.replace("data = sys.stdin.buffer.read()", f"data = {greed}"), encoding="utf-8")
    monkeypatch.setattr(children, "CHILD", child)
    with pytest.raises(ScoreReadError, match="memory"):
        read_upload(b"x", ".mid")


@pytest.mark.corpus
@pytest.mark.slow
def test_every_file_of_the_collection_is_read_or_refused_in_one_line(data_folder: Path) -> None:
    """The child finds what this process finds, which reads them all without harm."""
    n_read = n_refused = 0
    for path in sorted((data_folder / "malformed").iterdir()):
        if path.suffix not in READABLE or path.stat().st_size > 2 * 2**20:
            continue
        try:
            found = read_upload(path.read_bytes(), path.suffix)
        except StrettoError as error:
            assert "\n" not in str(error), path.name
            n_refused += 1
        else:
            assert found == read_score(path), path.name
            n_read += 1
    assert n_read > 40
    assert n_refused > 5
