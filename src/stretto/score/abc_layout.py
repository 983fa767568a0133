"""%%score and V: which ABC voices make up which part and stand on which staff.

Source: the ABC music standard 2.1, sections 7.1 and 11.1 (%%score, %%staves).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stretto.score.abc_text import Spot


@dataclass(slots=True)
class PartPlan:
    """One part: its voices, each with its staff (1 = top)."""

    voices: list[tuple[str, int]] = field(default_factory=list)
    group: str = ""


def parse_layout(text: str, spot: Spot, *, staves: bool = False) -> list[PartPlan]:
    """Parts of a %%score line: (1 2) one staff, {1 2} one part, [1 2] a bracket.

    Args:
        staves: it is a %%staves line, the older form, where bars join staves by default.

    Raises:
        ScoreReadError: brackets that do not match.
    """
    plans: list[PartPlan] = []
    part: PartPlan | None = None
    group, n_groups, open_signs, shared = "", 0, "", False
    for word in re.findall(r"[\[\](){}|*]|[^\s\[\](){}|*]+", text):
        if word in "[({":
            open_signs += word
            if word == "[" and not group:
                n_groups += 1
                group = f"bracket {n_groups}" if n_groups > 1 else "bracket"
            if word == "{":
                part = PartPlan(group=group)
                plans.append(part)
            shared = False
        elif word in "])}":
            if not open_signs or "[({"["])}".index(word)] != open_signs[-1]:
                raise spot.error(
                    f"%%{'staves' if staves else 'score'} {text}: {word} closes nothing; balance the brackets"
                )
            open_signs = open_signs[:-1]
            if word == "]" and "[" not in open_signs:
                group = ""
            if word == "}":
                part = None
        elif word not in "|*":
            alone = part is None
            if alone:
                if "(" in open_signs and shared:
                    plans[-1].voices.append((word, 1))
                else:
                    plans.append(PartPlan([(word, 1)], group))
            else:
                assert part is not None
                top = max((staff for _, staff in part.voices), default=0)
                part.voices.append((word, top if "(" in open_signs and shared else top + 1))
            shared = "(" in open_signs
    if open_signs:
        raise spot.error(f"%%score {text}: {open_signs[-1]} is never closed; balance the brackets")
    return [plan for plan in plans if plan.voices]


def voice_numbers(plan: PartPlan) -> list[int]:
    """Voice of each V: within its part: as its name says (2.5 is voice 5 of part 2), else counted from 1.

    >>> voice_numbers(PartPlan([("2.1", 1), ("2.5", 2), ("2.5b", 2)]))
    [1, 5, 5]
    """
    named = [re.fullmatch(r"(\d{1,3})\.(\d{1,3})(?:[a-z]\d*)?", name) for name, _ in plan.voices]
    found = [(match.group(1), int(match.group(2))) for match in named if match]
    if len(found) == len(named) and len({part for part, _ in found}) == 1 and max(n for _, n in found) <= 127:
        return [number for _, number in found]
    return list(range(1, len(named) + 1))


def complete_layout(plans: list[PartPlan], voices: list[str]) -> list[PartPlan]:
    """The plan for the voices that there are: unknown names go, voices not named get parts of their own."""
    seen: set[str] = set()
    done: list[PartPlan] = []
    for plan in plans:
        kept = [(voice, staff) for voice, staff in plan.voices if voice in voices and voice not in seen]
        seen.update(voice for voice, _ in kept)
        if kept:
            done.append(PartPlan(kept, plan.group))
    return done + [PartPlan([(voice, 1)]) for voice in voices if voice not in seen]
