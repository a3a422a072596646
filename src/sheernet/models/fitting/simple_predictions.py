"""The predictions with which a network is compared on the same unseen rows: a linear model, trees, a constant."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from sheernet.data.targets import ClassTarget, Judgment, RegressionFit
from sheernet.data.targets.metric_errors import gain_errors
from sheernet.foundation.arrays import Array
from sheernet.models.baselines import LINEAR, TREES, constant_prediction
from sheernet.models.fitting.assembly import Comparisons, with_log_density
from sheernet.models.fitting.fold_cases import FoldCases, fold_cases
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.member import Member, mean_location
from sheernet.network.activations import get_hidden
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.ensemble_candidates import Contest, linear_model
from sheernet.statistics.network_densities import ClassDensities, Densities, NumberDensities

LEAST_DEVIATION = 1e-8
"""Maximum standard deviation, relative to the largest target, for which targets are equal up to rounding."""
MOST_WORK = 1e9
"""Rows x (inputs x outputs, squared) up to which a linear model is compared with a single network: about a second.

The inputs count as at most the rows, in whose space the model is fitted."""


def contest_of(
    prepared: Prepared, settings: FitSettings, ends: float = inf, cases: FoldCases | None = None
) -> Contest:
    """Return the training rows with their folds, as a `Contest`.

    Parameters
    ----------
    prepared, settings : Prepared, FitSettings
        The rows, and the settings of the fit.
    ends : float
        End of the time limit, as a time of `time.monotonic`.
    cases : FoldCases, optional
        The rows as divided among folds, if they are known.
    """
    targets, effort = prepared.targets, settings.effort
    cases = cases or fold_cases(prepared.training, targets, settings.start.seed, prepared.groups)
    rows = cases.rows
    return Contest(
        rows.X, rows.y, rows.case_weights, cases.folds,
        cost=targets.default_cost, activation=get_hidden(settings.network.activation), output=targets.output,
        bias=settings.network.bias,
        transforms=settings.network.bias and settings.network.target_transform != "none",
        seed=settings.start.seed, scheme=settings.start.scheme, starts=effort.starts,
        where={"engine": settings.training.engine, "threads": settings.training.threads},
        ends=ends,
    )  # fmt: skip


def comparisons_on(
    prepared: Prepared, contest: Contest, rows: Encoded, outputs: Array,
    of_folds: Densities | None = None, of_trees: Array | None = None,
) -> Comparisons:  # fmt: skip
    """Return metrics of the linear model, unless the time limit leaves no time to fit it, of trees, and of a constant.

    Parameters
    ----------
    prepared : Prepared
        The targets and the training rows.
    contest : Contest
        The training rows.
    rows : Encoded
        The rows to evaluate on: unseen rows, or the rows held out in the folds.
    outputs : ndarray, (N, K)
        What the model predicts for them, on the scale of the network.
    of_folds : NumberDensities or ClassDensities, optional
        The linear model on the folds; otherwise `rows` are unseen, and it is fitted to all training rows.
    of_trees : ndarray, (N, K), optional
        What boosted trees predict for these rows.
    """
    if of_folds is None:
        model = linear_model(contest)
        line = None if model is None else model.densities(rows.X)
        constant = _constant(contest, np.arange(len(contest.X)), len(rows))
    else:
        line, constant = of_folds, _constant_in_folds(contest, rows)
    named: dict[str, tuple[Array, Array | None]] = {}
    if line is not None:
        named[LINEAR] = line.means, line.log(rows.y)
    if of_trees is not None:
        named[TREES] = of_trees, None
    named[constant_prediction(prepared.targets)] = constant.means, constant.log(rows.y)
    fits = {name: judged(prepared, rows, *each) for name, each in named.items()}
    own = _losses(prepared, outputs, rows.y)
    errors = {
        name: gain_errors(
            own, _losses(prepared, means, rows.y), weights=rows.weights, groups=rows.groups,
            are_relative=not isinstance(prepared.targets, ClassTarget),
        )
        for name, (means, _) in named.items()
    }  # fmt: skip
    known = {name: each.tolist() for name, each in errors.items() if np.isfinite(each).all()}
    return Comparisons(fits, known)


def comparisons_of_one_network(
    prepared: Prepared, settings: FitSettings, members: Sequence[Member], ends: float = inf
) -> Comparisons:
    """Return metrics of simple predictions of `prepared.evaluation`; none if there are no such rows, or too many.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        The settings of the fit.
    members : sequence of Member
        The network.
    ends : float
        End of the time limit, as a time of `time.monotonic`.
    """
    rows, (n_rows, n_inputs) = prepared.evaluation, prepared.training.X.shape
    n_weights = min(n_inputs, n_rows) * prepared.targets.n_outputs
    if rows is None or n_rows * n_weights**2 > MOST_WORK:
        return Comparisons()
    outputs = mean_location(members, rows.X)
    try:
        return comparisons_on(prepared, contest_of(prepared, settings, ends), rows, outputs)
    except np.linalg.LinAlgError:  # too few rows for a linear model
        return Comparisons()


def judged(
    prepared: Prepared, rows: Encoded, outputs: Array, log_densities: Array | None
) -> Judgment:
    """Return metrics of predictions of rows, in the units of the targets.

    Parameters
    ----------
    prepared : Prepared
        The targets, and the training rows, whose most frequent class is a baseline.
    rows : Encoded
        The rows.
    outputs : ndarray, (N, K)
        Predictions, on the scale of the network.
    log_densities : ndarray, (N,), or None
        Log densities of the targets, on the same scale; None if the predictions have no density.
    """
    targets = prepared.targets
    fit = targets.judge(outputs, rows.truth, rows.weights, frequencies(prepared))
    if not isinstance(fit, RegressionFit) or log_densities is None:
        return fit
    return with_log_density(fit, targets, log_densities, rows.weights)


def _losses(prepared: Prepared, outputs: Array, y: Array) -> Array:
    """Return the loss of each row that the figures average: squared errors, (N, K), or log losses, (N, 1)."""
    if isinstance(prepared.targets, ClassTarget):
        return -ClassDensities(outputs).log(y)[:, np.newaxis]
    return (outputs - y) ** 2


def frequencies(prepared: Prepared) -> Judgment | None:
    """Return the fit of a constant to the training rows, which contains their most frequent class."""
    targets, rows = prepared.targets, prepared.training
    if not isinstance(targets, ClassTarget):
        return None
    shares = rows.case_weights @ rows.y / rows.case_weights.sum()
    return targets.judge(np.tile(shares, (len(rows), 1)), rows.truth, rows.weights)


def _constant(contest: Contest, training: Any, n_rows: int) -> Densities:
    """Predict the mean of the targets of training rows, with their standard deviation, for any rows."""
    weights, y = contest.weights[training], contest.y[training]
    mean = weights @ y / weights.sum()
    means = np.tile(mean, (n_rows, 1))
    if contest.cost != "squared_error":
        return ClassDensities(means)
    deviation = np.sqrt(weights @ (y - mean) ** 2 / weights.sum())
    least = LEAST_DEVIATION * np.maximum(np.abs(contest.y).max(axis=0), np.finfo(float).tiny)
    return NumberDensities(means, np.tile(np.maximum(deviation, least), (n_rows, 1)))


def _constant_in_folds(contest: Contest, rows: Encoded) -> Densities:
    """Predict each held-out row by the constant of the rows outside its fold."""
    means, scales = np.empty(rows.y.shape), np.empty(rows.y.shape)
    of_judged = contest.folds.fold_of_row[contest.folds.judged]
    for fold in range(contest.folds.n_folds):
        own = of_judged == fold
        outside = np.flatnonzero(contest.folds.fold_of_row != fold)
        part = _constant(contest, outside, int(own.sum()))
        means[own] = part.means
        if isinstance(part, NumberDensities):
            scales[own] = part.scales
    return (
        NumberDensities(means, scales) if contest.cost == "squared_error" else ClassDensities(means)
    )
