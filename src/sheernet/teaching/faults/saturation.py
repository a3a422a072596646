"""Formulas that are correct until units saturate, and then lose digits or are cut off.

At ordinary weights they agree with the derivative up to rounding.  With weights 40 times as large, 1 - a^2 is only
rounding noise, because a rounds to 1, whereas the derivative is a small number with all its digits.
"""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault

_TANH = "return 4.0 * sigmoid.value(2.0 * z) * sigmoid.value(-2.0 * z)"
_SIGMOID = "return sigmoid.value(z) * sigmoid.value(-z)"
_BINARY = "return (1.0 - y) * sigmoid.value(z) - y * sigmoid.value(-z)"
_SOFTMAX = "return p * (1.0 - y) - y * sum_others"


def _of_hidden_units() -> list[Fault]:
    def fault(name: str, what: str, old: str, new: str) -> Fault:
        # With one hidden layer, its deltas affect the first weights only.
        kinds = ("saturation", "layer", "lower layers")
        hidden = "tanh" if old == _TANH else "sigmoid"
        return Fault(name, what, kinds, old, new, {"hidden": hidden, "saturated": "hidden"})

    return [
        fault("tanh' as 1 - a^2",
              "The derivative of tanh is computed as 1 - a^2, which is 0 or rounding noise if a rounds to 1.",
              _TANH, "return 1.0 - np.tanh(z) ** 2"),
        fault("sigmoid' as a (1 - a)",
              "The derivative of sigmoid is computed as a (1 - a), which is 0 or rounding noise if a rounds to 1.",
              _SIGMOID, "return sigmoid.value(z) * (1.0 - sigmoid.value(z))"),
        fault("tanh' cut off", "The derivative of tanh is set to 0 if |z| is larger than 15.",
              _TANH, "return np.where(np.abs(z) > 15.0, 0.0, 1.0 / np.cosh(z) ** 2)"),
        fault("sigmoid clipped", "The derivative clips z to -20 to 20 against overflow, but the forward pass does not.",
              _SIGMOID, "z = np.clip(z, -20.0, 20.0)\n    " + _SIGMOID),
    ]  # fmt: skip


def _of_outputs() -> list[Fault]:
    binary = {"output": "sigmoid", "cost": "binary_cross_entropy", "saturated": "output"}
    softmax = {"shape": "wide", "output": "softmax", "cost": "cross_entropy", "saturated": "output"}

    def fault(name: str, what: str, old: str, new: str) -> Fault:
        setting = binary if old == _BINARY else softmax
        return Fault(name, what, ("saturation",), old, new, setting)

    return [
        fault("binary_cross_entropy as a - y",
              "The delta is computed as a - y, which is rounding noise if the network is confident and right.",
              _BINARY, "return sigmoid.value(z) - y"),
        fault("cross_entropy as p - y",
              "The delta is computed as p - y, which is rounding noise if the network is confident and right.",
              _SOFTMAX, "return p - y"),
        fault("probability clipped",
              "The delta uses the probability clipped to 1e-7 to 1 - 1e-7, as done to keep its logarithm finite.",
              _BINARY, "return np.clip(sigmoid.value(z), 1e-7, 1.0 - 1e-7) - y"),
        fault("probabilities clipped", "The delta uses the probabilities of the classes clipped to 1e-7 to 1 - 1e-7.",
              _SOFTMAX, "return np.clip(p, 1e-7, 1.0 - 1e-7) - y"),
    ]  # fmt: skip


FAULTS = [*_of_hidden_units(), *_of_outputs()]
"""Formulas that fail at saturation."""
