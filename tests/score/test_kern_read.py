"""Humdrum **kern in: small pieces, each with one thing to understand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from stretto.errors import ScoreReadError
from stretto.score.kern_read import read_kern
from stretto.score.model import Mark, Score

CHOIR = Path(__file__).parents[1] / "data" / "choir"


def kern(*lines: str) -> Score:
    """Read rows whose fields are parted by blanks; in a chord, "&" stands for the blank."""
    return read_kern(
        "\n".join(
            line if line.startswith("!!") else "\t".join(line.split()).replace("&", " ") for line in lines
        ).encode(),
        "test.krn",
    )


def one(*cells: str) -> Score:
    """One spine of cells, begun and ended."""
    return kern("**kern", *cells, "*-")


def notes(score: Score, part: int = 0) -> list[tuple[int, int, int]]:
    """Onset, duration and pitch of a part's notes."""
    table = score.notes[score.notes["part"] == part]
    return [(int(n["onset"]), int(n["duration"]), int(n["pitch"])) for n in table]


def marks(score: Score, kind: str) -> list[Mark]:
    return [mark for mark in score.marks if mark.kind == kind]


def told(score: Score) -> str:
    return "; ".join(str(notice) for notice in score.notices)


def test_values_dots_and_fractions_of_a_whole_are_exact() -> None:
    score = one("4c", "8.d", "16e", "12f", "12g", "12a", "3%2b", "0cc")
    assert [duration for _, duration, _ in notes(score)] == [24, 18, 6, 8, 8, 8, 64, 192]
    assert score.notices == ()


def test_long_values_are_twice_each_other() -> None:
    assert [duration for _, duration, _ in notes(one("1c", "0c", "00c", "000c"))] == [96, 192, 384, 768]


def test_letters_give_octaves_and_accidentals_give_names() -> None:
    score = one("4CC", "4C", "4c", "4cc", "4f#", "4B-", "4e--", "4gn")
    assert [pitch for *_, pitch in notes(score)] == [36, 48, 60, 72, 66, 58, 62, 67]
    assert score.notes["fifths"].tolist() == [0, 0, 0, 0, 6, -2, -10, 1]


def test_an_accidental_or_dot_after_the_stem_still_counts() -> None:
    assert notes(one("4B/-", "2f.\\#")) == [(0, 24, 58), (24, 72, 66)]


def test_the_bass_comes_first_in_the_file_and_last_in_the_score() -> None:
    score = kern("**kern **kern", '*I"Basso *I"Canto', "4C 4cc", "*- *-")
    assert [part.name for part in score.parts] == ["Canto", "Basso"]
    assert (notes(score, 0), notes(score, 1)) == ([(0, 24, 72)], [(0, 24, 48)])


def test_spines_of_one_part_are_its_staves_from_the_top() -> None:
    score = kern("**kern **kern", "*part1 *part1", "*staff2 *staff1", "*Ipiano *Ipiano", "4C 4cc", "*- *-")
    assert len(score.parts) == 1
    assert (score.parts[0].n_staves, score.parts[0].program) == (2, 0)
    assert [(int(n["pitch"]), int(n["staff"])) for n in score.notes] == [(72, 1), (48, 2)]


def test_two_keyboard_spines_of_two_parts_are_joined_and_said() -> None:
    score = kern("**kern **kern", "*part2 *part1", "*Ipiano *Iempty", "4C 4cc", "*- *-")
    assert [part.n_staves for part in score.parts] == [2]
    assert "one keyboard" in told(score)


def test_two_keyboards_of_two_names_are_two_parts_unless_one_barline_joins_them() -> None:
    rows = ("**kern **kern", "*part2 *part1", "*Ipiano *Ipiano", '*I"Secondo *I"Primo', "4C 4cc", "*- *-")
    assert [part.name for part in kern(*rows).parts] == ["Primo", "Secondo"]
    assert [part.n_staves for part in kern(*rows, "!!!system-decoration: [(s1,s2)]").parts] == [2]


def test_a_finger_of_a_grace_note_hangs_on_the_grace() -> None:
    score = kern("**kern **fing", "8qqd 1", "8qqe 2", "4f 3", "*- *-")
    found = {(mark.text, mark.pitch, mark.grace) for mark in marks(score, "technical")}
    assert found == {("fingering:1", 62, 1), ("fingering:2", 64, 2), ("fingering:3", 65, 0)}


