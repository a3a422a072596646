"""The output activation of a model of numeric targets: how its targets are scaled, and the limits of its predictions.

An activation with limits, such as sigmoid, sets limits of the target in its own units, as in Keras and nnet.  So
the target is not shifted, as "standardize" would do: it is divided by its root mean square if only one limit is finite,
which is then 0, and is not scaled if both are.  Any other scaling rule is applied, and scales the limits, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.sentences import Sentence, Setting, sentence
from sheernet.network import activations

OF_NUMBERS = ("identity", "sigmoid", "tanh", "softplus", "exp")
"""Output activations for numeric targets."""
OF_CLASSES = ("sigmoid", "softmax")


def require_output(given: object) -> None:
    """Raise InvalidInput if a setting `output_activation` is neither None nor the name of an output."""
    known = dict.fromkeys((*OF_NUMBERS, *OF_CLASSES))
    if given == "relu":
        raise InvalidInput(
            "{} may predict 0 for all rows and then has a gradient of 0, so that no training improves it; use {}",
            Setting("output_activation", given), Setting("output_activation", "softplus"),
        )  # fmt: skip
    if given is not None and given not in known:
        raise unknown_name(Setting("output_activation"), given, known)


def scaling_of_targets(scaling: str, given: str | None) -> str:
    """Return the rule by which targets are scaled.

    Parameters
    ----------
    scaling : str
        The rule for the inputs.
    given : str or None
        The setting `output_activation`.

    Examples
    --------
    >>> from sheernet.models.output_layer import scaling_of_targets
    >>> [scaling_of_targets("standardize", name) for name in (None, "exp", "sigmoid")]
    ['standardize', 'rms', 'none']
    """
    if given not in activations.RANGES or scaling not in ("standardize", "rms"):
        return scaling
    return "none" if np.isfinite(activations.RANGES[given]).all() else "rms"


def with_output(targets: Targets, given: str | None) -> Targets:
    """Return the targets of a model with an output activation.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        As learned from the training rows.
    given : str or None
        The setting `output_activation`.

    Raises
    ------
    InvalidInput
        If targets have other outputs, or training rows lie outside of the limits.
    """
    if given is None or given == targets.output:
        return targets
    if isinstance(targets, ClassTarget):
        raise InvalidInput(
            "{} is for targets that are numbers, but the classes of {!r} have probabilities, from a {}; omit it, "
            "or give {}",
            Setting("output_activation", given), targets.name, targets.output, Setting("task", "regression"),
        )  # fmt: skip
    if given not in OF_NUMBERS:
        raise InvalidInput(
            "{} is for classes, but {!r} holds numbers; omit it, or give {}",
            Setting("output_activation", given), targets.names[0], Setting("task", "classification"),
        )  # fmt: skip
    found = replace(targets, output=given)
    _require_within_limits(found)
    return found


def _require_within_limits(targets: NumberTargets) -> None:
    low, high = limits(targets)
    for k, name in enumerate(targets.names):
        if low[k] <= targets.lowest[k] and targets.highest[k] <= high[k]:
            continue
        raise InvalidInput(
            "predictions of {!r} with {} would be {}, but its values are from {:g} to {:g}; {}",
            name, Setting("output_activation", targets.output), _in_words(low[k], high[k]),
            targets.lowest[k], targets.highest[k], _advice(targets, k),
        )  # fmt: skip


def _advice(targets: NumberTargets, k: int) -> Sentence:
    """Advice for values outside of the limits."""
    without = sentence("omit {}", Setting("output_activation"))
    lowest, highest = activations.RANGES[targets.output]
    if not np.isfinite(highest):
        return without
    if targets.lowest[k] < 0 and lowest == 0:
        return sentence("use {}, or {}", Setting("scaling", "minmax"), without)
    return sentence(
        "divide the target by the largest value it can have, use {}, which divides by that of the training rows, or {}",
        Setting("scaling", "maxabs"), without,
    )  # fmt: skip


def limit_notices(targets: Targets, scaling: str) -> Sequence[str]:
    """A notice for each target whose limits come from the training rows."""
    if not isinstance(targets, NumberTargets) or targets.output not in activations.RANGES:
        return []
    low, high = limits(targets)
    usual = activations.RANGES[targets.output]
    return [
        sentence(
            "predictions of {!r} are {}, because {} scales the limits of its output, {}, by the training rows",
            name, _in_words(low[k], high[k]), Setting("scaling", scaling), targets.output,
        )
        for k, name in enumerate(targets.names)
        if (low[k], high[k]) != usual
    ]  # fmt: skip


def limits(targets: NumberTargets) -> tuple[Array, Array]:
    """Return the infimum and the supremum of predictions of each target, (K,) and (K,), in its units; may be infinite.

    Examples
    --------
    >>> from sheernet.data.targets import NumberTargets
    >>> from sheernet.models.output_layer import limits
    >>> limits(NumberTargets(("share",), (0.0,), (100.0,), (5.0,), (90.0,), "sigmoid"))
    (array([0.]), array([100.]))
    """
    ends = activations.RANGES.get(targets.output, (-np.inf, np.inf))
    low, high = (np.array(targets.shift) + np.array(targets.scale) * end for end in ends)
    return low, high


def dispersion_of(targets: Targets, cost: str, truth: Array | None = None) -> float | None:
    """Factor that makes the inverse Gauss-Newton matrix the covariance, for a cost other than squared errors.

    With counts y = s t, the Poisson loss of the scaled counts t is 1 / s times that of y up to a constant: a factor of
    1 / s.  None if it is not known: for counts of several targets that have different scales, and for a cross-entropy
    of fractions or the Poisson loss of values that are not counts, whose variance need not be that of a class or of
    a count (Papke and Wooldridge 1996).

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The targets; counts have a range of whole numbers, and are not shifted.
    cost : str
        The cost.
    truth : ndarray, (N, K), optional
        Values of the targets; counts are whole numbers.

    Examples
    --------
    >>> from sheernet.data.targets import NumberTargets
    >>> from sheernet.models.output_layer import dispersion_of
    >>> dispersion_of(NumberTargets(("n",), (0.0,), (4.0,), (0.0,), (9.0,), "exp"), "poisson")
    0.25
    """
    if isinstance(targets, ClassTarget):
        return 1.0
    if cost.endswith("cross_entropy"):
        return None
    if cost != "poisson":
        return 1.0
    values = np.array([targets.lowest, targets.highest]) if truth is None else truth
    are_counts = not any(targets.shift) and np.array_equal(values, np.rint(values))
    return 1.0 / targets.scale[0] if are_counts and len(set(targets.scale)) == 1 else None


def _in_words(low: float, high: float) -> str:
    return f"between {low:g} and {high:g}" if np.isfinite(high) else f"above {low:g}"
