"""How good is what `stretto compose` makes: 96 chorales beside 76 real ones, by the same code.

    python scripts/first_minute.py --data DATA

Composes 24 keys x {4/4, 3/4} x {pickup, none}, 8 and 16 bars in turn, once by plain sampling
(temperature 1, one candidate, no rules) and once as the default does, and measures both beside
real chorales: those of jsb16's valid split, found among 370 scores by the best transposition and shift
(and so with key, metre, pickup and fermatas), and not found in the training music; filled up from its
test split. Ends with status 1 if a threshold is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from held_out import real_chorales
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices
from stretto.corpus.overlap import grid_pitches
from stretto.evaluate.chorale import ChoraleCounts, count_chorale, eighths
from stretto.evaluate.chorale_table import Column, Row, chorale_table, table_lines
from stretto.evaluate.meter_classifier import METERS, shipped_meter_classifier
from stretto.evaluate.originality import CELL, Library
from stretto.frames.plan import bar_ticks
from stretto.score.formats import write_score
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.key import ALL_KEYS, Tonality, estimate_key
from stretto.verbs.form import habits

N_REAL = 76
PLAIN: dict[str, Any] = {"temperature": 1.0, "top_p": 1.0, "candidates": 1, "rules": None}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one piece is asked to be."""

    key: Tonality
    meter: str
    pickup: bool
    bars: int

    def is_met(self, score: Score) -> bool:
        """Exactly these bars, metre, pickup and key signature."""
        full = int(self.meter[0]) * TICKS_PER_QUARTER
        pickup = TICKS_PER_QUARTER if self.pickup else 0
        whole = [bar for bar in score.bars if bar.number > 0]
        meters = [f"{m.numerator}/{m.denominator}" for m in score.meters]
        return (
            len(whole) == self.bars
            and score.end == self.bars * full
            and score.pickup == pickup
            and meters == [self.meter]
            and [(k.fifths, k.mode) for k in score.keys] == [(self.key.fifths, self.key.mode)]
        )


