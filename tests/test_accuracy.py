"""The scores, the file of results, the goals and the formats of benchmarks/accuracy.py."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

FOLDER = Path(__file__).parents[1] / "benchmarks"


def program(name: str) -> ModuleType:
    """A file of benchmarks/, which is no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        return importlib.import_module(name)


scores, results, goals = map(program, ("_accuracy_scores", "_accuracy_results", "_accuracy_goals"))
methods, tables, page, accuracy = map(
    program, ("_accuracy_methods", "_accuracy_tables", "_accuracy_page", "accuracy")
)


def a_split(X: np.ndarray, y: np.ndarray, X_test: np.ndarray, y_test: np.ndarray) -> object:
    train, test = (
        pd.DataFrame(rows, columns=[f"x{k}" for k in range(rows.shape[1])]).assign(target=values)
        for rows, values in ((X, y), (X_test, y_test))
    )
    return tables.Split(train, test, X, X_test, y, y_test, (), 0)


def a_row(**given: object) -> dict[str, str]:
    return dict.fromkeys(scores.COLUMNS, "") | {name: str(value) for name, value in given.items()}


class TestScores:
    def test_a_normal_forecast_has_the_density_and_interval_of_its_formula(self) -> None:
        split = SimpleNamespace(y=np.array([0.0, 4.0]), y_test=np.array([1.0, 6.0]))
        forecast = methods.Forecast(np.array([1.0, 3.0]), norm([1.0, 3.0], [1.0, 1.0]))
        found = scores.regression_scores(forecast, split)
        assert found["target_sd"] == 2.0
        assert found["rmse"] == pytest.approx(math.sqrt(9 / 2))
        assert found["log_density"] == pytest.approx(-0.5 * math.log(2 * math.pi) - 9 / 4)
        assert found["coverage"] == 0.5
        assert found["width"] == pytest.approx(2 * 1.6448536269514722)

    def test_a_forecast_without_density_has_no_score_for_it(self) -> None:
        split = SimpleNamespace(y=np.array([0.0, 4.0]), y_test=np.array([1.0]))
        found = scores.regression_scores(methods.Forecast(np.array([1.0])), split)
        assert set(found) == {"target_sd", "rmse"}

    def test_a_certain_wrong_class_costs_no_more_than_the_smallest_probability(self) -> None:
        found = scores.class_scores(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 0]))
        assert found["log_loss"] == pytest.approx((math.log(2) - math.log(1e-15)) / 2)
        assert found["error"] == 0.5

    @given(st.integers(1, 400), st.booleans())
    def test_equal_predictions_miss_by_confidence_minus_share(self, n: int, right: bool) -> None:
        found = scores.calibration_error(np.full(n, 0.75), np.full(n, right))
        assert found == pytest.approx(0.25 if right else 0.75)

    def test_gaps_of_opposite_sign_do_not_cancel_between_bins(self) -> None:
        confidence = np.repeat([0.6, 0.8], 100)
        right = np.concatenate([np.ones(100, bool), np.arange(100) % 5 > 2])  # 100 % and 40 %
        assert scores.calibration_error(confidence, right) == pytest.approx(0.4, abs=0.02)


class TestLinearModel:
    def test_predictive_variance_is_that_of_a_straight_line(self) -> None:
        random = np.random.default_rng(0)
        x, at = random.normal(size=30), np.array([0.0, 3.0])
        y = 2 * x + random.normal(size=30)
        found = methods.linear_regression(a_split(x[:, None], y, at[:, None], at)).distribution
        slope, constant = np.polyfit(x, y, 1)
        variance = np.sum((y - slope * x - constant) ** 2) / 28
        centered = (at - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2)
        np.testing.assert_allclose(found.mean(), slope * at + constant)
        np.testing.assert_allclose(found.var(), variance * (1 + 1 / 30 + centered))

    def test_a_repeated_column_changes_nothing(self) -> None:
        random = np.random.default_rng(1)
        X, y, X_test = random.normal(size=(20, 2)), random.normal(size=20), np.eye(2)
        once, twice = (
            methods.linear_regression(a_split(A, y, B, np.zeros(2))).distribution
            for A, B in ((X, X_test), (X[:, [0, 1, 1]], X_test[:, [0, 1, 1]]))
        )
        np.testing.assert_allclose(once.mean(), twice.mean())
        np.testing.assert_allclose(once.std(), twice.std())


