"""What a gate is for: the flagship with five cells along time, at equal weights and updates, on jsb16.

    python scripts/cells.py --data DATA --out FOLDER [--seeds 3] [--steps 1500] [--rates 0.006 0.002] [--attention off]

DATA holds benchmarks/jsb16/Jsb16thSeparated.npz. Runs go one after another on one thread, all cells of a seed before
the next seed; called again after a kill, the script goes on from the last checkpoint. Each cell has the learning rate
of those given that is best on validation with the first seed: one rate for all would favour the cells it suits. After
every run it writes FOLDER/cells.json, FOLDER/cells.md (tables) and FOLDER/cells.svg anew, from the runs that are done;
"--docs docs" puts the tables into docs/cells.md and the figure beside the other images.

The flagship also has an attention that copies from earlier frames and a recall of the piece, which stand in for a
memory: recall is switched off here, attention for the main runs ("--attention off on" runs both). The relations of a
note to the last notes, which all networks here see, reach one frame back. "memoryless" has nothing else, so what
another cell saves beside it is what memory is worth.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy loads its BLAS

import numpy as np  # noqa: E402
import torch  # noqa: E402

import cells_figure  # noqa: E402
from stretto.evaluate.distance import BINS, NEEDS, Line, by_distance, distances  # noqa: E402
from stretto.frames.example import Example  # noqa: E402
from stretto.frames.parts import ONSET  # noqa: E402
from stretto.networks.batch import Batch  # noqa: E402
from stretto.networks.cells import CELLS  # noqa: E402
from stretto.networks.equal_sizes import equal_sizes, n_weights  # noqa: E402
from stretto.networks.flagship import Flagship  # noqa: E402
from stretto.train.jsb16 import Jsb16  # noqa: E402
from stretto.train.loop import train, write_json  # noqa: E402
from stretto.train.parts import PartsTask, measure  # noqa: E402
from stretto.train.recipe import Recipe, recipe  # noqa: E402
from stretto.train.run import best_of, check_same  # noqa: E402

HEADS = {"off": {"n_heads": 0, "n_recalls": 0}, "on": {"n_heads": 4, "n_recalls": 0}}
MARKER = "<!-- From here on written by scripts/cells.py --docs. -->"
TOGETHER = 12
"""Pieces measured at once."""


def recipe_of(cell: str, attention: str, seed: int, n_steps: int, rate: float) -> Recipe:
    """The recipe jsb16 with another cell, as many weights as with LSTM and the same attention."""
    like = replace(recipe("jsb16").network, **HEADS[attention])
    n_state, n_pitch_state = equal_sizes(cell, like)
    network = replace(like, cell=cell, n_state=n_state, n_pitch_state=n_pitch_state)
    return recipe("jsb16", network=network, seed=seed, n_steps=n_steps, learning_rate=rate)


def lines_of(pieces: list[Example], durations: tuple[int, ...]) -> list[Line]:
    """The pieces as distances are measured in them."""
    ticks = np.array(durations)
    return [
        Line(
            pitch_TV=piece.pitch_TV,
            struck_TV=(piece.state_TV == ONSET) & (piece.pitch_TV >= 0),
            duration_T=ticks[piece.length_T],
        )
        for piece in pieces
    ]


@torch.no_grad()
def nats_of_notes(net: Flagship, pieces: list[Example], lines: list[Line]) -> list[np.ndarray]:
    """Nats of the choice of every note that is struck, piece by piece in the order of `distances`."""
    net.eval()
    found: list[np.ndarray] = [np.empty(0)] * len(pieces)
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    for first in range(0, len(order), TOGETHER):
        group = order[first : first + TOGETHER]
        parts_BTV = net(Batch.of([pieces[i] for i in group], lowest=net.config.lowest))[0].double().numpy()
        for i, parts_TV in zip(group, parts_BTV, strict=True):
            found[i] = -parts_TV[: len(pieces[i])][lines[i].struck_TV]
    return found


def run(chosen: Recipe, benchmark: Jsb16, folder: Path) -> dict[str, Any]:
    """Train from the last checkpoint, measure the best weights, and keep what was found in `folder`."""
    done = folder / "result.json"
    check_same(chosen, folder)
    if done.exists():
        return {"gain": gain(best_of(chosen, folder))} | json.loads(done.read_text(encoding="utf-8"))
    train(chosen, PartsTask(chosen, benchmark), folder, say=lambda text: print(f"{folder.name}: {text}", flush=True))
    net = best_of(chosen, folder)
    lines = lines_of(benchmark.test, net.config.durations)
    nats = nats_of_notes(net, benchmark.test, lines)
    table = {}
    for need in NEEDS:
        n_notes, mean = by_distance(nats, [distances(line, need) for line in lines])
        table[need] = {"n_notes": n_notes.tolist(), "nats": [None if np.isnan(m) else float(m) for m in mean]}
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    log = json.loads((folder / "log.json").read_text(encoding="utf-8"))
    result = {
        "cell": net.config.cell,
        "attention": "on" if net.config.n_heads else "off",
        "seed": chosen.seed,
        "rate": chosen.learning_rate,
        "n_steps": chosen.n_steps,
        "n_state": net.config.n_state,
        "n_pitch_state": net.config.n_pitch_state,
        "n_weights": n_weights(net),
        "gain": gain(net),
        "minutes": progress["seconds"] / 60,
        "cpu_minutes": progress["cpu_seconds"] / 60,
        "valid": asdict(measure(net, benchmark.valid)),
        "test": asdict(measure(net, benchmark.test)),
        "by_distance": table,
        "curve": [[entry["step"], entry["per_note"]] for entry in log],
    }
    write_json(done, result)
    return result


def gain(net: Flagship) -> float | None:
    """How much the step from state to state stretches at most, at rest: the largest eigenvalue of Elman's matrix.

    Above 1 a small difference grows from frame to frame until the state saturates; below, it dies away.
    """
    if net.config.cell != "elman":
        return None
    weight = dict(net.time.named_parameters())["weight_hh_l0"]
    return float(torch.linalg.eigvals(weight.detach()).abs().max())


def tables(runs: list[dict[str, Any]]) -> str:
    """Markdown: one table of figures, then one a need and attention with the mean over seeds."""
    lines = [
        "| attention | cell | seeds | weights | rate | CPU minutes | valid, note-wise | test, note-wise "
        "| valid, onsets | test, onsets |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (attention, cell), own in cells_figure.grouped(runs).items():
        spoken = [
            spread([r[split][name] for r in own])
            for name in ("per_cell", "per_onset_cell")
            for split in ("valid", "test")
        ]
        minutes = np.mean([r["cpu_minutes"] for r in own])
        made = f"{len(own)} | {own[0]['n_weights']:,} | {own[0]['rate']:g} | {minutes:.0f}"
        lines.append(f"| {attention} | {cell} | {made} | {' | '.join(spoken)} |")
    gains = [r["gain"] for r in runs if r["gain"] is not None]
    if gains:
        spoken_gains = ", ".join(f"{value:.1f}" for value in gains)
        lines += ["", f"Largest eigenvalue of Elman's matrix from state to state, seed by seed: {spoken_gains}."]
    for need in NEEDS:
        lines += ["", f"Test, nats an onset by quarters back to the same {need}:", ""]
        lines += [f"| attention | cell | {' | '.join(BINS)} |", "|---|---|" + "---:|" * len(BINS)]
        lines.append(f"| | notes | {' | '.join(str(n) for n in runs[0]['by_distance'][need]['n_notes'])} |")
        for (attention, cell), own in cells_figure.grouped(runs).items():
            columns = zip(*(r["by_distance"][need]["nats"] for r in own), strict=True)
            cells = ["" if None in column else f"{np.mean(column):.3f}" for column in columns]
            lines.append(f"| {attention} | {cell} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def spread(values: list[float]) -> str:
    """Mean over seeds and, of several, their standard deviation."""
    return f"{np.mean(values):.4f}" + (f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else "")


def write(runs: list[dict[str, Any]], folder: Path) -> None:
    """The three files."""
    write_json(folder / "cells.json", {"bins": BINS, "runs": runs})
    (folder / "cells.md").write_text(tables(runs), encoding="utf-8")
    (folder / "cells.svg").write_text(cells_figure.figure(runs), encoding="utf-8")


def publish(folder: Path, docs: Path) -> None:
    """Put the tables below the marker of docs/cells.md, and the figure among the images."""
    page = docs / "cells.md"
    text = page.read_text(encoding="utf-8").partition(MARKER)[0]
    page.write_text(text + MARKER + "\n\n" + (folder / "cells.md").read_text(encoding="utf-8"), encoding="utf-8")
    (docs / "images" / "cells.svg").write_text((folder / "cells.svg").read_text(encoding="utf-8"), encoding="utf-8")


def main() -> None:
    """Run what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds benchmarks/")
    parser.add_argument("--out", type=Path, required=True, help="receives runs, tables and the figure")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=recipe("jsb16").n_steps)
    parser.add_argument("--rates", type=float, nargs="+", default=[recipe("jsb16").learning_rate, 0.002])
    parser.add_argument("--attention", nargs="+", choices=list(HEADS), default=["off"])
    parser.add_argument("--cells", nargs="+", choices=list(CELLS), default=list(CELLS))
    parser.add_argument("--docs", type=Path, help="the folder of the documentation, whose tables are made anew")
    options = parser.parse_args()
    torch.set_num_threads(1)
    benchmark = Jsb16(options.data / "benchmarks" / "jsb16" / "Jsb16thSeparated.npz")
    runs: list[dict[str, Any]] = []
    for attention in options.attention:
        rates = dict.fromkeys(options.cells, options.rates)
        for seed in range(options.seeds):
            for cell in options.cells:
                tried = []
                for rate in rates[cell]:
                    chosen = recipe_of(cell, attention, seed, options.steps, rate)
                    tried.append(
                        run(chosen, benchmark, options.out / f"{cell}-attention-{attention}-{seed}-rate-{rate}")
                    )
                best = min(tried, key=lambda result: result["valid"]["per_cell"])
                rates[cell] = [best["rate"]]
                runs.append(best)
                write(runs, options.out)
    print(tables(runs))
    if options.docs is not None:
        publish(options.out, options.docs)


if __name__ == "__main__":
    main()
