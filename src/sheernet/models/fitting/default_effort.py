"""Default number of starts and cost tolerance of a fit, by the size of the problem.

    training rows x weights    starts    cost_tolerance
    up to 1e6                  10        0      a start ends only by the gradient or by rounding
    up to 1e7                  3         0
    above                      1         1e-7   ends a start if further gains would not be visible on held-out rows

The limits are based on measurements.  On 1 000 000 rows with 10 inputs (111 weights, two busy processors), an iteration
of lm took 1.2 to 1.6 s with the reference engine, so ten starts of 1000 iterations would take hours.  Iterations 50 to
400 lowered the objective by 0.01 %; with a tolerance of 1e-7 the run ended after 71 iterations, in two minutes.  With
the compiled engine an iteration took 0.23 s (121 weights, two threads).  With fewer rows a start is short: it took
0.2 s with 1000 rows and 0.35 s with 10 000.

There is no separate limit for the number of outputs, because for many weights "auto" chooses bfgs or lbfgs, whose time
is proportional to rows x weights: a start took 0.06 s for 500 rows x 201 weights, 0.9 s for 5000 x 401, and
0.2 s for the ten classes of digits (1797 x 760; compiled engine, one thread).
"""

from __future__ import annotations

from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.training_settings import EffortSettings

STARTS = 10
MEDIUM, LARGE = 1e6, 1e7  # training rows x weights
FEW_STARTS, ONE_START = 3, 1
COST_TOLERANCE = 1e-7


def effort_for(n_rows: int, n_weights: int) -> EffortSettings:
    """Return the default effort for a problem.

    Parameters
    ----------
    n_rows, n_weights : int
        Training rows, and parameters of the network.

    Examples
    --------
    >>> from sheernet.models.fitting.default_effort import effort_for
    >>> effort_for(1000, 111), effort_for(750_000, 111)
    (EffortSettings(starts=10, cost_tolerance=0.0), EffortSettings(starts=1, cost_tolerance=1e-07))
    """
    size = n_rows * n_weights
    if size <= MEDIUM:
        return EffortSettings(STARTS, 0.0)
    if size <= LARGE:
        return EffortSettings(FEW_STARTS, 0.0)
    return EffortSettings(ONE_START, COST_TOLERANCE)


def with_default_effort(
    n_rows: int, n_weights: int, given: EffortSettings
) -> tuple[EffortSettings, str]:
    """Replace None in the given effort by the default values for the size of the problem.

    Returns
    -------
    EffortSettings
    str
        A notice if the defaults for a large problem are lower than those for a small one; otherwise empty.

    Examples
    --------
    >>> from sheernet.models.fitting.default_effort import with_default_effort
    >>> from sheernet.settings.training_settings import EffortSettings
    >>> with_default_effort(750_000, 111, EffortSettings(starts=5))[0]
    EffortSettings(starts=5, cost_tolerance=1e-07)
    """
    usual = effort_for(n_rows, n_weights)
    less, more = [], []
    if given.starts is None and usual.starts != STARTS:
        less.append(f"{counted(int(usual.starts or 0), 'start')} instead of {STARTS}")
        more.append(Setting("starts", STARTS))
    if given.cost_tolerance is None and usual.cost_tolerance:
        less.append(f"a relative tolerance of the objective of {usual.cost_tolerance:g}")
        more.append(Setting("cost_tolerance", 0))
    effort = EffortSettings(
        usual.starts if given.starts is None else given.starts,
        usual.cost_tolerance if given.cost_tolerance is None else given.cost_tolerance,
    )
    if not less:
        return effort, ""
    advice = sentence("{} and {}", *more) if len(more) > 1 else more[0]
    return effort, sentence(
        "this is a large problem ({} rows x {} weights), so it gets {}; for more, set {}",
        n_rows, n_weights, " and ".join(less), advice,
    )  # fmt: skip
