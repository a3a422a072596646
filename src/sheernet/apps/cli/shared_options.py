"""Arguments and options of several commands that are not settings of a fit."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sheernet.apps.cli import completion
from sheernet.apps.cli.settings_options import MAIN, default_in_words, main_option
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.read_settings import ReadSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import SEVERAL, TableSettings
from sheernet.settings.test_file_settings import PartOfTestFile
from sheernet.settings.training_settings import EffortSettings, TrainingSettings

TABLE = "Advanced: columns and rows"
TRAINING = "Advanced: network and training"
FILE = "Advanced: file"
LARGE = "Advanced: data in parts"
PANELS = (MAIN, TABLE, TRAINING, FILE, LARGE)
READING: Mapping[type[Any], str] = {ReadSettings: FILE}
FITTING: Mapping[type[Any], str] = {
    TableSettings: TABLE,
    NetworkSettings: TRAINING,
    EffortSettings: TRAINING,
    TrainingSettings: TRAINING,
    StartSettings: TRAINING,
    StoppingRules: TRAINING,
    ReadSettings: FILE,
    PartOfTestFile: FILE,
}


def examples(*lines: str) -> str:
    """Return the end of a help text: examples of command lines."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines)))


def folder_option(default: str) -> Any:
    """Return the option --output of a command that makes a folder.

    Parameters
    ----------
    default : str
        The default name, for the help text.
    """
    return main_option(
        "--output",
        "-o",
        metavar="FOLDER",
        readable=False,
        help=f"{_FOLDER} {default_in_words(default)}",
        show_default=False,
    )


def table_option(contents: str) -> Any:
    """Return the option --output of a command that writes a table.

    Parameters
    ----------
    contents : str
        What the file contains, for the help text.
    """
    return main_option(
        "--output",
        "-o",
        metavar="FILE",
        readable=False,
        help=f"File for {contents}: .csv, .csv.gz, .parquet or .xlsx.",
        show_default=False,
    )


_FOLDER = "Folder for the results; if it exists, NAME-1, NAME-2, ... is used instead."
argument = functools.partial(typer.Argument, readable=False, show_default=False)
# readable=False: typer's own check gives no advice.

_MODEL = "Model: the file model.json that 'sheernet fit' wrote, or its folder."

DataFile = Annotated[
    Path,
    argument(
        metavar="DATA",
        help="Table: .csv, .tsv, .txt, .parquet, .xlsx, .ods or .mat; text files may be compressed (.gz, ...).",
    ),
]
RowsFile = Annotated[
    Path | None,
    argument(
        metavar="DATA",
        help="Table with the input columns of the model, such as that of its fit; by default up to 100 rows that the "
        "model stores.",
    ),
]
_SEVERAL_FILES = (
    "or several files, a folder, or a pattern in quotes ('data/*.parquet'), which are read in parts"
)
DataFiles = Annotated[
    list[Path],
    argument(
        metavar="DATA",
        help="Table: .csv, .tsv, .txt, .parquet, .xlsx, .ods or .mat; text files may be compressed (.gz, ...); "
        f"{_SEVERAL_FILES}.",
    ),
]
ModelFile = Annotated[Path, argument(metavar="MODEL", help=_MODEL)]
Target = Annotated[
    list[str],
    main_option(
        "--target",
        "-t",
        metavar="COLUMN",
        help=f"Column to predict; {SEVERAL}.",
    ),
]
Methods = Annotated[
    list[str],
    main_option(
        metavar="NAMES",
        help="Optimizers to compare, separated by commas: auto, lm, hybrid, bfgs, lbfgs, adam, gd, or scipy:NAME, a "
        "method of scipy.optimize.minimize.",
        autocompletion=completion.completing_list(completion.methods),
    ),
]
ModelToCheck = Annotated[Path | None, argument(metavar="MODEL", help=_MODEL)]
DataToCheck = Annotated[
    Path | None, argument(metavar="DATA", help="Table of rows to check the gradient on.")
]
Function = Annotated[
    str | None,
    main_option(
        metavar="PACKAGE.MODULE:NAME",
        help="Check this instead of a model: a sheernet.Problem, a tuple (f, grad, x) or (f, grad, x, names), or a "
        "function of no arguments that returns one.",
        show_default=False,
    ),
]
Extent = Annotated[
    Literal["auto", "entries", "directions"],
    main_option(
        help="Compare each entry, or a few random directions; auto chooses directions if checking every entry "
        "takes too long.",
        case_sensitive=False,
    ),
]
CheckMethod = Annotated[
    Literal["auto", "complex", "differences"],
    main_option(
        help="Compute numerical derivatives by the complex-step method or by finite differences; auto chooses.",
        case_sensitive=False,
    ),
]
Force = Annotated[
    bool,
    main_option("--force", help="Overwrite earlier results in the folder; other files are kept."),
]
ForceFile = Annotated[bool, main_option("--force", help="Overwrite the file if it exists.")]
Pictures = Annotated[
    Path | None,
    main_option(
        metavar="FOLDER",
        help="Folder for pictures of the result; if it exists, NAME-1, NAME-2, ... is used instead.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    main_option("--json", help="Print one JSON document instead of text, also for errors."),
]
Verbose = Annotated[
    bool,
    main_option(
        "--verbose", help="Print also the data, the training, each network and the settings."
    ),
]
VerboseCheck = Annotated[
    bool,
    main_option(
        "--verbose", help="Print every comparison and the criterion even if the check passes."
    ),
]
ModelToDescribe = Annotated[
    Path | None,
    argument(
        metavar="MODEL",
        help="Model to describe, instead of the installation: model.json, or its folder.",
    ),
]
