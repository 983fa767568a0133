"""How good are composed keyboard pieces and quartets: 100 of each beside 100 held-out works, by the same code.

    python scripts/repertoires.py --data DATA --pieces FOLDER --compose --write

Held-out works are chosen, as many of each period as can be; each has a twin, composed in its style, key, metre,
pickup, tempo and length (no longer than 24 bars). Twins lie in FOLDER/keyboard and FOLDER/quartet as MusicXML; with
--compose those that are missing are made, so that a run that was stopped goes on. Without --pieces real music is
measured alone. Writes docs/repertoires.md and .json with --write. Ends with status 1 if a threshold is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

from repertoires_compose import compose_missing, path_of  # noqa: E402
from repertoires_nats import nats_of  # noqa: E402
from staff_pieces import split_works  # noqa: E402
from stretto.evaluate.period_classifier import PERIODS  # noqa: E402
from stretto.evaluate.repertoire import (  # noqa: E402
    LAST_BASS,
    Asked,
    Judged,
    Tools,
    asked_of,
    can_be_asked,
    evenly,
    judge,
    shapes_of,
    shared_by,
)
from stretto.evaluate.repertoire_table import Row, Sets, figures, repertoire_table, table_lines  # noqa: E402
from stretto.evaluate.staff_runs import KnownMoments  # noqa: E402
from stretto.evaluate.staff_work import STAVES, StaffWork, work_of_score  # noqa: E402
from stretto.score.formats import read_score  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"
OKS = (attrgetter("ok"), attrgetter("real_ok"))
MARK = "<!-- table: scripts/repertoires.py writes what follows -->\n"
LEAST_BARS, MOST_BARS = 8, 24
FORMS = ("AABA", "ABA", "ABAC")
N_AMONG = 1000
"""Training works that are asked what they share with others."""
SECTION = 4
"""Bars of a section of a form."""
TEMPOS = range(60, 132, 4)
"""Quarters a minute that are asked where the real work says none, in turn."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Beside:
    """One repertoire: real works, what their twins are asked to be, and what all is measured against."""

    repertoire: str
    real: list[StaffWork]
    asked: list[Asked]
    formed: list[Asked]
    other: list[StaffWork]
    tools: Tools
    train: list[StaffWork]


def main() -> int:
    """Compose, measure, print, judge."""
    wish = _arguments()
    tables: dict[str, list[Row]] = {}
    for repertoire in wish.repertoires:
        started = time.monotonic()
        beside = chosen(repertoire, wish)
        folder = wish.pieces / repertoire if wish.pieces else None
        if folder and wish.compose:
            compose_missing(repertoire, [*beside.asked, *beside.formed], folder, wish.seed, wish.weights, wish.jobs)
        made = time.monotonic()
        nats = None if wish.no_nats else nats_of(repertoire, beside.real, wish.weights)
        sets = measured(beside, folder)
        tables[repertoire] = repertoire_table(sets, nats)
        print(
            f"\n{repertoire}: chosen, composed in {made - started:.0f} s, measured in {time.monotonic() - made:.0f} s"
        )
        _say(tables[repertoire])
        if wish.each:
            print("\n".join(_told(judged) for judged in (*sets.composed, *sets.formed)))
    if wish.write:
        _write(tables)
    return 1 if any(row.ok is False for rows in tables.values() for row in rows) else 0


def _told(judged: Judged) -> str:
    """One piece in a line: what it missed, and its texture."""
    asked, close = judged.asked, judged.close
    missed = {
        "not as asked": judged.as_asked is False,
        f"sounds {judged.meter_named}": judged.meter_named != asked.meter,
        f"sounds {judged.period_named}": judged.period_named != asked.period,
        "another key": not judged.keys_found[LAST_BASS],
        "no tonic at the end": not close.tonic_chord,
        "no dominant before the end": not close.from_dominant,
        "a silence": judged.faults.silences > 0,
        "a stuck note": judged.faults.stuck > 0,
        "one bar over and over": judged.faults.same_bars > 0,
        "a copy": judged.runs.n_known > 0,
        "a copied tune": judged.melody_runs.n_known > 0,
    }
    style = f"{asked.period} {asked.composer}".strip()
    what = f"{style}, {asked.key}, {asked.meter}, {asked.bars} bars{f', {asked.form}' if asked.form else ''}"
    return f"{judged.name}: {what}: {', '.join(name for name, bad in missed.items() if bad) or 'nothing missed'}"


