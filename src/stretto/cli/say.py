"""What the commands print: what was read, what was understood, what was left out, as text or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stretto.score.model import TICKS_PER_WHOLE

if TYPE_CHECKING:
    from stretto.cli.files import Written
    from stretto.cli.reading import Reading
    from stretto.score.model import Notice, Score

INDENT = "  "

NAMED = 2
"""Kinds of lost signs that a brief line names."""


def say_read(reading: Reading) -> None:
    """One line about a score that was read, then what was understood, then what was rounded or left out."""
    print(f"read {reading.path}: {describe(reading.score)}")
    for sentence in reading.sentences:
        print(INDENT + sentence)
    say_notices(reading.notices)


def say_files(files: Iterable[Written], *, briefly: bool = False) -> None:
    """A line for every file that was written, and what it does not hold: each kind, or the commonest by name."""
    for file in files:
        print(f"wrote {file.path}{_without(file.notices) if briefly and file.notices else ''}")
        if not briefly:
            say_notices(file.notices)


def _without(notices: Sequence[Notice]) -> str:
    """What to add to a line: (left out: note names, fermatas and 5 more kinds of signs)."""
    by_count = sorted(notices, key=lambda notice: -notice.count)
    names = [re.sub(r" (\(|that |left out).*", "", notice.what) for notice in by_count[:NAMED]]
    more = [f"{counted(len(by_count) - NAMED, 'more kind')} of signs"] if len(by_count) > NAMED else []
    *head, last = names + more
    return f" (left out: {', '.join(head)}{' and ' if head else ''}{last})"


def say_notices(notices: Iterable[Notice]) -> None:
    """Each on a line of its own, indented under what it belongs to."""
    for notice in notices:
        print(INDENT + str(notice))


def say_json(answer: dict[str, Any]) -> None:
    """The one thing that a command prints where it is asked for --json."""
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def describe(score: Score) -> str:
    """A score in one line: "4 parts, 12 bars with a pickup of 1 quarter, 4/4, 203 notes"."""
    from stretto.theory.understand import note_values

    n_bars = sum(bar.number > 0 for bar in score.bars)
    pickup = score.pickup
    bars = counted(n_bars, "bar")
    if pickup:
        bars += f" and a pickup of {note_values(pickup)}"
    meters = list(dict.fromkeys(f"{meter.numerator}/{meter.denominator}" for meter in score.meters))
    shown = ", ".join(meters[:3]) + (" ..." if len(meters) > 3 else "") if meters else "no metre"
    return ", ".join((counted(len(score.parts), "part"), bars, shown, counted(len(score.notes), "note")))


def notices_json(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices as a program reads them."""
    return [{"what": notice.what, "count": notice.count, "where": notice.where} for notice in notices]


def files_json(files: Iterable[Written]) -> list[dict[str, Any]]:
    """Files that were written, as a program reads them."""
    return [{"path": str(file.path), "notices": notices_json(file.notices)} for file in files]


def read_json(reading: Reading) -> dict[str, Any]:
    """A score that was read, in outline, as a program reads it."""
    score = reading.score
    return {
        "source": str(reading.path),
        "parts": [part.name for part in score.parts],
        "bars": sum(bar.number > 0 for bar in score.bars),
        "pickup_ticks": score.pickup,
        "meters": [f"{meter.numerator}/{meter.denominator}" for meter in score.meters],
        "keys": [{"fifths": key.fifths, "mode": key.mode} for key in score.keys],
        "notes": len(score.notes),
        "info": dict(score.info),
        "understood": list(reading.sentences),
        "notices": notices_json(reading.notices),
    }


def counted(n: object, name: str) -> str:
    """1 bar, 2 bars."""
    return f"{n} {name}" if str(n) == "1" else f"{n} {name}s"


def beats(ticks: int, meter: str) -> Fraction:
    """Ticks in beats of a metre: 24 ticks are 1 beat of 4/4, and 2 of 6/8."""
    return Fraction(ticks * int(meter.split("/")[1]), TICKS_PER_WHOLE)


def styled(style: str) -> tuple[str, ...]:
    """The style, if one was asked for."""
    return () if style == "any" else (style,)
