"""A wrong derivative for each activation and each cost: errors of calculus in one line each."""

from __future__ import annotations

from sheernet.teaching.faults.fault import Fault


def _of_activations() -> list[Fault]:
    below = ("lower layers",)

    def fault(name: str, what: str, old: str, new: str) -> Fault:
        f = name.partition("'")[0]
        setting = {"shape": "deep", "hidden": f, "output": "exp"}  # the rule of exp stays right
        return Fault(name, what, below, old, new, setting)

    of_sigmoid = "return sigmoid.value(z) * sigmoid.value(-z)"
    of_tanh = "return 4.0 * sigmoid.value(2.0 * z) * sigmoid.value(-2.0 * z)"
    of_relu = "return np.where(z > 0, 1.0, 0.0)"
    return [
        fault("identity' is z", "The derivative of identity is z instead of 1.",
              "return np.ones_like(z)", "return z.copy()"),
        fault("sigmoid' is a", "The derivative of sigmoid lacks its second factor: a instead of a (1 - a).",
              of_sigmoid, "return 1.0 / (1.0 + np.exp(-z))"),
        fault("tanh' is 1 - a", "The derivative of tanh lacks the square: 1 - a instead of 1 - a^2.",
              of_tanh, "return 1.0 - np.tanh(z)"),
        fault("tanh' is that of sigmoid", "The derivative of tanh is a (1 - a), which is the derivative of sigmoid.",
              of_tanh, "return np.tanh(z) * (1.0 - np.tanh(z))"),
        fault("relu' exchanged",
              "The derivative of relu has its two sides swapped: 1 if the unit is off, 0 if it is on.",
              of_relu, "return np.where(z > 0, 0.0, 1.0)"),
        fault("relu' is 1", "The derivative of relu is 1 everywhere, even if the unit is off.",
              of_relu, "return np.where(z > 0, 1.0, 1.0)"),
        fault("leaky_relu' is relu'", "The derivative of leaky_relu is 0 instead of the slope if the unit is off.",
              "return np.where(z > 0, 1.0, LEAKY_SLOPE)", "return np.heaviside(z, 0.0)"),
        fault("softplus' is exp", "The derivative of softplus lacks its denominator: e^z instead of e^z / (1 + e^z).",
              "return np.where(z > 0, 1.0, e) / (1.0 + e)", "return np.exp(z)"),
        fault("silu' is sigmoid", "The derivative of silu, a product, has only the first of its two terms.",
              "return s + z * s * sigmoid.value(-z)", "return s.copy()"),
    ]  # fmt: skip


def _of_costs() -> list[Fault]:
    wide = {"shape": "wide"}
    binary = "return (1.0 - y) * sigmoid.value(z) - y * sigmoid.value(-z)"
    return [
        Fault("squared_error with f' twice", "The delta of squared error contains the factor f' twice.", (),
              "return r * slope", "return r * slope * slope", {"output": "tanh"}),
        Fault("huber is squared",
              "The delta of huber lacks the division by the root: large residuals count in full, as in squared error.",
              (),
              "return r / root * slope", "return 1.0 * r * slope", {"cost": "huber"}),
        Fault("huber is clipped",
              "The delta is that of Huber's original cost, a clipped residual; the huber cost here is a smooth "
              "version.", (),
              "return r / root * slope", "return np.clip(r, -threshold, threshold) * slope", {"cost": "huber"}),
        Fault("binary_cross_entropy divided",
              "The derivative with respect to the output, (a - y) / (a (1 - a)), is not multiplied by f' = a (1 - a).",
              (),
              binary, binary.replace("return ", "return (") + ") / sigmoid_derivative(z)",
              {"output": "sigmoid", "cost": "binary_cross_entropy"}),
        Fault("cross_entropy of the true class only",
              "The delta of cross-entropy is -(1 - p) for the true class, but 0 instead of p for the other classes.",
              (),
              "return p * (1.0 - y) - y * sum_others", "return -y * sum_others",
              wide | {"output": "softmax", "cost": "cross_entropy"}),
        Fault("cross_entropy of the other classes only",
              "The delta of cross-entropy is p for the other classes, but 0 instead of -(1 - p) for the true class.",
              (),
              "return p * (1.0 - y) - y * sum_others", "return p * (1.0 - y)",
              wide | {"output": "softmax", "cost": "cross_entropy"}),
        Fault("poisson with f'", "The delta of poisson, a - y, already includes f', but is multiplied by it again.", (),
              "return a - y", "return (a - y) * a", {"output": "exp", "cost": "poisson"}),
    ]  # fmt: skip


def _of_location_scale_costs() -> list[Fault]:
    gaussian, student = ({"shape": "pairs", "cost": name} for name in ("gaussian_nll", "student_t"))
    return [
        Fault("gaussian_nll without the variance",
              "The delta of a mean is m - y, not divided by the variance: all rows count alike.", (),
              "by_mean = u * np.exp(-0.5 * s)", "by_mean = m - y", gaussian),
        Fault("gaussian_nll of log sigma",
              "The delta of s is that of the logarithm of sigma, not of the variance: twice as large.", (),
              "by_log_variance = 0.5 * (1.0 - u * u)", "by_log_variance = 1.0 - u * u", gaussian),
        Fault("student_t without nu + 1",
              "The weight of a residual in student_t has nu instead of nu + 1 in its numerator.", (),
              "weight = (nu + 1.0) / (nu + u * u)", "weight = nu / (nu + u * u)", student),
        Fault("student_t as gaussian_nll in its scale",
              "The delta of s lacks the weight: an outlier widens the scale as in gaussian_nll.", (),
              "by_scale = 0.5 * nu * ((1.0 - u * u) / (nu + u * u))", "by_scale = 0.5 * (1.0 - u * u)", student),
    ]  # fmt: skip


FAULTS = [*_of_activations(), *_of_costs(), *_of_location_scale_costs()]
"""Wrong derivatives of activations and costs."""
