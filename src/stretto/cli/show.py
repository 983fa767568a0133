"""`stretto show`: a score as a page or a piano-roll, in the viewer of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stretto.cli.options import Expand, Force, Json, KeyOption, LayoutOption, MeterOption, PickupOption, Quantize
from stretto.cli.typed import Argument, Option
from stretto.errors import RequestError

if TYPE_CHECKING:
    from stretto.render.layout import Layout
    from stretto.score.model import Notice, Score


def show_command(
    file: Annotated[Path, Argument(help="A score: .mid .musicxml .mxl .krn .abc .mei .txt")],
    out: Annotated[
        Path | None, Option("-o", "--out", help="The picture: .png, .svg or .pdf. [default: opened, not kept]")
    ] = None,
    roll: Annotated[bool, Option("--roll", help="The piano-roll instead of the page.")] = False,
    layout: LayoutOption = "auto",
    key: KeyOption = None,
    meter: MeterOption = None,
    pickup: PickupOption = None,
    quantize: Quantize = False,
    expand: Expand = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Draw a score as a page or a piano-roll, and open it."""
    from stretto.cli.files import Written
    from stretto.cli.reading import Wishes, read
    from stretto.cli.say import files_json, read_json, say_files, say_json, say_read
    from stretto.render.output import check_output

    if out is not None:
        _check_picture(out)
        check_output(out, force=force)
    reading = read(file, Wishes(key=key, meter=meter, pickup=pickup, expand=expand, quantize=quantize, hands=not roll))
    if not as_json:
        say_read(reading)
    path = out or _scratch(file, roll=roll)
    written = [Written(path=path, notices=_draw(reading.score, path, roll=roll, layout=layout, force=force or not out))]
    if as_json:
        say_json({**read_json(reading), "files": files_json(written)})
        return
    say_files(written)
    if out is None and not open_picture(path):
        print("  there is no screen here; open the file where there is one, or name it with -o")


def _check_picture(path: Path) -> None:
    from stretto.render.output import PICTURES

    if path.suffix.lower() not in PICTURES:
        kind = path.suffix or "a file without extension"
        raise RequestError(f"{path}: {kind} is no picture; name a {', '.join(PICTURES)}, or use stretto convert")


def _draw(score: Score, path: Path, *, roll: bool, layout: Layout, force: bool) -> tuple[Notice, ...]:
    from stretto.render.output import write_output

    return write_output(score, path, layout=layout, force=force, roll=roll or None)


def _scratch(file: Path, *, roll: bool) -> Path:
    """A file in the machine's folder for passing things; it must outlive us, for the viewer reads it later."""
    folder = Path(tempfile.mkdtemp(prefix="stretto-"))
    # A PDF has pages to turn; a roll is one long picture.
    return folder / (f"{file.stem}-roll.png" if roll else f"{file.stem}.pdf")


def open_picture(path: Path) -> bool:
    """Open a file in the viewer that the system keeps for its kind; False = there is no screen, or no viewer."""
    if sys.platform == "win32":
        try:
            os.startfile(path)
        except OSError:  # no viewer for this kind
            return False
        return True
    command = "open" if sys.platform == "darwin" else "xdg-open"
    has_screen = sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    program = shutil.which(command) if has_screen else None
    if program is None:
        return False
    done = subprocess.run(
        [program, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return done.returncode == 0
