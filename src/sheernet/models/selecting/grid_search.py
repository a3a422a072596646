"""Judge each size and decay of a grid on rows that are left out: many fits in a few calls of the compiled engine.

    for each size, for each decay:
        splits x starts -> fits without the left-out rows -> of each split, the start with the lowest training objective
                        -> losses of the left-out rows

The start with the lowest training objective counts, not the mean of the starts, because the network that is trained at
the end is chosen in the same way: a mean of several networks predicts better than each of them, so its error would not
be that of the result.  The figures of a size and a decay are complete or absent: Ctrl-C or the time limit ends the
search, and the unfinished ones are not used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.models.fitting.left_out_fits import weights_without_rows
from sheernet.models.selecting.row_splits import Split
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.network.prediction import predict
from sheernet.network.propagation import forward
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import Objective, make_objective
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.clustered_mean import clustered_mean
from sheernet.training.jobs import Status
from sheernet.training.starts import first_starts

Indices = npt.NDArray[np.intp]

SPLITS_OF_A_CALL = 50
"""Splits whose fits are jobs of one call: each has a copy of its rows."""
COST_TOLERANCE = 1e-5
"""Of fits without the left-out rows, if none is given: smaller changes of the objective do not show in their errors."""


@dataclass(frozen=True, eq=False)
class GridRows:
    """The rows of a search, their splits, and what all networks have in common.

    Parameters
    ----------
    X, y, weights : ndarray, (N, d_0), (N, K) and (N,)
        Inputs, targets and case weights.
    splits : sequence of Split
        The rows that are fitted and left out.
    clusters : ndarray of int, (N,)
        The row itself, or its group: losses of a cluster depend on each other.
    cost : Cost
        The cost that is minimized, and by which rows are judged.
    output : str
        Activation of the outputs.
    settings : FitSettings
        Activation, method, stopping rules, initial weights and engine.
    n_starts : int
        Starts of each fit.
    ends : float
        When the search ends, as a time of `time.monotonic`.
    report_progress, report_trying : callable, optional
        As of `Contest`.
    """

    X: Array
    y: Array
    weights: Array
    splits: Sequence[Split]
    clusters: Indices
    cost: Any
    output: str
    settings: FitSettings
    n_starts: int
    ends: float = inf
    report_progress: Callable[[Status], object] | None = None
    report_trying: Callable[[str], object] | None = None

    @property
    def left_out(self) -> Indices:
        """The left-out rows of all splits, one after the other, (M,)."""
        return np.concatenate([split.left_out for split in self.splits])

    def mean(self, losses: Array) -> tuple[float, float]:
        """The mean of losses of the left-out rows, (M,), and its standard error."""
        rows = self.left_out
        return clustered_mean(losses, self.weights[rows], self.clusters[rows])

    def architecture(self, widths: tuple[int, ...]) -> Architecture:
        """The network of a size."""
        sizes = (self.X.shape[1], *widths, self.y.shape[1])
        network = self.settings.network
        return Architecture(sizes, hidden=network.activation, output=self.output, bias=network.bias)


@dataclass(frozen=True, eq=False)
class Judged:
    """A size and a decay, judged on left-out rows.

    Parameters
    ----------
    losses : ndarray, (M,)
        Losses of `GridRows.left_out`.
    thetas : tuple of ndarray, (P,)
        The weights that each split was judged by.
    """

    losses: Array
    thetas: tuple[Array, ...]


def left_out_outputs(rows: GridRows, widths: tuple[int, ...], judged: Judged) -> Array:
    """The outputs for `GridRows.left_out` of the networks that they were judged by, (M, K)."""
    arch = rows.architecture(widths)
    return np.concatenate(
        [
            predict(arch, theta, rows.X[split.left_out])
            for split, theta in zip(rows.splits, judged.thetas, strict=True)
        ]
    )


class TimeIsOver(Exception):
    """The time limit ended the fits of a size and a decay."""


def judged_grid(
    rows: GridRows, sizes: Sequence[tuple[int, ...]], decays: Sequence[float]
) -> Iterator[tuple[int, int, Judged]]:
    """Judge sizes and decays; yield their indices and what was found, as soon as each is complete.

    Parameters
    ----------
    rows : GridRows
        The rows.
    sizes, decays : sequence
        Units of each hidden layer of each size; weight decays for means over the rows.

    Raises
    ------
    TimeIsOver
        If the time limit ends the search.
    KeyboardInterrupt
        If Ctrl-C is pressed.
    """
    of_all = len(sizes) * len(decays)
    for i, widths in enumerate(sizes):
        arch, start = rows.architecture(widths), rows.settings.start
        network = Network.random(arch, start.seed, start.scheme)
        # The optimum of a network without hidden layer is unique.
        starts = first_starts(network, rows.n_starts if widths else 1, start.scheme, start.seed)
        training = rows.settings.training
        objective = make_objective(
            arch, rows.X, rows.y, weights=rows.weights, cost=rows.cost, engine=training.engine, threads=training.threads
        )  # fmt: skip
        for j, decay in enumerate(decays):
            if rows.report_trying is not None:
                number = i * len(decays) + j + 1
                rows.report_trying(f"{in_words(widths)}, decay {decay:.3g} ({number} of {of_all})")
            yield i, j, _judged(rows, objective, starts, decay)


def in_words(widths: Sequence[int]) -> str:
    """A size in words.

    Examples
    --------
    >>> from sheernet.models.selecting.grid_search import in_words
    >>> in_words(()), in_words((1,)), in_words((8,)), in_words((8, 4))
    ('no hidden units', '1 unit', '8 units', '8-4 units')
    """
    if not widths:
        return "no hidden units"
    return f"{'-'.join(map(str, widths))} unit{'' if tuple(widths) == (1,) else 's'}"


def _judged(rows: GridRows, objective: Objective, starts: Array, decay: float) -> Judged:
    """A size and a decay; a part of the splits at a time."""
    vector = weight_decay(objective.architecture, decay)
    losses, kept = [], []
    for first in range(0, len(rows.splits), SPLITS_OF_A_CALL):
        splits = rows.splits[first : first + SPLITS_OF_A_CALL]
        weights = [split.weights(rows.weights) for split in splits]
        thetas = _fitted(rows, objective, starts, vector, weights)
        kept += thetas
        for split, theta in zip(splits, thetas, strict=True):
            losses.append(_losses(objective, theta, rows.X[split.left_out], rows.y[split.left_out]))
    return Judged(np.concatenate(losses), tuple(kept))


def _fitted(
    rows: GridRows, objective: Objective, starts: Array, decay: Array, weights: list[Array]
) -> list[Array]:
    """The best weights of each split."""
    left = None if rows.ends == inf else rows.ends - time.monotonic()
    if left is not None and left <= 0:
        raise TimeIsOver
    tolerance = rows.settings.effort.cost_tolerance
    rules = replace(
        rows.settings.rules, time_limit=left, cost_tolerance=COST_TOLERANCE if tolerance is None else tolerance
    )  # fmt: skip
    thetas = weights_without_rows(
        objective, starts, decay, weights, rows.settings.training, rules, rows.report_progress
    )
    if thetas is None:
        raise TimeIsOver
    return thetas


def _losses(objective: Objective, theta: Array, X: Array, y: Array) -> Array:
    """The loss of each row, (N,)."""
    arch = objective.architecture
    with np.errstate(all="ignore"):  # rows far away
        z = forward(arch, theta, X).pre_activations[-1]
        return np.asarray(objective.cost.loss(arch.activations[-1], z, y), dtype=np.float64)
