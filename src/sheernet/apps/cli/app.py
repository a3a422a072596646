"""`app`: the typer application with all commands.

The command `fit` is the function `fit` of the module `fit_command`, with the epilog `EXAMPLES`.  A command is imported
when it is used, so that `sheernet --version` and each command start without the others.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from sheernet.apps.cli.settings_options import with_quiet
from sheernet.version import __version__

COMMANDS = (
    "demo",
    "lesson",
    "page",
    "fit",
    "predict",
    "importance",
    "effects",
    "profile",
    "optimize",
    "report",
    "summary",
    "check",
    "grade",
    "compare",
    "select",
    "info",
)
"""Names of the commands, in the order of the help."""
_CONTEXT = {"help_option_names": ["-h", "--help"]}


class Command(TyperCommand):
    """A command whose help shows no type for flags, and does not keep the line breaks of its docstring."""

    def __init__(self, *args: Any, **options: Any) -> None:
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", options["help"])
        super().__init__(*args, **{**options, "help": text})

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the names in the line of usage; names of required arguments without braces."""
        return [re.sub("[{}]", "", piece) for piece in super().collect_usage_pieces(ctx)]

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: D102
        return _without_flag_types(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands whose help shows no type for flags."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()  # type: ignore[assignment]

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: D102
        return _without_flag_types(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: D102
        return list(self.commands)


class _Commands(Mapping[str, TyperCommand]):
    """The commands by name; each is imported at its first use."""

    def __getitem__(self, name: str) -> TyperCommand:
        if name not in COMMANDS:
            raise KeyError(name)
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _command(name: str) -> TyperCommand:
    module = importlib.import_module(f"sheernet.apps.cli.{name}_command")
    alone = typer.Typer(add_completion=False, context_settings=_CONTEXT)
    alone.command(name, cls=Command, epilog=module.EXAMPLES)(with_quiet(getattr(module, name)))
    command: Any = typer.main.get_command(alone)
    return command


def _without_flag_types(parameters: list[Any]) -> list[Any]:
    shown = [copy(parameter) for parameter in parameters]
    for parameter in shown:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return shown


app = typer.Typer(
    name="sheernet",
    cls=Group,
    help="Fit, check and plot small neural networks.",
    epilog="Help on a command, with examples: sheernet fit --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sheernet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass
