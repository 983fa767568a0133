"""Write the counted lines of the model cards: what the networks that ship hold, learned from, and foretell.

    python scripts/model_cards.py --cache CACHE [keyboard quartet dynamics] [--write]

CACHE is a folder with keyboard.npz and quartet.npz, as `stretto train --recipe` leaves them in its run's folder
`corpus`. What was learned from is read from the weights; what was not, from the split by work. Nats a note are of one
window of each held-out piece, at most 384 moments, as in training (`train.staff_source`), and of at most 60 pieces of a
set, evenly out of all. The lines stand between two marks; without --write they are printed only.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import torch  # noqa: E402
from safetensors import safe_open  # noqa: E402

import dynamics as marks  # noqa: E402
from staff_pieces import split_pieces  # noqa: E402
from stretto.corpus.staves import StaffPiece  # noqa: E402
from stretto.engine.dynamics import load_dynamics  # noqa: E402
from stretto.engine.staff_weights import load_staves  # noqa: E402
from stretto.networks.staves import Staves  # noqa: E402
from stretto.train.folder import read_start  # noqa: E402
from stretto.train.staff_recipe import staff_recipe  # noqa: E402
from stretto.train.staff_source import StaffSource  # noqa: E402
from stretto.train.staves import StavesFit, measure  # noqa: E402

CARDS = Path(__file__).parent.parent / "src/stretto/engine/data"
BEGIN, END = "<!-- counted: scripts/model_cards.py writes these lines -->", "<!-- end of what is counted -->"
PERIODS = ("baroque", "classical", "romantic", "modern")
REPERTOIRES = ("keyboard", "quartet")
WIDTH = 128


@dataclass(frozen=True, kw_only=True)
class Heard:
    """How well some held-out pieces are foretold."""

    name: str
    n_windows: int
    composing: StavesFit
    given: StavesFit
    """Below a highest staff that is given; of half as many windows."""


def main() -> None:
    """Count, print, and write."""
    wish = _arguments()
    torch.set_num_threads(1)
    counted: dict[str, Callable[[Path], list[str]]] = {
        "keyboard": lambda cache: of_staves("keyboard", cache),
        "quartet": lambda cache: of_staves("quartet", cache),
        "dynamics": of_dynamics,
    }
    for name in wish.cards:
        lines = counted[name](wish.cache)
        print(f"\n{name}", *lines, sep="\n", flush=True)
        if wish.write:
            card = CARDS / f"{name}.md"
            card.write_text(between_marks(card.read_text(encoding="utf-8"), lines), encoding="utf-8")


def between_marks(card: str, lines: Sequence[str]) -> str:
    """A card with other counted lines.

    Raises:
        SystemExit: it lacks the marks.
    """
    head, begin, rest = card.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"the card lacks the lines {BEGIN} and {END}; put them where the figures are to stand")
    return "\n".join([head + begin, *lines, end + tail])


def of_staves(repertoire: str, cache: Path) -> list[str]:
    """The card of a network of staves."""
    path = CARDS / f"{repertoire}.safetensors"
    training, valid, test = split_pieces(repertoire, None, cache)
    learned = load_staves(path).about
    if learned["n_pieces"] != len(training):
        print(
            f"{path.name} learned from {learned['n_pieces']} pieces, and {cache} has {len(training)}: another reading"
        )
    held = f"Kept for validation {len(valid)} pieces, for test {len(test)}, by work."
    return [
        *_wrapped(f"{size_of(path)} {learned_words(learned)} {held}"),
        "",
        "| held out | windows | notes | nats a note | which pitch | how long | when | under a given upper staff |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(heard) for heard in heard_by(path, repertoire, valid, test)),
    ]


def size_of(path: Path) -> str:
    """Parameters and room on disk."""
    with safe_open(path, framework="np") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 (no mapping)
    n = sum(int(np.prod(shape)) for name, shape in shapes.items() if not name.endswith(".scale"))
    eight = any(name.endswith(".int8") for name in shapes)
    kind = "big matrices in eight bits, the rest in half precision" if eight else "half precision"
    return f"{n:,} parameters, {path.stat().st_size / 1e6:.1f} MB: {kind}."


def learned_words(about: Mapping[str, Any]) -> str:
    """What the weights say that they learned from, and for how long."""
    known = ", ".join(f"{period} {about['periods'][period]:,}" for period in PERIODS if period in about["periods"])
    rest = about["n_pieces"] - sum(about["periods"].values())
    named = f"{known}, of unknown period {rest:,}" if rest else known
    licences = ", ".join(f"{licence} {n:,}" for licence, n in about["licences"].items())
    words = f"Learned from {about['n_pieces']:,} pieces, {about['n_notes']:,} notes: {named}; {licences}."
    if "steps" in about:
        words += f" Trained for {about['steps']:,} steps, {about['cpu_minutes']:,} minutes of CPU."
    return words


def heard_by(path: Path, repertoire: str, valid: Sequence[StaffPiece], test: Sequence[StaffPiece]) -> Iterator[Heard]:
    """Validation pieces as training looks at them; test pieces of all periods together, and of each."""
    start = read_start(path, repertoire)
    net = Staves(start.config)
    net.load_state_dict(start.weights)
    recipe = replace(staff_recipe(repertoire), network=start.config)

    def heard(name: str, pieces: Sequence[StaffPiece]) -> Heard:
        source = StaffSource(pieces, pieces, recipe)
        composing, given = measure(net, source.valid), measure(net, source.valid_given)
        return Heard(name=name, n_windows=len(source.valid), composing=composing, given=given)

    yield heard("validation", valid)
    own = [(period, [piece for piece in test if piece.period == period]) for period in PERIODS]
    parts = [heard(f"test, {period}", pieces) for period, pieces in own if pieces]
    yield Heard(
        name="test",
        n_windows=sum(part.n_windows for part in parts),
        composing=together([part.composing for part in parts]),
        given=together([part.given for part in parts]),
    )
    yield from parts


def together(fits: Sequence[StavesFit]) -> StavesFit:
    """Nats a note of all pieces of some sets."""
    n_notes = [fit.n_notes for fit in fits]

    def mean(field: str) -> float:
        return float(np.average([getattr(fit, field) for fit in fits], weights=n_notes))

    means = {field: mean(field) for field in ("per_note", "choices", "durations", "lengths")}
    return StavesFit(**means, n_notes=sum(n_notes))


def _row(heard: Heard) -> str:
    fit = heard.composing
    nats = (fit.per_note, fit.choices, fit.durations, fit.lengths, heard.given.per_note)
    return " | ".join([f"| {heard.name}", str(heard.n_windows), f"{fit.n_notes:,}", *(f"{x:.3f}" for x in nats)]) + " |"


def of_dynamics(cache: Path) -> list[str]:
    """The card of the network of dynamics."""
    path = CARDS / "dynamics.safetensors"
    pieces = {repertoire: split_pieces(repertoire, None, cache) for repertoire in REPERTOIRES}
    weights = load_dynamics(path)
    tables = marks.tables_of([piece for training, _, _ in pieces.values() for piece in training])
    rows = []
    for repertoire, (_, _, test) in pieces.items():
        for period, held in marks.by_period(test, weights.composers):
            nats = marks.nats_a_bar(held, tables, weights)
            same, chain, own = (f"{sum(nats[way]):.2f}" for way in marks.WAYS)
            rows.append(f"| {repertoire}, {period} | {len(held)} | {same} | {chain} | {own} |")
    return [
        *_wrapped(f"{size_of(path)} {marks_learned(path)}"),
        "",
        "| test, nats a bar | pieces | always the same chances | a chain that knows what is in force | the network |",
        "|---|---|---|---|---|",
        *rows,
    ]


def marks_learned(path: Path) -> str:
    """What the weights of dynamics say that they learned from; nothing, where they say nothing."""
    with safe_open(path, framework="np") as file:
        about = json.loads((file.metadata() or {}).get("about", "{}"))
    if not about:
        return ""
    learned = f"Learned from {about['n_pieces']:,} pieces with {about['n_signs']:,} marks and hairpins"
    return f"{learned}, {about['steps']:,} steps, {about['cpu_minutes']:,} minutes of CPU."


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    every = [*REPERTOIRES, "dynamics"]
    parser.add_argument("cards", nargs="*", default=every, help=f"of {', '.join(every)}; all if none is named")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--write", action="store_true", help="write the cards")
    wish = parser.parse_args()
    if unknown := [name for name in wish.cards if name not in every]:
        parser.error(f"no card {', '.join(unknown)}; there are {', '.join(every)}")
    return wish


if __name__ == "__main__":
    main()
