"""Stopping rules set by the caller: tolerances, budgets, a target and a patience."""

from __future__ import annotations

from dataclasses import dataclass

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import LARGEST_WHOLE, as_number, as_whole
from sheernet.foundation.sentences import Setting
from sheernet.settings.option import option


@dataclass(frozen=True)
class StoppingRules:
    """The limits of a run of an optimizer.

    Parameters
    ----------
    max_iter : int
        Maximum number of iterations.
    gradient_tolerance : float
        Stop when the largest absolute entry of the gradient, in standard units, is at most this; for small
        residuals, at most this times sqrt(objective / its unit).
    cost_tolerance : float
        Stop when the relative change of the objective in one iteration is at most this; 0 disables the rule.
    max_evaluations : int or None
        Maximum number of evaluations.
    time_limit : float or None
        Time limit in seconds.
    target : float or None
        Stop when the objective is at most this.
    patience : int or None
        Stop after this many iterations without a lower validation cost.

    Raises
    ------
    InvalidInput
        If a limit is not allowed.
    """

    max_iter: int = option(1000, "Maximum number of iterations per start.", metavar="ITERATIONS")
    gradient_tolerance: float = 1e-8
    cost_tolerance: float = 0.0
    max_evaluations: int | None = None
    time_limit: float | None = option(
        None,
        "Time limit in seconds for the whole command; pictures that would exceed it are left out.",
        metavar="SECONDS",
        shown="none",
        main=True,
    )
    target: float | None = None
    patience: int | None = option(
        None,
        "Stop after this many iterations without a lower validation cost; needs --validation.",
        metavar="ITERATIONS",
        shown="none",
    )

    def __post_init__(self) -> None:
        as_whole("max_iter", self.max_iter, 0)
        as_number("gradient_tolerance", self.gradient_tolerance, 0)
        as_number("cost_tolerance", self.cost_tolerance, 0)
        if self.max_evaluations is not None:
            as_whole("max_evaluations", self.max_evaluations, 1, True, most=LARGEST_WHOLE)
        if self.time_limit is not None:
            as_number("time_limit", self.time_limit, 0, "seconds")
        if self.target is not None:
            as_number("target", self.target)
        if self.patience is not None:
            as_whole("patience", self.patience, 1, or_none=True)

    def require_validation(self, validation: object) -> None:
        """Raise if `patience` is given without validation data."""
        if self.patience is not None and validation is None:
            raise InvalidInput(
                "{} needs validation rows; give them with {}",
                Setting("patience"),
                Setting("validation"),
            )
