"""Keep the best model so far of a long fit in a file, so that a process that is killed leaves a model."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.fitted_member import ended_by, fitted_member
from sheernet.models.output_layer import dispersion_of
from sheernet.network.network import Network
from sheernet.training.jobs.job import BestPoint
from sheernet.training.training import train

if TYPE_CHECKING:
    from sheernet.models.fitting.fit_plan import FitPlan
    from sheernet.models.model import Model

SECONDS_BETWEEN = 60.0
SECONDS_OF_NETWORK = 5.0
"""The same interval for a single network, whose model takes the time of a few evaluations."""
PART = 20.0
"""Minimum ratio of the time between two files to the time of making one; writing takes at most 5 % of a fit."""


class UnfinishedModel:
    """A file that is replaced from time to time, and removed when the fit has its result.

    Parameters
    ----------
    path : Path
        The file.
    interval : float
        Seconds between two files, and before the first.
    clock : callable
        A monotonic clock in seconds.
    """

    def __init__(
        self, path: Path, interval: float = SECONDS_BETWEEN, clock: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self.path, self.interval, self._clock = path, interval, clock
        self._last = clock()
        self._is_written = False

    def __call__(self, make: Callable[[], Model]) -> None:
        """Make and write the model if enough time has passed; the fit continues if the model cannot be written."""
        began = self._clock()
        if began - self._last < self.interval:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the result will have these warnings
            try:
                make().save(self.path)
                self._is_written = True
            except (InvalidInput, np.linalg.LinAlgError):
                pass
        self._last = self._clock()
        self.interval = max(self.interval, PART * (self._last - began))

    def remove(self) -> None:
        """Remove the file, if it was written."""
        if self._is_written:
            self.path.unlink(missing_ok=True)


def best_point_for(
    keep: Callable[[Callable[[], Model]], object],
    plan: FitPlan,
    check: GradientReport,
    described: Mapping[str, Any],
) -> BestPoint:
    """Return an observer of the training of a single network that offers the model of its best weights so far.

    Parameters
    ----------
    keep : callable
        Called from time to time with a function that makes the model; for example, an `UnfinishedModel`.
    plan : FitPlan
        The network, its rows and settings.
    check : GradientReport
        The gradient check.
    described : mapping
        Settings of the network, as the model keeps them.
    """

    def tell(read: Callable[[], Array]) -> None:
        keep(lambda: _model_so_far(plan, check, described, read()))

    return BestPoint(tell, by_validation=plan.settings.rules.patience is not None)


def _model_so_far(
    plan: FitPlan, check: GradientReport, described: Mapping[str, Any], theta: Array
) -> Model:
    """Make the model of some weights, marked as interrupted; raise KeyboardInterrupt if Ctrl-C is pressed meanwhile."""
    prepared, settings = plan.prepared, plan.settings
    rows = prepared.training
    result = train(
        Network(plan.network.architecture, theta), rows.X, rows.y, weights=rows.weights,
        method=settings.training.method, max_iter=0, **plan.minimized, **settings.training.options,
    )  # fmt: skip
    if "interrupted" in result.starts.reasons:
        raise KeyboardInterrupt
    result = ended_by(result, "interrupted")
    member = fitted_member(
        result, rows, plan.minimized, label_groups=prepared.inputs.label_groups,
        dispersion=dispersion_of(prepared.targets, plan.cost, rows.truth),
    )  # fmt: skip
    return assemble(prepared, result, check, described, settings.origins(), [member])
