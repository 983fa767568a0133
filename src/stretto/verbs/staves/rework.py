"""Filling holes of the user's own music on staves, in the manner that all verbs share."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from stretto.engine.staff_weights import StavesWeights
from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.plan import Plan
from stretto.frames.staff_canvas import in_holes, staff_canvas
from stretto.frames.staves import STAFF_NOTE, StaffMusic, StaffNotes
from stretto.score.model import Notes, Score
from stretto.theory.at_piano import is_played, on_two_staves
from stretto.verbs.chord_line import ChordLine, chord_line, chord_symbols
from stretto.verbs.fill import NOTHING_BEGINS
from stretto.verbs.hearing import keys_over
from stretto.verbs.report import chords_report, lost_report
from stretto.verbs.rework import HowToDraw, Reworked
from stretto.verbs.so_far import watched
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.choose import StaffChosen, choose
from stretto.verbs.staves.document import StaffDocument
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.figures import Figures, usual_figures
from stretto.verbs.staves.filling import filled
from stretto.verbs.staves.form import StaffReturns, final_close
from stretto.verbs.staves.report import close_report, drawing_report, room_report
from stretto.verbs.staves.request import checked_density, texture_of
from stretto.verbs.staves.returning import returns_report, usual_returns
from stretto.verbs.staves.rules import StaffRules, staff_rules
from stretto.verbs.staves.scored import with_shipped_dynamics
from stretto.verbs.staves.styles import Style, habits_of, style_asked, style_of_document
from stretto.verbs.taste import Taste
from stretto.verbs.voicing import note_name

OUTSIDE = 0.1
"""Share of a given staff's notes outside its player's range, from which it is said."""

NOTHING_NEW = "nothing begins in what is open, so nothing is new; open more bars, or other staves"


@dataclass(frozen=True, kw_only=True)
class StaffManner(HowToDraw):
    """How to draw for players of staves."""

    candidates: int = 8
    style: str | None = None
    """A period or a composer; None = as the document's composer, if the network knows him."""
    rules: StaffRules | None = field(default_factory=StaffRules)
    """Guard rails; None = none."""
    density: str | float | None = None
    """"sparse", "normal", "dense", or notes struck a quarter; None = as the document is."""

    def __post_init__(self) -> None:
        """Check before any work."""
        super().__post_init__()
        checked_density(self.density)


def rework(
    document: StaffDocument,
    holes: Sequence[Hole],
    manner: StaffManner,
    *,
    keep_new: Sequence[int] = (),
    last: int | None = None,
    chords_since: int = 0,
    recalls_since: int | None = None,
) -> Reworked:
    """Fill holes of a document.

    Args:
        document: the user's.
        holes: what is open, by staff; staves that the document lacks must be open throughout.
        manner: how to draw.
        keep_new: staves it lacked that are to stay; the others are only imagined.
        last: where the last chord begins; None = where the document strikes last, if that is open.
        chords_since: tick from which the bars of a chord line are counted.
        recalls_since: tick from which the music may come back to what was before; None = nowhere.

    Raises:
        RequestError: nothing is open, or a wish cannot be met.
    """
    started = time.perf_counter()
    manner = manner.seeded()
    players, style = document.players, _style(document, manner)
    plan = document.plan(style, _texture(players, style, manner))
    last = _last(document, holes) if last is None else last
    line, said = _chords(document, plan, manner, chords_since)
    returns = StaffReturns()
    if recalls_since is not None and line is None:
        returns = usual_returns(players, plan, np.random.default_rng([manner.seed or 0, 5]), since=recalls_since)
    if line is None and last is not None and manner.rules is not None and manner.rules.close:
        line = _leads_to(document, plan, last, holes)
    asked = StaffAsked(
        ensemble=players,
        taste=Taste(temperature=manner.temperature, top_p=manner.top_p),
        rules=staff_rules(players, base=manner.rules) if manner.rules is not None else None,
        guarded=manner.guard,
        echoes=returns.echoes,
        pulls=returns.pulls,
        chords=line,
        last=last,
        figures=_figures(document, plan, holes, manner),
    )
    manner = replace(manner, progress=watched(manner.progress, partial(_so_far, document, holes, keep_new)))
    found, fresh = _drawn(document, holes, plan, asked, manner, players.weights())
    written = filled(document, fresh, holes, keep=keep_new)
    imagined = [staff for staff in document.new if staff not in keep_new]
    real = [hole for hole in holes if hole.part not in imagined and not hole.silent]
    written, loud = _with_dynamics(document, written, plan, real, manner.seed or 0)
    fresh = fresh[in_holes(fresh, real)]
    gone = document.in_hole(real)
    return Reworked(
        score=written,
        key=keys_over(document.keys, real),
        seed=manner.seed or 0,
        nats_per_note=found.piece.nll_per_note,
        n_notes=len(fresh),
        n_again=_n_again(document.score.notes[gone], document, fresh),
        seconds=time.perf_counter() - started,
        verdict=found.verdict,
        holes=tuple(holes),
        page=_page(document, written, imagined),
        report=[
            *document.said,
            *style.said,
            *said,
            *([] if len(fresh) else [NOTHING_NEW]),
            *returns_report(returns, found.piece.music, plan),
            *drawing_report(found, plan, players, candidates=manner.candidates, rules=manner.rules),
            *([] if line is not None and line.chords[-1] is not None else close_report(found)),
            *range_report(document, asked.rules),
            *room_report(document.music.notes[~in_holes(document.music.notes, holes)], asked.rules),
            *lost_report(document.before, written),
            *(str(notice) + "; they stay in the document, unheard" for notice in document.notices),
            *loud,
        ],
    )


