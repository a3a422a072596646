"""Whether a gradient is right, which entries are wrong, and what kind of mistake it is.

problem -> consistency -> derivatives from values -> comparison -> (bisection) -> diagnosis -> report
do f and g     complex steps, or         verdicts by    worst entries   the kind of
behave?        differences               uncertainty    of many         mistake
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.check.bisection import Found, worst_entries
from sheernet.derivatives.check.checker import METHODS, Checker, Method
from sheernet.derivatives.check.gradient_report import GradientReport
from sheernet.derivatives.comparisons.consistency import examine
from sheernet.derivatives.comparisons.directions import Power, each_entry, power
from sheernet.derivatives.comparisons.verdicts import CRITERION, RESOLUTION, Comparisons, Verdict
from sheernet.derivatives.diagnosis.diagnose import diagnose
from sheernet.derivatives.diagnosis.error_patterns import Diagnosis, Evidence
from sheernet.derivatives.problem import GradientFunction, HasGradient, Problem, ValueFunction
from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, unknown_name

PATIENCE = 2.0  # seconds that comparing every entry may take
VALUES_PER_ENTRY = 7  # by differences; a complex value takes about as long as that many real ones
LIKELY = 0.9  # that an error of 1 % in a typical entry is seen: else a pass along directions says too little

UNDECIDED = (
    "What is inconclusive could hide an error: the rounding of the function, or a kink nearby, is too large beside it; "
    "scale the data, or check at another point."
)

Extent = Literal["auto", "entries", "directions"]
EXTENTS: tuple[Extent, ...] = ("auto", "entries", "directions")


@overload
def check_gradient(
    subject: Problem, /, *, method: Method = ..., seed: int = ..., extent: Extent = ...
) -> GradientReport: ...
@overload
def check_gradient(
    subject: HasGradient,
    theta: npt.ArrayLike,
    /,
    *,
    method: Method = ...,
    seed: int = ...,
    extent: Extent = ...,
    names: Sequence[str] | None = ...,
    decay: npt.ArrayLike | None = ...,
    constants: Mapping[str, float] | None = ...,
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
    extent: Extent = ...,
    names: Sequence[str] | None = ...,
    decay: npt.ArrayLike | None = ...,
    constants: Mapping[str, float] | None = ...,
) -> GradientReport: ...
def check_gradient(
    subject: Any,
    /,
    *arguments: Any,
    method: Method = "auto",
    seed: int = 0,
    extent: Extent = "auto",
    names: Sequence[str] | None = None,
    decay: npt.ArrayLike | None = None,
    constants: Mapping[str, float] | None = None,
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
        Of the directions in which noise is measured, and of those that are compared.
    extent : {"auto", "entries", "directions"}, optional
        Whether every entry is compared by itself, or the gradient along a few random directions, 6 for all of x and one
        for each block.  Then K + blocks complex values (4 times as many real ones) are enough for any P; where one
        fails, the worst entries are found by bisection.  "auto" compares every entry where that takes a few seconds.
    names : sequence of str, optional
        A name for each entry, in place of those of the objective.
    decay, constants : optional
        For the diagnosis of f and grad: the coefficients of a penalty 1/2 sum_p decay_p x_p^2 in f, a number or (P,);
        and numbers that a gradient may lack, by name, such as {"N": 200}.

    Returns
    -------
    GradientReport
        With a verdict "pass", "fail" or "inconclusive" for each entry and for all, and where it failed a diagnosis.

    Raises
    ------
    InvalidInput
        When the arguments are none of the three forms, or the method has no complex value to work on.
    ShapeMismatch
        When the gradient has another shape than x.

    References
    ----------
    See the heads of the modules comparison, lines, estimates, directions, bisection and diagnosis beside this one.

    Examples
    --------
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: x[0] ** 2 + 3 * x[1], lambda x: [2 * x[0], 3.03], [1.0, 2.0])
    >>> report.verdict, report.verdicts
    ('fail', ('pass', 'fail'))
    >>> report.worst.name, round(report.worst.relative, 4)
    ('x[1]', 0.0099)
    >>> print(report.diagnosis)
    A single entry of the gradient is wrong, x[1]; all others are right: look at the indexing.
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    if extent not in EXTENTS:
        raise unknown_name("extent", extent, EXTENTS)
    problem = _with_facts(as_problem(subject, arguments, names), decay, constants)
    checker = Checker(problem, examine(problem), method, seed)
    if _is_complete(problem, extent, checker.found.seconds):
        comparison = checker.decide_kinks(checker.along(each_entry(problem)))
        wrong = {int(i): float(comparison.numeric[i]) for i in np.flatnonzero(comparison.failed)}
        diagnosis = _diagnosis(checker, comparison, wrong)
        return _report(checker, comparison, diagnosis, blocks=problem.blocks)
    comparison = checker.decide_kinks(checker.along(checker.directions()))
    found = _worst(checker, comparison) if comparison.failed.any() else []
    diagnosis = _diagnosis(checker, comparison, {part.index: part.numeric for part in found})
    seen = power(
        comparison.directions, checker.found.gradient, comparison.tolerance, 2 * RESOLUTION
    )
    return _report(checker, comparison, diagnosis, found=found, power=seen)


def check_around(subject: Any, /, *arguments: Any, **options: Any) -> dict[str, GradientReport]:
    """Check a gradient at several points: a mistake may hide at one, and at an optimum nearly all of them do.

    Parameters
    ----------
    subject, *arguments, **options
        As for `check_gradient`.

    Returns
    -------
    dict of str to GradientReport
        "given" at x itself; "beside" at x with a tenth of its size of noise; "small" at x / 16; "large" at 10 x, where
        units are saturated.

    Examples
    --------
    >>> import sheernet as sn
    >>> f, wrong = lambda x: x[0] ** 4 + x[1], lambda x: [4 * x[0] ** 3 if abs(x[0]) < 5 else 0.0, 1.0]
    >>> {name: report.verdict for name, report in sn.derivatives.check_around(f, wrong, [1.0, 2.0]).items()}
    {'given': 'pass', 'beside': 'pass', 'small': 'pass', 'large': 'fail'}
    """
    problem = as_problem(subject, arguments, options.pop("names", None))
    x, rng = problem.x, np.random.default_rng(options.get("seed", 0))
    noise = 0.1 * np.maximum(np.abs(x), 1.0) * rng.standard_normal(x.size)
    points = {"given": x, "beside": x + noise, "small": x / 16.0, "large": 10.0 * x}
    return {
        name: check_gradient(replace(problem, x=point), **options) for name, point in points.items()
    }


def as_problem(
    subject: Any, arguments: tuple[Any, ...], names: Sequence[str] | None = None
) -> Problem:
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


def _with_facts(
    problem: Problem, decay: npt.ArrayLike | None, constants: Mapping[str, float] | None
) -> Problem:
    """The problem with what its caller tells besides."""
    if decay is not None:
        problem = replace(problem, decay=np.broadcast_to(as_float(decay, "decay"), problem.x.shape))
    return problem if constants is None else replace(problem, constants=constants)


def _is_complete(problem: Problem, extent: Extent, seconds: float) -> bool:
    """Whether every entry is compared by itself; `seconds` is what one value takes."""
    if extent != "auto":
        return extent == "entries"
    return problem.x.size * VALUES_PER_ENTRY * seconds <= PATIENCE


def _worst(checker: Checker, comparison: Comparisons) -> list[Found]:
    """The worst entries of a gradient that failed along directions, by bisection."""
    return worst_entries(
        checker.problem, checker.found.gradient, comparison, checker.slope_like(comparison)
    )


def _diagnosis(
    checker: Checker, comparison: Comparisons, wrong: dict[int, float]
) -> Diagnosis | None:
    """What kind of mistake it is, where something failed; `wrong` are entries and their derivatives from values."""
    if not comparison.failed.any():
        return None
    evidence = Evidence(
        checker.problem,
        checker.found.gradient,
        comparison,
        wrong,
        checker.is_right_at,
        checker.is_right_along,
        checker.method == "complex step",
    )
    return diagnose(evidence)


def _report(
    checker: Checker,
    comparison: Comparisons,
    diagnosis: Diagnosis | None,
    *,
    found: Sequence[Found] = (),
    power: Power | None = None,
    blocks: Any = None,
) -> GradientReport:
    """Put the comparisons, and the entries that a bisection found, into a report."""
    problem, consistency = checker.problem, checker.found
    places = np.array([part.index for part in found], dtype=np.intp)
    errors = np.array([part.error for part in found])
    findings = consistency.failures + consistency.doubts + checker.notes
    doubtful = bool(consistency.doubts) or (power is not None and power.probability < LIKELY)
    not_finite = np.flatnonzero(~np.isfinite(consistency.gradient))
    if np.isfinite(consistency.value) and not_finite.size:
        name = (problem.names or ())[not_finite[0]]
        entry = consistency.gradient[not_finite[0]]
        findings += (f"The function is finite but its gradient by {name} is {entry}.",)
    if "inconclusive" in comparison.verdicts and not consistency.doubts:
        findings += (UNDECIDED,)
    if np.all(consistency.gradient == 0) and np.all(comparison.numeric == 0):
        findings += ("The gradient is zero everywhere; check at another point, too.",)
    of_entries: list[Verdict] = ["fail" for _ in found]
    verdicts = (*comparison.verdicts, *of_entries)

    def column(of_directions: Array, of_entries: npt.ArrayLike) -> Array:
        return read_only(np.concatenate([of_directions, np.asarray(of_entries, dtype=np.float64)]))

    return GradientReport(
        names=comparison.directions.names + tuple((problem.names or ())[i] for i in places),
        analytic=column(comparison.analytic, consistency.gradient[places]),
        numeric=column(comparison.numeric, [part.numeric for part in found]),
        uncertainty=column(comparison.uncertainty, errors),
        tolerance=column(comparison.tolerance, errors),
        verdicts=verdicts,
        verdict=overall_verdict(verdicts, bool(consistency.failures), doubtful),
        criterion=CRITERION,
        method=checker.method,
        findings=findings,
        evaluations=checker.evaluations,
        kinks=_kinks(problem, comparison) + ("",) * len(found),
        diagnosis=diagnosis,
        power=power,
        blocks=blocks,
        size=problem.x.size,
    )


def _kinks(problem: Problem, comparison: Comparisons) -> tuple[str, ...]:
    """The kinks near x of each comparison, in words: the first one, and how many more."""
    name = problem.kink_name or "kink {}".format
    found = comparison.estimate.kinks or ((),) * len(comparison.directions)
    return tuple(
        "" if not near else name(near[0]) + (f" and {len(near) - 1} more" if len(near) > 1 else "")
        for near in found
    )


def overall_verdict(
    verdicts: tuple[Verdict, ...], failures: bool = False, doubts: bool = False
) -> Verdict:
    """The verdict for all, from those of the comparisons and of what went before them."""
    if failures or "fail" in verdicts:
        return "fail"
    return "inconclusive" if doubts or "inconclusive" in verdicts else "pass"
