"""How hard to try where nobody said: many starts of a small problem, a few of a large one.

    training rows x weights    starts    cost_tolerance
    up to 1e6                  10        0      only the gradient, or rounding, ends a start
    up to 1e7                  3         0
    above                      1         1e-7   ends a start that gains only what no held-out row would show

On a million rows by ten (111 weights, two busy processors) lm took 1.2 to 1.6 s an iteration by the reference engine:
ten starts of a thousand would be hours.  Its iterations 50 to 400 lowered the objective by 0.01 %; with 1e-7 it ended
after 71, in two minutes.  The compiled engine takes 0.23 s an iteration (121 weights, two threads), and nobody waits
for fewer rows: a start took 0.2 s with 1000, and 0.35 s with 10 000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STARTS = 10
MEDIUM, LARGE = 1e6, 1e7  # training rows x weights
FEW_STARTS, ONE_START = 3, 1
COST_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Effort:
    """The settings of a training that depend on the size of the problem.

    Parameters
    ----------
    starts : int
        As in `train`.
    cost_tolerance : float
        As in `train`.
    """

    starts: int
    cost_tolerance: float


def effort_for(n_rows: int, n_weights: int) -> Effort:
    """The effort that a problem gets where none is asked for.

    Parameters
    ----------
    n_rows, n_weights : int
        Training rows, and parameters of the network.

    Examples
    --------
    >>> from sheernet.models.fitting.effort import effort_for
    >>> effort_for(1000, 111), effort_for(750_000, 111)
    (Effort(starts=10, cost_tolerance=0.0), Effort(starts=1, cost_tolerance=1e-07))
    """
    size = n_rows * n_weights
    if size <= MEDIUM:
        return Effort(STARTS, 0.0)
    return Effort(FEW_STARTS, 0.0) if size <= LARGE else Effort(ONE_START, COST_TOLERANCE)


def settled(n_rows: int, n_weights: int, starts: Any, cost_tolerance: Any) -> tuple[Effort, str]:
    """What was asked for, and the effort by size where it is None.

    Returns
    -------
    Effort
    str
        A notice where a large problem gets less than a small one would; otherwise empty.

    Examples
    --------
    >>> from sheernet.models.fitting.effort import settled
    >>> settled(750_000, 111, 5, None)[0]
    Effort(starts=5, cost_tolerance=1e-07)
    """
    usual = effort_for(n_rows, n_weights)
    less, more = [], []
    if starts is None and usual.starts < STARTS:
        less.append(f"{usual.starts} start{'s' * (usual.starts > 1)} in place of {STARTS}")
        more.append(f"starts={STARTS}")
    if cost_tolerance is None and usual.cost_tolerance > 0:
        less.append(
            f"an end where an iteration lowers the objective by less than {usual.cost_tolerance:g} of it"
        )
        more.append("cost_tolerance=0")
    effort = Effort(
        usual.starts if starts is None else starts,
        usual.cost_tolerance if cost_tolerance is None else cost_tolerance,
    )
    if not less:
        return effort, ""
    return effort, (
        f"{n_rows} rows to train {n_weights} weights on are many, and get {' and '.join(less)}; "
        f"ask for more with {' and '.join(more)}"
    )