def test_parentheses_around_a_dynamic_are_counted() -> None:
    score = kern("**kern **dynam", "4d (p)", "*- *-")
    assert [mark.text for mark in marks(score, "dynamic")] == ["p"]
    assert "parentheses" in told(score)


def test_a_dynamic_for_each_lane_of_its_spine_is_kept_once_and_said() -> None:
    score = kern("**kern **dynam", "* *^", "4d p p", "* *v *v", "*- *-")
    assert [mark.text for mark in marks(score, "dynamic")] == ["p"]
    assert "given twice" in told(score)


def test_a_split_spine_becomes_voices_and_is_joined_again() -> None:
    score = one("*^", "4e 4c", "4f 4d", "*v *v", "4g")
    table = [(int(n["onset"]), int(n["pitch"]), int(n["voice"])) for n in score.notes]
    assert table == [(0, 64, 1), (0, 60, 2), (24, 65, 1), (24, 62, 2), (48, 67, 1)]


def test_exchanged_and_added_spines_keep_their_parts() -> None:
    score = kern("**kern **kern", "4C 4c", "*x *x", "4d 4D", "* *+", "* * **kern", "4e 4E 4ee", "*- *- *-")
    assert [pitch for *_, pitch in notes(score, 2)] == [48, 50, 52]
    assert [pitch for *_, pitch in notes(score, 1)] == [60, 62, 64]
    assert notes(score, 0) == [(48, 24, 76)]


def test_ties_make_one_note_and_a_split_inside_a_bar_is_kept() -> None:
    score = one("*M4/4", "=1", "2c", "[2d", "=2", "[4d_", "2d]", "4e", "==")
    assert notes(score) == [(0, 48, 60), (48, 120, 62), (168, 24, 64)]
    assert [(mark.tick, mark.end) for mark in marks(score, "tie-split")] == [(48, 120)]


def test_a_tie_to_another_pitch_is_struck_again_and_counted() -> None:
    score = one("[4c", "4d]")
    assert notes(score) == [(0, 24, 60), (24, 24, 62)]
    assert "ties that continue no note" in told(score)
    assert "without their second note" in told(score)


def test_a_finger_that_stays_down_in_a_broken_chord_is_one_note() -> None:
    score = one("[[8C", "8E", "4G&4C]]")
    assert notes(score) == [(0, 48, 48), (12, 12, 52), (24, 24, 55)]


def test_graces_stand_in_a_run_before_their_note() -> None:
    score = one("4c", "16qqd", "16qqe", "4f", "8qg", "4a")
    table = [(int(n["onset"]), int(n["duration"]), int(n["pitch"]), int(n["grace"])) for n in score.notes]
    assert table == [(0, 24, 60, 0), (24, 0, 62, 1), (24, 0, 64, 2), (24, 24, 65, 0), (48, 0, 67, 1), (48, 24, 69, 0)]
    assert [(mark.pitch, mark.grace) for mark in marks(score, "grace-slash")] == [(67, 1)]


def test_a_pickup_is_bar_0() -> None:
    score = one("*M3/4", "4c", "=1", "2.d", "=2", "2.e", "==")
    assert [(bar.tick, bar.number) for bar in score.bars] == [(0, 0), (24, 1), (96, 2)]
    assert (score.pickup, score.bars[-1].barline) == (24, "final")


def test_a_full_first_bar_is_bar_1_and_the_file_s_own_numbers_do_not_count() -> None:
    score = one("*M4/4", "=65", "1c", "=66", "1d", "==")
    assert [bar.number for bar in score.bars] == [1, 2]


def test_a_bar_parted_by_a_repeat_sign_counts_once() -> None:
    score = one("*M3/4", "4c", "=1!|:", "2d", "=:|!", "4e", "=2", "2.f", "==")
    assert [bar.number for bar in score.bars] == [0, 1, 1, 2]
    assert [(bar.repeat_start, bar.repeat_end) for bar in score.bars] == [(False, 0), (True, 2), (False, 0), (False, 0)]


def test_first_and_second_endings_follow_from_the_section_labels() -> None:
    score = one("*>[A,A1,A,A2]", "*>A", "*M1/4", "=1", "4c", "*>A1", "=2", "4d", "=:|!", "*>A2", "4e", "==")
    assert [(bar.ending, bar.repeat_end) for bar in score.bars] == [("", 0), ("1", 2), ("2", 0)]
    assert score.info["expansion"] == "A,A1,A,A2"
    assert [mark.text for mark in marks(score, "section")] == ["A", "A1", "A2"]


