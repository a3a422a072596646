"""Recognizing columns of numbers of which some have lost their decimal point.

A program whose country writes 7,123 for 7.123 takes this point for a separator of thousands, and reads 7123.  It cannot
read 7.12 in this way, and leaves it.  So the numbers with a fraction, none of which has three decimals, and the others
divided by 1000 are of the same size.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array, Mask

FACTOR = 1000.0
_FEWEST = 5
"""Minimum number of different numbers that have lost their point, and of those that have kept it."""
_EXAMINED = 100_000
"""Number of values, from the first on, that are examined: sorting all values of a long column takes long."""
_APART = 10.0
"""Minimum ratio of nearly all of the former to nearly all of the latter."""


def lost_point(values: Array) -> tuple[float, float] | None:
    """Return a number that seems to have lost its decimal point, and one that has kept it.

    Parameters
    ----------
    values : ndarray, (N,)
        The numbers of a column; missing ones are nan.

    Returns
    -------
    tuple of float, or None
        None if the first values of the column do not seem to be damaged in this way.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.lost_points import lost_point
    >>> whole = [7123.0, 6981.0, 8004.0, 5151.0, 7949.0]
    >>> lost_point(np.array([*whole, 7.97, 6.5, 5.3, 7.11, 8.24]))
    (7123.0, 7.97)
    >>> lost_point(np.array([*whole, 7.972, 6.5, 5.3, 7.11, 8.24])) is None
    True
    """
    values = values[:_EXAMINED]
    known = values[np.isfinite(values) & (values != 0)]
    sizes = np.unique(np.abs(known))
    is_whole = sizes == np.floor(sizes)
    lost, kept = sizes[is_whole], sizes[~is_whole]
    if min(len(lost), len(kept)) < _FEWEST or _have_three_decimals(kept).any():
        return None
    if np.quantile(lost, 0.1) < _APART * np.quantile(kept, 0.9):
        return None
    if not kept[0] <= np.median(lost) / FACTOR <= kept[-1]:
        return None
    whole = known == np.floor(known)
    return float(known[whole][0]), float(known[~whole][0])


def _have_three_decimals(numbers: Array) -> Mask:
    return _are_whole(1000.0 * numbers) & ~_are_whole(100.0 * numbers)


def _are_whole(numbers: Array) -> Mask:
    return np.abs(numbers - np.round(numbers)) <= 1e-9 * np.maximum(1.0, numbers)
