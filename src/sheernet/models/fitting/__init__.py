"""From a table to a model in one call: columns, scaling, held-out rows, training, judgment.

    table -> prepare (preparing.py) -> Prepared -> fit_prepared -> Model
    file     roles, encoders learned from the         encoded         network, record, fits
             training rows; test and validation rows  rows

Several trainings on the same rows (`sheernet.models.comparing`) share one `Prepared`.
"""

from __future__ import annotations

import datetime
import hashlib
import platform
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.data.targets import Judgment, Targets
from sheernet.derivatives import GradientReport, Problem, check_gradient
from sheernet.foundation.errors import InvalidInput, SheernetWarning
from sheernet.models.fitting.effort import settled
from sheernet.models.fitting.misspelled import refuse_misspelled
from sheernet.models.fitting.preparation import (
    UNNAMED,
    Encoded,
    Prepared,
    encode_rows,
    prepare,
)
from sheernet.models.fitting.splitting import FEWEST_ROWS_TO_HOLD_OUT, split_rows
from sheernet.models.model import Member, Model, Provenance
from sheernet.network.activations import get as get_activation
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import DecayLike, weight_decay
from sheernet.objective.objective import make_objective
from sheernet.training.training import Training, train
from sheernet.version import __version__

DEFAULT_DECAY = (
    1e-4  # on standardized columns: enough that a minimum exists, too little to be seen in the fit
)
ROWS_CHECKED = 200  # of the gradient check: more rows make it slower, not sharper

__all__ = [
    "DEFAULT_DECAY",
    "FEWEST_ROWS_TO_HOLD_OUT",
    "Encoded",
    "Prepared",
    "assemble",
    "check_model",
    "fit",
    "fit_prepared",
    "gradient_problem",
    "prepare",
    "split_rows",
]


def fit(
    table: Any,
    target: str | Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | None = None,
    task: str = "auto",
    scaling: str = "standardize",
    categories: Sequence[str] = (),
    rare: float = 0.01,
    unseen: str = "refuse",
    missing: str = "refuse",
    held_out: float = 0.25,
    validation: Any = None,
    test: Any = None,
    hidden: int | Sequence[int] = 10,
    activation: str = "tanh",
    decay: DecayLike = DEFAULT_DECAY,
    starts: int | None = None,
    cost_tolerance: float | None = None,
    seed: int | None = 0,
    **training: Any,
) -> Model:
    """Fit a network to the columns of a table.

    Numbers are scaled, categories become an input for each of their labels.  A target of numbers is predicted by a
    linear output with the mean squared error; one of text or booleans by probabilities with the cross-entropy.

    Parameters
    ----------
    table : path, DataFrame, mapping of columns, or Table
        See `read_table`.
    target : str or sequence of str
        The column, or columns, to predict.
    inputs : sequence of str, optional
        The columns to predict it from; by default all others, except those that can tell nothing (the model's
        `notices` name them).
    drop : sequence of str
        Columns not to use.
    weights : str, optional
        The column of case weights: a weight of k counts as k equal rows.
    task : {"auto", "regression", "classification"}
        By default numbers are regression, text and booleans classification.
    scaling : {"standardize", "minmax", "robust", "maxabs", "maximum", "none"}
        Of inputs and targets that are numbers.
    categories : sequence of str
        Columns of numbers whose values are only names, such as codes.
    rare : float
        Labels in less than this share of the training rows, or in a single row, share one input.
    unseen : {"refuse", "rare"}
        What to do with a label that the model does not know when it predicts.
    missing : {"refuse", "impute", "drop"}
        Missing values: refused; replaced by the median or the most frequent value (rows without target are left out);
        or their rows left out.
    held_out : float
        Share of rows that are kept from training and judged at the end, of each class about as much; none under 20
        rows, and none where `test` is given.
    validation : path, DataFrame, mapping of columns, or Table, optional
        Rows whose cost is recorded at each iteration; with `patience` they decide when to stop.
    test : path, DataFrame, mapping of columns, or Table, optional
        Rows to judge by at the end, in place of held-out ones.
    hidden : int or sequence of int
        Units of the hidden layer, or of each; () is a linear model.
    activation : str
        Of the hidden layers.
    decay : float, array_like (P,), or mapping
        Weight decay.  A number is for weights and not for biases; else as in `make_objective`.
    starts : int, optional
        How many networks are trained.  Left out, it goes by the size of the problem, training rows x weights: 10 up to
        1e6, 3 up to 1e7, and 1 above.
    cost_tolerance : float, optional
        A start stops where an iteration lowers the objective by less than this, relatively; 0 is never.  Left out, it
        is 0 up to training rows x weights of 1e7, and 1e-7 above.  A notice tells of either choice for a large problem.
    seed : int
        What the networks and the held-out rows are drawn from.
    **training
        Everything else that `train` takes: `method`, `max_iter`, `time_limit`, `patience`, `progress`, ...; not
        `resume`, which belongs to networks that only `train` knows.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        Before anything is trained, when the table or an argument is not allowed.

    Warns
    -----
    SheernetWarning
        For each of the model's notices: columns and rows that are left out, and what else was decided about the table.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> model = sn.fit(table, target="y", hidden=2, starts=1)
    >>> model.training_fit.rows, model.held_out_fit.rows
    (30, 10)
    """
    refuse_misspelled(training, str(training.get("method", "auto")), (fit, train))
    prepared = prepare(
        table, target, inputs=inputs, drop=drop, weights=weights, task=task, scaling=scaling, categories=categories,
        rare=rare, unseen=unseen, missing=missing, held_out=held_out, validation=validation, test=test, seed=seed,
    )  # fmt: skip
    return fit_prepared(
        prepared, hidden=hidden, activation=activation, decay=decay, starts=starts, cost_tolerance=cost_tolerance,
        seed=seed, **training,
    )  # fmt: skip