def _so_far(document: StaffDocument, holes: Sequence[Hole], keep: Sequence[int], music: StaffMusic) -> Score:
    """The document with what is drawn so far in its holes, which are empty from there on."""
    return filled(document, music.notes[in_holes(music.notes, holes)], holes, keep=keep, spelled=False)


def _style(document: StaffDocument, manner: StaffManner) -> Style:
    """As it is asked for, else by the composer whom the document names."""
    if manner.style is not None:
        return style_asked(document.players, manner.style)
    return style_of_document(document.players, document.before.info.get("composer", ""))


def _texture(players: Ensemble, style: Style, manner: StaffManner) -> tuple[float, float] | None:
    """Density and polyphony that are asked for; None = as the document's."""
    if manner.density is None:
        return None
    rng = np.random.default_rng([manner.seed or 0, 1])
    return texture_of(checked_density(manner.density), habits_of(players, style), rng)


def _figures(document: StaffDocument, plan: Plan, holes: Sequence[Hole], manner: StaffManner) -> Figures | None:
    """Of a left hand that is new throughout, those of a real work; None = of another, as the given music has them."""
    low = len(document.places) - 1
    if not any(hole.part == low and hole.start <= 0 and hole.end >= document.score.end for hole in holes):
        return None
    return usual_figures(document.players, plan, np.random.default_rng([manner.seed or 0, 6]))


def _last(document: StaffDocument, holes: Sequence[Hole]) -> int | None:
    """Where the document strikes last, if any staff is open there to the end; None = its end is given."""
    notes = document.music.notes
    if not len(notes):
        return None
    last, end = int(notes["onset"].max()), document.score.end
    given = notes["onset"][~in_holes(notes, holes)]
    if len(given) and last - int(given.max()) <= document.score.meter_at(last).bar_ticks:
        last = int(given.max())  # what was struck after it is gone
    open_there = [hole for hole in holes if not hole.silent and hole.start <= last < hole.end]
    whole = [hole for hole in open_there if hole.end >= end]
    return last if whole and not any(hole.keep_rhythm or hole.keep_pitches for hole in open_there) else None


def _leads_to(document: StaffDocument, plan: Plan, last: int, holes: Sequence[Hole]) -> ChordLine | None:
    """The dominant before a last chord that is new, where all staves are open from there on."""
    line = final_close(plan, document.keys[-1][1], last) if plan.bar_starts else None
    staves = {hole.part for hole in holes if line is not None and hole.start <= line.ticks[0] and hole.end > last}
    return line if len(staves) == len(document.places) else None


def _chords(document: StaffDocument, plan: Plan, manner: StaffManner, since: int) -> tuple[ChordLine | None, list[str]]:
    """The chords that are asked for, by the user or by the symbols of a lead sheet, and what is to be said of them."""
    if manner.chords is not None:
        wished = chord_line(manner.chords, plan, document.key, since=since)
        return wished, chords_report(manner.chords, plan, since)
    given_end = int(document.before.ends.max(initial=0))
    line, unknown = chord_symbols(document.before, document.key, given_end)
    said = []
    if line is not None:
        n = sum(chord is not None for chord in line.chords)
        said.append(f"{n} chord symbol{'s' * (n != 1)} of the document are followed; --chords asks for others")
    if unknown:
        said.append(f"chord symbols {', '.join(dict.fromkeys(unknown))} are not understood; there any chord may sound")
    return line, said


