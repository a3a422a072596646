"""Which rows train, which are held out, and what tables for validation and test do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from models.fitting.tables import quickly, same_columns, table

RNG = np.random.default_rng(0)


class TestHeldOutRows:
    @pytest.mark.parametrize(("rows", "held_out"), [(19, 0), (20, 5), (21, 5), (40, 10)])
    def test_are_a_quarter_and_none_under_20(self, rows: int, held_out: int) -> None:
        model = quickly(table(rows), "y")
        assert model.training_fit.rows == rows - held_out
        assert (0 if model.held_out_fit is None else model.held_out_fit.rows) == held_out

    def test_hold_of_a_rare_class_some_rows_too(self) -> None:
        label = np.array(["rare"] * 8 + ["often"] * 72)
        confusion = quickly({"x": RNG.normal(size=80), "y": label}, "y").held_out_fit.confusion
        assert [sum(row) for row in confusion] == [18, 2]

    def test_do_not_depend_on_the_number_of_starts(self) -> None:
        few, many = (sn.fit(table(), "y", hidden=2, starts=n, max_iter=3) for n in (1, 4))
        assert few.starts.objectives[0] == many.starts.objectives[0]
        assert same_columns(few, many)

    def test_may_be_none_on_request(self) -> None:
        assert quickly(table(), "y", held_out=0).held_out_fit is None


class TestOtherTables:
    def test_to_test_take_the_place_of_held_out_rows(self) -> None:
        model = sn.fit(table(40), "y", hidden=2, starts=1, max_iter=20, test=table(30))
        assert (model.training_fit.rows, model.held_out_fit.rows) == (40, 30)
        with pytest.warns(
            sn.SheernetWarning, match="rows? .* the .*est value of the training rows"
        ):
            errors = model.predict(table(30)) - table(30)["y"]
        assert model.held_out_fit.rmse[0] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)
        assert (model.settings["test"], model.settings["held_out"]) == ("the test table", None)

    def test_change_nothing_in_the_training(self) -> None:
        alone = sn.fit(table(), "y", hidden=2, starts=2, max_iter=9, held_out=0)
        beside = sn.fit(
            table(), "y", hidden=2, starts=2, max_iter=9, test=table(30), validation=table(20)
        )
        assert np.array_equal(alone.network.theta, beside.network.theta)
        assert same_columns(alone, beside)

    @pytest.mark.filterwarnings("ignore:the (test|validation) rows are the training rows")
    def test_to_validate_are_watched_at_each_iteration(self) -> None:
        model = sn.fit(
            table(), "y", hidden=2, starts=1, max_iter=9, held_out=0, decay=0, validation=table()
        )
        assert np.allclose(model.record.validation_cost, model.record.objective, rtol=1e-12)
        assert np.isnan(quickly(table(), "y", held_out=0).record.validation_cost).all()

    def test_to_validate_stop_a_training_that_they_do_not_follow(self) -> None:
        noise = table(30)
        noise["y"] = RNG.normal(10.0, 9.0, 30)
        model = sn.fit(noise, "y", hidden=9, starts=1, validation=table(20), patience=3, held_out=0)
        assert model.termination.reason == "validation_patience"

    @pytest.mark.parametrize("name", ["validation", "test"])
    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ({"a": [1.0], "y": [2.0]}, "needs column 'b', which"),
            ({"y": [2.0]}, "needs columns 'a'.* 'b', which"),
            ({"a": [1.0], "b": [2.0]}, "needs column 'y', which"),
            ({"a": [1.0], "b": [None], "y": [2.0]}, "missing values in 1 column: 'b' .1 value"),
            ({"a": [1.0], "b": ["x"], "y": [2.0]}, "column 'b' .* must hold numbers"),
            ("no.csv", "there is no file 'no.csv'"),
            ((1, 2), r"X of the .* table must be a table \(samples, columns\), but its shape is \(\)"),
            (1, "a table .* a path, a DataFrame, a mapping of columns or a list of mappings, but int was given"),
        ],
    )  # fmt: skip
    def test_that_do_not_fit_are_refused(self, name: str, source: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            quickly(table(), "y", missing="refuse", **{name: source})

    @pytest.mark.parametrize("name", ["test", "validation"])
    def test_with_labels_that_count_as_rare_say_so(self, name: str) -> None:
        data = {"c": ["u", "v"] * 20, "y": np.arange(40.0)}
        other = {"c": ["u", "w", "w"], "y": [1.0, 2.0, 4.0]}
        with pytest.warns(sn.SheernetWarning, match="c: 2 of 3 rows have labels that are not in"):
            model = quickly(data, "y", unseen="rare", **{name: other})
        assert model.notices[-1].endswith(f"'w' (2), in the {name} table")

    def test_lose_rows_under_the_same_policy_with_a_notice(self) -> None:
        gaps = {"a": [9.0, None, 11.0], "b": [0.5, 1.0, -0.5], "y": [20.0, 22.0, 25.0]}
        with pytest.warns(
            sn.SheernetWarning,
            match="1 of 3 rows of the test table has missing values and is left out",
        ) as caught:
            model = quickly(table(), "y", test=gaps, missing="drop")
        assert model.held_out_fit.rows == 2
        assert model.notices == (str(caught[0].message),)
        assert len(caught) == 1

    def test_are_compared_with_the_class_most_frequent_in_training(self) -> None:
        data = {"x": np.linspace(0.0, 1.0, 40), "y": ["a"] * 25 + ["b"] * 15}
        later = {"x": [0.1, 0.7, 0.8, 0.9], "y": ["a", "b", "b", "b"]}
        model = quickly(data, "y", test=later)
        assert model.training_fit.majority == pytest.approx(25 / 40)
        assert model.held_out_fit.majority == pytest.approx(1 / 4)

    def test_have_missing_values_filled_with_a_notice(self) -> None:
        gaps = {"a": [9.0, None, 11.0], "b": [0.5, 1.0, -0.5], "y": [20.0, 22.0, 25.0]}
        with pytest.warns(sn.SheernetWarning) as caught:
            model = quickly(table(), "y", test=gaps)
        fill = model.inputs.columns[0].written_fill
        (notice,) = model.notices
        assert notice.endswith(f": a (1, with {fill}), in the test table")
        assert [str(warning.message) for warning in caught] == list(model.notices)

    def test_are_weighted_where_they_have_the_column(self) -> None:
        data = table() | {"w": np.ones(40)}
        later = {name: column[:6] for name, column in table(30).items()}
        doubled = {name: np.r_[column, column[:2]] for name, column in later.items()}
        weights = {"w": np.array([2.0, 2, 1, 1, 1, 1])}
        by_weight = quickly(data, "y", weights="w", test=later | weights).held_out_fit
        by_row = quickly(data, "y", weights="w", test=doubled).held_out_fit
        assert by_weight.rmse == pytest.approx(by_row.rmse, rel=1e-12)
        assert by_weight.r2 == pytest.approx(by_row.r2, rel=1e-12)
        assert quickly(data, "y", weights="w", test=later).held_out_fit.rmse != by_weight.rmse
