"""`stretto compose`: a new piece, and every file of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from stretto.cli.options import (
    Allow,
    Candidates,
    Chords,
    Density,
    EnsembleOption,
    Forbid,
    Force,
    GuardOption,
    Json,
    LayoutOption,
    MaxPolyphony,
    Rails,
    Ranges,
    Style,
    check_rails,
    named,
    network_path,
)
from stretto.cli.typed import Option

if TYPE_CHECKING:
    from stretto.cli.files import Destination, Written
    from stretto.verbs import Composition


def compose_command(
    ensemble: EnsembleOption = None,
    style: Style = None,
    key: Annotated[str | None, Option(help="As 'G major', 'F# minor' or 'Bb major'. [default: drawn]")] = None,
    meter: Annotated[str | None, Option(help="As 4/4 or 3/4. [default: the commonest]")] = None,
    bars: Annotated[int | None, Option(help="Full bars, the pickup not counted. [default: drawn]")] = None,
    pickup: Annotated[str, Option(help="auto, none, or a number of beats: of eighths in 6/8.")] = "auto",
    tempo: Annotated[float | None, Option(help="Quarters per minute. [default: by style]")] = None,
    seed: Annotated[int | None, Option(help="The same seed gives the same piece. [default: drawn]")] = None,
    temperature: Annotated[float, Option(help="Under 1 tamer, over 1 bolder.")] = 0.9,
    top_p: Annotated[float, Option(help="Share of the likeliest pitches to choose from, up to 1.")] = 0.98,
    candidates: Candidates = None,
    max_polyphony: MaxPolyphony = None,
    density: Density = None,
    form: Annotated[str | None, Option(help="Sections of one length, as AABA; equal letters are equal music.")] = None,
    imitate: Annotated[bool, Option("--imitate", help="Voices take up each other's melodies, overlapping.")] = False,
    original: Annotated[
        bool, Option("--original", help="Draw anew what shares more with the training music than is usual.")
    ] = False,
    chords: Chords = None,
    forbid: Forbid = None,
    allow: Allow = None,
    ranges: Ranges = None,
    rails: Rails = True,
    guard: GuardOption = True,
    network: Annotated[
        str | None,
        Option(help="Your own, as runs/mine, or one of the benchmark (needs torch): lstm, rnn_nade, biaxial2015, ..."),
    ] = None,
    out: Annotated[
        list[Path] | None,
        Option(
            "-o",
            "--out",
            help="A file (.mid .musicxml .mxl .abc .krn .txt .wav .flac .svg .pdf .png; a picture named roll is the "
            "piano-roll) or a folder for all of them; repeatable. [default: a new folder]",
        ),
    ] = None,
    layout: LayoutOption = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Compose a piece for four voices, keyboard or string quartet: score, page and sound."""
    from stretto.cli.files import Destination
    from stretto.cli.progress import progress_bar

    check_rails(rails=rails, forbid=forbid, allow=allow, ranges=ranges)
    destination = Destination.of(out or (), force=force, layout=layout)
    weights = network_path(network)
    if network is not None and weights is None:
        wishes = {
            "--ensemble": ensemble, "--max-polyphony": max_polyphony, "--density": density,
            "--key": key, "--meter": meter, "--tempo": tempo, "--pickup": None if pickup == "auto" else pickup,
            "--form": form, "--imitate": imitate or None, "--original": original or None, "--chords": chords,
            "--forbid": forbid, "--allow": allow, "--range": ranges or None,
        }  # fmt: skip
        _play_network(network, bars, seed, wishes, destination, as_json=as_json)
        return
    words: dict[str, Any] = {"forbid": named(forbid), "allow": named(allow), "ranges": ranges or ()}
    rules = _rules(ensemble, style, weights, words) if rails else None
    others = {"ensemble": ensemble, "max_polyphony": max_polyphony, "density": density, "weights": weights}
    with progress_bar("composing") as show_share:
        piece = _compose(
            **{name: wish for name, wish in others.items() if wish is not None},
            style=style, key=key, meter=meter, bars=bars, pickup=pickup, tempo=tempo, seed=seed,
            temperature=temperature, top_p=top_p, candidates=candidates, form=form, imitate=imitate, original=original,
            rules=rules, guard=guard, chords=chords, progress=show_share,
        )  # fmt: skip
    started = time.perf_counter()
    written = destination.write(piece.score, name=folder_name(piece.key, piece.seed))
    (_say_json if as_json else _say)(piece, written, time.perf_counter() - started)


