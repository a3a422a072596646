"""Settings of a table: roles of columns, missing values, scaling, and rows for evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, get_args

from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.scalars import as_share
from sheernet.foundation.sentences import Setting
from sheernet.settings.option import option

Task = Literal["auto", "regression", "classification"]
Scaling = Literal["standardize", "minmax", "robust", "rms", "maxabs", "maximum", "none"]
Unseen = Literal["auto", "rare", "refuse"]
UnseenInPredictions = Literal["refuse", "rare", "missing"]
Cycles = Literal["auto", "none"]
Missing = Literal["impute", "drop", "refuse"]

DEFAULT_HELD_OUT = 0.25
SEVERAL = "for several columns, separate names by commas or repeat the option; quote names that contain spaces"
"""The help text for several columns at a command line."""


@dataclass(frozen=True, eq=False)
class TableSettings:
    """Roles of the columns and rows of a table; see `sheernet.fit` for the parameters.

    Raises
    ------
    InvalidInput
        If the value of a setting is not allowed.
    """

    inputs: Sequence[str] | None = option(
        None, f"Columns to predict from; {SEVERAL}.", typed=list[str] | None, metavar="COLUMNS",
        shown="all columns except the target, constant columns and row numbers", main=True,
    )  # fmt: skip
    drop: Sequence[str] = option(
        (), f"Columns to leave out; {SEVERAL}.", typed=list[str] | None, metavar="COLUMNS",
        main=True,
    )  # fmt: skip
    categories: Sequence[str] = option(
        (), "Numeric columns to treat as categories, such as postal codes.", typed=list[str] | None,
        metavar="COLUMNS",
    )  # fmt: skip
    weights: Any = option(
        None, "Column of row weights: a row of weight 2 counts twice, and rows of weight 0 are left out.",
        typed=str | None, metavar="COLUMN", shown="equal weights",
    )  # fmt: skip
    groups: Any = option(
        None, "Column of groups, such as patients: all rows of a group are in the same fold, or are held out together; "
        "the column is not an input.", typed=str | None, metavar="COLUMN", shown="each row is a group",
    )  # fmt: skip
    task: str = option(
        "auto", "Task: regression or classification; auto chooses by the type of the target.", typed=Task,
        metavar="NAME",
    )  # fmt: skip
    scaling: str = option(
        "standardize", "Scaling of numeric columns: standardize, minmax, robust, rms (divide by the root mean square), "
        "maxabs (divide by the largest absolute value), maximum (divide by the largest value) or none.",
        typed=Scaling, metavar="NAME",
    )  # fmt: skip
    output_activation: str | None = option(
        None, "Output activation for numeric targets: identity, or one that limits predictions: sigmoid (0 to 1), "
        "tanh (-1 to 1), softplus or exp (above 0).", metavar="NAME", shown="identity; sigmoid or softmax for classes",
    )  # fmt: skip
    rare: float = option(
        0.01,
        "Labels in fewer rows than this fraction, or in a single row, are combined into one category '(rare)'.",
        metavar="FRACTION",
    )
    unseen: str = option(
        "auto",
        "Labels that are not in the training rows: rare treats them as rare, refuse gives their rows no prediction, "
        "auto treats them as rare in columns with rare labels.",
        typed=Unseen,
    )
    missing: str = option(
        "impute", "Missing values of inputs: impute fills them with the median (the mean, if training rows in shards "
        "have no missing value) or the most frequent value, drop leaves out the rows, refuse stops with an error.",
        typed=Missing, main=True,
    )  # fmt: skip
    cycles: str = option(
        "auto", "Cycles of dates: auto adds hour of day, weekday and season as inputs if the rows span nearly two "
        "days, four weeks or two years, respectively; none keeps only the trend.",
        typed=Cycles,
    )  # fmt: skip
    held_out: float | None = option(
        None, "Fraction of rows held out for evaluation, from 0 to below 1; no rows are held out from a "
        "table of fewer than 20 rows.",
        metavar="FRACTION", main=True,
        shown=f"none if the decay is evidence, as rows are evaluated in folds; {DEFAULT_HELD_OUT:g} otherwise",
    )  # fmt: skip
    validation: Any = option(
        None, "File of validation rows, used for early stopping with --patience; for data in shards also a fraction of "
        "their rows, such as 0.1.", typed=Path | None, metavar="FILE", shown="none",
    )  # fmt: skip
    test: Any = option(
        None, "File of test rows, used for evaluation instead of held-out rows.", typed=Path | None,
        metavar="FILE", shown="none", main=True,
    )  # fmt: skip

    def __post_init__(self) -> None:
        for name, allowed in (
            ("task", Task),
            ("unseen", Unseen),
            ("missing", Missing),
            ("cycles", Cycles),
        ):
            require_known(Setting(name), getattr(self, name), get_args(allowed))
        if self.held_out is not None:
            as_share("held_out", self.held_out, example=DEFAULT_HELD_OUT)
        as_share("rare", self.rare, example=0.01)
        if self.test is not None and self.held_out not in (None, 0):
            raise InvalidInput(
                "{} and {} cannot be combined: with {} no rows are held out; omit one of them",
                Setting("test"), Setting("held_out"), Setting("test"),
            )  # fmt: skip
        for name, what in (("weights", "weight"), ("groups", "group")):
            given = getattr(self, name)
            if _is_name(given):
                object.__setattr__(self, name, str(given))
            elif given is not None and not _are_values(given):
                raise InvalidInput(
                    "{} must be the name of a column or an array with a {} for each row, but {!r:.60} was given",
                    Setting(name), what, given,
                )  # fmt: skip
        for name in ("inputs", "drop", "categories"):
            if name != "inputs" or self.inputs is not None:
                object.__setattr__(self, name, names_of(name, getattr(self, name)))


def _are_values(given: object) -> bool:
    """Whether a value is a sequence, a column or an array, of at least one dimension."""
    return (
        hasattr(given, "__len__")
        and hasattr(given, "__getitem__")
        and not (isinstance(given, (bytes, Mapping)) or getattr(given, "ndim", 1) == 0)
    )


def names_of(role: str, names: str | int | Sequence[str | int]) -> tuple[str, ...]:
    """Return the column names of a role as a tuple; a whole number stands for its decimal text.

    Raises
    ------
    InvalidInput
        If `names` is neither a name nor a sequence of names.

    Examples
    --------
    >>> from sheernet.settings.table_settings import names_of
    >>> names_of("drop", "day"), names_of("target", ["a", "b"]), names_of("target", 3)
    (('day',), ('a', 'b'), ('3',))
    """
    if _is_name(names):
        return (str(names),)
    if not isinstance(names, Sequence) or not all(map(_is_name, names)):
        raise InvalidInput(
            "{} must be the name of a column or a list of names, but {!r:.60} was given",
            Setting(role),
            names,
        )
    return tuple(map(str, names))


def _is_name(given: object) -> bool:
    """Whether a value is text, or a whole number: columns of a DataFrame are often called 0, 1, 2, ..."""
    return isinstance(given, (str, Integral)) and not isinstance(given, bool)
