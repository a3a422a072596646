"""Arguments and options that several commands have and that are not settings of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sheernet.apps.cli import completion
from sheernet.apps.cli.settings_options import MAIN, default_in_words
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.read_settings import ReadSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings

FILE, TABLE, TRAINING = (
    "Advanced: file",
    "Advanced: columns and rows",
    "Advanced: network and training",
)
PANELS = (MAIN, FILE, TABLE, TRAINING)
READING: Mapping[type[Any], str] = {ReadSettings: FILE}
FITTING: Mapping[type[Any], str] = {
    TableSettings: TABLE,
    NetworkSettings: TRAINING,
    EffortSettings: TRAINING,
    TrainingSettings: TRAINING,
    StartSettings: TRAINING,
    StoppingRules: TRAINING,
    ReadSettings: FILE,
}


def examples(*lines: str) -> str:
    """The end of a help text: command lines to start from."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines)))


# readable=False: Typer would check it itself, in a sentence without advice.

DataFile = Annotated[
    Path,
    typer.Argument(
        metavar="DATA",
        readable=False,
        help="Table: .csv, .tsv, .txt, .parquet, .xlsx or .mat; text may be compressed.",
        show_default=False,
    ),
]
ModelFile = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL",
        readable=False,
        help="Model file: model.json, written by 'fit'.",
        show_default=False,
    ),
]
Target = Annotated[
    list[str],
    typer.Option(
        "--target",
        "-t",
        metavar="COLUMN",
        help="Column to predict; for several, give a list or repeat the option.",
        rich_help_panel=MAIN,
    ),
]
Methods = Annotated[
    list[str],
    typer.Option(
        metavar="NAMES",
        help="Optimizers: lm, bfgs, lbfgs, adam, gd, scipy:NAME.",
        rich_help_panel=MAIN,
        autocompletion=completion.completing_list(completion.methods),
    ),
]
ModelToCheck = Annotated[
    Path | None,
    typer.Argument(
        metavar="MODEL",
        readable=False,
        help="Model file: model.json, written by 'fit'.",
        show_default=False,
    ),
]
DataToCheck = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATA",
        readable=False,
        help="Table of rows to check the gradient on.",
        show_default=False,
    ),
]
Function = Annotated[
    str | None,
    typer.Option(
        metavar="PACKAGE.MODULE:NAME",
        help="Instead of a model: a Problem, a tuple (f, grad, x), or a function that returns one.",
        show_default=False,
        rich_help_panel=MAIN,
    ),
]
Extent = Annotated[
    Literal["auto", "entries", "directions"],
    typer.Option(
        help="Compare every entry or a few random directions; auto decides by the time it takes.",
        rich_help_panel=MAIN,
        case_sensitive=False,
    ),
]
CheckMethod = Annotated[
    Literal["auto", "complex", "differences"],
    typer.Option(
        help="Numerical derivatives by complex steps or differences.",
        rich_help_panel=MAIN,
        case_sensitive=False,
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        readable=False,
        help=f"Folder for the results; NAME-1, NAME-2, ... if it exists. {default_in_words('DATA-COMMAND')}",
        show_default=False,
        rich_help_panel=MAIN,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        metavar="",
        help="Overwrite earlier results; other files stay.",
        rich_help_panel=MAIN,
    ),
]
Pictures = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Folder for pictures of the result; NAME-1, NAME-2, ... if it exists.",
        show_default=False,
        rich_help_panel=MAIN,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        metavar="",
        help="Print one JSON document in place of text, for errors too.",
        rich_help_panel=MAIN,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", metavar="", help="Show no progress.", rich_help_panel=MAIN)
]
