"""The rules by name: each looks through an exercise and yields what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stretto.check.exercise import Exercise
from stretto.check.faults import Fault

RuleCheck = Callable[[Exercise, Mapping[str, Any]], Iterable[Fault]]

RULES: dict[str, RuleCheck] = {}
"""Id -> what looks for faults; its second argument holds every option of `OPTIONS[id]`."""

OPTIONS: dict[str, dict[str, Any]] = {}
"""Id -> the options that a sheet may set, with the values they have where it sets none."""


def rule(name: str, **options: Any) -> Callable[[RuleCheck], RuleCheck]:
    """Put a check into RULES under `name`, with its options and their usual values."""

    def known(check: RuleCheck) -> RuleCheck:
        if name in RULES:
            raise ValueError(f"rule {name} is there twice")
        RULES[name], OPTIONS[name] = check, options
        return check

    return known
