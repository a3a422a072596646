"""Settings of the network and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.scalars import (
    LARGEST_WHOLE,
    as_flag,
    as_number,
    in_brief,
    is_number,
    is_whole,
)
from sheernet.foundation.sentences import Setting
from sheernet.settings.option import option

EVIDENCE = "evidence"
"""The value of `decay` with which decays are chosen from the data."""

CROSS_VALIDATION = "cv"
"""The value of `decay` with which a single network has one decay for all weights, chosen by cross-validation."""

AUTO = "auto"
"""The value of `hidden` with which the number of hidden units is chosen from the data."""

Transform = Literal["auto", "none"]
TRANSFORMS: tuple[str, ...] = get_args(Transform)
"""The allowed values of `target_transform`."""

UNITS = 10
"""Number of hidden units if it is neither given nor chosen from the data."""

DEFAULT_DECAY = 1e-4
"""Default for standardized columns: large enough that a minimum exists, too small to change the fit visibly."""


@dataclass(frozen=True, eq=False)
class NetworkSettings:
    """Hidden layers, weight decay and cost of a network for a table.

    Parameters
    ----------
    hidden : int or sequence of int, or "auto"
        Units of the hidden layer, or of each hidden layer; () or 0 gives a linear model; "auto" chooses the number
        from the data if the decay is "evidence", and is 10 otherwise.
    activation : str or Activation
        Activation of the hidden layers.
    bias : bool
        Whether units have biases.
    decay : float, "evidence", "cv", array_like (P,), or mapping, optional
        Weight decay.  A number applies to weights, not to biases; "evidence" chooses the decay from the data, and
        "cv" chooses a number by cross-validation.  If it is not given, `FitSettings` decides between "evidence" and
        1e-4.
    target_transform : {"auto", "none"}
        Whether networks for transformed targets are tried if the decay is "evidence" and numeric targets are skewed.
    cost : str or Cost, optional
        Cost function; depends on the task if not given.
    reduction : {"mean", "sum"}
        Whether losses are averaged or summed.

    Raises
    ------
    InvalidInput
        If `hidden` is neither "auto" nor made of positive whole numbers, `bias` is not a bool, or `decay` or
        `target_transform` is another string.
    """

    hidden: int | str | Sequence[int] = option(
        AUTO, "Units of each hidden layer, such as 10 or 10,5; 0 gives a linear model; auto chooses them from the data "
        "if the decay is evidence, and is 10 otherwise.", typed=str, metavar="UNITS", main=True,
    )  # fmt: skip
    activation: Any = option(
        "tanh", "Activation of the hidden layers: identity, sigmoid, tanh, relu, leaky_relu, softplus or silu.",
        typed=str, metavar="NAME",
    )  # fmt: skip
    bias: bool = option(
        True,
        "Whether units have biases; without them, numeric columns are scaled but not shifted, so that 0 stays 0.",
    )
    decay: Any = option(
        None, "Weight decay: penalty on the squared weights, not on the biases; evidence chooses it from the data; cv "
        "trains a single network with one decay, chosen by cross-validation.",
        typed=str | None, metavar="NUMBER",
        shown=f"evidence; {DEFAULT_DECAY:g} if an optimizer, its stopping rules, a cost or validation rows are given",
    )  # fmt: skip
    target_transform: str = option(
        AUTO, "Transform of numeric targets that are skewed or have heavy tails: auto also tries networks for "
        "logarithm-like transforms of the targets if the decay is evidence (predictions remain means); none does not.",
        typed=Transform, metavar="NAME",
    )  # fmt: skip
    cost: Any = option(
        None, "Cost function: squared_error or huber for regression; these or binary_cross_entropy for two classes; "
        "cross_entropy for more classes.", typed=str | None, metavar="NAME",
        shown="depends on the task",
    )  # fmt: skip
    reduction: str = "mean"

    def __post_init__(self) -> None:
        _ = self.widths  # raises if they are not allowed
        object.__setattr__(self, "bias", as_flag("bias", self.bias))
        require_known(Setting("target_transform"), self.target_transform, TRANSFORMS)
        if is_number(self.decay) and self.decay >= 0:
            as_number("decay", self.decay, 0)
        elif is_number(self.decay) or (
            isinstance(self.decay, str)
            and not (self.decay_is_chosen or self.decay_is_cross_validated)
        ):
            given = f"{self.decay:g}" if isinstance(self.decay, float) else in_brief(self.decay)
            raise InvalidInput(
                "{} must be a number of at least 0, {!r} or {!r}, but {} was given",
                Setting("decay"), EVIDENCE, CROSS_VALIDATION, given,
            )  # fmt: skip

    @property
    def hidden_units_are_chosen(self) -> bool:
        """Whether `hidden` is "auto"."""
        return isinstance(self.hidden, str) and self.hidden == AUTO

    @property
    def decay_is_chosen(self) -> bool:
        """Whether `decay` is "evidence"."""
        return isinstance(self.decay, str) and self.decay == EVIDENCE

    @property
    def decay_is_cross_validated(self) -> bool:
        """Whether `decay` is "cv"."""
        return isinstance(self.decay, str) and self.decay == CROSS_VALIDATION

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of each hidden layer; the default number if it is chosen from the data."""
        given: Any = UNITS if self.hidden_units_are_chosen else self.hidden
        if hasattr(given, "tolist"):  # NumPy's arrays and numbers
            given = given.tolist()
        several = hasattr(given, "__iter__") and not isinstance(given, str)
        widths = tuple(given) if several else (given,)
        if widths == (0,):
            return ()
        if not all(is_whole(width) and 0 < width <= LARGEST_WHOLE for width in widths):
            raise InvalidInput(
                "{} must be the number of units of each layer, such as {} or {}, or 0 for no hidden layer, but "
                "{} was given",
                Setting("hidden"), Setting("hidden", 10), Setting("hidden", (10, 5)), in_brief(self.hidden),
            )  # fmt: skip
        return tuple(int(width) for width in widths)
