"""The verbs on piano music and quartets: what is given stays as it was, what is open is filled as asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import stretto
from stretto.errors import RequestError
from stretto.score.model import Mark, Meter, Part, Score
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import HELD
from stretto.verbs.staves.choose import choose
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.staves.places import ensemble_of
from stretto.verbs.staves.written import STRINGS

QUICK: dict[str, Any] = {"seed": 3, "candidates": 2}

SAID = ["onset", "duration", "pitch", "velocity", "voice", "staff", "fifths", "grace"]


def random_piano(seed: int, *, n_bars: int = 8, meter: str = "3/4", pickup: int = 24, live: bool = False) -> Score:
    """A piano's two staves: chords, triplets, graces, a second voice, rests, slurs and dynamics."""
    rng = np.random.default_rng(seed)
    numerator, denominator = map(int, meter.split("/"))
    full = 96 * numerator // denominator
    end = pickup + n_bars * full
    rows: list[tuple[int, ...]] = []
    for staff, middle in ((1, 72), (2, 50)):
        tick = 0
        while tick < end:
            length = min(int(rng.choice([6, 8, 12, 12, 24, 24, 36, 48])), end - tick)
            if rng.random() < 0.85:
                for pitch in {int(middle + rng.integers(-9, 10)) for _ in range(int(rng.integers(1, 4)))}:
                    rows.append((tick, length, pitch, 0, 0, 1 + 4 * (staff - 1), staff, 127, 0))
                if rng.random() < 0.15:
                    rows.append((tick, 0, middle + 11, 0, 0, 1 + 4 * (staff - 1), staff, 127, 1))
            tick += length
    if live:
        shift = rng.integers(-2, 3, len(rows))
        rows = [
            (max(0, row[0] + int(d)), max(2, row[1] - 2 + int(d)), row[2], 60, *row[4:8], 0)
            for row, d in zip(rows, shift, strict=True)
            if row[8] == 0
        ]
    marks = [Mark(kind="dynamic", tick=0, text="p", part=0, staff=1)]
    if not live:
        first = next(row for row in rows if row[6] == 1)
        marks.append(
            Mark(kind="articulation", tick=first[0], text="staccato", part=0, voice=1, staff=1, pitch=first[2])
        )
    score = Score.build(
        rows,
        [Part(name="Piano", n_staves=2, program=0)],
        end=end,
        meters=[Meter(numerator=numerator, denominator=denominator)],
        pickup=pickup,
        marks=marks,
    )
    return understand(score)[0]


