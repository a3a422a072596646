"""Warnings about unsuitable targets and initial weights, and gradient checks before and after a training run.

With a wrong gradient an optimizer finds no lower point along its search direction.  So the gradient is checked after
such a termination and, if the caller sets `check`, before training; both along a few directions only, which is fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import GradientReport, check_gradient
from sheernet.foundation.arrays import Array, as_matrix, extremes
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.network import activations, initialize
from sheernet.network.activations import Activation
from sheernet.network.architecture import Architecture
from sheernet.objective.objective import Objective
from sheernet.optimizers import Run, Termination
from sheernet.optimizers.optimizer_protocol import LIMITS

SUSPICIOUS = frozenset({"line_search_failed", "damping_limit"})
"""Termination reasons that a wrong gradient can cause."""

_OF_LONG_STEPS = frozenset(
    {*LIMITS, "plateau", "non_finite", "gradient_tolerance", "cost_tolerance"}
)
"""Termination reasons that too long steps can cause: a run that overflows, or reaches saturated units."""


def require_correct_gradient(objective: Objective, theta: Array) -> None:
    """Check the gradient along a few directions before training.

    Raises
    ------
    GradientMismatch
        If the gradient is wrong.

    Warns
    -----
    SheernetWarning
        If the check is inconclusive.
    """
    report = check_gradient(objective, theta, extent="directions")
    report.raise_if_failed()
    if report.verdict == "inconclusive":
        warn(
            f"the gradient check at the initial weights is inconclusive: {_why(report)} Check the gradient at other "
            "weights with sn.check_gradient."
        )


def with_gradient_check(run: Run, objective: Objective) -> Run:
    """Append the result of a gradient check at the last point to the message of a run whose search failed."""
    last = run.theta if run.state is None else run.state.state.theta
    try:
        report = check_gradient(objective, last, extent="directions")
    except KeyboardInterrupt:  # skip the check and keep the result of the training run
        return run
    message = run.termination.message + f" {_finding(report)}"  # "+" keeps the parts of a Sentence
    return replace(run, termination=Termination(run.termination.reason, message))


def with_advice_on_rate(run: Run, options: Mapping[str, Any]) -> Run:
    """If the objective rose because steps are too long, replace the message by advice to reduce the learning rate.

    It rose if the run ended above its start.  Plain gradient descent decreases the objective in every
    step that is short enough, so for this method it also rose if the run ended above its lowest point.
    """
    values, reason = run.record.objective, run.termination.reason
    plain = run.method == "gd" and not options.get("momentum")
    if reason not in _OF_LONG_STEPS:
        return run
    if values[-1] > values[0]:
        how = f"from {values[0]:.6g} to {values[-1]:.6g}"
    elif plain and values[-1] > values.min():
        n_rises = np.count_nonzero(values[1:] > values[:-1])
        how = f"in {n_rises} of {counted(len(values) - 1, 'iteration')}"
    else:
        return run
    message = sentence(
        "The objective rose {}, so the steps are too long; reduce {}. The result is the best iterate.",
        how, Setting("learning_rate"),
    )  # fmt: skip
    return replace(run, termination=Termination(reason, message))


def _finding(report: GradientReport) -> str:
    if report.verdict == "pass":
        return "A check of the gradient at this point passed."
    if report.verdict == "fail":
        return f"A check of the gradient at this point FAILED: {_why(report)}"
    return f"A check of the gradient at this point was inconclusive: {_why(report)}"


def _why(report: GradientReport) -> str:
    """Return the most informative sentence of a report."""
    if report.diagnosis is not None:
        return report.diagnosis.sentence
    if report.findings:
        return report.findings[0]
    return f"{report.worst.name} is {report.worst.verdict}."


def used_targets(objective: Objective, y: npt.ArrayLike) -> Array:
    """Return the targets of the rows of positive weight, (N, K); not a copy if all rows have a positive weight."""
    targets = as_matrix(y, "y")
    return targets if len(targets) == objective.n_samples else targets[objective.weights > 0]


def warn_if_constant(targets: Array) -> None:
    """Warn if there is a single row of targets (N, K), or if some of their columns are constant."""
    constant = _constant_columns(targets)
    if len(targets) == 1:
        warn("there is a single training row, which many networks fit exactly; give more rows")
    elif constant:
        numbers = [k + 1 for k in constant]
        which = (
            "all targets are equal"
            if targets.shape[1] == 1
            else f"target {plural_of(len(numbers), 'column')} {listed(numbers)} {plural_of(len(numbers), 'is', 'are')} "
            "constant"
        )
        warn(f"{which}: the network can only learn that constant; check the target column")


def _constant_columns(targets: Array) -> list[int]:
    """Return the indices of the constant columns of targets (N, K)."""
    ends = zip(targets[0].tolist(), targets[-1].tolist(), strict=True)
    candidates = [k for k, (first, last) in enumerate(ends) if first == last]  # usually empty
    return [k for k in candidates if (targets[:, k] == targets[0, k]).all()]


def warn_if_outside_range(output: Activation, targets: Array) -> None:
    """Warn if targets (N, K) lie outside the range of the output activation, usually because they are not scaled."""
    if output.name not in activations.RANGES:
        return
    lowest, highest = activations.RANGES[output.name]
    low, high = extremes(targets)
    if low < lowest or high > highest:
        warn(
            f"targets lie between {low:g} and {high:g}, but the output activation {output.name!r} gives values between "
            f"{lowest:g} and {highest:g}; scale the targets, or use output='identity'"
        )


def warn_if_identical_units(architecture: Architecture, thetas: Array) -> None:
    """Warn if two hidden units have identical initial weights, in any of several starts (n, P)."""
    few = range(len(thetas)) if len(thetas) < 3 else None  # sorting saves time only for many starts
    for index in few or initialize.perhaps_identical(architecture, thetas):
        twins = initialize.identical_hidden_units(architecture, thetas[index])
        if twins is None:
            continue
        layer, i, j = twins
        warn(
            f"hidden units {i + 1} and {j + 1} of layer {layer} have identical initial weights and stay identical, "
            "because their gradients are equal; draw the weights with Network.random"
        )
