"""Is it mine: the longest passages shared with the training music, by name, beside what real pieces share."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any
from xml.etree.ElementTree import Element

from stretto.errors import RenderError
from stretto.evaluate.originality_report import OriginalityReport, SharedPassage
from stretto.evaluate.passages import both_excerpts
from stretto.evaluate.real_sharing import KINDS, Kind, real_sharing
from stretto.evaluate.training_music import shipped_music
from stretto.render.markup import Child, node
from stretto.render.passages import Passage, side_by_side
from stretto.report.answers import Answer, Tone
from stretto.report.figures import counted, listed, percent
from stretto.report.measured import UNUSUAL, Measured
from stretto.report.players_section import bars_of, bars_table, searched, usual_for
from stretto.report.strips import histogram
from stretto.report.tables import number, number_head, table
from stretto.score.model import Score

KNOWN = 1.0
"""Share of real chorales that share less with the training music, from which a passage counts as taken from there."""

SAYS: dict[Kind, str] = {
    "near copy": "all four voices, nine eighths of ten alike",
    "all voices": "all four voices, note for note",
    "three voices": "three voices, note for note",
    "melody": "one melody with its rhythm",
    "melody without rhythm": "one melody, its steps alone",
}

PLAYED: dict[Kind, str] = {kind: says.replace("voices", "lines") for kind, says in SAYS.items()}
"""The same of what nobody sings."""

WHOLE = 0.8
"""Share of a piece that a known passage fills, from which the piece is known, and not a passage of it."""

N_NAMED = 12
"""Pieces of a folder whose nearest passage is named."""

MAX_BARS = 8
"""Of a passage that is engraved."""

ONLY_TRAINING = (
    "Searched is the music that the choir's network was trained on, {n} pieces, at any transposition and at half and "
    "double speed; for keyboard and quartet also what their networks were trained on, bar by bar. Music that is not in "
    "it cannot be found, and what the law calls a copy is not for a program to say."
)


def is_it_mine(pieces: Sequence[Measured]) -> Answer:
    """What is shared with the training music, in plain words."""
    asked = [piece for piece in pieces if piece.originality is not None and piece.originality.n_lines]
    others = not asked or any(not piece.for_players for piece in asked)
    caveat = ONLY_TRAINING.format(n=len(shipped_music().pieces)) if others else searched(asked)
    if not asked:
        return Answer(
            question="Is it mine?",
            word="Not asked",
            tone="",
            because=("It holds no line that could be sought.",),
            caveat=caveat,
        )
    unusual = [piece for piece in asked if _nearest(piece) >= UNUSUAL or _has_bars(piece, melody=True)]
    taken = [piece for piece in asked if _nearest(piece) >= KNOWN or _has_bars(piece, melody=False)]
    whole = [piece for piece in taken if _covered(piece) >= WHOLE]
    word, tone = _word(len(asked), len(unusual), len(taken), len(whole))
    because = _because_alone(asked[0]) if len(asked) == 1 else _because_many(asked, unusual)
    return Answer(question="Is it mine?", word=word, tone=tone, because=tuple(because), caveat=caveat)


def _word(n: int, n_unusual: int, n_taken: int, n_whole: int) -> tuple[str, Tone]:
    if n == 1:
        if n_taken:
            return "It is known, nearly all of it" if n_whole else "A passage of it is known", "bad"
        return ("It shares more than most real pieces", "warn") if n_unusual else ("As much as a real piece is", "good")
    expected = (1 - UNUSUAL) * n
    if n_unusual <= max(1.0, 2 * expected) and n_taken <= max(1.0, 0.02 * n):
        return "As much as real pieces are", "good"
    return f"{counted(n_unusual, 'piece')} of {n} share more than real ones do", "bad" if n_taken > 0.1 * n else "warn"


def _because_alone(piece: Measured) -> list[str]:
    nearest = piece.originality.nearest if piece.originality is not None else None
    bars = piece.on_staves.sentences() if piece.on_staves is not None else []
    if piece.for_players:
        sung = [f"Of the choir's music, more than chance: {told(nearest, PLAYED)}."] if nearest is not None else []
        return [*bars, *usual_for([piece]), *sung]
    if nearest is None:
        return bars or ["No passage of it stands in the training music."]
    return [*bars, f"Its nearest passage: {told(nearest)}.", _usual(nearest)]


def _has_bars(piece: Measured, *, melody: bool) -> bool:
    """Bars of it stand in the music of the keyboard's or the quartet's network: all notes, or the top line too."""
    return piece.on_staves is not None and any(melody or not passage.melody for passage in piece.on_staves.passages)


def _usual(passage: SharedPassage) -> str:
    """What real chorales share that are not in the training music."""
    real, kind = real_sharing(), passage.kind
    unit = "notes" if "melody" in kind else "quarters"
    middle, high = (real.quantile(kind, share) for share in (0.5, 0.95))
    if passage.real_below >= KNOWN:
        most = real.quantile(kind, 1.0)
        return (
            f"Of {real.n} real chorales that are not in it none shares as long a passage: the middle one shares "
            f"{middle:g} {unit}, the furthest {most:g}."
        )
    return (
        f"Real chorales that are not in it share such a passage too, of {middle:g} {unit} in the middle and of "
        f"more than {high:g} in one of twenty: common turns are common property."
    )


def _because_many(asked: Sequence[Measured], unusual: Sequence[Measured]) -> list[str]:
    said, sung = list[str](), [piece for piece in asked if not piece.for_players]
    if sung:
        n = sum(not piece.for_players for piece in unusual)
        said.append(
            f"{n or 'None'} of {len(sung)} have a passage in common with the training music that is longer "
            "than in 95 of 100 real chorales."
        )
    for kind in ("all voices", "melody"):
        lengths = [_length(p) for piece in sung if (p := _passage(piece, kind)) is not None]
        if lengths:
            unit = "notes" if "melody" in kind else "quarters"
            here, real = f"{median(lengths):g}", f"{real_sharing().quantile(kind, 0.5):g}"
            said.append(f"{SAYS[kind].capitalize()}: {here} {unit} in the middle, real chorales {real}.")
    on_staves = [piece for piece in asked if piece.on_staves is not None]
    if on_staves:
        n = sum(_has_bars(piece, melody=True) for piece in on_staves)
        said.append(
            f"{n or 'None'} of {counted(len(on_staves), 'piece')} for keyboard or quartet has bars, or their top line, "
            "of what those networks learned from."
        )
    said += usual_for(asked)
    if unusual:
        said.append(f"The furthest: {listed([piece.name for piece in sorted(unusual, key=_furthest, reverse=True)])}.")
    return said


def told(passage: SharedPassage, says: dict[Kind, str] = SAYS) -> str:
    """A passage in a clause: what, where, and whose."""
    by = f", {passage.piece.composer}" if passage.piece.composer else ""
    moved = f", {counted(abs(passage.up), 'semitone')} {'higher' if passage.up > 0 else 'lower'}" if passage.up else ""
    title = passage.piece.title or passage.piece.name
    return (
        f"{says[passage.kind]}, {_size(passage)} in {passage.here}, as in {passage.there} of {title}{by}{moved}; "
        f"{percent(passage.real_below)} of real chorales share less"
    )


def _nearest(piece: Measured) -> float:
    found = piece.originality.nearest if piece.originality is not None else None
    return found.real_below if found is not None else 0.0


def _furthest(piece: Measured) -> float:
    """By which pieces are listed that share much."""
    return piece.real_below if piece.for_players else _nearest(piece)


def _passage(piece: Measured, kind: Kind) -> SharedPassage | None:
    return piece.originality.passages.get(kind) if piece.originality is not None else None


def _covered(piece: Measured) -> float:
    found = piece.originality.nearest if piece.originality is not None else None
    return piece.originality.covered(found) if piece.originality is not None and found is not None else 0.0


def _size(passage: SharedPassage) -> str:
    """As "5 quarters", of a melody "9 notes"."""
    if "melody" in passage.kind:
        return counted(passage.notes, "note")
    return f"{passage.quarters:g} quarter{'s' * (passage.quarters != 1)}"


def _length(passage: SharedPassage) -> float:
    return float(passage.notes) if "melody" in passage.kind else passage.quarters


def originality_body(pieces: Sequence[Measured]) -> tuple[Element, ...]:
    """Pictures, tables and passages of the page's section."""
    asked = [piece for piece in pieces if piece.originality is not None]
    if not asked:
        return ()
    played = (bars_table(asked),) if bars_of(asked) else ()
    if len(asked) == 1:
        kinds = () if played and _nearest(asked[0]) == 0 else (_kinds_table(asked[0].originality),)
        return (*played, *kinds, *_side_by_side(asked[:1]))
    sung = [piece for piece in asked if not piece.for_players]
    figures = [_histogram(sung, kind) for kind in KINDS if any(_passage(piece, kind) for piece in sung)]
    furthest = sorted([p for p in asked if not p.for_players or _nearest(p)], key=_nearest, reverse=True)[:N_NAMED]
    named = (node("div", *figures, class_="multiples"), _named_table(furthest)) if furthest else ()
    return (*named, *played, *_side_by_side(furthest[:3]))


