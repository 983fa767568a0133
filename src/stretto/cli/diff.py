"""`stretto diff`: what was added, removed and changed between two scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from click.exceptions import Exit

from stretto.cli.options import Force, Json, KeyOption, LayoutOption, MeterOption, PickupOption
from stretto.cli.typed import Argument, Option

if TYPE_CHECKING:
    from stretto.cli.files import Written
    from stretto.render.layout import Layout
    from stretto.score.compare import Comparison

DIFFERENT = 1
"""Exit status where the scores differ, as that of diff; 2 is trouble."""


def diff_command(
    before: Annotated[Path, Argument(help="The score as it was: .mid .musicxml .mxl .krn .abc .mei .txt")],
    after: Annotated[Path, Argument(help="The score as it is.")],
    out: Annotated[
        list[Path] | None,
        Option("-o", "--out", help="Both on one page (.svg .pdf .png) or score (.musicxml .mxl), marked; repeatable."),
    ] = None,
    all_changes: Annotated[
        bool, Option("--all", help="List the notes of bars and parts that only one of the scores has, too.")
    ] = False,
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    layout: LayoutOption = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Show notes added, removed and changed. Exit status: 0 = the same music, 1 = not, 2 = trouble."""
    from stretto.cli.diff_say import comparison_json, say_comparison
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import files_json, say_files, say_json
    from stretto.render.marked import check_marked
    from stretto.score.compare import compare

    for path in out or []:
        check_marked(path, force=force)
    wishes = Wishes(key=key, meter=meter, pickup=pickup)
    readings = [read(path, wishes) for path in (before, after)]
    comparison = compare(readings[0].score, readings[1].score)
    written = [_write(comparison, path, layout=layout, force=force) for path in out or []]
    if as_json:
        names = {"before": str(before), "after": str(after)}
        say_json({**names, **comparison_json(comparison), "files": files_json(written)})
    else:
        say_comparison(comparison, str(before), str(after), whole=all_changes)
        say_files(written)
    if not comparison.same:
        raise Exit(DIFFERENT)


def _write(comparison: Comparison, path: Path, *, layout: Layout, force: bool) -> Written:
    from stretto.cli.diff_say import summary, told
    from stretto.cli.files import Written
    from stretto.render.compared import LOOKS, changes_marked, joint_score
    from stretto.render.marked import write_marked

    joint = joint_score(comparison)
    markings = changes_marked(comparison, joint, told(comparison))
    lost = write_marked(joint.score, markings, LOOKS, path, title=summary(comparison), layout=layout, force=force)
    return Written(path=path, notices=lost)
