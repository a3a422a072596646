"""`RowRoles`: which rows of a table a model was trained on, which were held out, and which were left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheernet.foundation.errors import InvalidInput

Indices = npt.NDArray[np.int64]


def _none() -> Indices:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RowRoles:
    """The roles of the rows of the table of a fit; rows with neither of the two roles are training rows.

    Parameters
    ----------
    count : int
        Number of rows of the table.
    held_out, left_out : ndarray of int
        Indices, from 0, of the rows held out for evaluation, and of those that were not used, ascending.

    Raises
    ------
    InvalidInput
        If an index is not that of a row, or occurs twice.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.row_roles import RowRoles
    >>> RowRoles(4, held_out=np.array([1]), left_out=np.array([3])).training.tolist()
    [0, 2]
    """

    count: int
    held_out: Indices = field(default_factory=_none)
    left_out: Indices = field(default_factory=_none)

    def __post_init__(self) -> None:
        for name in ("held_out", "left_out"):
            rows = getattr(self, name)
            if len(rows) and (rows[0] < 0 or rows[-1] >= self.count or (np.diff(rows) <= 0).any()):
                raise InvalidInput(
                    f"{name!r} of 'rows' must be ascending indices below {self.count}, the number of rows"
                )
        if len(np.intersect1d(self.held_out, self.left_out)):
            raise InvalidInput("a row of 'rows' is both held out and left out")

    @property
    def training(self) -> Indices:
        """Indices of the training rows."""
        trains = np.ones(self.count, dtype=np.bool_)
        trains[self.held_out] = trains[self.left_out] = False
        return np.flatnonzero(trains)

    @property
    def names(self) -> npt.NDArray[np.str_]:
        """The role of each row, (count,): "training", "held out" or "left out"."""
        names = np.full(self.count, "training", dtype="<U8")
        names[self.held_out] = "held out"
        names[self.left_out] = "left out"
        return names
