"""Commands made of typed functions: what a function is called with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import click
import pytest

from stretto.cli.typed import Argument, Option, Program, command

CALLS: list[dict[str, Any]] = []


def sing(
    song: Annotated[Path, Argument(help="What is sung.")],
    verses: Annotated[list[int] | None, Option("-v", "--verse", help="Which; repeatable.")] = None,
    voice: Annotated[Literal["high", "low"], Option(help="Whose.")] = "high",
    times: Annotated[int, Option(min=1, max=9, help="How often.")] = 2,
    tempo: Annotated[float | None, Option("--tempo", help="How fast.")] = None,
    words: Annotated[bool, Option("--words/--no-words", help="With its words.")] = True,
    all_parts: Annotated[bool, Option("--all", help="In all parts.")] = False,
) -> None:
    """Sing a song."""
    CALLS.append(
        {"song": song, "verses": verses, "voice": voice, "times": times, "tempo": tempo, "words": words,
         "all_parts": all_parts}
    )  # fmt: skip


def gather(songs: Annotated[list[str], Argument(help="Songs.")]) -> None:
    """Put songs side by side."""
    CALLS.append({"songs": songs})


PROGRAM = Program(
    commands=[command(sing, name="sing", epilog="Example: sing a.mid"), command(gather, name="gather", epilog="")]
)


def called(*arguments: str) -> dict[str, Any]:
    CALLS.clear()
    PROGRAM.main(list(arguments), standalone_mode=False)
    return CALLS[0]


def test_what_is_left_out_is_the_functions_own_default() -> None:
    assert called("sing", "a.mid") == {
        "song": Path("a.mid"), "verses": None, "voice": "high", "times": 2, "tempo": None, "words": True,
        "all_parts": False,
    }  # fmt: skip


def test_what_is_given_has_its_type() -> None:
    line = "sing a.mid -v 1 --verse 3 --voice low --times 9 --tempo 60 --no-words --all"
    assert called(*line.split()) == {
        "song": Path("a.mid"), "verses": [1, 3], "voice": "low", "times": 9, "tempo": 60.0, "words": False,
        "all_parts": True,
    }  # fmt: skip
    assert isinstance(CALLS[0]["tempo"], float)


def test_a_list_takes_the_rest_of_the_line() -> None:
    assert called("gather", "a", "b", "c") == {"songs": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("sing", "Missing argument 'song'"),
        ("gather", "Missing argument 'songs...'"),
        ("sing a.mid --times 10", "1<=x<=9"),
        ("sing a.mid --voice middle", "'high', 'low'"),
        ("sing a.mid --tempo quick", "'--tempo'"),
    ],
)
def test_a_value_that_cannot_be_is_refused(line: str, fault: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        called(*line.split())
    assert fault in caught.value.format_message()


def test_the_help_says_of_each_value_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    PROGRAM.main(["sing", "--help"], standalone_mode=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for line in (
        "Sing a song.", "song What is sung.", "-v, --verse INTEGER Which; repeatable.",
        "--voice [high|low] Whose. [default: high]", "--words / --no-words With its words. [default: words]",
        "--all In all parts.", "Example: sing a.mid",
    ):  # fmt: skip
        assert line in lines


def test_commands_stand_in_the_order_in_which_they_were_added() -> None:
    assert PROGRAM.list_commands(click.Context(PROGRAM)) == ["sing", "gather"]
