"""Options that several commands share, so that they mean and say the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from stretto.cli.typed import Argument, Option
from stretto.errors import RequestError

LayoutOption = Annotated[
    Literal["auto", "closed", "open"],
    Option("--layout", help="Of the page: voices on two staves (closed), a staff for each (open)."),
]

Force = Annotated[bool, Option("--force", help="Overwrite a file that exists.")]

Json = Annotated[bool, Option("--json", help="Print the answer as JSON.")]

Expand = Annotated[bool, Option("--expand", help="Write out repeats, endings, da capo and dal segno.")]

KeyOption = Annotated[
    str | None, Option("--key", help="The key it is in, as 'E minor'. [default: as written, else estimated]")
]

MeterOption = Annotated[
    str | None, Option("--meter", help="One for the whole piece, as 3/4. [default: as written, else found]")
]

PickupOption = Annotated[
    str | None, Option("--pickup", help="none, or beats (eighths in 6/8). [default: as written, else found]")
]

Quantize = Annotated[bool, Option("--quantize", help="Write what was played live on the beat.")]

Document = Annotated[Path, Argument(help="A score: .mid .musicxml .mxl .krn .abc .mei .txt")]

Outputs = Annotated[
    list[Path] | None,
    Option(
        "-o",
        "--out",
        help="A file (.mid .musicxml .mxl .abc .krn .txt .wav .flac .svg .pdf .png; a picture named roll is the "
        "piano-roll) or a folder for all of them; repeatable. [default: a new folder]",
    ),
]

Voices = Annotated[
    str | None,
    Option("--voices", help="Its parts from the top, as soprano,bass. [default: by name and range]"),
]

Take = Annotated[
    str | None,
    Option("--take", help="The parts that are heard, as 1,3 or Voice; others stay as they are. [default: all]"),
]

EnsembleOption = Annotated[
    str | None,
    Option("--ensemble", help="choir, keyboard or quartet. [default: by document or style, else choir]"),
]

Style = Annotated[
    str | None,
    Option(
        "--style",
        help="Of the choir bach, hymn, renaissance; else baroque, romantic, chopin, ... [default: bach, any]",
    ),
]

MaxPolyphony = Annotated[int | None, Option("--max-polyphony", help="Notes that may sound together.")]

Density = Annotated[
    str | None,
    Option("--density", help="sparse, normal, dense, or notes a quarter. [default: drawn, or as given]"),
]

Network = Annotated[
    Path | None, Option("--network", help="One that `stretto train` made of your own scores, as runs/mine.")
]

Seed = Annotated[int | None, Option("--seed", help="The same seed gives the same music. [default: drawn]")]

Temperature = Annotated[float, Option("--temperature", help="Under 1 tamer, over 1 bolder.")]

TopP = Annotated[float, Option("--top-p", help="Share of the likeliest pitches to choose from, up to 1.")]

Candidates = Annotated[
    int | None,
    Option(
        "-n",
        "--candidates",
        help="Versions of each phrase; the best goes on. 1 = plain drawing. [default: 16, on staves 8]",
    ),
]

Octaves = Annotated[int, Option("--octaves", help="By which the network hears it higher; it is written where it was.")]

KeepRhythm = Annotated[bool, Option("--keep-rhythm", help="Only pitches change.")]

KeepPitches = Annotated[bool, Option("--keep-pitches", help="Only the rhythm changes.")]

Rails = Annotated[
    bool,
    Option("--rules/--no-rules", help="Guard rails: ranges, reach, parallels, crossings, rests, a good close."),
]

GuardOption = Annotated[
    bool, Option("--guard/--no-guard", help="End silence, stuck notes and endless repetition, and say so.")
]

Chords = Annotated[
    str | None,
    Option("--chords", help="A chord line, bar by bar: 'I | IV V7 | I' or 'G | D7 | Em'; % leaves a place free."),
]

Forbid = Annotated[
    str | None,
    Option("--forbid", help="Beside the usual: leaps, chromatic, repeats; on staves parallels, crossing too."),
]

Allow = Annotated[
    str | None,
    Option("--allow", help="Of the usual: parallels, crossing, rests, bad-close; on staves reach, bad-close."),
]

Ranges = Annotated[
    list[str] | None, Option("--range", help="Of a voice or staff in MIDI pitches, as alto=53-74; repeatable.")
]


def named(listed: str | None) -> tuple[str, ...]:
    """The names of a list such as "alto,tenor".

    >>> named("alto, tenor")
    ('alto', 'tenor')
    """
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())


def check_rails(*, rails: bool, **changes: str | list[str] | None) -> None:
    """Refuse changes of guard rails where there are to be none: they would be lost without a word.

    Raises:
        RequestError: says which.
    """
    options = [f"--{'range' if name == 'ranges' else name}" for name, change in changes.items() if change]
    if options and not rails:
        raise RequestError(f"{', '.join(options)}: --no-rules lifts all guard rails; leave one or the other out")


def network_path(name: str | None) -> Path | None:
    """The file or folder of a network, if the name is one, and not a word."""
    if name is None or not (Path(name).exists() or "/" in name or "\\" in name or name.endswith(".safetensors")):
        return None
    return Path(name)
