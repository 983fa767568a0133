"""What `harmonize`, `continue`, `infill` and `vary` share: read, say what was understood, draw, write, report."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from stretto.cli.options import (
    Allow,
    Candidates,
    Chords,
    Density,
    Document,
    EnsembleOption,
    Forbid,
    Force,
    GuardOption,
    Json,
    KeyOption,
    LayoutOption,
    MaxPolyphony,
    MeterOption,
    Network,
    Octaves,
    Outputs,
    PickupOption,
    Quantize,
    Rails,
    Ranges,
    Seed,
    Style,
    Take,
    Temperature,
    TopP,
    Voices,
    check_rails,
    named,
)

if TYPE_CHECKING:
    from stretto.cli.files import Written
    from stretto.cli.reading import Reading
    from stretto.verbs.hearing import Hearing
    from stretto.verbs.rework import Reworked
    from stretto.verbs.staves.ensemble import Ensemble

Verb = Callable[[Any, Any, Any, Any], Any]
"""From the verbs of whoever plays, a Score, a Hearing and a Manner to a Reworked; `cli.typed` reads annotations
at once, and these would load NumPy."""


def document_command(name: str) -> Callable[[Callable[..., Verb]], Callable[..., None]]:
    """A command on a document: its own options, between the document and those that all such commands have.

    What is decorated takes the command's own options and gives what is to be done; `name` ends the name of the
    new folder, where none is named.
    """

    def decorate(own: Callable[..., Verb]) -> Callable[..., None]:
        def command(**options: Any) -> None:
            verb = own(**{option: options.pop(option) for option in inspect.signature(own).parameters})
            _run(_Job(name=name, **options), verb)

        shared = _parameters(_Job)
        source = next(parameter for parameter in shared if parameter.name == "source")
        rest = [parameter for parameter in shared if parameter.name not in ("source", "name")]
        parameters = [source, *_parameters(own), *rest]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        command.__doc__ = own.__doc__
        return command

    return decorate


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One command line, in the order in which its help lists the options."""

    source: Document
    name: str
    ensemble: EnsembleOption = None
    style: Style = None
    key: KeyOption = None
    meter: MeterOption = None
    pickup: PickupOption = None
    quantize: Quantize = False
    voices: Voices = None
    take: Take = None
    octaves: Octaves = 0
    chords: Chords = None
    forbid: Forbid = None
    allow: Allow = None
    ranges: Ranges = None
    rails: Rails = True
    guard: GuardOption = True
    seed: Seed = None
    temperature: Temperature = 0.9
    top_p: TopP = 0.98
    candidates: Candidates = None
    max_polyphony: MaxPolyphony = None
    density: Density = None
    network: Network = None
    out: Outputs = None
    layout: LayoutOption = "auto"
    force: Force = False
    as_json: Json = False

    def hearing(self) -> Hearing:
        """How the document is to be heard."""
        from stretto.verbs.hearing import Hearing

        return Hearing(voices=named(self.voices), take=named(self.take), key=self.key, octaves=self.octaves)

    def told(self) -> dict[str, Any]:
        """What the verbs are told, as the library's keywords; None = not said."""
        said = {
            "ensemble": self.ensemble, "style": self.style, "seed": self.seed, "temperature": self.temperature,
            "top_p": self.top_p, "candidates": self.candidates, "chords": self.chords, "guard": self.guard,
            "forbid": self.forbid, "allow": self.allow, "ranges": self.ranges, "max_polyphony": self.max_polyphony,
            "density": self.density, "weights": self.network,
        }  # fmt: skip
        check_rails(rails=self.rails, forbid=self.forbid, allow=self.allow, ranges=self.ranges)
        return said if self.rails else {**said, "rules": None}


def _run(job: _Job, verb: Verb) -> None:
    """Read the document, say what it was taken for, do what is asked, write it, and say what came of it."""
    from stretto.cli.files import Destination
    from stretto.cli.progress import progress_bar
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import INDENT, say_files, say_notices
    from stretto.cli.say_sound import say_sound
    from stretto.verbs.wishes import checked_before, manner_for, players_of, verbs_of

    destination = Destination.of(job.out or (), force=job.force, layout=job.layout)
    told = job.told()
    checked_before(told)
    reading = read(job.source, Wishes(key=job.key, meter=job.meter, pickup=job.pickup, quantize=job.quantize))
    players, said = players_of(reading.score, told)
    taken, outside = _taken_for(job, reading, players, manner_for(players, told).rules)
    if not job.as_json:
        print(f"{taken}; --key, --meter, --pickup and --voices change this", flush=True)
        for sentence in (*said, *reading.sentences):
            print(INDENT + sentence)
        say_notices(reading.notices)
        for line in outside:
            print(INDENT + line)
    with progress_bar(job.name) as show_share:
        manner = manner_for(players, {**told, "progress": show_share})
        found = verb(verbs_of(players), reading.score, job.hearing(), manner)
    started = time.perf_counter()
    written = destination.write(found.score, name=f"{job.source.stem}-{job.name}-{found.seed}", page=found.page)
    seconds = time.perf_counter() - started
    if job.as_json:
        _say_json(reading, taken, found, written, seconds, players)
        return
    notes = "note" if found.n_notes == 1 else "notes"
    again = f", {found.n_again} of them as they were," if found.n_again else ""
    if found.n_again == found.n_notes > 0:
        again = ", all as they were (another --seed may find others),"
    print(
        f"{found.n_notes} new {notes}{again} in {found.key}, seed {found.seed}; "
        f"{found.nats_per_note:.2f} nats per note; drawn in {found.seconds:.1f} s, written in {seconds:.1f} s"
    )
    for line in found.report:
        if line not in outside:
            print(INDENT + line)
    say_sound(found.score, [file.path for file in written])
    say_files(written, briefly=True)


def _taken_for(job: _Job, reading: Reading, players: Ensemble | None, rules: Any) -> tuple[str, list[str]]:
    """What the document is taken for, and which of its voices leave their ranges."""
    from stretto.errors import RequestError
    from stretto.verbs.hearing import document_for, what_it_is
    from stretto.verbs.report import range_report
    from stretto.verbs.staves.hearing import what_it_is_on_staves

    name, score, hearing = job.source.name, reading.score, job.hearing()
    try:
        if players is not None:
            taken, outside = what_it_is_on_staves(score, players, hearing, rules)
            return f"{name}: {taken}", outside
        return f"{name}: {what_it_is(score, hearing)}", range_report(document_for(score, hearing), rules)
    except RequestError as refused:
        of_an_option = str(refused).startswith("--")
        raise refused if of_an_option else RequestError(f"{name}: {refused}") from None


def _parameters(of: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a function or dataclass, their annotations as `cli.typed` needs them."""
    hints = get_type_hints(of, include_extras=True)
    return [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(of).parameters.values()
    ]


def _say_json(
    reading: Reading, taken: str, found: Reworked, written: list[Written], seconds: float, players: Ensemble | None
) -> None:
    from stretto.cli.say import files_json, read_json, say_json

    say_json(
        {
            **read_json(reading),
            **({} if players is None else {"ensemble": players.name}),
            "key": found.key,
            "taken_for": taken,
            "seed": found.seed,
            "new_notes": found.n_notes,
            "of_them_as_they_were": found.n_again,
            "nats_per_note": found.nats_per_note,
            "seconds": {"drawing": round(found.seconds, 3), "writing": round(seconds, 3)},
            "report": list(found.report),
            "files": files_json(written),
        }
    )
