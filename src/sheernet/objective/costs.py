r"""Costs (`Cost`, `get`): objects with the loss of a sample, its derivatives and its domain.

A loss compares one sample's output with its target, summed over the K outputs; the sample weights
(`sheernet.objective.weighting`) average over samples.  All functions take the pre-activations z of the output layer, so
that no probability is computed only for its logarithm:

    loss           (N,)        loss_n
    delta          (N, K)      d loss_n / d z_nk
    delta_tangent  (N, K)      (d^2 loss_n / d z_n d z_n) dz_n            exact
    curvature      (N, K, K)   its generalized Gauss-Newton part          positive semidefinite
    magnitude      (N,)        the sum of the loss's absolute terms       the scale of its rounding noise

To avoid cancellation, the delta of binary cross-entropy is (1 - y) s(z) - y s(-z), with s the sigmoid, and the delta of
cross-entropy is p_k (1 - y_k) - y_k sum_{j != k} p_j.  With a - y instead, the gradient of a confident, correct
unit would be rounding noise.  The formulas hold for complex z (see `sheernet.network.activations`), except `magnitude`.

`gaussian_nll` and `student_t` (`sheernet.objective.location_scale_costs`) have two outputs per target: with K targets,
the shape (N, K) above is (N, 2 K).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.scalars import in_brief, number_or_nan
from sheernet.foundation.sentences import Setting
from sheernet.network import activations
from sheernet.network.activations import Activation, AnyArray, Function, second_derivative
from sheernet.objective.location_scale_costs import EPSILON, gaussian_nll, student_t


class Cost(Protocol):
    """The protocol of a cost.  z and y are (N, K); `output` is the activation of the output layer.

    A cost whose number of outputs per target is not 1 has it as the attribute `outputs_per_target`.
    """

    @property
    def name(self) -> str:
        """The name used by functions and in model files."""

    @property
    def formula(self) -> str:
        """The loss of one output of one sample, as readable text."""

    def allows(self, output: Activation) -> bool:
        """Whether the cost is defined with this output activation."""

    def check_targets(self, y: Array) -> None:
        """Raise `InvalidInput` if a target is outside the domain of the cost."""

    def loss(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        """Return the loss per sample, (N,)."""

    def delta(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        """Return the derivative of the loss with respect to z, (N, K)."""

    def delta_tangent(self, output: Activation, z: Array, y: Array, dz: Array) -> Array:
        """Return the derivative of `delta` along dz, (N, K)."""

    def curvature(self, output: Activation, z: Array, y: Array) -> Array:
        """Return the Gauss-Newton part of the second derivative of the loss with respect to z, (N, K, K)."""

    def magnitude(self, output: Activation, z: Array, y: Array) -> Array:
        """Return the sum of the absolute terms of the loss, (N,)."""


@dataclass(frozen=True)
class ResidualCost:
    """A cost rho(a - y) of the residual, summed over outputs; for all output activations except softmax.

    Parameters
    ----------
    name, formula : str
        The name of the cost, and rho as readable text.
    rho, rho_prime, rho_second : callable
        rho and its first two derivatives, elementwise.
    threshold : float, optional
        The threshold of `huber`.

    Notes
    -----
    With r = a - y and a = f(z): delta = rho'(r) f'(z), its derivative with respect to z is
    rho''(r) f'(z)^2 + rho'(r) f''(z), and the Gauss-Newton part is the first of these two terms.
    """

    name: str
    formula: str
    rho: Function
    rho_prime: Function
    rho_second: Function
    threshold: float | None = None

    def allows(self, output: Activation) -> bool:
        return output.derivative is not None

    def check_targets(self, y: Array) -> None:
        """Allow all finite targets."""

    def loss(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        return self.rho(output.value(z) - y).sum(axis=1)

    def delta(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        return self.rho_prime(output.value(z) - y) * derivative(output)(z)

    def delta_tangent(self, output: Activation, z: Array, y: Array, dz: Array) -> Array:
        r = output.value(z) - y  # (N, K)
        first, second = derivative(output)(z), second_derivative(output)(z)
        return (self._curvature(r, first) + self.rho_prime(r) * second) * dz

    def curvature(self, output: Activation, z: Array, y: Array) -> Array:
        slope = derivative(output)(z)
        return _diagonal(self._curvature(output.value(z) - y, slope))

    def _curvature(self, r: Array, slope: Array) -> Array:
        """Return rho'' f'^2, multiplied from left to right: f'^2 of exp overflows where rho'' of huber is 0."""
        return self.rho_second(r) * slope * slope

    def magnitude(self, output: Activation, z: Array, y: Array) -> Array:
        a = output.value(z)
        scale = np.abs(a) + np.abs(y)  # (N, K)
        # If a and y are equal up to rounding, a - y is noise, which adds noise to rho' where rho is curved.
        noise_floor = self.rho_second(a - y) * EPSILON * scale
        return ((np.abs(self.rho_prime(a - y)) + noise_floor) * scale).sum(axis=1)


@dataclass(frozen=True)
class LogitCost:
    """A cost defined for a single output activation, as an elementwise function of the pre-activation.

    Parameters
    ----------
    name, formula : str
        The name of the cost, and the loss of one output as readable text.
    output : str
        The output activation for which it is defined.
    value, derivative, second_derivative : callable
        The loss and its derivatives with respect to z, as functions of (z, y).
    absolute : callable
        The sum of the absolute terms of the loss, as a function of (z, y).
    highest : float
        Targets must be in [0, highest].
    """

    name: str
    formula: str
    output: str
    value: Callable[[AnyArray, Array], AnyArray]
    derivative: Callable[[AnyArray, Array], AnyArray]
    second_derivative: Callable[[Array, Array], Array]
    absolute: Callable[[Array, Array], Array]
    highest: float

    def allows(self, output: Activation) -> bool:
        return output == activations.get(self.output)

    def check_targets(self, y: Array) -> None:
        outside = (y < 0) | (y > self.highest)
        if outside.any():
            allowed = "at least 0" if np.isinf(self.highest) else f"between 0 and {self.highest:g}"
            row = int(np.argwhere(outside)[0, 0])
            raise InvalidInput(
                f"targets of cost {self.name!r} must be {allowed}, but row {row} has {y[outside][0]:g}"
            )

    def loss(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        return self.value(z, y).sum(axis=1)

    def delta(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        return self.derivative(z, y)

    def delta_tangent(self, output: Activation, z: Array, y: Array, dz: Array) -> Array:
        return self.second_derivative(z, y) * dz

    def curvature(self, output: Activation, z: Array, y: Array) -> Array:
        return _diagonal(self.second_derivative(z, y))

    def magnitude(self, output: Activation, z: Array, y: Array) -> Array:
        return self.absolute(z, y).sum(axis=1)


SINGLE, DOUBLE = 1e-6, 1e-9
"""Maximum distance from 1 of a sum of probabilities: of float32 numbers, and of a row that is not normalized."""


@dataclass(frozen=True)
class SoftmaxCost:
    """Cross-entropy of softmax outputs, -sum_k y_k log p_k, for targets whose rows are probabilities with sum 1.

    Rows whose sum differs from 1 by float32 rounding are divided by their sum.

    Notes
    -----
    With m the largest pre-activation of a row and s_k = z_k - z_m <= 0 the loss is
    log1p(sum_{k != m} exp(s_k)) - sum_k y_k s_k: a sum of non-negative terms.
    """

    name: str = "cross_entropy"
    formula: str = "-y_k log(p_k), p = softmax(z)"

    def allows(self, output: Activation) -> bool:
        return output == activations.softmax

    def check_targets(self, y: Array) -> None:
        bad = (y < 0).any(axis=1) | (np.abs(y.sum(axis=1) - 1.0) > SINGLE)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InvalidInput(
                f"targets of cost 'cross_entropy' must be probabilities with sum 1 in each row (such as one-hot rows), "
                f"but row {row} is {y[row].tolist()}"
            )

    @staticmethod
    def normalized(y: Array) -> Array:
        """Divide rows whose sum is not 1 in float64 by their sum; (N, K)."""
        sums = y.sum(axis=1)
        inexact = np.abs(sums - 1.0) > DOUBLE
        return np.where(inexact[:, None], y / sums[:, None], y) if inexact.any() else y

    def loss(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        shifted, others = self._shift(z)
        return activations.log1p(others) - (y * shifted).sum(axis=1)

    def delta(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        p = activations.softmax.value(z)  # (N, K)
        return p * (1.0 - y) - y * _sum_of_others(p)

    def delta_tangent(self, output: Activation, z: Array, y: Array, dz: Array) -> Array:
        p = activations.softmax.value(z)  # (N, K)
        return p * (_sum_of_others(p) * dz - _sum_of_others(p * dz))

    def curvature(self, output: Activation, z: Array, y: Array) -> Array:
        p = activations.softmax.value(z)  # (N, K)
        outer = -p[:, :, None] * p[:, None, :]  # (N, K, K)
        k = np.arange(p.shape[1])
        outer[:, k, k] = p * _sum_of_others(p)  # p_k - p_k^2 without cancellation
        return outer

    def magnitude(self, output: Activation, z: Array, y: Array) -> Array:
        shifted, others = self._shift(z)
        slope = np.abs(self.delta(output, z, y))  # propagates the rounding noise of z into the loss
        return (
            np.log1p(others) + (y * np.abs(shifted)).sum(axis=1) + (np.abs(z) * slope).sum(axis=1)
        )

    @staticmethod
    def _shift(z: AnyArray) -> tuple[AnyArray, AnyArray]:
        rows = np.arange(len(z))
        m = z.real.argmax(axis=1)
        shifted = z - z[rows, m, None]  # (N, K), real parts <= 0
        e = np.exp(shifted)
        e[rows, m] = 0.0
        return shifted, e.sum(axis=1)


def _sum_of_others(p: AnyArray) -> AnyArray:
    """Return sum_{j != k} p_j, (N, K): summed, because 1 - p_k suffers cancellation if p_k is near 1."""
    k = p.shape[1]
    return p @ (np.ones((k, k)) - np.eye(k))


def _diagonal(entries: Array) -> Array:
    """Return (N, K, K) matrices with the entries, (N, K), on their diagonals."""
    k = entries.shape[1]
    return entries[:, :, None] * np.eye(k)


def derivative(output: Activation) -> Function:
    """Return f' of an output activation; raise for softmax, whose derivative is a matrix."""
    if output.derivative is None:
        raise InvalidInput(
            f"activation {output.name!r} has no elementwise derivative; use cost 'cross_entropy' with it"
        )
    return output.derivative


