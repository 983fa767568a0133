"""Pieces packed into a file come back to the tick, and a damaged file is refused in one line."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from drawn_known import SOURCE, known_piece, notes_in_voices
from hypothesis import given, settings
from hypothesis import strategies as st

from stretto.errors import ModelError
from stretto.evaluate.known_music import MAGIC, bars_in_rows, pack, unpack
from stretto.evaluate.training_music import shipped_music

TWO = [
    (known_piece("one", end=96), notes_in_voices([(0, 24, 60), (24, 48, 62)], [(12, 12, 48)])),
    (known_piece("two", end=40), notes_in_voices([(0, 8, 70), (8, 8, 71), (16, 24, 20)], [])),
]


def test_notes_come_back_to_the_tick_triplets_too() -> None:
    music = unpack(pack(TWO))
    assert [piece.name for piece in music.pieces] == ["one", "two"]
    assert [column.tolist() for column in music.voice(0, 0)] == [[0, 24], [24, 48], [60, 62]]
    assert [column.tolist() for column in music.voice(0, 1)] == [[12], [12], [48]]
    assert [column.tolist() for column in music.voice(1, 0)] == [[0, 8, 16], [8, 8, 24], [70, 71, 20]]
    assert len(music.voice(1, 1)[0]) == 0


def test_a_cell_of_the_grid_is_what_sounds_at_its_first_tick() -> None:
    """Piece two has triplets: a note that begins inside a cell begins with the next."""
    grid, starts = unpack(pack(TWO)).grid(12)
    assert starts.tolist() == [0, 8, 12]
    assert grid[:8].tolist() == [[60, -1], [60, 48], [62, -1], [62, -1], [62, -1], [62, -1], [-1, -1], [-1, -1]]
    assert grid[8:, 0].tolist() == [70, 71, 20, 20]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 300), st.integers(0, 127)), max_size=6), max_size=4)
)
def test_what_is_packed_is_unpacked(voices: list[list[tuple[int, int, int]]]) -> None:
    lines, end = [], 1
    for voice in voices:
        at, line = 0, []
        for rest, duration, pitch in voice:
            line.append((at + rest, duration, pitch))
            at += rest + duration
        lines.append(line)
        end = max(end, at)
    music = unpack(pack([(known_piece("drawn", end=end), notes_in_voices(*lines))]))
    for voice, line in enumerate(lines[: len(music.n_VP)]):
        assert [*zip(*(column.tolist() for column in music.voice(0, voice)), strict=True)] == line


def test_bars_are_numbered_as_printed_a_pickup_being_bar_0() -> None:
    bars = bars_in_rows([0, 24, 120, 216], ["4/4"] * 4, 288)
    assert bars == (("4/4", 24, 1), ("4/4", 96, 2), ("4/4", 72, 1))
    piece = known_piece("one", end=288, bars=bars)
    assert piece.bar_starts() == [0, 24, 120, 216] and piece.pickup == 24
    assert [piece.bar_number(tick) for tick in (0, 23, 24, 216, 287)] == [0, 0, 1, 3, 3]
    assert known_piece("none", end=9).bar_number(3) is None


@pytest.mark.parametrize("harm", ["empty", "short", "flipped", "other version", "other contents", "too few notes"])
def test_a_damaged_file_is_refused_in_one_line(harm: str) -> None:
    data = pack(TWO)
    raw = zlib.decompress(data[len(MAGIC) :])
    broken = {
        "empty": b"",
        "short": data[:-9],
        "flipped": data[:40] + bytes([data[40] ^ 255]) + data[41:],
        "other version": b"stretto music 9\n" + data[len(MAGIC) :],
        "other contents": MAGIC + zlib.compress(b"\x02\x00\x00\x00[]"),
        "too few notes": MAGIC + zlib.compress(raw[:-5]),
    }[harm]
    with pytest.raises(ModelError, match=r"^here: .*install Stretto again$"):
        unpack(broken, "here")


def test_the_music_that_ships_has_names_licences_and_four_voices() -> None:
    music = shipped_music()
    assert len(music.pieces) == 1148 and len(music.onset_N) > 500_000 and len(music.n_VP) == 4
    assert {piece.source.licence for piece in music.pieces} == {"CC BY 4.0", "public domain"}
    assert all(piece.title and piece.composer and piece.source.attribution for piece in music.pieces)
    titles = {piece.title for piece in music.pieces}
    assert "Allein Gott in der Höh sei Ehr (BWV 104.06)" in titles and not any("&" in title for title in titles)
    assert np.all((music.pitch_N >= 36) & (music.pitch_N <= 83)), "the range of the networks"


def test_all_sources_are_in_the_notice() -> None:
    notice = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
    assert SOURCE.url not in notice
    for source in {piece.source for piece in shipped_music().pieces}:
        assert source.url.removeprefix("https://") in notice, source.name
