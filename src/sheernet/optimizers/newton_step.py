"""Truncated Newton steps by preconditioned conjugate gradients (`newton_cg`).

Approximately solves

    (H + D) h = -g

using only products H p: H is the Hessian, which may be indefinite, D >= 0 is a diagonal damping, and the
preconditioner M is a positive definite approximation of H + D, given by products M^-1 r.  The first direction is
-M^-1 g, so each further product improves a quasi-Newton or damped Gauss-Newton step.  H h is accumulated, so that the
predicted decrease -g^T h - 1/2 h^T H h takes no further product.

Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithm 5.3 (preconditioned conjugate
gradients) with the tests of Algorithm 7.2 (by T. Steihaug).  Deviations from the source:

1. Negative curvature is p^T (H + D) p <= 1e-10 p^T M p, or another limit.  Along such a direction, the step ends where
   |h|_M, that is (h^T M h)^(1/2), equals the radius; without a radius, where it is twice the norm |M^-1 g|_M of the
   first direction.
2. The residual is measured by (r^T M^-1 r)^(1/2), relative to the residual of h = 0.
3. A product that is not finite ends the iteration; h is the step of the products before it, or 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np

from sheernet.foundation.arrays import Array

CURVATURE_LIMIT = 1e-10
"""Curvature at or below which a direction counts as one of negative curvature, in units of the curvature of M."""
LENGTH_ALONG_CURVATURE = 2.0
"""Length in the norm of M of a step along negative curvature, in units of the length of -M^-1 g."""


@dataclass(frozen=True, eq=False)
class NewtonStep:
    """A truncated Newton step."""

    step: Array  # h, (P,); 0 if the first product is not finite
    product: Array  # H h, (P,)
    predicted: float  # -g^T h - 1/2 h^T H h
    negative_curvature: bool  # whether the step ends along a direction of negative curvature
    n_products: int


def newton_cg(
    multiply: Callable[[Array], Array],
    gradient: Array,
    *,
    precondition: Callable[[Array], Array] | None = None,
    damping: float | Array = 0.0,
    tolerance: float,
    max_products: int,
    radius: float = inf,
    curvature_limit: float = CURVATURE_LIMIT,
) -> NewtonStep:
    """Compute a truncated Newton step.

    Parameters
    ----------
    multiply : callable
        p (P,) -> H p (P,).
    gradient : ndarray, (P,)
        g.
    precondition : callable, optional
        r (P,) -> M^-1 r (P,), a new array; M is the identity if it is not given.
    damping : float or ndarray, (P,)
        The diagonal of D.
    tolerance : float
        Stop when the residual is at most this, relative to the residual of h = 0.
    max_products : int
        Maximum number of products.
    radius : float
        Maximum of |h|_M.
    curvature_limit : float
        Curvature at or below which a direction counts as one of negative curvature, in units of the curvature of M.

    Returns
    -------
    NewtonStep
        The step and its predicted decrease.
    """
    h, Hh, r = np.zeros_like(gradient), np.zeros_like(gradient), -gradient  # (P,)
    z = r if precondition is None else precondition(r)
    p, rz = z, float(r @ z)
    enough = tolerance * tolerance * rz
    boundary = radius if radius < inf else LENGTH_ALONG_CURVATURE * sqrt(max(rz, 0.0))
    # h^T M h, h^T M p and p^T M p, without products with M
    hMh, hMp, pMp = 0.0, 0.0, rz
    n_products, is_negative = 0, False
    while n_products < max_products and rz > enough:
        Hp = multiply(p)  # (P,)
        n_products += 1
        Kp = Hp + damping * p  # K = H + D
        curvature = float(p @ Kp)
        if not isfinite(curvature):
            break
        is_negative = curvature <= curvature_limit * pMp
        length = 0.0 if is_negative else rz / curvature
        beyond = hMh + length * (2.0 * hMp + length * pMp)
        if is_negative or beyond >= radius * radius:
            length = _length_to(boundary, hMh, hMp, pMp)
            h, Hh = h + length * p, Hh + length * Hp
            break
        h, Hh, r = h + length * p, Hh + length * Hp, r - length * Kp
        z = r if precondition is None else precondition(r)
        ratio = float(r @ z) / rz
        rz *= ratio
        p = z + ratio * p
        hMh, hMp = beyond, ratio * (hMp + length * pMp)
        pMp = rz + ratio * ratio * pMp
    predicted = -float(h @ gradient) - 0.5 * float(h @ Hh)
    return NewtonStep(h, Hh, predicted, is_negative, n_products)


def _length_to(boundary: float, hMh: float, hMp: float, pMp: float) -> float:
    """Solve |h + length p|_M = boundary for length >= 0; 0 if h is already beyond."""
    room = boundary * boundary - hMh
    if not room > 0:
        return 0.0
    # the root without cancellation; h^T M p >= 0 in exact arithmetic
    return room / (hMp + sqrt(hMp * hMp + pMp * room))
