"""Checks of Jacobians, Hessian-vector products, and gradients with respect to the inputs.

The rows of a Jacobian are gradients; a Hessian-vector product H v is the derivative of the gradient along v; a gradient
with respect to the inputs is a gradient whose x are the inputs.  So each check uses the comparisons and verdicts of
`check_gradient`, and returns a `GradientReport`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.check.gradient_check import type_names
from sheernet.derivatives.check.gradient_report import GradientReport, make_report
from sheernet.derivatives.comparisons import (
    Comparisons,
    Confirmation,
    Directions,
    compare,
    input_modification_messages,
    overall_verdict,
)
from sheernet.derivatives.estimates import (
    HALF_ULP,
    SHORTEST_STEP,
    Difference,
    GradientEstimate,
    Line,
    differentiate,
    estimate_from_differences,
    noise_at_any_precision,
    random_generator,
)
from sheernet.derivatives.problem import as_point
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch

VectorFunction = Callable[[Array], npt.ArrayLike]


def check_jacobian(
    function: VectorFunction,
    jacobian: VectorFunction,
    x: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare a Jacobian with the numerical derivatives of its function, entry by entry.

    Parameters
    ----------
    function : callable
        x (P,) -> (M,).
    jacobian : callable
        x (P,) -> (M, P).
    x : array_like, (P,)
        The point.
    names, outputs : sequence of str, optional
        Names of the P entries of x and of the M functions; by default "x[0]", ... and "r[0]", ...
    seed : int, optional
        Seed of the direction in which noise is measured.

    Returns
    -------
    GradientReport
        With one row for each of the M P derivatives, from differences, in C order.

    Raises
    ------
    ShapeMismatch
        If the Jacobian is not (M, P), or the function does not return a vector.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> f = lambda x: np.array([x[0] * x[1], np.sin(x[0])])
    >>> J = lambda x: np.array([[x[1], x[0]], [np.sin(x[0]), 0.0]])
    >>> report = sn.derivatives.check_jacobian(f, J, [1.0, 2.0])
    >>> report.verdicts, report.worst.name
    (('pass', 'pass', 'fail', 'pass'), 'r[1] by x[0]')
    """
    point = as_point(x)
    with np.errstate(all="ignore"):
        values = _vector(function, point)
        analytic = as_float(jacobian(point.copy()), "the Jacobian")
    if analytic.shape != (values.size, point.size):
        raise ShapeMismatch(
            f"the Jacobian has shape {analytic.shape}, but for {values.size} functions of {point.size} variables it "
            f"must be ({values.size}, {point.size})"
        )
    failures, doubts = _consistency(function, jacobian, point)
    by = names or [f"x[{p}]" for p in range(point.size)]
    of = outputs or [f"r[{m}]" for m in range(values.size)]
    noise, evaluations = noise_at_any_precision(lambda t: _vector(function, t), point, seed)  # (M,)
    columns: list[list[Difference]] = []
    for p in range(point.size):
        column = _Column(function, point, p)
        lines = [_line(column, m, values, float(noise[m])) for m in range(values.size)]
        columns.append([differentiate(line) for line in lines])
        evaluations += len(column.seen)
    rows = [columns[p][m] for m in range(values.size) for p in range(point.size)]
    own, _ = noise_at_any_precision(
        lambda t: as_float(jacobian(t), "the Jacobian"), point, seed, with_jumps=True
    )
    titles = tuple(f"{o} by {n}" for o in of for n in by)
    directions = Directions(titles, None, (None,) * len(titles))
    estimate = estimate_from_differences(rows, 0.0, 0)

    def line(j: int, least: float) -> Line:
        m, p = divmod(j, point.size)
        return _line(_Column(function, point, p), m, values, max(least, float(noise[m])))

    def judge(estimate: GradientEstimate) -> Comparisons:
        units = np.tile(np.where(point == 0, 1.0, np.abs(point)), values.size)
        return compare(directions, analytic.ravel(), own.ravel(), estimate, units=units)

    confirmation = Confirmation(line, judge, 0.0)
    comparison = confirmation.repeat(judge(estimate))
    evaluations += confirmation.evaluations
    return make_report(
        comparison,
        verdict=overall_verdict(comparison.verdicts, bool(failures), bool(doubts)),
        method="central differences",
        findings=(*failures, *doubts),
        evaluations=evaluations,
        size=analytic.size,
    )


