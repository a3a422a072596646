"""As test_training.py, by names that are not published."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

import sheernet as sn
from models.fitting.prepared_tables import prepare, split
from models.fitting.tables import INPUTS, mixed, quickly, table
from planted_clock import Clock
from sheernet.models.fitting import (
    check_model,
    preparation,
    table_fit,
    time_left,
    time_of_one_network,
)
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.statistics import ensemble_candidates

pytestmark = pytest.mark.filterwarnings("ignore:the weights in '")


class TestTheModel:
    def test_without_hidden_units_is_ridge_regression(self) -> None:
        rows = split(80).training
        model = sn.fit(table(80), "y", hidden=(), starts=1, decay=0.02)
        # Mean / 2 + decay / 2 is (sum + n decay) / (2 n).
        ridge = Ridge(alpha=0.02 * len(rows)).fit(rows.X, rows.y[:, 0])
        assert np.allclose(model.network["W1"][:, 0], ridge.coef_, rtol=1e-7)
        assert model.network["b1"][0] == pytest.approx(ridge.intercept_, abs=1e-7)

    @pytest.mark.parametrize("weights", [None, "w"])
    def test_gradient_is_checked_at_the_start_for_the_objective_that_is_minimized(
        self, monkeypatch, weights: str | None
    ) -> None:
        seen = []
        original = table_fit.check_gradient
        monkeypatch.setattr(
            table_fit,
            "check_gradient",
            lambda objective, theta: (seen.append((objective, theta)), original(objective, theta))[
                1
            ],
        )
        data = table(300) | {"w": np.arange(1.0, 301.0)}
        model = quickly(
            data, "y", inputs=["a", "b"], hidden=2, cost="huber", reduction="sum", decay=0.25, weights=weights,
            held_out=0,
        )  # fmt: skip
        (objective, theta), *others = seen
        assert others == []
        assert (
            (objective.cost.name, objective.reduction)
            == (model.cost, model.reduction)
            == ("huber", "sum")
        )
        assert np.array_equal(objective.decay, model.decay)
        assert np.array_equal(theta, sn.Network.random(model.network.architecture).theta)
        assert model.gradient_check["verdict"] == "pass"
        assert objective.n_samples == 200
        assert objective.weights.tolist() == (
            [1.0] * 200 if weights is None else list(range(1, 201))
        )

    def test_tells_where_it_comes_from(self) -> None:
        data = table()
        facts = quickly(data, "y", seed=3, method="bfgs").provenance
        prepared = prepare(data, "y", seed=3)
        content = b"".join(
            part.tobytes()
            for rows in (prepared.training, prepared.evaluation)
            for part in (rows.X, rows.y)
        )
        assert facts.data_sha256 == hashlib.sha256(content).hexdigest()
        assert (facts.sheernet, facts.numpy, facts.method, facts.engine, facts.seed, facts.data) == (
            sn.__version__, np.__version__, "bfgs", sn.engines.resolve("auto"), 3, "the table",
        )  # fmt: skip
        assert facts.created.endswith("+00:00")
        assert facts.reading == ""


class TestCheckModel:
    def test_passes_at_the_optimum_on_its_rows_and_on_others(self) -> None:
        model = sn.fit(table(), "y", hidden=2, starts=1, cost="huber")
        assert check_model(model, table()).verdict == "pass"
        assert check_model(model, table(7)).verdict == "pass"

    @pytest.mark.parametrize("target", ["score", "passed", "grade"])
    def test_checks_both_tasks_with_weights(self, target: str) -> None:
        model = quickly(mixed(), target, inputs=INPUTS, weights="count", max_iter=5)
        assert check_model(model, mixed()).verdict == "pass"
        assert check_model(model, mixed().drop(columns="count")).verdict == "pass"

    def test_leaves_rows_out_as_the_fit_did_and_says_so(self) -> None:
        model = quickly(table(), "y", missing="drop")
        data = pd.DataFrame(table(9))
        data.loc[0, "a"] = np.nan
        with pytest.warns(
            sn.SheernetWarning, match="1 of 9 rows of the table has missing values and is left out"
        ):
            assert check_model(model, data).verdict == "pass"

    def test_needs_the_target(self) -> None:
        model = quickly(table(), "y")
        with pytest.raises(sn.InvalidInput, match="needs column 'y'"):
            check_model(model, {"a": [1.0], "b": [2.0]})


class TestAgainstScikitLearn:
    def test_held_out_fit_is_no_worse_than_its_network_of_the_same_size(self) -> None:
        """Diabetes, 442 rows, 2 units: the mean over four splits, against that of the median of five of its starts.

        A hundredth is left for noise: another split of so few rows changes R^2 by a tenth.
        """
        frame = load_diabetes(as_frame=True).frame
        with threadpool_limits(1):  # threads of BLAS wait for one another on small matrices
            pairs = [self.scores(frame, seed) for seed in range(4)]
        ours, theirs = np.mean(pairs, axis=0)
        assert ours > 0.3
        assert ours >= theirs - 0.01

    @staticmethod
    def scores(frame: Any, seed: int) -> tuple[float, float]:
        model = sn.fit(frame, "target", hidden=2, starts=3, seed=seed, decay=1e-4)
        prepared = prepare(frame, "target", seed=seed)
        rows, kept = prepared.training, prepared.evaluation
        theirs = [
            MLPRegressor(
                hidden_layer_sizes=(2,),
                activation="tanh",
                solver="lbfgs",
                max_iter=2000,
                max_fun=10**6,
                random_state=i,
            )
            .fit(rows.X, rows.y[:, 0])
            .score(kept.X, kept.y[:, 0])
            for i in range(5)
        ]
        return model.held_out_fit.r2[0], float(np.median(theirs))


class TestTimeLimit:
    @pytest.mark.parametrize("given", [{"decay": 0.01}, {"decay": "cv"}, {"method": "lbfgs"}])
    def test_refuses_a_network_that_takes_longer_by_its_size(
        self, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Before its gradient is checked."""
        monkeypatch.setattr(time_left, "SECONDS_PER_WEIGHT", 1.0)  # 2 inputs, 5 units: 21 weights
        monkeypatch.setattr(table_fit, "check_gradient", None)
        with pytest.raises(sn.InvalidInput, match=r"21 weights takes about 21 s .* lower hidden"):
            sn.fit(table(), "y", hidden=5, time_limit=20.0, **given)

    def test_refuses_decays_for_a_large_network_before_its_gradient_is_checked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(table_fit, "check_gradient", None)
        with pytest.raises(sn.InvalidInput, match="of up to 2000 weights, but this one has 4001"):
            sn.fit(table(), "y", hidden=1000)

    @pytest.mark.parametrize(
        ("limit", "seconds", "extent"),
        [(None, 1.0, "auto"), (600.0, 0.1, "auto"), (60.0, 0.1, "directions")],
    )
    def test_checks_the_gradient_along_directions_if_entries_take_more_than_a_fiftieth(
        self, limit: float | None, seconds: float, extent: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """2 inputs, 2 units: 9 weights, 7 values each."""
        extents, whole = [], table_fit.check_gradient

        def noting(*arguments: Any, **given: Any) -> Any:
            extents.append(given.get("extent", "auto"))
            return whole(*arguments, **given)

        clock = Clock(monkeypatch)
        monkeypatch.setattr(table_fit, "check_gradient", noting)
        clock.takes(ReferenceEngine, "value", seconds)
        sn.fit(
            table(), "y", hidden=2, decay=1e-4, starts=1, max_iter=1, engine="reference", time_limit=limit
        )  # fmt: skip
        assert extents == [extent]

    def test_ends_the_training_early_enough_for_the_uncertainty(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = Clock(monkeypatch).takes(table_fit, "train", 1.0)
        monkeypatch.setattr(time_of_one_network, "seconds_of_evidence", lambda *rest: 20.0)
        model = quickly(table(), "y", hidden=2, time_limit=60.0)
        assert [call["time_limit"] for call in calls] == [40.0]
        assert model.members[0].factor.size

    def test_leaves_out_an_uncertainty_that_takes_most_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = Clock(monkeypatch).takes(table_fit, "train", 1.0)
        monkeypatch.setattr(time_of_one_network, "seconds_of_evidence", lambda *rest: 31.0)
        with pytest.warns(sn.SheernetWarning, match="no time to compute how uncertain .* increase"):
            model = sn.fit(table(), "y", hidden=2, decay=1e-4, max_iter=5, time_limit=60.0)
        assert [call["time_limit"] for call in calls] == [60.0]
        assert model.members[0].factor.size == 0
        assert any("no time to compute how uncertain" in notice for notice in model.notices)

    @pytest.mark.parametrize(
        ("step", "words"),
        [("table_and_targets", "reading the table"), ("usable_part", "choosing the columns"),
         ("_learned", "learning how"), ("format_notes", "looking for unusual values")],
    )  # fmt: skip
    def test_refuses_a_table_that_is_not_prepared_in_time(
        self, step: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch).takes(preparation, step, 65.0)
        with pytest.raises(
            sn.InvalidInput, match=rf"{words}.* took until 5.0 s after .* increase time_limit"
        ):
            quickly(table(), "y", hidden=2, time_limit=60.0)

    def test_prepares_a_table_that_takes_three_seconds_however_short_it_is(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch).takes(preparation, "_learned", 3.0)
        assert quickly(table(), "y", hidden=2, time_limit=0.0)

    def test_refuses_an_iteration_that_takes_longer_than_what_is_left(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """40 rows, 30 of them of training."""
        clock = Clock(monkeypatch)
        monkeypatch.setattr(time_of_one_network, "SLOW", 1.0)
        calls = clock.takes(ReferenceEngine, "value_and_gradient", 7.0)
        monkeypatch.setattr(table_fit, "train", None)
        with pytest.raises(
            sn.InvalidInput,
            match=r"one iteration of bfgs takes up to about .* but the time limit leaves 8.0 s; increase time_limit",
        ):
            sn.fit(table(), "y", hidden=2, method="bfgs", engine="reference", time_limit=15.0)
        assert len(calls) == 1

    def test_leaves_no_time_for_the_linear_model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ensemble_candidates, "seconds_of_evidence", lambda *rest: 20.0)
        model = quickly(table(), "y", hidden=2, time_limit=60.0)
        assert list(model.comparisons) == ["mean of target"]
        assert str(sn.models.report.text(model))

    @pytest.mark.parametrize(("seconds", "left"), [(0.0, 50.0), (20.0, 30.0), (50.0, 0.0)])
    def test_counts_from_the_call(
        self, monkeypatch: pytest.MonkeyPatch, seconds: float, left: float
    ) -> None:
        clock = Clock(monkeypatch, 100.0)
        clock.takes(table_fit, "prepare", seconds)
        calls = clock.takes(table_fit, "train", 1.0)
        model = quickly(table(), "y", hidden=2, time_limit=50.0)
        assert [call["time_limit"] for call in calls] == [left]
        assert model.settings["time_limit"] == 50.0
