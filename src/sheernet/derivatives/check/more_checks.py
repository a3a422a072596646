"""Checks of other derivatives: Jacobians, Hessian-vector products, gradients by the inputs.

A Jacobian is the gradient of each of its functions; a Hessian-vector product H v is the derivative of the gradient
along v; a gradient by the inputs is a gradient whose x are the inputs.  So each ends in the comparison of
check_gradient, with the same rule of the verdict, and gives the same report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.check.gradient_check import check_gradient, overall_verdict
from sheernet.derivatives.check.gradient_report import GradientReport
from sheernet.derivatives.comparisons.directions import Directions
from sheernet.derivatives.comparisons.verdicts import CRITERION, compare
from sheernet.derivatives.estimates.gradient_estimates import noise_of_stranger, of_differences
from sheernet.derivatives.estimates.line_derivative import HALF_ULP, Difference, Line, differentiate
from sheernet.derivatives.problem import Problem, as_point
from sheernet.foundation.arrays import Array, as_float, read_only
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
    """Compare a Jacobian with the numerical derivatives of its functions, entry by entry.

    Parameters
    ----------
    function : callable
        x (P,) -> (M,).
    jacobian : callable
        x (P,) -> (M, P).
    x : array_like, (P,)
        The point.
    names, outputs : sequence of str, optional
        Names of the P entries of x and of the M functions; "x[0]" and "r[0]" when omitted.
    seed : int, optional
        Of the direction in which noise is measured.

    Returns
    -------
    GradientReport
        With a row for each of the M P derivatives, those of the first function first, by differences.

    Raises
    ------
    ShapeMismatch
        When the Jacobian is not (M, P).

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
            f"the Jacobian has shape {analytic.shape} but there are {values.size} functions of {point.size} numbers: "
            f"({values.size}, {point.size})"
        )
    failures, doubts = _conduct(function, jacobian, point)
    by = names or [f"x[{p}]" for p in range(point.size)]
    of = outputs or [f"r[{m}]" for m in range(values.size)]
    noise, evaluations = noise_of_stranger(lambda t: _vector(function, t), point, seed)  # (M,)
    columns: list[list[Difference]] = []
    for p in range(point.size):
        parts, taken = _column(function, point, p, values, noise)
        columns.append(parts)
        evaluations += taken
    rows = [columns[p][m] for m in range(values.size) for p in range(point.size)]
    own, _ = noise_of_stranger(
        lambda t: as_float(jacobian(t), "the Jacobian"), point, seed, with_kinks=True
    )
    titles = [f"{o} by {n}" for o in of for n in by]
    report = _report(titles, analytic.ravel(), own.ravel(), rows)
    return replace(
        report,
        evaluations=evaluations,
        findings=failures + doubts,
        verdict=overall_verdict(report.verdicts, bool(failures), bool(doubts)),
    )


