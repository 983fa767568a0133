"""What to expect of a network that learns from a folder, in a musician's words, and all that the pre-flight found."""

from __future__ import annotations

from collections import Counter
from typing import Any

from stretto.train.preflight import THIN, Preflight, Verdict

FEW, MANY = 50_000, 400_000
"""Notes under which nothing but manners is learned, and from which a network may learn music from them alone."""

FEW_PIECES = 5
"""Pieces under which there is nothing that they have in common."""

IN_WORDS = ("no", "one", "two", "three", "four")
"""Small counts."""


def thin(flight: Preflight) -> list[str]:
    """What there is too little of to be learned, a sentence each."""
    said = []
    unmeasured = sum(seen.section.plan.bar_starts is None for seen in flight.pieces)
    counts = Counter(
        seen.meters[0] for seen in flight.pieces if seen.meters and seen.section.plan.bar_starts is not None
    )
    if len(flight.pieces) < FEW_PIECES:
        said.append(f"{_pieces(len(flight.pieces))} in all: it will learn them, and little of what they have in common")
    few = [(meter, n) for meter, n in counts.most_common()[1:] if n < THIN]
    if few:
        listed = ", ".join(f"{meter}: {_pieces(n)}" for meter, n in few)
        said.append(f"{listed}; do not expect it to learn {few[0][0] if len(few) == 1 else 'these metres'}")
    if unmeasured:
        said.append(f"no metre that can be believed: {_pieces(unmeasured)}; learned from, but not for their metre")
    modes = Counter(seen.section.plan.mode for seen in flight.pieces)
    rarer = min(("minor", "major"), key=lambda mode: modes[mode])
    if modes[rarer] < THIN:
        said.append(f"{rarer}: {_pieces(modes[rarer])}; expect little of it")
    styles = [(style, n) for style, n in flight.styles.most_common() if n < THIN]
    if styles and len(flight.styles) > 1:
        listed = ", ".join(f"{style}: {_pieces(n)}" for style, n in styles)
        said.append(f"{listed}; asked for as a style, {'it' if len(styles) == 1 else 'each'} will mean little")
    return said


def outlook(flight: Preflight, start: str | None, n_left: int | None = None) -> list[str]:
    """What will come of it, and what would be better.

    Args:
        flight: the folder.
        start: name of the weights to begin with; None = from nothing.
        n_left: notes to learn from, without those that are kept for validation; None = all.
    """
    n = flight.n_notes if n_left is None else n_left
    notes = f"{n:,} notes"
    said = []
    if start is not None:
        why = "are too few to learn music from" if n < FEW else "go further from there"
        said.append(f"it begins with the {start} network, which knows music, and learns what is yours: {notes} {why}")
    elif n < FEW:
        said.append(
            f"{notes} are too few to learn music from, and there is no network with these staves to begin with: expect "
            "its textures and rhythms, not its harmony or form"
        )
    elif n < MANY:
        said.append(f"it learns from {notes} alone: expect its style for a bar or two, and few phrases that close")
    else:
        said.append(f"it learns from {notes} alone, which is enough for a style")
    if n < FEW:
        more = max(2, round(FEW / max(1, n) * len(flight.pieces)))
        said.append(f"better: about {more} pieces like these, mend what is left out, keep one style to a folder")
    n_rounded = flight.n_rounded
    if n_rounded > 0.005 * flight.n_notes:
        share = f"{n_rounded / flight.n_notes:.1%}".replace("%", " %")
        said.append(f"{n_rounded:,} notes ({share}) have lengths that it cannot say; it learns the nearest that it can")
    return said


def flight_json(flight: Preflight) -> dict[str, Any]:
    """The pre-flight as a program reads it."""
    return {
        "folder": str(flight.folder),
        "used": len(flight.used),
        "left_out": len(flight.left_out),
        "staves": list(flight.layout.names),
        "ranges": [list(own) for own in flight.layout.ranges],
        "notes": flight.n_notes,
        "bars": flight.n_bars,
        "grace_notes_left_out": flight.n_graces,
        "read_seconds": round(flight.seconds, 1),
        "minutes_of_music": round(flight.minutes_of_music, 1),
        "meters": dict(flight.meters.most_common()),
        "keys": dict(flight.keys.most_common()),
        "styles": dict(flight.styles.most_common()),
        "lengths_rounded": flight.n_rounded,
        "thin": thin(flight),
        "files": [_file_json(verdict) for verdict in flight.verdicts],
    }


def _file_json(verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": verdict.name,
        "used": verdict.used,
        "kind": verdict.reason.kind if verdict.reason else "",
        "why": verdict.reason.words if verdict.reason else "",
        "told": list(verdict.told),
    }
    if verdict.seen is not None:
        seen = verdict.seen
        found |= {
            "bars": seen.n_bars,
            "notes": len(seen.music.notes),
            "meters": list(seen.meters),
            "key": seen.key,
            "staves": [staff.name for staff in seen.staves],
            "style": verdict.style,
        }
    return found


def _pieces(n: int) -> str:
    count = IN_WORDS[n] if n < len(IN_WORDS) else f"{n:,}"
    return f"{count} piece{'' if n == 1 else 's'}"
