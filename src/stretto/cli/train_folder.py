"""`stretto train FOLDER`: the pre-flight said, then the training, then what to do with the network."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from stretto.train.estimate import Pace
    from stretto.train.folder import FolderRun
    from stretto.train.preflight import Preflight, Verdict

SHOWN = 24
"""Remarks on used files that are shown; all of them stand in the run's preflight.txt."""

KINDS = {
    "unreadable": "cannot be read",
    "empty": "no music",
    "short": "too short",
    "silent": "mostly silent",
    "misaligned": "misaligned",
    "staves": "other staves",
    "twin": "there twice",
}
"""Of reasons, in words."""

NAMED = 3
"""Files that are named where the same is to be said of many."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user asked for."""

    folder: Path | None
    """None = go on with the run in `out`."""
    out: Path
    seed: int
    minutes: float
    start: str | None
    resume: bool
    check_only: bool
    as_json: bool
    torch_there: bool


def train_or_check(wish: Wish) -> None:
    """Look through a folder, say what was found, and train unless only that was asked for."""
    # JSON has stdout for itself, so a program that reads it still sees on stderr how far the training is.
    stream = sys.stderr if wish.as_json else sys.stdout
    if wish.resume and not wish.check_only:
        _go_on(wish, stream)
        return
    assert wish.folder is not None
    _check_start(wish)
    flight = _looked_through(wish.folder)
    _say_lines(flight_lines(flight), stream)
    if not wish.check_only:
        _check_place(wish.out)
    answer: dict[str, Any] = {}
    run, pace = _prepared(flight, wish, stream, answer) if wish.torch_there else (None, None)
    if run is None:
        _say_lines(['time and memory: not measured, for torch is not installed; pip install ".[train]"'], stream)
    if wish.check_only:
        _say_json(flight, answer, wish)
        return
    assert run is not None and pace is not None
    _keep(flight, run, wish.out)
    path = _trained(run, wish, stream)
    _say_json(flight, {**answer, "network": str(path) if path else ""}, wish)


def _looked_through(folder: Path) -> Preflight:
    import time

    from stretto.cli.progress import progress_bar
    from stretto.train.preflight import judged, preflight

    started = time.monotonic()
    with progress_bar(f"reading {folder}") as show_share:
        verdicts = preflight(folder, progress=show_share)
    return judged(folder, verdicts, seconds=time.monotonic() - started)


def _check_start(wish: Wish) -> None:
    """Nobody waits for a folder to be read, to hear then of a name that is mistyped."""
    if wish.start not in (None, "none") and wish.torch_there:
        from stretto.train.folder import start_file

        start_file(wish.start)


def _check_place(out: Path) -> None:
    """Before anything is measured: nobody waits for what cannot be written."""
    from stretto.train.loop import alone_in

    with alone_in(out):
        pass


def _prepared(flight: Preflight, wish: Wish, stream: TextIO, answer: dict[str, Any]) -> tuple[FolderRun, Pace]:
    """The run, as long as the minutes allow, and its pace, measured and said."""
    from stretto.cli.progress import progress_bar
    from stretto.train.estimate import measured_pace
    from stretto.train.folder import FolderRun, folder_recipe, pieces_of, split_folder, start_from, timed
    from stretto.train.outlook import outlook

    start = start_from(wish.start, flight)
    recipe, made_room = folder_recipe(flight, start, seed=wish.seed)
    training, valid = split_folder(pieces_of(flight))
    run = FolderRun(recipe=recipe, training=training, valid=valid, start=start, made_room=made_room)
    expected = outlook(flight, start.name if start else None, run.n_notes)
    if made_room:
        expected.append(f"styles that make room for yours: {', '.join(made_room)}")
    with progress_bar("measuring some steps of training") as show_share:
        pace = measured_pace(recipe, *run.task(), progress=show_share)
    run = timed(run, pace, wish.minutes)
    _say_lines(["what to expect", *(f"  {line}" for line in [*expected, *pace_lines(run, pace, wish.minutes)])], stream)
    answer["expect"] = expected
    answer["estimate"] = {
        "seconds": round(pace.seconds_of(run.recipe.n_steps, run.recipe.check_every)),
        "passes": round(run.passes(pace), 1),
        "steps": run.recipe.n_steps,
        "step_seconds": round(pace.step_seconds, 3),
        "memory_bytes": pace.memory_bytes,
        "begins_with": start.name if start else "none",
    }
    return run, pace


def _keep(flight: Preflight, run: FolderRun, out: Path) -> None:
    from stretto.train.folder import keep_run
    from stretto.train.loop import alone_in, write_json
    from stretto.train.outlook import flight_json

    with alone_in(out):
        keep_run(run, out)
        write_json(out / "preflight.json", flight_json(flight))
        text = "\n".join(flight_lines(flight, n_shown=len(flight.verdicts)))
        (out / "preflight.txt").write_text(text + "\n", encoding="utf-8")


