"""Choose the weight decay of a single network, one number for all weights, by cross-validation on the training rows.

    decays, large to small -> networks fitted without each fold, from a few starts -> mean cost of the rows of the fold

Of the starts without a fold, the start with the lowest training objective is used, as in the fit that follows.  The
fits use the mean of the losses, so the choice does not depend on the reduction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.time_limits import end_of, seconds_left
from sheernet.models.fitting.default_effort import with_default_effort
from sheernet.models.fitting.left_out_fits import weights_without_rows
from sheernet.models.fitting.preparation import Prepared
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.network.network import Network
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import make_objective
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import DEFAULT_DECAY
from sheernet.training.progress import SearchProgress
from sheernet.training.starts import first_starts

STEP = 10**0.5
DECAYS = tuple(10.0 ** (k / 2) for k in range(2, -11, -1))
"""Decays for means over the rows of standardized columns; the largest first."""
SAME = 1e-6
"""Relative difference up to which costs count as equal: several large decays make all weights zero up to rounding."""


@dataclass(frozen=True, eq=False)
class DecayChoice:
    """The costs of the decays that were tried, and the choice from them.

    Parameters
    ----------
    costs : ndarray, (number of decays, folds)
        Mean cost of the rows of each fold, without penalty, for the first of `DECAYS`.
    fold_weights : ndarray, (folds,)
        Sum of the case weights of each fold.
    scale : float
        Factor from `DECAYS` to the decay of the objective: 1 for means, the sum of all case weights for sums.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.fitting.cross_validated_decay import DecayChoice
    >>> choice = DecayChoice(np.array([[0.9, 0.5], [0.3, 0.5], [0.4, 0.6]]), np.array([1.0, 3.0]), 1.0)
    >>> print(choice)
    3.16, chosen from 3 values by 2 folds of the training rows; mean cost of the rows left out 0.45 (0.3 to 0.5 in a fold)
    """  # noqa: E501 - a line of the output

    costs: Array
    fold_weights: Array
    scale: float

    @property
    def best(self) -> int:
        """The index of the decay with the lowest mean cost of a row; among equal costs, of the largest decay."""
        means = self.costs @ self.fold_weights
        means = np.where(np.isnan(means), np.inf, means)
        return int(np.argmax(means <= means.min() + SAME * np.abs(means.min())))

    @property
    def decay(self) -> float:
        """The chosen decay, for the reduction of the objective; the default value if there was no time to try any."""
        return self.scale * DECAYS[self.best] if len(self.costs) else DEFAULT_DECAY

    def __str__(self) -> str:
        tried, folds = self.costs.shape
        if not tried:
            return f"{self.decay:.3g}, the default value: the time limit left no time to choose one"
        own, by = self.costs[self.best], counted(folds, "fold")
        mean = np.average(own, weights=self.fold_weights)
        spread = f" ({own.min():.4g} to {own.max():.4g} in a fold)" if folds > 1 else ""
        return (
            f"{self.decay:.3g}, chosen from {counted(tried, 'value')} by {by} of the training rows; "
            f"mean cost of the rows left out {mean:.4g}{spread}"
        )

    def notices(self) -> Iterator[str]:
        """Yield notices if the time limit or the range of `DECAYS` limited the choice."""
        tried = len(self.costs)
        if tried < len(DECAYS):
            yield sentence(
                "the time limit ended the choice of the decay after {} of {} values; increase {} to try all",
                tried, len(DECAYS), Setting("time_limit"),
            )  # fmt: skip
        ends = {0: ("largest", "larger", STEP), len(DECAYS) - 1: ("smallest", "smaller", 1 / STEP)}
        if tried and self.best in ends:
            end, beyond, factor = ends[self.best]
            yield sentence(
                "the chosen decay {:.3g} is the {} of those tried; for a {} one, set {}",
                self.decay, end, beyond, Setting("decay", float(f"{self.decay * factor:.3g}")),
            )  # fmt: skip


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
    ends = end_of(None if rules.time_limit is None else rules.time_limit / 2)
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
            left = seconds_left(ends)
            if left == 0:
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
