"""Options that several commands share, so that they mean and say the same everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

LayoutOption = Annotated[
    Literal["auto", "closed", "open"],
    typer.Option("--layout", help="Of the page: voices on two staves (closed), a staff for each (open)."),
]

Force = Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")]

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]

Expand = Annotated[bool, typer.Option("--expand", help="Write out repeats, endings, da capo and dal segno.")]

KeyOption = Annotated[
    str | None, typer.Option("--key", help="The key it is in, as 'E minor'. [default: as written, else estimated]")
]

MeterOption = Annotated[
    str | None, typer.Option("--meter", help="One for the whole piece, as 3/4. [default: as written, else found]")
]

PickupOption = Annotated[
    str | None, typer.Option("--pickup", help="none, or beats before bar 1. [default: as written, else found]")
]
