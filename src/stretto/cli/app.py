"""The program itself: its commands, and how every failure ends in one line.

Exit status: 0 = done, 2 = a wish or a file that cannot be met (one line on stderr),
130 = stopped by Ctrl-C. Any other traceback is a fault of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, TextIO

import typer

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
from stretto.cli.train import train_command
from stretto.cli.vary import vary_command
from stretto.errors import StrettoError

FAILED, STOPPED = 2, 130

app = typer.Typer(
    name="stretto",
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich would double the start-up time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: stretto compose --key 'E minor' --bars 12 --seed 7",
)


def _example(text: str) -> str:
    return f"Example: {text}"


app.command("compose", epilog=_example("stretto compose --key 'D minor' --meter 3/4 -o piece.pdf"))(compose_command)
app.command("harmonize", epilog=_example("stretto harmonize melody.mid -o page.pdf"))(harmonize_command)
app.command("continue", epilog=_example("stretto continue opening.musicxml --bars 8"))(continue_command)
app.command("infill", epilog=_example("stretto infill song.musicxml --bars 5-8 --parts alto,tenor"))(infill_command)
app.command("vary", epilog=_example("stretto vary song.musicxml --strength 0.3 --keep soprano"))(vary_command)
app.command("check", epilog=_example("stretto check exercise.musicxml"))(check_command)
app.command("convert", epilog=_example("stretto convert song.mid song.musicxml"))(convert_command)
app.command("show", epilog=_example("stretto show song.musicxml -o page.png"))(show_command)
app.command("play", epilog=_example("stretto play song.mid"))(play_command)
app.command("train", epilog=_example("stretto train my-pieces -o runs/mine --minutes 60"))(train_command)
app.command("bench", epilog=_example("stretto bench --set JSB_Chorales --network lstm --data corpora"))(bench_command)
app.command("diff", epilog=_example("stretto diff before.musicxml after.musicxml -o page.svg"))(diff_command)
app.command("report", epilog=_example("stretto report out --against corpora/real -o report.html"))(report_command)
app.command("corpus", epilog=_example("stretto corpus corpora/bach-chorales"))(corpus_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stretto {stretto.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _stretto(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Compose polyphonic music, and convert, show and play scores. Works offline."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # None where a program without a console calls us
            _speak_utf8(stream)
    try:
        status = app(args=arguments, prog_name="stretto", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except StrettoError as error:
        return _fail(f"stretto: {_one_line(str(error))}")
    except typer.TyperException as error:
        return _fail(_usage_line(error))
    except (KeyboardInterrupt, typer.Abort):
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


def _say_no_more() -> None:
    """Python would complain once more at exit, when it flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_utf8(stream: TextIO) -> None:
    """Titles hold any letter, and a Windows console's code page does not."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")


def _usage_line(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "stretto"
    line = _one_line(error.format_message()) or "no command given"
    return f"{command}: {line[0].lower()}{line[1:].rstrip('.')}; see {command} --help"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fail(line: str) -> int:
    print(line, file=sys.stderr)
    return FAILED


def _stopped() -> int:
    print("stopped", file=sys.stderr)
    return STOPPED