def test_an_untied_note_may_cross_a_barline_of_old_music() -> None:
    score = kern("**kern **kern", "*M2/1 *M2/1", "=1 =1", "1C 1.c", "0D .", ". 0d", "=2- =2-", "1E .", "== ==", "*- *-")
    assert [bar.tick for bar in score.bars] == [0, 192]
    assert score.bars[0].barline == "none"


def test_metres_keys_tempos_and_clefs_are_said_once() -> None:
    head = ("*clefGv2 *clefG2", "*k[b-] *k[b-]", "*d: *d:", "*M3/4 *M3/4", "*MM72.5 *MM72.5")
    score = kern("**kern **kern", *head, "=1 =1", "2.d 2.f", "=2 =2", *head, "2.d 2.f", "== ==", "*- *-")
    assert [(m.numerator, m.denominator) for m in score.meters] == [(3, 4)]
    assert [(k.fifths, k.mode, k.part) for k in score.keys] == [(-1, "minor", -1)]
    assert [t.qpm for t in score.tempos] == [Fraction(145, 2)]
    assert [(c.part, c.sign, c.octave) for c in score.clefs] == [(0, "G", 0), (1, "G", -1)]


@pytest.mark.parametrize(
    ("signature", "tonic", "fifths", "mode"),
    [
        ("*k[b-e-]", "*g:", -2, "minor"),
        ("*k[b-]", "*g:", -1, "dorian"),
        ("*k[]", "*e:phr", 0, "phrygian"),
        ("*k[b-]", "*F:lyd", -1, "major"),
        ("*k[]", "*A:", 0, ""),
    ],
)
def test_the_mode_fits_the_signature(signature: str, tonic: str, fifths: int, mode: str) -> None:
    assert [(key.fifths, key.mode) for key in one(signature, tonic, "4c").keys] == [(fifths, mode)]


def test_parts_may_have_their_own_key_signature() -> None:
    score = kern("**kern **kern", "*k[b-] *k[]", "1C 1c", "*- *-")
    assert [(key.part, key.fifths) for key in score.keys] == [(0, 0), (1, -1)]


def test_a_transposing_part_sounds_as_it_stands_in_the_file() -> None:
    score = one("*ITrd1c2", "4c")
    assert (score.parts[0].chromatic, score.parts[0].diatonic) == (-2, -1)
    assert notes(score) == [(0, 24, 60)]


def test_fermatas_articulations_and_ornaments_hang_on_their_note() -> None:
    score = one("4c;", "4d'", "4e^", "4f^^", "4g~", "4aT", "4bM", "4ccS", "4r;")
    assert [(m.tick, m.pitch) for m in marks(score, "fermata")] == [(0, 60), (192, -1)]
    assert [m.text for m in marks(score, "articulation")] == ["staccato", "accent", "strong-accent", "tenuto"]
    assert [m.text for m in marks(score, "ornament")] == ["trill-mark", "inverted-mordent", "turn"]


def test_a_sign_that_is_hidden_on_the_page_is_left_out_and_counted() -> None:
    score = one("4c;y")
    assert not score.marks
    assert "does not print" in told(score)


def test_signs_explained_at_the_end_of_the_file_are_understood() -> None:
    score = kern(
        "**kern", "4c|", "4di", "*-", "!!!RDF**kern: | = vertical stroke", "!!!RDF**kern: i = editorial accidental"
    )
    assert [m.text for m in marks(score, "articulation")] == ["staccatissimo"]
    assert 'sign "i" (editorial accidental)' in told(score)


def test_slurs_run_from_note_to_note() -> None:
    score = one("(4c", "4d", "4e)")
    assert [(m.tick, m.pitch, m.end, m.end_pitch) for m in marks(score, "slur")] == [(0, 60, 48, 64)]


def test_lyrics_know_their_verse_and_place_in_the_word() -> None:
    score = kern("**kern **text **text", "4c Glo- Et", "4d -ri- in", "4e -a_ ter-", "4f . -ra", "*- *- *-")
    found = [(m.number, m.tick, m.text, m.extra) for m in marks(score, "lyric")]
    assert found == [
        (1, 0, "Glo", "begin"), (2, 0, "Et", "single"), (1, 24, "ri", "middle"), (2, 24, "in", "single"),
        (1, 48, "a", "end+extend"), (2, 48, "ter", "begin"), (2, 72, "ra", "end"),
    ]  # fmt: skip


