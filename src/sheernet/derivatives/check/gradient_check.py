"""check_gradient: tests a gradient, finds its wrong entries, and diagnoses the kind of mistake.

problem -> function checks -> numerical derivatives -> comparison -> (bisection) -> diagnosis -> report
           deterministic,     complex steps or         verdicts by   worst of       kind of
           consistent         differences              uncertainty   many entries   mistake
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.check.bisection import WrongEntry, worst_entries
from sheernet.derivatives.check.comparison_runner import METHODS, ComparisonRunner, Method
from sheernet.derivatives.check.gradient_report import GradientReport, make_report
from sheernet.derivatives.comparisons import (
    RESOLUTION,
    SMALL_ERROR,
    Comparisons,
    Power,
    Verdict,
    check_functions,
    each_entry,
    overall_verdict,
    power,
)
from sheernet.derivatives.diagnosis import Diagnosis, Evidence, diagnose
from sheernet.derivatives.problem import GradientFunction, HasGradient, Problem, ValueFunction
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import Setting

MAX_SECONDS = 2.0  # seconds allowed for the comparison of every entry
VALUES_PER_ENTRY = 7  # with differences; a complex value takes about as long as 7 real ones
MIN_POWER = 0.9
"""Power of the directions, for an error of 1 % in a typical entry, below which a check cannot pass."""

INCONCLUSIVE_MESSAGE = (
    "An inconclusive entry could hide an error: the rounding of the function, or a kink nearby, has too large an "
    "effect; scale the data, or check at another point."
)

SMALL_ERROR_MESSAGE = (
    "The errors are small: at most {:.1g} of an entry. A constant with few digits, the tolerance of a solver or "
    "numbers of lower precision may explain them, as well as a wrong formula."
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
    """Compare a gradient with the numerical derivatives of its function, entry by entry.

    Call it as check_gradient(objective, theta), as check_gradient(f, grad, x), or as check_gradient(problem).

    Parameters
    ----------
    subject : objective, callable or Problem
        An object with `value(theta)` and `value_and_gradient(theta)`; or a function x (P,) -> float; or a `Problem`.
    *arguments
        The point theta (P,) of an objective; or the gradient function x (P,) -> (P,), and the point x (P,).
    method : {"auto", "complex", "differences"}, optional
        "auto" uses complex steps if the problem has a complex value that agrees with the real one, otherwise
        extrapolated central differences.
    seed : int, optional
        Seed of the directions in which noise is measured, and of those that are compared.
    extent : {"auto", "entries", "directions"}, optional
        Whether to compare every entry separately, or the gradient along a few random directions, K = 6 in all of x and
        one for each block.  Then K + blocks complex values (or 4 times as many real ones) are enough for any P; if a
        comparison fails, the worst entries are found by bisection.  "auto" compares every entry if that takes at most
        about two seconds.
    names : sequence of str, optional
        A name for each entry, instead of those of the objective.
    decay, constants : optional
        For the diagnosis: the coefficients of a penalty 1/2 sum_p decay_p x_p^2 in f, a number or (P,); and factors
        that the gradient may lack or contain twice, by name, such as {"N": 200}.

    Returns
    -------
    GradientReport
        With a verdict "pass", "fail" or "inconclusive" for each entry and for the check, and a diagnosis if it failed.

    Raises
    ------
    InvalidInput
        If the arguments have none of the three forms, an option is unknown, or method "complex" has no complex value.
    ShapeMismatch
        If the shape of the gradient is not that of x.

    References
    ----------
    The module docstrings of verdicts.py, line_derivative.py, function_noise.py, directions.py, bisection.py and
    diagnosing.py in `sheernet.derivatives` state the methods and their sources.

    Examples
    --------
    >>> import sheernet as sn
    >>> report = sn.check_gradient(lambda x: x[0] ** 2 + 3 * x[1], lambda x: [2 * x[0], 3.03], [1.0, 2.0])
    >>> report.verdict, report.verdicts
    ('fail', ('pass', 'fail'))
    >>> report.worst.name, round(report.worst.relative, 4)
    ('x[1]', 0.0099)
    >>> print(report.diagnosis)
    Only the entry x[1] is wrong; all others are right: check the indexing.
    """
    require_known(Setting("method"), method, METHODS)
    require_known(Setting("extent"), extent, EXTENTS)
    problem = _with_options(as_problem(subject, arguments, names), decay, constants)
    runner = ComparisonRunner(problem, check_functions(problem), method, seed)
    if _is_complete(problem, extent, runner.consistency.seconds):
        comparison = runner.decide_kinks(runner.compare_along(each_entry(problem)))
        wrong = {int(i): float(comparison.numeric[i]) for i in np.flatnonzero(comparison.failed)}
        diagnosis = _diagnosis(runner, comparison, wrong)
        return _report(runner, comparison, diagnosis, blocks=problem.blocks)
    comparison = runner.decide_kinks(runner.compare_along(runner.directions()))
    found = _find_worst_entries(runner, comparison) if comparison.failed.any() else []
    diagnosis = _diagnosis(runner, comparison, {part.index: part.numeric for part in found})
    g, tolerance = runner.consistency.gradient, comparison.tolerance
    of_directions = power(comparison.directions, g, tolerance, 2 * RESOLUTION)
    return _report(runner, comparison, diagnosis, found=found, power=of_directions)


def as_problem(
    subject: Any, arguments: tuple[Any, ...], names: Sequence[str] | None = None
) -> Problem:
    """Make the problem from any of the three forms of the arguments of `check_gradient`."""
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
        "the arguments must be an objective and theta, or a function, its gradient and a point, or a Problem alone, "
        f"but {type_names(subject, *arguments)} {plural_of(1 + len(arguments), 'was', 'were')} given; for a network of "
        "your own class, give sn.foreign.from_object(network, X, y)"
    )


def type_names(*arguments: Any) -> str:
    """Return the types of some arguments, for a message."""
    return listed([type(part).__name__ for part in arguments])


def _with_options(
    problem: Problem, decay: npt.ArrayLike | None, constants: Mapping[str, float] | None
) -> Problem:
    """Set the decay and the constants given by the caller."""
    if decay is not None:
        problem = replace(problem, decay=np.broadcast_to(as_float(decay, "decay"), problem.x.shape))
    return problem if constants is None else replace(problem, constants=constants)


def _is_complete(problem: Problem, extent: Extent, seconds: float) -> bool:
    """Return whether to compare every entry separately; `seconds` is the time of one evaluation."""
    if extent != "auto":
        return extent == "entries"
    return seconds_of_entries(problem.x.size, seconds) <= MAX_SECONDS


def seconds_of_entries(size: int, seconds: float) -> float:
    """Return the expected time of a check of every entry of (P,), if an evaluation takes `seconds`."""
    return size * VALUES_PER_ENTRY * seconds


def _find_worst_entries(runner: ComparisonRunner, comparison: Comparisons) -> list[WrongEntry]:
    """Find the worst entries of a gradient that failed along directions."""
    return worst_entries(
        runner.problem, runner.consistency.gradient, comparison, runner.cheap_slope(comparison)
    )


def _diagnosis(
    runner: ComparisonRunner, comparison: Comparisons, wrong: dict[int, float]
) -> Diagnosis | None:
    """Diagnose a failed check; `wrong` maps wrong entries to their numerical derivatives."""
    if not comparison.failed.any():
        return None
    evidence = Evidence(
        runner.problem,
        runner.consistency.gradient,
        comparison,
        wrong,
        runner.is_right_at,
        runner.is_right_along,
        runner.method == "complex step",
    )
    return diagnose(evidence)


def _report(
    runner: ComparisonRunner,
    comparison: Comparisons,
    diagnosis: Diagnosis | None,
    *,
    found: Sequence[WrongEntry] = (),
    power: Power | None = None,
    blocks: Any = None,
) -> GradientReport:
    """Make the report of the comparisons, followed by the wrong entries found by bisection."""
    problem, consistency = runner.problem, runner.consistency
    kinks = comparison.estimate.kinks or ((),) * len(comparison.directions)
    doubtful = bool(consistency.doubts) or (power is not None and power.probability < MIN_POWER)
    findings = _findings(runner, comparison)
    comparison = _with_wrong_entries(comparison, found, problem, consistency.gradient)
    findings += _size_of_errors(comparison, problem.x.size if power is None else len(found))
    return make_report(
        comparison,
        verdict=overall_verdict(comparison.verdicts, bool(consistency.failures), doubtful),
        method=runner.method,
        findings=findings,
        evaluations=runner.evaluations,
        kinks=(*map(problem.kinks_in_words, kinks), *("" for _ in found)),
        diagnosis=diagnosis,
        power=power,
        blocks=blocks,
        size=problem.x.size,
    )


def _with_wrong_entries(
    comparison: Comparisons, found: Sequence[WrongEntry], problem: Problem, g: Array
) -> Comparisons:
    """Append wrong entries to the comparisons."""
    places, errors = [part.index for part in found], [part.error for part in found]
    names = comparison.directions.names + problem.entry_names(places)
    failed: list[Verdict] = ["fail" for _ in found]
    return replace(
        comparison,
        directions=replace(comparison.directions, names=names),
        analytic=np.append(comparison.analytic, g[places]),
        numeric=np.append(comparison.numeric, [part.numeric for part in found]),
        uncertainty=np.append(comparison.uncertainty, errors),
        tolerance=np.append(comparison.tolerance, errors),
        verdicts=(*comparison.verdicts, *failed),
    )


def _size_of_errors(comparison: Comparisons, n_entries: int) -> tuple[str, ...]:
    """Return a message if the errors of all wrong entries are small; the last `n_entries` comparisons are entries."""
    errors = (
        comparison.relative_error[-n_entries:][comparison.failed[-n_entries:]]
        if n_entries
        else np.empty(0)
    )
    if not errors.size or not np.all(errors <= SMALL_ERROR):
        return ()
    return (SMALL_ERROR_MESSAGE.format(np.max(errors)),)


def _findings(runner: ComparisonRunner, comparison: Comparisons) -> tuple[str, ...]:
    """Return messages about the functions and the limits of a check."""
    consistency, g = runner.consistency, runner.consistency.gradient
    findings = [*consistency.failures, *consistency.doubts, *runner.notes]
    not_finite = np.flatnonzero(~np.isfinite(g))
    if np.isfinite(consistency.value) and not_finite.size:
        (name,) = runner.problem.entry_names(not_finite[:1])
        findings.append(
            f"The function is finite, but entry {name} of its gradient is {g[not_finite[0]]}."
        )
    if "inconclusive" in comparison.verdicts and not consistency.doubts:
        findings.append(INCONCLUSIVE_MESSAGE)
    if np.all(g == 0) and np.all(comparison.numeric == 0):
        findings.append("The gradient is zero everywhere; check at another point, too.")
    return tuple(findings)