# --- squared_error, huber ---------------------------------------------------------------------------


def _half_square(r: AnyArray) -> AnyArray:
    return 0.5 * r * r


squared_error = ResidualCost(
    "squared_error", "(a - y)^2 / 2", _half_square, np.positive, np.ones_like
)


@dataclass(frozen=True)
class AtThreshold:
    """A function of huber at a fixed threshold, comparable by function and threshold (unlike functools.partial)."""

    rule: Callable[[AnyArray, float], AnyArray]
    threshold: float

    def __call__(self, r: AnyArray) -> AnyArray:
        return self.rule(r, self.threshold)


def huber(threshold: float = 1.0) -> ResidualCost:
    r"""Smooth Huber cost: quadratic for small residuals, linear for large residuals, and smooth in between.

    .. math:: \rho(r) = t^2 \left(\sqrt{1 + (r/t)^2} - 1\right)

    Parameters
    ----------
    threshold : float
        t > 0, in units of the target: the loss is quadratic for residuals well below t and linear well above.

    Returns
    -------
    ResidualCost
        Costs with the same threshold are equal.

    Raises
    ------
    InvalidInput
        If the threshold is not a positive number.

    References
    ----------
    Charbonnier, Blanc-Feraud, Aubert and Barlaud (1997), IEEE Trans. Image Processing 6(2), table I;
    also called pseudo-Huber (Hartley and Zisserman, 2003, A6.8).

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> sn.costs.huber(threshold=1.0).rho(np.array([0.0, 1e-9, 1e3])).round(3)
    array([  0., 0., 999.])
    >>> sn.costs.huber(2.0) == sn.costs.get("huber(2.0)")
    True
    """
    t = number_or_nan(threshold)
    if not 0.0 < t < np.inf:
        raise InvalidInput(
            f"the threshold of huber must be a positive number, but {in_brief(threshold)} was given"
        )
    name = "huber" if t == 1.0 else f"huber({t!r})"
    formula = f"t^2 (sqrt(1 + ((a - y) / t)^2) - 1), t = {t:g}"
    rho, rho_prime, rho_second = (
        AtThreshold(rule, t) for rule in (_huber_rho, _huber_prime, _huber_second)
    )
    return ResidualCost(name, formula, rho, rho_prime, rho_second, t)


