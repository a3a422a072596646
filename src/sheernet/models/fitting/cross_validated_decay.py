"""Choose the weight decay of a single network, one number for all weights, by cross-validation on the training rows.

    decays, large to small -> networks fitted without each fold, from a few starts -> mean cost of the rows of the fold

Of the starts without a fold, the start with the lowest training objective is used, as in the fit that follows.  The
fits use the mean of the losses, so the choice does not depend on the reduction.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.models.fitting.decay_choice import DECAYS, DecayChoice
from sheernet.models.fitting.default_effort import with_default_effort
from sheernet.models.fitting.left_out_fits import weights_without_rows
from sheernet.models.fitting.preparation import Prepared
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.network.network import Network
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import make_objective
from sheernet.settings.fit_settings import FitSettings
from sheernet.training.progress import SearchProgress
from sheernet.training.starts import first_starts

MOST_STARTS_OF_FOLD = 3


def choose_decay(
    prepared: Prepared, settings: FitSettings, network: Network, cost: Any
) -> DecayChoice:
    """Try decays until all are tried or half of the time limit is spent.

    Parameters
    ----------
    prepared : Prepared
        The rows; those for evaluation and for validation are not used.
    settings : FitSettings
        The settings of the fit.
    network : Network
        Start 0.
    cost : str or Cost
        The cost to minimize, and to compare decays.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a setting is invalid; in this case nothing is fitted.
    KeyboardInterrupt
        If Ctrl-C is pressed: without a choice there is no network to keep.
    """
    rules, training, start = settings.rules, settings.training, settings.start
    ends = None if rules.time_limit is None else time.monotonic() + rules.time_limit / 2
    rules.require_validation(prepared.validation)
    contest = contest_of(prepared, settings)
    effort, _ = with_default_effort(len(contest.X), network.theta.size, settings.effort)
    n_starts = min(effort.starts or 1, MOST_STARTS_OF_FOLD)
    starts = first_starts(network, n_starts, start.scheme, start.seed)
    objective = make_objective(
        network.architecture, contest.X, contest.y, weights=contest.weights, cost=cost, **contest.where
    )  # fmt: skip
    outside = list(contest.folds.training_weights(contest.weights))  # no case weight is 0
    judges = [objective.replace(weights=contest.weights - each) for each in outside]
    limits = replace(rules, cost_tolerance=effort.cost_tolerance or 0.0)
    scale = float(contest.weights.sum()) if settings.network.reduction == "sum" else 1.0
    costs, bar = [], SearchProgress()
    with bar if training.progress else nullcontext() as report_progress:
        for decay in DECAYS:
            left = None if ends is None else ends - time.monotonic()
            if left is not None and left <= 0:
                break
            if training.progress:
                bar.trying(f"decay {scale * decay:.3g}")
            vector = weight_decay(network.architecture, decay)
            thetas = weights_without_rows(
                objective, starts, vector, outside, training, replace(limits, time_limit=left), report_progress
            )  # fmt: skip
            if thetas is None:
                break
            costs.append([judge.value(theta) for judge, theta in zip(judges, thetas, strict=True)])
    fold_weights = np.array([(contest.weights - each).sum() for each in outside])
    return DecayChoice(np.array(costs).reshape(-1, len(judges)), fold_weights, scale)