def _go_on(wish: Wish, stream: TextIO) -> None:
    from stretto.cli.say import say_json
    from stretto.train.folder import kept_run

    run = kept_run(wish.out)
    _say_lines([f"goes on with the {len(run.training) + len(run.valid)} pieces that {wish.out} began with"], stream)
    path = _trained(run, wish, stream)
    if wish.as_json:
        say_json({"network": str(path) if path else ""})


def _trained(run: FolderRun, wish: Wish, stream: TextIO) -> Path | None:
    from stretto.train.folder import train_folder

    path = train_folder(run, wish.out, minutes=wish.minutes, say=lambda line: _say_lines([line], stream))
    if path is not None:
        _say_lines([f"wrote {path}", f"compose with it: stretto compose --network {wish.out}"], stream)
    return path


def flight_lines(flight: Preflight, *, n_shown: int = SHOWN) -> list[str]:
    """The pre-flight as a musician reads it: what is used, what is left out and why, what is odd, what is thin."""
    from stretto.train.outlook import thin

    n_files = len(flight.verdicts)
    graces = f"; {flight.n_graces:,} grace notes are left out" if flight.n_graces else ""
    read = f", read in {_time(flight.seconds)}" if flight.seconds >= 1 else ""
    lines = [
        f"{flight.folder}: {len(flight.used)} of {n_files} file{'' if n_files == 1 else 's'} used{read}",
        f"  {flight.layout.words}",
        f"  {flight.n_notes:,} notes in {flight.n_bars:,} bars, {_played(flight.minutes_of_music)} of music{graces}",
        f"  metres: {_counted(flight.meters, 'unknown')}",
        f"  keys: {_counted(flight.keys, 'unknown')}",
    ]
    if flight.styles:
        asked = next(iter(dict(flight.styles.most_common())))
        lines.append(f"  styles: {_counted(flight.styles, '')}; ask for one as --style {asked}")
    if flight.left_out:
        lines.append(f"left out: {len(flight.left_out)}")
        lines += [f"  {v.name}: {KINDS[v.reason.kind]}: {v.reason.words}" for v in flight.left_out if v.reason]
    told = _remarks(flight.used)
    if told:
        lines.append("used, and to know of them")
        lines += [f"  {line}" for line in told[:n_shown]]
        if len(told) > n_shown:
            lines.append(f"  and {len(told) - n_shown} more remarks, which --json gives in full")
    if found := thin(flight):
        lines += ["thin", *(f"  {line}" for line in found)]
    return lines


def _remarks(used: Sequence[Verdict]) -> list[str]:
    """Each remark with the files that it is true of, those on few files first."""
    names: dict[str, list[str]] = {}
    for verdict in used:
        for told in verdict.told:
            names.setdefault(told, []).append(verdict.name)
    return [f"{_files(own)}: {told}" for told, own in sorted(names.items(), key=lambda item: len(item[1]))]


def _files(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def pace_lines(run: FolderRun, pace: Pace, minutes: float) -> list[str]:
    """Time and memory, before they are spent."""
    seconds = pace.seconds_of(run.recipe.n_steps, run.recipe.check_every)
    memory = f", {pace.memory_bytes / 1e9:.1f} GB of memory at most" if pace.memory_bytes else ""
    passes = run.passes(pace)
    times = f"{passes:.0f} passes" if passes >= 1.5 else "one pass" if passes >= 0.95 else f"{passes:.0%} of a pass"
    lines = [
        f"about {_time(seconds)} for {times.replace('%', ' %')} over your music on this machine "
        f"({run.recipe.n_steps:,} steps of {pace.step_seconds:.2f} s){memory}; it stops sooner if more does not help"
    ]
    if passes < 3 and seconds > 0.8 * 60 * minutes:
        lines.append(
            f"that is little: with --minutes {_round_up(minutes * 5 / max(passes, 0.1))} it would hear all five times"
        )
    return lines


def _round_up(minutes: float) -> int:
    return int(-(-minutes // 10) * 10)


def _time(seconds: float) -> str:
    if seconds < 150:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def _played(minutes: float) -> str:
    whole = max(1, round(minutes))
    return f"{whole} minute{'' if whole == 1 else 's'}" if minutes < 120 else f"{minutes / 60:.1f} hours"


def _counted(counts: Counter[str], unknown: str) -> str:
    shown = [f"{name or unknown} {n}" for name, n in counts.most_common(6)]
    return ", ".join(shown) + (f" and {len(counts) - 6} more" if len(counts) > 6 else "")


def _say_lines(lines: Sequence[str], stream: TextIO) -> None:
    for line in lines:
        print(line, file=stream, flush=True)  # a run is often watched through a file


def _say_json(flight: Preflight, answer: dict[str, Any], wish: Wish) -> None:
    from stretto.cli.say import say_json
    from stretto.train.outlook import flight_json

    if wish.as_json:
        say_json({**flight_json(flight), **answer})
