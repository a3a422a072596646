"""`app`: the typer application with all commands."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from sheernet.apps.cli import (
    check_command,
    compare_command,
    demo_command,
    effects_command,
    fit_command,
    grade_command,
    importance_command,
    info_command,
    lesson_command,
    optimize_command,
    page_command,
    predict_command,
    profile_command,
    report_command,
    select_command,
    summary_command,
)
from sheernet.version import __version__


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

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: D102
        return _without_flag_types(super().get_params(ctx))


def _without_flag_types(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters


app = typer.Typer(
    name="sheernet",
    cls=Group,
    help="Fit, check and plot small neural networks.",
    epilog="Help on a command, with examples: sheernet fit --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=Command, epilog=demo_command.EXAMPLES)(demo_command.demo)
app.command(cls=Command, epilog=lesson_command.EXAMPLES)(lesson_command.lesson)
app.command(cls=Command, epilog=page_command.EXAMPLES)(page_command.page)
app.command(cls=Command, epilog=fit_command.EXAMPLES)(fit_command.fit)
app.command(cls=Command, epilog=predict_command.EXAMPLES)(predict_command.predict)
app.command(cls=Command, epilog=importance_command.EXAMPLES)(importance_command.importance)
app.command(cls=Command, epilog=effects_command.EXAMPLES)(effects_command.effects)
app.command(cls=Command, epilog=profile_command.EXAMPLES)(profile_command.profile)
app.command(cls=Command, epilog=optimize_command.EXAMPLES)(optimize_command.optimize)
app.command(cls=Command, epilog=report_command.EXAMPLES)(report_command.report)
app.command(cls=Command, epilog=summary_command.EXAMPLES)(summary_command.summary)
app.command(cls=Command, epilog=check_command.EXAMPLES)(check_command.check)
app.command(cls=Command, epilog=grade_command.EXAMPLES)(grade_command.grade)
app.command(cls=Command, epilog=compare_command.EXAMPLES)(compare_command.compare)
app.command(cls=Command, epilog=select_command.EXAMPLES)(select_command.select)
app.command(cls=Command, epilog=info_command.EXAMPLES)(info_command.info)


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
