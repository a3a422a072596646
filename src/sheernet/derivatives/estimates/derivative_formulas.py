"""Formulas for numerical derivatives: differences and the complex step, at a given step, without error estimates.

Forward difference        (f(x + h e_i) - f(x)) / h,                   error  h f''/2      +  noise / h
Central difference        D(h) = (f(x + h e_i) - f(x - h e_i)) / (2 h),  error  h^2 f'''/6  +  noise / h
Richardson extrapolation  R(h) = (4 D(h/2) - D(h)) / 3,                error  O(h^4)      +  3 noise / h
Complex step              Im f(x + i h e_i) / h,                       error  h^2 f'''/6, and no cancellation

gradient_estimates.py chooses the steps and estimates the errors.

Sources: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40
(1998) 110-112, equation (2) (complex step).  L. F. Richardson, Phil. Trans. Royal Society A 210 (1911) 307-357.
W. H. Press et al., Numerical Recipes, 3rd ed., section 5.7 (the steps eps^(1/2), eps^(1/3), and x + h - x).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, require_known
from sheernet.foundation.scalars import as_number

EPS = float(np.finfo(np.float64).eps)
HALF_ULP = EPS / 2  # relative rounding error of any float64 value
COMPLEX_STEP = 2.0**-341
"""h^2 = smallest normal number / h: truncation and underflow are equally small."""

RealOrComplexLine = Callable[[complex], Any]
"""t -> f(x + t e_i)."""


def numerical_gradient(
    f: Callable[[Any], Any], x: npt.ArrayLike, step: float | None = None, method: str = "central"
) -> Array:
    """Differentiate a function with one formula at one step for each entry.

    "central" is D(h) = (f(x + h e_i) - f(x - h e_i)) / (2 h), "forward" is (f(x + h e_i) - f(x)) / h, "richardson" is
    (4 D(h/2) - D(h)) / 3, and "complex" is Im f(x + i h e_i) / h, which is exact to rounding if f takes complex
    numbers and is analytic: no abs, no conjugate, no comparison of complex numbers.

    Parameters
    ----------
    f : callable
        x -> float.  It is called with an array of the shape of x; for "complex" with a complex one.
    x : array_like
        The point, of any shape.
    step : float, optional
        The h of every entry, used without rounding.  The default is eps^(1/3) max(|x_i|, 1) for "central", eps^(1/2)
        max(|x_i|, 1) for "forward" and eps^(1/5) max(|x_i|, 1) for "richardson", all rounded so that x_i + h is exact,
        and 2^-341 for "complex".
    method : {"central", "forward", "richardson", "complex"}
        The formula.

    Returns
    -------
    ndarray
        The gradient, in the shape of x.

    Raises
    ------
    InvalidInput
        If the method is unknown or the step is not positive and finite.
    ShapeMismatch
        If f does not return one number.

    References
    ----------
    W. H. Press et al., Numerical Recipes, 3rd ed., section 5.7; W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112.

    Examples
    --------
    >>> import sheernet as sn
    >>> import numpy as np
    >>> sn.numerical_gradient(lambda x: np.sum(x**2), [1.0, 2.0], step=0.5)
    array([2., 4.])
    >>> sn.numerical_gradient(lambda x: np.sum(np.exp(x)), [0.0], method="complex")
    array([1.])
    """
    require_known("method", method, _FORMULAS)
    if step is not None and not 0 < as_number("step", step) < inf:
        raise InvalidInput(
            f"step must be positive and finite, but {step} was given; omit it for the default"
        )
    point = as_float(x, "x")
    formula = _FORMULAS[method]
    gradient = np.empty(point.size)
    for i, x_i in enumerate(point.flat):
        h = formula.default_step(float(x_i)) if step is None else float(step)
        gradient[i] = formula.derivative(entry_function(f, point, i), h)
    return gradient.reshape(point.shape)


def entry_function(f: Callable[[Any], Any], point: Array, i: int) -> RealOrComplexLine:
    """Return t -> f(x + t e_i); each call of f receives a new array."""

    def line(offset: complex) -> Any:
        moved = point.astype(np.complex128) if isinstance(offset, complex) else point.copy()
        moved.flat[i] += offset
        with np.errstate(all="ignore"):
            return as_one_number(f(moved), complex if isinstance(offset, complex) else float)

    return line


def as_one_number(value: Any, kind: type = float) -> Any:
    """Convert the result of a function to one number, a float or a complex.

    Raises
    ------
    ShapeMismatch
        If the result is not one number of this kind.
    """
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in ("fiubc" if kind is complex else "fiub"):
        shape = f"an array of shape {array.shape}"
        given = shape if array.size != 1 else f"{type(value).__name__} {value!r}"
        wanted = "one number" if kind is complex else "one real number"
        raise ShapeMismatch(f"the function must return {wanted}, but it returned {given}")
    return kind(array.reshape(-1)[0])


def exact_step(x: float, h: float) -> float:
    """Round h so that x + h is exact, and x - h nearly so (Numerical Recipes, equation 5.7.4)."""
    return float((x + h) - x)


def _central(line: RealOrComplexLine, h: float) -> float:
    return float((line(h) - line(-h)) / (2 * h))


class _Formula(NamedTuple):
    """A derivative (line, h) -> float, and its default step x_i -> h."""

    derivative: Callable[[RealOrComplexLine, float], float]
    default_step: Callable[[float], float]


_FORMULAS = {
    "central": _Formula(_central, lambda x: exact_step(x, EPS ** (1 / 3) * max(abs(x), 1.0))),
    "forward": _Formula(
        lambda line, h: (line(h) - line(0.0)) / h,
        lambda x: exact_step(x, EPS**0.5 * max(abs(x), 1.0)),
    ),
    "richardson": _Formula(
        lambda line, h: (4 * _central(line, h / 2) - _central(line, h)) / 3,
        lambda x: 2 * exact_step(x, EPS ** (1 / 5) / 2 * max(abs(x), 1.0)),
    ),
    "complex": _Formula(lambda line, h: line(complex(0.0, h)).imag / h, lambda x: COMPLEX_STEP),
}
