r"""Increasing transforms of a target that bring its distribution closer to a normal one: logarithm and Yeo-Johnson.

    log           t = log y, for positive targets
    yeo_johnson   t = psi(x, lambda) of x = (y - center) / scale, for all targets:

                  psi = ((1 + x)^lambda - 1) / lambda                  x >= 0, lambda != 0
                        log(1 + x)                                     x >= 0, lambda  = 0
                        -((1 - x)^(2 - lambda) - 1) / (2 - lambda)     x < 0,  lambda != 2
                        -log(1 - x)                                    x < 0,  lambda  = 2

Source: I.-K. Yeo and R. A. Johnson, A new family of power transformations to improve normality or symmetry, Biometrika
87 (2000) 954-959, equation (2.1).
Deviations: lambda is in [0, 2].  For lambda < 0 (> 2), psi is bounded above (below), and a network can predict values
of t that belong to no y.  For lambda in [0, 2], psi maps the real line onto itself.  The target is first scaled by its
median and interquartile range, because psi is not a function of ratios: without that, lambda would depend on the units.

Both are objects with `forward`, `inverse` and `log_jacobian`, made by `learn` from the training rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from sheernet.data.preprocessing.scaler import Scaler
from sheernet.foundation.arrays import Array, as_case_weights, as_float, as_matrix
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import finite_number

LARGEST_EXPONENT = 2.0
SMALLEST_EXPONENT = (
    1e-100  # below, scipy.special.inv_boxcox1p returns its argument; 0 is the same to rounding
)
EXPONENT_TOLERANCE = 1e-8


@dataclass(frozen=True)
class LogTransform:
    """The logarithm of a positive target.

    Examples
    --------
    >>> from sheernet.data.preprocessing.target_transforms import LogTransform
    >>> LogTransform().forward([1.0, 0.0])
    array([  0., -inf])
    """

    name: ClassVar[str] = "log"

    @classmethod
    def learn(cls, y: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> LogTransform:
        """Check that a target, (N,), is positive; there is nothing to learn.

        Raises
        ------
        InvalidInput
            If a value is not positive and finite.
        """
        values = as_matrix(y, "the target")
        if values.min() <= 0:
            raise InvalidInput(
                f"the logarithm needs a positive target, but its smallest value is {values.min():g}; "
                f"use the transform {YeoJohnson.name!r}"
            )
        return cls()

    @property
    def state(self) -> dict[str, str | float]:
        """The name, from which `transform_from` makes the transform again."""
        return {"name": self.name}

    @property
    def growth(self) -> tuple[float, float]:
        """Exponents a of |y| ~ |t|^a as t goes to -inf and to inf: y = exp(t) is bounded below, exponential above."""
        return 0.0, np.inf

    def forward(self, y: npt.ArrayLike) -> Array:
        """Compute log y; -inf for y <= 0."""
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(as_float(y, "y"), 0.0))

    def inverse(self, t: npt.ArrayLike) -> Array:
        """Compute exp(t); inf for t above 709.78."""
        with np.errstate(over="ignore", under="ignore"):
            return np.exp(as_float(t, "t"))

    def log_jacobian(self, y: npt.ArrayLike) -> Array:
        """Compute log dt/dy = -log y; inf for y <= 0."""
        return -self.forward(y)


@dataclass(frozen=True)
class YeoJohnson:
    """The transform of Yeo and Johnson of a scaled target: t = psi((y - center) / scale, exponent).

    Parameters
    ----------
    exponent : float
        lambda, from 0 to 2; 1 is the identity.
    center, scale : float
        In the units of the target; scale is positive.

    Raises
    ------
    InvalidInput
        If a number is not finite or not in its range.

    References
    ----------
    Yeo and Johnson, Biometrika 87 (2000) 954-959, equation (2.1), for lambda in [0, 2].

    Examples
    --------
    >>> from sheernet.data.preprocessing.target_transforms import YeoJohnson
    >>> transform = YeoJohnson(0.5, center=10.0, scale=2.0)
    >>> transform.forward([10.0, 16.0])
    array([0., 2.])
    >>> transform.inverse([0.0, 2.0])
    array([10., 16.])
    """

    exponent: float
    center: float = 0.0
    scale: float = 1.0
    name: ClassVar[str] = "yeo_johnson"

    def __post_init__(self) -> None:
        for field in ("exponent", "center", "scale"):
            value = finite_number(getattr(self, field), f"{field} of a transform")
            object.__setattr__(self, field, value)
        if not 0 <= self.exponent <= LARGEST_EXPONENT:
            raise InvalidInput(
                f"exponent of a transform must be from 0 to 2, but is {self.exponent:g}: "
                "with others, some predictions have no inverse"
            )
        if self.exponent < SMALLEST_EXPONENT:
            object.__setattr__(self, "exponent", 0.0)
        if self.scale <= 0:
            raise InvalidInput(f"scale of a transform must be positive, but is {self.scale:g}")

    @classmethod
    def learn(cls, y: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> YeoJohnson:
        """Scale a target by its median and interquartile range, and estimate the exponent by maximum likelihood.

        The exponent maximizes, in [0, 2], the normal likelihood with mean and variance at their estimates (Yeo and
        Johnson, section 4):

            -N/2 log var(psi(x, lambda)) + (lambda - 1) sum_n sign(x_n) log(1 + |x_n|)

        Parameters
        ----------
        y : array_like, (N,)
            The training rows of one target.
        weights : array_like, (N,), optional
            Case weights; a row of weight k counts as k equal rows.

        Returns
        -------
        YeoJohnson
            The identity after scaling if the target is constant.

        Raises
        ------
        InvalidInput, ShapeMismatch
            If y or the weights are not finite or have different lengths.
        """
        column = as_matrix(y, "the target")
        case_weights = as_case_weights(weights, len(column))
        scaler = Scaler.robust(column, weights)
        counts = case_weights > 0
        x, shares = scaler.transform(column)[counts, 0], case_weights[counts]
        shares = shares / shares.max()  # the sum of huge weights would overflow
        exponent = _likeliest_exponent(x, shares / shares.sum())
        return cls(exponent, float(scaler.shift[0]), float(scaler.scale[0]))

    @property
    def state(self) -> dict[str, str | float]:
        """Name and numbers, from which `transform_from` makes the transform again; JSON can store them."""
        return {
            "name": self.name,
            "exponent": self.exponent,
            "center": self.center,
            "scale": self.scale,
        }

    @property
    def growth(self) -> tuple[float, float]:
        """Exponents a of |y| ~ |t|^a as t goes to -inf and to inf: 1 / (2 - lambda) and 1 / lambda; inf for 1/0."""
        ends = (LARGEST_EXPONENT - self.exponent, self.exponent)
        lower, upper = (1.0 / end if end > 0 else np.inf for end in ends)
        return lower, upper

    def forward(self, y: npt.ArrayLike) -> Array:
        """Compute t of values y, any shape."""
        return _psi(self._scaled(y), self.exponent)

    def inverse(self, t: npt.ArrayLike) -> Array:
        """Compute y of transformed values t, any shape; -inf or inf if y overflows."""
        from scipy import special

        t = as_float(t, "t")
        with np.errstate(over="ignore", under="ignore"):
            size = special.inv_boxcox1p(np.abs(t), _of_side(t, self.exponent))
            return self.center + self.scale * np.copysign(size, t)

    def log_jacobian(self, y: npt.ArrayLike) -> Array:
        """Compute log dt/dy = (lambda - 1) sign(x) log(1 + |x|) - log scale."""
        return (self.exponent - 1.0) * _signed_log(self._scaled(y)) - np.log(self.scale)

    def _scaled(self, y: npt.ArrayLike) -> Array:
        return (as_float(y, "y") - self.center) / self.scale


TargetTransform = LogTransform | YeoJohnson
TRANSFORMS: Mapping[str, type[LogTransform | YeoJohnson]] = {
    kind.name: kind for kind in (LogTransform, YeoJohnson)
}


def transform_from(state: Mapping[str, Any]) -> TargetTransform:
    """Make a transform from its `state`.

    Parameters
    ----------
    state : mapping
        The name and the arguments of the constructor.

    Returns
    -------
    LogTransform or YeoJohnson

    Raises
    ------
    InvalidInput
        If the name is unknown, or a number is missing, unknown or not in its range.

    Examples
    --------
    >>> from sheernet.data.preprocessing.target_transforms import transform_from
    >>> transform_from({"name": "yeo_johnson", "exponent": 0.5, "center": 0.0, "scale": 1.0})
    YeoJohnson(exponent=0.5, center=0.0, scale=1.0)
    """
    numbers = dict(state)
    name = numbers.pop("name", None)
    if name not in TRANSFORMS:
        raise unknown_name("transform", name, TRANSFORMS, {"yeo-johnson": YeoJohnson.name})
    try:
        return TRANSFORMS[name](**numbers)
    except TypeError as error:
        raise InvalidInput(f"the numbers of transform {name!r} are wrong: {error}") from None


def _psi(x: Array, exponent: float) -> Array:
    """Yeo and Johnson's function of x, any shape."""
    from scipy import special

    with np.errstate(over="ignore", under="ignore"):
        size = special.boxcox1p(np.abs(x), _of_side(x, exponent))
    return np.copysign(size, x)


