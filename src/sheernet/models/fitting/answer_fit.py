"""The default fit: networks, shares, decay, size and noise from the data, evaluated on rows held out in folds.

Prepared -> Contest -> best_ensemble -> members, each trained to its optimum on all rows -> Model
-> figures of the judged rows: the ensemble, the linear model, a constant
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheernet.data.targets import ClassTarget, Judgment, RegressionFit
from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array
from sheernet.foundation.plain_data import plain
from sheernet.models.baselines import LINEAR, constant_prediction
from sheernet.models.density import densities_of
from sheernet.models.fitting.assembly import Evaluation, assemble
from sheernet.models.fitting.fitted_member import noise_and_factor_or_none
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.candidates import METHOD, Candidate, Contest
from sheernet.statistics.densities import ClassDensities, Densities, NumberDensities
from sheernet.statistics.ensemble import Ensemble, best_ensemble, mean_and_deviation
from sheernet.statistics.folds import Folds
from sheernet.statistics.stacking import mixture_log_density
from sheernet.training.progress import Progress
from sheernet.training.training import Training, train

MOST_SCORES = 2000
"""Rows whose errors a model keeps for conformal intervals."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions of rows, and the log density of their targets."""

    outputs: Array  # (N, K)
    log_densities: Array  # (N,), on the scale of the network
    deviations: Array  # (N, K), standard deviations on the same scale; empty for classes


def fit_answer(
    prepared: Prepared, settings: FitSettings, check: GradientReport, described: Mapping[str, Any]
) -> Model:
    """Find the best prediction that small networks give.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        With a decay that is chosen.
    check : GradientReport
        The gradient check.
    described : mapping
        Settings of the network, as the model keeps them.

    Returns
    -------
    Model
        Its figures are those of `prepared.evaluation`, or of folds of the training rows if there is none.
    """
    began = time.monotonic()
    contest = _contest(prepared, settings)
    of_network, limit = settings.network, settings.rules.time_limit
    bar = Progress(1, 1) if settings.training.progress else nullcontext()
    with bar as report_progress:
        ensemble = best_ensemble(
            replace(contest, report_progress=report_progress), isinstance(prepared.targets, ClassTarget),
            None if of_network.hidden_units_are_chosen else of_network.widths, limit,
        )  # fmt: skip
    left = None if limit is None else max(limit - (time.monotonic() - began), 0.0)
    trained = [
        _trained(prepared, contest, each, settings, ensemble, left) for each in ensemble.members
    ]
    members = tuple(
        _member(prepared, contest, each, result, float(share), ensemble)
        for each, result, share in zip(ensemble.members, trained, ensemble.shares, strict=True)
    )
    leading = int(np.argmax(ensemble.shares))
    evaluation = _evaluation(prepared, contest, settings, ensemble, members)
    return assemble(
        prepared, trained[leading], check, described, settings.origins(), members, evaluation
    )


def _contest(prepared: Prepared, settings: FitSettings) -> Contest:
    """The training rows with their folds."""
    rows, targets, effort = prepared.training, prepared.targets, settings.effort
    strata = targets.class_indices(rows.truth) if isinstance(targets, ClassTarget) else None
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    return Contest(
        rows.X, rows.y, weights, Folds.of(len(rows), settings.start.seed, strata),
        cost=targets.default_cost, activation=settings.network.activation, output=targets.output,
        seed=settings.start.seed, scheme=settings.start.scheme, starts=effort.starts,
        where={"engine": settings.training.engine, "threads": settings.training.threads},
    )  # fmt: skip


def _trained(
    prepared: Prepared, contest: Contest, candidate: Candidate, settings: FitSettings, ensemble: Ensemble,
    time_limit: float | None,
) -> Training:  # fmt: skip
    """The candidate trained to its optimum on all rows, with its decay in means over the rows."""
    rows, noise = prepared.training, candidate.noise
    rules = replace(settings.rules, time_limit=time_limit)
    if ensemble.interrupted and time_limit is None:
        rules = replace(rules, max_iter=0)
    result = train(
        candidate.network, rows.X, rows.y, weights=rows.weights, method=METHOD,
        cost=contest.cost if noise is None else noise.cost, reduction="mean",
        decay=candidate.decay / contest.weights.sum(), **contest.where,
        **{**vars(settings.start), **vars(rules), "starts": 1},
    )  # fmt: skip
    if ensemble.interrupted:  # by Ctrl-C, or because no time is left
        reason = "time_limit" if time_limit == 0 else "interrupted"
        starts = replace(result.starts, reasons=(reason,))
        result = replace(result, termination=Termination(reason), starts=starts)
    as_given = {"method": settings.training.method, "starts": settings.effort.starts}
    return replace(result, settings={**result.settings, **as_given})