def _huber_root(r: AnyArray, t: float) -> AnyArray:
    s = np.where(r.real < 0, -r, r) / t
    # The root equals s up to rounding, and an overflow of s * s would give a loss of 0.
    far = s.real > 1e8
    near = np.where(far, 0.0, s)
    return np.where(far, s, np.sqrt(1.0 + near * near))


def _huber_rho(r: AnyArray, t: float) -> AnyArray:
    # t^2 (root - 1) = r^2 / (1 + root) without cancellation.
    return r * (r / (1.0 + _huber_root(r, t)))


def _huber_prime(r: AnyArray, t: float) -> AnyArray:
    return r / _huber_root(r, t)


def _huber_second(r: AnyArray, t: float) -> AnyArray:
    return (1.0 / _huber_root(r, t)) ** 3


# --- binary_cross_entropy with sigmoid: y log(1 + e^-z) + (1 - y) log(1 + e^z) ------------------------


def _binary_value(z: AnyArray, y: Array) -> AnyArray:
    return y * activations.softplus.value(-z) + (1.0 - y) * activations.softplus.value(z)


def _binary_derivative(z: AnyArray, y: Array) -> AnyArray:
    return (1.0 - y) * activations.sigmoid.value(z) - y * activations.sigmoid.value(-z)


def _binary_second(z: Array, y: Array) -> Array:
    return activations.softplus.second_derivative(z)  # type: ignore[misc]  # not None


