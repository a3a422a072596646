"""What the training of a single network needs of the time left: one iteration, and the uncertainty of its weights."""

from __future__ import annotations

import time
from math import inf

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.models.fitting.fit_plan import FitPlan
from sheernet.models.fitting.fitted_member import MOST_WEIGHTS_WITH_FACTOR
from sheernet.statistics.ensemble_candidates import SHORTEST
from sheernet.statistics.evidence_time import seconds_of_evidence

SLOW = 1e-9
"""Seconds per row and weight for a value and its gradient, on a slow processor."""
MOST_SHARE = 0.5
"""Maximum fraction of the time left that is kept for the uncertainty of the weights after the training."""


def require_time_for_iteration(plan: FitPlan, ends: float) -> None:
    """Raise if one iteration of a single network takes longer than the time left; it is measured only if it is long."""
    if ends == inf or plan.settings.chooses or _seconds_at_most(plan) < SHORTEST:
        return
    seconds = plan.seconds_of_iteration
    left = max(ends - time.monotonic(), 0.0)
    if seconds > max(left, SHORTEST):
        raise InvalidInput(
            "one iteration of {} takes up to about {:.1f} s, but the time limit leaves {:.1f} s; increase {}, or "
            "give fewer rows, fewer units of {} or another {}",
            plan.method, seconds, left, Setting("time_limit"), Setting("hidden"), Setting("method"),
        )  # fmt: skip


def seconds_of_uncertainty(plan: FitPlan, ends: float) -> float | None:
    """Return the seconds to keep for the uncertainty of the weights of a single network; None if they are too many."""
    if ends == inf or plan.network.theta.size > MOST_WEIGHTS_WITH_FACTOR:
        return 0.0
    seconds = seconds_of_evidence(plan.whole, plan.of_rows(), plan.network.theta)
    left = max(ends - time.monotonic(), 0.0)
    return seconds if seconds <= MOST_SHARE * left else None


def _seconds_at_most(plan: FitPlan) -> float:
    """Return the time of one iteration on a slow processor, by the size of the problem."""
    n_rows, size = len(plan.prepared.training), plan.network.theta.size
    of_matrix = size * plan.network.architecture.n_outputs if plan.method == "lm" else 1
    return SLOW * (n_rows * size * of_matrix + size**2)
