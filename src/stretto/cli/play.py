"""`stretto play`: a score through the sound card, or into a sound file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from stretto.cli.options import Expand, Force, KeyOption, MeterOption, PickupOption, Quantize
from stretto.cli.typed import Argument, Option
from stretto.errors import RequestError


def play_command(
    file: Annotated[Path, Argument(help="A score: .mid .musicxml .mxl .krn .abc .mei .txt")],
    out: Annotated[
        Path | None, Option("-o", "--out", help="Write the sound instead: .wav, .flac, .mp3 or .ogg.")
    ] = None,
    instrument: Annotated[
        str | None, Option(help="One for all parts: choir, organ, piano ... [default: what each part says]")
    ] = None,
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    quantize: Quantize = False,
    expand: Expand = False,
    force: Force = False,
) -> None:
    """Play a score, or write its sound."""
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import say_notices, say_read
    from stretto.cli.say_sound import say_sound

    if out is not None:
        _check_sound(out, force=force)
    else:
        from stretto.render.play import check_player

        check_player()
    reading = read(file, Wishes(key=key, meter=meter, pickup=pickup, expand=expand, quantize=quantize))
    say_read(reading)
    say_sound(reading.score)
    if out is None:
        from stretto.render.play import play_score

        print("playing; Ctrl-C stops")
        say_notices(play_score(reading.score, instrument=instrument))
        return
    from stretto.cli.files import Written
    from stretto.cli.say import say_files
    from stretto.render.sound import write_sound

    say_files([Written(path=out, notices=write_sound(reading.score, out, instrument=instrument, force=force))])


def _check_sound(path: Path, *, force: bool) -> None:
    from stretto.render.output import SOUNDS, check_output

    if path.suffix.lower() not in SOUNDS:
        kind = path.suffix or "a file without extension"
        raise RequestError(f"{path}: {kind} is no sound; name a {', '.join(SOUNDS)}, or use stretto convert")
    check_output(path, force=force)
