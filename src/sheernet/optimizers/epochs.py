"""Epochs of gd and adam (`Epochs`): the learning rate, the order of the rows, one update per batch, and the Step.

Without a batch size an epoch is one update with the gradient of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import as_flag, in_brief
from sheernet.optimizers.batches import (
    RowNumbers,
    check_batches,
    epoch_batches,
    epoch_stretches,
    seeded_order,
)
from sheernet.optimizers.optimizer_protocol import is_finite, known, unknown_gradient
from sheernet.optimizers.option_checks import is_positive, require_positive

LearningRate = float | Callable[[int], float]
"""A number, or a function of the number of the epoch: 1, 2, ..."""
Order = Callable[[int], npt.ArrayLike]
"""A function of the number of the epoch that returns the row numbers in the order in which batches take the rows."""
EVALUATIONS = ("rows", "batches")
"""The value of a Step: the objective of all rows, or the mean of the objectives of the batches."""


@dataclass(frozen=True, eq=False)
class Epochs:
    """The options of an epoch, which `gd` and `adam` describe, for one objective.

    Raises
    ------
    InvalidInput
        If an option is invalid, or the objective does not support it.
    """

    objective: Any
    learning_rate: LearningRate
    batch_size: int | None
    seed: int
    order: Order | None
    whole_penalty: bool
    evaluation: str
    n_rows: int = field(init=False, default=0)  # N, with positive weight; 0 if they have windows

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            require_positive("learning_rate", self.learning_rate, ", or a function of the epoch")
        as_flag("whole_penalty", self.whole_penalty)
        check_batches(self.objective, self.batch_size, self.seed, self.whole_penalty)
        if self.evaluation not in EVALUATIONS:
            raise unknown_name("evaluation", self.evaluation, EVALUATIONS)
        if self.order is not None and not callable(self.order):
            raise InvalidInput(
                f"order must be a function of the epoch, or None, but {in_brief(self.order)} was given"
            )
        if self.batch_size is not None and hasattr(self.objective, "windows"):
            if self.order is not None:
                raise InvalidInput(
                    "order is for rows in memory, but the rows of this objective are in shards; omit order"
                )
            self._windows(1)  # raises if the windows are too large
        elif self.batch_size is not None:
            object.__setattr__(self, "n_rows", int(np.count_nonzero(self.objective.weights)))
        elif self.order is not None or self.evaluation == "batches":
            given = "order" if self.order is not None else "evaluation='batches'"
            raise InvalidInput(f"{given} requires a batch_size, but none was given")

    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        if not callable(self.learning_rate):
            return self.learning_rate
        rate = self.learning_rate(epoch)
        if not is_positive(rate):
            raise InvalidInput(
                f"learning_rate({epoch}) must be positive and finite, but {in_brief(rate)} was returned"
            )
        return float(rate)

    def run(
        self, epoch: int, point: Any, gradient: Array, update: Callable[..., Any], at_once: str,
        **constants: Any,
    ) -> tuple[Any, float]:  # fmt: skip
        """Perform the updates of an epoch.

        Parameters
        ----------
        epoch : int
            1, 2, ...
        point : tuple
            theta and the other parts of the state that an update changes.
        gradient : ndarray, (P,)
            The gradient over all rows at theta, if it is known.
        update : callable
            Called with an objective, a point, the gradient or None, and the constants as keywords; returns the next
            point, and the value of the objective at the point of its gradient (nan if the gradient was given).
        at_once : str
            The name of the method of an objective that performs the updates for consecutive batches.
        **constants
            Constants of an update.

        Returns
        -------
        point : tuple
        value : float
            The mean over the rows of the values of the batches, each before its update; nan without a batch size.
        """
        if self.batch_size is None:
            return update(self.objective, point, known(gradient), **constants)[0], nan
        total, n_rows = 0.0, 0
        for number, load in enumerate(self._windows(epoch)):
            point, of_window, rows = self._through(
                load(), epoch, number, point, update, at_once, constants
            )
            total, n_rows = total + of_window, n_rows + rows
        return tuple(point), total / n_rows

    def evaluate(self, theta: Array, of_batches: float) -> tuple[float, Array] | None:
        """Return the value and gradient of the Step after an epoch; None if one of them or theta is not finite."""
        if self.evaluation == "batches":
            found = of_batches, unknown_gradient(theta)
            return found if is_finite(of_batches, theta) else None
        value, gradient = self.objective.value_and_gradient(theta)
        return (value, gradient) if is_finite(value, gradient) else None

    def _windows(self, epoch: int) -> Iterable[Callable[[], Any]]:
        """Return functions that load the windows of an epoch; without windows, one that returns the objective."""
        if not hasattr(self.objective, "windows"):
            return [lambda: self.objective]
        penalty = bool(self.whole_penalty)
        found: Iterable[Callable[[], Any]] = self.objective.windows(
            self.seed, epoch, self.batch_size, whole_penalty=penalty
        )
        return found

    def _through(
        self, objective: Any, epoch: int, window: int, point: Any, update: Callable[..., Any], at_once: str,
        constants: dict[str, Any],
    ) -> tuple[Any, float, int]:  # fmt: skip
        """Return the point after the batches of a window, the sum of values times rows, and the number of rows."""
        rows = self._rows(epoch, window, self.n_rows or objective.n_samples)
        size, values = min(int(self.batch_size or 0), rows.size), []
        options = {"whole_penalty": bool(self.whole_penalty)}
        if hasattr(objective, at_once):
            for part in epoch_stretches(rows, point[0].size, size):
                *point, found = getattr(objective, at_once)(
                    *point, rows=part, batch_size=size, **options, **constants
                )
                values.extend(found)
        else:
            for batch in epoch_batches(objective, rows, size, **options):
                point, value = update(batch, point, None, **constants)
                values.append(value)
        sizes = np.full(len(values), size)  # rows of each batch
        sizes[-1] = rows.size - size * (len(values) - 1)
        return point, float(sizes @ np.array(values)), rows.size

    def _rows(self, epoch: int, window: int, n_rows: int) -> RowNumbers:
        """Return the order of the rows of a window."""
        if self.order is None:
            return seeded_order(n_rows, self.seed, epoch, window)
        rows = np.asarray(self.order(epoch))
        fault = _fault(rows, n_rows)
        if fault:
            raise InvalidInput(
                f"order({epoch}) must return a permutation of the numbers 0 to {n_rows - 1} of the rows with "
                f"positive weight, but {fault}"
            )
        return np.ascontiguousarray(rows, dtype=np.int64)


def _fault(rows: npt.NDArray[Any], n_rows: int) -> str:
    """Describe why an array is not a permutation of 0 to N - 1; "" if it is one."""
    if rows.dtype.kind not in "iu" or rows.shape != (n_rows,):
        return f"an array of {rows.dtype} with shape {rows.shape} was returned"
    outside = rows[(rows < 0) | (rows >= n_rows)]
    if outside.size:
        return f"{outside[0]} was returned"
    times = np.bincount(rows.astype(np.int64), minlength=n_rows)
    return "" if times.all() else f"{int(np.argmin(times))} is missing"
