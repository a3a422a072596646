r"""`RowSpace`: coordinates of inputs in the space that a few training rows span, for linear models with equal decay.

    X = Z Q^T,  Q^T Q = I      Q: basis of the N training rows in the space of the d inputs, N < d
    w = Q v + u,  Q^T u = 0    X w = Z v and |w|^2 = |v|^2 + |u|^2, so the optimum has u = 0

A linear model whose weights have the same decay is thus the same function in the coordinates z = Q^T x, with N weights
instead of d.  The decay alone determines the variance along x - Q Q^T x, so its length is one more coordinate; it is 0
in all training rows, and its weight adds nothing to the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array


@dataclass(frozen=True, eq=False)
class RowSpace:
    """A basis of the space of training rows.

    Parameters
    ----------
    basis : ndarray, (d, N)
        Q, with orthonormal columns.
    """

    basis: Array

    @classmethod
    def of(cls, X: Array) -> RowSpace | None:
        """Return the space of rows X, (N, d); None if the coordinates would not be fewer than the inputs."""
        n_rows, n_inputs = X.shape
        return cls(np.linalg.qr(X.T)[0]) if n_rows + 1 < n_inputs else None

    def coordinates(self, X: Array) -> Array:
        """Return the coordinates of any rows X, (M, d): Q^T x and |x - Q Q^T x|, (M, N + 1).

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.statistics.row_space import RowSpace
        >>> space = RowSpace.of(np.array([[2.0, 0.0, 0.0]]))
        >>> Z = space.coordinates(np.array([[2.0, 0.0, 0.0], [1.0, 3.0, 4.0]]))
        >>> np.abs(Z).round(12).tolist()  # the signs are those of the basis
        [[2.0, 0.0], [1.0, 5.0]]
        """
        Z = X @ self.basis
        return np.column_stack([Z, np.linalg.norm(X - Z @ self.basis.T, axis=1)])
