"""Whether a gradient is right, and which entries are wrong.

Every entry of the gradient g is compared with the derivative n from values of the function alone, and judged by
the estimated uncertainty of this very comparison, never by one fixed tolerance:

    tolerance_p = K_NUMERIC u_p + K_ANALYTIC e_p + RTOL max(|g_p|, |n_p|)

where u_p is the truncation and round-off error of n_p (`numerical.py`) and e_p the rounding noise of g_p itself,
measured by calling the gradient at nearby points.  An entry

    fails            when |g_p - n_p| > tolerance_p;
    passes           when it does not, and the tolerance is small enough to mean something: at most
                     RESOLUTION of the entry, or NEGLIGIBLE of the root mean square of the gradient;
    is inconclusive  otherwise: the error that could hide there is too large.

A fixed tolerance does neither: it cries over targets of 1e6, and sleeps over one wrong weight in ten thousand.
The constants were tuned on random networks of one seed and measured on those of another: with right gradients
|g_p - n_p| stayed below half the tolerance.

The complex step is taken where the problem has a complex value that agrees with the real one, in value and in a
directional derivative; else extrapolated central differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from sheernet.arrays import Array, as_float, read_only
from sheernet.derivatives.numerical import (
    COMPLEX_FLOOR,
    COMPLEX_STEP,
    HALF_ULP,
    GradientEstimate,
    as_number,
    complex_step_gradient,
    estimate_gradient,
    noise_level,
)
from sheernet.derivatives.problem import (
    ComplexFunction,
    GradientFunction,
    HasGradient,
    Problem,
    ValueFunction,
)
from sheernet.derivatives.report import GradientReport, Verdict
from sheernet.errors import InvalidInput, ShapeMismatch, unknown_name

K_NUMERIC = 4.0
K_ANALYTIC = 100.0
RTOL = 1e-9
RESOLUTION = 5e-3  # half of the 1 % that a wrong entry may be off
NEGLIGIBLE = 1e-8
ZERO = 10 * K_NUMERIC * COMPLEX_FLOOR  # a derivative below this is 0 for everybody
SAME_VALUE = 1e-12  # of the value: two ways to compute it may differ by their rounding
ASIDE = 2.0**-7  # how far from x the complex value is tried, of max(|x_i|, 1)
SAME_TWIN = 1e-9  # the same for a complex value, which may be written another way

CRITERION = (
    f"An entry fails when |analytic - numeric| > tolerance = {K_NUMERIC:g} x the estimated error of the numeric "
    f"value + {K_ANALYTIC:g} x the noise of the analytic one + {RTOL:g} x the larger of both. It passes when it does "
    f"not fail and the tolerance is at most {RESOLUTION:g} of the entry or {NEGLIGIBLE:g} of the root mean square of "
    "the gradient; otherwise it is inconclusive."
)

Method = Literal["auto", "complex", "differences"]
METHODS: tuple[Method, ...] = ("auto", "complex", "differences")


@overload
def check_gradient(
    subject: Problem, /, *, method: Method = ..., seed: int = ...
) -> GradientReport: ...
@overload
def check_gradient(
    subject: HasGradient,
    theta: npt.ArrayLike,
    /,
    *,
    method: Method = ...,
    seed: int = ...,
    names: Sequence[str] | None = ...,
) -> GradientReport: ...
@overload
def check_gradient(
    subject: ValueFunction,
    gradient: GradientFunction,
    x: npt.ArrayLike,
    /,
    *,
    method: Method = ...,
    seed: int = ...,
    names: Sequence[str] | None = ...,
) -> GradientReport: ...
def check_gradient(
    subject: Any,
    /,
    *arguments: Any,
    method: Method = "auto",
    seed: int = 0,
    names: Sequence[str] | None = None,
) -> GradientReport:
    """Compare a gradient with the numerical derivative of its function, entry by entry.

    Call it as check_gradient(objective, theta), as check_gradient(f, grad, x), or as check_gradient(problem).

    Parameters
    ----------
    subject : objective, callable or Problem
        An object with `value(theta)` and `value_and_gradient(theta)`; or a function x (P,) -> float; or a `Problem`.
    *arguments
        The point theta (P,) of an objective; or the gradient function x (P,) -> (P,), and the point x (P,).
    method : {"auto", "complex", "differences"}, optional
        "auto" takes complex steps where the problem has a complex value that agrees with the real one, else
        extrapolated central differences.
    seed : int, optional
        Of the directions in which noise is measured.
    names : sequence of str, optional
        A name for each entry, in place of those of the objective.

    Returns
    -------
    GradientReport
        With a verdict "pass", "fail" or "inconclusive" for each entry and for all.

    Raises
    ------
    InvalidInput
        When the arguments are none of the three forms, or the method has no complex value to work on.
    ShapeMismatch
        When the gradient has another shape than x.

    References
    ----------
    See the heads of this module and of `sheernet.derivatives.numerical`.

    Examples
    --------
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: x[0] ** 2 + 3 * x[1], lambda x: [2 * x[0], 3.03], [1.0, 2.0])
    >>> report.verdict, report.verdicts
    ('fail', ('pass', 'fail'))
    >>> report.worst.name, round(report.worst.relative, 4)
    ('x[1]', 0.0099)
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    problem = _as_problem(subject, arguments, names)
    g, failures, doubts = _consistency(problem)
    estimate, used, notes = _numeric(problem, method, seed)
    n, noise = estimate.gradient, _gradient_noise(problem, seed)
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(g), np.abs(n))
        uncertainty = estimate.uncertainty + noise
        tolerance = K_NUMERIC * estimate.uncertainty + K_ANALYTIC * noise + RTOL * size
    if np.all(size == 0):
        notes += ("The gradient is zero everywhere; check at another point, too.",)
    verdicts = _judge(g, n, tolerance)
    return GradientReport(
        names=tuple(problem.names or ()),
        analytic=read_only(g),
        numeric=read_only(n),
        uncertainty=read_only(uncertainty),
        tolerance=read_only(tolerance),
        verdicts=verdicts,
        verdict=_overall(verdicts, failures, doubts),
        criterion=CRITERION,
        method=used,
        findings=failures + doubts + notes,
        evaluations=estimate.evaluations,
    )


