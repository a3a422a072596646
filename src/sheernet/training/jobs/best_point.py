"""`BestPoint`: an observer that reads the best weights so far, also from C++, without a loop in Python."""

from __future__ import annotations

import math
from collections.abc import Callable

from sheernet.foundation.arrays import Array
from sheernet.optimizers import Step
from sheernet.optimizers.record import Row


class BestPoint:
    """An observer that periodically passes a function that reads the best weights of all starts so far to a callback.

    It is the only observer of `sheernet.train` with which the optimizers still run in C++.  A KeyboardInterrupt of the
    callback ends the fits, as a KeyboardInterrupt of an observer does.

    Parameters
    ----------
    tell : callable
        The callback; its argument is a function that returns the weights, (P,), to be called immediately, if at all.
    by_validation : bool
        Whether the best weights are those with the lowest validation cost, not the lowest objective.
    """

    def __init__(
        self, tell: Callable[[Callable[[], Array]], None], *, by_validation: bool = False
    ) -> None:
        self.tell, self.by_validation = tell, by_validation
        self._lowest = math.inf
        self._theta: Array | None = None

    def __call__(self, step: Step, row: Row) -> None:
        """Observe an accepted step of an optimizer that runs in Python."""
        rank = row.validation_cost if self.by_validation else row.objective
        if self._theta is None or rank < self._lowest:
            self._lowest, self._theta = rank, step.theta.copy()
        theta = self._theta
        self.tell(lambda: theta)
