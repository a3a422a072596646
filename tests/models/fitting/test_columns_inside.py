"""As test_columns.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.prepared_tables import prepare, split
from models.fitting.tables import INPUTS, mixed, quickly, table
from sheernet.data.columns.value_notices import later_times_notice
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit

pytestmark = pytest.mark.filterwarnings("ignore:the weights in 'count'")


class TestColumns:
    def test_training_rows_are_standardized(self) -> None:
        rows = split(40).training
        for scaled in (rows.X, rows.y):
            assert np.allclose(scaled.mean(axis=0), 0.0, atol=1e-13)
            assert np.allclose(scaled.std(axis=0), 1.0, atol=1e-13)

    @pytest.mark.parametrize(
        ("scaling", "ends"),
        [("minmax", (0.0, 1.0)), ("maxabs", (None, 1.0)), ("none", (None, None))],
    )
    def test_and_targets_are_scaled_by_the_rule_that_is_asked_for(
        self, scaling: str, ends: tuple[float | None, ...]
    ) -> None:
        prepared = prepare(table(), "y", scaling=scaling, held_out=0)
        for encoded, raw in ((prepared.training.X[:, 0], "a"), (prepared.training.y[:, 0], "y")):
            if scaling == "none":
                assert np.array_equal(encoded, table()[raw])
            elif ends[0] is not None:
                assert encoded.min() == pytest.approx(ends[0], abs=1e-15)
            if ends[1] is not None:
                assert np.abs(encoded).max() == pytest.approx(ends[1])
        assert prepared.inputs.scaling == scaling

    def test_of_every_kind_become_features(self) -> None:
        prepared = prepare(mixed(), "score", inputs=INPUTS, held_out=0)
        assert prepared.inputs.features == ("hours", "group=day", "group=night", "wet", "when")
        X, data = prepared.training.X, mixed()
        assert np.array_equal(X[:, 1], data["group"] == "day")
        assert np.array_equal(X[:, 3], data["wet"])
        days = (data["when"] - pd.Timestamp("1970-01-01")).dt.days.to_numpy()
        assert np.allclose(X[:, 4], (days - days.mean()) / days.std(), rtol=1e-12)

    def test_that_tell_nothing_are_left_out_with_a_notice_each(self) -> None:
        data = table() | {"same": np.ones(40), "name": [f"row {i}" for i in range(40)]}
        data = {"row": np.arange(1, 41), "t": np.arange(40)} | data
        with pytest.warns(sn.SheernetWarning) as caught:
            model = sn.fit(data, "y", hidden=1, starts=1, max_iter=1)
        assert model.inputs.names == ("t", "a", "b")
        assert [sentence.split(":")[0] for sentence in model.notices] == [
            "'row' is left out", "'same' is left out", "'name' is left out",
            later_times_notice(["t"])[0],
        ]  # fmt: skip
        assert [str(warning.message) for warning in caught] == list(model.notices)
        assert {warning.filename for warning in caught} == {__file__}, "whoever called fit"


class TestTask:
    @pytest.mark.parametrize(
        ("target", "task", "output", "cost"),
        [
            ("score", "regression", "identity", "squared_error"),
            ("passed", "classification", "sigmoid", "binary_cross_entropy"),
            ("grade", "classification", "softmax", "cross_entropy"),
        ],
    )
    def test_follows_the_type_of_the_target(
        self, target: str, task: str, output: str, cost: str
    ) -> None:
        model = quickly(mixed(), target, inputs=INPUTS)
        assert (model.task, model.cost, model.network.architecture.activations[-1].name) == (
            task,
            cost,
            output,
        )
        assert isinstance(model.targets, NumberTargets if task == "regression" else ClassTarget)
        for fit in (model.training_fit, model.held_out_fit):
            assert isinstance(fit, RegressionFit if task == "regression" else ClassificationFit)


class TestWeights:
    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_0_are_said_and_neither_held_out_nor_counted(self) -> None:
        data = mixed(60)
        data.loc[data.index % 3 != 0, "count"] = 0
        prepared = prepare(data, "grade", inputs=INPUTS, weights="count")
        assert prepared.notices[0] == (
            "40 of 60 rows of the table are left out: the weight 'count' is 0"
        )
        assert len(prepared.training) + len(prepared.evaluation) == 20
        assert prepared.training.weights.min() > 0
        assert prepared.evaluation.weights.min() > 0

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_0_are_left_out_of_a_test_table(self) -> None:
        later = mixed(10)
        later.loc[:3, "count"] = 0
        prepared = prepare(mixed(), "score", inputs=INPUTS, weights="count", test=later)
        assert len(prepared.evaluation) == 6
        assert prepared.notices[-1] == (
            "4 of 10 rows of the test table are left out: the weight 'count' is 0"
        )
