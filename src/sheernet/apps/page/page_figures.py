"""The agreement of predictions with true values by share, and histograms of their errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.apps.page.experiment import SHARES, Experiment
from sheernet.apps.page.curves import finite
from sheernet.apps.page.page_surface import evenly
from sheernet.apps.page.protocol import Agreement, Histogram
from sheernet.data.targets import ClassTarget, Judgment, RegressionFit, Targets
from sheernet.data.targets.judgment import chosen
from sheernet.foundation.arrays import Array
from sheernet.models.fitting.preparation import Encoded
from sheernet.network.network import Network

MOST_POINTS = 500
BINS = 20
MOST_ROWS_WHILE_RUNNING = 20_000
"""More rows are judged only when the run waits."""


def agreement_of(
    targets: Targets, rows: Encoded, outputs: Array, share: str, training: Judgment | None = None
) -> Agreement:
    """The figures of some rows, and at most 500 of them as points.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        Their encoder.
    rows : Encoded
        The rows.
    outputs : ndarray, (N, K)
        Outputs of the network.
    share : str
        "training", "validation" or "test".
    training : RegressionFit or ClassificationFit, optional
        Figures of the training rows, whose most frequent class is the baseline of classes.
    """
    some = evenly(len(rows), MOST_POINTS)
    fit = targets.judge(outputs, rows.truth, rows.weights, training)
    true, predicted = _numbers(targets, rows, outputs)
    found: dict[str, Any] = {
        "share": share, "n": len(rows), "true": true[some].tolist(), "predicted": _finite(predicted[some]),
    }  # fmt: skip
    if isinstance(fit, RegressionFit):
        found |= {"r": _correlation(true, predicted), "r2": fit.r2[0], "rmse": finite(fit.rmse[0])}
        return Agreement(**found)
    confusion = [[int(count) for count in row] for row in fit.confusion]
    return Agreement(
        **found, accuracy=fit.accuracy, log_loss=finite(fit.log_loss), confusion=confusion
    )


def agreements(experiment: Experiment, network: Network) -> tuple[list[Agreement], list[Histogram]]:
    """The agreement and the errors of each share."""
    targets = experiment.prepared.targets
    shares = [(share, rows) for share in SHARES if (rows := experiment.encoded(share)) is not None]
    outputs = [network.predict(rows.X) for _, rows in shares]
    found = [
        agreement_of(targets, rows, output, share)
        for (share, rows), output in zip(shares, outputs, strict=True)
    ]
    errors = [_errors(targets, rows, each) for (_, rows), each in zip(shares, outputs, strict=True)]
    return found, _histograms([share for share, _ in shares], errors)


def _numbers(targets: Targets, rows: Encoded, outputs: Array) -> tuple[Array, Array]:
    """True and predicted values, (N,); numbers of classes if the target has classes."""
    if isinstance(targets, ClassTarget):
        true = targets.class_indices(rows.truth)
        return true.astype(float), chosen(targets.probabilities(outputs)).astype(float)
    return np.asarray(rows.truth, float).reshape(len(rows), -1)[:, 0], np.asarray(
        targets.decode(outputs)
    ).reshape(len(rows), -1)[:, 0]


def _errors(targets: Targets, rows: Encoded, outputs: Array) -> Array:
    """Predicted - true, (N,); of classes, 1 - the probability of the true class."""
    if isinstance(targets, ClassTarget):
        true = targets.class_indices(rows.truth)
        return 1.0 - targets.probabilities(outputs)[np.arange(len(rows)), true]
    true_values, predicted = _numbers(targets, rows, outputs)
    return predicted - true_values


def _histograms(shares: list[str], errors: list[Array]) -> list[Histogram]:
    """Counts of errors between common edges."""
    every = np.concatenate(errors)
    every = every[np.isfinite(every)]
    if not every.size:
        return []
    low, high = float(every.min()), float(every.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, BINS + 1)
    return [
        Histogram(
            share=share,  # type: ignore[arg-type]
            edges=edges.tolist(),
            counts=np.histogram(each[np.isfinite(each)], edges)[0].tolist(),
        )
        for share, each in zip(shares, errors, strict=True)
    ]


def _correlation(true: Array, predicted: Array) -> float | None:
    """Pearson's R; None if one of them is constant."""
    with np.errstate(all="ignore"):
        a, b = true - true.mean(), predicted - predicted.mean()
        return finite(float(a @ b / np.sqrt((a @ a) * (b @ b)))) if a.any() and b.any() else None


def _finite(values: Array) -> list[float]:
    return np.nan_to_num(values, nan=0.0, posinf=1e300, neginf=-1e300).tolist()
