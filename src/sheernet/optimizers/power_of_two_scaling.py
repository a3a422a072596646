"""Scaling by powers of two, which keeps the squares of vector entries within the range of float64.

The square of an entry below 1e-162 is 0 and the square of an entry above 1e154 is inf, although steps along such
gradients are ordinary.  Division by a power of two is exact, so for vectors of ordinary size the results with and
without scaling are bitwise equal.
"""

from __future__ import annotations

from math import frexp

import numpy as np

from sheernet.foundation.arrays import Array


def exponent(vector: Array) -> int:
    """Return e such that the largest absolute entry of vector / 2^e is in [1/2, 1); 0 if it is 0 or not finite."""
    return frexp(float(np.abs(vector).max(initial=0.0)))[1]


def scaled(vector: Array, power: int) -> Array:
    """Multiply a vector by 2^power: exact unless an entry leaves the range of float64."""
    result: Array = np.ldexp(vector, power)  # (P,)
    return result


def scaled_pair(s: Array, y: Array) -> tuple[Array, Array]:
    """Multiply s and y by the same power of two, so that ||y|| ||s|| is near 1; updates do not depend on it."""
    power = -(exponent(s) + exponent(y)) // 2
    return scaled(s, power), scaled(y, power)
