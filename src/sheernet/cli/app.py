"""The commands put together."""

from __future__ import annotations

from typing import Annotated

import typer

from sheernet.cli import check, compare, demo, fit, info, predict
from sheernet.version import __version__

app = typer.Typer(
    name="sheernet",
    help="Small neural networks, trained to the optimum, checked, and shown.",
    epilog="Help on a command, with examples: sheernet fit --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, fit, predict, check, compare, info):
    app.command(epilog=command.EXAMPLES)(getattr(command, command.__name__.rpartition(".")[2]))


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