class TestFile:
    def test_a_torn_line_is_not_read_and_does_not_damage_the_next(self, tmp_path: Path) -> None:
        path = tmp_path / "results.csv"
        scores.append(path, a_row(table="a", split=0, method="linear", rmse=1))
        whole = path.read_text()
        path.write_text(whole + "a,1,lin")
        scores.append(path, a_row(table="a", split=2, method="linear", rmse=3))
        assert list(scores.read([path])) == [("a", 0, "linear"), ("a", 2, "linear")]

    def test_several_files_are_joined_and_the_later_wins(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one.csv", tmp_path / "two.csv"
        scores.append(one, a_row(table="a", split=0, method="linear", rmse=1))
        scores.append(two, a_row(table="a", split=0, method="linear", rmse=2))
        scores.append(two, a_row(table="a", split=0, method="GP", rmse=3))
        found = scores.read([one, two, tmp_path / "none.csv"])
        assert [row["rmse"] for row in found.values()] == ["2", "3"]


def some_results(rmse: dict[str, list[float | None]]) -> object:
    rows = {
        ("airfoil", split, method): a_row(
            table="airfoil", split=split, method=method, target_sd=2.0, **given
        )
        for method, values in rmse.items()
        for split, value in enumerate(values)
        for given in [{"failure": "ValueError"} if value is None else {"rmse": value}]
    }
    return results.Results(rows)


class TestResults:
    found = some_results({"sheernet": [2.0, 4.0, 6.0], "GP": [2.0, None, 8.0], "MLP": [1.0] * 4})

    def test_a_method_is_compared_on_the_splits_that_both_have(self) -> None:
        pairs = self.found.pairs("airfoil", "relative_rmse")
        assert {name: [list(each) for each in pair] for name, pair in pairs.items()} == {
            "GP": [[1.0, 3.0], [1.0, 4.0]],
            "MLP": [[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]],
        }

    def test_a_mean_over_fewer_splits_says_so_and_is_not_the_best(self) -> None:
        score = page.Score("relative_rmse", "RMSE", "low")
        (airfoil,) = (table for table in tables.tables() if table.name == "airfoil")
        cells = {
            "sheernet": [2.0, 4.0], "GP": [1.0, None], "MLP": [6.0, 6.0], "linear": [None, None],
        }  # fmt: skip
        shown = page.score_table(some_results(cells), [airfoil], score)
        assert shown[2:5] == [
            "| table | half | splits | sheernet | MLP | GP |",
            "| --- | --- | ---: | ---: | ---: | ---: |",
            "| airfoil | development | 2 | **1.5(5)** | 3 | 0.5 [1] |",
        ]

    @pytest.mark.parametrize(
        ("values", "shown"),
        [
            ([0.302, 0.322], "0.312(10)"),
            ([0.307, 0.317], "0.312(5)"),
            ([-120.0, -180.0], "-150(30)"),
            ([0.5], "0.5"),
            ([0.25, 0.25], "0.25"),
        ],
    )
    def test_a_standard_error_counts_last_digits(self, values: list[float], shown: str) -> None:
        assert results.concise(np.array(values)) == shown


class TestGoals:
    near, linear = staticmethod(goals.near_the_lowest), staticmethod(goals.not_above_linear)

    def test_two_percent_above_the_line_is_allowed(self) -> None:
        line = np.ones(2)
        assert self.linear({"linear": (1.019 * line, line)})
        assert not self.linear({"linear": (1.021 * line, line)})

    def test_near_means_within_the_error_of_the_paired_difference(self) -> None:
        best = np.array([1.0, 2.0, 3.0])
        near, far = best + np.array([-0.1, 0.0, 0.2]), best + np.array([0.1, 0.1, 0.2])
        assert self.near({"GP": (near, best), "MLP": (near, best + 5)})
        assert not self.near({"GP": (far, best), "MLP": (far, best + 5)})

    def test_a_method_with_fewer_splits_can_be_the_lowest_or_highest(self) -> None:
        ours = np.array([1.0, 2.0, 3.0])
        assert not self.near({"GP": (ours[:2], ours[:2] - [0.1, 0.11]), "MLP": (ours, ours + 5)})
        assert not goals.highest({"GP": (ours[:1], ours[:1] + 0.1), "MLP": (ours, ours - 5)})
        assert goals.highest({"GP": (ours[:1], ours[:1] - 0.1), "MLP": (ours, ours - 5)})

    def test_a_failure_of_ours_does_not_meet_a_goal(self) -> None:
        goal = next(goal for goal in goals.GOALS if goal.holds is goals.below_catboost)
        found = some_results({"sheernet": [1.0, 1.0], "CatBoost": [2.0, 2.0]})
        assert goals.counts(found, goal, None) == (1, 1)
        found = some_results({"sheernet": [1.0, None], "CatBoost": [2.0, 2.0]})
        assert goals.counts(found, goal, None) == (0, 1)


class TestSchedule:
    def test_a_split_of_all_small_tables_comes_before_the_next(self) -> None:
        order = [
            (table.half == "large", number)
            for table, number in accuracy.schedule(list(tables.tables()), 10)
        ]
        assert order == sorted(order)
        assert len(order) == 26 * 10 + 2 * 3

    def test_a_failure_is_a_result(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fails(_: object) -> object:
            raise ValueError("no such row\nsecond line")

        X = np.zeros((3, 1))
        found = accuracy.measured(
            methods.Method("numpy", fails, None), a_split(X, X[:, 0], X, X[:, 0])
        )
        assert found["failure"] == "ValueError: no such row"
        assert "Traceback" in capsys.readouterr().err