def test_dynamics_and_hairpins_come_from_their_own_spine() -> None:
    score = kern("**kern **dynam", "4c p<", "4d .", "4e [f", "4f >", "4g ]", "*- *-")
    assert [(m.tick, m.text) for m in marks(score, "dynamic")] == [(0, "p"), (48, "f")]
    assert [(m.tick, m.end, m.text) for m in marks(score, "wedge")] == [(0, 48, "crescendo"), (72, 96, "diminuendo")]


def test_a_dynamic_between_two_notes_stands_between_them() -> None:
    score = kern("**kern **dynam", "2c p", ". f", "2d .", "*- *-")
    assert [(m.tick, m.text) for m in marks(score, "dynamic")] == [(0, "p"), (24, "f")]


def test_directions_pedal_and_octave_lines_are_marks() -> None:
    score = read_kern(
        b"**kern\n!LO:TX:b:t=dolce\n*ped\n4c\n*Xped\n*8va\n4ccc\n*X8va\n4d\n!LO:TX:t=P:problem=stain\n4e\n*-\n",
        "test.krn",
    )
    assert [(m.tick, m.text, m.extra) for m in marks(score, "words")] == [(0, "dolce", "below")]
    assert [(m.kind, m.tick, m.end, m.text) for m in score.marks if m.end >= 0] == [
        ("pedal", 0, 24, ""), ("octave-shift", 24, 48, "8"),
    ]  # fmt: skip


def test_records_become_title_and_composer() -> None:
    score = kern("!!!OTL@@DE: Gl&uuml;ck", "!!!COM: Bach, Johann Sebastian", "!!!SMS: 12", "**kern", "4c", "*-")
    assert (score.info["title"], score.info["composer"]) == ("Glück", "Johann Sebastian Bach")
    assert score.info["humdrum:SMS"] == "12"


def test_onsets_between_ticks_are_rounded_without_drift_and_counted() -> None:
    score = one(*["28c"] * 7, "4d")
    assert notes(score)[-1] == (24, 24, 62)
    assert sum(n.count for n in score.notices if "rounded" in n.what) == 7


def test_voices_that_do_not_add_up_follow_the_majority_and_are_counted() -> None:
    score = kern("**kern **kern **kern", "4C 4E 8G", "4D 4F 4A", "*- *- *-")
    assert {int(n["onset"]) for n in score.notes} == {0, 24}
    assert "do not add up" in told(score)


def test_a_cell_that_says_nothing_is_counted() -> None:
    score = one("4c", "xyz", "4d")
    assert notes(score) == [(0, 24, 60), (24, 24, 62)]
    assert "neither note nor rest" in told(score)


def test_a_spine_of_another_kind_is_left_out_and_counted() -> None:
    score = kern("**kern **solfg", "4c do", "*- *-")
    assert "**solfg" in told(score)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no line that starts with **kern"),
        ("4c\n", 'line 1: "4c" stands before any spine'),
        ("**text\nla\n*-\n", "no **kern spine"),
        ("**kern\t**kern\n4c\n*-\t*-\n", "line 2: has 1 fields where 2 spines are open"),
        ("**kern\n4c\n=1\n", "line 4: the file stops here without ending its 1 spines"),
        ("**kern\n*-\n4c\n", "line 3: goes on after all spines ended"),
        ("**kern\n*x\n4c\n*-\n", "line 2: *x without a neighbour"),
        ("**kern\n1%99999c\n1%99999c\n*-\n", "lasts over"),
        ("**kern\n4c\0\n*-\n", "zero bytes"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(ScoreReadError) as caught:
        read_kern(text.encode(), "test.krn")
    assert str(caught.value).startswith("test.krn")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cut_at_any_line_is_noticed() -> None:
    """No first part of a file passes for the whole, not even one that ends at a barline."""
    path = sorted(CHOIR.glob("*.krn"))[0]
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    last = max(number for number, line in enumerate(lines) if line.startswith("*-"))
    for n_lines in range(last):
        with pytest.raises(ScoreReadError):
            read_kern("\n".join(lines[:n_lines]).encode(), path.name)


def test_windows_and_old_mac_line_ends_and_a_byte_order_mark_read_alike() -> None:
    text = "**kern\n*M4/4\n=1\n1c\n==\n*-\n"
    plain = read_kern(text.encode(), "test.krn")
    assert read_kern(text.replace("\n", "\r\n").encode("utf-8-sig"), "test.krn") == plain
    assert read_kern(text.replace("\n", "\r").encode(), "test.krn") == plain