def _conduct(
    function: VectorFunction, jacobian: VectorFunction, point: Array
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whether the functions write into their input, or give another answer the second time."""
    failures, doubts = [], []
    for noun, f in (("function", function), ("Jacobian", jacobian)):
        x = point.copy()
        with np.errstate(all="ignore"):
            one = as_float(f(x), f"the {noun}").copy()
            if not np.array_equal(x, point):
                failures.append(f"The {noun} writes into its input; it must work on a copy.")
            if not np.array_equal(one, as_float(f(point.copy()), f"the {noun}"), equal_nan=True):
                doubts.append(
                    f"Two calls of the {noun} at the same point differ; fix what is random."
                )
    return tuple(failures), tuple(doubts)


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
        Of the entries.
    seed : int, optional
        Of v, and of the direction in which noise is measured.

    Returns
    -------
    GradientReport
        With a row for each entry of H v.  The gradient itself is taken for right: check that first.

    Raises
    ------
    InvalidInput
        When the arguments are none of the two forms.

    Examples
    --------
    >>> import sheernet as sn
    >>> grad, product = lambda x: 4 * x**3, lambda x, v: 12 * x**2 * v
    >>> sn.derivatives.check_hessian_vector(grad, product, [1.0, 2.0]).verdict
    'pass'
    """
    gradient, product, point, found = _hessian_arguments(subject, arguments)
    v = (
        np.random.default_rng(seed).standard_normal(point.size)
        if vector is None
        else as_float(vector, "vector")
    )
    if v.shape != point.shape:
        raise ShapeMismatch(
            f"vector has shape {v.shape} but x has {point.shape}; they must be the same"
        )

    def along(t: Array) -> Array:
        return _vector(gradient, point + t[0] * v)

    return check_jacobian(
        along,
        lambda t: as_float(product(point + t[0] * v, v), "the product")[:, None],
        np.zeros(1),
        names=["v"],
        outputs=names or found or [f"x[{p}]" for p in range(point.size)],
        seed=seed,
    )


def check_input_gradient(objective: Any, theta: npt.ArrayLike, **options: Any) -> GradientReport:
    """Compare the gradient of an objective by its inputs with the numerical one, entry by entry of X.

    Parameters
    ----------
    objective : object
        With `inputs`, `value_at_inputs(theta, X)` and `input_gradient(theta, X)`: the objectives of sheernet are such.
    theta : array_like, (P,)
        The weights.
    **options
        Those of `check_gradient`.

    Returns
    -------
    GradientReport
        Its entries are X[0,0], X[0,1], ...

    Raises
    ------
    InvalidInput
        When the objective has no input gradient.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1))
    >>> objective = sn.make_objective(arch, [[1.0, 2.0], [0.5, -1.0]], [1.0, 2.0])
    >>> sn.derivatives.check_input_gradient(objective, np.linspace(-1, 1, 13)).verdict
    'pass'
    """
    return check_gradient(Problem.from_inputs(objective, theta), **options)


def _hessian_arguments(
    subject: Any, arguments: tuple[Any, ...]
) -> tuple[VectorFunction, Callable[[Array, Array], npt.ArrayLike], Array, Sequence[str] | None]:
    """The two ways to call `check_hessian_vector`, as one."""
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
        "check_hessian_vector takes an objective with hessian_vector(theta, v) and theta, or a gradient, its product "
        f"with a vector and a point; given were {', '.join(type(part).__name__ for part in (subject, *arguments))}"
    )


def _vector(function: VectorFunction, x: Array) -> Array:
    values = as_float(function(x.copy()), "the function")
    if values.ndim != 1:
        raise ShapeMismatch(
            f"the function must return a vector, but its shape is {values.shape}; ravel it"
        )
    return values


def _column(
    function: VectorFunction, point: Array, p: int, values: Array, noise: Array
) -> tuple[list[Difference], int]:
    """The derivatives of all functions by entry p, which share the values at each step; and how many these are."""
    seen: dict[float, Array] = {}

    def at(t: float) -> Array:
        if t not in seen:
            x = point.copy()
            x[p] += t
            with np.errstate(all="ignore"):
                seen[t] = _vector(function, x)
        return seen[t]

    start = float(point[p])

    def line(m: int) -> Line:
        floor = max(float(noise[m]), HALF_ULP * abs(float(values[m])))
        return Line(lambda t: float(at(t)[m]), float(values[m]), floor, max(abs(start), 1.0), start)

    parts = [differentiate(line(m)) for m in range(values.size)]
    return parts, len(seen)


def _report(
    names: Sequence[str], analytic: Array, noise: Array, parts: list[Difference]
) -> GradientReport:
    directions = Directions(tuple(names), None, (None,) * len(names))
    estimate = of_differences(parts, 0.0, 0)
    comparison = compare(directions, analytic, noise, estimate)
    return GradientReport(
        names=directions.names,
        analytic=read_only(analytic),
        numeric=read_only(comparison.numeric),
        uncertainty=read_only(comparison.uncertainty),
        tolerance=read_only(comparison.tolerance),
        verdicts=comparison.verdicts,
        verdict=overall_verdict(comparison.verdicts),
        criterion=CRITERION,
        method="central differences",
        findings=(),
        evaluations=estimate.evaluations,
        size=analytic.size,
    )
