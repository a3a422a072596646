"""Rows with known targets, and their predictions by a model, for plots that evaluate a model.

For the table of the fit, rows that the networks were not fitted to are a separate group: held-out rows, or the
training rows again, each predicted by the networks of its fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.models.explaining.given_table import given_table
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.model import Model
from sheernet.models.report_beginning import number_of_folds


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """A group of rows.

    Parameters
    ----------
    noun : str
        "row" for another table; "training row", "held-out row" or "row left out in 5 folds" for the table of the fit.
    rows : Encoded
        The N rows with their targets.
    outputs : ndarray, (N, K)
        Outputs, as returned by `Model.mean_output`.
    refitted : bool
        Whether the outputs are from networks other than the model's, fitted without these rows.
    folds : int
        Number of folds in which these rows were left out; otherwise 0.
    """

    noun: str
    rows: Encoded
    outputs: Array
    refitted: bool = False
    folds: int = 0


def judged_groups(model: Model, rows: Any) -> tuple[JudgedRows, ...]:
    """Predict rows with known targets; the last group is the best one to evaluate the model.

    Parameters
    ----------
    model : Model
        The model.
    rows : path, DataFrame, mapping of columns, Table, or pair (X, y)
        A table with the targets, or inputs and targets.

    Returns
    -------
    tuple of JudgedRows
        All rows of another table; or, for the table of the fit, the training rows and, if there are some, the rows that
        the networks were not fitted to.

    Raises
    ------
    InvalidInput, ShapeMismatch
        As for `Model.score`.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.judged_rows import judged_groups
    >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 10) ** 2 for i in range(40)]}
    >>> model = sn.fit(table, "y", hidden=0, decay=1e-4, starts=1)
    >>> [(group.noun, len(group.rows)) for group in judged_groups(model, table)]
    [('training row', 30), ('held-out row', 10)]
    """
    given = given_table(model, rows)
    if given.roles is None:
        return (_of(model, "row", given.with_targets("used")),)
    training = _of(model, "training row", given.with_targets("training"))
    if len(given.roles.held_out):
        return training, _of(model, "held-out row", given.with_targets("held_out"))
    left_out = model.fold_outputs
    if left_out is None:
        return (training,)
    n_judged = len(np.unique(left_out.rows))
    folds = number_of_folds(n_judged, len(training.rows), model.settings)
    noun = f"row left out in {folds} folds" if folds > 1 else "held-out row"
    again = JudgedRows(noun, training.rows.take(left_out.rows), left_out.outputs, True, folds)
    return training, again


def _of(model: Model, noun: str, rows: Encoded) -> JudgedRows:
    return JudgedRows(noun, rows, model.mean_output(rows.X))
