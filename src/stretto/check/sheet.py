"""Rule sheets: which rules hold, how grave each is, and what a student is told."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.resources import files
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
from stretto.check.rules_places import pitches_of
from stretto.check.sheet_places import SheetText, quoted
from stretto.errors import RequestError

KINDS = ("chorale", "species1", "species2", "species3", "species4", "species5")
"""What a sheet can be for; each has a sheet of its own that ships with Stretto."""

CANTUS = ("auto", "upper", "lower")
"""Where a species sheet may say the cantus firmus is; "auto" finds it."""

OFF = "off"
"""A rule that a sheet names and does not apply."""

LONGEST_LINE, LONGEST_TITLE, LONGEST_SENTENCE, LONGEST_RANGE = 2000, 120, 500, 20
"""Letters."""

LARGEST, LONGEST_LIST = 10_000, 16
"""Of numbers that an option may have, and how many it may list: far more than any rule can mean."""


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
    ships: bool = field(default=False, compare=False)
    """It is one of Stretto's, and not what a teacher has written."""

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
    if str(name) in KINDS:
        return replace(sheet_of(sheet_text(str(name)), str(name)), ships=True)
    if path.suffix != ".toml":
        raise RequestError(f"rules {str(name)!r}: there are {', '.join(KINDS)}, or a file of yours as my.toml")
    try:
        return sheet_of(text_of(path.read_bytes()), str(name))
    except (OSError, UnicodeDecodeError) as cause:
        why = getattr(cause, "strerror", None) or "it is not text in UTF-8"
        raise RequestError(f"{path}: cannot be read as a rule sheet ({why}); name a file, or chorale") from cause


def sheet_of(text: str, name: str = "the sheet") -> RuleSheet:
    """A sheet from its text.

    Args:
        text: TOML, as a sheet that ships is written.
        name: what messages call it.

    Raises:
        RequestError: it holds what no sheet can; names line and word.
    """
    written = SheetText(name, text)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:  # a reader of TOML may take seconds over one of ten thousands
            raise RequestError(f"{written.line(number)}: it has over {LONGEST_LINE} letters; break it")
    try:
        return _sheet(tomllib.loads(text), written)
    except (ValueError, RecursionError) as cause:
        if isinstance(cause, RequestError):
            raise
        where, why = written.parsed_to(str(cause))
        raise RequestError(f"{where}: cannot be read as a rule sheet ({why}); correct the line") from cause


def sheet_text(kind: str) -> str:
    """The sheet that ships for a kind, to be copied and edited."""
    shipped = files("stretto.check").joinpath(f"sheets/{kind}.toml")
    if kind not in KINDS or not shipped.is_file():
        raise RequestError(f"rules {kind!r}: there are {', '.join(KINDS)}")
    return shipped.read_text(encoding="utf-8")


def text_of(data: bytes) -> str:
    """The text in a file of a teacher's.

    Raises:
        UnicodeDecodeError: it is none in UTF-8 or UTF-16.
    """
    # Windows' editors put a mark before UTF-8, and its shell writes `--print-rules chorale > my.toml` in UTF-16.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n")


def _sheet(found: Mapping[str, Any], written: SheetText) -> RuleSheet:
    for key in found:
        if key not in ("title", "kind", "cantus", "rules"):
            raise RequestError(
                f"{written.at(key)}: {quoted(key)} is no part of a rule sheet; there are title, kind, cantus and rules"
            )
    kind = found.get("kind", "chorale")
    if kind not in KINDS:
        raise RequestError(f"{written.at('kind')}: kind {quoted(kind)} is unknown; there are {', '.join(KINDS)}")
    cantus = found.get("cantus", "auto")
    if cantus not in CANTUS:
        raise RequestError(f"{written.at('cantus')}: cantus {quoted(cantus)} is unknown; there are {', '.join(CANTUS)}")
    rules = found.get("rules")
    if not isinstance(rules, dict) or not rules:
        raise RequestError(f"{written.name}: has no rules; begin each with a line as [rules.parallel-fifths]")
    read = [_rule(id, entry, written) for id, entry in rules.items()]
    for rule in read if kind == "chorale" else ():
        if rule is not None and RULES[rule.id].__module__.startswith(SPECIES):
            where = written.at(rule=rule.id)
            raise RequestError(
                f"{where}: rule {rule.id} is for species counterpoint; leave it out, or say another kind"
            )
    held = tuple(rule for rule in read if rule is not None)
    title = " ".join(str(found.get("title", written.name)).split())[:LONGEST_TITLE]
    return RuleSheet(title=title, kind=kind, rules=held, cantus=cantus)


def _rule(id: str, entry: Any, written: SheetText) -> SheetRule | None:
    where = written.at(rule=id)
    if id not in RULES:
        near = get_close_matches(id[:80], RULES, n=3)
        there = f"is {' or '.join(near)} meant?" if near else f"there are {', '.join(sorted(RULES))}"
        raise RequestError(f"{where}: there is no rule {quoted(id)}; {there}")
    if not isinstance(entry, dict):
        raise RequestError(f"{where}: rule {id} needs lines of its own under [rules.{id}]")
    severity = entry.get("severity", "error")
    if severity != OFF and severity not in get_args(Severity):
        wanted = ", ".join((*get_args(Severity), OFF))
        where = written.at("severity", rule=id)
        raise RequestError(f"{where}: rule {id} has severity {quoted(severity)}; there are {wanted}")
    says = entry.get("says", "")
    if not isinstance(says, str) or len(says) > LONGEST_SENTENCE:
        where = written.at("says", rule=id)
        raise RequestError(
            f"{where}: rule {id}: says must be a sentence in quotes, of {LONGEST_SENTENCE} letters at most"
        )
    options = {key: value for key, value in entry.items() if key not in ("severity", "says")}
    for key, value in options.items():
        _check_option(id, key, value, written)
    if severity == OFF:
        return None
    return SheetRule(id=id, severity=severity, says=" ".join(says.split()), options={**OPTIONS[id], **options})


def _check_option(id: str, key: str, value: Any, written: SheetText) -> None:
    known, where = OPTIONS[id], written.at(key, rule=id)
    if key not in known:
        there = f"it has {', '.join(known)}" if known else "it has none"
        raise RequestError(f"{where}: rule {id} has no option {quoted(key)}; {there}")
    usual = known[key]
    if not _fits(value, usual):
        raise RequestError(f"{where}: rule {id}: {key} = {quoted(value)} is not of the kind of {usual!r}")
    if isinstance(usual, str):
        try:
            pitches_of(value, id)
        except RequestError as cause:
            raise RequestError(f"{where}: {cause}") from cause


def _fits(value: Any, usual: Any) -> bool:
    """Whether an option can have a value: of the type it usually has, and a number neither negative nor huge."""
    if isinstance(usual, list):
        return isinstance(value, list) and 0 < len(value) <= LONGEST_LIST and all(_fits(one, usual[0]) for one in value)
    if isinstance(usual, float):
        return type(value) in (int, float) and 0 <= value <= LARGEST
    if isinstance(usual, str):
        return isinstance(value, str) and len(value) <= LONGEST_RANGE
    return type(value) is type(usual) and not (type(value) is int and not 0 <= value <= LARGEST)