def fit_prepared(
    prepared: Prepared,
    *,
    hidden: int | Sequence[int] = 10,
    activation: str = "tanh",
    decay: DecayLike = DEFAULT_DECAY,
    starts: int | None = None,
    cost_tolerance: float | None = None,
    seed: int | None = 0,
    **training: Any,
) -> Model:
    """Train a network on prepared rows and judge it; parameters are those of `fit`.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInput, ShapeMismatch
        Before anything is trained, when an argument is not allowed.

    Warns
    -----
    SheernetWarning
        When a large problem gets fewer starts or an earlier end; the model's notices say it too.
    """
    targets = prepared.targets
    if training.get("resume") is not None:
        raise InvalidInput("fit does not take resume; use train(..., resume=...) on scaled columns")
    training["cost"] = _cost(training.get("cost"), targets)
    widths = tuple(np.atleast_1d(np.asarray(hidden)).tolist())
    arch = Architecture(
        (prepared.inputs.n_features, *widths, targets.n_outputs),
        hidden=activation,
        output=targets.output,
    )
    penalty = (
        weight_decay(arch, float(decay)) if isinstance(decay, (int, float, np.number)) else decay
    )
    network = Network.random(arch, seed, training.get("scheme", "glorot"))
    rows, watched = prepared.training, prepared.validation
    effort, said = settled(len(rows), network.theta.size, starts, cost_tolerance)
    check = _checked_gradient(network, rows, penalty, training)
    if said:
        warnings.warn(said, SheernetWarning, stacklevel=2)
        prepared = replace(prepared, notices=(*prepared.notices, said))
    result = train(
        network, rows.X, rows.y, decay=penalty, weights=rows.weights, starts=effort.starts,
        cost_tolerance=effort.cost_tolerance, seed=seed,
        validation=None if watched is None else (watched.X, watched.y, watched.weights), **training,
    )  # fmt: skip
    chosen = {"hidden": list(widths), "activation": activation, "decay": decay}
    return assemble(prepared, result, check, seed, chosen)


def check_model(model: Model, table: Any, **options: Any) -> GradientReport:
    """Check the gradient of a model's objective, at its weights, on the rows of a table.

    Parameters
    ----------
    model, table
        As for `gradient_problem`.
    **options
        Those of `check_gradient`.

    Returns
    -------
    GradientReport

    Raises
    ------
    InvalidInput
        When a column is missing, or the table holds what the model cannot take.
    """
    return check_gradient(gradient_problem(model, table), **options)


