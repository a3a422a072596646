"""Weights that are counts of classes are divided among the folds; what weights mean is said where it matters."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.fitting.prepared_tables import prepare
from sheernet.models.fitting.fold_cases import fold_cases

# Bliss (1935), Annals of Applied Biology 22, table IV: beetles that died in carbon disulphide.
DOSE = [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839]
BEETLES = [59, 60, 62, 56, 63, 59, 62, 60]
KILLED = [6, 13, 18, 28, 52, 53, 61, 60]


def beetles() -> dict[str, list[Any]]:
    """A row for each dose and outcome; all 60 beetles died of the last dose."""
    survived = [n - killed for n, killed in zip(BEETLES, KILLED, strict=True)]
    cells = [*zip(DOSE, KILLED, strict=True), *zip(DOSE, survived, strict=True)]
    kept = [(dose, n, i < 8) for i, (dose, n) in enumerate(cells) if n]
    return {name: [row[k] for row in kept] for k, name in enumerate(("dose", "n", "died"))}


def quietly(*arguments: Any, **given: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        return prepare(*arguments, **given)


@given(st.lists(st.integers(1, 40), min_size=4, max_size=30).filter(lambda counts: max(counts) > 1))
def test_each_case_is_in_one_fold_and_those_of_a_cell_in_as_many_as_possible(
    counts: list[int],
) -> None:
    n = len(counts)
    table = {"x": np.arange(n) / 3, "y": ["a", "b"] * (n // 2) + ["a"] * (n % 2), "n": counts}
    prepared = quietly(table, "y", weights="n", held_out=0)
    cases = fold_cases(prepared.training, prepared.targets, 0)
    weights = cases.rows.weights
    assert weights is not None
    assert (weights == np.floor(weights)).all()
    assert np.bincount(cases.origin, weights).tolist() == counts
    for row, count in enumerate(counts):
        own = cases.folds.fold_of_row[cases.origin == row]
        assert len(set(own.tolist())) == len(own) == min(count, 5)
        assert np.ptp(weights[cases.origin == row]) <= 1
    assert set(cases.folds.fold_of_row.tolist()) == set(range(cases.folds.n_folds))
    assert np.array_equal(cases.rows.X, prepared.training.X[cases.origin])


@pytest.mark.parametrize(
    ("weights", "target"),
    [([2, 3, 1, 5], "z"), ([0.5, 2, 1, 1.5], "y"), ([1, 1, 1, 1], "y"), ([0, 1, 1, 1], "y")],
)
def test_other_rows_stay_whole(weights: list[float], target: str) -> None:
    table = {
        "x": np.arange(40) / 3,
        "y": ["a", "b"] * 20,
        "z": np.arange(40) ** 0.5,
        "n": weights * 10,
    }
    prepared = quietly(table, target, inputs=["x"], weights="n", held_out=0)
    cases = fold_cases(prepared.training, prepared.targets, 0)
    assert cases.rows is prepared.training
    assert np.array_equal(cases.origin, np.arange(len(prepared.training)))


@pytest.mark.parametrize(("combinations", "is_divided"), [(20, True), (21, False)])
def test_of_numbers_are_divided_if_most_inputs_are_repeated(
    combinations: int, is_divided: bool
) -> None:
    rng = np.random.default_rng(0)
    x = np.r_[np.arange(combinations), rng.integers(0, combinations, 40 - combinations)] / 3
    table = {"x": x, "z": np.arange(40) ** 0.5, "n": [2, 3, 1, 9] * 10}
    prepared = quietly(table, "z", inputs=["x"], weights="n", held_out=0)
    cases = fold_cases(prepared.training, prepared.targets, 0)
    assert len(cases.rows) == (sum([2, 3, 1, 5]) * 10 if is_divided else 40)
    assert np.bincount(cases.origin, cases.rows.case_weights).tolist() == table["n"]
    for row in range(40):
        own = cases.folds.fold_of_row[cases.origin == row]
        assert len(set(own.tolist())) == len(own)


def table_of_counts(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A table of 350 rows with 8 combinations of the inputs, and its table of counts."""
    rng = np.random.default_rng(seed)
    x, z = rng.integers(0, 4, 350), rng.integers(0, 2, 350)
    y = np.round(x + z + rng.normal(size=350)) + 0.5
    cells, counts = np.unique(np.column_stack([x, z, y]), axis=0, return_counts=True)
    return {"x": x, "z": z, "y": y}, {**dict(zip("xzy", cells.T, strict=True)), "n": counts}


