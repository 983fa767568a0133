"""MIDI files: what is read from their bytes, what is written, and what comes back."""

from __future__ import annotations

import doctest
import re
import struct
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from made_scores import any_scores, plain_scores

from stretto.errors import ScoreReadError
from stretto.score import midi_sound, midi_time, midi_words
from stretto.score.midi_read import read_midi
from stretto.score.midi_sound import DEFAULT_VELOCITY
from stretto.score.midi_write import write_midi
from stretto.score.model import NOTE, UNSPELLED, Bar, Key, Mark, Meter, Part, Score, Tempo, make_bars
from stretto.score.sketch import sketch

NO_SHRINKING = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck)
)

END = "00 FF 2F 00"


def track(events: str) -> bytes:
    """A track chunk from events in hexadecimal; "#" starts a remark."""
    data = bytes.fromhex(" ".join(line.split("#")[0] for line in events.splitlines()))
    return b"MTrk" + struct.pack(">I", len(data)) + data


def midi(*tracks: str, kind: int = 1, division: int = 96) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks), division) + b"".join(track(one) for one in tracks)


def read(*tracks: str, kind: int = 1, division: int = 96) -> Score:
    return read_midi(midi(*tracks, kind=kind, division=division), "tune.mid")


def found(score: Score) -> list[tuple[int, int, int]]:
    return [(int(n["onset"]), int(n["duration"]), int(n["pitch"])) for n in score.notes]


def said(score: Score) -> dict[str, int]:
    return {notice.what: notice.count for notice in score.notices}


def refusal(data: bytes) -> str:
    with pytest.raises(ScoreReadError) as caught:
        read_midi(data, "tune.mid")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_scale_in_running_status_is_read() -> None:
    score = read(f"""
        00 90 3C 40   # C4 on
        60 3C 00      # a quarter later, off by velocity 0
        00 3E 40  30 3E 00  {END}
    """)
    assert found(score) == [(0, 24, 60), (24, 12, 62)]
    assert set(score.notes["fifths"].tolist()) == {UNSPELLED}
    assert score.notices == ()


def test_running_status_survives_meta_events_and_system_exclusive() -> None:
    score = read(f"00 90 3C 40  60 FF 01 01 41  00 3C 00  00 F0 02 7E F7  00 3E 40  60 3E 00 {END}")
    assert found(score) == [(0, 24, 60), (24, 24, 62)]
    assert said(score) == {"system-exclusive messages left out": 1}


def test_one_pitch_struck_twice_is_released_in_the_order_it_was_struck() -> None:
    score = read(f"00 90 3C 40  30 3C 50  30 3C 00  30 3C 00 {END}")
    assert found(score) == [(0, 24, 60), (12, 24, 60)]
    assert score.notes["velocity"].tolist() == [64, 80]
    assert said(score) == {"notes struck again before their release; released in the order they were struck": 1}


def test_a_note_never_released_sounds_to_the_end_of_its_track() -> None:
    score = read("00 90 3C 40  60 3E 40  60 3E 00  60 FF 2F 00")
    assert found(score) == [(0, 72, 60), (24, 24, 62)]
    assert said(score) == {"notes never released; held to the end of their track": 1}


def test_all_notes_off_releases_what_sounds() -> None:
    score = read(f"00 90 3C 40  60 B0 7B 00  60 90 3E 40  60 3E 00 {END}")
    assert found(score) == [(0, 24, 60), (48, 24, 62)]


def test_a_note_without_length_gets_a_tick_and_a_notice() -> None:
    score = read(f"00 90 3C 40  00 3C 00  60 3E 40  60 3E 00 {END}")
    assert found(score) == [(0, 1, 60), (24, 24, 62)]
    assert said(score) == {"durations rounded to 1/24 of a quarter": 1}


def test_onsets_and_durations_off_the_grid_are_counted_apart() -> None:
    score = read(f"05 90 3C 40  60 3C 00  5B 3E 40  5E 3E 00 {END}")
    assert found(score) == [(1, 24, 60), (48, 24, 62)]
    assert said(score) == {"onsets rounded to 1/24 of a quarter": 1, "durations rounded to 1/24 of a quarter": 1}
    assert score.notices[0].where == "track 1, tick 5 of the file"