def wishes() -> list[Wish]:
    """All 96."""
    kinds = [(key, meter, pickup) for key in ALL_KEYS for meter in ("4/4", "3/4") for pickup in (True, False)]
    # Eight and sixteen in turn, shifted every key, so that no metre or pickup always has the same.
    return [
        Wish(key=key, meter=meter, pickup=pickup, bars=(8, 16)[(i + i // 4) % 2])
        for i, (key, meter, pickup) in enumerate(kinds)
    ]


def main() -> int:
    """Measure, print, judge."""
    asked = _arguments()
    matrices = jsb16_matrices(asked.data / JSB16)
    training = choir_corpus(asked.data, asked.cache).pieces
    library = Library([grid_pitches(piece.frames, step=CELL) for piece in training])
    by_split = real_chorales(asked.data, matrices, training, at_most=N_REAL, splits=("valid", "test"))
    scores = [score for own in by_split.values() for score in own]
    real = measured([(score, estimate_key(score), None) for score in scores], library)
    columns: dict[str, Column | None] = {"plain": None, "default": None}
    chosen = wishes()[:: asked.every]
    for name, options in (("plain", PLAIN), ("default", {})):
        if name in asked.columns:
            columns[name] = measured(composed(chosen, options, asked.seed, asked.out, name), library)
    rows = chorale_table(columns["plain"], columns["default"], real)
    print("\n".join(table_lines(rows)))
    if asked.json:
        _write_json(asked.json, rows, {**columns, "real": real})
    for meter in METERS:
        bars = taught_phrases(meter)
        shares = ", ".join(f"{n}: {bars[n] / bars.total():.1%}" for n in sorted(bars) if n <= 4)
        print(f"\nphrases in {meter} of the training music, by bars: {shares} (of {bars.total()})", end="")
    missed = [row.name.strip() for row in rows if row.default_ok is False or row.plain_ok is False]
    print(f"\n{len(missed)} thresholds missed{': ' + '; '.join(missed) if missed else ''}")
    return 1 if missed else 0


Measured = tuple[Score, Tonality, Wish | None]


def measured(pieces: Sequence[Measured] | Iterator[Measured], library: Library) -> Column:
    """One column: every count over all pieces."""
    by_meter: dict[str, ChoraleCounts] = {}
    named, asked = 0, 0
    as_asked: list[bool] = []
    shared: list[tuple[float, float, float]] = []
    for score, key, wish in pieces:
        found = count_chorale(score, key)
        meter = wish.meter if wish else f"{score.meters[0].numerator}/{score.meters[0].denominator}"
        by_meter[meter] = by_meter.get(meter, ChoraleCounts()) + found
        if meter in METERS and len(score.meters) == 1:
            asked += 1
            named += shipped_meter_classifier().name(score.notes) == meter
        if wish:
            as_asked.append(wish.is_met(score))
        runs = library.originality(eighths(score))
        shared.append((runs.all_voices.quarters, runs.three_voices.quarters, runs.near_copy.quarters))
    every, three, near = (list(column) for column in zip(*shared, strict=True))
    return Column(
        counts=sum(by_meter.values(), ChoraleCounts()),
        by_meter=by_meter,
        n_as_asked=sum(as_asked),
        n_asked=len(as_asked),
        n_meter_named=named,
        n_meter_asked=asked,
        shared_all=every,
        shared_three=three,
        shared_near=near,
    )


def composed(
    chosen: Sequence[Wish], options: dict[str, Any], seed: int, out: Path | None, name: str
) -> Iterator[Measured]:
    """The pieces of one column, one at a time; kept as MusicXML where a folder is named."""
    from stretto import compose

    started = time.monotonic()
    for i, wish in enumerate(chosen):
        piece = compose(
            style="bach",
            key=str(wish.key),
            meter=wish.meter,
            bars=wish.bars,
            pickup="1" if wish.pickup else "none",
            seed=seed + i,
            **options,
        )
        if out:
            out.mkdir(parents=True, exist_ok=True)
            write_score(piece.score, out / f"{name}-{i:02}.musicxml", force=True)
        per_piece = (time.monotonic() - started) / (i + 1)
        print(f"\r{name}: {i + 1} of {len(chosen)}, {per_piece:.1f} s each   ", end="", file=sys.stderr, flush=True)
        yield piece.score, wish.key, wish
    print(file=sys.stderr)


def taught_phrases(meter: str) -> Counter[int]:
    """Bars of Bach's phrases in the training music, counted as `theory.phrases.phrase_lengths` does."""
    full, bars = bar_ticks(meter), Counter[int]()
    for step, n in habits()["bach"][meter].steps.items():
        place, ticks = step.rsplit(":", 1)
        head, _, pickup = place.partition("-")
        bars[(int(ticks) - int(pickup)) // full + 1 if head == "start" else (int(place) + int(ticks)) // full] += n
    return bars


def _write_json(path: Path, rows: Sequence[Row], columns: dict[str, Column | None]) -> None:
    said = {"rows": [asdict(row) for row in rows], "columns": {k: _plain(c) for k, c in columns.items() if c}}
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _plain(column: Column) -> dict[str, Any]:
    # dataclasses.asdict cannot copy a Counter.
    by_meter = {meter: vars(counts) for meter, counts in column.by_meter.items()}
    return {**vars(column), "counts": vars(column.counts), "by_meter": by_meter}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--columns", nargs="*", default=["plain", "default"], choices=["plain", "default"])
    parser.add_argument("--every", type=int, default=1, help="only every n-th of the 96 pieces")
    parser.add_argument("--seed", type=int, default=1, help="of the first piece; the others count on")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--out", type=Path, help="keep the composed pieces in this folder")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    return asked


if __name__ == "__main__":
    sys.exit(main())
