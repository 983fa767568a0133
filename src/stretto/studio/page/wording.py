"""What the page selects and wishes, in the words of the verbs: voices and staves by name, bars as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stretto.check.voices import singers_of
from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.studio.page.piece_messages import Selection, Wish
from stretto.studio.pieces.documents import ensemble_of
from stretto.verbs.staves.ensemble import ENSEMBLES
from stretto.verbs.voicing import VOICES, voices_of_parts

BARS_ON = 8
"""How far `continue` goes where nothing is said."""

Line = tuple[int, int]
"""A part and, of a keyboard's two staves, which: 1 is the upper one; other parts are one line, staff 1."""


def arguments_of(score: Score, wish: Wish) -> dict[str, Any]:
    """Keywords of the verb.

    Raises:
        RequestError: the wish does not fit the piece.
    """
    if wish.verb == "compose":
        return wish.told("ensemble", "style", "key", "meter", "bars", "form", "temperature")
    _check_parts(score, wish)
    told = {**wish.told("ensemble", "style", "key", "temperature"), **_heard_alone(score, wish)}
    kept = [line for line in lines_of(score) if _is_kept(line, wish)]
    if wish.verb == "continue":
        return {**told, "bars": wish.options.bars or BARS_ON}
    if wish.verb == "harmonize":
        return {**told, "keep": names_of(score, kept, wish)}
    if wish.verb == "infill":
        return {**told, "bars": bars_of(score, wish.selection), "parts": _opened(score, wish)}
    rest = [line for line in lines_of(score) if not _is_selected(line, wish.selection)]
    keep = [line for line in lines_of(score) if line in kept or line in rest]
    bars = {} if wish.selection is None else {"bars": bars_of(score, wish.selection)}
    return {**told, **wish.told("strength"), **bars, "keep": names_of(score, keep, wish)}


def lines_of(score: Score) -> list[Line]:
    """What can be chosen one by one: the hands of a pianist alone, else whole parts."""
    if ensemble_of(score) == "keyboard":
        return [(0, 1), (0, 2)]
    return [(part, 1) for part in range(len(score.parts))]


def _check_parts(score: Score, wish: Wish) -> None:
    named = {*wish.keep, *(wish.selection.parts if wish.selection is not None else ())}
    if max(named, default=0) >= len(score.parts):
        raise RequestError(f"there is no part {max(named) + 1}; the piece has {len(score.parts)}")


def _is_kept(line: Line, wish: Wish) -> bool:
    part, staff = line
    return part in wish.keep or (part == 0 and staff in wish.keep_staves)


def _is_selected(line: Line, selection: Selection | None) -> bool:
    if selection is None:
        return True
    part, staff = line
    return (not selection.parts or part in selection.parts) and (not selection.staves or staff in selection.staves)


def _open(score: Score, wish: Wish) -> list[Line]:
    """Where something is to be written; none = everywhere."""
    everywhere = lines_of(score)
    found = [line for line in everywhere if _is_selected(line, wish.selection) and not _is_kept(line, wish)]
    if not found:
        raise RequestError("every selected part is kept as it is; let one be open")
    return [] if found == everywhere else found


def _heard_alone(score: Score, wish: Wish) -> dict[str, list[str]]:
    """The singers of a choir with instruments, by number; the network hears no fifth part."""
    singers = [] if wish.options.ensemble in ENSEMBLES else singers_of(score)
    return {"take": [str(part + 1) for part in sorted(singers)]} if singers else {}


def _opened(score: Score, wish: Wish) -> list[str]:
    """What is written anew, by name; none = everything.

    Raises:
        RequestError: nothing that the network could write is selected.
    """
    lines = _open(score, wish)
    names = names_of(score, lines, wish)
    if lines and not names:
        raise RequestError(
            f"{score.parts[lines[0][0]].name} is none of the four voices and stays as it is; choose a voice"
        )
    return names


def names_of(score: Score, lines: Sequence[Line], wish: Wish) -> list[str]:
    """How the verbs call parts of a piece, or its staves; instruments beside a choir's voices have no name.

    Raises:
        RequestError: they have no names for these.
    """
    ensemble, everywhere = ensemble_of(score), lines_of(score)
    if ensemble in ENSEMBLES and len(ENSEMBLES[ensemble].staves) == len(everywhere):
        return [ENSEMBLES[ensemble].staves[everywhere.index(line)] for line in lines]
    parts = [part for part, _ in lines]
    sung = {} if wish.options.ensemble in ENSEMBLES else _sung(score)
    if sung and len(score.parts) > len(VOICES):
        return [sung[part] for part in parts if part in sung]
    if len(score.parts) == len(VOICES):
        # A part in which nothing stands is called by its place.
        sung = dict(enumerate(VOICES)) | sung
    if not set(parts) <= set(sung):
        raise RequestError(f"single parts can be chosen where the voices are {', '.join(VOICES)}; choose all parts")
    return [sung[part] for part in parts]


def _sung(score: Score) -> dict[int, str]:
    """The voice of each part, as the verbs hear it; none where they cannot say."""
    try:
        found = voices_of_parts(score, take=[str(part + 1) for part in singers_of(score)])
    except RequestError:
        return {}
    return {part: VOICES[voice] for part, voice in found.items()}


def bars_of(score: Score, selection: Selection | None) -> str:
    """The selected bars as they are printed: "5-8".

    Raises:
        RequestError: none is selected.
    """
    if selection is None or selection.end <= selection.start or selection.start >= score.end:
        raise RequestError("no bars are selected; choose those that are to be written anew")
    first, last = score.bar_index(selection.start), score.bar_index(min(selection.end, score.end) - 1)
    return f"{score.bars[first].number}-{score.bars[last].number}"


def to_harmonize(score: Score) -> Score:
    """A piece without the parts in which nothing stands, so that they are written and not merely added to.

    A piece that has no notes at all, or none too few, is as it was.
    """
    sung = set(np.unique(score.notes["part"]).tolist())
    if len(score.parts) != len(VOICES) or ensemble_of(score) == "keyboard" or len(sung) in (0, len(score.parts)):
        return score
    where = {old: new for new, old in enumerate(sorted(sung))} | {-1: -1}
    notes = score.notes.copy()
    notes["part"] = [where[part] for part in notes["part"].tolist()]
    return score.evolve(
        notes=notes,
        parts=tuple(score.parts[part] for part in sorted(sung)),
        keys=tuple(replace(key, part=where[key.part]) for key in score.keys if key.part in where),
        clefs=tuple(replace(clef, part=where[clef.part]) for clef in score.clefs if clef.part in where),
        marks=tuple(replace(mark, part=where[mark.part]) for mark in score.marks if mark.part in where),
    )
