"""What `predict` accepts besides tables: single rows, Series, numbers; and rows with missing inputs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from random_models import (
    COLUMNS,
    DATE,
    NUMBER,
    PLAIN,
    models,
    number_targets,
    random_model,
    table_for,
)
from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.targets import ClassTarget

ONE = random_model(sn.Architecture((1, 2, 1)))
THREE = random_model(sn.Architecture((3, 4, 1)))
ROWS = st.integers(1, 6)


def without_fills(model: sn.Model) -> sn.Model:
    """The model with inputs that are not filled."""
    columns = tuple(dataclasses.replace(column, fill=None) for column in model.inputs.columns)
    return dataclasses.replace(model, inputs=Inputs(columns, model.inputs.scaling, "refuse"))


def ways(model: sn.Model) -> list[Any]:
    """All functions of a model that predict."""
    classes = [model.probabilities] if isinstance(model.targets, ClassTarget) else []
    return [model.predict, model.outputs, *classes]


class TestASingleRow:
    @given(models(), ROWS, st.data())
    @settings(max_examples=40)
    def test_is_predicted_as_in_a_table(
        self, model: sn.Model, rows: int, data: st.DataObject
    ) -> None:
        table = table_for(model, rows)
        row = data.draw(st.integers(0, rows - 1))
        values = {name: column[row] for name, column in table.items()}
        series = pd.DataFrame(table).iloc[row]
        for predict in ways(model):
            expected = predict(table)[row]
            for one in (values, values | {"another": "text"}, series):
                found = predict(one)
                assert np.shape(found) == np.shape(expected)
                # NumPy's products of one row and of several differ by rounding.
                as_is = isinstance(expected, str | bool | int)
                close = (
                    found == expected
                    if as_is
                    else np.allclose(found, expected, rtol=1e-12, atol=1e-12)
                )
                assert close
        frame = model.predict_frame(values)
        assert len(frame) == 1

    def test_has_a_number_a_label_or_a_vector_as_prediction(self) -> None:
        row = {f"input {j}": 0.5 for j in range(3)}
        assert isinstance(THREE.predict(row), float)
        classifier = random_model(
            sn.Architecture((3, 1), output="sigmoid"), targets=ClassTarget("c", ("a", "b"))
        )
        assert classifier.predict(row) in ("a", "b")
        assert classifier.probabilities(row).shape == (2,)
        several = random_model(sn.Architecture((3, 2)), targets=number_targets(2))
        assert several.predict(row).shape == (2,)
        assert several.outputs(row).shape == (2,)

    @pytest.mark.parametrize(
        "x", [3, 3.0, np.float64(3.0), np.float32(3.0), np.int64(3), np.array(3.0)]
    )
    def test_of_one_input_may_be_its_value(self, x: Any) -> None:
        assert ONE.predict(x) == ONE.predict([3.0])[0]
        assert np.ndim(ONE.predict(x)) == 0

    def test_of_one_input_may_be_a_truth_value_or_a_date(self) -> None:
        assert ONE.predict(True) == ONE.predict([1.0])[0]
        model = random_model(sn.Architecture((1, 1)), inputs=Inputs((DATE,)))
        day = dt.date(2024, 3, 1)
        for value in (day, pd.Timestamp(day), np.datetime64(day)):
            assert model.predict(value) == model.predict({"day": [day]})[0]

    def test_warns_outside_the_range_of_the_training_rows(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="input 0: 1 of 1 row is above 1000000"):
            ONE.predict(1e7)

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            (7, "a single value is a row of a model with one input, but this model has 3: 'input 0', 'input 1' and "),
            ({"input 0": 1.0}, "needs columns 'input 1', 'input 2', which the row|needs columns 'input 1' and "),
            ({"input 0": 1.0, "input 1": 2.0, "input 2": "x"}, "column 'input 2' of the row must hold numbers"),
            ({"input 0": [1.0], "input 1": 2.0, "input 2": 3.0}, "column 'input 1' must be a sequence of values"),
            (pd.Series([1.0, 2.0], index=["input 0", "input 1"]), "needs column 'input 2', which the row does not"),
            (pd.Series([1.0, 2.0, 3.0]), "X has 1 column, but must have 3: input 0, input 1 and input 2"),
            (None, "a table must be a path"),
        ],
    )  # fmt: skip
    def test_that_is_not_one_is_refused(self, row: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            THREE.predict(row)


class TestASeries:
    X = (0.5, -1.0, 2.0)

    @pytest.mark.parametrize(
        "index", [None, [5, 6, 7], list("abc"), pd.date_range("2024", periods=3)]
    )
    def test_without_the_names_of_inputs_has_a_row_in_each_element(self, index: Any) -> None:
        series = pd.Series(self.X, index=index, name="anything")
        assert np.array_equal(ONE.predict(series), ONE.predict(list(self.X)))

    def test_may_have_labels_and_its_own_kind(self) -> None:
        model = random_model(sn.Architecture((3, 1)), inputs=Inputs((PLAIN,)))
        labels = ["round", "7", "round"]
        assert np.array_equal(model.predict(pd.Series(labels)), model.predict({"shape": labels}))

    def test_of_numbers_of_rows_is_not_a_row_even_if_the_input_is_called_0(self) -> None:
        model = sn.fit(
            pd.DataFrame({0: np.arange(9.0) ** 2, "y": np.arange(9.0) + 0.5}),
            "y",
            hidden=0,
            starts=1,
            decay=1e-4,
        )
        assert model.predict(pd.Series([1.0, 4.0])).shape == (2,)
        two = sn.fit(pd.DataFrame({0: np.arange(9.0) ** 2, 1: np.arange(9.0) ** 3, "y": np.arange(9.0) + 0.5}), "y",
                     hidden=0, starts=1, decay=1e-4)  # fmt: skip
        assert np.ndim(two.predict(pd.Series([1.0, 4.0]))) == 0

    def test_of_polars_has_a_row_in_each_element(self) -> None:
        polars = pytest.importorskip("polars")
        pytest.importorskip("narwhals")
        assert np.array_equal(ONE.predict(polars.Series(self.X)), ONE.predict(list(self.X)))


class TestMissingInputs:
    @given(models(), ROWS, st.data())
    @settings(max_examples=60)
    def test_leave_only_their_own_rows_without_prediction(
        self, model: sn.Model, rows: int, data: st.DataObject
    ) -> None:
        model = without_fills(model)
        table = table_for(model, rows)
        gaps = data.draw(
            st.lists(st.sets(st.sampled_from(sorted(table))), min_size=rows, max_size=rows)
        )
        holes = {
            name: [None if name in gaps[row] else value for row, value in enumerate(column)]
            for name, column in table.items()
        }
        missing = np.array([bool(names) for names in gaps])
        for predict in ways(model):
            expected = predict(table)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found = predict(holes)
            assert found.shape == expected.shape
            assert np.array_equal(found[~missing], expected[~missing])
            assert pd.isna(found[missing]).all()
            assert len(caught) == bool(missing.any())
            if missing.any():
                assert str(caught[0].message).startswith(f"{missing.sum()} of {rows} row")
                assert caught[0].filename == __file__

    def test_are_counted_and_named_once(self) -> None:
        X = np.ones((10, 3))
        X[[1, 4, 8], [0, 2, 1]] = np.nan
        X[1] = np.nan
        table = {f"input {j}": X[:, j] for j in range(3)}
        places = "data rows 2, 5 and 9; missing in 'input 0', 'input 1' and 'input 2'"
        for rows in (X, X.tolist(), table):
            with pytest.warns(sn.SheernetWarning) as caught:
                predicted = THREE.predict(rows)
            assert [str(warning.message) for warning in caught] == [
                f"3 of 10 rows have missing inputs and get no prediction ({places})"
            ]
            assert np.flatnonzero(np.isnan(predicted)).tolist() == [1, 4, 8]

    def test_of_a_single_row(self) -> None:
        for row in (np.nan, {"input 0": None}, [np.nan]):
            with pytest.warns(
                sn.SheernetWarning,
                match=r"^1 of 1 row has missing inputs and gets no prediction \(data row 1; missing in 'input 0'\)$",
            ):
                assert np.isnan(ONE.predict(row)).all()

    def test_are_still_filled_by_a_model_that_remembers_how(self) -> None:
        mixed = random_model(sn.Architecture((10, 3, 2)), inputs=Inputs(COLUMNS, missing="impute"))
        table = table_for(mixed, 2)
        table["depth"][0] = None
        with pytest.warns(sn.SheernetWarning, match=r": depth \(1, with 0.75\)$"):
            assert np.isfinite(mixed.predict(table)).all()

    def test_of_text_are_missing_labels_in_a_frame(self) -> None:
        target = ClassTarget("c", (1, 2, 3))
        model = random_model(
            sn.Architecture((1, 3), output="softmax"), inputs=Inputs((NUMBER,)), targets=target
        )
        with pytest.warns(sn.SheernetWarning, match="1 of 3 rows has missing inputs"):
            frame = model.predict_frame({"size": [1.0, None, 2.0]})
        assert frame.isna().all(axis=1).tolist() == [False, True, False]
        assert frame.isna().any(axis=1).tolist() == [False, True, False]

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ({"size": [None, np.inf], "shape": ["7", "7"]}, "'size' .* data row 2 has inf"),
            ({"size": [None, 1.0]}, "needs column 'shape', which"),
            ({"size": [None, "big"], "shape": ["7", "7"]}, "'size' .* data row 2 has 'big'"),
        ],
    )
    def test_do_not_hide_what_is_wrong_in_other_rows(self, table: Any, message: str) -> None:
        model = random_model(sn.Architecture((4, 1)), inputs=Inputs((NUMBER, PLAIN)))
        with pytest.raises(sn.InvalidInput, match=message):
            model.predict(table)

    def test_in_other_rows_than_unseen_labels_are_told_apart(self) -> None:
        model = random_model(sn.Architecture((4, 1)), inputs=Inputs((NUMBER, PLAIN)))
        table = {"size": [None, 1.0, 1.0], "shape": ["7", "oval", "7"]}
        with pytest.warns(sn.SheernetWarning) as caught:
            predicted = model.predict(table)
        assert np.isnan(predicted).tolist() == [True, True, False]
        assert [str(warning.message).split(" and ")[0] for warning in caught] == [
            "1 of 3 rows has a label that is not in the training rows, such as shape 'oval',",
            "1 of 3 rows has missing inputs",
        ]


UNSEEN = {"size": [1.0, 1.0, 2.0, 1.0], "shape": ["7", "oval", "7", None]}


PARTS = ("00417", "A-07", "big", "1.05")


class TestUnseenLabels:
    @pytest.fixture
    def model(self) -> sn.Model:
        return random_model(sn.Architecture((4, 1)), inputs=Inputs((NUMBER, PLAIN)))

    def test_are_told_with_what_the_model_knows(self) -> None:
        inputs = Inputs((CategoryColumn("part", PARTS),))
        model = random_model(sn.Architecture((4, 1)), inputs=inputs)
        with pytest.warns(sn.SheernetWarning) as caught:
            model.predict({"part": ["big", "417"]})
        known = "part is known as '00417', 'A-07', 'big' and '1.05'"
        assert str(caught[0].message).endswith(f"(data row 2); {known}")

    def test_count_as_rare_in_columns_with_rare_labels(self) -> None:
        table = {"part": [*"ab" * 12, "c"], "site": [*"uv" * 12, "u"], "y": [*range(24), 90]}
        with pytest.warns(sn.SheernetWarning, match="rare"):
            model = sn.fit(table, "y", hidden=0, decay=0.1, held_out=0)
        with pytest.warns(sn.SheernetWarning) as told:
            found = model.predict({"part": ["c", "new", "new", "a"], "site": ["u", "u", "w", "w"]})
        assert found[1] == found[0]
        assert np.isnan(found).tolist() == [False, False, True, True]
        assert any("counts as rare: 'new' (1)" in str(each.message) for each in told)

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @pytest.mark.parametrize(
        ("unseen", "unanswered"), [(None, [1, 3]), ("missing", [1, 3]), ("rare", [3])]
    )
    def test_leave_only_their_own_rows_without_prediction(
        self, model: sn.Model, unseen: str | None, unanswered: list[int]
    ) -> None:
        predicted = model.predict(UNSEEN, unseen=unseen)
        assert np.flatnonzero(np.isnan(predicted)).tolist() == unanswered
        frame = model.predict_frame(UNSEEN, unseen=unseen)
        assert np.array_equal(frame.iloc[:, 0], predicted, equal_nan=True)
        alone = model.predict({"size": [2.0], "shape": ["7"]})
        assert predicted[2] == alone[0]

    def test_are_refused_on_request(self, model: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"'oval' in data row 2, .*; correct the cell, or fit the model with unseen='rare'",
        ):
            model.predict({name: column[:3] for name, column in UNSEEN.items()}, unseen="refuse")

    def test_are_refused_by_a_distribution(self, model: sn.Model) -> None:
        with pytest.raises(sn.InvalidInput, match="'oval' in data row 2"):
            model.distribution({name: column[:3] for name, column in UNSEEN.items()})

    def test_are_rare_in_a_distribution_of_a_model_that_was_fitted_so(self) -> None:
        size = 1.0 + 2.0 * np.sin(np.arange(20.0))
        table = {"size": size, "shape": ["7", "8"] * 10, "y": size**2}
        model = sn.fit(table, "y", unseen="rare", hidden=0, decay=0.1, held_out=0)
        rows = {name: column[:3] for name, column in UNSEEN.items()}
        with pytest.warns(sn.SheernetWarning, match="counts as rare: 'oval'"):
            assert np.array_equal(model.distribution(rows).mean(), model.predict(rows))

    def test_need_a_known_treatment(self, model: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match="unseen 'drop' is not recognized; choose one of refuse, rare, missing",
        ):
            model.predict(UNSEEN, unseen="drop")

    def test_of_a_single_row(self, model: sn.Model) -> None:
        with pytest.warns(sn.SheernetWarning, match="such as shape 'oval', and gets no prediction"):
            assert np.isnan(model.predict({"size": 1.0, "shape": "oval"}))


class TestNamesWithLineBreaks:
    """A file has spaces in place of the line breaks of a name, a data frame keeps them."""

    FILE = ("speed [mm/s]", "mass of part", "y")
    FRAME = ("speed\n[mm/s]", " mass  of\tpart", "y ")
    ROWS = np.random.default_rng(3).uniform(1, 2, (20, 3))

    def models(self, tmp_path) -> dict[tuple[str, ...], sn.Model]:
        path = tmp_path / "rows.csv"
        lines = [",".join(f'"{name}"' for name in self.FRAME[:1] + self.FILE[1:])]
        lines += [",".join(map(repr, row)) for row in self.ROWS.tolist()]
        path.write_text("\n".join(lines) + "\n")
        how = {"hidden": 2, "starts": 1, "decay": 0.1, "held_out": 0}
        frame = pd.DataFrame(self.ROWS, columns=list(self.FRAME))
        return {self.FILE: sn.fit(path, "y", **how), self.FRAME: sn.fit(frame, "y ", **how)}

    def test_are_found_in_files_and_frames(self, tmp_path) -> None:
        polars = pytest.importorskip("polars")
        for own, model in self.models(tmp_path).items():
            assert tuple(model.inputs.names) == own[:2]
            expected = model.predict(pd.DataFrame(self.ROWS[:, :2], columns=own[:2]))
            for names in (self.FILE, self.FRAME):
                columns = {name: self.ROWS[:, j] for j, name in enumerate(names)}
                for rows in (columns, pd.DataFrame(columns), polars.DataFrame(columns)):
                    assert np.array_equal(model.predict(rows), expected)
                    assert model.score(rows) == model.score(self.ROWS[:, :2], self.ROWS[:, 2])
                assert (
                    model.predict({name: cells[0] for name, cells in columns.items()})
                    == expected[0]
                )

    def test_are_refused_if_two_columns_are_alike(self, tmp_path) -> None:
        for own, model in self.models(tmp_path).items():
            columns = {own[1]: [1.0], "speed  [mm/s]": [1.0], "speed [mm/s] ": [2.0]}
            with pytest.raises(sn.InvalidInput, match="does not have"):
                model.predict(columns)


def test_messages_name_the_rows_of_the_whole_table() -> None:
    table = sn.read_table({"x": [1.0, 2.0, 4.0, 5.0] * 5, "g": ["a", "b"] * 10, "y": range(20)})
    model = sn.fit(table, "y", hidden=0, decay=0.1, held_out=0, missing="refuse")
    other = sn.read_table({"x": [1.0, 2.0, None, 4.0], "g": ["a", "b", "a", "c"]})
    with pytest.warns(sn.SheernetWarning) as told:
        model.predict(other.take(np.array([1, 2, 3])))
    assert [re.findall(r"\((data row \d)[;)]", str(each.message)) for each in told] == [
        ["data row 4"],
        ["data row 3"],
    ]
    weights = {"y": [1.0, None, 2.0, 3.0, 4.0], "x": [1, 2, 3, 4, 5], "w": [1, 1, 1, -1, 1]}
    with pytest.raises(sn.InvalidInput, match="data row 4 has -1"):
        sn.fit(weights, "y", weights="w", missing="drop")
