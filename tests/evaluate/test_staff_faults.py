"""Silence, a note that never ends, a bar that never changes."""

from __future__ import annotations

from drawn_staves import drawn

from stretto.evaluate.staff_faults import StaffFaults, faults_of, rows_of_bars, silences

BAR = "x-------"


def test_good_music_has_no_faults() -> None:
    work = drawn("C5 | " + BAR * 4, "C3 | x" + "-" * 31)
    assert faults_of(work) == StaffFaults()


def test_a_silence_is_counted_where_it_is_longer_than_a_bar() -> None:
    short = drawn("C5 | x........x------", "C3 | ................")
    long = drawn("C5 | x.........x-----", "C3 | ................")
    assert [faults_of(w).silences for w in (short, long)] == [0, 1]
    assert silences(short).tolist() == [96]


def test_a_held_note_in_the_other_hand_is_no_silence() -> None:
    work = drawn("C5 | x" + "." * 31, "C3 | x" + "-" * 31)
    assert faults_of(work).silences == 0


def test_silence_at_the_end_counts() -> None:
    assert faults_of(drawn("C5 | x" + "." * 31, "C3 | x" + "." * 31)).silences == 1


def test_four_bars_are_long_enough_for_a_note() -> None:
    four, more = (drawn("C5 | x" + "-" * (n - 1), "C3 | " + "x-" * (n // 2)) for n in (32, 34))
    assert (faults_of(four).stuck, faults_of(more).stuck) == (0, 1)


def test_the_fifth_like_bar_in_a_row_is_one_too_many() -> None:
    def bars(pattern: str) -> str:
        return "".join({"a": "x-------", "b": "xx------", ".": "........"}[one] for one in pattern)

    tunes = [drawn(f"C5 | {bars(pattern)}", "C3 | x") for pattern in ("baaaab", "baaaaab", "baa.aaa")]
    assert [faults_of(work).same_bars for work in tunes] == [0, 1, 0]
    assert rows_of_bars(tunes[1]) == [1, 5, 1]


def test_the_other_hand_makes_bars_differ() -> None:
    work = drawn("C5 | " + BAR * 6, "C3 | " + BAR * 3 + "x---x---" + BAR * 2)
    assert faults_of(work).same_bars == 0


def test_faults_add_up() -> None:
    one = StaffFaults(silences=1, stuck=2)
    assert one + StaffFaults(stuck=1, same_bars=4) == StaffFaults(silences=1, stuck=3, same_bars=4)