def _consistency(
    function: VectorFunction, jacobian: VectorFunction, point: Array
) -> tuple[list[str], list[str]]:
    """Return failures (functions that modify their input) and doubts (functions whose results in two calls differ)."""
    modifies, doubts = {}, []
    for noun, f in (("function", function), ("Jacobian", jacobian)):
        x = point.copy()
        with np.errstate(all="ignore"):
            one = as_float(f(x), f"the {noun}").copy()
            two = as_float(f(point.copy()), f"the {noun}")
        modifies[noun] = not np.array_equal(x, point)
        if not np.array_equal(one, two, equal_nan=True):
            doubts.append(
                f"Two calls of the {noun} at the same point differ; fix the random numbers and try again."
            )
    return input_modification_messages(**modifies), doubts


def check_hessian_vector(
    subject: Any,
    /,
    *arguments: Any,
    vector: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare a Hessian-vector product H v with the numerical derivative of the gradient along v.

    Call it as check_hessian_vector(objective, theta) or check_hessian_vector(grad, hessian_vector, x).

    Parameters
    ----------
    subject : objective or callable
        An object with `value_and_gradient(theta)` and `hessian_vector(theta, v)`; or a gradient x (P,) -> (P,).
    *arguments
        The point theta (P,); or the product (x, v) -> (P,), and the point x (P,).
    vector : array_like, (P,), optional
        v; by default Gaussian.
    names : sequence of str, optional
        Names of the entries.
    seed : int, optional
        Seed of v, and of the direction in which noise is measured.

    Returns
    -------
    GradientReport
        With one row for each entry of H v.  The gradient is assumed to be right: check it first.

    Raises
    ------
    InvalidInput
        If the arguments have neither of the two forms.
    ShapeMismatch
        If the vector and the point have different shapes.

    Examples
    --------
    >>> import sheernet as sn
    >>> grad, product = lambda x: 4 * x**3, lambda x, v: 12 * x**2 * v
    >>> sn.derivatives.check_hessian_vector(grad, product, [1.0, 2.0]).verdict
    'pass'
    """
    gradient, product, point, found = _hessian_arguments(subject, arguments)
    gaussian = random_generator(seed).standard_normal(point.size)
    v = gaussian if vector is None else as_float(vector, "vector")
    if v.shape != point.shape:
        raise ShapeMismatch(
            f"vector has shape {v.shape} but x has {point.shape}; they must be equal"
        )

    def gradient_along(t: Array) -> Array:
        return _vector(gradient, point + t[0] * v)

    return check_jacobian(
        gradient_along,
        lambda t: as_float(product(point + t[0] * v, v), "the product")[:, None],
        np.zeros(1),
        names=["v"],
        outputs=names or found or [f"x[{p}]" for p in range(point.size)],
        seed=seed,
    )


def _hessian_arguments(
    subject: Any, arguments: tuple[Any, ...]
) -> tuple[VectorFunction, Callable[[Array, Array], npt.ArrayLike], Array, Sequence[str] | None]:
    """Return gradient, product, point and names, from either form of the arguments."""
    if callable(getattr(subject, "hessian_vector", None)) and len(arguments) == 1:
        return (
            lambda x: subject.value_and_gradient(x)[1],
            subject.hessian_vector,
            as_point(arguments[0], "theta"),
            getattr(subject, "names", None),
        )
    if callable(subject) and len(arguments) == 2 and callable(arguments[0]):
        return subject, arguments[0], as_point(arguments[1]), None
    raise InvalidInput(
        "check_hessian_vector takes an objective with hessian_vector(theta, v) and theta, or a gradient, a "
        f"Hessian-vector product and a point, but {type_names(subject, *arguments)} were given"
    )


def _vector(function: VectorFunction, x: Array) -> Array:
    values = as_float(function(x.copy()), "the function")
    if values.ndim != 1:
        raise ShapeMismatch(
            f"the function must return a vector, but its shape is {values.shape}; ravel it"
        )
    return values


class _Column:
    """The values of a function on the line along entry p, which its M outputs share."""

    def __init__(self, function: VectorFunction, point: Array, p: int) -> None:
        self.function, self.point, self.p = function, point, p
        self.seen: dict[float, Array] = {}

    def __call__(self, t: float) -> Array:
        if t not in self.seen:
            x = self.point.copy()
            x[self.p] += t
            with np.errstate(all="ignore"):
                self.seen[t] = _vector(self.function, x)
        return self.seen[t]


def _line(column: _Column, m: int, values: Array, noise: float) -> Line:
    """Return output m on the line along an entry."""
    start, value = float(column.point[column.p]), float(values[m])
    floor = max(noise, HALF_ULP * abs(value))
    return Line(
        lambda t: float(column(t)[m]), value, floor, max(abs(start), 1.0), start,
        shortest=SHORTEST_STEP * abs(start),
    )  # fmt: skip
