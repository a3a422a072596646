"""Numerical gradients from function values, with an error estimate for each entry.

Source: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998)
110-112, equation (2) (complex step); for the differences see line_derivative.py and function_noise.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.estimates.derivative_formulas import (
    COMPLEX_STEP,
    EPS,
    HALF_ULP,
    entry_function,
    numerical_gradient,
)
from sheernet.derivatives.estimates.function_noise import NOISE_POINTS, noise_level
from sheernet.derivatives.estimates.line_derivative import Difference, Line, differentiate
from sheernet.derivatives.problem import ComplexFunction, ValueFunction, as_point
from sheernet.foundation.arrays import Array

COMPLEX_FLOOR = 1e-190
"""Complex-step derivatives below this count as 0.

Underflow at COMPLEX_STEP loses up to 1e-205, which later factors in f may multiply.
"""


@dataclass(frozen=True, eq=False)
class GradientEstimate:
    """A numerical gradient, with the error of each entry.

    Attributes
    ----------
    gradient : ndarray, (P,)
        The derivatives.
    truncation : ndarray, (P,)
        Estimated error of the formula: 0 for the complex step.
    roundoff : ndarray, (P,)
        Estimated error from the noise of the function.
    steps : ndarray, (P,)
        The step h of each entry.
    noise : float
        Estimated noise of one value of the function; 0 for the complex step.
    evaluations : int
        Number of evaluations of the function.
    spread : ndarray, (P,) or float
        At a kink, half the distance between the one-sided derivatives; all numbers between them are valid.
    kinks : tuple of tuples of int
        Indices of the known kinks near x in the direction of each entry: those within the initial step.
    """

    gradient: Array
    truncation: Array
    roundoff: Array
    steps: Array
    noise: float
    evaluations: int
    spread: Array | float = 0.0
    kinks: tuple[tuple[int, ...], ...] = ()

    @property
    def uncertainty(self) -> Array:
        """Sum of the truncation and round-off errors, (P,)."""
        return self.truncation + self.roundoff

    def with_parts(self, parts: Mapping[int, Difference]) -> GradientEstimate:
        """Return the estimate with other differences for some entries, by index."""
        gradient, truncation = self.gradient.copy(), self.truncation.copy()
        roundoff, steps = self.roundoff.copy(), self.steps.copy()
        spread = np.array(np.broadcast_to(self.spread, gradient.shape))
        kinks = list(self.kinks or ((),) * gradient.size)
        for j, part in parts.items():
            gradient[j], spread[j] = 0.5 * (part.low + part.high), 0.5 * (part.high - part.low)
            truncation[j], roundoff[j] = part.truncation, part.roundoff
            steps[j], kinks[j] = part.h, part.kinks or kinks[j]
        return replace(
            self, gradient=gradient, truncation=truncation, roundoff=roundoff, steps=steps,
            spread=spread, kinks=tuple(kinks),
        )  # fmt: skip


def estimate_gradient(
    f: ValueFunction, x: npt.ArrayLike, magnitude: float = 0.0, seed: int = 0
) -> GradientEstimate:
    """Differentiate with extrapolated central differences, with an error estimate for each entry.

    Parameters
    ----------
    f : callable
        x (P,) -> float.
    x : array_like, (P,)
        The point.
    magnitude : float, optional
        The sum of the absolute values of the terms of f, if known; eps/2 times this is a lower bound of the noise.
    seed : int, optional
        Seed of the direction in which the noise is measured.

    Returns
    -------
    GradientEstimate
        If no step gives finite values, the derivative of an entry is nan and its uncertainty is inf.

    References
    ----------
    C. J. F. Ridders (1982) in line_derivative.py; J. J. More and S. M. Wild (2011) in function_noise.py.

    Examples
    --------
    >>> import sheernet as sn
    >>> import numpy as np
    >>> estimate = sn.derivatives.estimate_gradient(lambda x: np.sin(x[0]), [1.0])
    >>> bool(abs(estimate.gradient[0] - np.cos(1.0)) <= 4 * estimate.uncertainty[0])
    True
    """
    point = as_point(x)
    noise = max(float(noise_level(f, point, seed)), HALF_ULP * abs(magnitude))
    center = entry_function(f, point, 0)(0.0)
    entries = [
        differentiate(Line(entry_function(f, point, i), center, noise, max(abs(x_i), 1.0), x_i))
        for i, x_i in enumerate(point.tolist())
    ]
    return estimate_from_differences(entries, noise, 1 + NOISE_POINTS)


def estimate_from_differences(
    parts: list[Difference], noise: float, before: int
) -> GradientEstimate:
    """Combine differences into one estimate; `before` is the number of evaluations made before them."""
    low, high = (np.array([getattr(part, end) for part in parts]) for end in ("low", "high"))
    return GradientEstimate(
        gradient=0.5 * (low + high),
        truncation=np.array([part.truncation for part in parts]),
        roundoff=np.array([part.roundoff for part in parts]),
        steps=np.array([part.h for part in parts]),
        noise=noise,
        evaluations=before + sum(part.evaluations for part in parts),
        spread=0.5 * (high - low),
        kinks=tuple(part.kinks for part in parts),
    )


def estimate_from_complex_steps(slopes: Array) -> GradientEstimate:
    """Return the estimate for complex-step derivatives, (m,), each from one evaluation."""
    none, steps = np.zeros_like(slopes), np.full(slopes.shape, COMPLEX_STEP)
    return GradientEstimate(slopes, none, complex_error(slopes), steps, 0.0, slopes.size)


def complex_step_gradient(f: ComplexFunction, x: npt.ArrayLike) -> GradientEstimate:
    """Differentiate with complex steps; the only remaining errors are rounding errors inside f.

    Parameters
    ----------
    f : callable
        x (P,) complex -> complex, analytic in x.
    x : array_like, (P,)
        The point, real.

    Returns
    -------
    GradientEstimate
        Its round-off is eps times the derivative, plus 1e-190 (times the largest derivative if that exceeds 1) for
        underflow.

    References
    ----------
    W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112, equation (2).
    """
    return estimate_from_complex_steps(numerical_gradient(f, as_point(x), method="complex"))


def complex_error(slopes: npt.ArrayLike) -> Array:
    """Return the errors of complex-step derivatives from rounding and underflow; inf for a derivative not finite."""
    size = np.abs(np.asarray(slopes, dtype=np.float64))
    known = np.isfinite(size)
    # A factor as large as the largest derivative may multiply an underflow error.
    largest = np.max(size, initial=1.0, where=known)
    return np.where(known, EPS * size + COMPLEX_FLOOR * largest, np.inf)
