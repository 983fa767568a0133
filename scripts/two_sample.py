"""Can what `stretto compose` writes be told from Bach? Twins of all chorales that no network has learned from.

    python scripts/two_sample.py --data DATA [--composed FOLDER_OR_PICKLE] [--set candidates=32] [--jobs 2] [--write]

For each of the 370 chorales that is not in the training music it composes a piece in the same key, metre, length and
pickup, lets two classifiers tell one from the other, and prints the table; `--write` puts it into docs/two-sample.md.
`--composed` keeps the pieces in a folder, and takes those that are there; a pickle holds a list of (name of the
chorale's file, Score). Two minutes to compose, one to test.
"""

from __future__ import annotations

import argparse
import ast
import pickle
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from held_out import KERN, SIXTEENTH
from stretto import compose
from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.corpus.choirs import SAME, choir_corpus
from stretto.corpus.overlap import OverlapIndex, grid_pitches
from stretto.errors import StrettoError
from stretto.evaluate.evidence import Work, work_of
from stretto.evaluate.two_sample import TwoSample, tell
from stretto.frames.parts import part_frames
from stretto.score.formats import read_score, write_score
from stretto.score.model import Score
from stretto.theory.key import estimate_key

PAGE = Path(__file__).parent.parent / "docs/two-sample.md"
MARK = "<!-- table: scripts/two_sample.py writes what follows -->\n"
METERS = ("4/4", "3/4")


def main() -> None:
    """Find, compose, tell, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the corpora")
    parser.add_argument("--composed", type=Path, help="a folder for the pieces, or a pickle that holds them")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="NAME=VALUE", help="wishes to compose, beside the twin's"
    )
    parser.add_argument("--seed", type=int, default=1000, help="of the first piece")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"))
    parser.add_argument("--write", action="store_true", help="write the table into docs/two-sample.md")
    asked = parser.parse_args()
    wishes = {name: _value(value) for name, _, value in (one.partition("=") for one in asked.set)}
    started = time.perf_counter()
    with ProcessPoolExecutor(asked.jobs) as workers:
        real = dict(fresh_chorales(asked.data, asked.cache, workers))
        _say(f"{len(real)} chorales in one metre that no network has learned from", started)
        own = dict(composed(real, asked.composed, wishes, asked.seed, workers))
        _say(f"{len(own)} twins of them", started)
        names = [name for name in real if name in own]
        scores = [own[name] for name in names] + [real[name] for name in names]
        works = list(workers.map(work_of, scores, names * 2, chunksize=8))
        errors = list(workers.map(n_errors, scores, chunksize=8))
    _say("measured", started)
    table = said(tell_twins(works[: len(names)], works[len(names) :], asked.jobs), len(names), wishes)
    _say("told", started)
    table += _errors_said(errors[: len(names)], errors[len(names) :])
    print(table)
    if asked.write:
        head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n{table}", encoding="utf-8")


def n_errors(score: Score) -> int:
    """By the chorale sheet of `stretto check`."""
    return check_score(score, load_sheet("chorale")).n_errors


def _errors_said(own: Sequence[int], real: Sequence[int]) -> str:
    """Errors a piece, of twins and originals."""
    mine, theirs = (sum(side) / max(1, len(side)) for side in (own, real))
    return f"\nErrors by `stretto check`: {mine:.2f} a twin, {theirs:.2f} a chorale.\n"


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _say(what: str, started: float) -> None:
    print(f"{time.perf_counter() - started:5.0f} s  {what}", file=sys.stderr)


def fresh_chorales(data: Path, cache: Path, workers: ProcessPoolExecutor) -> Iterator[tuple[str, Score]]:
    """Of the 370 those in four voices and one metre that are not in the training music."""
    trained = OverlapIndex([grid_pitches(piece.frames) for piece in choir_corpus(data, cache).pieces])
    paths = sorted((data / KERN).glob("*.krn"))
    for path, score in zip(paths, workers.map(read_score, paths, chunksize=16), strict=True):
        if len(score.parts) != 4 or {f"{m.numerator}/{m.denominator}" for m in score.meters} - set(METERS):
            continue
        if len(score.meters) != 1:
            continue
        quarters = grid_pitches(part_frames(score)[0], step=SIXTEENTH)[::4]
        if trained.best(quarters).share < SAME:
            yield path.stem, score


def composed(
    real: dict[str, Score], kept: Path | None, wishes: dict[str, Any], seed: int, workers: ProcessPoolExecutor
) -> Iterator[tuple[str, Score]]:
    """A twin of each: those that are kept, and the others new."""
    if kept is not None and kept.is_file():
        # A pickle can run anything: name only your own.
        yield from pickle.loads(kept.read_bytes())
        return
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    old = {path.stem: path for path in kept.glob("*.txt")} if kept is not None else {}
    yield from ((name, read_score(old[name])) for name in real if name in old)
    missing = [(name, score, seed + i) for i, (name, score) in enumerate(real.items()) if name not in old]
    for name, score in workers.map(partial(twin, wishes), missing):
        if score is None:
            continue
        if kept is not None:
            write_score(score, kept / f"{name}.txt")
        yield name, score


def twin(wishes: dict[str, Any], asked: tuple[str, Score, int]) -> tuple[str, Score | None]:
    """A piece in the same key, metre, length and pickup."""
    name, score, seed = asked
    meter = score.meter_at(0)
    try:
        made = compose(
            **{
                "style": "bach",
                "key": str(estimate_key(score)),
                "meter": f"{meter.numerator}/{meter.denominator}",
                "bars": max(1, round(score.end / meter.bar_ticks)),
                "pickup": str(score.pickup / 24) if score.pickup else "none",
                "seed": seed,
                **wishes,
            }
        )
    except StrettoError as cause:
        print(f"{name}: {cause}", file=sys.stderr)
        return name, None
    return name, made.score


def tell_twins(own: Sequence[Work], real: Sequence[Work], jobs: int) -> TwoSample:
    """Each beside its original."""
    return tell(own, real, [(i, i) for i in range(len(own))], jobs=jobs)


def said(found: TwoSample, n_works: int, wishes: dict[str, Any]) -> str:
    """The table of the page."""
    if found.why:
        return f"{found.why}\n"
    match = found.told[0].match
    how = ", ".join(f"`{name}={value}`" for name, value in wishes.items()) or "the defaults"
    lines = [
        f"`compose --style bach` with {how}; {n_works} chorales and as many twins.",
        "",
    ]
    if match is not None:
        lines += [
            f"The shorter of two is on average {match.length:.0%} as long as the other; one metre in "
            f"{match.meter:.0%}, one mode in {match.mode:.0%} of pairs.",
            "",
        ]
    lines += [
        "| classifier | AUC | 95 of 100 draws | real with real | Markov model | stretches a side | counts |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {t.by} | **{t.auc:.3f}** | {t.low:.3f} to {t.high:.3f} | {t.real_auc:.3f} | {t.markov_auc:.3f} "
        f"| {t.n_pairs} | {'yes' if t.counts else 'no'} |"
        for t in found.told
    ]
    for told in found.told:
        lines += ["", f"What gave them away to {told.by}:", "", *(f"- {one}" for one in told.gave_away)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
