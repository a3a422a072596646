"""As test_cost_plot.py, by names that are not published."""

from __future__ import annotations

import numpy as np
from numpy import nan

import sheernet as sn
from plots.test_cost_plot import lines_of
from sheernet.foundation.picture_texts import number
from sheernet.plots.cost_plot import cost_curves


class TestCurves:
    def test_a_training_gives_its_record_and_why_it_stopped(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        training = sn.train(
            sn.Network.random(sn.Architecture((2, 3, 1)), seed=0), X, y, max_iter=3, method="bfgs"
        )
        (curve,) = cost_curves(training)
        assert np.array_equal(curve.cost, training.record.cost)
        assert curve.iteration.tolist() == [0, 1, 2, 3]
        assert curve.reason == "max iterations"
        assert curve.validation is None
        assert curve.objective is None

    def test_a_penalty_brings_the_objective(self, record) -> None:
        (curve,) = cost_curves(record([2.0, 1.0], penalty=0.5))
        assert curve.objective.tolist() == [2.5, 1.5]

    def test_the_lowest_validation_cost_is_found_between_gaps(self, record) -> None:
        (curve,) = cost_curves(record([4.0, 3.0, 2.0, 1.0], validation=[3.0, nan, 1.0, 2.0]))
        assert curve.lowest_validation == 2

    def test_a_mapping_gives_a_curve_for_each_label(self, record) -> None:
        curves = cost_curves({"lm": record([2.0, 1.0]), "gd": record([3.0])})
        assert [(c.label, c.cost.tolist()) for c in curves] == [("lm", [2.0, 1.0]), ("gd", [3.0])]


class TestPicture:
    def test_the_kept_iterate_is_marked_and_in_the_title_where_it_is_not_the_last(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        training = sn.train(
            sn.Network.random(sn.Architecture((2, 6, 1)), seed=0), X, y, method="bfgs", patience=3,
            validation=(X + 0.3, y),
        )  # fmt: skip
        row = int(np.argmin(training.record.validation_cost))
        assert row < len(training.record) - 1
        ax = sn.plots.cost(training)
        title = " ".join(ax.get_title().split())
        assert title.endswith(f" at iteration {row}, which is kept")
        assert f", {number(training.record.cost[row])} at" in title
        assert lines_of(ax)[f"kept: iteration {row}"].get_xdata().tolist() == [row]
