"""Rule sheets: which rules hold, how grave each is, and what a student is told."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Any, get_args

# Each of these puts its rules into RULES.
from stretto.check import rules_chords as rules_chords
from stretto.check import rules_lines as rules_lines
from stretto.check import rules_parallels as rules_parallels
from stretto.check import rules_places as rules_places
from stretto.check import rules_species as rules_species
from stretto.check import rules_species_dissonance as rules_species_dissonance
from stretto.check import rules_species_ends as rules_species_ends
from stretto.check import rules_species_line as rules_species_line
from stretto.check import rules_species_values as rules_species_values
from stretto.check import rules_tendency as rules_tendency
from stretto.check.faults import Severity
from stretto.check.rules import OPTIONS, RULES
from stretto.errors import RequestError

KINDS = ("chorale", "species1", "species2", "species3", "species4", "species5")
"""What a sheet can be for; each has a sheet of its own that ships with Stretto."""

CANTUS = ("auto", "upper", "lower")
"""Where a species sheet may say the cantus firmus is; "auto" finds it."""

OFF = "off"
"""A rule that a sheet names and does not apply."""


@dataclass(frozen=True, kw_only=True)
class SheetRule:
    """One rule of a sheet."""

    id: str
    severity: Severity
    says: str
    """To the student, in a sentence."""
    options: Mapping[str, Any]
    """All that the rule has, set by the sheet or left as usual."""


@dataclass(frozen=True, kw_only=True)
class RuleSheet:
    """What a teacher marks by."""

    title: str
    kind: str
    """One of KINDS."""
    rules: tuple[SheetRule, ...]
    """Those that are not off, in the order of the sheet."""
    cantus: str = "auto"
    """One of CANTUS."""

    def only(self, wanted: Callable[[SheetRule], bool]) -> RuleSheet:
        """Some of the rules alone."""
        return replace(self, rules=tuple(filter(wanted, self.rules)))


SPECIES = "stretto.check.rules_species"
"""How the modules of rules begin that look at a cantus firmus and one voice against it."""


def load_sheet(name: str | Path) -> RuleSheet:
    """A sheet by its name, or from a teacher's own file.

    Raises:
        RequestError: there is none, or it holds what no sheet can.
    """
    path = Path(name)
    if str(name) not in KINDS and path.suffix != ".toml":
        raise RequestError(f"rules {str(name)!r}: there are {', '.join(KINDS)}, or a file of yours as my.toml")
    text = sheet_text(str(name)) if str(name) in KINDS else _read(path)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise RequestError(f"{name}: cannot be read as a rule sheet ({cause}); correct the line") from cause
    return _sheet(found, str(name))


def sheet_text(kind: str) -> str:
    """The sheet that ships for a kind, to be copied and edited."""
    shipped = files("stretto.check").joinpath(f"sheets/{kind}.toml")
    if kind not in KINDS or not shipped.is_file():
        raise RequestError(f"rules {kind!r}: there are {', '.join(KINDS)}")
    return shipped.read_text(encoding="utf-8")


def _read(path: Path) -> str:
    try:
        # Windows' editors put a mark before UTF-8, and its shell writes `--print-rules chorale > my.toml` in UTF-16.
        found = path.read_bytes()
        wide = found.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return found.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as cause:
        why = getattr(cause, "strerror", None) or "it is not text in UTF-8"
        raise RequestError(f"{path}: cannot be read as a rule sheet ({why}); name a file, or chorale") from cause


def _sheet(found: Mapping[str, Any], name: str) -> RuleSheet:
    for key in found:
        if key not in ("title", "kind", "cantus", "rules"):
            raise RequestError(f"{name}: {key!r} is no part of a rule sheet; there are title, kind, cantus and rules")
    kind = found.get("kind", "chorale")
    if kind not in KINDS:
        raise RequestError(f"{name}: kind {kind!r} is unknown; there are {', '.join(KINDS)}")
    cantus = found.get("cantus", "auto")
    if cantus not in CANTUS:
        raise RequestError(f"{name}: cantus {cantus!r} is unknown; there are {', '.join(CANTUS)}")
    rules = found.get("rules")
    if not isinstance(rules, dict) or not rules:
        raise RequestError(f"{name}: has no rules; begin each with a line as [rules.parallel-fifths]")
    read = [_rule(id, entry, name) for id, entry in rules.items()]
    for rule in read if kind == "chorale" else ():
        if rule is not None and RULES[rule.id].__module__.startswith(SPECIES):
            raise RequestError(f"{name}: rule {rule.id} is for species counterpoint; leave it out, or say another kind")
    held = tuple(rule for rule in read if rule is not None)
    return RuleSheet(title=str(found.get("title", name)), kind=kind, rules=held, cantus=cantus)


def _rule(id: str, entry: Any, name: str) -> SheetRule | None:
    if id not in RULES:
        near = get_close_matches(id, RULES, n=3)
        there = f"is {' or '.join(near)} meant?" if near else f"there are {', '.join(sorted(RULES))}"
        raise RequestError(f"{name}: there is no rule {id!r}; {there}")
    if not isinstance(entry, dict):
        raise RequestError(f"{name}: rule {id} needs lines of its own under [rules.{id}]")
    severity = entry.get("severity", "error")
    if severity != OFF and severity not in get_args(Severity):
        wanted = ", ".join((*get_args(Severity), OFF))
        raise RequestError(f"{name}: rule {id} has severity {severity!r}; there are {wanted}")
    says = entry.get("says", "")
    if not isinstance(says, str):
        raise RequestError(f"{name}: rule {id}: says must be a sentence in quotes")
    options = {key: value for key, value in entry.items() if key not in ("severity", "says")}
    for key, value in options.items():
        _check_option(id, key, value, name)
    if severity == OFF:
        return None
    return SheetRule(id=id, severity=severity, says=says, options={**OPTIONS[id], **options})


def _check_option(id: str, key: str, value: Any, name: str) -> None:
    known = OPTIONS[id]
    if key not in known:
        there = f"it has {', '.join(known)}" if known else "it has none"
        raise RequestError(f"{name}: rule {id} has no option {key!r}; {there}")
    usual = known[key]
    if not _fits(value, usual):
        raise RequestError(f"{name}: rule {id}: {key} = {value!r} is not of the kind of {usual!r}")


def _fits(value: Any, usual: Any) -> bool:
    """Whether an option can have a value: of the type it usually has, and a number neither negative nor endless."""
    if isinstance(usual, list):
        return isinstance(value, list) and all(_fits(one, usual[0]) for one in value)
    if isinstance(usual, float):
        return type(value) in (int, float) and 0 <= value < inf
    return type(value) is type(usual) and not (type(value) is int and value < 0)
