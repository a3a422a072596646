"""Quantiles of columns whose values are never in memory together, exactly, in four passes over them.

The bits of a double, with the sign bit flipped if it is positive and all bits flipped if it is negative, are a whole
number of the same order.  Each pass counts 16 of these 64 bits in 65 536 bins, among the values that agree with the
wanted one in the bits before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import LARGEST

BITS = 16
N_BINS = 2**BITS
N_PASSES = 64 // BITS
_SIGN = np.uint64(2**63)

Keys = npt.NDArray[np.uint64]
Counts = Mapping[tuple[int, int], tuple[npt.NDArray[np.intp], Array]]
"""For each column and beginning of keys, the bins that have values, and the total weight in each."""


def ordered_bits(values: Array) -> Keys:
    """Return whole numbers in the order of finite values, (N,); -0.0 is 0.0.

    Examples
    --------
    >>> from sheernet.data.shards.order_statistics import ordered_bits, values_of_bits
    >>> keys = ordered_bits([-2.0, -0.5, 0.0, 1.0])
    >>> bool((keys[1:] > keys[:-1]).all()), values_of_bits(keys).tolist()
    (True, [-2.0, -0.5, 0.0, 1.0])
    """
    bits = (np.asarray(values, dtype=np.float64) + 0.0).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def values_of_bits(keys: Keys) -> Array:
    """Undo `ordered_bits`."""
    return np.where(keys & _SIGN, keys & ~_SIGN, ~keys).view(np.float64)


@dataclass(frozen=True)
class Wanted:
    """Beginnings of keys in one pass: `prefixes[j]` are those of column j, in the first `level * BITS` bits."""

    level: int
    prefixes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def count_bins(X: Mapping[int, Array], weights: Array | None, wanted: Wanted) -> Counts:
    """Count the bins of the values of columns, (N,), without the missing ones, with case weights (N,)."""
    found: dict[tuple[int, int], tuple[npt.NDArray[np.intp], Array]] = {}
    shift = np.uint64(64 - BITS * (wanted.level + 1))
    for j, prefixes in wanted.prefixes.items():
        present = ~np.isnan(X[j])
        heads = ordered_bits(X[j][present]) >> shift
        counts = None if weights is None else weights[present]
        for prefix in prefixes:
            chosen = heads >> np.uint64(BITS) == np.uint64(prefix)
            bins = (heads[chosen] & np.uint64(N_BINS - 1)).astype(np.intp)
            sums = np.bincount(bins, None if counts is None else counts[chosen], minlength=N_BINS)
            where = np.flatnonzero(sums)
            found[j, prefix] = where, sums[where].astype(np.float64)
    return found


def merge_bins(left: Counts, right: Counts) -> Counts:
    """Add two results of `count_bins` for the same wanted keys."""
    merged: dict[tuple[int, int], tuple[npt.NDArray[np.intp], Array]] = {}
    for key, (bins, sums) in left.items():
        more, others = right[key]
        both = np.bincount(bins, sums, minlength=N_BINS) + np.bincount(
            more, others, minlength=N_BINS
        )
        where = np.flatnonzero(both)
        merged[key] = where, both[where].astype(np.float64)
    return merged


def weighted_order_statistics(
    total_counts: Callable[[Wanted], Counts], positions: Mapping[int, Sequence[float]]
) -> dict[int, Array]:
    """Find the value at each wanted position of the ordered values of columns.

    Parameters
    ----------
    total_counts : callable
        Returns the counts of all rows for the wanted keys; called four times.
    positions : mapping of int to sequence of float
        For each column, positions p from 0 to below its total weight: wanted is the smallest value x for which the
        weights of all values <= x add up to more than p.

    Returns
    -------
    dict of int to ndarray, (number of positions,)
    """
    open_: dict[int, list[tuple[int, float]]] = {
        j: [(0, p) for p in ps] for j, ps in positions.items()
    }
    for level in range(N_PASSES):
        prefixes = {j: tuple(sorted({prefix for prefix, _ in each})) for j, each in open_.items()}
        counts = total_counts(Wanted(level, prefixes))
        for j, each in open_.items():
            open_[j] = [_narrowed(*counts[j, prefix], prefix, left) for prefix, left in each]
    return {
        j: values_of_bits(np.array([prefix for prefix, _ in each], dtype=np.uint64))
        for j, each in open_.items()
    }


def _narrowed(
    bins: npt.NDArray[np.intp], sums: Array, prefix: int, position: float
) -> tuple[int, float]:
    """Return the key, longer by one bin, that holds a position, and the position among the values of this bin."""
    ends = np.cumsum(sums)
    k = min(int(np.searchsorted(ends, position, side="right")), len(bins) - 1)
    before = float(ends[k - 1]) if k else 0.0
    return (prefix << BITS) + int(bins[k]), position - before


def quantiles(
    total_counts: Callable[[Wanted], Counts],
    shares: Mapping[int, Sequence[float]],
    totals: Mapping[int, float],
    units: Mapping[int, float],
) -> dict[int, list[tuple[float, float, float]]]:
    """Find the two values between which each wanted quantile of columns lies, and the fraction of the way.

    Parameters
    ----------
    total_counts : callable
        As in `weighted_order_statistics`.
    shares : mapping of int to sequence of float
        Probabilities for each column; 0.5 is the median.
    totals : mapping of int to float
        Sum of all counts of each column.
    units : mapping of int to float
        Weight that counts as one row of each column.

    Returns
    -------
    dict of int to list of (lower, upper, fraction)
        The quantile is lower + fraction (upper - lower), as in `weighted_quantiles`.
    """
    places, positions = dict[int, list[float]](), dict[int, list[float]]()
    for j, wanted in shares.items():
        places[j] = [share * max(totals[j] / units[j] - 1.0, 0.0) for share in wanted]
        positions[j] = [units[j] * (np.floor(p) + k) for p in places[j] for k in (0, 1)]
    found = weighted_order_statistics(total_counts, positions)
    return {
        j: [
            (float(found[j][2 * i]), float(found[j][2 * i + 1]), p - float(np.floor(p)))
            for i, p in enumerate(each)
        ]
        for j, each in places.items()
    }


def between(lower: float, upper: float, fraction: float, *, is_weighted: bool) -> float:
    """Interpolate linearly, with the rounding of `numpy.quantile`, or of `weighted_quantiles`."""
    power = _power(lower, upper)
    lower, upper = lower / power, upper / power
    step = upper - lower
    if is_weighted or fraction < 0.5:
        return power * (lower + step * fraction)
    return power * (upper - step * (1 - fraction))


def median_between(lower: float, upper: float, fraction: float, *, is_weighted: bool) -> float:
    """Return the median, with the rounding of `numpy.median`, or of `weighted_quantiles`."""
    if is_weighted or fraction != 0.5:
        return between(lower, upper, fraction, is_weighted=is_weighted)
    power = _power(lower, upper)
    return power * ((lower / power + upper / power) / 2)


def _power(lower: float, upper: float) -> float:
    """Return a divisor of two numbers whose sum or difference may overflow."""
    return 2.0 if max(abs(lower), abs(upper)) > LARGEST / 2 else 1.0
