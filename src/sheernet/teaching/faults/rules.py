"""A wrong rule for each activation and each cost: mistakes of calculus, one line each."""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault


def _of_activations() -> list[Fault]:
    below = ("lower layers",)

    def fault(name: str, what: str, old: str, new: str) -> Fault:
        f = name.partition("'")[0]
        setting = {"shape": "deep", "hidden": f, "output": "exp"}  # whose own rule stays right
        return Fault(name, what, below, old, new, setting)

    of_sigmoid = "return sigmoid.value(z) * sigmoid.value(-z)"
    of_tanh = "return 4.0 * sigmoid.value(2.0 * z) * sigmoid.value(-2.0 * z)"
    of_relu = "return np.where(z > 0, 1.0, 0.0)"
    return [
        fault(
            "identity' is z",
            "The derivative of identity is taken to be z in place of 1.",
            "return np.ones_like(z)",
            "return z.copy()",
        ),
        fault(
            "sigmoid' is a",
            "The derivative of sigmoid lacks its second factor: a in place of a (1 - a).",
            of_sigmoid,
            "return 1.0 / (1.0 + np.exp(-z))",
        ),
        fault(
            "tanh' is 1 - a",
            "The derivative of tanh lacks the square: 1 - a in place of 1 - a^2.",
            of_tanh,
            "return 1.0 - np.tanh(z)",
        ),
        fault(
            "tanh' is that of sigmoid",
            "The derivative of tanh is taken to be a (1 - a), which belongs to sigmoid.",
            of_tanh,
            "return np.tanh(z) * (1.0 - np.tanh(z))",
        ),
        fault(
            "relu' exchanged",
            "The derivative of relu has its sides exchanged: 1 where the unit is off.",
            of_relu,
            "return np.where(z > 0, 0.0, 1.0)",
        ),
        fault(
            "relu' is 1",
            "The derivative of relu is 1 everywhere, also where the unit is off.",
            of_relu,
            "return np.where(z > 0, 1.0, 1.0)",
        ),
        fault(
            "leaky_relu' is relu'",
            "The derivative of leaky_relu lacks the slope on the left.",
            "return np.where(z > 0, 1.0, LEAKY_SLOPE)",
            "return np.heaviside(z, 0.0)",
        ),
        fault(
            "softplus' is exp",
            "The derivative of softplus lacks its denominator: e^z in place of e^z / (1 + e^z).",
            "return np.where(z > 0, 1.0, e) / (1.0 + e)",
            "return np.exp(z)",
        ),
        fault(
            "silu' is sigmoid",
            "The derivative of silu, a product, has only one of its two terms.",
            "return s + z * s * sigmoid.value(-z)",
            "return s.copy()",
        ),
    ]


def _of_costs() -> list[Fault]:
    wide = {"shape": "wide"}
    binary = "return (1.0 - y) * sigmoid.value(z) - y * sigmoid.value(-z)"
    return [
        Fault(
            "squared_error with f' twice",
            "The delta of squared error has f' of the output twice.",
            (),
            "return r * slope",
            "return r * slope * slope",
            {"output": "tanh"},
        ),
        Fault(
            "huber is squared",
            "The delta of huber lacks its root: large residuals count in full.",
            (),
            "return r / root * slope",
            "return 1.0 * r * slope",
            {"cost": "huber"},
        ),
        Fault(
            "huber is clipped",
            "The delta of smooth huber is that of the other one, which has corners.",
            (),
            "return r / root * slope",
            "return np.clip(r, -threshold, threshold) * slope",
            {"cost": "huber"},
        ),
        Fault(
            "binary_cross_entropy divided",
            "The delta by the output, (a - y) / (a (1 - a)), was not multiplied by f' = a (1 - a).",
            (),
            binary,
            binary.replace("return ", "return (") + ") / sigmoid_derivative(z)",
            {"output": "sigmoid", "cost": "binary_cross_entropy"},
        ),
        Fault(
            "cross_entropy of the true class only",
            "The delta of cross-entropy is -(1 - p) for the true class and lacks the other classes.",
            (),
            "return p * (1.0 - y) - y * sum_others",
            "return -y * sum_others",
            wide | {"output": "softmax", "cost": "cross_entropy"},
        ),
        Fault(
            "cross_entropy of the other classes only",
            "The delta of cross-entropy is p for the other classes and lacks the true class.",
            (),
            "return p * (1.0 - y) - y * sum_others",
            "return p * (1.0 - y)",
            wide | {"output": "softmax", "cost": "cross_entropy"},
        ),
        Fault(
            "poisson with f'",
            "The delta by the output pre-activation, a - y, is multiplied by f' although it has it already.",
            (),
            "return a - y",
            "return (a - y) * a",
            {"output": "exp", "cost": "poisson"},
        ),
    ]


FAULTS = [*_of_activations(), *_of_costs()]
"""Wrong rules of activations and costs."""
