r"""Costs with two outputs per target (`gaussian_nll`, `student_t`): a location m and a log squared scale s.

With K targets the output layer has 2 K linear units: m_1, ..., m_K, then s_1, ..., s_K.  A cost is a function g of the
squared standardized residual, and W = 2 g'(q) is the weight of a residual (W = 1 for a normal distribution):

    u     = (m - y) e^(-s/2),   q = u^2
    loss  = s/2 + g(q)
    delta = W u e^(-s/2)  for m,         (1 - q W) / 2  for s
    H     = (W + 2 q W') e^-s  for m m,  -(W + q W') u e^(-s/2)  for m s,  q (W + q W') / 2  for s s
    F     = the expectation of H for y from the distribution of the outputs: diagonal, and positive even if H is not

F is the Fisher information.  It replaces the generalized Gauss-Newton part of H in `gauss_newton`;
`hessian_vector` multiplies by H itself.

Overflow: the loss is inf if e^-s overflows (s < -709.8), even if the residual is 0; a line search rejects such a
step.  Without this bound the loss could decrease with s indefinitely.  A network with hidden layers can fit some rows
exactly and distinguish them from all others; its loss then has no minimum, unless the parameters of s have decay.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.network import activations
from sheernet.network.activations import Activation, AnyArray

EPSILON = float(np.finfo(np.float64).eps)


class _Standardized(NamedTuple):
    """Outputs of N rows and K targets, (N, K) each."""

    m: AnyArray
    s: AnyArray
    e: AnyArray  # e^(-s/2)
    u: AnyArray
    q: AnyArray


def _standardized(z: AnyArray, y: Array) -> _Standardized:
    m, s = np.split(z, 2, axis=1)
    e = np.exp(-0.5 * s)
    u = (m - y) * e
    return _Standardized(m, s, e, u, u * u)


class LocationScaleCost(ABC):
    """A cost s/2 + g(q) of a location m and a log squared scale s, for networks with a linear output layer.

    A subclass defines g, W and the quantities derived from W as functions of q >= 0.  The targets y are (N, K); z,
    delta and dz are (N, 2 K), and the curvature is (N, 2 K, 2 K).
    """

    outputs_per_target: ClassVar[int] = 2

    @property
    @abstractmethod
    def fisher(self) -> tuple[float, float]:
        """F of a location, in units of e^-s, and F of a log squared scale."""

    @abstractmethod
    def value(self, q: AnyArray) -> AnyArray:
        """Return g(q)."""

    @abstractmethod
    def weight(self, q: AnyArray) -> AnyArray:
        """Return W = 2 g'(q)."""

    @abstractmethod
    def shortfall(self, q: AnyArray) -> AnyArray:
        """Return 1 - q W, without cancellation where it is small."""

    @abstractmethod
    def weight_by_location(self, q: Array) -> Array:
        """Return W + 2 q W'."""

    @abstractmethod
    def weight_by_scale(self, q: Array) -> Array:
        """Return W + q W'."""

    def allows(self, output: Activation) -> bool:
        return output == activations.identity

    def check_targets(self, y: Array) -> None:  # noqa: B027  # nothing to check
        """Allow all finite targets."""

    def loss(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        _, s, e, _, q = _standardized(z, y)
        return np.where(np.isinf(e * e), np.inf, 0.5 * s + self.value(q)).sum(axis=1)

    def delta(self, output: Activation, z: AnyArray, y: Array) -> AnyArray:
        _, _, e, u, q = _standardized(z, y)
        return np.hstack([self.weight(q) * u * e, 0.5 * self.shortfall(q)])

    def delta_tangent(self, output: Activation, z: Array, y: Array, dz: Array) -> Array:
        _, _, e, u, q = _standardized(z, y)
        dm, ds = np.split(dz, 2, axis=1)
        by_location, by_scale = self.weight_by_location(q), self.weight_by_scale(q)
        mixed = -by_scale * u * e  # (N, K)
        return np.hstack(
            [by_location * e * e * dm + mixed * ds, mixed * dm + 0.5 * by_scale * q * ds]
        )

    def curvature(self, output: Activation, z: Array, y: Array) -> Array:
        e = _standardized(z, y).e
        of_location, of_scale = self.fisher
        entries = np.hstack([of_location * e * e, np.full_like(e, of_scale)])  # (N, 2 K)
        return entries[:, :, None] * np.eye(entries.shape[1])

    def magnitude(self, output: Activation, z: Array, y: Array) -> Array:
        m, s, e, u, q = _standardized(z, y)
        scale = np.abs(m) + np.abs(y)  # (N, K)
        # As in a squared error: if m and y are equal up to rounding, their difference is noise, which the curvature
        # propagates into the slope.
        slope = np.abs(self.weight(q) * u * e) + self.fisher[0] * e * e * EPSILON * scale
        of_scale = 0.5 * np.abs(s) * (1.0 + np.abs(self.shortfall(q)))
        return (of_scale + self.value(q) + slope * scale).sum(axis=1)


@dataclass(frozen=True)
class GaussianCost(LocationScaleCost):
    """Negative log-likelihood of a normal distribution with mean m and variance e^s, without log(2 pi) / 2.

    Notes
    -----
    g = q/2, W = 1; F = (e^-s, 1/2).

    References
    ----------
    Nix and Weigend (1994), Proc. IEEE Int. Conf. Neural Networks 1, 55-60.

    Examples
    --------
    If the inputs are constant, the minimum is the mean of the targets and the logarithm of their variance:

    >>> import numpy as np
    >>> import sheernet as sn
    >>> X, y = np.zeros((4, 1)), [1.0, 2.0, 3.0, 6.0]
    >>> start = sn.Network(sn.Architecture((1, 2)), np.zeros(4))  # one target, so two outputs
    >>> found = sn.train(start, X, y, cost="gaussian_nll", starts=1)
    >>> found.network["b1"].round(6), round(float(np.log(np.var(y))), 6)
    (array([3.      , 1.252763]), 1.252763)
    """

    name: str = "gaussian_nll"
    formula: str = "(s + (y - m)^2 exp(-s)) / 2, s = log variance"

    @property
    def fisher(self) -> tuple[float, float]:
        return 1.0, 0.5

    def value(self, q: AnyArray) -> AnyArray:
        return 0.5 * q

    def weight(self, q: AnyArray) -> AnyArray:
        return np.ones_like(q)

    def shortfall(self, q: AnyArray) -> AnyArray:
        return 1.0 - q

    def weight_by_location(self, q: Array) -> Array:
        return np.ones_like(q)

    def weight_by_scale(self, q: Array) -> Array:
        return np.ones_like(q)


@dataclass(frozen=True)
class StudentCost(LocationScaleCost):
    """Negative log-likelihood of Student's t distribution; made by `student_t`, which describes it.

    Parameters
    ----------
    degrees_of_freedom : float
        nu > 0.

    Notes
    -----
    g = (nu + 1)/2 log(1 + q/nu), W = (nu + 1) / (nu + q); F = ((nu + 1)/(nu + 3) e^-s, nu / (2 (nu + 3))).
    """

    degrees_of_freedom: float

    @property
    def name(self) -> str:
        nu = self.degrees_of_freedom
        return "student_t" if nu == DEGREES_OF_FREEDOM else f"student_t({nu!r})"

    @property
    def formula(self) -> str:
        nu = self.degrees_of_freedom
        return (
            f"s/2 + (nu + 1)/2 log(1 + (y - m)^2 exp(-s) / nu), s = log squared scale, nu = {nu:g}"
        )

    @property
    def fisher(self) -> tuple[float, float]:
        nu = self.degrees_of_freedom
        return (nu + 1.0) / (nu + 3.0), 0.5 * nu / (nu + 3.0)

    def value(self, q: AnyArray) -> AnyArray:
        nu = self.degrees_of_freedom
        return 0.5 * (nu + 1.0) * activations.log1p(q / nu)

    def weight(self, q: AnyArray) -> AnyArray:
        nu = self.degrees_of_freedom
        return (nu + 1.0) / (nu + q)

    def shortfall(self, q: AnyArray) -> AnyArray:
        nu = self.degrees_of_freedom
        return nu * ((1.0 - q) / (nu + q))

    def weight_by_location(self, q: Array) -> Array:
        nu = self.degrees_of_freedom
        return self.weight(q) * ((nu - q) / (nu + q))

    def weight_by_scale(self, q: Array) -> Array:
        nu = self.degrees_of_freedom
        return self.weight(q) * (nu / (nu + q))


DEGREES_OF_FREEDOM = 4.0
"""Default degrees of freedom of `student_t`: the variance is finite, and a few outliers have little influence."""

gaussian_nll = GaussianCost()


def student_t(degrees_of_freedom: float = DEGREES_OF_FREEDOM) -> StudentCost:
    r"""Negative log-likelihood of Student's t distribution with location m and scale e^(s/2), without its constant.

    .. math:: \frac{\nu + 1}{2} \log\left(1 + \frac{(y - m)^2 e^{-s}}{\nu}\right) + \frac{s}{2}

    Parameters
    ----------
    degrees_of_freedom : float
        nu > 0, fixed: the smaller nu, the less influence an outlier has.  The variance is e^s nu / (nu - 2) for nu > 2.

    Returns
    -------
    StudentCost
        Costs with the same degrees of freedom are equal.

    Raises
    ------
    InvalidInput
        If the degrees of freedom are not a positive number.

    References
    ----------
    Lange, Little and Taylor (1989), J. American Statistical Association 84(408), 881-896.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> one_row = sn.activations.identity, np.array([[1.0, 0.0]]), np.array([[3.0]])  # m = 1, s = 0, y = 3
    >>> sn.costs.student_t(4.0).loss(*one_row).round(6)  # 5/2 log(1 + 4/4)
    array([1.732868])
    >>> sn.costs.student_t(7.0) == sn.costs.get("student_t(7.0)")
    True
    """
    nu = float(degrees_of_freedom)
    if not 0.0 < nu < np.inf:
        raise InvalidInput(
            f"the degrees of freedom of student_t must be a positive number, but {degrees_of_freedom!r} was given"
        )
    return StudentCost(nu)
