"""`assemble`: build a `Model` from the result of `train`, its rows and settings, and evaluate it on the rows."""

from __future__ import annotations

import datetime
import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from sheernet.data.targets import Judgment, NumberTargets, RegressionFit
from sheernet.data.targets.judgment import weight_of
from sheernet.data.targets.metric_errors import accuracy_error, figure_errors
from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array, Indices, are_counts, equal_rows
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.plain_data import plain
from sheernet.models.data_region import DataRegion
from sheernet.models.density import log_densities_of
from sheernet.models.fitting.fitted_member import fitted_member
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.member import Member, mean_location
from sheernet.models.model import FoldOutputs, Model, Provenance
from sheernet.training.training import Training
from sheernet.version import __version__


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Metrics of other predictions of the rows that a model is evaluated on.

    Parameters
    ----------
    fits : mapping of str to RegressionFit or ClassificationFit
        Their metrics, by name.
    gain_errors : mapping of str to list of float
        The standard error of the gain of the model over each of them, for each target.
    """

    fits: Mapping[str, Judgment] = field(default_factory=dict)
    gain_errors: Mapping[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Metrics of a model and of other predictions on rows that it was not fitted to.

    Parameters
    ----------
    fit : RegressionFit or ClassificationFit, or None
        Metrics of the model; None if there are no such rows.
    comparisons : Comparisons
        Metrics of other predictions of the same rows.
    rows : str
        The kind of rows, as `Model.evaluation`.
    spread : float
        Factor on the standard deviation of the density of each member.
    scores : ndarray, (n, K)
        |y - mean| / standard deviation of these rows; empty if there are none.
    score_weights : ndarray, (n,), optional
        Case weights of the scores.
    fold_outputs : FoldOutputs, optional
        Predictions of these rows, if they are folds.
    errors : mapping of str to list
        Standard errors of the metrics of these rows, as returned by `errors_of_figures`.
    groups : ndarray of int, optional
        The group of each of these rows.
    cases : int, optional
        The number of equal rows that these rows count as, if their case weights are counts.
    """

    fit: Judgment | None
    comparisons: Comparisons = field(default_factory=Comparisons)
    rows: str = ""
    spread: float = 1.0
    scores: Array = field(default_factory=lambda: np.zeros((0, 0)))
    score_weights: Array | None = None
    fold_outputs: FoldOutputs | None = None
    errors: Mapping[str, list[float]] = field(default_factory=dict)
    groups: Indices | None = None
    cases: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Return facts about the metrics, which the model stores in its settings."""
        found: dict[str, Any] = {"evaluation_errors": dict(self.errors)} if self.errors else {}
        if self.groups is not None:
            found["evaluation_groups"] = len(np.unique(self.groups))
        if self.cases is not None:
            found["evaluation_cases"] = self.cases
        if self.comparisons.gain_errors:
            found["evaluation_gain_errors"] = dict(self.comparisons.gain_errors)
        return found


def assemble(
    prepared: Prepared,
    result: Training,
    check: GradientReport,
    network_settings: Mapping[str, Any] = MappingProxyType({}),
    origins: Mapping[str, str] = MappingProxyType({}),
    members: Sequence[Member] = (),
    evaluation: Evaluation | None = None,
    comparisons: Comparisons | None = None,
) -> Model:
    """Build a model from the result of training.

    Parameters
    ----------
    prepared : Prepared
        The rows to train and evaluate on.
    result : Training
        The result of `train`.
    check : GradientReport
        The gradient check at the initial weights.
    network_settings : mapping
        Settings of the network: hidden, activation, decay.
    origins : mapping of str to str
        Whether each setting was "given" or has its "default" value.
    members : sequence of Member
        The networks, if not only the network of the result.
    evaluation : Evaluation, optional
        Metrics on unseen rows; by default those of `prepared.evaluation`.
    comparisons : Comparisons, optional
        Metrics of other predictions of `prepared.evaluation`.
    """
    verdict = check.to_dict()
    training_settings = dict(result.settings)
    training_settings.pop("target")  # the objective at which to stop, not the target column
    members = tuple(members) or (fitted_member(result),)
    training_fit = _evaluate(prepared, members, prepared.training)
    if evaluation is None:
        rows, comparisons = prepared.evaluation, comparisons or Comparisons()
        evaluation = Evaluation(None, comparisons)
        if rows is not None:
            fit = _evaluate(prepared, members, rows, training_fit)
            evaluation = Evaluation(
                fit, comparisons, groups=rows.groups, cases=cases_of(rows.weights, fit.rows),
                errors=errors_of_figures(prepared, rows, mean_location(members, rows.X)),
            )  # fmt: skip
    settings = plain(
        {**prepared.settings, **network_settings, **training_settings, **evaluation.settings},
        nonfinite="keep",
    )
    return Model(
        inputs=prepared.inputs,
        targets=prepared.targets,
        members=members,
        reduction=result.settings["reduction"],
        training_fit=training_fit,
        held_out_fit=evaluation.fit,
        comparisons=evaluation.comparisons.fits,
        evaluation=evaluation.rows,
        spread=evaluation.spread,
        scores=evaluation.scores,
        score_weights=evaluation.score_weights,
        fold_outputs=evaluation.fold_outputs,
        gradient_check={
            key: verdict[key] for key in ("verdict", "criterion", "norm_ratio", "method")
        },
        settings=settings,
        origins={name: origin for name, origin in origins.items() if name in settings},
        notices=prepared.notices,
        reading=prepared.read_as,
        provenance=_provenance(prepared, result),
        rows=prepared.rows,
        region=DataRegion.learn(prepared.inputs, prepared.training.X, prepared.training.weights),
    )


def errors_of_figures(prepared: Prepared, rows: Encoded, outputs: Array) -> dict[str, list[float]]:
    """Return standard errors of the RMSE and R^2 of each target, in its units; empty if one is not known.

    For classes, return the standard error of the accuracy if the rows have groups or weights that are not counts; else
    the accuracy and the number of rows determine it.

    Parameters
    ----------
    prepared : Prepared
        The encoders of the targets.
    rows : Encoded
        The rows.
    outputs : ndarray, (N, K)
        Predictions, on the scale of the network.
    """
    if not isinstance(prepared.targets, NumberTargets):
        are_cases = rows.weights is None or are_counts(rows.weights)
        if rows.groups is None and are_cases:
            return {}
        correct = prepared.targets.decode(outputs) == rows.truth
        error = accuracy_error(correct, rows.weights, rows.groups)
        return {"accuracy": [error]} if np.isfinite(error) else {}
    rmse, r2 = figure_errors(outputs, rows.y, rows.weights, rows.groups)
    if not np.isfinite([rmse, r2]).all():
        return {}
    return {"rmse": (rmse * np.array(prepared.targets.scale)).tolist(), "r2": r2.tolist()}


def cases_of(weights: Array | None, n_rows: int) -> int | None:
    """Return how many equal rows rows of a table, or all their parts, count as; None if it is their number `n_rows`."""
    cases = n_rows if weights is None else int(equal_rows(weights, len(weights)).sum())
    return None if cases == n_rows else cases


def of_whole_rows(fit: Judgment, n_rows: int, parts: Encoded) -> Judgment:
    """Return the metrics of parts of rows as those of the `n_rows` rows."""
    return replace(fit, rows=n_rows, weight=weight_of(n_rows, float(parts.case_weights.sum())))


def _evaluate(
    prepared: Prepared, members: Sequence[Member], rows: Encoded, training: Judgment | None = None
) -> Judgment:
    """Return metrics of the mean of the members on rows, with the log density of held-out rows if it is known."""
    targets = prepared.targets
    fit = targets.judge(mean_location(members, rows.X), rows.truth, rows.weights, training)
    if training is None or len(members) > 1 or not isinstance(fit, RegressionFit):
        return fit
    assert isinstance(targets, NumberTargets)
    try:
        logs = log_densities_of(members[0], targets, rows.X, rows.y, rows.truth)
    except InvalidInput:  # the cost is not a likelihood, or the network is large
        return fit
    return with_log_density(fit, targets, logs, rows.weights)


def with_log_density(
    fit: RegressionFit, targets: Any, log_densities: Array, weights: Array | None
) -> RegressionFit:
    """Add the mean log density of rows to their metrics.

    Parameters
    ----------
    fit : RegressionFit
        Metrics of the rows.
    targets : NumberTargets
        The target columns, in whose units the log density is given.
    log_densities : ndarray, (N,)
        Log densities of the rows, on the scale of the network.
    weights : ndarray, (N,), or None
        Case weights.
    """
    mean = float(np.average(log_densities, weights=weights)) - float(np.log(targets.scale).sum())
    return replace(fit, log_density=mean if np.isfinite(mean) else None)


def _provenance(prepared: Prepared, result: Training) -> Provenance:
    arrays = [
        array
        for rows in (prepared.training, prepared.evaluation)
        for array in (() if rows is None else (rows.X, rows.y))
    ]
    return provenance_of(
        engine=result.engine,
        method=result.method,
        seed=result.settings["seed"],
        data=prepared.training.source,
        reading=prepared.reading,
        data_sha256=sha256_of(*arrays),
        created=time_in_utc(),
    )


def provenance_of(**origin: Any) -> Provenance:
    """Return the `Provenance` of a model that is made by the current versions; `origin` has the other fields."""
    return Provenance(
        sheernet=__version__, numpy=np.__version__, python=platform.python_version(), **origin
    )


def sha256_of(*arrays: Array) -> str:
    """Return the SHA-256 of the numbers of arrays, in C order, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def time_in_utc(at: datetime.datetime | None = None) -> str:
    """Return a time in UTC, by default the present time, as in ISO 8601."""
    return (at or datetime.datetime.now(datetime.UTC)).isoformat(timespec="seconds")