def random_quartet(seed: int, n_bars: int = 6) -> Score:
    rng = np.random.default_rng(seed)
    rows = []
    for part, (low, high) in enumerate(QUARTET.ranges):
        tick = 0
        while tick < 96 * n_bars:
            length = min(int(rng.choice([8, 12, 24, 48])), 96 * n_bars - tick)
            if rng.random() < 0.9:
                rows.append((tick, length, int(low + rng.integers(3, (high - low) // 2)), 0, part, 1, 1, 127, 0))
            tick += length
    return understand(Score.build(rows, STRINGS, meters=[Meter()]))[0]


def told(score: Score, places: list[tuple[int, int]] | None = None) -> Counter[tuple[Any, ...]]:
    """Every note of some staves, by all that is said of it but its part."""
    notes = score.notes
    on = np.ones(len(notes), bool)
    if places is not None:
        on = np.zeros(len(notes), bool)
        for part, staff in places:
            on |= (notes["part"] == part) & (notes["staff"] == staff)
    return Counter(map(tuple, notes[SAID][on].tolist()))


def outside(score: Score, start: int, end: int) -> Counter[tuple[Any, ...]]:
    notes = score.notes
    on = (notes["onset"] < start) | (notes["onset"] >= end)
    return Counter(map(tuple, notes[[*SAID, "part"]][on].tolist()))


def beyond(score: Score, end: int) -> Counter[tuple[Any, ...]]:
    """What is held over a tick: all that is said of each note."""
    notes = score.notes
    held = (notes["onset"] < end) & (notes["onset"] + notes["duration"] >= end + HELD)
    return Counter(map(tuple, notes[held].tolist()))


@pytest.mark.parametrize(
    ("seed", "meter", "pickup"),
    [(0, "3/4", 24), (1, "4/4", 0), (2, "6/8", 12), (3, "2/4", 12), (4, "9/8", 36), (5, "2/2", 48), (6, "5/4", 0)],
)
def test_of_piano_music_all_but_the_open_bars_stays_whatever_the_metre(seed: int, meter: str, pickup: int) -> None:
    before = random_piano(seed, meter=meter, pickup=pickup)
    found = stretto.infill(before, "3-4", **QUICK)
    start, end = before.bars[2 + bool(pickup)].tick, before.bars[4 + bool(pickup)].tick
    assert outside(found.score, start, end) == outside(before, start, end)
    assert found.score.bars == before.bars and found.score.parts == before.parts
    assert found.n_notes > 0 and found.score != before
    assert beyond(found.score, end) == beyond(before, end)
    open_until = {hole.part + 1: hole.end for hole in found.holes}
    notes = found.score.notes
    new = notes[(notes["onset"] >= start) & (notes["onset"] < [open_until[staff] for staff in notes["staff"].tolist()])]
    assert len(new) == found.n_notes and (new["fifths"] != 127).all()


@pytest.mark.parametrize(("parts", "kept"), [("left hand", (0, 1)), ("right", (0, 2))])
def test_one_hand_alone_is_open(parts: str, kept: tuple[int, int]) -> None:
    before = random_piano(7)
    found = stretto.infill(before, "2-5", parts=parts, **QUICK)
    assert told(found.score, [kept]) == told(before, [kept])
    assert told(found.score) != told(before)


@pytest.mark.parametrize("verb", ["infill", "vary"])
def test_beside_a_pedal_that_is_held_through_the_open_bars_a_hand_is_new(verb: str) -> None:
    tune, bass = (
        [(24 * i, 24, 67 + 2 * (i % 4), 1) for i in range(24)],
        [(24 * i, 24, 48 + i % 3, 2) for i in range(24)],
    )
    rows = [(*row[:3], 0, 0, row[3], row[3], 127, 0) for row in [*tune, *bass]]
    pedal = (0, 96 * 5, 36, 0, 0, 3, 2, 127, 0)
    before = understand(Score.build([*rows, pedal], [Part(name="Piano", n_staves=2)], meters=[Meter()]))[0]
    one_hand: dict[str, Any] = {"infill": {"parts": "left hand"}, "vary": {"keep": "right hand", "strength": 1.0}}[verb]
    found = getattr(stretto, verb)(before, bars=(2, 3), **one_hand, **QUICK)
    assert found.n_notes > 0 and not any("is held over" in line for line in found.report)
    assert outside(found.score, 96, 288) == outside(before, 96, 288)
    assert beyond(found.score, 288) == beyond(before, 288)


def test_what_was_played_live_stays_where_it_was_played() -> None:
    before = random_piano(8, live=True, pickup=0)
    found = stretto.infill(before, "3-4", parts="left hand", **QUICK)
    assert told(found.score, [(0, 1)]) == told(before, [(0, 1)])
    start, end = before.bars[2].tick, before.bars[4].tick
    slack = 4  # a note is in the bar in which it is meant to be
    assert outside(before, start - slack, end + slack) <= outside(found.score, start - slack, end + slack)


@pytest.mark.parametrize("which", range(4))
def test_one_player_of_a_quartet_is_written_anew(which: int) -> None:
    before = random_quartet(which)
    found = stretto.infill(before, "2-4", parts=QUARTET.staves[which], **QUICK)
    others = [(p, 1) for p in range(4) if p != which]
    assert told(found.score, others) == told(before, others)
    own = found.score.notes[found.score.notes["part"] == which]
    low, high = QUARTET.ranges[which]
    assert own["pitch"].min() >= low and own["pitch"].max() <= high and found.n_notes > 0


def test_a_melody_is_given_a_left_hand_and_a_bass_a_right_one() -> None:
    for clef, text, new in (
        ("right", "part: Tune\n  1 | C5 E5 G5 E5 |\n  2 | F5 D5 C5h |\n", 2),
        ("left", "part: Ground\n  1 | C2 G2 C3 G2 |\n  2 | F2 G2 C2h |\n", 1),
    ):
        before, _ = understand(read_text(f"key: C major\nmeter: 4/4\n\n{text}".encode(), f"{clef}.txt"))
        found = stretto.harmonize(before, ensemble="keyboard", **QUICK)
        score = found.score
        assert len(score.parts) == 1 and score.parts[0].n_staves == 2
        given = score.notes[score.notes["staff"] == 3 - new]
        assert given[["onset", "duration", "pitch"]].tolist() == before.notes[["onset", "duration", "pitch"]].tolist()
        fresh = score.notes[score.notes["staff"] == new]
        assert len(fresh) == found.n_notes > 3


def test_a_first_violin_is_given_the_three_others() -> None:
    before = random_quartet(5)
    alone = before.evolve(
        notes=before.notes[before.notes["part"] == 0], parts=before.parts[:1], clefs=(), marks=(), keys=before.keys
    )
    found = stretto.harmonize(alone, ensemble="quartet", **QUICK)
    assert [part.name for part in found.score.parts] == ["Violin I", "Violin II", "Viola", "Violoncello"]
    assert told(found.score, [(0, 1)]) == told(alone)
    assert {int(p) for p in found.score.notes["part"]} == {0, 1, 2, 3}


def test_a_bass_part_that_is_called_cello_stays_the_lowest() -> None:
    before = random_quartet(6)
    notes = before.notes[before.notes["part"] == 3].copy()
    notes["part"] = 0
    alone = before.evolve(notes=notes, parts=before.parts[3:], clefs=(), marks=())
    found = stretto.harmonize(alone, ensemble="quartet", **QUICK)
    assert found.score.parts[3].name == "Violoncello" and told(found.score, [(3, 1)]) == told(alone)


@pytest.mark.parametrize("ensemble", [KEYBOARD, QUARTET], ids=lambda e: e.name)
def test_a_piece_goes_on_for_so_many_bars_and_closes(ensemble: Ensemble) -> None:
    before = random_piano(9) if ensemble is KEYBOARD else random_quartet(9)
    found = stretto.continue_(before, 4, **QUICK)
    end = int(before.ends.max())
    assert len(found.score.bars) == len(before.bars) + 4
    assert outside(found.score, end, 10**6) == outside(before, end, 10**6)
    last = found.score.bars[-1].tick
    new = found.score.notes[found.score.notes["onset"] >= last]
    assert new["onset"].max() == last and len(new) > 1


@pytest.mark.parametrize("stays", ["keep_rhythm", "keep_pitches"])
def test_pitches_or_rhythm_can_be_varied_alone(stays: str) -> None:
    before = random_piano(10)
    wish: Any = {stays: True, **QUICK}
    found = stretto.vary(before, 0.4, keep="left", **wish)
    assert told(found.score, [(0, 2)]) == told(before, [(0, 2)])
    plain = [s.notes[(s.notes["staff"] == 1) & (s.notes["grace"] == 0)] for s in (before, found.score)]
    field = ["onset", "duration"] if stays == "keep_rhythm" else ["pitch"]
    assert Counter(map(tuple, plain[0][field].tolist())) == Counter(map(tuple, plain[1][field].tolist()))
    assert found.score != before


def test_varying_opens_here_and_there_and_a_stronger_wish_more() -> None:
    before = random_piano(11)
    changed = []
    for strength in (0.1, 0.8):
        found = stretto.vary(before, strength, **QUICK)
        changed.append(sum((told(before) - told(found.score)).values()))
    assert 0 < changed[0] < changed[1]


def test_varying_some_bars_of_a_hand_leaves_the_rest_to_the_note() -> None:
    before = random_piano(11)
    found = stretto.vary(before, 1.0, bars="2-3", keep="left", **QUICK)
    start, end = before.bars[2].tick, before.bars[4].tick  # after a pickup
    changed = [*(told(before) - told(found.score)), *(told(found.score) - told(before))]
    assert changed
    assert {hole.part for hole in found.holes} == {0}
    assert all(start <= hole.start < hole.end <= end for hole in found.holes)
    inside_N = (before.notes["onset"] >= start) & (before.notes["onset"] < end) & (before.notes["staff"] == 1)
    kept = [row.tolist() for row in before.notes[~inside_N]]
    assert not [row for row in kept if row not in found.score.notes.tolist()]


@pytest.mark.parametrize(("meter", "pickup", "beat"), [("6/8", 12, 36), ("3/4", 12, 24), ("3/8", 0, 12)])
def test_what_is_varied_opens_on_the_beats_of_the_metre(meter: str, pickup: int, beat: int) -> None:
    """Counted from bar 1, so that after a pickup of an eighth no hole begins between the beats."""
    found = stretto.vary(random_piano(21, n_bars=4, meter=meter, pickup=pickup), 1.0, candidates=1, seed=1)
    starts = {hole.start for hole in found.holes if hole.start}
    assert len(starts) > 2 and all((start - pickup) % beat == 0 for start in starts)
    inner = [hole for hole in found.holes if hole.start and (hole.end - pickup) % beat == 0]
    assert {hole.end - hole.start for hole in inner} == {beat, 2 * beat}
    assert len(found.holes) - len(inner) <= 4  # the first and the last of each hand


def test_signs_stay_and_what_went_is_counted() -> None:
    before = random_piano(12)
    found = stretto.infill(before, "0-2", **QUICK)
    assert [m.text for m in found.score.marks if m.kind == "dynamic"][:1] == ["p"]
    lost = not any(m.kind == "articulation" for m in found.score.marks)
    assert any("articulation" in line for line in found.report) is lost
    n_graces = int((before.notes["grace"] > 0).sum())
    assert f"{n_graces} x grace notes left out; they stay in the document, unheard" in found.report


def test_given_notes_count_among_those_that_may_sound() -> None:
    before = random_piano(13)
    left = before.notes[before.notes["staff"] == 2]
    most = max(
        int(((left["onset"] <= tick) & (left["onset"] + left["duration"] > tick)).sum()) for tick in left["onset"]
    )
    found = stretto.harmonize(before, keep="left", max_polyphony=most + 1, **QUICK)
    notes = found.score.notes[found.score.notes["grace"] == 0]
    ends = notes["onset"] + notes["duration"]
    together = [int(((notes["onset"] <= tick) & (ends > tick)).sum()) for tick in np.unique(notes["onset"])]
    assert max(together) <= most + 1 and found.n_notes > 5


def test_a_song_keeps_its_singer_unheard() -> None:
    piano = random_piano(14)
    voice = [(24 * k, 24, 67 + k % 5, 0, 0, 1, 1, 127, 0) for k in range(12)]
    rows = [*voice, *((*tuple(row)[:4], 1, *tuple(row)[5:]) for row in piano.notes.tolist())]
    parts = [Part(name="Voice"), Part(name="Piano", n_staves=2)]
    song, _ = understand(Score.build(rows, parts, end=piano.end, meters=piano.meters, pickup=piano.pickup))
    found = stretto.infill(song, 3, **QUICK)
    assert told(found.score, [(0, 1)]) == told(song, [(0, 1)])
    assert "Voice stays as it is, unheard" in found.report and found.n_notes > 0


def test_names_of_unheard_parts_stand_in_one_line() -> None:
    piano = random_piano(14)
    voice = [(24 * k, 24, 67, 0, part, 1, 1, 127, 0) for k in range(12) for part in (0, 1)]
    rows = [*voice, *((*tuple(row)[:4], 2, *tuple(row)[5:]) for row in piano.notes.tolist())]
    parts = [Part(name="Singstimme\nVoice"), Part(name=""), Part(name="Piano", n_staves=2)]
    duet, _ = understand(Score.build(rows, parts, end=piano.end, meters=piano.meters, pickup=piano.pickup))
    found = stretto.infill(duet, 3, ensemble="keyboard", **QUICK)
    assert "Singstimme Voice, part 2 stay as they are, unheard" in found.report


def test_piano_music_on_one_staff_is_shared_out_to_two_hands() -> None:
    piano = random_piano(15, pickup=0)
    notes = piano.notes[piano.notes["grace"] == 0].copy()
    notes["staff"], notes["voice"] = 1, 1
    flat = Score.build(notes, [Part(name="Piano", program=0)], end=piano.end, meters=piano.meters)
    found = stretto.infill(understand(flat)[0], 3, **QUICK)
    assert found.report[0].startswith("spelling") or "its notes are shared out to two hands" in found.report
    assert found.score.parts[0].n_staves == 2 and {int(s) for s in found.score.notes["staff"]} == {1, 2}
    start, end = piano.bars[2].tick, piano.bars[3].tick
    kept = [s.notes[(s.notes["onset"] < start) | (s.notes["onset"] >= end)] for s in (flat, found.score)]
    assert Counter(kept[0][["onset", "duration", "pitch"]].tolist()) == Counter(
        kept[1][["onset", "duration", "pitch"]].tolist()
    )


def test_the_same_seed_gives_the_same_music() -> None:
    before = random_piano(16)
    one, again, other = (stretto.infill(before, 3, seed=s, candidates=2).score for s in (1, 1, 2))
    assert one == again != other


def test_a_change_of_key_is_heard() -> None:
    before = random_piano(17)
    keys = (
        replace(before.keys[0], tick=0, fifths=0, mode="major"),
        replace(before.keys[0], tick=312, fifths=4, mode="major"),
    )
    changing = before.evolve(keys=keys)
    for bars, heard in (("4-6", "C major, E major"), ("1-2", "C major"), ("5-6", "E major")):
        assert stretto.infill(changing, bars, **QUICK).key == heard


def test_figures_of_a_drawing_in_several_keys_are_of_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two halves in two keys: nats a note are those of all new notes, and not of the last key's."""
    pieces = []

    def kept(*told: Any, **more: Any) -> Any:
        pieces.append(choose(*told, **more))
        return pieces[-1]

    monkeypatch.setattr("stretto.verbs.staves.rework.choose", kept)
    before = random_piano(17)
    keys = tuple(replace(before.keys[0], tick=tick, fifths=fifths, mode="major") for tick, fifths in ((0, 0), (312, 4)))
    found = stretto.infill(before.evolve(keys=keys), "4-6", **QUICK)
    n_notes = sum(chosen.piece.n_notes for chosen in pieces)
    assert len(pieces) == 2 and n_notes == found.n_notes > pieces[-1].piece.n_notes > 0
    assert found.nats_per_note == pytest.approx(sum(chosen.piece.nats for chosen in pieces) / n_notes)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"parts": "soprano"}, "'soprano' is no staff of the keyboard; it has right hand, left hand"),
        ({"style": "jazz"}, "style 'jazz' is not known"),
        ({"density": "thick"}, "density thick: say sparse, normal, dense, or notes a quarter"),
        ({"max_polyphony": 0}, "--max-polyphony 0: possible are 1 to 40 notes together"),
        ({"octaves": 1}, "--octaves 1: "),
        ({"allow": "rests"}, "'rests' cannot be forbidden or allowed for keyboard"),
        ({"ensemble": "band"}, "ensemble 'band' is not known; there are choir, keyboard, quartet"),
    ],
)
def test_what_cannot_be_is_one_line(wish: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said.replace("?", r"\?")):
        stretto.infill(random_piano(18), 3, **wish)


