"""Where real pieces put their pickups and phrase ends: what planning a form draws from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from stretto.corpus.piece import Piece
from stretto.evaluate.phrase_close import approach
from stretto.frames.parts import notes_of_parts
from stretto.frames.plan import bar_ticks


def phrase_habits(pieces: Sequence[Piece]) -> dict[str, dict[str, dict[str, Any]]]:
    """Style -> metre -> counts, over pieces in one metre throughout.

    Each metre holds n_pieces; pickups (ticks); note_values (ticks), of pieces whose source tells repeated
    notes from held ones; steps ("place:ticks", from one fermata to the next: place is that of the earlier
    in its bar, or "start-pickup"; the last chord is a fermata too); final ("pickup:ticks from the last
    chord to the end"); cadences ("mode:inner:goal:close" and "mode:final:goal:close", numbers as in
    `frames.plan.Plan`); harmonies, what the outer voices end on and with which of these
    ("mode:inner:voice:degree:approach:goal:close").
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for piece in pieces:
        plan = piece.plan
        if not plan.style or plan.bar_starts is None or len(set(plan.bar_meters)) != 1:
            continue
        meter = plan.bar_meters[0]
        counts = found.setdefault(plan.style, {}).setdefault(meter, _nothing())
        counts["n_pieces"] += 1
        counts["pickups"][plan.pickup] += 1
        if not piece.fused:
            counts["note_values"].update(notes_of_parts(piece.frames)["duration"].tolist())
        _count_phrases(piece, bar_ticks(meter), counts)
    return found


def _nothing() -> dict[str, Any]:
    counters = ("pickups", "note_values", "steps", "final", "cadences", "harmonies")
    return {"n_pieces": 0, **{name: Counter() for name in counters}}


def _count_phrases(piece: Piece, full: int, counts: dict[str, Any]) -> None:
    plan = piece.plan
    frames = piece.frames
    last_chord = int(frames.tick_T[(frames.state_TV == 1).any(axis=1)][-1])
    if 0 < frames.end - last_chord <= full:
        counts["final"][f"{plan.pickup}:{frames.end - last_chord}"] += 1
    ends = [t for t in plan.phrase_ends or () if t < last_chord]
    closes = list(zip(plan.goals, plan.closes, strict=True))
    for place, own in (("inner", closes[: len(ends)]), ("final", closes[len(ends) :])):
        counts["cadences"].update(f"{plan.mode}:{place}:{goal}:{close}" for goal, close in own)
    _count_harmonies(piece, len(ends), counts["harmonies"])
    if not ends:
        return
    place, before = f"start-{plan.pickup}", 0
    for tick in [*ends, last_chord]:
        counts["steps"][f"{place}:{tick - before}"] += 1
        place, before = str((tick - plan.pickup) % full), tick


def _count_harmonies(piece: Piece, n_inner: int, harmonies: Counter[str]) -> None:
    """Under which notes of the outer voices phrases end on which chord."""
    plan = piece.plan
    for i, (tick, goal, close) in enumerate(zip(plan.phrase_ends or (), plan.goals, plan.closes, strict=False)):
        for voice in (0, piece.frames.pitch_TV.shape[1] - 1):
            reached = approach(piece.frames, voice, tick)
            if reached is not None:
                place, degree = ("inner" if i < n_inner else "final"), (reached[0] - plan.tonic) % 12
                harmonies[f"{plan.mode}:{place}:{voice}:{degree}:{reached[1]}:{goal}:{close}"] += 1
