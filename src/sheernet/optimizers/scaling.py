"""Powers of two that keep the squares of a vector's entries within the range of float64.

The square of an entry below 1e-162 is 0 and that of one above 1e154 is inf, though steps along such gradients are
ordinary.  Dividing by a power of two is exact, so that vectors of ordinary size give what they give without it, bit
for bit.
"""

from __future__ import annotations

from math import frexp

import numpy as np

from sheernet.foundation.arrays import Array


def exponent(vector: Array) -> int:
    """Exponent e for which the largest entry of vector / 2^e is between 1/2 and 1; 0 where it is 0 or not finite."""
    return frexp(float(np.abs(vector).max(initial=0.0)))[1]


def scaled(vector: Array, power: int) -> Array:
    """Return 2^power times a vector: exact, unless an entry leaves the range."""
    result: Array = np.ldexp(vector, power)  # (P,)
    return result


def scaled_pair(s: Array, y: Array) -> tuple[Array, Array]:
    """Multiply s and y by one power of two, so that ||y|| ||s|| is near 1; no quasi-Newton update changes with it."""
    power = -(exponent(s) + exponent(y)) // 2
    return scaled(s, power), scaled(y, power)
