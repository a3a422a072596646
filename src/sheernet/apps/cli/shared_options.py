"""The options that commands share, once each.  An option is called as the argument of the library that it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheernet.apps.cli import completion

DATA, COLUMNS, NETWORK, TRAINING = "Data", "Columns", "Network", "Training"
CHECK, RESULT = "Check", "Result"
PANELS = (DATA, COLUMNS, NETWORK, TRAINING, RESULT)  # of fit and compare


def examples(*lines: str) -> str:
    """The end of a help text: command lines to start from."""
    return "\n\n".join(("Examples:", *(f"  {line}" for line in lines)))


# ------------------------------------------------------------------------------------------ data
# readable=False: Typer would ask for permission itself, and refuse in a sentence that does not say so.

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
        help="model.json that 'fit' wrote.",
        show_default=False,
    ),
]
Samples = Annotated[
    str,
    typer.Option(
        help="Whether samples are the rows or the columns.",
        rich_help_panel=DATA,
        autocompletion=completion.completing(completion.samples),
    ),
]
Separator = Annotated[
    str | None,
    typer.Option(
        metavar="MARK",
        help="Between values: a mark, or comma, semicolon, tab, bar, blank.",
        show_default="found out",
        rich_help_panel=DATA,
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option(
        metavar="MARK", help="Decimal mark: . or ,", show_default="found out", rich_help_panel=DATA
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Of the text: utf-8, latin-1, ...",
        show_default="found out",
        rich_help_panel=DATA,
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Sheet of a workbook: its name, or its number from 1.",
        show_default="the first",
        rich_help_panel=DATA,
    ),
]
MissingValues = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LIST",
        help="Texts or numbers that stand for a missing value: -999,n/a.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]

# --------------------------------------------------------------------------------------- columns

Target = Annotated[
    list[str],
    typer.Option(
        "--target",
        "-t",
        metavar="COLUMN",
        help="Column to predict; several: a list, or repeat.",
        rich_help_panel=COLUMNS,
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMNS",
        help="Columns to predict from.",
        show_default="all that can tell something",
        rich_help_panel=COLUMNS,
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMNS",
        help="Columns not to use.",
        show_default=False,
        rich_help_panel=COLUMNS,
    ),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMNS",
        help="Columns of numbers that are only names, such as codes.",
        show_default=False,
        rich_help_panel=COLUMNS,
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Column of case weights: a row of weight 2 counts twice.",
        show_default="all rows count the same",
        rich_help_panel=COLUMNS,
    ),
]
Task = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="auto, regression or classification.",
        rich_help_panel=COLUMNS,
        autocompletion=completion.completing(completion.tasks),
    ),
]
Scaling = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Of columns of numbers: standardize, minmax, robust, maxabs, maximum or none.",
        rich_help_panel=COLUMNS,
        autocompletion=completion.completing(completion.scalings),
    ),
]
Rare = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        help="Categories in fewer of the rows than this share one input.",
        rich_help_panel=COLUMNS,
    ),
]
Unseen = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Categories that only occur when predicting: refuse, or rare.",
        rich_help_panel=COLUMNS,
        autocompletion=completion.completing(completion.unseen),
    ),
]
Missing = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Missing values: refuse, impute (median or most frequent), or drop (their rows).",
        rich_help_panel=COLUMNS,
        autocompletion=completion.completing(completion.missing),
    ),
]

# --------------------------------------------------------------------------------------- network

Hidden = Annotated[
    str,
    typer.Option(
        metavar="UNITS",
        help="Units of the hidden layers: 10, or 10,5; 0 for none.",
        rich_help_panel=NETWORK,
    ),
]
Activation = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Of the hidden layers: tanh, sigmoid, relu, softplus, silu, ...",
        rich_help_panel=NETWORK,
        autocompletion=completion.completing(completion.activations),
    ),
]
Decay = Annotated[
    float, typer.Option(help="Weight decay, biases excepted.", rich_help_panel=NETWORK)
]
Cost = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What is minimized: squared_error, huber, ...",
        show_default="by the task",
        rich_help_panel=NETWORK,
        autocompletion=completion.completing(completion.costs),
    ),
]

# -------------------------------------------------------------------------------------- training

Method = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="auto, lm, bfgs, lbfgs, gd, adam, or scipy:NAME.",
        rich_help_panel=TRAINING,
        autocompletion=completion.completing(completion.methods),
    ),
]
Methods = Annotated[
    list[str],
    typer.Option(
        metavar="NAMES",
        help="Of lm, bfgs, lbfgs, adam, gd and scipy:NAME.",
        rich_help_panel=TRAINING,
        autocompletion=completion.completing_list(completion.methods),
    ),
]
Starts = Annotated[
    int | None,
    typer.Option(
        help="Networks to train; the best is kept.",
        show_default="10; 3 or 1 of a large problem",
        rich_help_panel=TRAINING,
    ),
]
MaxIter = Annotated[
    int, typer.Option(help="Most iterations of each start.", rich_help_panel=TRAINING)
]
CostTolerance = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Stop where an iteration lowers the objective by less; 0: never.",
        show_default="0; 1e-7 of a large problem",
        rich_help_panel=TRAINING,
    ),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="Most seconds.", show_default="none", rich_help_panel=TRAINING
    ),
]
HeldOut = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        help="Rows to judge by; none under 20 rows, nor with --test.",
        rich_help_panel=TRAINING,
    ),
]
Seed = Annotated[int, typer.Option(help="Same seed, same result.", rich_help_panel=TRAINING)]
Validation = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        readable=False,
        help="Rows whose cost is watched while training.",
        show_default="none",
        rich_help_panel=TRAINING,
    ),
]
Patience = Annotated[
    int | None,
    typer.Option(
        metavar="ITERATIONS",
        help="Stop when the cost of --validation has not fallen for so many.",
        show_default="never",
        rich_help_panel=TRAINING,
    ),
]
Test = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        readable=False,
        help="Rows to judge by at the end, in place of held-out ones.",
        show_default="none",
        rich_help_panel=TRAINING,
    ),
]

# ----------------------------------------------------------------------------------------- check

ModelToCheck = Annotated[
    Path | None,
    typer.Argument(
        metavar="MODEL", readable=False, help="model.json that 'fit' wrote.", show_default=False
    ),
]
DataToCheck = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATA",
        readable=False,
        help="Table to check it on, as for 'predict'.",
        show_default=False,
    ),
]
Function = Annotated[
    str | None,
    typer.Option(
        metavar="PACKAGE.MODULE:NAME",
        help="In place of a model: a Problem, a tuple (f, grad, x), or a function that returns one.",
        show_default=False,
        rich_help_panel=CHECK,
    ),
]
Extent = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Compare every entry (entries), or a few random directions (directions); auto goes by the time it takes.",
        rich_help_panel=CHECK,
        autocompletion=completion.completing(completion.extents),
    ),
]
CheckMethod = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="auto, complex (steps), or differences.",
        rich_help_panel=CHECK,
        autocompletion=completion.completing(completion.check_methods),
    ),
]

# ---------------------------------------------------------------------------------------- result

Folder = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        readable=False,
        help="Folder to make; NAME-1, NAME-2, ... where it exists.",
        show_default="DATA-COMMAND",
        rich_help_panel=RESULT,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Overwrite the results that are there; other files stay.",
        rich_help_panel=RESULT,
    ),
]
Pictures = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Draw what was found into a folder to make; NAME-1, NAME-2, ... where it exists.",
        show_default="none",
        rich_help_panel=RESULT,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Say everything in one JSON document, errors too.",
        rich_help_panel=RESULT,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress.", rich_help_panel=RESULT)
]