def _rules(ensemble: str | None, style: str | None, weights: Path | None, words: dict[str, Any]) -> Any:
    """The guard rails of whoever is to play."""
    from stretto.verbs.players import players_asked
    from stretto.verbs.rules import rules_of
    from stretto.verbs.staves.rules import staff_rules

    players, _ = players_asked(ensemble, style, weights)
    return rules_of(**words) if players is None else staff_rules(players, **words)


def _play_network(
    name: str, bars: int | None, seed: int | None, wishes: dict[str, Any], destination: Destination, *, as_json: bool
) -> None:
    """A piece by one of the benchmark's networks: quarters in C, as the chorales it learned from."""
    import importlib.util
    import secrets

    from stretto.cli.say import files_json, say_files, say_json
    from stretto.errors import RequestError

    if found := [option for option, wish in wishes.items() if wish is not None]:
        raise RequestError(f"{', '.join(found)}: the networks of the benchmark know C and 4/4 alone; leave it out")
    if importlib.util.find_spec("torch") is None:
        raise RequestError('--network needs torch, which is not installed; pip install ".[train]"')
    from stretto.bench.player import compose_by

    seed = secrets.randbelow(1_000_000) if seed is None else seed
    score, title = compose_by(name, bars=16 if bars is None else bars, seed=seed)
    written = destination.write(score, name=f"stretto-{name.replace('_', '-')}-{seed}")
    if as_json:
        say_json({"network": name, "seed": seed, "bars": len(score.bars), "files": files_json(written)})
        return
    print(f"{title}, {len(score.bars)} bars of quarters in C, seed {seed}")
    say_files(written, briefly=True)


def _compose(**wishes: Any) -> Composition:
    """Loaded late: `stretto --help` needs no network."""
    from stretto.verbs import compose

    return compose(**wishes)


def folder_name(key: str, seed: int) -> str:
    """Name of a new piece's folder.

    >>> folder_name("Bb major", 7)
    'stretto-b-flat-major-7'
    """
    tonic, _, mode = key.partition(" ")
    letter, accidental = tonic[:1], tonic[1:]
    sign = {"#": "sharp", "♯": "sharp", "b": "flat", "-": "flat", "♭": "flat"}.get(accidental, "")
    return "-".join(word.lower() for word in ("stretto", letter, sign, *mode.split(), str(seed)) if word)


def _say(piece: Composition, written: list[Written], writing_seconds: float) -> None:
    from stretto.cli.say import INDENT, counted, say_files, styled
    from stretto.cli.say_sound import say_sound
    from stretto.theory.understand import note_values

    pickup = f"pickup of {note_values(piece.pickup)}" if piece.pickup else "no pickup"
    what = piece.style if piece.ensemble == "choir" else ", ".join((piece.ensemble, *styled(piece.style)))
    print(f"{what}, {piece.key}, {piece.meter}, {counted(piece.bars, 'bar')}, {pickup}, seed {piece.seed}")
    times = f"composed in {piece.seconds:.1f} s, written in {writing_seconds:.1f} s"
    print(f"{piece.nats_per_note:.2f} nats per note; {times}")
    for line in piece.report:
        print(INDENT + line)
    say_sound(piece.score, [file.path for file in written])
    say_files(written, briefly=True)


def _say_json(piece: Composition, written: list[Written], writing_seconds: float) -> None:
    from stretto.cli.say import beats, files_json, say_json

    say_json(
        {
            **({} if piece.ensemble == "choir" else {"ensemble": piece.ensemble}),
            "style": piece.style,
            "key": piece.key,
            "meter": piece.meter,
            "bars": piece.bars,
            "pickup_beats": float(beats(piece.pickup, piece.meter)),
            "seed": piece.seed,
            "nats_per_note": piece.nats_per_note,
            "seconds": {"composing": round(piece.seconds, 3), "writing": round(writing_seconds, 3)},
            "report": list(piece.report),
            "originality": piece.originality.as_json() if piece.originality is not None else None,
            "files": files_json(written),
        }
    )