def test_tracks_are_parts_with_names_and_programs() -> None:
    score = read(
        f"00 FF 03 04 54 75 6E 65 {END}",
        f"00 FF 03 04 46 6C C3 B6  00 C0 49  00 90 3C 40  60 3C 00 {END}",
        f"00 FF 04 04 44 72 75 6D  00 99 24 40  60 24 00 {END}",
    )
    assert score.info == {"title": "Tune"}
    assert score.parts == (Part(name="Flö", program=73), Part(name="Drum", percussion=True))


def test_channels_of_a_single_track_are_parts() -> None:
    score = read(f"00 90 3C 40  00 91 40 40  60 81 40 00  00 80 3C 00 {END}", kind=0)
    assert score.notes["part"].tolist() == [0, 1]


def test_channels_of_one_track_of_many_are_parts_only_with_their_own_instruments() -> None:
    score = read(
        f"00 C0 00  00 C1 28  00 90 3C 40  00 91 40 40  00 92 43 40  60 90 3C 00  00 91 40 00  00 92 43 00 {END}",
        f"00 93 30 40  60 93 30 00 {END}",
    )
    assert [part.program for part in score.parts] == [0, 40, -1, -1]


def test_a_short_first_bar_is_a_pickup() -> None:
    score = read(f"00 FF 58 04 01 02 18 08  60 FF 58 04 04 02 18 08  00 90 3C 40  83 00 3C 00 {END}")
    assert score.pickup == 24
    assert score.meters == (Meter(),)
    assert [(bar.tick, bar.number) for bar in score.bars] == [(0, 0), (24, 1)]


def test_a_bar_is_cut_short_where_a_time_signature_says_so() -> None:
    score = read(f"00 FF 58 04 04 02 18 08  86 60 FF 58 04 03 02 18 08  00 90 3C 40  82 20 3C 00 {END}")
    assert [bar.tick for bar in score.bars] == [0, 96, 192, 216, 288][: len(score.bars)]
    assert said(score) == {"bars cut short by a time signature inside them": 1}


def test_time_signatures_and_keys_that_cannot_be_are_left_out() -> None:
    score = read(f"""
        00 FF 58 04 00 02 18 08   # 0/4
        00 FF 58 04 03 FF 18 08   # 3/2^255
        00 FF 59 02 09 00         # nine sharps
        00 FF 51 03 00 00 00      # no time at all to the quarter
        00 90 3C 40  60 3C 00 {END}""")
    assert (score.meters, score.keys, score.tempos) == ((), (), ())
    assert sum(said(score).values()) == 4


def test_flats_are_read_as_flats() -> None:
    score = read(f"00 FF 59 02 FF 01  00 90 3C 40  60 3C 00 {END}")
    assert score.keys == (Key(fifths=-1, mode="minor"),)


def test_keys_that_differ_by_part_stay_with_their_part() -> None:
    note = "00 90 3C 40  60 3C 00"
    score = read(f"00 FF 59 02 00 00 {END}", f"00 FF 59 02 02 00 {note} {END}", f"00 FF 59 02 00 00 {note} {END}")
    assert score.keys == (Key(mode="major"), Key(fifths=2, mode="major", part=0))


@pytest.mark.parametrize(
    ("microseconds", "qpm"), [(500_000, 120), (833_333, 72), (545_454, 110), (623_377, Fraction(385, 4))]
)
def test_tempos_are_the_round_numbers_that_were_meant(microseconds: int, qpm: Fraction) -> None:
    assert midi_time.qpm_of(microseconds) == qpm


def test_lyrics_hang_on_their_notes_and_hyphens_make_words() -> None:
    score = read(f"""
        00 FF 05 03 41 6C 2D  00 90 3C 40  60 3C 00
        00 FF 05 02 6C 65     00 90 3E 40  60 3E 00 {END}""")
    at = {"kind": "lyric", "part": 0, "voice": 1, "staff": 1, "number": 1}
    assert score.marks == (
        Mark(tick=0, text="Al", pitch=60, extra="begin", **at),
        Mark(tick=24, text="le", pitch=62, extra="end", **at),
    )


