"""Settings of the optimizer, and of the effort of a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheernet.foundation.scalars import LARGEST_WHOLE, as_number, as_whole
from sheernet.settings.option import option


@dataclass(frozen=True, eq=False)
class TrainingSettings:
    """How a network is trained, except for stopping rules and initial weights.

    Parameters
    ----------
    method : str
        The optimizer: "auto", "lm", "hybrid", "bfgs", "lbfgs", "gd", "adam", or "scipy:NAME".
    options : mapping
        Options of the optimizer, such as `learning_rate`.
    engine : str
        "auto", "reference" or "compiled".
    threads : int, optional
        Threads of the compiled engine.
    observers : sequence of callable
        Functions that are called with each accepted Step and its row of the record.
    progress : bool
        Whether to show a progress bar.
    keep_path : bool
        Whether to keep theta at each iteration.
    check : bool
        Whether to check the gradient before training.
    """

    method: str = option(
        "auto", "Optimizer: auto, lm (Levenberg-Marquardt), hybrid (lm, then bfgs), bfgs, lbfgs, gd (gradient "
        "descent), adam, or scipy:NAME, a method of scipy.optimize.minimize.", metavar="NAME",
    )  # fmt: skip
    options: Mapping[str, Any] = field(default_factory=dict)
    engine: str = "auto"
    threads: int | None = None
    observers: Sequence[Any] = ()
    progress: bool = False
    keep_path: bool = False
    check: bool = False


@dataclass(frozen=True)
class EffortSettings:
    """Settings of a fit whose default values depend on the size of the problem.

    Parameters
    ----------
    starts : int, optional
        Number of networks to train.
    cost_tolerance : float, optional
        As in `StoppingRules`.
    """

    starts: int | None = option(
        None, "Number of random starts; the best result is kept.", metavar="NUMBER",
        shown="10; 3 for more than 1e6 rows x weights, 1 for more than 1e7; 3 to 6 for each size if the decay is "
        "evidence, and 2 more for nearly linear targets",
    )  # fmt: skip
    cost_tolerance: float | None = option(
        None, "Stop when the relative change of the objective (mean cost plus decay penalty) in one iteration is at "
        "most this; 0 disables the rule.", metavar="FRACTION", shown="0; 1e-7 for more than 1e7 rows x weights",
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.starts is not None:
            as_whole("starts", self.starts, 1, most=LARGEST_WHOLE)
        if self.cost_tolerance is not None:
            as_number("cost_tolerance", self.cost_tolerance, 0)
