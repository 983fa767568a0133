"""A file that is something else than its extension says is told by what it is."""

from __future__ import annotations

import pytest

from stretto.errors import ScoreReadError
from stretto.score.formats import READABLE, reader_of

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize("suffix", READABLE)
def test_a_picture_is_called_a_picture_whatever_its_extension(suffix: str) -> None:
    assert refusal(PNG, suffix).endswith(", but a PNG picture; name another file")


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"%PDF-1.5\n", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a WAV recording"),
        (b"ID3\x04", "an MP3 recording"),
        (b"\n<!DOCTYPE html>\n<html>", "a web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><score-partwise/>", "an XML file"),
    ],
)
def test_what_is_no_midi_is_said_in_words(begins: bytes, kind: str) -> None:
    assert refusal(begins, ".mid") == f"tune: this is not a MIDI file, but {kind}; name another file"


@pytest.mark.parametrize(
    ("suffix", "wanted"),
    [(".mid", "a MIDI file"), (".musicxml", "a file in MusicXML"), (".mei", "a file in MEI"),
     (".mxl", "a file in zipped MusicXML")],
)  # fmt: skip
def test_of_bytes_that_tell_nothing_no_byte_is_shown(suffix: str, wanted: str) -> None:
    assert refusal(b"\x01\x02\x03\x04", suffix) == f"tune: this is not {wanted}; check the file and its extension"


def test_a_midi_file_is_not_read_as_a_score_and_a_web_page_with_a_tune_is_read() -> None:
    assert "but a MIDI file" in refusal(b"MThd\0\0\0\6", ".musicxml")
    tune = b"<html><pre>\nX:1\nT:T\nK:C\nCDEF|\n</pre></html>"
    assert len(reader_of(".abc")(tune, "tune").notes) >= 4


def refusal(data: bytes, suffix: str) -> str:
    with pytest.raises(ScoreReadError) as error:
        reader_of(suffix)(data, "tune")
    return str(error.value)