def _drawn(
    document: StaffDocument,
    holes: Sequence[Hole],
    plan: Plan,
    asked: StaffAsked,
    manner: StaffManner,
    weights: StavesWeights,
) -> tuple[StaffChosen, StaffNotes]:
    """The document key by key: what is drawn in one is given to the next.

    Returns:
        The last choice, with the figures of all, and all new notes.
    """
    found: StaffChosen | None = None
    fresh, music = np.zeros(0, STAFF_NOTE), document.music
    gone = music.notes[in_holes(music.notes, holes)]
    ends = [start for start, _ in document.keys[1:]]
    for (start, key), end in zip(document.keys, [*ends, plan.end], strict=True):
        left = [replace(hole, start=max(hole.start, start)) for hole in holes if hole.end > start]
        if all(hole.silent or hole.start >= end for hole in left):
            continue
        until = None if end == plan.end else end
        here = choose(
            weights,
            replace(plan, tonic=key.tonic, mode=key.mode),
            seeds=np.random.default_rng(manner.seed).integers(0, 2**31, manner.candidates).tolist(),
            asked=replace(asked, canvas=staff_canvas(music, left), gone=gone),
            until=until,
            tick=manner.progress,
        )
        found = _with_earlier(found, here)
        fresh = np.concatenate([fresh, here.fresh[here.fresh["onset"] < (plan.end if until is None else until)]])
        music = replace(music, notes=_in_order(np.concatenate([music.notes[~in_holes(music.notes, holes)], fresh])))
    if found is None:
        raise RequestError(NOTHING_BEGINS)
    return found, fresh


def _with_earlier(before: StaffChosen | None, last: StaffChosen) -> StaffChosen:
    """What was chosen last, with what earlier keys cost and what had to be ended in them."""
    if before is None:
        return last
    one, other = before.piece, last.piece
    piece = replace(
        other,
        nats=one.nats + other.nats,
        n_notes=one.n_notes + other.n_notes,
        n_forbidden=one.n_forbidden + other.n_forbidden,
        acts=(*one.acts, *other.acts),
    )
    return replace(last, piece=piece, n_stages=before.n_stages + last.n_stages)


def _in_order(notes: StaffNotes) -> StaffNotes:
    found: StaffNotes = notes[np.lexsort((notes["pitch"], notes["staff"], notes["onset"]))]
    return found


def _with_dynamics(
    document: StaffDocument, written: Score, plan: Plan, holes: Sequence[Hole], seed: int
) -> tuple[Score, list[str]]:
    """New marks where all staves are new; those of the document stay."""
    whole = {hole.part for hole in holes if hole.start <= 0 and hole.end >= written.end}
    if document.played is not None or (document.new and not whole):
        return written, []
    start, end = min(hole.start for hole in holes), max(hole.end for hole in holes)
    every = [
        all(any(h.part == s and h.start <= start and h.end >= end for h in holes) for s in range(len(document.places)))
    ]
    if not every[0]:
        return written, []
    score, said = with_shipped_dynamics(written, plan, seed=seed, new=[(start, end)])
    return score, [said] if score is not written else []


def _page(document: StaffDocument, written: Score, imagined: Sequence[int]) -> Score | None:
    """What a pianist's tracks look like on two staves; None = they have staves already, or are no pianist's alone."""
    if imagined or not document.players.one_instrument or not is_played(document.before):
        return None
    part_N, staff_N = written.notes["part"], written.notes["staff"]
    hand_N = np.full(len(part_N), -1, np.int64)
    for hand, (part, staff) in enumerate(document.places):
        hand_N[(part_N == part) & (staff_N == staff)] = hand
    return None if (hand_N < 0).any() else on_two_staves(written, hand_N)


def _n_again(gone: Notes, document: StaffDocument, fresh: StaffNotes) -> int:
    """New notes that are as one was that they replace."""
    place = {where: staff for staff, where in enumerate(document.places)}
    was = Counter(
        (int(n["onset"]), int(n["duration"]), int(n["pitch"]), place.get((int(n["part"]), int(n["staff"])), -1))
        for n in gone[gone["grace"] == 0]
    )
    now = Counter((int(n["onset"]), int(n["duration"]), int(n["pitch"]), int(n["staff"])) for n in fresh)
    return (was & now).total()


def range_report(document: StaffDocument, rules: StaffRules | None) -> list[str]:
    """Which given staves leave the range of their player."""

    lines = []
    ranges = rules.ranges if rules is not None and rules.ranges else document.players.ranges
    for staff, (low, high) in enumerate(ranges):
        pitch = document.music.of_staff(staff)["pitch"]
        n_outside = int(((pitch < low) | (pitch > high)).sum())
        if n_outside > OUTSIDE * len(pitch):
            lines.append(
                f"{document.players.staves[staff]}: {n_outside} of {len(pitch)} given notes lie outside "
                f"{note_name(low)}-{note_name(high)}; --voices changes whose they are"
            )
    return lines
