"""A folder is looked through: which files go together, which are left out for the others, what is thin."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from drawn_hands import hands, looked_through, written

from stretto.errors import CorpusError
from stretto.score.formats import write_score
from stretto.score.model import Part, Score
from stretto.theory.spelling import spell_unspelled
from stretto.train.outlook import flight_json, outlook, thin
from stretto.train.preflight import Preflight, judged, preflight, score_files, slug


def reasons(flight: Preflight) -> dict[str, str]:
    return {v.name: v.reason.words for v in flight.left_out if v.reason is not None}


def told(flight: Preflight, name: str) -> tuple[str, ...]:
    return next(v.told for v in flight.verdicts if v.name == name)


def quartet(seed: int, names: tuple[str, ...] = ("Violin I", "Violin II", "Viola", "Cello")) -> Score:
    """Four players: the hands' notes, in turn."""
    score = hands(seed)
    notes = score.notes.copy()
    notes["part"] = [(0, 1)[i % 2] if n["part"] == 0 else (2, 3)[i % 2] for i, n in enumerate(notes)]
    return score.evolve(notes=notes, parts=tuple(Part(name=name) for name in names))


def test_a_folder_in_worker_processes_loses_only_the_broken_file(tmp_path: Path) -> None:
    folder = written(tmp_path / "mine", one=hands(1), two=hands(2))
    (folder / "broken.mid").write_bytes(b"no music")
    (folder / "README.txt").write_text("about these pieces", encoding="utf-8")
    flight = judged(folder, preflight(folder))
    assert [v.name for v in flight.used] == ["one.mid", "two.mid"]
    assert reasons(flight) == {"broken.mid": "this is not a MIDI file; check the file and its extension"}


def test_what_is_counted_is_what_is_used(tmp_path: Path) -> None:
    flight = looked_through(written(tmp_path, a=hands(1), b=hands(2, beats=3), c=hands(3, n_bars=2)))
    assert (flight.n_bars, flight.n_notes) == (32, 16 * 15 + 16 * 11)
    assert flight.meters == {"4/4": 1, "3/4": 1}
    # 16 bars of four and of three quarters, at 100 a minute where a file says nothing.
    assert flight.minutes_of_music == pytest.approx(16 * 7 / 100)
    assert flight.keys == {"C major": 2}
    assert flight.n_rounded == 0


def test_lengths_that_the_network_cannot_say_are_counted(tmp_path: Path) -> None:
    score = hands(1)
    notes = score.notes.copy()
    notes["duration"][np.flatnonzero(notes["duration"] == 12)[::8]] = 7
    flight = looked_through(written(tmp_path, a=score.evolve(notes=notes)))
    assert flight.n_rounded == 16
    assert any(said.startswith("16 notes (6.7 %) have lengths") for said in outlook(flight, "keyboard"))


def test_the_same_music_stays_once_and_rather_as_it_was_engraved(tmp_path: Path) -> None:
    folder = written(tmp_path, midi=hands(1), other=hands(2), higher=hands(1, up=3))
    write_score(spell_unspelled(hands(1)), folder / "engraved.musicxml")
    flight = looked_through(folder)
    assert reasons(flight) == {
        "higher.mid": "the same music as engraved.musicxml, a minor third higher",
        "midi.mid": "the same music as engraved.musicxml",
    }


def test_files_with_other_staves_than_most_are_named(tmp_path: Path) -> None:
    flight = looked_through(written(tmp_path, a=hands(1), b=hands(2), four=quartet(3)))
    assert reasons(flight) == {
        "four.mid": "4 staves (Violin I, Violin II, Viola, Cello), where most files have two, one for each hand"
    }
    assert flight.layout.words == "keyboard: right and left hand"


def test_a_folder_of_quartets_has_its_players_names_and_ranges(tmp_path: Path) -> None:
    flight = looked_through(written(tmp_path, a=quartet(1), b=quartet(2), piano=hands(3)))
    assert flight.layout.names == ("violin i", "violin ii", "viola", "cello")
    assert not flight.layout.keyboard
    lows = [min(seen.staves[3].lowest for seen in flight.pieces), max(s.staves[3].highest for s in flight.pieces)]
    assert flight.layout.ranges[3] == tuple(lows)
    assert reasons(flight) == {"piano.mid": "2 staves (right, left), where most files have 4"}


def test_hands_in_the_wrong_order_are_turned_round(tmp_path: Path) -> None:
    score = hands(1)
    notes = score.notes.copy()
    notes["part"] = 1 - notes["part"]
    flight = looked_through(written(tmp_path, a=score.evolve(notes=notes), b=hands(2)))
    assert told(flight, "a.mid") == ("the left hand stands first; it is read the other way round",)
    music = flight.pieces[0].music
    assert music.of_staff(0)["pitch"].mean() > music.of_staff(1)["pitch"].mean() + 10
    assert len(music.of_staff(0)) == 128


def test_two_hands_on_one_staff_join_the_others(tmp_path: Path) -> None:
    score = hands(1)
    notes = score.notes.copy()
    notes["part"] = 0
    flight = looked_through(written(tmp_path, one=score.evolve(notes=notes, parts=(Part(),)), two=hands(2)))
    assert len(flight.used) == 2
    assert told(flight, "one.mid") == ("both hands stand on one staff; they are parted by what hands can reach",)
    assert [seen.music.n_staves for seen in flight.pieces] == [2, 2]


