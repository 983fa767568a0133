"""The program as a whole: every failure is one line, and starting is quick."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import stretto as package
from stretto.cli.app import app

COMMANDS = sorted(app.commands)


def program(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stretto", *arguments], capture_output=True, text=True, encoding="utf-8", **options
    )  # type: ignore[call-overload]


def test_the_version_is_the_packages(stretto) -> None:
    assert stretto("--version").out == f"stretto {package.__version__}\n"


def test_without_a_command_it_shows_the_help(stretto) -> None:
    answer = stretto()
    assert answer.status == 0
    for command in COMMANDS:
        assert f"\n  {command} " in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_an_example(stretto, command: str) -> None:
    answer = stretto(command, "--help")
    assert answer.status == 0
    assert f"Usage: stretto {command}" in answer.out
    assert f"Example: stretto {command} " in answer.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("sing",), "stretto: no such command 'sing'; see stretto --help"),
        (("convert", "a.mid"), "stretto convert: missing argument 'target'; see stretto convert --help"),
        (("play", "a.mid", "--zzz"), "stretto play: no such option: --zzz; see stretto play --help"),
        (
            ("convert", "missing.mid", "b.abc"),
            "stretto: missing.mid: does not exist; name a score file",
        ),
        (
            ("corpus", "nowhere"),
            "stretto: nowhere: does not exist; name a folder of scores",
        ),
    ],
)
def test_a_mistake_is_answered_in_one_line_with_status_2(stretto, arguments, line: str) -> None:
    answer = stretto(*arguments)
    assert (answer.status, answer.out, answer.err) == (2, "", line + "\n")


def test_an_option_with_a_wrong_value_is_one_line(stretto) -> None:
    answer = stretto("compose", "--bars", "many")
    assert answer.status == 2
    assert answer.err.startswith("stretto compose: invalid value for '--bars': ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--version",), ("--help",)])
def test_it_answers_in_half_a_second(arguments: tuple[str, ...]) -> None:
    """In seconds of the processor, which other work on the machine does not lengthen."""
    seconds = []
    for _ in range(3):
        before = os.times()
        assert program(*arguments).returncode == 0
        after = os.times()
        used = (after.children_user - before.children_user) + (after.children_system - before.children_system)
        seconds.append(used or after.elapsed - before.elapsed)  # Windows does not count children
    assert min(seconds) < 0.5


def test_other_alphabets_are_printed_whatever_the_console_speaks() -> None:
    done = program("convert", "Größe-歌.mid", "b.abc", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert "Größe-歌.mid" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_is_one_word_and_no_traceback() -> None:
    # A shell may have started the tests with Ctrl-C ignored, which children inherit.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "import stretto.cli.app as a, time, stretto.verbs as v\nprint('on', flush=True)\n"
    code += "v.compose = lambda **k: time.sleep(60)\nraise SystemExit(a.run(['compose']))"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=20)
    assert (child.returncode, said) == (130, "stopped\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "stretto", "--help"], stdout=writing, stderr=subprocess.PIPE, encoding="utf-8"
    )
    os.close(writing)
    assert (done.returncode, done.stderr) in ((0, ""), (1, ""))
