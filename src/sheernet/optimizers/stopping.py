"""Apply the stopping rules of the caller to the rows of a record (`stop_by_rules`)."""

from __future__ import annotations

from math import sqrt

from sheernet.foundation.message_text import counted
from sheernet.optimizers.optimizer_protocol import Termination
from sheernet.optimizers.record import Row
from sheernet.settings.stopping_rules import StoppingRules

SMALLEST_SHARE = 1e-12
"""Share of the unit of the objective below which gradient_tolerance does not decrease further."""


def stop_by_rules(
    rules: StoppingRules,
    first: Row,
    previous: Row | None,
    row: Row,
    best_iteration: int,
    unit: float,
) -> Termination | None:
    """Compare a row of the record with the stopping rules.

    Budgets of evaluations and time are also enforced within an iteration, by `Counts`.

    Parameters
    ----------
    rules : StoppingRules
        The stopping rules.
    first, previous, row : Row
        Row 0 of this run, the preceding row (None at row 0), and the row to test.
    best_iteration : int
        Iteration of the lowest validation cost.
    unit : float
        The unit of the objective; 0 if it has none.

    Returns
    -------
    Termination, or None if the run continues

    Notes
    -----
    A gradient g in standard units allows a fall of the objective of about its unit times g^2.  Relative to a value of
    few units this is much, so gradient_tolerance is multiplied by the square root of value / unit.  A least-squares
    program does the same with the cosine of the angles between the residuals and the columns of their Jacobian.

    References
    ----------
    More, Garbow and Hillstrom (1980), User guide for MINPACK-1, ANL-80-74: gtol of LMDER.
    """
    if rules.target is not None and row.objective <= rules.target:
        return Termination("target_reached")
    if row.gradient_norm <= rules.gradient_tolerance * _root_of_share(row.objective, unit):
        return termination_by(rules, "gradient_tolerance")
    if previous is not None and is_flat(rules, previous, row):
        return Termination("cost_tolerance")
    if rules.patience is not None and row.iteration - best_iteration >= rules.patience:
        return termination_by(rules, "validation_patience")
    if row.iteration - first.iteration >= rules.max_iter:
        return Termination("max_iterations")
    if rules.max_evaluations is not None and row.value_evaluations >= rules.max_evaluations:
        return Termination("max_evaluations")
    if rules.time_limit is not None and row.seconds >= rules.time_limit:
        return Termination("time_limit")
    return None


def termination_by(rules: StoppingRules, reason: str) -> Termination:
    """Return a termination whose message quotes the value of the rule."""
    if reason == "gradient_tolerance":
        return Termination(
            reason,
            f"Converged: the largest gradient entry, in standard units, is at most {rules.gradient_tolerance:g}.",
        )
    if reason == "validation_patience" and rules.patience is not None:
        iterations = counted(rules.patience, "iteration")
        return Termination(
            reason,
            f"The validation cost has not improved for {iterations}; the weights of the iteration with the lowest "
            "validation cost are kept.",
        )
    return Termination(reason)


def at_result(end: Termination, result: int, last: int) -> Termination:
    """Return the termination of a run whose result is the iterate `result`: only the `last` one met the tolerance."""
    if end.reason != "gradient_tolerance" or result == last:
        return end
    place = f" This is the gradient of iteration {last}; the result is iteration {result}, which is better."
    return Termination(end.reason, end.message + place)


def _root_of_share(value: float, unit: float) -> float:
    """Return the square root of value / unit, between sqrt(SMALLEST_SHARE) and 1; 1 without a unit."""
    return sqrt(min(max(value / unit, SMALLEST_SHARE), 1.0)) if unit > 0 else 1.0


def is_flat(rules: StoppingRules, previous: Row, row: Row) -> bool:
    """Return whether the objective of two rows differs by at most the cost tolerance."""
    before, now = previous.objective, row.objective
    scale = max(abs(before), abs(now))
    return rules.cost_tolerance > 0 and abs(before - now) <= rules.cost_tolerance * scale