def _say(rows: Sequence[Row]) -> None:
    print("\n".join(table_lines(rows)))
    missed, of_real = (
        [row.name for row in rows if ok(row) is False] for ok in (attrgetter("ok"), attrgetter("real_ok"))
    )
    print(f"{len(missed)} thresholds missed{': ' if missed else ''}{'; '.join(missed)}")
    print(f"real music itself misses {'; '.join(of_real) or 'none'}")


def _write(tables: Mapping[str, Sequence[Row]]) -> None:
    head = (DOCS / "repertoires.md").read_text(encoding="utf-8").partition(MARK)[0]
    parts = [f"{head}{MARK}"]
    for repertoire, rows in tables.items():
        parts += [f"\n## {repertoire.capitalize()}\n", *table_lines(rows)]
    (DOCS / "repertoires.md").write_text("\n".join(parts) + "\n", encoding="utf-8")
    said = {repertoire: figures(rows) for repertoire, rows in tables.items()}
    (DOCS / "repertoires.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def chosen(repertoire: str, wish: argparse.Namespace) -> Beside:
    """Held-out works and their twins; works of the validation set only where those of the test set are too few."""
    train, valid, test = split_works(repertoire, wish.data, wish.cache)
    rng = np.random.default_rng(0)
    sides = [[w for w in side if can_be_asked(w, least_bars=LEAST_BARS)] for side in (test, valid, train)]
    real = evenly(sides[0], wish.n, rng)
    real += evenly(sides[1], wish.n - len(real), rng)
    asked = [
        asked_of(work, most_bars=MOST_BARS, tempo=0.0 if work.tempo else TEMPOS[i % len(TEMPOS)])
        for i, work in enumerate(real)
    ]
    asked = [replace(one, tempo=float(round(one.tempo))) for one in asked]
    return Beside(
        repertoire=repertoire,
        real=real,
        asked=asked,
        formed=[_formed(one, FORMS[i % len(FORMS)]) for i, one in enumerate(asked[: wish.forms])],
        other=_of_periods(sides[2], asked, rng),
        tools=Tools(
            repertoire=repertoire,
            known=KnownMoments(train, melody=False),
            known_melodies=KnownMoments(train, melody=True),
        ),
        train=[train[i] for i in rng.permutation(len(train))[:N_AMONG]],
    )


def _formed(asked: Asked, form: str) -> Asked:
    return replace(asked, form=form, bars=SECTION * len(form), pickup=0)


def _of_periods(works: Sequence[StaffWork], asked: Sequence[Asked], rng: np.random.Generator) -> list[StaffWork]:
    """As many works of each period as are asked."""
    found: list[StaffWork] = []
    for period in PERIODS:
        n = sum(one.period == period for one in asked)
        own = [work for work in works if work.plan.period == period]
        found += [own[i] for i in rng.permutation(len(own))[:n]]
    return found


def measured(beside: Beside, folder: Path | None) -> Sets:
    """Every piece and work."""
    real = [judge(work, asked, beside.tools) for work, asked in zip(beside.real, beside.asked, strict=True)]
    return Sets(
        repertoire=beside.repertoire,
        composed=list(_judged(beside, beside.asked, folder)) if folder else [],
        real=real,
        other=[shapes_of(work.opening(MOST_BARS), beside.repertoire) for work in beside.other],
        among=shared_by(beside.train, beside.tools, n_bars=MOST_BARS),
        formed=list(_judged(beside, beside.formed, folder, first=len(beside.asked))) if folder else [],
    )


def _judged(beside: Beside, wishes: Sequence[Asked], folder: Path, *, first: int = 0) -> Iterator[Judged]:
    for i, asked in enumerate(wishes, start=first):
        path = path_of(folder, i)
        if path.exists():
            score = read_score(path)
            work = work_of_score(score, name=path.stem, period=asked.period, composer=asked.composer)
            yield judge(work, asked, beside.tools, score=score)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--repertoires", nargs="*", default=list(STAVES), choices=list(STAVES))
    parser.add_argument("--pieces", type=Path, help="the folder of composed pieces")
    parser.add_argument("--compose", action="store_true", help="compose those that are missing")
    parser.add_argument("--jobs", type=int, default=1, help="processes that compose")
    parser.add_argument("--n", type=int, default=100, help="works, and pieces")
    parser.add_argument("--forms", type=int, default=24, help="pieces more of which a form is asked")
    parser.add_argument("--seed", type=int, default=1, help="of the first piece; the others count on")
    parser.add_argument("--weights", type=Path, help="another network than the one that ships")
    parser.add_argument("--each", action="store_true", help="say of every composed piece what it misses")
    parser.add_argument("--no-nats", action="store_true", help="do not score held-out works with the network")
    parser.add_argument("--write", action="store_true", help="write docs/repertoires.md and .json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
