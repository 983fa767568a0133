"""`stretto check`: an exercise, or a folder of them, looked through by a rule sheet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stretto.cli.options import Expand, Force, Json, KeyOption, LayoutOption, MeterOption, PickupOption, Quantize
from stretto.cli.typed import Argument, Option
from stretto.errors import RequestError

if TYPE_CHECKING:
    from stretto.check.check import Checked
    from stretto.check.folder import FolderChecked
    from stretto.check.sheet import RuleSheet
    from stretto.cli.files import Written
    from stretto.cli.reading import Reading, Wishes
    from stretto.render.layout import Layout
    from stretto.score.model import Score
    from stretto.theory.key import Tonality


def check_command(
    file: Annotated[
        Path | None, Argument(help="A score (.mid .musicxml .mxl .krn .abc .mei .txt), or a folder of them.")
    ] = None,
    rules: Annotated[
        str, Option("--rules", help="chorale, species1 to species5, or a sheet of yours as my.toml.")
    ] = "chorale",
    print_rules: Annotated[
        str | None, Option("--print-rules", help="Print a sheet, to be copied and edited, and do nothing else.")
    ] = None,
    out: Annotated[
        list[Path] | None,
        Option(
            "-o",
            "--out",
            help="Of a score: a marked page (.svg .pdf .png) or score (.musicxml .mxl); repeatable. Of a folder: the "
            "folder for marked files and summary. [default: none; of a folder, a new one]",
        ),
    ] = None,
    all_findings: Annotated[
        bool, Option("--all", help="List and mark remarks too, which are only counted otherwise.")
    ] = False,
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    quantize: Quantize = False,
    expand: Expand = False,
    layout: LayoutOption = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Look through an exercise, and say where which rule is broken."""
    from stretto.check.sheet import load_sheet, sheet_text
    from stretto.cli.reading import Wishes
    from stretto.theory.key import parse_key

    if print_rules is not None:
        print(sheet_text(print_rules), end="")
        return
    if file is None:
        raise RequestError("name a score to check, or a sheet to print with --print-rules chorale")
    asked = _Asked(
        sheet=load_sheet(rules),
        wishes=Wishes(key=key, meter=meter, pickup=pickup, expand=expand, quantize=quantize),
        key=None if key is None else parse_key(key),
        remarks=all_findings,
        layout=layout,
        force=force,
        as_json=as_json,
    )
    if file.is_dir():
        _check_folder(file, asked, out)
    else:
        _check_file(file, asked, out or [])


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """How to look, and what to give out."""

    sheet: RuleSheet
    wishes: Wishes
    key: Tonality | None
    remarks: bool
    layout: Layout
    force: bool
    as_json: bool


def _check_file(file: Path, asked: _Asked, out: list[Path]) -> None:
    from stretto.check.check import check_score
    from stretto.check.marked import write_checked
    from stretto.cli.files import Written
    from stretto.cli.reading import read
    from stretto.cli.say import files_json, read_json, say_files, say_json, say_read
    from stretto.render.marked import check_marked

    for path in out:
        check_marked(path, force=asked.force)
    reading = read(file, asked.wishes)
    checked = check_score(reading.score, asked.sheet, key=asked.key)
    if not asked.as_json:
        say_read(reading)
        say_checked(checked, remarks=asked.remarks)
    written: list[Written] = []
    for path in out:
        lost = write_checked(checked, path, original=reading.score, name=file.stem, remarks=asked.remarks,
                             layout=asked.layout, force=asked.force)  # fmt: skip
        written.append(Written(path=path, notices=lost))
    if asked.as_json:
        say_json({**read_json(reading), **_understood(reading, checked), "files": files_json(written)})
    else:
        say_files(written)


def _understood(reading: Reading, checked: Checked) -> dict[str, object]:
    """What was found, and all that was understood on the way."""
    from stretto.check.marked import checked_json

    return {**checked_json(checked), "understood": [*reading.sentences, *checked.sentences]}


def _check_folder(folder: Path, asked: _Asked, out: list[Path] | None) -> None:
    from stretto.check.folder import Task, check_folder, folder_json
    from stretto.check.summary import write_summary
    from stretto.cli.progress import progress_bar
    from stretto.cli.say import say_json

    target = _target(folder, out, as_json=asked.as_json)
    task = Task(folder=folder, out=target, sheet=asked.sheet, read=partial(read_one, wishes=asked.wishes),
                key=asked.key, remarks=asked.remarks, force=asked.force)  # fmt: skip
    with progress_bar(f"checking {folder}") as show_share:
        checked = check_folder(task, progress=show_share)
    if target is not None:
        checked = write_summary(checked, target)
    if asked.as_json:
        say_json(folder_json(checked))
    else:
        say_folder(checked)


def read_one(path: Path, wishes: Wishes) -> Score:
    """A pupil's score; a function that workers can find."""
    from stretto.cli.reading import read

    return read(path, wishes).score


def _target(folder: Path, out: list[Path] | None, *, as_json: bool) -> Path | None:
    """The folder for marked files: the one that is named, or a new one beside the exercises."""
    if out is None:
        name = f"{folder.resolve().name or 'exercises'}-checked"
        tried = (Path(name if n == 1 else f"{name}-{n}") for n in range(1, 10_000))
        return None if as_json else next(path for path in tried if not path.exists())
    if len(out) > 1 or (out[0].suffix and not out[0].is_dir()) or out[0].is_file():
        raise RequestError(f"{out[-1]}: of a folder of exercises, -o names one folder for marked files and summary")
    return out[0]


def say_checked(checked: Checked, *, remarks: bool) -> None:
    """What was taken as what, two lines for every finding, and how many there are."""
    from stretto.check.marked import fault_in_words, numbered, place_of, reason_of, summary
    from stretto.cli.say import INDENT

    for sentence in checked.sentences:
        print(INDENT + sentence)
    findings = numbered(checked)
    shown = [finding for finding in findings if remarks or finding.severity != "remark"]
    width = len(str(len(shown)))
    for finding in shown:
        words = f"{place_of(finding, checked.score)}: {fault_in_words(finding)}"
        print(f"{finding.number:>{width}} {finding.severity:<7} {words}")
        print(f"{'':{width}} {'':7} {reason_of(finding)}")
    folded = len(findings) - len(shown)
    print(f"{checked.sheet.title}: {summary(findings)}{'; --all lists the remarks' if folded else ''}")


def say_folder(checked: FolderChecked) -> None:
    """A line for every pupil, what could not be read, the commonest faults, and what was written."""
    from stretto.check.marked import SEVERITIES
    from stretto.check.summary import headline
    from stretto.cli.say import INDENT, counted

    width = max(len(pupil.name) for pupil in checked.pupils)
    for pupil in checked.pupils:
        said = ", ".join(counted(pupil.severities[severity], severity) for severity in SEVERITIES)
        print(f"{pupil.name:<{width}}  {said}{f'; not marked: {pupil.trouble}' if pupil.trouble else ''}")
    for skipped in checked.unread:
        print(f"not read: {skipped.path.relative_to(checked.folder)}: {skipped.reason}")
    light = {rule.id for rule in checked.sheet.rules if rule.severity == "remark"}
    for rule, n in [(rule, n) for rule, n in checked.rules.most_common() if rule not in light][:5]:
        print(f"{INDENT}{rule.replace('-', ' ')}: {n}, of {counted(checked.broken_by[rule], 'pupil')}")
    print(headline(checked))
    for path in checked.files:
        print(f"wrote {path}")
