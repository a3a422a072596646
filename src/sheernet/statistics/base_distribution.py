"""`RowDistribution`: base class of the predictive distributions of numbers and counts, in the style of scipy.stats.

A distribution is a mixture of M members.  Each member has a share, and parameters for each of N rows and K targets.
Results have the shape (N,) if K is 1, else (N, K), and arguments are broadcast against it by the rules of NumPy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Indices, Mask, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting

RandomState = int | np.random.Generator | np.random.RandomState | None
Rows = int | slice | Sequence[int] | npt.NDArray[Any]


class RowDistribution(ABC):
    """The predictive distribution of N rows and K targets, a mixture over M members."""

    shares: Array

    @property
    @abstractmethod
    def _sizes(self) -> tuple[int, ...]:
        """The numbers M of members, N of rows and K of targets."""

    @abstractmethod
    def _of_rows(self, chosen: Rows) -> Self:
        """Return the distribution of the rows selected by an index that keeps the axis of rows."""

    @abstractmethod
    def mean(self) -> Array:
        """Compute the mean."""

    @abstractmethod
    def var(self) -> Array:
        """Compute the variance."""

    @abstractmethod
    def ppf(self, q: npt.ArrayLike) -> Array:
        """Compute quantiles."""

    @abstractmethod
    def _drawn(self, index: tuple[Any, ...], rng: Any) -> Array:
        """Draw values, (..., N, K); the index selects the member, row and target of each in arrays of parameters."""

    @abstractmethod
    def _quantile(self, p: Array, upper: bool | Mask) -> Array:
        """Compute the quantiles of tails of probability p."""

    def __len__(self) -> int:
        return self._sizes[1]

    def __getitem__(self, rows: Rows) -> Self:
        """Select rows by a number, a slice, a list of numbers or a mask; the result keeps all targets and members."""
        index = rows if isinstance(rows, slice) else np.asarray(rows)
        return self._of_rows(np.atleast_1d(np.arange(len(self))[index]))

    def __repr__(self) -> str:
        n_members, n_rows, n_targets = self._sizes
        parts = ((n_rows, "row"), (n_targets, "target"), (n_members, "member"))
        return f"{type(self).__name__}({', '.join(counted(*part) for part in parts)})"

    @property
    def n_targets(self) -> int:
        """Number of targets, K."""
        return self._sizes[2]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of `mean()`: (N,) if K is 1, else (N, K)."""
        return self._sizes[1:2] if self.n_targets == 1 else self._sizes[1:]

    def std(self) -> Array:
        """Compute the standard deviation, sqrt(var()), in the units of the targets: (N,) or (N, K)."""
        return np.sqrt(self.var())

    def median(self) -> Array:
        """Compute the median, ppf(0.5): (N,) or (N, K)."""
        return self.ppf(0.5)

    def interval(self, confidence: npt.ArrayLike = 0.95) -> tuple[Array, Array]:
        """Compute the interval with equal tails that contains a value with a given probability.

        Parameters
        ----------
        confidence : float or array_like
            Probabilities from 0 to 1, broadcast against the rows.

        Returns
        -------
        lower, upper : ndarray, (N,) or (N, K)
            The quantiles (1 - confidence) / 2 and (1 + confidence) / 2.

        Raises
        ------
        InvalidInput
            If confidence is not between 0 and 1.
        """
        level = as_float(confidence, "confidence")
        if not np.all((level >= 0) & (level <= 1)):
            bad = level[~((level >= 0) & (level <= 1))].flat[0]
            raise InvalidInput(
                "{} must be between 0 and 1, but {:g} was given; 95 % is 0.95",
                Setting("confidence"), bad,
            )  # fmt: skip
        tail = 0.5 * (1.0 - level)
        return self._quantile(tail, upper=False), self._quantile(tail, upper=True)

    def rvs(
        self, size: int | tuple[int, ...] | None = None, random_state: RandomState = None
    ) -> Array:
        """Draw random values.

        Parameters
        ----------
        size : int or tuple of int, optional
            Shape of the result, with which (N,) or (N, K) must agree by NumPy's rules: (1000, N) gives 1000 draws of
            each row.  By default, one value is drawn for each.
        random_state : int, Generator or RandomState, optional
            An int is the seed of numpy.random.default_rng.

        Returns
        -------
        ndarray
            In the units of the targets.  The targets of a row are drawn from one member, independently of each other.

        Raises
        ------
        ShapeMismatch
            If size does not agree with the rows.
        """
        full = self._size_of_draws(size)  # (..., N, K)
        rng = generator_of(random_state)
        member = np.flatnonzero(self.shares > 0)[self._drawn_members(full, rng)]
        index = (member, np.arange(len(self))[:, None], np.arange(self.n_targets))
        drawn = self._drawn(index, rng)
        return drawn[..., 0] if self.n_targets == 1 else drawn

    @cached_property
    def _shares(self) -> Array:
        """The positive shares, normalized so that their sum is 1."""
        positive = self.shares[self.shares > 0]
        return positive / positive.sum()

    def _by_target(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Broadcast against the rows: (..., N, K)."""
        try:
            shape = np.broadcast_shapes(values.shape, self.shape)
        except ValueError:
            raise ShapeMismatch(
                f"values of shape {values.shape} cannot be broadcast against the rows of the prediction, {self.shape}"
            ) from None
        full = np.broadcast_to(values, shape)
        return full[..., None] if self.n_targets == 1 else full

    def _columns(self, values: list[Array]) -> Array:
        """Join columns of targets to (..., N) or (..., N, K) in a copy, so that callers cannot change the moments."""
        return values[0].copy() if self.n_targets == 1 else np.stack(values, axis=-1)

    def _size_of_draws(self, size: int | tuple[int, ...] | None) -> tuple[int, ...]:
        """Return the shape of draws, (..., N, K); raise ShapeMismatch if a size does not agree with the rows."""
        shape = self.shape if size is None else tuple(np.atleast_1d(size).tolist())
        try:
            agrees = np.broadcast_shapes(shape, self.shape) == shape
        except ValueError:
            agrees = False
        if not agrees:
            raise ShapeMismatch(
                f"size must end with the shape of the prediction, {self.shape}, but {shape} was given; "
                f"for 10 draws of each row give {(10, *self.shape)}"
            )
        return (*shape, 1) if self.n_targets == 1 else shape

    def _drawn_members(self, full: tuple[int, ...], rng: Any) -> Indices:
        """Draw an index among the members with a positive share for each row, (..., N, 1)."""
        ends = np.cumsum(self._shares)
        drawn = np.searchsorted(ends, ends[-1] * rng.random(full[:-1]), side="right")
        return np.asarray(drawn)[..., None]


def generator_of(random_state: RandomState) -> np.random.Generator | np.random.RandomState:
    """Return a generator of random numbers; an int is the seed of numpy.random.default_rng."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    return np.random.default_rng(random_state)


def require_shares(shares: Array) -> None:
    """Raise InvalidInput unless shares of members are probabilities with sum 1."""
    if not (np.all(shares >= 0) and abs(shares.sum() - 1.0) <= 1e-8):
        raise InvalidInput(
            f"shares must be at least 0 with sum 1, but the smallest is {shares.min():g} and the sum {shares.sum():g}"
        )
