"""The last check of a run (`last_check`): before a method terminates, find a lower point or the termination reason.

A method that finds no lower point has measured the curvature only along its own steps.  This check uses products of
the exact Hessian H with vectors:

    S_p = |(H v)_p|,  v random, in [-1, 1]                     size of row p of H, an estimate
    h   = -H^-1 g, by conjugate gradients preconditioned by S  the Newton step
    d   with d^T H d <= 1e-14 d^T S d                          a direction of low or negative curvature

d is found by conjugate gradients from random numbers, because g may have no component along it: at a saddle, g is 0.
A point along h or d is accepted if it is lower by more than the rounding error of the objective; the method restarts
there, lm with its initial damping.  Otherwise, the termination reason is

- `line_search_failed` if the Newton step predicts a decrease of more than the rounding error: the derivatives do not
  belong to the values, or the values have a larger error than assumed;
- `plateau` if the objective is not constant along d, or if a parameter has almost no influence, such as the parameters
  of a saturated unit: this need not be a minimum;
- `precision_reached` otherwise.

Errors of x below about (eps F / lambda)^(1/2), lambda the smallest curvature, are visible in gradients but not in
values: with a large decay of many weights, F cannot decrease further while |g| is still 1e-7.  So, with the option
polish, the run does not end with `precision_reached` while the Newton step halves the largest entry of g at a value
that is equal up to rounding; the method restarts there, too.

Without hessian_vector, the decrease predicted by the method itself decides between `line_search_failed` and
`precision_reached`; the message of the latter states that the curvature was not examined.

`gradient_tolerance` means only that the gradient is small.  It also becomes `plateau` if a parameter has almost no
influence, or if a point along d is lower (`confirmed`).  d takes about P products, as many as a short fit.  So it is
computed only if a saddle is likely: at a start, if the gradient is 0, or if two parameters are equal up to 1e-6 / P;
the parameters of units that are equal at the start remain equal.  It is also computed if a parameter exceeds `FAR`
standard units: units are then saturated, and the gradient is small far from any minimum; then any d makes it
`plateau`, and also a Newton step that promises a notable decrease.

Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), section 7.1, for Newton steps by conjugate
gradients and directions of negative curvature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.optimizers.evaluation_counts import BudgetSpent
from sheernet.optimizers.line_search import Iterate, Trial, descend
from sheernet.optimizers.newton_step import newton_cg
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Termination,
    is_finite,
    measured_rounding,
    rounding,
    standard_units,
)
from sheernet.optimizers.power_of_two_scaling import exponent, scaled

MAX_PRODUCTS = 200
"""Maximum number of products for the Newton step, and also for the direction of low curvature."""
TOLERANCE = 1e-9
"""Maximum residual of the Newton step, relative to the residual of h = 0."""
INFLUENCE = 1e-8
"""Maximum relative change of the objective that counts as no influence, if a parameter changes by its size or unit."""
EQUAL = 1e-6
"""Difference between parameters in standard units, times P and relative to the largest, up to which they are equal."""
FAR = 20.0
"""Parameter in standard units above which the objective may have no minimum nearby, only a limit at infinity."""
NOTABLE_FALL = 1e-9
"""Minimum relative decrease of the objective along d at which a point of small gradient counts as a saddle."""
SMALLEST_HESSIAN, LARGEST_HESSIAN = 1e-100, 1e100
"""Limits of the size of the largest row, between which squares stay in the range of float64."""
SMALLEST = 1e-30
"""Smallest size of a row, relative to the largest."""
FLAT = 1e-14
"""Curvature in units of S at or below which its sign is uncertain because of rounding."""
POLISHED = 0.5
"""Maximum ratio of the largest gradient entries after and before a step of equal value."""
SHORTEST, SHORTENED = 1e-8, 0.25
"""Shortest step along a direction of low curvature, relative to max(|x|, 1) in standard units, and ratio of successive
step lengths."""
UNEXAMINED = (
    "No step was found that lowers the objective by more than its rounding error. The curvature was not examined, "
    "because the objective has no hessian_vector, so this may be a saddle or a plateau."
)


def last_check(
    objective: Differentiable, here: Iterate, predicted: float, polish: bool, c1: float = 1e-4, c2: float = 0.1
) -> Trial | Termination:  # fmt: skip
    """Find a point from which a run continues, or the reason why it terminates at this point.

    Parameters
    ----------
    objective : object
        Has value(theta) -> float and value_and_gradient(theta) -> (float, (P,)); optional: hessian_vector(theta, v).
    here : Iterate
        The last iterate, with a finite value and gradient.
    predicted : float
        The decrease predicted by the method itself.
    polish : bool
        Whether to continue also from a point of equal value and smaller gradient.
    c1, c2 : float
        Constants of the Wolfe conditions along the Newton step.

    Returns
    -------
    Trial or Termination
        A point that is lower by more than the rounding error of the objective or that has a smaller gradient, or the
        termination reason.
    """
    bound = measured_rounding if here.gradient.any() else rounding
    noise = bound(objective, here.theta, here.value)
    if not has_products(objective):
        small = predicted <= noise
        return (
            Termination("precision_reached", UNEXAMINED)
            if small
            else Termination("line_search_failed")
        )

    def multiply(p: Array) -> Array:
        product: Array = objective.hessian_vector(here.theta, p)  # type: ignore[attr-defined]
        return product

    sizes = row_sizes(multiply, here.theta.size)
    if not SMALLEST_HESSIAN < sizes.max(initial=0.0) < LARGEST_HESSIAN:  # all flat, or overflow
        return Termination("plateau" if predicted <= noise else "line_search_failed")
    units, _, _ = standard_units(objective)
    idle = has_idle_parameters(here, sizes, units)
    sizes = np.maximum(sizes, SMALLEST * sizes.max())
    step, promise, _ = _newton_step(multiply, here.gradient, sizes)
    trial = descend(objective, here, step, 1.0, c1, c2)
    if trial is not None and trial.value < here.value - noise:
        return trial
    direction = low_curvature(multiply, sizes)
    is_flat = False
    if direction is not None:
        found = _along(objective, here, direction, noise)
        if isinstance(found, Trial):
            return found
        is_flat = found
    if promise > noise:
        return Termination("line_search_failed")
    if idle or is_flat:
        return Termination("plateau")
    can_shrink = polish and here.gradient.any()
    polished = _polished(objective, here, step, noise) if can_shrink else None
    return polished or Termination("precision_reached")


def confirmed(objective: Any, here: Step, end: Termination) -> Termination:
    """Confirm gradient_tolerance or return plateau: the gradient is also small at saddles and for idle parameters.

    With weight decay on all parameters, or no derivative near 0, each parameter has an influence; otherwise one product
    decides.  If the products exceed the budget of the run, the termination is not changed.
    """
    decay = getattr(objective, "decay", None)
    units, _, unit = standard_units(objective)
    theta = here.theta / units  # (P,)
    no_idle = (decay is not None and bool(np.all(decay))) or _all_have_influence(here, units)
    is_far = (
        hasattr(objective, "standard_units")
        and bool(np.abs(theta).max() > FAR)
        and here.value > NOTABLE_FALL * unit
    )
    is_suspect = (
        is_far or here.iteration == 0 or not here.gradient.any() or has_equal_entries(theta)
    )
    if not has_products(objective) or (no_idle and not is_suspect):
        return end

    def multiply(p: Array) -> Array:
        product: Array = objective.hessian_vector(here.theta, p)
        return product

    try:
        sizes = row_sizes(multiply, here.theta.size)
        idle = not no_idle and has_idle_parameters(here, sizes, units)
        if idle or (is_suspect and _is_plateau(objective, here, multiply, sizes, is_far)):
            return Termination("plateau")
    except BudgetSpent:
        pass
    return end


def has_equal_entries(theta: Array) -> bool:
    """Whether two entries have equal absolute values, up to the differences that iterations cause."""
    ordered = np.sort(np.abs(theta))
    return bool((np.diff(ordered) * theta.size <= EQUAL * ordered[-1:]).any())


def has_products(objective: Any) -> bool:
    """Whether an objective multiplies vectors by its Hessian."""
    return hasattr(objective, "hessian_vector") and getattr(
        objective, "has_second_derivatives", True
    )


def row_sizes(multiply: Callable[[Array], Array], size: int) -> Array:
    """Estimate the sizes of the rows of the Hessian, (P,)."""
    return np.abs(multiply(random_vector(size)))


def random_vector(size: int) -> Array:
    """Return hashed indices from -1 to 1, equal in every run, (P,): the finalizer of A. Appleby's MurmurHash3."""
    bits = np.arange(1, size + 1, dtype=np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        bits ^= bits >> np.uint32(shift)
        bits *= np.uint32(factor)
    bits ^= bits >> np.uint32(16)
    return bits / 2**31 - 1


def low_curvature(multiply: Callable[[Array], Array], sizes: Array) -> Array | None:
    """Find a direction d (P,) with d^T H d <= 1e-14 d^T S d; None if conjugate gradients find none."""
    last = np.empty(0)

    def remember(p: Array) -> Array:
        nonlocal last
        last = p
        return multiply(p)

    # d is 0 for parameters without influence: their flat directions would be found before one of negative curvature.
    used = sizes > SMALLEST * sizes.max()
    inverse = used / sizes  # (P,)
    right = random_vector(sizes.size) * np.sqrt(sizes)  # (P,)
    found = newton_cg(
        remember, right, precondition=lambda r: r * inverse, tolerance=TOLERANCE, max_products=MAX_PRODUCTS,
        curvature_limit=FLAT,
    )  # fmt: skip
    return last if found.negative_curvature else None


def has_idle_parameters(here: Iterate, sizes: Array, units: Array) -> bool:
    """Whether a parameter can change by its size or its unit without a noticeable effect on the quadratic model."""
    reach = np.maximum(np.abs(here.theta), units)  # (P,)
    change = (np.abs(here.gradient) + 0.5 * sizes * reach) * reach
    # Parameters without any influence, such as the weights of an input that is always 0, have none elsewhere either.
    return bool((change[change > 0] <= INFLUENCE * abs(here.value)).any())


def _all_have_influence(here: Iterate, units: Array) -> bool:
    """Whether each parameter has an influence by the gradient alone, the first term of the change computed above."""
    change = np.abs(here.gradient) * np.maximum(np.abs(here.theta), units)  # (P,)
    return bool((change > INFLUENCE * abs(here.value)).all())


def _newton_step(
    multiply: Callable[[Array], Array], gradient: Array, sizes: Array
) -> tuple[Array, float, bool]:
    """Return the Newton step (P,) by conjugate gradients, the decrease that it predicts, and whether they converged."""
    e = exponent(gradient)  # so that squares stay in range
    newton = newton_cg(
        multiply, scaled(gradient, -e), precondition=lambda r: r / sizes, tolerance=TOLERANCE,
        max_products=MAX_PRODUCTS, curvature_limit=FLAT,
    )  # fmt: skip
    promise = float(np.ldexp(newton.predicted, 2 * e))
    return scaled(newton.step, e), promise, newton.n_products < MAX_PRODUCTS


def _polished(objective: Differentiable, here: Iterate, step: Array, noise: float) -> Trial | None:
    """Return the point after a step, if its value is equal up to rounding and its gradient less than half as large."""
    theta = here.theta + step
    value, gradient = objective.value_and_gradient(theta)
    _, units, _ = standard_units(objective)
    before, after = (np.abs(each / units).max() for each in (here.gradient, gradient))
    if not (value <= here.value + noise and after < POLISHED * before):
        return None
    return Trial(1.0, value, float(gradient @ step), theta, gradient)


def _is_plateau(
    objective: Differentiable,
    here: Iterate,
    multiply: Callable[[Array], Array],
    sizes: Array,
    is_far: bool,
) -> bool:
    """Whether a point along a direction of low curvature is notably lower.

    If theta is far, also whether it is notably different, or the Newton step was not found or promises a decrease.
    """
    if not SMALLEST_HESSIAN < sizes.max(initial=0.0) < LARGEST_HESSIAN:
        return False
    sizes = np.maximum(sizes, SMALLEST * sizes.max())
    noise = measured_rounding(objective, here.theta, here.value)
    # Near a minimum, a small gradient alone causes a smaller decrease than this, even without negative curvature.
    least = max(noise, NOTABLE_FALL * abs(here.value))
    if is_far:
        _, promise, is_solved = _newton_step(multiply, here.gradient, sizes)
        if promise > least or not is_solved:
            return True
    direction = low_curvature(multiply, sizes)
    if direction is None:
        return False
    found = _along(objective, here, direction, least)
    return isinstance(found, Trial) or (is_far and found)


def _along(
    objective: Differentiable, here: Iterate, direction: Array, noise: float
) -> Trial | bool:
    """Try long and then shorter steps along a direction and its opposite.

    Returns
    -------
    Trial or bool
        The first point that is lower, or whether the value of any point differs.
    """
    units, _, _ = standard_units(objective)
    reach = max(float(np.linalg.norm(here.theta / units)), 1.0)
    unit = direction / float(np.linalg.norm(direction / units))  # (P,)
    if here.gradient @ unit > 0:
        unit = -unit
    length, differs = 1.0, False
    while length >= SHORTEST:
        for step in (length * reach, -length * reach):
            candidate = here.theta + step * unit
            value = objective.value(candidate)
            if value < here.value - noise:
                value, gradient = objective.value_and_gradient(candidate)
                if is_finite(value, gradient):
                    return Trial(step, value, float(gradient @ unit), candidate, gradient)
            differs = differs or not abs(value - here.value) <= noise
        length *= SHORTENED
    return differs
