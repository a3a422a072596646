"""Statistics of predictions by share: agreement with the true values, and histograms of errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.apps.page.curves import finite
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_surface import evenly
from sheernet.apps.page.protocol import Agreement, Histogram
from sheernet.data.targets import RegressionFit, Targets
from sheernet.data.targets.judgment import ClassificationFit, chosen
from sheernet.foundation.arrays import Array
from sheernet.models.fitting.preparation import Encoded
from sheernet.network.network import Network
from sheernet.plots.contour_map import is_constant
from sheernet.plots.predictor import in_units

MOST_POINTS = 500
BINS = 20
MOST_ROWS_WHILE_RUNNING = 20_000
"""Maximum number of rows evaluated while a run is not paused."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Rows, and the predictions of a network for them.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The encoder of the targets.
    rows : Encoded
        The rows.
    outputs : ndarray, (N, K)
        Outputs of the network.
    codes : ndarray of int, (N,), or None
        Class indices of the rows; None for numeric targets.
    """

    targets: Targets
    rows: Encoded
    outputs: Array
    codes: npt.NDArray[np.intp] | None

    @property
    def true(self) -> Array:
        """True values, or class indices, (N,)."""
        if self.codes is not None:
            return self.codes.astype(float)
        return np.asarray(self.rows.truth, float).reshape(len(self.rows), -1)[:, 0]

    @cached_property
    def values(self) -> Array:
        """Predicted values in the units of the table, (N, 1), or the probabilities of the classes, (N, C)."""
        return in_units(self.targets, self.outputs).reshape(len(self.rows), -1)

    @property
    def predicted(self) -> Array:
        """Predicted values, or indices of the most probable classes, (N,)."""
        return self.values[:, 0] if self.codes is None else chosen(self.values).astype(float)

    @property
    def errors(self) -> Array:
        """Predicted - true, (N,); for classes, 1 - the probability of the true class."""
        if self.codes is None:
            return self.predicted - self.true
        return 1.0 - self.values[np.arange(len(self.rows)), self.codes]

    def agreement(self, share: str) -> Agreement:
        """Return the measures of the rows, and at most 500 rows as points."""
        some = evenly(len(self.rows), MOST_POINTS)
        true, predicted = self.true, self.predicted
        found: dict[str, Any] = {
            "share": share, "n": len(self.rows), "true": true[some].tolist(),
            "predicted": np.nan_to_num(predicted[some], posinf=1e300, neginf=-1e300).tolist(),
        }  # fmt: skip
        if self.codes is not None:
            of_classes = ClassificationFit.of(self.values, self.codes, self.rows.weights)
            confusion = [[int(count) for count in row] for row in of_classes.confusion]
            return Agreement(
                **found, accuracy=of_classes.accuracy, log_loss=finite(of_classes.log_loss), confusion=confusion
            )  # fmt: skip
        fit = RegressionFit.of(predicted[:, None], true[:, None], self.rows.weights)
        return Agreement(
            **found, r=_correlation(true, predicted), r2=fit.r2[0], rmse=finite(fit.rmse[0])
        )


def agreements(experiment: Experiment, network: Network) -> tuple[list[Agreement], list[Histogram]]:
    """Return the agreement and the errors of each share."""
    found = {
        share: Predicted(
            experiment.prepared.targets, rows, network.predict(rows.X), experiment.classes_of.get(share)
        )
        for share, rows in experiment.shares.items()
    }  # fmt: skip
    return [each.agreement(share) for share, each in found.items()], _histograms(found)


def _histograms(shares: dict[str, Predicted]) -> list[Histogram]:
    """Count errors in bins with common edges."""
    errors = {share: each.errors for share, each in shares.items()}
    errors = {share: each[np.isfinite(each)] for share, each in errors.items()}
    every = np.concatenate(list(errors.values()))
    if not every.size:
        return []
    low, high = float(every.min()), float(every.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, BINS + 1)
    counts = {share: np.histogram(each, edges)[0].tolist() for share, each in errors.items()}
    return [
        Histogram(share=share, edges=edges.tolist(), counts=each)  # type: ignore[arg-type]
        for share, each in counts.items()
    ]


def _correlation(true: Array, predicted: Array) -> float | None:
    """Return Pearson's R; None if one of the arguments is constant up to rounding."""
    with np.errstate(all="ignore"):
        if is_constant(true) or is_constant(predicted):
            return None
        a, b = true - true.mean(), predicted - predicted.mean()
        return finite(float(a @ b / np.sqrt((a @ a) * (b @ b))))
