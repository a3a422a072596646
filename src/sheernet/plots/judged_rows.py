"""Rows with known targets, and their predictions by a model, for plots that evaluate a model.

For the table of the fit, rows that the networks were not fitted to are a separate group: held-out rows, or the
training rows again, each predicted by the networks of its fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.targets import NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import in_quotes
from sheernet.models.explaining.given_table import given_table
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.model import Model
from sheernet.models.report_beginning import number_of_folds
from sheernet.plots.agreement import Agreement, agreements
from sheernet.plots.estimator_source import model_of


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
    if set(given.table.columns) == set(model.inputs.names):
        raise InvalidInput(
            f"the table has the inputs of the model, but not {listed(list(map(in_quotes, model.targets.names)))}, the "
            "values to compare with; give a table with both, or a pair (X, y)"
        )
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


def refuse_beside_a_model(**given: object) -> None:
    """Raise if arguments that describe arrays, None if not given, come with a model, which has its own.

    Raises
    ------
    InvalidInput
        If one of them is given.
    """
    names = [name for name, value in given.items() if value is not None]
    if names:
        raise InvalidInput(
            f"a model has its own classes, target names and rows, and its table has the weights, but {listed(names)} "
            f"{plural_of(len(names), 'was', 'were')} given with a model; omit {plural_of(len(names), 'it', 'them')}, "
            "and give other rows as true, a table or a pair (X, y)"
        )


def agreements_of(
    predicted: Any,
    true: Any,
    held_out: npt.ArrayLike | None,
    target_names: Sequence[str] | None,
    weights: npt.ArrayLike | None,
    folds: int = 0,
) -> list[Agreement]:
    """Compare predictions, or those of a model for rows with the targets, with true values, target by target.

    Parameters
    ----------
    predicted : Model, fitted estimator, or array_like (N,) or (N, K)
        A model of numbers, or predictions.
    true : array_like, (N,) or (N, K); with a model a table or a pair (X, y)
        True values, or rows for `judged_groups`.
    held_out, target_names, weights, folds
        As for `agreements`, if arrays are given.

    Returns
    -------
    list of Agreement
        One for each target.

    Raises
    ------
    InvalidInput
        If the model predicts classes, an argument for arrays is given with it, or as for `judged_groups` and
        `agreements`.
    ShapeMismatch
        As for `judged_groups` and `agreements`.
    """
    source = model_of(predicted)
    if not isinstance(source, Model):
        return agreements(source, true, held_out, target_names, weights, folds)
    refuse_beside_a_model(
        held_out=held_out, target_names=target_names, weights=weights, folds=folds or None
    )
    if not isinstance(source.targets, NumberTargets):
        raise InvalidInput(
            "this picture needs a model of numbers, but a model of classes was given; confusion shows its errors"
        )
    groups = judged_groups(source, true)
    truth = np.concatenate([group.rows.truth for group in groups])  # (N, K)
    outputs = np.concatenate([group.outputs for group in groups])
    of_rows = [group.rows.weights for group in groups]
    known = [each for each in of_rows if each is not None]
    unseen: Any = None
    if groups[0].noun != "row":
        unseen = np.arange(len(truth)) >= len(groups[0].rows)
    return agreements(
        source.targets.decode(outputs).reshape(truth.shape), truth, unseen, source.targets.names,
        np.concatenate(known) if len(known) == len(groups) else None, groups[-1].folds,
    )  # fmt: skip


def _of(model: Model, noun: str, rows: Encoded) -> JudgedRows:
    return JudgedRows(noun, rows, model.mean_output(rows.X))
