"""Agreement and errors of a frame: R, R^2, RMSE and accuracy by their formulas."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_figures import MOST_POINTS, agreements
from sheernet.apps.page.page_table import exercise_with


def test_the_figures_of_numbers_follow_their_formulas() -> None:
    experiment = Experiment.of(Exercise(data="sine", hidden=(3,), validation=0.3, test=0.2))
    found, errors = agreements(experiment, experiment.network)
    assert [each.share for each in found] == ["training", "validation", "test"]
    for each in found:
        table = experiment.source.table.take(experiment.rows[each.share]).frame
        assert each.true == table["y"].tolist()
        outputs = experiment.network.predict(
            experiment.prepared.inputs.encode(
                experiment.source.table.take(experiment.rows[each.share])
            )
        )
        targets = experiment.prepared.targets
        predicted = outputs[:, 0] * targets.scale[0] + targets.shift[0]  # type: ignore[union-attr]
        true = np.array(each.true)
        assert each.predicted == pytest.approx(predicted)
        assert each.r == pytest.approx(np.corrcoef(true, predicted)[0, 1])
        assert each.rmse == pytest.approx(np.sqrt(np.mean((predicted - true) ** 2)))
        assert each.r2 == pytest.approx(
            1 - np.sum((predicted - true) ** 2) / np.sum((true - true.mean()) ** 2)
        )
    histogram = errors[1]
    residuals = np.array(found[1].predicted) - found[1].true
    assert histogram.counts == np.histogram(residuals, histogram.edges)[0].tolist()
    assert [sum(each.counts) for each in errors] == [each.n for each in found]
    assert errors[0].edges == errors[2].edges


def test_the_figures_of_classes_follow_their_formulas() -> None:
    experiment = Experiment.of(Exercise(data="xor", hidden=()))
    network = sn.Network(
        experiment.architecture, [3.0, 1.0, 0.5]
    )  # x1 and x2 are scaled to -1 and 1
    (found,), (errors,) = agreements(experiment, network)
    p_yes = 1 / (1 + np.exp(-np.array([-3.5, -1.5, 2.5, 4.5])))
    yes = np.array([0, 1, 1, 0])
    of_true = np.where(yes == 1, p_yes, 1 - p_yes)
    assert (found.true, found.predicted) == ([0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0])
    assert found.accuracy == 0.5
    assert found.log_loss == pytest.approx(-np.mean(np.log(of_true)))
    assert found.confusion == [[1, 1], [1, 1]]
    assert sum(errors.counts) == 4
    assert errors.edges[-1] == pytest.approx(1 - of_true.min())


def test_of_many_rows_some_are_points_and_all_count() -> None:
    content = "x,y\n" + "".join(f"{i},{i * i % 101}\n" for i in range(2000))
    experiment = Experiment.of(exercise_with(Exercise(hidden=(2,)), content.encode(), "a.csv"))
    (found,), _ = agreements(experiment, experiment.network)
    assert (len(found.true), found.n) == (MOST_POINTS, 2000)


def test_a_constant_prediction_has_no_correlation() -> None:
    experiment = Experiment.of(Exercise(data="sine", hidden=()))
    (found,), (errors,) = agreements(experiment, sn.Network(experiment.architecture, [0.0, 0.0]))
    assert found.r is None
    assert found.r2 == pytest.approx(0.0)
    assert sum(errors.counts) == 60
