"""`stretto train`: a network from a recipe and a folder of scores."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Annotated

import typer

from stretto.errors import RequestError


def train_command(
    recipe: Annotated[str, typer.Option(help="chorale, choir or jsb16.")] = "chorale",
    data: Annotated[Path, typer.Option(help="The folder that holds train/ and benchmarks/.")] = Path("data"),
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder of the run. [default: runs/RECIPE]")] = None,
    seed: Annotated[int, typer.Option(help="Of the first weights and of every draw.")] = 0,
    minutes: Annotated[float | None, typer.Option(help="Stop after this long. [default: to the end]")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the folder.")] = False,
) -> None:
    """Train a network (needs torch); stop and resume at will."""
    if importlib.util.find_spec("torch") is None:
        raise RequestError('training needs torch, which is not installed; pip install ".[train]"')
    out = out or Path("runs") / recipe
    begun = (out / "checkpoint.pt").exists()
    if begun and not resume:
        raise RequestError(f"{out} holds a run already; give --resume to go on with it, or another --out")
    if resume and not begun:
        raise RequestError(f"{out} holds no checkpoint to go on from; leave --resume out, or name the run's --out")
    if minutes is not None and minutes <= 0:
        raise RequestError(f"{minutes:g} minutes: give more than 0")
    from stretto.cli.progress import progress_bar
    from stretto.train.run import run_recipe

    with progress_bar("reading scores") as show_share:
        path = run_recipe(
            recipe, data=data, out=out, seed=seed, minutes=minutes or math.inf, say=_say, progress=show_share
        )
    if path is not None:
        print(f"wrote {path}")


def _say(line: str) -> None:
    print(line, flush=True)  # a run is often watched through a file