def _histogram(asked: Sequence[Measured], kind: Kind) -> Element:
    here = [_length(p) if (p := _passage(piece, kind)) is not None else 0.0 for piece in asked]
    real = real_sharing().lengths[kind]
    unit = "notes" if "melody" in kind else "quarters"
    says = f"Longest shared passage, {SAYS[kind]}, in {unit}: middle {median(here):g}, real {median(real):g}"
    width = max(1.0, round(max([*here, *real]) / 20))
    made = histogram(here, real, says, unit="", bin_width=width)
    made[-1].append(node("strong", f"{SAYS[kind].capitalize()}. "))
    made[-1][-1].tail = f"Longest run in {unit}, share of the pieces."
    return made


def _kinds_table(found: OriginalityReport | None) -> Element:
    rows = []
    for kind in KINDS:
        passage = found.passages.get(kind) if found is not None else None
        if passage is not None:
            rows.append(_passage_row(SAYS[kind], passage))
    if not rows:
        return node("p", "Nothing of it stands in the training music.")
    heads: list[Child] = [
        "what is alike",
        number_head("length"),
        "here",
        "there",
        number_head("real share less"),
    ]
    return table("The longest passage of each kind that it shares with the training music", heads, rows)


def _passage_row(name: str, passage: SharedPassage) -> Element:
    whose = f"{passage.there} of {passage.piece.title or passage.piece.name}"
    tone = "bad" if passage.real_below >= KNOWN else "warn" if passage.real_below >= UNUSUAL else "good"
    stays = (
        node("span", f"chords that stay: {counted(passage.moves, 'move')}", class_="says") if passage.stays else None
    )
    source = node(
        "span", f"{passage.piece.composer} · {passage.piece.source.name}, {passage.piece.source.licence}", class_="says"
    )
    return node(
        "tr",
        node("th", name, scope="row"),
        number(_size(passage), _length(passage)),
        node("td", _where(passage), stays),
        node("td", whose, source),
        node("td", percent(passage.real_below), class_=f"n {tone}"),
    )


