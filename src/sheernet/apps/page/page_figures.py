"""`figures_of`: measures of the predictions of a network, by share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheernet.apps.page.curves import finite
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.protocol import Figures
from sheernet.data.targets import ClassTarget, RegressionFit
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.network.network import Network
from sheernet.plots.predictor import in_units

MOST_ROWS_WHILE_RUNNING = 20_000
"""Maximum number of rows evaluated while a run is not paused."""


def figures_of(experiment: Experiment, network: Network) -> Iterator[Figures]:
    """Yield the measures of each share that has rows, in the units of the table."""
    targets = experiment.prepared.targets
    for share, rows in experiment.shares.items():
        predicted = in_units(targets, network.predict(rows.X)).reshape(len(rows), -1)
        if isinstance(targets, ClassTarget):
            codes = targets.class_indices(rows.truth)
            of_classes = ClassificationFit.of(predicted, codes, rows.weights)
            yield Figures(
                share=share, n=len(rows), accuracy=of_classes.accuracy, log_loss=finite(of_classes.log_loss),  # type: ignore[arg-type]
            )  # fmt: skip
        else:
            true = np.asarray(rows.truth, float).reshape(len(rows), -1)[:, :1]  # (N, 1)
            fit = RegressionFit.of(predicted, true, rows.weights)
            yield Figures(share=share, n=len(rows), r2=fit.r2[0], rmse=finite(fit.rmse[0]))  # type: ignore[arg-type]
