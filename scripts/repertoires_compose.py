"""The composed half of `repertoires.py`: one piece for each wish, kept as MusicXML, those that are there left alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

from stretto.corpus.composers import PERIOD_OF
from stretto.errors import StrettoError
from stretto.evaluate.repertoire import Asked
from stretto.score.formats import write_score
from stretto.score.model import TICKS_PER_WHOLE, Score
from stretto.verbs.staves.styles import KNOWN


def path_of(folder: Path, index: int) -> Path:
    """Of the piece for the wish of that index; forms come after twins."""
    return folder / f"{index:03}.musicxml"


def compose_missing(
    repertoire: str, wishes: Sequence[Asked], folder: Path, seed: int, weights: Path | None = None, jobs: int = 1
) -> None:
    """Compose what is not there yet; a wish that cannot be met is said, and its piece is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    said = [{**asdict(wish), "key": str(wish.key)} for wish in wishes]
    (folder / "asked.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    missing = [i for i in range(len(wishes)) if not path_of(folder, i).exists()]
    started = time.monotonic()
    with ProcessPoolExecutor(jobs) as workers:
        one = partial(_written, repertoire, weights)
        done = workers.map(
            one, [wishes[i] for i in missing], [path_of(folder, i) for i in missing], map(seed.__add__, missing)
        )
        for n, why in enumerate(done, start=1):
            each = (time.monotonic() - started) / n
            print(f"\r{repertoire}: {n} of {len(missing)}, {each:.1f} s each   ", end="", file=sys.stderr, flush=True)
            if why:
                print(f"\n{why}", file=sys.stderr)


def _written(repertoire: str, weights: Path | None, wish: Asked, path: Path, seed: int) -> str:
    """Compose one piece; says why it could not be."""
    try:
        write_score(composed(repertoire, wish, seed, weights), path, force=True)
    except StrettoError as cause:
        return f"{path.stem}: {cause}"
    return ""


def _is_known(repertoire: str, wish: Asked) -> bool:
    """The network has a name for the composer, and puts him where the work is put."""
    return wish.composer in KNOWN[repertoire] and PERIOD_OF.get(wish.composer) == wish.period


def composed(repertoire: str, wish: Asked, seed: int, weights: Path | None = None) -> Score:
    """A piece as it is wished."""
    from stretto import compose

    return compose(
        ensemble=repertoire,
        style=wish.composer if _is_known(repertoire, wish) else wish.period,
        key=str(wish.key),
        meter=wish.meter,
        bars=wish.bars,
        pickup=str(wish.pickup * int(wish.meter.split("/")[1]) / TICKS_PER_WHOLE) if wish.pickup else "none",
        tempo=wish.tempo,
        form=wish.form or None,
        seed=seed,
        weights=weights,
    ).score