def test_figures_of_numbers_are_those_of_the_single_cases() -> None:
    single, counted = table_of_counts(0)
    with pytest.warns(sn.SheernetWarning, match="which folds divide, because"):
        one = sn.fit(counted, "y", weights="n", hidden=0, starts=1)
    other = sn.fit(single, "y", hidden=0, starts=1)
    assert one.held_out_fit is not None
    assert other.held_out_fit is not None
    assert one.held_out_fit.weight == other.held_out_fit.rows == 350
    assert one.held_out_fit.rows == len(counted["n"])
    # The folds are others.
    assert one.held_out_fit.rmse == pytest.approx(other.held_out_fit.rmse, rel=0.01)
    assert one.settings["evaluation_cases"] == 350
    for name in ("rmse", "r2"):
        errors = (each.settings["evaluation_errors"][name] for each in (one, other))
        assert next(errors) == pytest.approx(next(errors), rel=0.1)
    ends = [
        model.predict_interval({"x": [1], "z": [0]}, 0.9, "conformal") for model in (one, other)
    ]
    assert np.allclose(*ends, rtol=0.1)


def test_of_more_than_2500_parts_stay_whole() -> None:
    table = {"x": np.arange(600) / 3, "y": ["a", "b"] * 300, "n": [7] * 600}
    prepared = quietly(table, "y", weights="n", held_out=0)
    assert len(fold_cases(prepared.training, prepared.targets, 0).rows) == 600


def test_figures_of_counts_are_those_of_the_single_cases() -> None:
    table = beetles()
    one = sn.fit(table, "died", weights="n", hidden=0, starts=1)
    single = {name: np.repeat(table[name], table["n"]).tolist() for name in ("dose", "died")}
    other = sn.fit(single, "died", hidden=0, starts=1)
    assert one.held_out_fit is not None
    assert other.held_out_fit is not None
    assert (one.held_out_fit.rows, other.held_out_fit.rows) == (15, 481)
    # The folds are others.  With whole rows in the folds, the log loss is a quarter higher.
    assert one.held_out_fit.log_loss == pytest.approx(other.held_out_fit.log_loss, rel=0.03)
    assert one.held_out_fit.log_loss == pytest.approx(one.training_fit.log_loss, rel=0.05)
    assert np.array(one.held_out_fit.confusion).sum() == 481
    assert "by 5-fold cross-validation" in one.report()


class TestNotices:
    TEXT = "the weights in 'n' are whole numbers: a row of weight k counts as k equal rows"

    def notices(self, **given: Any) -> list[str]:
        table = {
            "x": np.arange(40) / 3,
            "y": ["a", "b"] * 20,
            "z": np.arange(40) ** 0.5,
            "n": [1, 2] * 20,
        }
        prepared = quietly(
            table | given.pop("table", {}), given.pop("target"), inputs=["x"], weights="n", **given
        )
        return [notice for notice in prepared.notices if "weights" in notice]

    def test_of_numbers_speak_of_means(self) -> None:
        said = self.notices(target="z", held_out=0)
        place, advice = "which folds do not divide", "divide the weights by their mean"
        assert said == [f"{self.TEXT}, {place}; if its target is the mean of k values, {advice}"]

    def test_of_numbers_tell_where_the_rows_are(self) -> None:
        (said,) = self.notices(target="z", held_out=0.25)
        assert said.startswith(f"{self.TEXT}, which are held out together; if its target is")
        (said,) = self.notices(target="z", held_out=0, table={"x": [1, 2, 3, 4] * 10})
        assert said.startswith(
            f"{self.TEXT}, which folds divide, because most rows have the inputs of other rows;"
        )

    def test_of_classes_speak_of_rows_that_are_held_out(self) -> None:
        assert self.notices(target="y", held_out=0) == []
        (said,) = self.notices(target="y", held_out=0.25)
        assert said.startswith(f"{self.TEXT}, which are held out together")
        assert said.endswith("held_out=0 trains on all rows")

    @pytest.mark.parametrize(
        "weights", [[0.005, 0.015] * 20, [1.5, 2.5] * 20, [0.0, 0.0, 2.5, 2.5] * 10]
    )
    def test_of_numbers_tell_weights_that_are_not_counts(self, weights: list[float]) -> None:
        (said,) = self.notices(target="z", held_out=0, table={"n": weights})
        rows = "20 rows" if weights[0] == 0 else "40 rows"
        assert said.startswith(f"the weights in 'n' add up to {sum(weights):.6g} for {rows}, and")
        assert said.endswith("divide them by their mean")
        assert self.notices(target="y", held_out=0, table={"n": weights}) == []

    @pytest.mark.parametrize("weights", [[1.0] * 40, [0.5, 1.5] * 20, [0.0, 0.0, 1.0, 1.0] * 10])
    def test_do_not_appear_for_other_weights(self, weights: list[float]) -> None:
        for target in ("y", "z"):
            assert self.notices(target=target, held_out=0.25, table={"n": weights}) == []
