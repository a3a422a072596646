"""Fits that leave out rows: for each set of rows, the weights of the start with the lowest training objective.

The rows that are left out have the case weight 0, so that all fits are jobs of one call of `fit_jobs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.objective.objective import Objective
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.training_settings import TrainingSettings
from sheernet.training.jobs import Job, Status, fit_jobs


def weights_without_rows(
    objective: Objective,
    starts: Sequence[Array] | Array,
    decay: Array,
    case_weights: Sequence[Array],
    training: TrainingSettings,
    rules: StoppingRules,
    report_progress: Callable[[Status], object] | None = None,
) -> list[Array] | None:
    """Fit a network with each of several case weights from several starts.

    Parameters
    ----------
    objective : Objective
        The objective of all rows.
    starts : sequence of ndarray, (P,)
        Initial weights of each fit.
    decay : ndarray, (P,)
        Weight decay.
    case_weights : sequence of ndarray, (N,)
        Case weights, 0 for the rows that are left out.
    training : TrainingSettings
        The method and its options.
    rules : StoppingRules
        Iterations, tolerances, and the time limit of all fits together.
    report_progress : callable, optional
        As in `fit_jobs`.

    Returns
    -------
    list of ndarray, (P,), or None
        For each of the case weights, the weights of the start that ended at the lowest objective; None if the time
        limit ended a fit.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C was pressed.
    """
    jobs = [Job(theta, decay, weights) for weights in case_weights for theta in starts]
    fits = fit_jobs(
        objective, jobs, training.method, max_iter=rules.max_iter, gradient_tolerance=rules.gradient_tolerance,
        cost_tolerance=rules.cost_tolerance, time_limit=rules.time_limit, only_best=True,
        report_progress=report_progress, threads=training.threads or 1, **training.options,
    )  # fmt: skip
    if "interrupted" in fits.reasons:
        raise KeyboardInterrupt
    if "time_limit" in fits.reasons:
        return None
    objectives = fits.objectives.reshape(len(case_weights), -1)  # (case weights, starts)
    best = np.argmin(np.where(np.isnan(objectives), np.inf, objectives), axis=1)
    return [fits[int(job)].theta for job in best + objectives.shape[1] * np.arange(len(best))]