def _as_problem(subject: Any, arguments: tuple[Any, ...], names: Sequence[str] | None) -> Problem:
    """The three ways to call `check_gradient`, as one."""
    if isinstance(subject, Problem) and not arguments and names is None:
        return subject
    if callable(subject) and len(arguments) == 2 and callable(arguments[0]):
        return Problem(subject, arguments[0], arguments[1], names=names)
    if (
        hasattr(subject, "value_and_gradient")
        and not isinstance(subject, Problem)
        and len(arguments) == 1
    ):
        return Problem.from_objective(subject, arguments[0], names=names)
    raise InvalidInput(
        "check_gradient takes an objective and theta, or a function, its gradient and a point, or a Problem alone; "
        f"given were {', '.join(type(part).__name__ for part in (subject, *arguments))}"
    )


def _consistency(problem: Problem) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
    """The gradient at x, sentences that make the check fail, and sentences that leave it inconclusive."""
    failures, doubts = [], []
    with np.errstate(all="ignore"):
        value, value_writes = _call(lambda x: as_number(problem.value(x)), problem)
        g, gradient_writes = _call(lambda x: _gradient(problem, x), problem)
        again, _ = _call(lambda x: as_number(problem.value(x)), problem)
        g_again, _ = _call(lambda x: _gradient(problem, x), problem)
        together, scale = _value_with_gradient(problem, value), _magnitude(problem, value)
    for noun, writes in (("function", value_writes), ("gradient", gradient_writes)):
        if writes:
            failures.append(f"The {noun} writes into its input; it must work on a copy.")
    if not np.isfinite(value):
        doubts.append(f"The function is {value} at this point; check at another one.")
    elif not np.all(np.isfinite(g)):
        bad = int(np.flatnonzero(~np.isfinite(g))[0])
        name = (problem.names or ())[bad]
        failures.append(f"The function is finite but its gradient by {name} is {g[bad]}.")
    elif again != value or not np.array_equal(g, g_again):
        doubts.append("Two calls at the same point differ; fix what is random before you check.")
    elif not abs(together - value) <= SAME_VALUE * scale:
        pair = f"The value alone is {value!r}, but {together!r} with the gradient"
        failures.append(f"{pair}: they are not one function.")
    return g, tuple(failures), tuple(doubts)


def _call(function: Callable[[Array], Any], problem: Problem) -> tuple[Any, bool]:
    """What a function gives at the point, and whether it wrote into its input."""
    x = problem.x.copy()
    result = function(x)
    return result, not np.array_equal(x, problem.x)


def _numeric(
    problem: Problem, method: Method, seed: int
) -> tuple[GradientEstimate, str, tuple[str, ...]]:
    """The derivative from values, the name of the method, and a sentence if the complex value was of no use."""
    evaluate = problem.complex_value
    notes: tuple[str, ...] = ()
    if method == "complex" and evaluate is None:
        raise InvalidInput(
            "method 'complex' needs a complex_value, and this problem has none; use 'differences'"
        )
    if evaluate is not None and method != "differences":
        trouble = None if method == "complex" else _complex_trouble(problem, evaluate, seed)
        if trouble is None:
            return complex_step_gradient(evaluate, problem.x), "complex step", ()
        notes = (f"The complex value is not used: {trouble}.",)
    estimate = estimate_gradient(problem.value, problem.x, _magnitude(problem), seed)
    return estimate, "central differences", notes