def _where(passage: SharedPassage) -> str:
    names = passage.here.names
    return str(passage.here) if len(names) > 3 else f"{', '.join(names)}: {passage.here}"


def _named_table(furthest: Sequence[Measured]) -> Element:
    rows = []
    for piece in furthest:
        nearest = piece.originality.nearest if piece.originality is not None else None
        if nearest is not None:
            rows.append(_passage_row(f"{piece.name}: {SAYS[nearest.kind]}", nearest))
    heads: list[Child] = ["piece", number_head("length"), "here", "there", number_head("real share less")]
    return table("Pieces whose nearest passage is the least usual", heads, rows)


def _side_by_side(pieces: Sequence[Measured]) -> list[Element]:
    """The nearest passages, engraved beside the training music's."""
    alone = len(pieces) == 1
    return [drawn for piece in pieces if (drawn := _beside(piece, piece.title if alone else piece.name)) is not None]


def _beside(piece: Measured, name: str) -> Element | None:
    found = piece.originality
    nearest = found.nearest if found is not None else None
    if found is None or nearest is None:
        return None
    here, there = both_excerpts(found.score, _shortened(found.score, nearest))
    mine = Passage(score=here.score, alike=here.alike, title=name, place=str(nearest.here))
    by = f", {nearest.piece.composer}" if nearest.piece.composer else ""
    title = (nearest.piece.title or nearest.piece.name) + by
    theirs = Passage(score=there.score, alike=there.alike, title=title, place=str(nearest.there))
    try:
        drawn = side_by_side([mine, theirs], title="Shared passage")
    except RenderError as cause:
        return node("p", f"The passages of {name} could not be engraved: {cause}", class_="caveat")
    alt = f"{name}, {nearest.here}, beside {title}, {nearest.there}: {told(nearest)}"
    uri = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode("utf-8")).decode()
    said = f"{name} and what it shares with {title}, in its key; what is alike is coloured."
    return node("figure", node("img", src=uri, alt=alt, class_="sheet"), node("figcaption", said))


def _shortened(score: Score, passage: SharedPassage) -> SharedPassage:
    """Its first bars, where it is longer than a page can hold."""
    first = score.bar_index(passage.here.start)
    if score.bar_index(passage.here.end - 1) - first < MAX_BARS:
        return passage
    end = score.bar_end(first + MAX_BARS - 1)
    there_end = passage.there.start + round((end - passage.here.start) * passage.speed)
    return replace(passage, here=replace(passage.here, end=end), there=replace(passage.there, end=there_end))


def originality_data(piece: Measured) -> dict[str, Any] | None:
    """For a program."""
    if piece.originality is None:
        return None
    bars = piece.on_staves.as_json() if piece.on_staves is not None else None
    return {**piece.originality.as_json(), "on_staves": bars}
