"""`Model.score`: one number for the agreement of predictions with true values, R^2 or accuracy."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from sheernet.data.columns.column_types import REFIT_ADVICE
from sheernet.data.targets import Judgment, RegressionFit
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.models.fitting.preparation import UNNAMED, Encoded, encode_rows

if TYPE_CHECKING:
    from sheernet.models.model import Model


def rows_to_score(model: Model, table: Any, target: Any) -> Encoded:
    """Encode the rows of `Model.score`.

    Parameters
    ----------
    model : Model
        Its encoders are used, and the column of case weights of its fit if the table has it.
    table, target
        As in `Model.score`.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a value is missing or cannot be encoded, or the target is the name of another column.

    Warns
    -----
    SheernetWarning
        If rows are left out or missing values are filled, according to the settings of the fit.
    """
    source = table_to_score(model, table, target)
    notices: list[str] = []
    column: Any = model.settings.get("weights")
    rows = encode_rows(
        source,
        UNNAMED,
        model.inputs,
        model.targets,
        column,
        notices,
        advice=REFIT_ADVICE,
        like=model.reading,
    )
    for notice in notices:
        warn(notice)
    return rows


def table_to_score(model: Model, table: Any, target: Any) -> Any:
    """The table, or a tuple of the table and the true values if they are given separately.

    Raises
    ------
    InvalidInput
        If the target is the name of another column.
    """
    names = model.targets.names
    if target is None or _are_names(target, names):
        return table
    if isinstance(target, (str, os.PathLike)):
        raise InvalidInput(
            "{} must be the true values of {!r}, one for each row, but {!r} was given; omit it if the table "
            "has this column",
            Setting("target"), names[0], target,
        )  # fmt: skip
    return table, target


def _are_names(target: Any, names: tuple[str, ...]) -> bool:
    """Whether a target is the name, or the list of names, of the model's targets."""
    if isinstance(target, str):
        return (target,) == names
    if not isinstance(target, (list, tuple)):
        return False
    return all(isinstance(name, str) for name in target) and tuple(target) == names


def score_of(judgment: Judgment) -> float:
    """Return R^2, its mean over the targets if there are several, or the accuracy.

    A constant target has no R^2; the result is then nan, with a warning.
    """
    if not isinstance(judgment, RegressionFit):
        return judgment.accuracy
    known = [value for value in judgment.r2 if value is not None]
    if len(known) < len(judgment.r2):
        warn("a target has the same value in all rows, so R^2 is not defined: the score is nan")
        return math.nan
    return sum(known) / len(known)
