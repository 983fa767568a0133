"""`stretto bench`: the networks of the field on the public benchmarks."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stretto.cli.options import Json
from stretto.cli.typed import Argument, Option
from stretto.errors import CorpusError, RequestError

if TYPE_CHECKING:
    from stretto.bench.bench import Sets
    from stretto.bench.results import Result
    from stretto.bench.run import Say


def bench_command(
    folder: Annotated[Path | None, Argument(help="A folder of scores of your own, instead of the public sets.")] = None,
    set_name: Annotated[
        list[str] | None,
        Option("--set", help="JSB_Chorales, Nottingham, MuseData, Piano_midi, jsb16. [default: all]"),
    ] = None,
    network: Annotated[
        list[str] | None, Option("--network", help="By name, or module:Class of yours. [default: all]")
    ] = None,
    seeds: Annotated[int | None, Option(min=1, help="Runs of each. [default: as in docs/benchmarks.md]")] = None,
    budget_minutes: Annotated[
        float | None, Option(help="Stop after this long; call again to go on. [default: to the end]")
    ] = None,
    data: Annotated[Path, Option(help="The folder of the public files.")] = Path("data"),
    out: Annotated[Path, Option("-o", "--out", help="Folder of all runs and their tables.")] = Path("runs/bench"),
    evaluate: Annotated[bool, Option("--evaluate", help="Measure kept weights anew; train nothing.")] = False,
    weights: Annotated[
        Path | None, Option(help="Where kept weights lie. [default: those that came with stretto]")
    ] = None,
    listen: Annotated[
        bool, Option("--listen", help="Write a page on which kept networks continue one opening; train nothing.")
    ] = False,
    keep_in: Annotated[
        Path | None, Option("--keep", help="Copy weights and figures of finished runs here, for --evaluate.")
    ] = None,
    docs: Annotated[Path | None, Option(help="Write the page of the docs here too.")] = None,
    device: Annotated[str, Option(help="cpu or cuda.")] = "cpu",
    as_json: Json = False,
) -> None:
    """Train and compare networks on public benchmarks (needs torch); stop and resume at will."""
    for module in ("torch", "scipy"):
        if importlib.util.find_spec(module) is None:
            raise RequestError(f'bench needs {module}, which is not installed; pip install ".[train]"')
    if budget_minutes is not None and not 0 < budget_minutes < math.inf:
        raise RequestError(f"{budget_minutes:g} minutes: give more than 0")
    if listen and (evaluate or docs or keep_in or seeds or budget_minutes or as_json):
        raise RequestError("--listen trains and measures nothing; give it --set, --network, --weights, --data or -o")
    if evaluate and (seeds or budget_minutes or keep_in):
        raise RequestError("--evaluate trains nothing; leave --seeds, --budget-minutes and --keep out")
    from stretto.bench.bench import Sets, all_sets, evaluate_all, keep, prepare, run_all, wanted_runs
    from stretto.bench.entries import JSB16, entries, entry
    from stretto.bench.player import weights_folder

    prepare(device)
    say = _said_aside if as_json else _said
    if folder is None:
        sets, names = Sets(data), _known(set_name, all_sets())
        _warn_of_other_files(data, names, say)
    else:
        sets, names = _own(folder, data, set_name, say)
    if listen:
        _listen(out, weights or weights_folder(), sets, names, [entry(name).name for name in network or []])
        return
    networks = [entry(name).name for name in network] if network else list(entries())
    if device != "cpu":
        if set_name and JSB16 in set_name:
            raise RequestError(f"--device {device}: {JSB16} is trained on the processor; leave it out")
        names = [name for name in names if name != JSB16]
    n_different = 0
    if evaluate:
        results, n_different = evaluate_all(weights or weights_folder(), sets, names, networks, device=device, say=say)
    else:
        wanted = wanted_runs(names, networks, seeds)
        results = run_all(wanted, sets, out, budget_minutes=budget_minutes or math.inf, device=device, say=say)
    _report(results, sets, [path for path in (None if evaluate else out, docs) if path], say, as_json=as_json)
    if keep_in:
        keep(out, keep_in)
    if n_different:
        raise RequestError(f"{n_different} figures differ from those stored with the weights; see above")


def _report(results: list[Result], sets: Sets, folders: list[Path], say: Say, *, as_json: bool) -> None:
    from stretto.bench.report import tables, write_report
    from stretto.bench.table import summary_json

    # A folder of runs may hold a stranger's corpus whose scores are not at hand now.
    overlaps = sets.overlaps([r.set_name for r in results if sets.knows(r.set_name)], say=say)
    if as_json:
        print(json.dumps(summary_json(results, overlaps), indent=1))
    else:
        print("\n" + "\n\n".join(table.as_text() for table in tables(results, overlaps)))
    for folder in folders:
        for path in write_report(results, overlaps, folder):
            say(f"wrote {path}")


def _listen(folder: Path, weights: Path, sets: Sets, names: list[str], networks: list[str]) -> None:
    from stretto.bench.listen import OPENING_SET, chorale_opening, write_listening_page
    from stretto.bench.player import players

    name = names[0]
    found = players(weights, name, networks)
    piece = chorale_opening() if name == OPENING_SET else sets.rolls(name).test[0]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"listen-{name}.html"
    write_listening_page(found, piece, path)
    _said(f"wrote {path}: {', '.join(player.result.title for player in found)} on {name}")


def _warn_of_other_files(data: Path, names: list[str], say: Say) -> None:
    from stretto.corpus.boulanger import CHECKSUMS, find_file, is_published

    for name in names:
        file = next(file for file in CHECKSUMS if file.startswith((f"{name}.", name.title())))
        try:
            path = find_file(data, file)
        except CorpusError:
            continue  # said where it is needed
        if not is_published(path):
            say(f"{path}: not the published file, whose checksum is another; figures cannot be compared with others")


def _known(asked: list[str] | None, known: list[str]) -> list[str]:
    for name in asked or []:
        if name not in known:
            raise RequestError(f"no set {name!r}; there are {', '.join(known)}, or give a folder of scores")
    return asked or known


def _own(folder: Path, data: Path, set_name: list[str] | None, say: Say) -> tuple[Sets, list[str]]:
    from stretto.bench.bench import Sets
    from stretto.corpus.roll_folder import read_roll_folder

    if set_name:
        raise RequestError(f"give either --set or a folder, not both ({', '.join(set_name)} and {folder})")
    own, skipped = read_roll_folder(folder)
    for skip in skipped:
        say(f"skipped {skip.path}: {skip.why}")
    say(f"{own.name}: {len(own.train)} pieces to learn from, {len(own.valid)} to choose by, {len(own.test)} to test")
    return Sets(data, own), [own.name]


def _said(line: str) -> None:
    print(line, flush=True)  # a run is often watched through a file


def _said_aside(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
