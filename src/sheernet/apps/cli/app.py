"""The commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from sheernet.apps.cli import (
    check_command,
    compare_command,
    demo_command,
    fit_command,
    info_command,
    predict_command,
)
from sheernet.version import __version__

app = typer.Typer(
    name="sheernet",
    help="Small neural networks, trained to the optimum, checked, and shown.",
    epilog="Help on a command, with examples: sheernet fit --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=demo_command.EXAMPLES)(demo_command.demo)
app.command(epilog=fit_command.EXAMPLES)(fit_command.fit)
app.command(epilog=predict_command.EXAMPLES)(predict_command.predict)
app.command(epilog=check_command.EXAMPLES)(check_command.check)
app.command(epilog=compare_command.EXAMPLES)(compare_command.compare)
app.command(epilog=info_command.EXAMPLES)(info_command.info)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sheernet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    pass
