"""Taylor test of a gradient: the order of the remainder in h, from many steps, so that none has to be chosen.

    R(h) = |f(x + h v) - f(x) - h g . v|              falls as h^2 if g is right, otherwise as h
    R(h) = |f(x + h v) - f(x) - h g . v - h^2/2 v . H v|   falls as h^3 if H v is right, too, otherwise as h^2

On a logarithmic scale these are straight lines of slope 1, 2 and 3.  Remainders below `ABOVE_NOISE` times the rounding
noise of f are ignored.  The verdict uses the median slope of the shortest `MIN_SLOPES` remaining steps, because an
error that is small compared with the curvature changes only these; the expected order is 2 or 3:

    pass            slope >= order - 0.2, or all remainders are noise (f is a polynomial of lower order)
    fail            slope <= order - 0.8, unless x lies on a kink, where R falls as h for any gradient
    inconclusive    otherwise, or if there are fewer than `MIN_SLOPES` slopes, or if the noise is unknown because f is
                    not finite near x

Source: a classical test; checkgradient of Manopt (Boumal, Mishra, Absil and Sepulchre, 2014, JMLR 15, 1455-1459) plots
these remainders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.check.gradient_check import as_problem
from sheernet.derivatives.comparisons import Verdict, gradient_at, magnitude, vector_line
from sheernet.derivatives.estimates import (
    HALF_ULP,
    as_one_number,
    noise_at_any_precision,
    random_generator,
)
from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch

HALVED_STEPS = 2.0 ** -np.arange(0.0, 41.0)
ABOVE_NOISE = 30.0  # a remainder 30 times its noise has a slope accurate to a few hundredths
SLOPE_TOLERANCE = 0.2
MIN_SLOPES = 3


@dataclass(frozen=True, eq=False)
class TaylorTest:
    """Remainders of the Taylor expansion along a direction.

    Attributes
    ----------
    steps : ndarray, (n,)
        h, from long to short.
    remainders : ndarray, (n,)
        R(h).
    noise : float
        Noise of a remainder.
    slopes : ndarray, (n - 1,)
        d log R / d log h between consecutive steps; nan if a remainder is noise or not finite.
    order : int
        The slope for a right gradient: 2, or 3 with a Hessian-vector product.
    verdict : {"pass", "fail", "inconclusive"}
        "pass" if `slope` >= order - 0.2 or all remainders are noise, "fail" if `slope` <= order - 0.8.
    """

    steps: Array
    remainders: Array
    noise: float
    slopes: Array
    order: int
    verdict: Verdict

    @property
    def slope(self) -> float:
        """The median slope of the shortest steps above the noise, which decides the verdict; nan if there are none."""
        return _final_slope(self.slopes)

    def __str__(self) -> str:
        if np.isnan(self.slope):
            is_noise = self.verdict == "pass"
            if not np.isfinite(self.noise):
                return "Taylor test: INCONCLUSIVE; the function is not finite near this point, so its noise is unknown"
            finding = f"{'all' if is_noise else 'too many'} remainders are below the noise"
            finding += "" if is_noise else " or not finite"
        else:
            right = "gradient" if self.order == 2 else "gradient and Hessian"
            finding = (
                f"the remainder falls as h^{self.slope:.2f} (h^{self.order} for a right {right})"
            )
        verdict = self.verdict if self.verdict == "pass" else self.verdict.upper()
        return f"Taylor test: {verdict}; {finding}"


def taylor_test(
    subject: Any,
    /,
    *arguments: Any,
    direction: npt.ArrayLike | None = None,
    hessian_vector: Callable[[Array, Array], npt.ArrayLike] | None = None,
    seed: int = 0,
) -> TaylorTest:
    """Test a gradient by the order of its Taylor remainder.

    Parameters
    ----------
    subject, *arguments
        As for `check_gradient`: an objective and theta; or f, grad and x; or a `Problem`.
    direction : array_like, (P,), optional
        v; by default Gaussian, of the size of x.
    hessian_vector : callable, optional
        (x, v) -> H v, (P,), to test the second-order term, too.
    seed : int, optional
        Seed of the direction, and of that in which noise is measured.

    Returns
    -------
    TaylorTest

    Raises
    ------
    InvalidInput
        If the direction is zero or not finite, or the function is not finite at x.
    ShapeMismatch
        If the shape of the direction or of H v is not that of x.

    References
    ----------
    See the module docstring of `sheernet.derivatives.check.taylor_remainder`.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> f, grad = lambda x: float(np.sum(np.exp(x))), np.exp
    >>> print(sn.derivatives.taylor_test(f, grad, [0.5, -1.0]))
    Taylor test: pass; the remainder falls as h^2.00 (h^2 for a right gradient)
    >>> sn.derivatives.taylor_test(f, lambda x: 1.01 * np.exp(x), [0.5, -1.0]).verdict
    'fail'
    """
    problem = as_problem(subject, arguments)
    x = problem.x
    v = _direction(direction, x, seed)
    with np.errstate(all="ignore"):
        value = float(as_one_number(problem.value(x.copy())))
        slope = float(gradient_at(problem, x.copy()) @ v)
    if not np.isfinite(value):
        raise InvalidInput(f"the function is {value} at this point; test at another point")
    curvature = 0.0 if hessian_vector is None else _curvature(hessian_vector, x, v)
    measured = float(noise_at_any_precision(problem.value, x, seed)[0])
    noise = max(measured, HALF_ULP * magnitude(problem, value))
    line = vector_line(problem, v, value, noise)
    with np.errstate(all="ignore"):
        moved = np.array([line.f(float(h)) for h in HALVED_STEPS])
        remainders = np.abs(
            moved - value - HALVED_STEPS * slope - 0.5 * HALVED_STEPS**2 * curvature
        )
        known = np.isfinite(remainders) & (remainders > ABOVE_NOISE * noise)
        logs = np.log2(np.where(known, remainders, np.nan))
        slopes = logs[:-1] - logs[1:]  # steps are halved
    order = 2 if hessian_vector is None else 3
    if np.isfinite(noise):
        verdict = _verdict(slopes, order, bool(np.all(remainders <= ABOVE_NOISE * noise)))
    else:
        verdict = "inconclusive"
    if verdict == "fail" and problem.kinks_at_x():
        verdict = "inconclusive"  # on a kink the remainder falls as h for any gradient
    return TaylorTest(HALVED_STEPS, read_only(remainders), noise, read_only(slopes), order, verdict)


def _direction(direction: npt.ArrayLike | None, x: Array, seed: int) -> Array:
    if direction is None:
        scale = np.maximum(np.abs(x), 1.0)
        return scale * random_generator(seed).standard_normal(x.size)
    v = as_float(direction, "direction")
    if v.shape != x.shape:
        raise ShapeMismatch(
            f"direction has shape {v.shape} but x has {x.shape}; they must be equal"
        )
    if not np.all(np.isfinite(v)) or not v.any():
        raise InvalidInput("direction must be finite and not zero; omit it for a random one")
    return v


def _curvature(
    hessian_vector: Callable[[Array, Array], npt.ArrayLike], x: Array, v: Array
) -> float:
    product = as_float(hessian_vector(x.copy(), v.copy()), "the Hessian-vector product")
    if product.shape != x.shape:
        raise ShapeMismatch(
            f"the Hessian-vector product has shape {product.shape} but x has {x.shape}; they must be equal"
        )
    return float(v @ product)


def _final_slope(slopes: Array) -> float:
    known = slopes[np.isfinite(slopes)]
    return float(np.median(known[-MIN_SLOPES:])) if known.size else float("nan")


def _verdict(slopes: Array, order: int, is_all_noise: bool) -> Verdict:
    """Return the verdict by the rule in the module docstring."""
    if is_all_noise:  # f is a polynomial of lower order
        return "pass"
    if np.isfinite(slopes).sum() < MIN_SLOPES:
        return "inconclusive"
    final = _final_slope(slopes)
    if final >= order - SLOPE_TOLERANCE:
        return "pass"
    return "fail" if final <= order - 1 + SLOPE_TOLERANCE else "inconclusive"