def _of_side(x: Array, exponent: float) -> Array:
    """The exponent of |x|: lambda for x >= 0, else 2 - lambda."""
    return np.where(x >= 0, exponent, LARGEST_EXPONENT - exponent)


def _signed_log(x: Array) -> Array:
    return np.copysign(np.log1p(np.abs(x)), x)


def _likeliest_exponent(x: Array, shares: Array) -> float:
    """Exponent in [0, 2] that maximizes the likelihood of x, (N,), with shares (N,) of sum 1."""
    from scipy.optimize import minimize_scalar

    slope = float(shares @ _signed_log(x))

    def cost(exponent: float) -> float:
        """Minus the log-likelihood of a row; inf if psi of an outlier overflows."""
        t = _psi(x, exponent)
        unit = max(float(np.abs(t).max()), 1.0)  # squares of far values would overflow
        if unit == np.inf:
            return np.inf
        t = t / unit
        variance = float(shares @ (t - shares @ t) ** 2)
        return 0.5 * float(np.log(variance)) + float(np.log(unit)) - (exponent - 1.0) * slope

    if x.min() == x.max():
        return 1.0
    bounds = (0.0, LARGEST_EXPONENT)
    inside = minimize_scalar(
        cost, bounds=bounds, method="bounded", options={"xatol": EXPONENT_TOLERANCE}
    ).x
    return min((float(inside), *bounds), key=cost)
