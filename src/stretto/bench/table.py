"""Results as tables: for the terminal, for the docs, for a program, and piece by piece for paired tests."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from stretto.bench.leaks import COPIED, HEARD, Overlap
from stretto.bench.published import JSB16_NOTEWISE, PUBLISHED
from stretto.bench.results import Result
from stretto.corpus.boulanger import SETS
from stretto.networks.roll import Kind

KINDS: dict[Kind, str] = {
    "joint": "Exact joint likelihood: the notes of a chord depend on each other",
    "independent": "Independent Bernoulli outputs: exact, but a weaker family",
    "estimate": "Bounds and estimates: not exact",
    "gaps": "Gaps of four frames, past and future known: another task",
}
UNFINISHED = "†"
SOURCE = "source"


@dataclass(frozen=True)
class Table:
    """Text in rows and columns under a title."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_text(self) -> str:
        """Columns in line, for the terminal."""
        n_columns = len(self.head) - (self.head[-1] == SOURCE)  # too long for a terminal
        lines = [[cell.replace("*", "") for cell in row[:n_columns]] for row in (self.head, *self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(n_columns)]
        drawn = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([self.title, drawn[0], "-" * len(drawn[0]), *drawn[1:]])

    def as_markdown(self) -> str:
        """For the docs."""
        rows = ["| " + " | ".join(row) + " |" for row in (self.head, ["---"] * len(self.head), *self.rows)]
        return "\n".join([f"### {self.title}", "", *rows])


def runs_of(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    """Seeds together: by network and set."""
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        grouped.setdefault((result.network, result.set_name), []).append(result)
    return grouped


def likelihood_tables(results: Sequence[Result]) -> list[Table]:
    """Nats a frame on test, a table for each kind; mixtures of networks in one of their own."""
    singles = [result for result in results if result.n_members == 1]
    mixtures = [result for result in results if result.n_members > 1]
    tables = []
    for kind, title in KINDS.items():
        rows = _rows([result for result in singles if result.kind == kind])
        if rows:
            tables.append(
                Table(
                    title, ["network", *_sets(results), SOURCE], [*_filled(rows, results), *_published(kind, results)]
                )
            )
    if mixtures:
        tables.append(
            Table(
                "Mixtures of networks: several trained alike, their chances averaged; exact, parameters summed",
                ["network", *_sets(results), SOURCE],
                _filled(_rows(mixtures), results),
            )
        )
    return tables


def cost_table(results: Sequence[Result]) -> Table:
    """What each figure cost, and how sure it is."""
    rows = []
    for (_, set_name), runs in runs_of(results).items():
        first = runs[0]
        rows.append(
            [
                first.title,
                set_name,
                _spoken([run.per_frame("valid") for run in runs]),
                _spoken([run.per_frame("test") for run in runs]),
                f"{first.n_parameters:,}",
                f"{fmean(run.minutes for run in runs):.1f}",
                f"{fmean(run.cpu_minutes for run in runs):.1f}",
                f"{first.n_steps:,}" + ("" if first.finished else f" of {first.n_steps_planned:,}"),
                str(max(run.n_trials for run in runs)),
                ", ".join(str(run.seed) for run in runs) if first.n_members == 1 else "-",
                first.machine,
            ]
        )
    head = [
        "network",
        "set",
        "valid",
        "test",
        "parameters",
        "minutes",
        "CPU minutes",
        "steps",
        "trials",
        "seeds",
        "machine",
    ]
    return Table("What each figure cost, each run", head, rows)


def leak_table(results: Sequence[Result], overlaps: Mapping[str, Overlap]) -> Table | None:
    """Test pieces that stand in training too, counted and not counted."""
    leaked = {name: overlap.leaked for name, overlap in overlaps.items()}
    rows = [
        [runs[0].title, set_name, _spoken([r.per_frame("test") for r in runs]),
         _spoken([r.per_frame("test", leaked[set_name]) for r in runs])]
        for (_, set_name), runs in runs_of(results).items()
        if leaked.get(set_name)
    ]  # fmt: skip
    if not rows:
        return None
    n = ", ".join(f"{len(found)} of {name}" for name, found in leaked.items() if found)
    head = ["network", "set", "all test pieces", "without them"]
    return Table(f"Test pieces that stand in the training or validation split, frame by frame ({n})", head, rows)


def overlap_table(overlaps: Mapping[str, Overlap]) -> Table | None:
    """How far sets repeat themselves: why memory pays, and why one split can be easier than another."""
    if not overlaps:
        return None
    rows = [
        [name, split, f"{100 * overlap.heard_before[split]:.1f} %", f"{100 * overlap.in_training[split]:.1f} %"]
        for name, overlap in overlaps.items()
        for split in overlap.heard_before
    ]
    head = ["set", "split", f"{HEARD} frames heard before in their piece", f"{COPIED} frames that stand in training"]
    return Table("How far the music repeats itself, and what of it was known", head, rows)


def jsb16_table(results: Sequence[Result]) -> Table | None:
    """What jsb16 has beside nats a frame."""
    runs = [result for result in results if result.set_name == "jsb16"]
    if not runs:
        return None
    names, rows = list(runs[0].figures), []
    for of_network in runs_of(runs).values():
        rows += [[r.title, str(r.seed), *(f"{r.figures[name]:.4f}" for name in names)] for r in of_network]
        if len(of_network) > 1:
            means = (f"{fmean(r.figures[name] for r in of_network):.4f}" for name in names)
            rows.append([of_network[0].title, "mean", *means])
    for title, nats in JSB16_NOTEWISE.items():
        rest = ["-"] * (len(names) - 1)
        rows.append([f"*published: {title} (unverified)*", "-", f"*{nats}*", *rest])
    return Table("jsb16, nats a cell (note-wise), a frame, and an onset", ["network", "seed", *names], rows)


def pieces_csv(results: Iterable[Result]) -> str:
    """Every piece's nats, for paired tests."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["set", "network", "seed", "members", "split", "piece", "frames", "nats"])
    for r in results:
        for split, pieces in r.pieces.items():
            for i, piece in enumerate(pieces):
                writer.writerow(
                    [r.set_name, r.network, r.seed, r.n_members, split, i, piece.n_frames, f"{piece.nats:.6f}"]
                )
    return out.getvalue()


def summary_json(results: Iterable[Result], overlaps: Mapping[str, Overlap]) -> list[dict[str, Any]]:
    """Plain data, an entry a run."""
    return [
        {
            "set": r.set_name,
            "network": r.network,
            "kind": r.kind,
            "seed": r.seed,
            "members": r.n_members,
            "valid_nats_per_frame": r.per_frame("valid"),
            "test_nats_per_frame": r.per_frame("test"),
            "test_nats_per_frame_without_training_pieces": _or_none(
                r.per_frame("test", overlaps[r.set_name].leaked if r.set_name in overlaps else frozenset())
            ),
            "standard_deviation_of_estimate": r.deviation or None,
            "estimate_too_small_by": r.too_small or None,
            "parameters": r.n_parameters,
            "minutes": r.minutes,
            "cpu_minutes": r.cpu_minutes,
            "steps": r.n_steps,
            "steps_planned": r.n_steps_planned,
            "trials": r.n_trials,
            "machine": r.machine,
            **r.figures,
        }
        for r in results
    ]


def _or_none(figure: float) -> float | None:
    return None if math.isnan(figure) else figure  # JSON has no NaN


def _sets(results: Sequence[Result]) -> list[str]:
    found = {result.set_name for result in results}
    return [name for name in (*SETS, "jsb16") if name in found] + sorted(found - {*SETS, "jsb16"})


def _rows(results: Sequence[Result]) -> dict[str, dict[str, str]]:
    """Title of a network -> set -> its figure."""
    rows: dict[str, dict[str, str]] = {}
    for (_, set_name), runs in runs_of(results).items():
        figure = _spoken([run.per_frame("test") for run in runs])
        if not all(run.finished for run in runs):
            figure += f" {UNFINISHED}"
        if estimates := [run for run in runs if run.deviation]:
            deviation = max(run.deviation["test"] for run in estimates)
            too_small = max(run.too_small["test"] for run in estimates)
            figure += f" (estimate ± {deviation:.3f}, too small by about {too_small:.3f})"
        rows.setdefault(runs[0].title, {})[set_name] = figure
    return rows


def _filled(rows: Mapping[str, Mapping[str, str]], results: Sequence[Result]) -> list[list[str]]:
    return [[title, *(figures.get(name, "-") for name in _sets(results)), "here"] for title, figures in rows.items()]


def _published(kind: Kind, results: Sequence[Result]) -> list[list[str]]:
    """Rows of papers, in italics where unverified."""
    rows = []
    for row in PUBLISHED:
        cells = [f"{row.per_frame[name]:.2f}" if name in row.per_frame else "-" for name in _sets(results)]
        if row.kind == kind and set(cells) != {"-"}:
            if not row.verified:
                cells = [cell if cell == "-" else f"*{cell}*" for cell in cells]
            title = f"published: {row.title}"
            rows.append([title if row.verified else f"*{title} (unverified)*", *cells, row.source])
    return rows


def _spoken(figures: Sequence[float]) -> str:
    if any(math.isnan(figure) for figure in figures):
        return "-"
    if len(figures) == 1:
        return f"{figures[0]:.3f}"
    return f"{fmean(figures):.3f} ± {stdev(figures):.3f}"
