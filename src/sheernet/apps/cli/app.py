"""The commands put together."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from sheernet.apps.cli import (
    check_command,
    compare_command,
    demo_command,
    fit_command,
    info_command,
    predict_command,
)
from sheernet.version import __version__


class Command(TyperCommand):
    """A command whose help option shows no type."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: D102
        option = super().get_help_option(ctx)
        if option is not None:
            option.metavar = ""
        return option


app = typer.Typer(
    name="sheernet",
    help="Small neural networks, trained to the optimum, checked, and shown.",
    epilog="Help on a command, with examples: sheernet fit --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=Command, epilog=demo_command.EXAMPLES)(demo_command.demo)
app.command(cls=Command, epilog=fit_command.EXAMPLES)(fit_command.fit)
app.command(cls=Command, epilog=predict_command.EXAMPLES)(predict_command.predict)
app.command(cls=Command, epilog=check_command.EXAMPLES)(check_command.check)
app.command(cls=Command, epilog=compare_command.EXAMPLES)(compare_command.compare)
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
            "--version",
            metavar="",
            callback=_version,
            is_eager=True,
            help="Print the version and stop.",
        ),
    ] = False,
) -> None:
    pass
