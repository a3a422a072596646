"""The expected time of a fit, which is shown before a long one, and errors for steps that exceed the time limit.

`sheernet.statistics.fit_time` has the measurements and the usual numbers of evaluations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.cross_validated_decay import DECAYS, MOST_STARTS_OF_FOLD
from sheernet.models.fitting.fit_plan import FitPlan
from sheernet.models.fitting.fitted_member import MOST_WEIGHTS_WITH_FACTOR
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.statistics.ensemble import MOST_WEIGHTS as MOST_WEIGHTS_OF_NETWORKS
from sheernet.statistics.ensemble_candidates import SHORTEST
from sheernet.statistics.evidence_time import seconds_of_evidence
from sheernet.statistics.fit_time import (
    LONG,
    SLOW,
    search_is_short,
    seconds_of_search,
    usual_iterations,
)

Tell = Callable[[str], object]
SHORTER_FITS = 0.4
"""Ratio of the iterations of a fit in cross-validation, whose decays are mostly large, to the usual number."""
MOST_SHARE = 0.5
"""Maximum fraction of the time left that is kept for the uncertainty of the weights after the training."""


def tell_time(plans: Sequence[FitPlan], ends: float, tell: Tell) -> None:
    """Report the time that a sequence of fits is expected to take, if it is long."""
    seconds = sum(map(expected_seconds, plans))
    left = ends - time.monotonic()
    if seconds < LONG or left < LONG:
        return
    fewer = sentence("fewer {}, fewer units of {}", Setting("starts"), Setting("hidden"))
    if any(map(_is_wide, plans)):
        fewer = sentence("fewer columns in {}", Setting("inputs"))
    advice = sentence("{} or a {} shorten it", fewer, Setting("time_limit"))
    if seconds > left:
        advice = sentence("{} ends it after {:.0f} s", Setting("time_limit"), left)
    tell(sentence("this is expected to take about {}; {}", in_words(seconds), advice))


def _is_wide(plan: FitPlan) -> bool:
    """Whether the linear model, with which a search begins, is the largest network that is tried."""
    prepared = plan.prepared
    n_weights = prepared.inputs.n_features * prepared.targets.n_outputs
    return plan.settings.chooses and n_weights > MOST_WEIGHTS_OF_NETWORKS


def expected_seconds(plan: FitPlan) -> float:
    """Return the seconds that a fit is expected to take; 0 without a measurement if the size shows that it is short."""
    network = plan.settings.network
    if plan.settings.chooses:
        hidden = None if network.hidden_units_are_chosen else network.widths
        contest = contest_of(plan.prepared, plan.settings)
        short = search_is_short(contest, hidden)
        return 0.0 if short else seconds_of_search(contest, hidden, _threads(plan))
    fits = float(plan.effort.starts or 1)
    if network.decay_is_cross_validated:
        folds = contest_of(plan.prepared, plan.settings).folds.n_folds
        fits += SHORTER_FITS * len(DECAYS) * folds * min(fits, MOST_STARTS_OF_FOLD)
    rules, tolerance = plan.settings.rules, plan.effort.cost_tolerance or 0.0
    iterations = fits * usual_iterations(plan.method, rules.max_iter, tolerance)
    iterations = min(iterations, rules.max_evaluations or inf)
    if _seconds_at_most(plan) * iterations < LONG:
        return 0.0
    return iterations * plan.times.iteration(plan.method) / _threads(plan)


def require_time_for_iteration(plan: FitPlan, ends: float) -> None:
    """Raise if one iteration of a single network takes longer than the time left; it is measured only if it is long."""
    if ends == inf or plan.settings.chooses or _seconds_at_most(plan) < SHORTEST:
        return
    seconds = plan.times.iteration(plan.method)
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


def _threads(plan: FitPlan) -> int:
    """Return the threads that share the work of the fits."""
    return int(getattr(plan.whole, "threads", 1))


UNCERTAINTY = 1.7
"""Factor between an estimate and the limits of its range."""
UNITS = ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds"))
FEWEST = 1.5
"""Minimum lower limit of a range, in its unit; below it, the next smaller unit is used."""


def in_words(seconds: float) -> str:
    """Return the range of an expected time in words.

    Examples
    --------
    >>> from sheernet.models.fitting.time_expected import in_words
    >>> in_words(30), in_words(200), in_words(7200), in_words(1e6)
    ('20 to 50 seconds', '2 to 6 minutes', '70 to 200 minutes', '7 to 20 days')
    """
    low, high = seconds / UNCERTAINTY, seconds * UNCERTAINTY
    size, unit = next((size, unit) for size, unit in UNITS if low >= FEWEST * size or size == 1.0)
    return f"{_rounded(low / size)} to {_rounded(high / size)} {unit}"


def _rounded(number: float) -> int:
    """Round a number to an integer, from 10 on to a multiple of 5, and from 100 on to a multiple of 10."""
    step = 1 if number < 10 else 5 if number < 100 else 10
    return step * round(number / step)
