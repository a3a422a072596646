"""What is looked at around a training: data from which nothing can be learned, and gradients that are wrong.

A wrong gradient shows in a training as a search that finds no lower point.  So it is checked there, and on request
before the training begins, in its cheap form: along a few directions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy.typing as npt

from sheernet.derivatives import GradientReport, check_gradient
from sheernet.foundation.arrays import Array, as_matrix, extremes
from sheernet.foundation.caller_warnings import warn
from sheernet.network import activations, initialize
from sheernet.network.activations import Activation
from sheernet.network.architecture import Architecture
from sheernet.objective.objective import Objective
from sheernet.optimizers import Run, Termination

SUSPICIOUS = frozenset({"line_search_failed", "damping_limit"})
"""Endings that a wrong gradient would explain."""


def refuse_wrong_gradient(objective: Objective, theta: Array) -> None:
    """Check a gradient before a training along a few directions.

    Raises
    ------
    GradientMismatch
        When it is wrong.

    Warns
    -----
    SheernetWarning
        When that cannot be told.
    """
    report = check_gradient(objective, theta, extent="directions")
    report.raise_if_failed()
    if report.verdict == "inconclusive":
        warn(
            f"whether the gradient is right cannot be told where the training begins: {_why(report)} Check it at other "
            "weights (sn.check_gradient)."
        )


def explained(run: Run, objective: Objective) -> Run:
    """A run whose search failed, with one more sentence: whether the gradient is right where it ended."""
    if run.termination.reason not in SUSPICIOUS:
        return run
    last = run.theta if run.state is None else run.state.state.theta
    try:
        report = check_gradient(objective, last, extent="directions")
    except KeyboardInterrupt:  # what was trained is worth more than this sentence
        return run
    said = Termination(run.termination.reason, f"{run.termination.message} {_finding(report)}")
    return replace(run, termination=said)


def _finding(report: GradientReport) -> str:
    if report.verdict == "pass":
        return "The gradient was checked there: it is right."
    if report.verdict == "fail":
        return f"The gradient was checked there: it is WRONG: {_why(report)}"
    return f"The gradient was checked there, but whether it is right cannot be told: {_why(report)}"


def _why(report: GradientReport) -> str:
    """The sentence that tells most."""
    if report.diagnosis is not None:
        return report.diagnosis.sentence
    if report.findings:
        return report.findings[0]
    return f"{report.worst.name} is {report.worst.verdict}."


def used_targets(objective: Objective, y: npt.ArrayLike) -> Array:
    """The targets of the rows of positive weight, (N, K); not a copy where those are all rows."""
    targets = as_matrix(y, "y")
    return targets if len(targets) == objective.n_samples else targets[objective.weights > 0]


def warn_of_data(targets: Array) -> None:
    """Targets (N, K) that a constant fits as well."""
    constant = _constant_columns(targets)
    if len(targets) == 1:
        problem = "there is a single row to train on: any network that fits it is as good"
    elif not constant:
        return
    else:
        if targets.shape[1] == 1:
            which = "all targets are equal"
        elif len(constant) == 1:
            which = f"target column {constant[0] + 1} is constant"
        else:
            which = f"target columns {', '.join(str(k + 1) for k in constant)} are constant"
        problem = f"{which}: the network can only learn that constant; check the target column"
    warn(problem)


def _constant_columns(targets: Array) -> list[int]:
    """Which columns of targets (N, K) hold one number only."""
    ends = zip(targets[0].tolist(), targets[-1].tolist(), strict=True)
    perhaps = [k for k, (first, last) in enumerate(ends) if first == last]  # seldom any
    return [k for k in perhaps if (targets[:, k] == targets[0, k]).all()]


def warn_of_range(output: Activation, targets: Array) -> None:
    """Targets (N, K) that the output activation cannot reach: most often they were to be scaled first."""
    if output.name not in activations.RANGES:
        return
    lowest, highest = activations.RANGES[output.name]
    low, high = extremes(targets)
    if low < lowest or high > highest:
        warn(
            f"targets lie between {low:g} and {high:g}, but output activation {output.name!r} only "
            f"gives values between {lowest:g} and {highest:g}; scale the targets, or use output='identity'"
        )


def warn_of_twins_among(architecture: Architecture, thetas: Array) -> None:
    """Two hidden units that will never differ, in any of many starts (n, P)."""
    few = range(len(thetas)) if len(thetas) < 3 else None  # sorting pays for many only
    for index in few or initialize.perhaps_identical(architecture, thetas):
        twins = initialize.identical_hidden_units(architecture, thetas[index])
        if twins is None:
            continue
        layer, i, j = twins
        warn(
            f"hidden units {i + 1} and {j + 1} of layer {layer} start identical and will stay so: no gradient tells "
            "them apart; draw the weights with Network.random"
        )
