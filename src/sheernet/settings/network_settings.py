"""The network that is fitted to a table, and what is minimized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.option import option

DEFAULT_DECAY = 1e-4
"""On standardized columns: enough that a minimum exists, too little to be seen in the fit."""


@dataclass(frozen=True, eq=False)
class NetworkSettings:
    """Hidden layers, weight decay and cost of a network for a table.

    Parameters
    ----------
    hidden : int or sequence of int
        Units of the hidden layer, or of each hidden layer; () or 0 is a linear model.
    activation : str or Activation
        Activation of the hidden layers.
    decay : float, array_like (P,), or mapping
        Weight decay.  A number is for weights and not for biases.
    cost : str or Cost, optional
        What is minimized; decided by the task if not given.
    reduction : {"mean", "sum"}
        Whether losses are averaged or added up.

    Raises
    ------
    InvalidInput
        If `hidden` is not made of positive whole numbers.
    """

    hidden: int | Sequence[int] = option(
        10, "Units of the hidden layers: 10, or 10,5; 0 for a linear model.", typed=str,
        metavar="UNITS", main=True,
    )  # fmt: skip
    activation: Any = option(
        "tanh", "Activation of the hidden layers: tanh, sigmoid, relu, ...", typed=str,
        metavar="NAME",
    )  # fmt: skip
    decay: Any = option(DEFAULT_DECAY, "Weight decay (not of biases).", typed=float)
    cost: Any = option(
        None, "What is minimized: squared_error, huber, ...", typed=str | None, metavar="NAME",
        shown="by the task",
    )  # fmt: skip
    reduction: str = "mean"

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        given = self.hidden if hasattr(self.hidden, "__iter__") else (self.hidden,)
        widths = tuple(given)
        if widths == (0,):
            return ()
        if not all(is_whole(width) and width > 0 for width in widths):
            raise InvalidInput(
                sentence(
                    "{} must be whole numbers of units, such as 10 or (10, 5), or 0 for none, but {!r:.60} was given",
                    Setting("hidden"), self.hidden,
                )
            )  # fmt: skip
        return tuple(int(width) for width in widths)
