"""`stretto train`: a network from a folder of one's own, or from a recipe and the corpora."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from stretto.cli.options import Json
from stretto.cli.typed import Argument, Option
from stretto.errors import RequestError

USUAL_MINUTES = 60.0
"""For a folder, if nothing is said."""


def train_command(
    folder: Annotated[
        Path | None,
        Argument(help="A folder of scores of your own (.mid .musicxml .mxl .krn .abc .mei .txt)."),
    ] = None,
    recipe: Annotated[
        str | None,
        Option(help="Without a folder: chorale, choir, jsb16, keyboard, quartet, dynamics. [default: chorale]"),
    ] = None,
    data: Annotated[Path, Option(help="Of a recipe: the folder with train/ and benchmarks/.")] = Path("data"),
    out: Annotated[
        Path | None, Option("-o", "--out", help="Folder of the run. [default: runs/RECIPE or runs/FOLDER]")
    ] = None,
    seed: Annotated[int, Option(help="Of the first weights and of every draw.")] = 0,
    minutes: Annotated[
        float | None, Option(help="Stop after this long. [default: of a recipe, to the end; of a folder, 60]")
    ] = None,
    resume: Annotated[bool, Option("--resume", help="Go on from the last checkpoint in the folder.")] = False,
    start: Annotated[
        str | None,
        Option("--from", help="Of a folder: the network to begin with, as keyboard, quartet, none or a file. "
                     "[default: what has its staves]"),
    ] = None,
    check_only: Annotated[
        bool, Option("--check-only", help="Of a folder: say what it can teach and how long it takes; then stop.")
    ] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Train a network (needs torch): say what a folder can teach, then learn it; stop and resume at will."""
    if minutes is not None and not minutes > 0:
        raise RequestError(f"{minutes:g} minutes: give more than 0")
    torch_there = importlib.util.find_spec("torch") is not None
    if not torch_there and not check_only:
        raise RequestError('training needs torch, which is not installed; pip install ".[train]"')
    if folder is not None and recipe is not None:
        raise RequestError(f"a folder, {folder}, and a recipe, {recipe}: name one of the two")
    if folder is not None or (resume and not check_only and out is not None and (out / "folder.json").exists()):
        from stretto.cli.train_folder import Wish, train_or_check

        out = out or Path("runs") / (folder.resolve().name if folder is not None else "mine")
        wish = Wish(
            folder=folder, out=out, seed=seed, minutes=minutes or USUAL_MINUTES, start=start, resume=resume,
            check_only=check_only, as_json=as_json, torch_there=torch_there,
        )  # fmt: skip
        if not check_only:
            _check_run(out, resume=resume)
        with _says_how_to_go_on(out):
            train_or_check(wish)
        return
    if wished := [
        name for name, given in (("--from", start), ("--check-only", check_only), ("--json", as_json)) if given
    ]:
        raise RequestError(f"{', '.join(wished)}: of a folder of your own, and none is named")
    recipe = recipe or "chorale"
    out = out or Path("runs") / recipe
    _check_run(out, resume=resume)
    from stretto.cli.progress import progress_bar
    from stretto.train.run import run_recipe

    with _says_how_to_go_on(out), progress_bar("reading scores") as show_share:
        path = run_recipe(
            recipe, data=data, out=out, seed=seed, minutes=minutes or math.inf, say=_say, progress=show_share
        )
    if path is not None:
        print(f"wrote {path}")


def _check_run(out: Path, *, resume: bool) -> None:
    """A run is begun once, and gone on with only where that is wished."""
    begun = (out / "checkpoint.pt").exists()
    if begun and not resume:
        raise RequestError(f"{out} holds a run already; give --resume to go on with it, or another --out")
    if resume and not begun:
        raise RequestError(f"{out} holds no checkpoint to go on from; leave --resume out, or name the run's --out")


@contextmanager
def _says_how_to_go_on(out: Path) -> Iterator[None]:
    """Somebody who stops a run hears what is kept of it."""
    try:
        yield
    except KeyboardInterrupt:
        if (out / "checkpoint.pt").exists():
            print(f"what was learned until the last look lies in {out}; --resume -o {out} goes on", file=sys.stderr)
        raise


def _say(line: str) -> None:
    print(line, flush=True)  # a run is often watched through a file
