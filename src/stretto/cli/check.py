"""`stretto check`: an exercise looked through by a rule sheet, each fault with its place and its reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stretto.cli.options import Expand, KeyOption, MeterOption, PickupOption, Quantize
from stretto.errors import RequestError

if TYPE_CHECKING:
    from stretto.check.check import Checked
    from stretto.check.faults import Finding


def check_command(
    file: Annotated[Path | None, typer.Argument(help="A score: .mid .musicxml .mxl .krn .abc .mei .txt")] = None,
    rules: Annotated[
        str, typer.Option("--rules", help="chorale, species1 to species5, or a sheet of yours as my.toml.")
    ] = "chorale",
    print_rules: Annotated[
        str | None, typer.Option("--print-rules", help="Print a sheet, to be copied and edited, and do nothing else.")
    ] = None,
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    quantize: Quantize = False,
    expand: Expand = False,
) -> None:
    """Look through an exercise, and say where which rule is broken."""
    from stretto.check.check import check_score
    from stretto.check.sheet import load_sheet, sheet_text
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import say_read
    from stretto.theory.key import parse_key

    if print_rules is not None:
        print(sheet_text(print_rules), end="")
        return
    if file is None:
        raise RequestError("name a score to check, or a sheet to print with --print-rules chorale")
    sheet = load_sheet(rules)
    reading = read(file, Wishes(key=key, meter=meter, pickup=pickup, expand=expand, quantize=quantize))
    say_read(reading)
    checked = check_score(reading.score, sheet, key=None if key is None else parse_key(key))
    say_checked(checked)


def say_checked(checked: Checked) -> None:
    """What was taken as what, a line for every finding, and how many there are."""
    for sentence in checked.sentences:
        print(f"  {sentence}")
    for finding in checked.findings:
        print(line_of(finding, checked))
    print(summary(checked))


def line_of(finding: Finding, checked: Checked) -> str:
    """As "bar 3 beat 2  soprano, bass  parallel fifths: F4-C5 to G4-D5  (error; Bach: in 9 of 370 chorales)"."""
    whole, rest = divmod(finding.beat, 1)
    beat = f"{whole}{f' {rest}' if rest else ''}"
    parts = ", ".join(checked.score.parts[part].name or f"part {part + 1}" for part in finding.fault.parts)
    name = finding.fault.rule.replace("-", " ")
    detail = f": {finding.fault.detail}" if finding.fault.detail else ""
    bach = f"; {finding.bach}" if finding.bach else ""
    return f"bar {finding.bar} beat {beat}  {parts}  {name}{detail}  ({finding.severity}{bach})"


def summary(checked: Checked) -> str:
    """As "2 errors, 1 licence, 3 remarks"."""
    counts = {kind: sum(f.severity == kind for f in checked.findings) for kind in ("error", "licence", "remark")}
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in counts.items())
