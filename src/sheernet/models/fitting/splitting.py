"""Which rows of a table are kept from training: a share of them, of each class about the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.errors import InvalidInput
from sheernet.network.initialize import generator

Indices = npt.NDArray[np.intp]

FEWEST_ROWS_TO_HOLD_OUT = 20
ROUNDING = 1e-9  # 0.29 of 100 rows are 29, not 28.999...
HELD_OUT_STREAM = 2**32 - 1  # of the seed; the starts count up from 0


def split_rows(
    n_rows: int, held_out: float, seed: int | None, strata: npt.NDArray[np.integer] | None = None
) -> tuple[Indices, Indices]:
    """Row numbers that train and row numbers that are kept from it, each in the table's order.

    Parameters
    ----------
    n_rows : int
        How many rows there are; under 20 none is kept.
    held_out : float
        The share to keep.
    seed : int or None
        What they are drawn from.
    strata : ndarray of int, (n_rows,), optional
        The class of each row: of each about the same share is kept, and at least one row of each is trained on.

    Raises
    ------
    InvalidInput
        When `held_out` is not a share of the rows.

    Examples
    --------
    >>> from sheernet.models.fitting import split_rows
    >>> [len(rows) for rows in split_rows(100, 0.25, seed=0)]
    [75, 25]
    """
    require_share(held_out)
    if n_rows < FEWEST_ROWS_TO_HOLD_OUT:
        held_out = 0.0
    order = generator(seed, stream=HELD_OUT_STREAM).permutation(n_rows)
    classes = np.zeros(n_rows, dtype=np.intp) if strata is None else strata[order]
    labels, sizes = np.unique(classes, return_counts=True)
    kept = np.concatenate(
        [order[classes == c][:n] for c, n in zip(labels, _shares(sizes, held_out), strict=True)]
    ).astype(np.intp)
    return np.setdiff1d(order, kept), np.sort(kept)


def _shares(sizes: npt.NDArray[np.integer], share: float) -> npt.NDArray[np.intp]:
    """How many rows of each class to keep, by largest remainder: the share of all, but one of each class trains."""
    quotas = share * sizes
    kept = np.minimum(np.floor(quotas + ROUNDING), sizes - 1).astype(np.intp)
    missing = int(share * sizes.sum() + ROUNDING) - int(kept.sum())
    for c in np.argsort(kept - quotas, kind="stable"):
        if missing > 0 and kept[c] < sizes[c] - 1:
            kept[c] += 1
            missing -= 1
    return kept


def require_share(held_out: float) -> None:
    """Refuse a share of held-out rows that is none."""
    number = isinstance(held_out, (int, float, np.number)) and not isinstance(held_out, bool)
    if not number or not 0.0 <= held_out < 1.0:
        raise InvalidInput(
            f"held_out must be a share of the rows, at least 0 and below 1, but {held_out!r} was given"
        )
