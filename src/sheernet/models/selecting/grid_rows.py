"""`GridRows` and `Judged`: the rows of a search with their splits, and the evaluation of a size and a decay on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.models.fitting import Prepared
from sheernet.models.fitting.fit_plan import cost_of
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.selecting.row_splits import Split
from sheernet.network.activations import get_hidden
from sheernet.network.architecture import Architecture
from sheernet.objective import costs
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.selection_settings import STARTS
from sheernet.statistics.clustered_mean import clustered_mean
from sheernet.training.jobs import Status


class TimeIsOver(Exception):
    """The time limit ended the fits of a size and a decay."""


@dataclass(frozen=True, eq=False)
class GridRows:
    """The rows of a search, their splits, and what all networks have in common.

    Parameters
    ----------
    prepared : Prepared
        The training rows and the targets.
    splits : sequence of Split
        The fitted and the left-out rows of each split.
    settings : FitSettings
        Cost, activation, number of starts, method, stopping rules, initial weights and engine.
    ends : float
        When the search ends, as a value of `time.monotonic`.
    report_progress, report_trying : callable, optional
        As in `Contest`.
    """

    prepared: Prepared
    splits: Sequence[Split]
    settings: FitSettings
    ends: float = inf
    report_progress: Callable[[Status], object] | None = None
    report_trying: Callable[[str], object] | None = None

    @property
    def training(self) -> Encoded:
        """The training rows, with N rows of inputs X and targets y."""
        return self.prepared.training

    @cached_property
    def weights(self) -> Array:
        """Case weights, (N,)."""
        return self.training.case_weights

    @cached_property
    def cost(self) -> Any:
        """The cost that is minimized, and that measures the loss of left-out rows."""
        return costs.get(cost_of(self.settings.network.cost, self.prepared.targets))

    @property
    def n_starts(self) -> int:
        """Number of starts of each fit with a number as its decay."""
        return self.settings.effort.starts or STARTS

    @cached_property
    def left_out(self) -> Indices:
        """The left-out rows of all splits, concatenated, (M,)."""
        return np.concatenate([split.left_out for split in self.splits])

    def mean(self, losses: Array) -> tuple[float, float]:
        """Return the mean of the losses (M,) of the left-out rows and its standard error.

        Losses of rows of a group may be correlated.
        """
        rows, groups = self.left_out, self.prepared.groups
        return clustered_mean(losses, self.weights[rows], rows if groups is None else groups[rows])

    def architecture(self, widths: tuple[int, ...]) -> Architecture:
        """Return the architecture of a size."""
        sizes = (self.training.X.shape[1], *widths, self.training.y.shape[1])
        network, output = self.settings.network, self.prepared.targets.output
        return Architecture(
            sizes, hidden=get_hidden(network.activation), output=output, bias=network.bias
        )


@dataclass(frozen=True, eq=False)
class Judged:
    """The evaluation of a size and a decay on left-out rows.

    Parameters
    ----------
    losses : ndarray, (M,)
        Losses of the rows `GridRows.left_out`.
    outputs : callable
        A function that computes the outputs for these rows, (M, K), by the networks that were fitted without them.
    """

    losses: Array
    outputs: Callable[[], Array]