def test_a_piece_in_another_metre_is_used_and_said_to_be_thin(tmp_path: Path) -> None:
    scores = {f"four{i}": hands(i) for i in range(4)}
    flight = looked_through(written(tmp_path, waltz=hands(9, beats=3), **scores))
    assert told(flight, "waltz.mid") == ("in 3/4, where most are in 4/4 and no other file is: used, but thin",)
    assert thin(flight) == [
        "3/4: one piece; do not expect it to learn 3/4",
        "minor: no pieces; expect little of it",
    ]


def test_several_rare_metres_are_said_in_one_line(tmp_path: Path) -> None:
    rare = {"five": hands(9, beats=5), "three": hands(8, beats=3), "three2": hands(7, beats=3)}
    flight = looked_through(written(tmp_path, **rare, **{f"four{i}": hands(i) for i in range(6)}))
    assert thin(flight)[0] == "3/4: two pieces, 5/4: one piece; do not expect it to learn these metres"


def test_grace_notes_are_counted_once_for_all(tmp_path: Path) -> None:
    score = spell_unspelled(hands(1))
    graces = score.notes[score.notes["part"] == 0][:5].copy()
    graces["grace"], graces["duration"] = 1, 0
    graces["pitch"] += 2
    write_score(score.evolve(notes=np.concatenate([score.notes, graces])), tmp_path / "a.musicxml")
    flight = looked_through(tmp_path)
    assert (flight.n_graces, flight.n_notes) == (5, 240)


def test_styles_are_folders_where_there_are_several(tmp_path: Path) -> None:
    written(tmp_path / "My Waltzes", a=hands(1), b=hands(2))
    written(tmp_path / "dances", c=hands(3))
    flight = looked_through(tmp_path)
    assert flight.styles == {"my-waltzes": 2, "dances": 1}
    assert thin(flight) == [
        "three pieces in all: it will learn them, and little of what they have in common",
        "minor: no pieces; expect little of it",
        "my-waltzes: two pieces, dances: one piece; asked for as a style, each will mean little",
    ]


def test_else_styles_are_composers(tmp_path: Path) -> None:
    write_score(
        spell_unspelled(hands(1)).evolve(info={"composer": "Scott Joplin (1868-1917)"}), tmp_path / "a.musicxml"
    )
    write_score(spell_unspelled(hands(2)).evolve(info={"composer": "Burgmüller, Friedrich"}), tmp_path / "b.musicxml")
    write_score(hands(3), tmp_path / "chopin_op28-4.mid")
    write_score(spell_unspelled(hands(4)).evolve(info={"composer": "Ada Nobodyknows"}), tmp_path / "d.musicxml")
    write_score(spell_unspelled(hands(5)).evolve(info={"composer": "Anonymous"}), tmp_path / "e.musicxml")
    assert looked_through(tmp_path).styles == {"joplin": 1, "burgmuller": 1, "chopin": 1, "nobodyknows": 1}


def test_an_accent_is_no_hindrance_to_a_name() -> None:
    assert slug("Dvořák & Söhne") == "dvorak-sohne"


def test_a_folder_without_a_usable_file_says_why_of_the_first(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none of 1 files can be used; the first, a\.mid: 2 bars, and a piece needs"):
        looked_through(written(tmp_path / "mine", a=hands(1, n_bars=2)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=r"holds no scores; readable are \.mid"):
        looked_through(tmp_path / "empty")
    with pytest.raises(CorpusError, match="does not exist; name a folder of scores"):
        looked_through(tmp_path / "nowhere")


def test_what_to_expect_depends_on_how_much_there_is_and_what_it_begins_with(tmp_path: Path) -> None:
    flight = looked_through(written(tmp_path, a=hands(1), b=hands(2)))
    assert outlook(flight, "keyboard") == [
        "it begins with the keyboard network, which knows music, and learns what is yours: 480 notes are too few to "
        "learn music from",
        "better: about 208 pieces like these, mend what is left out, keep one style to a folder",
    ]
    assert outlook(flight, None)[0].endswith("expect its textures and rhythms, not its harmony or form")
    assert outlook(flight, None, 60_000)[0].startswith("it learns from 60,000 notes alone")


def test_a_program_reads_the_same(tmp_path: Path) -> None:
    said = flight_json(looked_through(written(tmp_path, a=hands(1), b=hands(1, up=12), c=hands(2))))
    assert (said["used"], said["left_out"], said["staves"]) == (2, 1, ["right hand", "left hand"])
    assert said["files"][1] == {
        "name": "b.mid", "used": False, "kind": "twin", "why": "the same music as a.mid, an octave higher", "told": [],
        "bars": 16, "notes": 240, "meters": ["4/4"], "key": "C major", "staves": ["right", "left"], "style": "",
    }  # fmt: skip


@pytest.mark.corpus
def test_awkward_and_broken_files_each_get_a_verdict(data_folder: Path) -> None:
    """Files that readers crash on, in worker processes, for one that dies must not take the others along."""
    folder = data_folder / "malformed"
    verdicts = preflight(folder)
    assert len(verdicts) == len(score_files(folder)) > 80
    flight = judged(folder, verdicts)
    kinds = Counter(v.reason.kind for v in flight.left_out if v.reason is not None)
    assert kinds["short"] > 40
    assert kinds["unreadable"] >= 12
    assert kinds["empty"] >= 10
    assert all(v.reason is None or (v.reason.words and "Error" not in v.reason.words) for v in flight.verdicts)
