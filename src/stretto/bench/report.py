"""All that `stretto bench` writes: tables for people and programs, and the page of the docs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from stretto.bench.curves import curves_svg
from stretto.bench.leaks import Overlap
from stretto.bench.results import Result
from stretto.bench.table import (
    Table,
    cost_table,
    jsb16_table,
    leak_table,
    likelihood_tables,
    overlap_table,
    pieces_csv,
    summary_json,
)
from stretto.corpus.boulanger import CHECKSUMS
from stretto.score.opening import write_whole

Overlaps = Mapping[str, Overlap]


def tables(results: Sequence[Result], overlaps: Overlaps) -> list[Table]:
    """All tables, in the order of the page."""
    singles = [result for result in results if result.n_members == 1]
    found = [
        *likelihood_tables(results),
        leak_table(singles, overlaps),
        overlap_table(overlaps),
        jsb16_table(singles),
        cost_table(results),
    ]
    return [table for table in found if table is not None]


def write_report(results: Sequence[Result], overlaps: Overlaps, folder: Path) -> list[Path]:
    """benchmarks.md with its curves, benchmarks.json, benchmarks.csv.

    Returns:
        What was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for set_name in dict.fromkeys(r.set_name for r in results):
        of_set = [r for r in results if r.set_name == set_name and r.n_members == 1 and r.kind != "gaps"]
        if any(len(r.curve) > 1 for r in of_set):
            pictures[set_name] = folder / "images" / f"curves-{set_name}.svg"
            pictures[set_name].parent.mkdir(exist_ok=True)
            title = f"{set_name}: validation, nats a frame"
            write_whole(pictures[set_name], curves_svg(of_set, title).encode(), force=True)
    files = {
        folder / "benchmarks.json": json.dumps(summary_json(results, overlaps), indent=1) + "\n",
        folder / "benchmarks.csv": pieces_csv(results),
        folder / "benchmarks.md": _page(tables(results, overlaps), list(pictures)),
    }
    for path, text in files.items():
        write_whole(path, text.encode(), force=True)
    return [*files, *pictures.values()]


def _page(found: Sequence[Table], pictured: Sequence[str]) -> str:
    intro = (Path(__file__).parent / "data" / "benchmarks_intro.md").read_text(encoding="utf-8")
    sums = "\n".join(f"    {checksum}  {name}" for name, checksum in CHECKSUMS.items())
    curves = "\n\n".join(f"![Learning curves on {name}](images/curves-{name}.svg)" for name in pictured)
    body = "\n\n".join(table.as_markdown() for table in found)
    return "\n\n".join([intro.replace("CHECKSUMS", sums).rstrip(), body, "## Learning curves", curves]) + "\n"
