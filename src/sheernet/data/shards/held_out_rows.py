"""Choosing held-out and validation rows by a hash of their numbers in the data set, the same on any number of machines.

The hash is the output function of SplitMix64 for the state (row + 1) gamma + seed'.
Source: G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014, figure 17, with
the constants of MurmurHash3's variant 13 (D. Stafford), as in Java's SplittableRandom and S. Vigna's splitmix64.c.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))

Hashes = npt.NDArray[np.uint64]


def splitmix64(states: Hashes) -> Hashes:
    """Compute the output of SplitMix64 for states, any shape.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.shards.held_out_rows import splitmix64
    >>> [int(x) for x in splitmix64(np.arange(1, 3, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))]
    [16294208416658607535, 7960286522194355700]
    """
    z = states
    for shift, factor in zip(_SHIFTS, _FACTORS, strict=False):
        z = (z ^ (z >> shift)) * factor
    return z ^ (z >> _SHIFTS[2])


def are_held_out(
    first_row: int, n_rows: int, share: float, seed: int, after: float = 0.0
) -> npt.NDArray[np.bool_]:
    """Find the held-out rows among consecutive rows of a data set.

    Parameters
    ----------
    first_row, n_rows : int
        Number of the first row in the data set, from 0, and the number of rows.
    share : float
        The fraction of rows to hold out, from 0 to below 1.  The number of held-out rows of N is binomial: it differs
        from N share by about sqrt(N share (1 - share)).
    seed : int
        Seed of the choice.
    after : float
        A share of the rows that is chosen already, by a call with the same seed: others are chosen.

    Returns
    -------
    ndarray of bool, (n_rows,)

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.shards.held_out_rows import are_held_out
    >>> whole = are_held_out(0, 1000, 0.25, seed=0)
    >>> int(whole.sum()), np.array_equal(whole[600:], are_held_out(600, 400, 0.25, seed=0))
    (245, True)
    """
    if not share:
        return np.zeros(n_rows, dtype=np.bool_)
    start = splitmix64(np.array([seed % 2**64], dtype=np.uint64))
    rows = np.arange(first_row + 1, first_row + n_rows + 1, dtype=np.uint64)
    low, high = (np.uint64(round(end * 2.0**53)) for end in (after, after + share))
    places = splitmix64(rows * _GAMMA + start) >> np.uint64(11)
    return (low <= places) & (places < high)
