"""Scrambled points of Sobol's sequence, bitwise equal to those of `scipy.stats.qmc.Sobol`.

Importing scipy.stats takes more than half a second, longer than most calculations with these points.

Point i of a dimension is the exclusive or of the direction numbers v_j of the bits j in the Gray code of i.  They are
those of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci.
Comput. 30 (2008), 2635-2654; SciPy has them in a file.  The scrambling multiplies the bits of each v_j by a random
lower triangular matrix and shifts all points: J. Matousek, "On the L2-discrepancy for anchored boxes", J. Complexity 14
(1998), 527-556.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array

BITS = 30
"""Number of bits of a coordinate."""
_Words = npt.NDArray[np.uint32]


def scrambled_points(dimension: int, n: int, rng: np.random.Generator) -> Array:
    """Draw the first points of a scrambled sequence.

    Parameters
    ----------
    dimension : int
        Number of coordinates, at least 1.
    n : int
        Number of points, a power of 2.
    rng : Generator
        The source of the scrambling, which takes a child of it, as SciPy does.

    Returns
    -------
    ndarray, (n, dimension)
        Numbers from 0 to 1, 1 excluded.

    Examples
    --------
    Every eighth of the interval has one of eight points:

    >>> import numpy as np
    >>> from sheernet.statistics.sobol_points import scrambled_points
    >>> points = scrambled_points(2, 8, np.random.default_rng(0))
    >>> np.sort((8 * points).astype(int), axis=0).T.tolist()
    [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]]
    """
    table = _direction_file()
    if not table.is_file():  # in another release of SciPy
        from scipy.stats import qmc

        return np.asarray(qmc.Sobol(dimension, seed=rng).random(n))
    child = rng.spawn(1)[0]
    powers = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    shift = child.integers(2, size=(dimension, BITS), dtype=np.uint32) @ powers
    lower = np.tril(child.integers(2, size=(dimension, BITS, BITS), dtype=np.uint32))
    lower[:, range(BITS), range(BITS)] = 1
    first = np.arange(BITS, dtype=np.uint32)[::-1]  # the first row of a matrix is the highest bit
    bits = (_direction_numbers(table, dimension)[:, None, :] >> first[:, None]) & 1
    scrambled = powers[::-1] @ (lower @ bits % 2)  # (dimension, BITS)
    index = np.arange(1, n)
    changed = np.log2(index & -index).astype(np.intp)  # the bit that changes in the Gray code
    steps = np.concatenate([shift[None], scrambled[:, changed].T])
    return np.bitwise_xor.accumulate(steps, axis=0) * 2.0**-BITS


def _direction_file() -> Path:
    import scipy

    return Path(scipy.__path__[0], "stats", "_sobol_direction_numbers.npz")


@lru_cache(1)  # for the replicates of an estimate
def _direction_numbers(table: Path, dimension: int) -> _Words:
    """Compute the direction numbers, (dimension, BITS), from a table of primitive polynomials and first numbers.

    The polynomial x^s + a_1 x^(s - 1) + ... + a_s has the recurrence, with ^ for the exclusive or,

        m_j = m_(j-s) ^ 2 a_1 m_(j-1) ^ 4 a_2 m_(j-2) ^ ... ^ 2^s a_s m_(j-s)        v_j = m_j 2^(BITS - 1 - j)
    """
    with np.load(table) as file:
        polynomials, initial = (
            file[name][:dimension].astype(np.uint32) for name in ("poly", "vinit")
        )
    degrees = np.log2(polynomials).astype(np.intp)
    m = np.ones((dimension, BITS), dtype=np.uint32)
    for s in range(1, degrees.max() + 1):
        rows = np.flatnonzero(degrees == s)
        m[rows, :s] = initial[rows, :s]
        for j in range(s, BITS):
            m[rows, j] = m[rows, j - s]
            for k in range(1, s + 1):
                m[rows, j] ^= ((polynomials[rows] >> np.uint32(s - k)) & 1) * m[
                    rows, j - k
                ] << np.uint32(k)
    return m << np.arange(BITS, dtype=np.uint32)[::-1]
