"""Choose the rows of a table that are held out from training: about the same fraction of each class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Indices, Mask
from sheernet.foundation.scalars import as_share
from sheernet.network.initialize import generator

FEWEST_ROWS_TO_HOLD_OUT = 20
ROUNDING = 1e-9  # 0.29 of 100 rows are 29, not 28.999...
HELD_OUT_STREAM = 2**32 - 1  # stream of the seed; the starts count up from 0


def split_rows(
    n_rows: int,
    held_out: float,
    seed: int | None,
    strata: npt.NDArray[np.integer] | None = None,
    groups: Indices | None = None,
) -> tuple[Indices, Indices]:
    """Return the indices of training rows and of held-out rows, each in the order of the table.

    Parameters
    ----------
    n_rows : int
        Number of rows; if fewer than 20, no row is held out.
    held_out : float
        The fraction to hold out.
    seed : int or None
        Seed of the choice.
    strata : ndarray of int, (n_rows,), optional
        The class of each row: about the same fraction of each class is held out, but never all of its rows.
    groups : ndarray of int, (n_rows,), optional
        The group of each row, 0, 1, ...: whole groups are held out, the given fraction of them but at least one.  The
        class of a group is that of its first row.

    Raises
    ------
    InvalidInput
        If `held_out` is not a fraction.

    Examples
    --------
    >>> from sheernet.models.fitting import split_rows
    >>> [len(rows) for rows in split_rows(100, 0.25, seed=0)]
    [75, 25]
    """
    as_share("held_out", held_out)
    if n_rows < FEWEST_ROWS_TO_HOLD_OUT:
        held_out = 0.0
    if groups is not None:
        n_groups, first = int(groups.max()) + 1, np.unique(groups, return_index=True)[1]
        least = max(held_out, 1 / n_groups) if held_out else 0.0
        of_groups = None if strata is None else strata[first]
        rows = _split(n_groups, least, seed, of_groups)[groups]
    else:
        rows = _split(n_rows, held_out, seed, strata)
    return np.flatnonzero(~rows), np.flatnonzero(rows)


def _split(
    n_rows: int, held_out: float, seed: int | None, strata: npt.NDArray[np.integer] | None
) -> Mask:
    """Choose the rows, or groups, to hold out."""
    order = generator(seed, stream=HELD_OUT_STREAM).permutation(n_rows)
    classes = np.zeros(n_rows, dtype=np.intp) if strata is None else strata[order]
    labels, sizes = np.unique(classes, return_counts=True)
    held_out_rows = np.concatenate(
        [order[classes == c][:n] for c, n in zip(labels, _shares(sizes, held_out), strict=True)]
    ).astype(np.intp)
    is_held_out = np.zeros(n_rows, dtype=np.bool_)
    is_held_out[held_out_rows] = True
    return is_held_out


def _shares(sizes: npt.NDArray[np.integer], share: float) -> Indices:
    """Number of rows of each class to hold out, by largest remainder; each class keeps at least one training row."""
    quotas = share * sizes
    counts = np.minimum(np.floor(quotas + ROUNDING), sizes - 1).astype(np.intp)
    missing = int(share * sizes.sum() + ROUNDING) - int(counts.sum())
    for c in np.argsort(counts - quotas, kind="stable"):
        if missing > 0 and counts[c] < sizes[c] - 1:
            counts[c] += 1
            missing -= 1
    return counts