def _member(
    prepared: Prepared, contest: Contest, candidate: Candidate, result: Training, share: float,
    ensemble: Ensemble,
) -> Member:  # fmt: skip
    minimized = {"cost": result.settings["cost"], "reduction": "mean", **contest.where}
    noise_variance, factor = noise_and_factor_or_none(result, prepared.training, minimized)
    total = float(contest.weights.sum())
    found = candidate.evidence
    evidence = {
        "log_evidence": found.log_evidence,
        "noise_variance": found.noise_variance,
        "effective_parameters": found.effective_parameters,
        "decay": {name: value / total for name, value in found.decay.items()},
        "effective": dict(found.effective),
        **candidate.search_facts,
        "sizes": ensemble.tried,
    }
    return Member(
        network=result.network, share=share, cost=result.settings["cost"], decay=result.decay,
        record=result.record, termination=result.termination, starts=result.starts,
        noise_variance=noise_variance, factor=factor, evidence=plain(evidence),
    )  # fmt: skip


def _evaluation(
    prepared: Prepared, contest: Contest, settings: FitSettings, ensemble: Ensemble, members: tuple[Member, ...]
) -> Evaluation:  # fmt: skip
    """Figures of the ensemble, the linear model and a constant on the same rows."""
    judged = contest.folds.judged
    if prepared.evaluation is None:
        rows = prepared.training.take(judged)
        own = Predicted(ensemble.means, ensemble.log_densities, ensemble.deviations)
        line = ensemble.line.densities
        constant = _constant_in_folds(contest, rows)
    else:
        rows = prepared.evaluation
        own = _mixture(ensemble, [densities_of(member, rows.X) for member in members], rows.y)
        result = _trained(prepared, contest, ensemble.line, settings, ensemble, None)
        line = densities_of(
            _member(prepared, contest, ensemble.line, result, 1.0, ensemble), rows.X
        )
        constant = _constant(contest, np.arange(len(contest.X)), len(rows))
    comparisons = {
        LINEAR: _judged(prepared, rows, Predicted(line.means, line.log(rows.y), np.empty(0))),
        constant_prediction(prepared.targets): _judged(
            prepared, rows, Predicted(constant.means, constant.log(rows.y), np.empty(0))
        ),
    }
    scores = np.zeros((0, 0))
    if own.deviations.size:
        some = slice(
            None, None, -(-len(rows) // MOST_SCORES)
        )  # rows are in no particular order of their errors
        scores = (np.abs(rows.y - own.outputs) / own.deviations)[some]
    return Evaluation(
        _judged(prepared, rows, own), comparisons, "folds" if prepared.evaluation is None else "",
        ensemble.spread, scores,
    )  # fmt: skip


def _mixture(ensemble: Ensemble, densities: list[Densities], y: Array) -> Predicted:
    """The prediction of the ensemble for rows that no member was fitted to."""
    logs = np.stack([each.log(y, ensemble.spread) for each in densities], axis=1)
    mean, deviation = mean_and_deviation(densities, ensemble.shares, ensemble.spread)
    return Predicted(mean, mixture_log_density(logs, ensemble.shares), deviation)


def _judged(prepared: Prepared, rows: Encoded, predicted: Predicted) -> Judgment:
    """Figures of predictions in the units of the targets."""
    targets = prepared.targets
    fit = targets.judge(predicted.outputs, rows.truth, rows.weights, _frequencies(prepared))
    if not isinstance(fit, RegressionFit):
        return fit
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    mean = float(predicted.log_densities @ weights / weights.sum())
    return replace(fit, log_density=mean - float(np.log(targets.scale).sum()))  # type: ignore[union-attr]


def _frequencies(prepared: Prepared) -> Judgment | None:
    """A fit of the training rows by a constant: it knows their most frequent class."""
    targets, rows = prepared.targets, prepared.training
    if not isinstance(targets, ClassTarget):
        return None
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    shares = weights @ rows.y / weights.sum()
    return targets.judge(np.tile(shares, (len(rows), 1)), rows.truth, rows.weights)


def _constant(contest: Contest, training: Any, n_rows: int) -> Densities:
    """The mean of the targets of training rows, with their standard deviation, for any rows."""
    weights, y = contest.weights[training], contest.y[training]
    mean = weights @ y / weights.sum()
    means = np.tile(mean, (n_rows, 1))
    if contest.cost != "squared_error":
        return ClassDensities(means)
    deviation = np.sqrt(weights @ (y - mean) ** 2 / weights.sum())
    return NumberDensities(means, np.tile(np.maximum(deviation, np.finfo(float).tiny), (n_rows, 1)))


def _constant_in_folds(contest: Contest, rows: Encoded) -> Densities:
    """For each judged row, the constant of the rows outside its fold."""
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