def test_karaoke_words_go_to_the_part_that_sings_them() -> None:
    words = f"00 FF 01 03 40 54 58  00 FF 01 03 5C 48 61  60 FF 01 02 6C 6C  60 FF 01 03 20 6D 65 {END}"
    bass = f"00 90 24 40  83 00 24 00 {END}"
    tune = f"00 91 3C 40  60 3C 00  00 3E 40  60 3E 00  00 40 40  60 40 00 {END}"
    score = read(words, bass, tune)
    assert [(m.text, m.extra, m.part) for m in score.marks] == [
        ("Ha", "begin", 1),
        ("ll", "end", 1),
        ("me", "single", 1),
    ]
    assert score.info["title"] == "X"


def test_markers_texts_and_copyright_are_kept() -> None:
    score = read(
        f"00 FF 02 02 C2 A9  00 FF 01 0E 63 6F 6D 70 6F 73 65 72 3A 20 42 61 63 00  00 FF 01 02 48 69 "
        f"60 FF 06 01 41  60 FF 06 05 6D 61 72 6B 65 {END}",
        f"00 90 3C 40  60 3C 00  00 FF 01 04 72 69 74 2E {END}",
    )
    assert score.info == {"rights": "©", "composer": "Bac", "comment": "Hi"}
    assert [(m.kind, m.tick, m.text, m.part) for m in score.marks] == [
        ("rehearsal", 24, "A", -1), ("words", 24, "rit.", 0), ("words", 48, "marke", -1),
    ]  # fmt: skip


def test_texts_in_an_old_code_page_are_read_and_counted() -> None:
    score = read(f"00 FF 02 02 A9 FC  {END}")
    assert score.info["rights"] == "©ü"
    assert said(score) == {"texts that are not UTF-8 read as Windows-1252": 1}


def test_the_pedal_is_a_mark() -> None:
    score = read(f"00 90 3C 40  00 B0 40 7F  60 40 00  00 90 3C 00 {END}")
    assert score.marks == (Mark(kind="pedal", tick=0, end=24, part=0),)


def test_seconds_become_beats_by_the_tempo() -> None:
    # 25 frames of 40 ticks are 1000 ticks a second; at 120 then 60 quarters a minute.
    division = (256 - 25) << 8 | 40
    tempo = "87 68 FF 51 03 0F 42 40"  # after 1000 ticks, a second to the quarter
    score = read(f"00 90 3C 40  83 74 3C 00 {END}", f"{tempo} 00 90 3E 40 87 68 3E 00 {END}", division=division)
    assert found(score) == [(0, 24, 60), (48, 24, 62)]
    assert said(score) == {"file in seconds (SMPTE), put into beats by its tempos": 1}


def test_rmi_files_and_chunks_of_other_kinds_are_stepped_over() -> None:
    inner = midi(f"00 90 3C 40  60 3C 00 {END}")
    inner = inner[:14] + b"XFIH" + struct.pack(">I", 3) + b"abc" + inner[14:]
    wrapped = b"RIFF" + struct.pack("<I", len(inner) + 12) + b"RMIDdata" + struct.pack("<I", len(inner)) + inner
    score = read_midi(wrapped, "tune.mid")
    assert found(score) == [(0, 24, 60)]
    assert said(score) == {"chunks that are no tracks left out": 1}


def test_a_missing_end_of_track_and_bytes_after_the_end_are_counted() -> None:
    score = read_midi(midi("00 90 3C 40  60 3C 00") + b"**", "tune.mid")
    assert found(score) == [(0, 24, 60)]
    assert said(score) == {"tracks without their end-of-track event": 1, "bytes after the last track left out": 2}


