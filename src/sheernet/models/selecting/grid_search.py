"""Evaluate each size and decay of a grid on left-out rows (`judged_grid`), with many fits per call of the engine.

    for each size, for each decay:
        splits x starts -> fits without the left-out rows -> per split, the start with the lowest training objective
                        -> losses of the left-out rows

The start with the lowest training objective is used, not the mean of the starts, because the final network is selected
in the same way: a mean of several networks predicts better than each network, so its error would not be the error of
the result.  The results of a size and a decay are complete or absent: if Ctrl-C or the time limit ends the search,
unfinished results are discarded.
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
"""Maximum number of splits whose fits are jobs of one call; limited because each split has a copy of its rows."""
COST_TOLERANCE = 1e-5
"""Default cost tolerance of fits without the left-out rows; smaller changes of the objective barely affect errors."""


@dataclass(frozen=True, eq=False)
class GridRows:
    """The rows of a search, their splits, and what all networks have in common.

    Parameters
    ----------
    X, y, weights : ndarray, (N, d_0), (N, K) and (N,)
        Inputs, targets and case weights.
    splits : sequence of Split
        The fitted and the left-out rows of each split.
    clusters : ndarray of int, (N,)
        The index of the row, or of its group; losses in a cluster may be correlated.
    cost : Cost
        The cost that is minimized, and that measures the loss of left-out rows.
    output : str
        Activation of the outputs.
    settings : FitSettings
        Activation, method, stopping rules, initial weights and engine.
    n_starts : int
        Number of starts of each fit.
    ends : float
        When the search ends, as a value of `time.monotonic`.
    report_progress, report_trying : callable, optional
        As in `Contest`.
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
        """The left-out rows of all splits, concatenated, (M,)."""
        return np.concatenate([split.left_out for split in self.splits])

    def mean(self, losses: Array) -> tuple[float, float]:
        """Return the mean of the losses (M,) of the left-out rows and its standard error."""
        rows = self.left_out
        return clustered_mean(losses, self.weights[rows], self.clusters[rows])

    def architecture(self, widths: tuple[int, ...]) -> Architecture:
        """Return the architecture of a size."""
        sizes = (self.X.shape[1], *widths, self.y.shape[1])
        network = self.settings.network
        return Architecture(sizes, hidden=network.activation, output=self.output, bias=network.bias)


@dataclass(frozen=True, eq=False)
class Judged:
    """The evaluation of a size and a decay on left-out rows.

    Parameters
    ----------
    losses : ndarray, (M,)
        Losses of the rows `GridRows.left_out`.
    thetas : tuple of ndarray, (P,)
        The weights fitted to each split.
    """

    losses: Array
    thetas: tuple[Array, ...]


def left_out_outputs(rows: GridRows, widths: tuple[int, ...], judged: Judged) -> Array:
    """Compute the outputs for the rows `GridRows.left_out` by the networks that were fitted without them, (M, K)."""
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
    """Evaluate sizes and decays; yield the indices and the result of each pair as soon as it is complete.

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
        # The optimum of a network without hidden layers is unique.
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
    """Return a description of a size.

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
    """Evaluate a size and a decay, `SPLITS_OF_A_CALL` splits at a time."""
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
    """Return the best weights of each split."""
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
    """Return the loss of each row, (N,)."""
    arch = objective.architecture
    with np.errstate(all="ignore"):  # extreme inputs may overflow
        z = forward(arch, theta, X).pre_activations[-1]
        return np.asarray(objective.cost.loss(arch.activations[-1], z, y), dtype=np.float64)
