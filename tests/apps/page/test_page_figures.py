"""The figures of a frame: R^2, RMSE, accuracy and log loss by their formulas."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_figures import figures_of


def test_the_figures_of_numbers_follow_their_formulas() -> None:
    experiment = Experiment.of(Exercise(data="sine", hidden=(3,), validation=0.3, test=0.2))
    found = list(figures_of(experiment, experiment.network))
    assert [each.share for each in found] == ["training", "validation", "test"]
    prepared = experiment.prepared
    for each in found:
        table = experiment.source.table.take(experiment.rows[each.share])
        true, outputs = table.frame["y"], experiment.network.predict(prepared.inputs.encode(table))
        predicted = outputs[:, 0] * prepared.targets.scale[0] + prepared.targets.shift[0]  # type: ignore[union-attr]
        squares = np.sum((predicted - true) ** 2)
        assert each.n == len(true)
        assert each.rmse == pytest.approx(np.sqrt(squares / each.n))
        assert each.r2 == pytest.approx(1 - squares / np.sum((true - true.mean()) ** 2))


def test_the_figures_of_classes_follow_their_formulas() -> None:
    experiment = Experiment.of(Exercise(data="xor", hidden=()))
    # x1 and x2 are scaled to -1 and 1.
    network = sn.Network(experiment.architecture, [3.0, 1.0, 0.5])
    (found,) = figures_of(experiment, network)
    p_yes = 1 / (1 + np.exp(-np.array([-3.5, -1.5, 2.5, 4.5])))
    of_true = np.where(np.array([0, 1, 1, 0]) == 1, p_yes, 1 - p_yes)
    assert (found.n, found.accuracy) == (4, 0.5)
    assert found.log_loss == pytest.approx(-np.mean(np.log(of_true)))
