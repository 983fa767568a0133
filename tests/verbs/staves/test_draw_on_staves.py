"""Drawing on staves: what players can do, what is given, how a piece closes; on networks that would do anything."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_network import small_network

from stretto.frames.canvas import Hole
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staff_canvas import in_holes, staff_canvas
from stretto.frames.staves import STAFF_NOTE, StaffMusic, StaffNotes
from stretto.theory.key import parse_key
from stretto.verbs.chord_line import chord_line
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.choose import choose
from stretto.verbs.staves.draw import StaffDrawing, StaffDrawn
from stretto.verbs.staves.ensemble import KEYBOARD, QUARTET, Ensemble
from stretto.verbs.staves.rules import StaffRules
from stretto.verbs.taste import Taste

PLAIN = Taste()


def plan_of(n_bars: int = 6, meter: str = "4/4", pickup: int = 0, **more: Any) -> Plan:
    full = bar_ticks(meter)
    starts = ([0] if pickup else []) + [pickup + full * i for i in range(n_bars)]
    known: dict[str, Any] = {"tonic": 2, "mode": "major", **more}
    return Plan(bar_starts=tuple(starts), bar_meters=(meter,) * len(starts), pickup=pickup, end=n_bars * full, **known)


def drawn(ensemble: Ensemble, plan: Plan, *, n: int = 3, **asked: Any) -> list[StaffDrawn]:
    given: dict[str, Any] = {"rules": StaffRules(ranges=ensemble.ranges), "taste": PLAIN, **asked}
    drawing = StaffDrawing(
        small_network(ensemble), [plan] * n, seeds=range(n), asked=StaffAsked(ensemble=ensemble, **given)
    )
    drawing.advance(plan.end)
    return drawing.pieces()


def sounding(notes: StaffNotes, tick: int) -> StaffNotes:
    return notes[(notes["onset"] <= tick) & (notes["onset"] + notes["duration"] > tick)]


def moments(notes: StaffNotes) -> list[int]:
    return np.unique(notes["onset"]).tolist()


def of_rows(rows: list[tuple[int, int, int, int]]) -> StaffNotes:
    """Notes from (onset, duration, pitch, staff)."""
    notes = np.array(sorted(rows, key=lambda row: (row[0], row[3], row[2])), STAFF_NOTE)
    return notes


def random_given(rng: np.random.Generator, ensemble: Ensemble, plan: Plan) -> StaffMusic:
    """Music with chords, triplets, 32nds, quintuplets and rests, each key down once at a time."""
    rows = []
    for staff, (low, high) in enumerate(ensemble.ranges):
        tick = int(rng.integers(0, 20))
        middle = (low + high) // 2
        while tick < plan.end - 1:
            length = min(int(rng.choice([3, 4, 5, 6, 8, 12, 18, 24, 48])), plan.end - tick)
            if rng.random() < 0.8:
                pitches = set((middle + rng.integers(-6, 7, int(rng.integers(1, 3)))).tolist())
                rows += [(tick, length, pitch + 3 * staff * ensemble.one_instrument * 0, staff) for pitch in pitches]
            tick += length
    notes = of_rows(rows)
    if ensemble.one_instrument:
        notes["pitch"] += np.where(notes["staff"] == 0, 10, -10).astype(np.int16)
    return StaffMusic(notes=notes, end=plan.end, n_staves=len(ensemble.staves))


@pytest.mark.parametrize("ensemble", [KEYBOARD, QUARTET], ids=lambda e: e.name)
def test_no_player_leaves_his_range_and_no_more_notes_sound_than_are_asked_for(ensemble: Ensemble) -> None:
    ranges = tuple((low + 5, high - 8) for low, high in ensemble.ranges)
    for piece in drawn(ensemble, plan_of(), rules=StaffRules(ranges=ranges, max_polyphony=4)):
        notes = piece.music.notes
        low, high = np.array(ranges)[notes["staff"]].T
        assert ((notes["pitch"] >= low) & (notes["pitch"] <= high)).all()
        assert max(len(sounding(notes, tick)) for tick in moments(notes)) == 4


def test_a_hand_holds_and_strikes_within_a_tenth_and_no_key_that_is_down() -> None:
    for piece in drawn(KEYBOARD, plan_of()):
        for tick in moments(piece.music.notes):
            there = sounding(piece.music.notes, tick)
            assert len(np.unique(there["pitch"])) == len(there)
            for hand in (0, 1):
                own = there["pitch"][there["staff"] == hand].astype(int)
                assert np.ptp(own) <= 16 if len(own) else True


def test_without_rules_hands_may_do_what_they_cannot() -> None:
    spans = [
        np.ptp(sounding(p.music.of_staff(0), tick)["pitch"].astype(int))
        for p in drawn(KEYBOARD, plan_of(), rules=None)
        for tick in moments(p.music.of_staff(0))
    ]
    assert max(spans) > 16


def test_a_bow_stops_two_strings_at_most_that_lie_side_by_side() -> None:
    stops = []
    for piece in drawn(QUARTET, plan_of()):
        for player in range(4):
            own = piece.music.of_staff(player)
            stops += [sorted(sounding(own, tick)["pitch"].tolist()) for tick in moments(own)]
    assert max(map(len, stops)) == 2
    assert all(0 < high - low <= 26 for low, high in (s for s in stops if len(s) == 2))


def held_under_new_ones(notes: StaffNotes) -> list[int]:
    """Lengths of the notes that a player holds while he strikes another."""
    lengths = []
    for player in range(4):
        own = notes[notes["staff"] == player]
        for tick in moments(own):
            there = sounding(own, tick)
            lengths += there["duration"][there["onset"] < tick].tolist()
    return lengths


def test_a_bow_that_strikes_anew_leaves_what_it_holds_unless_that_is_a_drone() -> None:
    held = [length for piece in drawn(QUARTET, plan_of()) for length in held_under_new_ones(piece.music.notes)]
    assert held and min(held) >= 96
    free = drawn(QUARTET, plan_of(), rules=StaffRules(ranges=QUARTET.ranges, reach=False))
    assert min(length for piece in free for length in held_under_new_ones(piece.music.notes)) < 24


def test_a_given_note_is_held_under_a_new_one_however_short_it_is() -> None:
    plan = plan_of(3)
    given = of_rows([(96, 20, 62, 0), (0, 288, 43, 3)])
    music = StaffMusic(notes=given, end=288, n_staves=4)
    holes = [Hole(part=0, start=100, end=192)]
    pieces = drawn(QUARTET, plan, n=8, canvas=staff_canvas(music, holes))
    assert all(set(given.tolist()) <= set(piece.music.notes.tolist()) for piece in pieces)
    new = [set(piece.music.of_staff(0)["onset"].tolist()) for piece in pieces]
    assert any(onset in range(100, 116) for onsets in new for onset in onsets)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("ensemble", [KEYBOARD, QUARTET], ids=lambda e: e.name)
def test_the_last_chord_is_the_tonic_over_its_root_with_its_third_and_nothing_moves_after_it(ensemble, mode) -> None:
    plan = plan_of(mode=mode)
    last = plan.end - 96
    for piece in drawn(ensemble, plan, n=4, last=last):
        end = sounding(piece.music.notes, last)
        degrees = {(int(pitch) - 2) % 12 for pitch in end["pitch"]}
        assert degrees <= {0, 4 if mode == "major" else 3, 7} and degrees & {3, 4}
        assert int(end["pitch"].min()) % 12 == 2 and (end["onset"] == last).all()
        assert piece.music.notes["onset"].max() == last and end["duration"].min() >= 24


def test_all_players_of_a_quartet_are_there_in_the_last_chord() -> None:
    plan = plan_of()
    last = plan.end - 96
    for piece in drawn(QUARTET, plan, n=8, last=last):
        assert set(sounding(piece.music.notes, last)["staff"].tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("ensemble", [KEYBOARD, QUARTET], ids=lambda e: e.name)
def test_somebody_strikes_a_new_pickup(ensemble: Ensemble) -> None:
    pieces = drawn(ensemble, plan_of(2, pickup=24), n=24)
    assert {int(piece.music.notes["onset"].min()) for piece in pieces} == {0}


def test_without_the_rule_a_piece_may_end_anywhere() -> None:
    plan = plan_of()
    pieces = drawn(KEYBOARD, plan, last=plan.end - 96, rules=StaffRules(ranges=KEYBOARD.ranges, close=False))
    assert any(piece.music.notes["onset"].max() > plan.end - 96 for piece in pieces)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ensemble", [KEYBOARD, QUARTET], ids=lambda e: e.name)
def test_what_is_given_is_not_altered_and_new_notes_begin_in_holes_and_end_with_them(ensemble, seed) -> None:
    rng = np.random.default_rng(seed)
    plan = plan_of(4, meter=str(rng.choice(["4/4", "3/4", "6/8"])), pickup=int(rng.choice([0, 12, 24])))
    music = random_given(rng, ensemble, plan)
    starts = plan.bar_starts or ()
    holes = [Hole(part=s, start=starts[1], end=starts[2]) for s in range(1 + seed % len(ensemble.staves))]
    canvas, gone = staff_canvas(music, holes), music.notes[in_holes(music.notes, holes)]
    for piece in drawn(ensemble, plan, canvas=canvas, gone=gone, guarded=True):
        new = in_holes(piece.music.notes, holes)
        assert np.array_equal(piece.music.notes[~new], canvas.given.notes)
        assert new.any() or seed
        for hole in holes:
            own = piece.music.notes[new & (piece.music.notes["staff"] == hole.part)]
            reach = gone[gone["staff"] == hole.part]
            longest = max([hole.end, *(reach["onset"] + reach["duration"]).tolist()])
            assert not len(own) or (own["onset"] + own["duration"]).max() <= longest


def test_a_new_note_leaves_its_key_to_a_given_one() -> None:
    plan = plan_of(3)
    given = of_rows([(tick, 6, pitch, 1) for tick in range(0, 288, 12) for pitch in (60, 62, 64, 65, 67)])
    music = StaffMusic(notes=given, end=288, n_staves=2)
    holes = [Hole(part=0, start=0, end=288)]
    rules = StaffRules(ranges=((60, 67), (21, 108)))
    for piece in drawn(KEYBOARD, plan, canvas=staff_canvas(music, holes), rules=rules):
        for tick in moments(piece.music.notes):
            there = sounding(piece.music.notes, tick)
            assert len(np.unique(there["pitch"])) == len(there)


def test_given_notes_count_where_only_so_many_may_sound() -> None:
    plan = plan_of(4)
    given = of_rows([(tick, 24, pitch, 1) for tick in range(24, 384, 48) for pitch in (40, 47, 52)])
    music = StaffMusic(notes=given, end=384, n_staves=2)
    holes = [Hole(part=0, start=0, end=384)]
    rules = StaffRules(ranges=KEYBOARD.ranges, max_polyphony=4)
    for piece in drawn(KEYBOARD, plan, canvas=staff_canvas(music, holes), rules=rules):
        assert max(len(sounding(piece.music.notes, tick)) for tick in moments(piece.music.notes)) <= 4


def test_a_rhythm_that_stays_has_its_moments_numbers_and_lengths() -> None:
    plan = plan_of(4)
    music = random_given(np.random.default_rng(5), KEYBOARD, plan)
    holes = [Hole(part=s, start=96, end=288, keep_rhythm=True) for s in (0, 1)]
    gone = music.notes[in_holes(music.notes, holes)]
    changed = 0
    for piece in drawn(KEYBOARD, plan, canvas=staff_canvas(music, holes), gone=gone):
        new = piece.music.notes[in_holes(piece.music.notes, holes)]
        assert np.array_equal(new[["onset", "staff"]], gone[["onset", "staff"]])
        assert sorted(new[["onset", "staff", "duration"]].tolist()) == sorted(
            gone[["onset", "staff", "duration"]].tolist()
        )
        changed += int((new["pitch"] != gone["pitch"]).sum())
    assert changed > len(gone)


def test_notes_that_stay_keep_their_order_and_all_come() -> None:
    plan = plan_of(4)
    music = random_given(np.random.default_rng(6), KEYBOARD, plan)
    holes = [Hole(part=0, start=96, end=288, keep_pitches=True)]
    gone = music.notes[in_holes(music.notes, holes)]

    def chords(notes: StaffNotes) -> list[list[int]]:
        return [notes["pitch"][notes["onset"] == tick].tolist() for tick in moments(notes)]

    pieces = drawn(KEYBOARD, plan, canvas=staff_canvas(music, holes), gone=gone)
    rhythms = set()
    for piece in pieces:
        new = piece.music.notes[in_holes(piece.music.notes, holes)]
        assert chords(new) == chords(gone)
        rhythms.add(tuple(moments(new)))
    assert len(rhythms) == len(pieces)


def test_a_chord_line_has_its_basses_and_its_notes_on_the_beats() -> None:
    plan = plan_of(4)
    line = chord_line("I | IV | V7 | I", plan, parse_key("D major"))
    for piece in drawn(KEYBOARD, plan, chords=line, n=4):
        notes = piece.music.notes
        for bar, (bass, classes) in enumerate([(2, {2, 6, 9}), (7, {7, 11, 2}), (9, {9, 1, 4, 7}), (2, {2, 6, 9})]):
            struck = notes[notes["onset"] == 96 * bar]
            assert int(struck["pitch"][struck["staff"] == 1].min()) % 12 == bass
            on_beats = notes[(notes["onset"] // 96 == bar) & (notes["onset"] % 24 == 0)]
            assert {int(p) % 12 for p in on_beats["pitch"]} <= classes
            sound = sounding(notes, 96 * bar)
            assert {int(p) % 12 for p in sound["pitch"]} <= classes


def test_what_is_forbidden_does_not_come() -> None:
    rules = StaffRules(ranges=KEYBOARD.ranges, chromatic=True, crossing=True, leaps=True, repeats=True)
    for piece in drawn(KEYBOARD, plan_of(), rules=rules):
        notes = piece.music.notes
        assert {(int(p) - 2) % 12 for p in notes["pitch"]} <= {0, 2, 4, 5, 7, 9, 11}
        for tick in moments(notes):
            there = sounding(notes, tick)
            right, left = (there["pitch"][there["staff"] == s] for s in (0, 1))
            assert not len(right) or not len(left) or right.min() > left.max()
        top = piece.music.of_staff(0)
        line = [int(top["pitch"][top["onset"] == tick].max()) for tick in moments(top)]
        assert not {abs(b - a) for a, b in itertools.pairwise(line)} & {0, 6, 10, 11, *range(13, 90)}


def test_notes_begin_on_32nds_or_triplets_and_soon_on_sixteenths_again() -> None:
    for piece in drawn(KEYBOARD, plan_of(meter="3/4", pickup=12)):
        ticks = [tick - 12 for tick in moments(piece.music.notes)]
        assert all(tick % 3 == 0 or tick % 4 == 0 for tick in ticks)


def test_the_guard_lets_no_bar_come_a_fifth_time_and_no_silence_last() -> None:
    plan = plan_of(12, meter="2/4")
    bar = [(0, 24, 72, 0), (0, 24, 48, 1), (24, 24, 76, 0)]
    rows = [(tick + 48 * k, length, pitch, staff) for k in range(4) for tick, length, pitch, staff in bar]
    music = StaffMusic(notes=of_rows(rows), end=plan.end, n_staves=2)
    holes = [Hole(part=s, start=192, end=plan.end) for s in (0, 1)]
    echo_of_bar = [(s, 48) for s in (0, 1)]
    from stretto.frames.echo import Echo

    echoes = [Echo(part=s, start=192, end=480, lag=lag, source=s) for s, lag in echo_of_bar]
    for guarded in (True, False):
        asked = {"canvas": staff_canvas(music, holes), "pulls": {40.0: echoes}, "guarded": guarded}
        for piece in drawn(KEYBOARD, plan, **asked):
            fifth = {(int(n["onset"]) - 192, int(n["pitch"])) for n in piece.music.notes if 192 <= n["onset"] < 240}
            assert (fifth == {(0, 72), (0, 48), (24, 76)}) is not guarded
            assert bool(piece.acts) is guarded


def test_a_piece_that_goes_on_from_a_moment_is_as_if_it_had_gone_on() -> None:
    plan, network = plan_of(), small_network(KEYBOARD)
    asked = StaffAsked(ensemble=KEYBOARD, taste=PLAIN, rules=StaffRules(ranges=KEYBOARD.ranges), last=480)
    whole = StaffDrawing(network, [plan], seeds=[4], asked=asked)
    whole.advance(plan.end)
    parted = StaffDrawing(network, [plan], seeds=[4], asked=asked)
    parted.advance(200)
    moment = parted.moments[0]
    assert moment is not None
    parted.resume(moment)
    parted.advance(plan.end)
    one, other = whole.pieces()[0], parted.pieces()[0]
    assert np.array_equal(one.music.notes, other.music.notes)
    assert one.nats == pytest.approx(other.nats)


def test_a_piece_does_not_depend_on_its_neighbours() -> None:
    plan = plan_of(3)
    alone = drawn(KEYBOARD, plan, n=1)[0]
    assert np.array_equal(alone.music.notes, drawn(KEYBOARD, plan, n=3)[0].music.notes)


def test_the_best_of_several_versions_is_kept_and_the_same_seeds_give_it_again() -> None:
    plan, network = plan_of(8), small_network(KEYBOARD)
    asked = StaffAsked(
        ensemble=KEYBOARD, taste=PLAIN, rules=StaffRules(ranges=KEYBOARD.ranges), guarded=True, last=plan.end - 96
    )
    one = choose(network, plan, seeds=range(4), asked=asked)
    again = choose(network, plan, seeds=range(4), asked=asked)
    other = choose(network, plan, seeds=range(4, 8), asked=asked)
    assert np.array_equal(one.fresh, again.fresh) and not np.array_equal(one.fresh, other.fresh)
    assert one.n_stages == 2 and one.piece.music.end == plan.end


def test_far_before_a_hole_nothing_is_heard_and_all_stays() -> None:
    plan = plan_of(40)
    music = random_given(np.random.default_rng(1), KEYBOARD, plan)
    holes = [Hole(part=s, start=36 * 96, end=37 * 96) for s in (0, 1)]
    canvas = staff_canvas(music, holes)
    asked = StaffAsked(ensemble=KEYBOARD, taste=PLAIN, rules=StaffRules(ranges=KEYBOARD.ranges), canvas=canvas)
    found = choose(small_network(KEYBOARD), plan, seeds=[1, 2], asked=asked)
    new = in_holes(found.piece.music.notes, holes)
    assert np.array_equal(found.piece.music.notes[~new], canvas.given.notes) and new.any()
    assert replace(found.piece.music, notes=found.fresh).end == plan.end


@pytest.mark.parametrize("most", [2, 3])
def test_the_root_of_the_last_chord_has_room_where_few_notes_may_sound(most: int) -> None:
    plan = plan_of()
    last = plan.end - 96
    rules = StaffRules(ranges=KEYBOARD.ranges, max_polyphony=most)
    for piece in drawn(KEYBOARD, plan, last=last, rules=rules):
        end = sounding(piece.music.notes, last)
        assert int(end["pitch"].min()) % 12 == 2 and len(end) <= most


def test_chords_do_not_thin_the_hands() -> None:
    """Of as many pitches fewer are left; what they lose must not fall to silence."""
    plan = plan_of(4)
    line = chord_line("I | IV | V7 | I", plan, parse_key("D major"))
    free, bound = (
        sum(len(piece.music.notes) for piece in drawn(KEYBOARD, plan, chords=chords, n=8)) for chords in (None, line)
    )
    assert bound >= free
