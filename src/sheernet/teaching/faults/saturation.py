"""Formulas that are right until units saturate, then lose their digits or are cut off.

At ordinary weights these agree with the derivative to rounding.  With weights 40 times as large 1 - a^2 is the rounding
noise of a number that is 1, where the derivative is a small number with all its digits.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_TANH = "return 4.0 * sigmoid.value(2.0 * z) * sigmoid.value(-2.0 * z)"
_SIGMOID = "return sigmoid.value(z) * sigmoid.value(-z)"
_BINARY = "return (1.0 - y) * sigmoid.value(z) - y * sigmoid.value(-z)"
_SOFTMAX = "return p * (1.0 - y) - y * sum_others"


def _of_hidden_units() -> list[Fault]:
    # Of one hidden layer the deltas reach the first weights alone.
    kinds = ("saturation", "layer", "lower layers")
    of_tanh = {"hidden": "tanh", "saturated": "hidden"}
    of_sigmoid = of_tanh | {"hidden": "sigmoid"}
    return [
        Fault(
            "tanh' as 1 - a^2",
            "The derivative of tanh is formed as 1 - a^2, which is 0 or noise once a is 1 to rounding.",
            kinds,
            _TANH,
            "return 1.0 - np.tanh(z) ** 2",
            of_tanh,
        ),
        Fault(
            "sigmoid' as a (1 - a)",
            "The derivative of sigmoid is formed as a (1 - a), which is 0 or noise once a is 1 to rounding.",
            kinds,
            _SIGMOID,
            "return sigmoid.value(z) * (1.0 - sigmoid.value(z))",
            of_sigmoid,
        ),
        Fault(
            "tanh' cut off",
            "The derivative of tanh is set to 0 where |z| is above 15.",
            kinds,
            _TANH,
            "return np.where(np.abs(z) > 15.0, 0.0, 1.0 / np.cosh(z) ** 2)",
            of_tanh,
        ),
        Fault(
            "sigmoid clipped",
            "Pre-activations are clipped to -20 and 20 against overflow, in the derivative only.",
            kinds,
            _SIGMOID,
            "z = np.clip(z, -20.0, 20.0)\n    " + _SIGMOID,
            of_sigmoid,
        ),
    ]


def _of_outputs() -> list[Fault]:
    kinds = ("saturation",)
    binary = {"output": "sigmoid", "cost": "binary_cross_entropy", "saturated": "output"}
    softmax = {"shape": "wide", "output": "softmax", "cost": "cross_entropy", "saturated": "output"}
    return [
        Fault(
            "binary_cross_entropy as a - y",
            "The delta is formed as a - y: noise where the network is sure and right.",
            kinds,
            _BINARY,
            "return sigmoid.value(z) - y",
            binary,
        ),
        Fault(
            "cross_entropy as p - y",
            "The delta is formed as p - y: noise where the network is sure and right.",
            kinds,
            _SOFTMAX,
            "return p - y",
            softmax,
        ),
        Fault(
            "probability clipped",
            "The probability is clipped to 1e-7 and 1 - 1e-7, so that its logarithm is finite.",
            kinds,
            _BINARY,
            "return np.clip(sigmoid.value(z), 1e-7, 1.0 - 1e-7) - y",
            binary,
        ),
        Fault(
            "probabilities clipped",
            "The probabilities of the classes are clipped to 1e-7 and 1 - 1e-7.",
            kinds,
            _SOFTMAX,
            "return np.clip(p, 1e-7, 1.0 - 1e-7) - y",
            softmax,
        ),
    ]


FAULTS = [*_of_hidden_units(), *_of_outputs()]
"""Formulas that fail at saturation."""