def gradient_problem(model: Model, table: Any) -> Problem:
    """A model's objective and its gradient, at its weights, on the rows of a table, for `check_gradient`.

    Parameters
    ----------
    model : Model
        Its network, cost, reduction and decay are taken.
    table : path, DataFrame, mapping of columns, or Table
        With the model's inputs and targets.

    Returns
    -------
    Problem

    Raises
    ------
    InvalidInput
        When a column is missing, or the table holds what the model cannot take.
    """
    column: Any = model.settings.get("weights")
    notices: list[str] = []
    rows = encode_rows(table, UNNAMED, model.inputs, model.targets, column, notices)
    for sentence in notices:
        warnings.warn(sentence, SheernetWarning, stacklevel=2)
    network = model.network
    objective = make_objective(
        network.architecture, rows.X, rows.y, cost=model.cost, reduction=model.reduction, decay=model.decay,
        weights=rows.weights,
    )  # fmt: skip
    return Problem.from_objective(objective, network.theta)


def assemble(
    prepared: Prepared,
    result: Training,
    check: GradientReport,
    seed: int | None,
    chosen: Mapping[str, Any],
) -> Model:
    """Put a model together from a training and what it was trained on; `chosen` are settings beside those of both."""
    verdict = check.to_dict()
    rows, judged = prepared.training, prepared.judged
    training_fit = _judge(prepared.targets, result.network, rows)
    return Model(
        inputs=prepared.inputs,
        targets=prepared.targets,
        members=(Member(result.network, 1.0),),
        cost=result.settings["cost"],
        reduction=result.settings["reduction"],
        decay=result.decay,
        training_fit=training_fit,
        held_out_fit=None
        if judged is None
        else _judge(prepared.targets, result.network, judged, training_fit),
        gradient_check={
            key: verdict[key] for key in ("verdict", "criterion", "norm_ratio", "method")
        },
        record=result.record,
        termination=result.termination,
        starts=result.starts,
        settings=_plain({**prepared.settings, **chosen, **_without_target(result.settings)}),
        notices=prepared.notices,
        provenance=_provenance(prepared, result, seed),
    )


def _without_target(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a training but for the objective at which to stop: a model's target is a column."""
    return {name: value for name, value in settings.items() if name != "target"}


def _plain(value: Any) -> Any:
    """A setting without NumPy: what a file brings back equal."""
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _cost(cost: Any, targets: Targets) -> Any:
    """The cost to train with, or a sentence where it does not belong to the task."""
    if cost is None:
        return targets.default_cost
    if not costs.get(cost).allows(get_activation(targets.output)):
        raise InvalidInput(
            f"{targets.task} has the output activation {targets.output!r}, with which the cost {cost!r} does not go; "
            f"leave it out (it is {targets.default_cost} then), or use train with the output that belongs to it"
        )
    return cost


def _checked_gradient(
    network: Network, rows: Encoded, decay: DecayLike, training: Mapping[str, Any]
) -> GradientReport:
    """Check the gradient at the first start on some of the rows."""
    some = rows.take(np.arange(min(len(rows), ROWS_CHECKED)))
    same = {
        name: training[name]
        for name in ("cost", "reduction", "engine", "threads")
        if name in training
    }
    objective = make_objective(
        network.architecture, some.X, some.y, decay=decay, weights=some.weights, **same
    )
    return check_gradient(objective, network.theta)


def _judge(
    targets: Targets, network: Network, rows: Encoded, training: Judgment | None = None
) -> Judgment:
    return targets.judge(network.predict(rows.X), rows.truth, rows.weights, training)


def _provenance(prepared: Prepared, result: Training, seed: int | None) -> Provenance:
    digest = hashlib.sha256()
    for rows in (prepared.training, prepared.judged):
        for array in () if rows is None else (rows.X, rows.y):
            digest.update(np.ascontiguousarray(array).data)
    return Provenance(
        sheernet=__version__,
        numpy=np.__version__,
        python=platform.python_version(),
        engine=result.engine,
        method=result.method,
        seed=seed,
        data=prepared.training.source,
        reading=prepared.reading,
        data_sha256=digest.hexdigest(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