def _complex_trouble(problem: Problem, evaluate: ComplexFunction, seed: int) -> str | None:
    """Why the complex value cannot be trusted, if so: tried near x, as x itself may sit on a kink."""
    rng, scale = np.random.default_rng(seed), np.maximum(np.abs(problem.x), 1.0)
    problem = replace(problem, x=problem.x + ASIDE * scale * rng.uniform(-1.0, 1.0, scale.size))
    x, direction = problem.x, rng.standard_normal(scale.size)
    with np.errstate(all="ignore"):
        value = as_number(problem.value(x.copy()))
        try:
            twin = complex(evaluate(x.astype(np.complex128)))
            slope = complex(evaluate(x + 1j * COMPLEX_STEP * direction)).imag / COMPLEX_STEP
        except Exception as error:  # whatever a stranger's function raises, differences remain
            return f"it raises {type(error).__name__}: {error}"
    magnitude = _magnitude(problem, value)
    if np.isfinite(value) and not abs(twin - value) <= SAME_TWIN * magnitude:
        return f"it is {twin} where the real one is {value}"

    def line(t: Array) -> float:
        return problem.value(x + t[0] * direction)

    estimate = estimate_gradient(line, np.zeros(1), magnitude, seed)
    expected = estimate.gradient[0]
    if abs(slope - expected) > K_NUMERIC * estimate.uncertainty[0] + RESOLUTION * abs(expected):
        return f"its slope in one direction is {slope:.6g} where differences give {expected:.6g}"
    return None


def _gradient_noise(problem: Problem, seed: int) -> Array:
    """The rounding noise of each entry of the gradient, (P,): as measured, and no less than its terms must have."""
    measured = noise_level(lambda x: _gradient(problem, x), problem.x, seed)
    if problem.gradient_magnitude is None:
        return measured
    with np.errstate(all="ignore"):
        terms = as_float(problem.gradient_magnitude(problem.x.copy()), "the gradient_magnitude")
        return np.fmax(measured, HALF_ULP * np.abs(terms))


def _judge(g: Array, n: Array, tolerance: Array) -> tuple[Verdict, ...]:
    """The verdict of each entry, by the criterion at the head of this file."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(g), np.abs(n))
        failed = (np.abs(g - n) > tolerance) | (np.isfinite(n) & ~np.isfinite(g))
        enough = np.maximum(RESOLUTION * size, NEGLIGIBLE * _root_mean_square(size) + ZERO)
        decided = np.isfinite(tolerance) & (tolerance <= enough)
    return tuple(
        "fail" if f else "pass" if d else "inconclusive"
        for f, d in zip(failed, decided, strict=True)
    )


def _root_mean_square(size: Array) -> float:
    """Of the finite entries, with no square that overflows."""
    finite = size[np.isfinite(size)]
    largest = float(np.max(finite, initial=0.0))
    return largest * float(np.sqrt(np.mean(np.square(finite / largest)))) if largest > 0 else 0.0


def _overall(
    verdicts: tuple[Verdict, ...], failures: tuple[str, ...], doubts: tuple[str, ...]
) -> Verdict:
    if failures or "fail" in verdicts:
        return "fail"
    return "inconclusive" if doubts or "inconclusive" in verdicts else "pass"


def _gradient(problem: Problem, x: Array) -> Array:
    """The gradient at x as a float64 vector (P,) of its own."""
    g = as_float(problem.gradient(x), "the gradient")
    if g.shape != problem.x.shape:
        raise ShapeMismatch(
            f"the gradient has shape {g.shape} but x has shape {problem.x.shape}; they must be the same"
        )
    return g.copy()


def _value_with_gradient(problem: Problem, alone: float) -> float:
    """The value that comes with the gradient; the value alone where the problem has no such function."""
    if problem.value_and_gradient is None:
        return alone
    return float(as_number(problem.value_and_gradient(problem.x.copy())[0]))


def _magnitude(problem: Problem, value: float = 0.0) -> float:
    """The scale of the noise of the value, at least its size."""
    if problem.magnitude is None:
        return abs(value)
    with np.errstate(all="ignore"):
        return max(abs(value), abs(float(as_number(problem.magnitude(problem.x.copy())))))