def test_a_file_that_lies_shut_is_refused_by_the_byte() -> None:
    data = midi(f"00 90 3C 40  60 3C 00 {END}", f"00 90 3C 40  60 3C 00 {END}")
    assert refusal(data[:-1]) == (
        "tune.mid: cut short: track 2 should reach byte 52, and the file ends at byte 51; get a whole copy"
    )
    assert refusal(data[:33]) == (
        "tune.mid: cut short: it announces 2 tracks, and after 1 of them it ends at byte 33; get a whole copy"
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "tune.mid: the file is empty; export it again"),
        (b"MThd\0\0\0\6\0\1", "tune.mid: cut short in its header: 10 bytes, and byte 14 is missing; get a whole copy"),
        (midi(END, division=0), "tune.mid: 0 ticks to the quarter at byte 12, so its times mean nothing"),
        (midi(END, division=0xE700), "tune.mid: SMPTE division of 25 frames by 0 at byte 12"),
        (midi(END, kind=7), "tune.mid: MIDI type 7 at byte 8 does not exist"),
        (midi(END, END, kind=2), "tune.mid: a type-2 MIDI file, whose 2 tracks are pieces of their own; save the one"),
        (midi("00 3C 40"), "tune.mid: track 1, byte 23: data byte 60 where a message should start"),
        (midi("00 90 3C C0"), "tune.mid: track 1, byte 23: message 0x90 with data above 127"),
        (midi("00 90 3C"), "tune.mid: track 1 breaks off inside an event at byte 25; the file is damaged"),
        (midi("00 FF 01 7F 41"), "tune.mid: track 1, byte 23: an event of 127 bytes that goes beyond its track's end"),
        (midi("FF FF FF FF 7F 90 3C 40"), "tune.mid: track 1, byte 22: a time or length of more than four bytes"),
        (
            midi(f"00 90 3C 40 FF FF FF 7F 3C 00 {END}"),
            "tune.mid: track 1: an event at tick 268435455 of the file, beyond 100000 quarters; the time before it",
        ),
    ],
)
def test_what_is_damaged_is_refused_in_one_line(data: bytes, says: str) -> None:
    assert refusal(data).startswith(says)


@pytest.mark.parametrize(
    "data",
    [midi("00 90 3C 40" + "01 3C 00" * 600_000), midi("00 F8" * 600_000), midi(*[""] * 10_001)],
    ids=["notes", "clock", "tracks"],
)
def test_what_would_fill_the_memory_is_refused(data: bytes) -> None:
    assert re.search("more than (500000 events|10000 chunks)", refusal(data))


def test_repeated_notes_stay_apart() -> None:
    score = Score.build(sketch("67 | x---x---", step=6), [Part(name="S")], meters=[Meter()])
    again = read_midi(write_midi(score)[0], "tune.mid")
    assert found(again) == found(score)


def test_silent_velocities_follow_the_dynamic_marks() -> None:
    notes = sketch("60 | x x x x x", step=24)
    marks = [
        Mark(kind="dynamic", tick=24, text="p", part=0),
        Mark(kind="dynamic", tick=48, text="sfz"),
        Mark(kind="dynamic", tick=96, text="fp", part=0),
    ]
    score = Score.build(notes, [Part()], marks=marks)
    loud = read_midi(write_midi(score)[0], "x").notes["velocity"].tolist()
    assert loud == [DEFAULT_VELOCITY, 52, 68, 52, 94]


def test_graces_sound_before_the_beat_and_are_counted() -> None:
    rows = [(24, 24, 60, 0, 0, 1, 1, 0, 0), (24, 0, 62, 0, 0, 1, 1, 2, 1), (24, 0, 64, 0, 0, 1, 1, 4, 2)]
    data, lost = write_midi(Score.build(rows, [Part()]))
    assert found(read_midi(data, "x")) == [(18, 3, 62), (21, 3, 64), (24, 24, 60)]
    assert "2 x grace notes written as short notes (first: part 1, bar 1 beat 2)" in [str(notice) for notice in lost]


def test_what_midi_cannot_hold_is_counted() -> None:
    score = Score.build(
        [(0, 24, 60, 0, 0, 1, 1, 0, 0), (0, 24, 64, 0, 0, 2, 1, 4, 0)],
        [Part(name="Clarinet", chromatic=-2, diatonic=-1), Part(name="Tacet")],
        meters=[Meter(symbol="common")],
        bars=[Bar(tick=0, number=1, repeat_end=2)],
        marks=[Mark(kind="slur", part=0, end=24), Mark(kind="slur", part=0, end=24)],
    )
    assert {notice.what: notice.count for notice in write_midi(score)[1]} == {
        "note names (sharps or flats) that MIDI cannot hold": 2,
        "notes of a second voice, which MIDI does not tell from the first": 1,
        "parts without notes, which do not come back": 1,
        "transpositions (the file sounds right) that MIDI cannot hold": 1,
        "slurs that MIDI cannot hold": 2,
        "repeat signs that MIDI cannot hold": 1,
        "time signatures as a sign, written in numbers": 1,
    }