def test_all_staves_given_leave_nothing_to_write() -> None:
    left = "both staves, so none is left to write; say with --keep which of them stay"
    with pytest.raises(RequestError, match=f"^given are {left}"):
        stretto.harmonize(random_piano(19))
    with pytest.raises(RequestError, match=f"^--keep right,left keeps {left}"):
        stretto.harmonize(random_piano(19), keep="right,left")


def test_what_is_forbidden_and_allowed_at_once_is_refused() -> None:
    for players, word in (("keyboard", "parallels"), ("choir", "crossing")):
        with pytest.raises(RequestError, match=f"--forbid {word} with --allow {word}: one undoes the other"):
            stretto.infill(random_piano(18), 3, ensemble=players, forbid=f"leaps,{word}", allow=word)


def test_a_staff_named_of_a_document_that_is_heard_as_a_choirs_says_whose_it_is() -> None:
    tune = Score.build([(0, 96, 72, 0, 0, 1, 1, 80, 0)], [Part()], meters=[Meter()])
    for name, players in (("right hand", "keyboard"), ("violin 1", "quartet")):
        said = f"voice '{name}' is not known.*; for a {players}'s add --ensemble {players}"
        with pytest.raises(RequestError, match=said):
            stretto.harmonize(tune, keep=name)


def test_a_nameless_melody_is_named_after_its_player() -> None:
    """So that the four are a quartet to whoever opens them next."""
    melody = Score.build(
        [(24 * k, 24, pitch, 80, 0, 1, 1, 127, 0) for k, pitch in enumerate((74, 76, 78, 79, 81, 79, 78, 76))], [Part()]
    )
    found = stretto.harmonize(melody, ensemble="quartet", **QUICK).score
    assert [part.name for part in found.parts] == ["Violin I", "Violin II", "Viola", "Violoncello"]
    assert [part.program for part in found.parts] == [40, 40, 41, 42]
    assert ensemble_of(found) is QUARTET