def _binary_absolute(z: Array, y: Array) -> Array:
    return _binary_value(z, y) + np.abs(z * _binary_derivative(z, y))


binary_cross_entropy = LogitCost(
    "binary_cross_entropy",
    "-y log(a) - (1 - y) log(1 - a), a = sigmoid(z)",
    "sigmoid",
    _binary_value,
    _binary_derivative,
    _binary_second,
    _binary_absolute,
    highest=1.0,
)

# --- poisson with exp: e^z - y z, the negative log-likelihood without its constant log(y!) ------------


def _poisson_value(z: AnyArray, y: Array) -> AnyArray:
    return np.exp(z) - y * z


def _poisson_derivative(z: AnyArray, y: Array) -> AnyArray:
    return np.exp(z) - y


def _poisson_second(z: Array, y: Array) -> Array:
    return np.exp(z)


def _poisson_absolute(z: Array, y: Array) -> Array:
    return np.exp(z) * (1.0 + np.abs(z)) + y * np.abs(z)


poisson = LogitCost(
    "poisson",
    "a - y log(a), a = exp(z)",
    "exp",
    _poisson_value,
    _poisson_derivative,
    _poisson_second,
    _poisson_absolute,
    highest=float("inf"),
)

cross_entropy = SoftmaxCost()

ALL: dict[str, Cost] = {
    c.name: c
    for c in (
        squared_error, huber(), binary_cross_entropy, cross_entropy, poisson, gaussian_nll, student_t(),
    )
}  # fmt: skip
"""All built-in costs, by name."""

PARAMETRIC: dict[str, Callable[[float], Cost]] = {"huber": huber, "student_t": student_t}
"""Functions that make a cost from a number, by the name before it: "huber(0.5)" is `huber(0.5)`."""


def get(cost: str | Cost) -> Cost:
    """Return the cost of a name; a cost object is returned unchanged.

    Raises
    ------
    InvalidInput
        If the name is not known.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.costs.get("poisson").formula
    'a - y log(a), a = exp(z)'
    """
    if not isinstance(cost, str):
        if not hasattr(cost, "delta_tangent"):
            raise InvalidInput(
                f"a cost must be a name or a cost object, but {cost!r} was given; known names are {', '.join(ALL)}"
            )
        return cost
    if cost in ALL:
        return ALL[cost]
    parts = re.fullmatch(r"(\w+)\((\d+\.?\d*(?:e[+-]?\d+)?)\)", cost)
    if parts and parts[1] in PARAMETRIC:
        return PARAMETRIC[parts[1]](float(parts[2]))
    raise unknown_name(Setting("cost"), cost, ALL)


def default_for(output: Activation) -> str:
    """Return the default cost for an output activation.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.costs.default_for(sn.activations.exp), sn.costs.default_for(sn.activations.sigmoid)
    ('poisson', 'squared_error')
    """
    return {"softmax": "cross_entropy", "exp": "poisson"}.get(output.name, "squared_error")


def outputs_per_target(cost: Cost) -> int:
    """Return the number of outputs of a cost for each target: its attribute `outputs_per_target`, by default 1.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.costs.outputs_per_target(sn.costs.poisson), sn.costs.outputs_per_target(sn.costs.gaussian_nll)
    (1, 2)
    """
    return int(getattr(cost, "outputs_per_target", 1))


def targets_of(cost: Cost, n_outputs: int) -> int:
    """Return the number of targets of a network with this number of outputs.

    Raises
    ------
    ShapeMismatch
        If the outputs cannot be divided among targets.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.costs.targets_of(sn.costs.gaussian_nll, 6)
    3
    """
    each = outputs_per_target(cost)
    if n_outputs % each:
        raise ShapeMismatch(
            f"cost {cost.name!r} has {each} outputs per target, but the network has {counted(n_outputs, 'output')}; "
            f"give it {n_outputs + each - n_outputs % each} for {counted(n_outputs // each + 1, 'target')}"
        )
    return n_outputs // each


def require_pair(cost: Cost, output: Activation) -> None:
    """Check that a cost is defined for an output activation.

    Raises
    ------
    InvalidInput
        If it is not.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.costs.require_pair(sn.costs.poisson, sn.activations.sigmoid)
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: cost 'poisson' needs output activation 'exp', but the network's is 'sigmoid'; \
choose another cost or Architecture(..., output='exp')
    """
    if cost.allows(output):
        return
    wanted = [name for name, f in activations.ALL.items() if cost.allows(f)]
    names = listed(list(map(repr, wanted)), "or") if len(wanted) < 3 else "any but 'softmax'"
    raise InvalidInput(
        f"cost {cost.name!r} needs output activation {names}, but the network's is {output.name!r}; "
        f"choose another cost or Architecture(..., output={wanted[0]!r})"
    )