@pytest.mark.parametrize(
    ("name", "program"),
    [("Soprano", 52), ("Tenore II", 52), ("Violin I", 40), ("Violoncello", 42), ("Bass Clarinet", 71),
     ("Cembalo", 6), ("S", 52), ("Harp", 46), ("P1", -1)],
)  # fmt: skip
def test_a_part_without_program_sounds_as_its_name_says(name: str, program: int) -> None:
    assert midi_sound.default_program(Part(name=name)) == program


def test_bars_of_odd_length_keep_their_barlines() -> None:
    lengths = [24, 96, 72, 24, 96, 41, 96, 72]
    ticks = [sum(lengths[:n]) for n in range(len(lengths))]
    bars = [Bar(tick=tick, number=number) for number, tick in enumerate(ticks)]
    score = Score.build(sketch("60 | x", step=24), [Part()], bars=bars, meters=[Meter()], end=sum(lengths))
    again = read_midi(write_midi(score)[0], "x")
    assert again.bars == score.bars
    assert again.end == score.end


@QUICK
@given(plain_scores())
def test_what_midi_can_say_comes_back_the_same(score: Score) -> None:
    """Sounding notes, names, instruments, metres, pickup, bars, major and minor keys, tempos, title page.

    Said exactly: of `plain_scores`, every field.
    """
    data, lost = write_midi(score)
    again = read_midi(data, "tune.mid")
    assert lost == ()
    assert again.notices == ()
    assert again == score


@QUICK
@given(any_scores())
def test_any_score_can_be_written_and_keeps_its_sounding_notes(score: Score) -> None:
    """Pitch and part of every note, and its onset, its length within its pitch and part, if it is no grace."""
    again = read_midi(write_midi(score)[0], "tune.mid")
    assert len(again.notes) == len(score.notes)
    silent = sorted(set(range(len(score.parts))) - set(score.notes["part"].tolist()))
    for now, part in enumerate(index for index in range(len(score.parts)) if index not in silent):
        before, after = score.notes[score.notes["part"] == part], again.notes[again.notes["part"] == now]
        assert sorted(before["pitch"].tolist()) == sorted(after["pitch"].tolist())
        sounding = before[before["grace"] == 0]
        if len(sounding) == len(before):
            assert sorted(onset_and_pitch(before)) == sorted(onset_and_pitch(after))
            assert sorted((before["onset"] + before["duration"]).tolist()) == sorted(
                (after["onset"] + after["duration"]).tolist()
            )


def onset_and_pitch(notes: np.ndarray) -> Iterable[tuple[int, int]]:
    return zip(notes["onset"].tolist(), notes["pitch"].tolist(), strict=True)


def test_twenty_parts_share_fifteen_channels() -> None:
    rows = [(0, 24, 60 + part, 64, part, 1, 1, UNSPELLED, 0) for part in range(20)]
    score = Score.build(np.array(rows, dtype=NOTE), [Part(name=f"P{part}", program=part) for part in range(20)])
    data, lost = write_midi(score)
    assert read_midi(data, "x").parts == score.parts
    assert {n.what: n.count for n in lost}["parts beyond the fifteenth, which share a channel with another"] == 5


def test_tempos_come_back_exactly_when_they_are_plain_numbers() -> None:
    tempos = tuple(Tempo(tick=24 * n, qpm=Fraction(40 + 7 * n, 1 + n % 3)) for n in range(30))
    score = Score.build(sketch("60 | x", step=96), [Part()], tempos=tempos)
    data, lost = write_midi(score)
    assert read_midi(data, "x").tempos == tempos
    assert lost == ()


def test_a_long_piece_of_bars_is_read_quickly() -> None:
    meters = (Meter(numerator=1, denominator=32),)
    score = Score.build(sketch("60 | x", step=24), [Part()], meters=meters, bars=make_bars(meters, 60_000), end=60_000)
    assert len(read_midi(write_midi(score)[0], "x").bars) == 20_000


@pytest.mark.parametrize("module", [midi_sound, midi_time, midi_words])
def test_its_examples_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
