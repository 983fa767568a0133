"""`stretto convert`: a score from one format to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from stretto.cli.options import Expand, Force, Json, KeyOption, LayoutOption, MeterOption, PickupOption, Quantize
from stretto.cli.typed import Argument


def convert_command(
    source: Annotated[Path, Argument(help="A score: .mid .musicxml .mxl .krn .abc .mei .txt")],
    target: Annotated[
        Path,
        Argument(
            help="A score (.mid .musicxml .mxl .abc .krn .txt), a sound (.wav .flac) or a picture (.svg .pdf .png; one "
            "named roll is the piano-roll)."
        ),
    ],
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    quantize: Quantize = False,
    expand: Expand = False,
    layout: LayoutOption = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Convert a score; say what was rounded or left out."""
    from stretto.cli.files import Written
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import files_json, read_json, say_files, say_json, say_read
    from stretto.cli.say_sound import say_sound
    from stretto.render.output import check_output, shows_staves, write_output

    check_output(target, force=force)
    hands = shows_staves(target)
    reading = read(source, Wishes(key=key, meter=meter, pickup=pickup, expand=expand, quantize=quantize, hands=hands))
    if not as_json:
        say_read(reading)
    written = [Written(path=target, notices=write_output(reading.score, target, layout=layout, force=force))]
    if as_json:
        say_json({**read_json(reading), "files": files_json(written)})
    else:
        say_sound(reading.score, [target])
        say_files(written)
