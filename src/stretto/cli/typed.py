"""Commands from typed functions: what a function takes, and how each of it is given, is one annotation.

    def play_command(file: Annotated[Path, Argument(help="A score.")], loud: Annotated[bool, Option()] = False) -> None:

`command` makes a command of such a function; click reads the command line and says what is wrong with it. A value that
has no default must be given. A list is an option that may be repeated, or the rest of the line.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import click

PLAIN: dict[type, click.ParamType[Any]] = {
    str: click.STRING,
    int: click.INT,
    float: click.FLOAT,
    bool: click.BOOL,
    Path: click.Path(path_type=Path),
}


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A value that is given by its place."""

    help: str


class Option:
    """A value that is given by a name."""

    def __init__(self, *names: str, help: str, min: int | None = None, max: int | None = None) -> None:
        """Keep what is said.

        Args:
            names: as "-o", "--out", or "--rules/--no-rules"; none = that of the function's parameter.
            help: what it is for.
            min: the least whole number allowed.
            max: the greatest.
        """
        self.names, self.help, self.min, self.max = names, help, min, max


class Program(click.Group):
    """Commands in the order in which a reader meets them, not in the alphabet's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, as they were added."""
        return list(self.commands)


class Command(click.Command):
    """A command whose help says of its arguments, too, what they are."""

    def __init__(self, *, explained: dict[str, str], **of_click: Any) -> None:
        """`explained`: each argument's name and help."""
        super().__init__(**of_click)
        self._explained = explained

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Arguments first; click itself lists options alone."""
        if self._explained:
            with formatter.section("Arguments"):
                formatter.write_dl(list(self._explained.items()))
        super().format_options(ctx, formatter)


def command(function: Callable[..., None], *, name: str, epilog: str) -> Command:
    """A command that calls `function`, whose docstring is its help."""
    hints = get_type_hints(function, include_extras=True)
    made, explained = list[click.Parameter](), dict[str, str]()
    for parameter in inspect.signature(function).parameters.values():
        kind, said = get_args(hints[parameter.name])
        made.append(_parameter(parameter, kind, said))
        if isinstance(said, Argument):
            explained[parameter.name] = said.help
    lists = [made_of.name for made_of in made if made_of.multiple or made_of.nargs == -1]

    @functools.wraps(function)
    def call(**given: Any) -> None:
        # click gives tuples, and an empty one where an option was left out.
        function(**{key: (list(value) or None) if key in lists else value for key, value in given.items()})

    return Command(
        explained=explained, name=name, callback=call, params=made, help=inspect.getdoc(function), epilog=epilog
    )


def _parameter(parameter: inspect.Parameter, kind: Any, said: Argument | Option) -> click.Parameter:
    """What click reads for one parameter of a function.

    Args:
        parameter: its name and default.
        kind: its type: a plain one, one of several words, a list of a plain one, or any of these or None.
        said: how it is given.
    """
    if NoneType in get_args(kind):
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    is_list = get_origin(kind) is list
    reader = _reader(get_args(kind)[0] if is_list else kind, said)
    required = parameter.default is inspect.Parameter.empty
    usual: dict[str, Any] = {"type": reader, "required": required}
    if not required and not is_list:
        usual["default"] = parameter.default
    if isinstance(said, Argument):
        shown = parameter.name + "..." * is_list
        return click.Argument(
            [parameter.name], nargs=-1 if is_list else 1, metavar=shown if required else f"[{shown}]", **usual
        )
    names = said.names or (f"--{parameter.name.replace('_', '-')}",)
    return click.Option(
        [parameter.name, *names], help=said.help, show_default=True, multiple=is_list, is_flag=kind is bool, **usual
    )


def _reader(kind: Any, said: Argument | Option) -> click.ParamType[Any]:
    """What makes a value of a word."""
    if get_origin(kind) is Literal:
        return click.Choice(get_args(kind))
    if isinstance(said, Option) and (said.min, said.max) != (None, None):
        return click.IntRange(said.min, said.max)
    return PLAIN[cast(type, kind)]
