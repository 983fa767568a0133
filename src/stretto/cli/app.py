"""The program itself: its commands, and how every failure ends in one line.

Exit status: 0 = done, 2 = a wish or a file that cannot be met (one line on stderr),
130 = stopped by Ctrl-C. Any other traceback is a fault of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

import click

import stretto
from stretto.cli.bench import bench_command
from stretto.cli.check import check_command
from stretto.cli.compose import compose_command
from stretto.cli.continue_ import continue_command
from stretto.cli.convert import convert_command
from stretto.cli.corpus import corpus_command
from stretto.cli.diff import diff_command
from stretto.cli.harmonize import harmonize_command
from stretto.cli.infill import infill_command
from stretto.cli.play import play_command
from stretto.cli.report import report_command
from stretto.cli.show import show_command
from stretto.cli.studio import studio_command
from stretto.cli.train import train_command
from stretto.cli.typed import Program, command
from stretto.cli.vary import vary_command
from stretto.errors import StrettoError

FAILED, STOPPED = 2, 130

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("compose", compose_command, "stretto compose --key 'D minor' --meter 3/4 -o piece.pdf"),
    ("harmonize", harmonize_command, "stretto harmonize melody.mid -o page.pdf"),
    ("continue", continue_command, "stretto continue opening.musicxml --bars 8"),
    ("infill", infill_command, "stretto infill song.musicxml --bars 5-8 --parts alto,tenor"),
    ("vary", vary_command, "stretto vary song.musicxml --strength 0.3 --keep soprano"),
    ("check", check_command, "stretto check exercise.musicxml"),
    ("convert", convert_command, "stretto convert song.mid song.musicxml"),
    ("show", show_command, "stretto show song.musicxml -o page.png"),
    ("play", play_command, "stretto play song.mid"),
    ("studio", studio_command, "stretto studio --port 9000"),
    ("train", train_command, "stretto train my-pieces -o runs/mine --minutes 60"),
    ("bench", bench_command, "stretto bench --set JSB_Chorales --network lstm --data corpora"),
    ("diff", diff_command, "stretto diff before.musicxml after.musicxml -o page.svg"),
    ("report", report_command, "stretto report out --against corpora/real -o report.html"),
    ("corpus", corpus_command, "stretto corpus corpora/bach-chorales"),
)
"""Name, function, and an example."""


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        print(f"stretto {stretto.__version__}")
        context.exit()


def _stretto() -> None:
    """Compose polyphonic music, and convert, show and play scores. Works offline."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        print(context.get_help())


app = Program(
    "stretto",
    commands=[command(function, name=name, epilog=f"Example: {example}") for name, function, example in COMMANDS],
    callback=_stretto,
    invoke_without_command=True,
    params=[
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
            help="Print the version and exit.",
        )
    ],
    help=_stretto.__doc__,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: stretto compose --key 'E minor' --bars 12 --seed 7",
)  # fmt: skip


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # None where a program without a console calls us
            _speak_utf8(stream)
    try:
        status = _called(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except StrettoError as error:
        return _fail(f"stretto: {_one_line(str(error))}")
    except click.ClickException as error:
        return _fail(_usage_line(error))
    except KeyboardInterrupt:
        return _stopped()
    except BrokenPipeError:
        _say_no_more()  # the reader of our output (head, less) has gone: no more is wanted
        return 0
    except OSError as error:
        if error.filename is not None:  # not of what we print
            raise
        _say_no_more()
        return _fail(f"stretto: what it says cannot be written ({error.strerror}); send it elsewhere")
    if status == STOPPED:
        return _stopped()
    return status if isinstance(status, int) else 0


def _called(arguments: list[str]) -> object:
    # Not by click's `main`, which has words of its own for Ctrl-C and for a reader that has gone.
    try:
        with app.make_context("stretto", arguments) as context:
            return app.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code


def _say_no_more() -> None:
    """Python would complain once more at exit, when it flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_utf8(stream: TextIO) -> None:
    """Titles hold any letter, and a Windows console's code page does not."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")


def _usage_line(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "stretto"
    line = _one_line(_said(error)) or "no command given"
    return f"{command}: {line[0].lower()}{line[1:].rstrip('.')}; see {command} --help"


def _said(error: click.ClickException) -> str:
    if not isinstance(error, click.NoSuchOption):
        return error.format_message()
    # In our own words: click's are others from release to release.
    meant = " or ".join(sorted(error.possibilities or ()))
    return f"no such option: {error.option_name}" + (f" (did you mean {meant}?)" if meant else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fail(line: str) -> int:
    print(line, file=sys.stderr)
    return FAILED


def _stopped() -> int:
    print("stopped", file=sys.stderr)
    return STOPPED
