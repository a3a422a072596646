"""A model: columns in by name, predictions out in their own units or as labels, and warnings where it only guesses."""

from __future__ import annotations

import copy
import random as randoms
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from random_models import (
    BOOLEAN,
    COLUMNS,
    NUMBER,
    models,
    number_targets,
    random_model,
    replaced,
    table_for,
)
from sheernet.data.columns import Inputs
from sheernet.data.targets import ClassTarget, NumberTargets

TWO = random_model(sn.Architecture((3, 4, 1)), members=2)
MIXED = random_model(sn.Architecture((10, 3, 2)), inputs=Inputs(COLUMNS, missing="impute"))


def classifier(*classes: Any, seed: int = 0) -> sn.Model:
    target = ClassTarget("verdict", classes)
    arch = sn.Architecture((3, 4, target.n_outputs), output=target.output)
    return random_model(arch, seed, members=2, targets=target)


def matrix(table: dict[str, np.ndarray]) -> np.ndarray:
    return np.column_stack(list(table.values()))


class TestPrediction:
    @given(models(outputs=("identity", "sigmoid", "relu", "silu")))
    @settings(max_examples=40)
    def test_is_the_weighted_mean_of_its_networks_in_the_targets_units(
        self, model: sn.Model
    ) -> None:
        table = table_for(model)
        Z = model.inputs.encode(sn.read_table(table))
        outputs = sum(member.share * member.network.predict(Z) for member in model.members)
        assert np.allclose(model.outputs(table), outputs, rtol=1e-13, atol=1e-13)
        predicted = model.predict(table)
        if isinstance(model.targets, NumberTargets):
            expected = outputs * np.array(model.targets.scale) + np.array(model.targets.shift)
            assert np.allclose(predicted.reshape(expected.shape), expected, rtol=1e-13, atol=1e-13)
        else:
            shares = model.probabilities(table)
            if len(model.targets.classes) == 2:
                outputs = np.hstack([1 - outputs, outputs])
            assert np.allclose(shares, outputs, rtol=1e-13, atol=1e-13)
            for label, row in zip(predicted, shares, strict=True):
                ties = [
                    c for c, p in zip(model.targets.classes, row, strict=True) if p == row.max()
                ]
                assert label == (ties[-1] if len(row) == 2 else ties[0])

    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    @given(models(), st.integers(0, 10**6))
    @settings(max_examples=40)
    def test_does_not_depend_on_the_order_of_columns_or_on_others(
        self, model: sn.Model, seed: int
    ) -> None:
        table = table_for(model, gaps=True)
        shuffled = [*table.items(), ("another", np.full(5, np.nan)), ("text", list("abcde"))]
        randoms.Random(seed).shuffle(shuffled)
        expected = model.outputs(table).tobytes()
        for other in (
            dict(shuffled),
            pd.DataFrame(dict(shuffled)),
            sn.read_table(dict(shuffled)),
        ):
            assert model.outputs(other).tobytes() == expected

    def test_of_a_matrix_is_that_of_its_columns(self) -> None:
        table = table_for(TWO)
        expected = TWO.predict(table)
        assert np.array_equal(TWO.predict(matrix(table)), expected)
        assert np.array_equal(TWO.predict(matrix(table).tolist()), expected)

    def test_of_a_vector_is_that_of_a_single_column(self) -> None:
        one = random_model(sn.Architecture((1, 2, 1)))
        x = [0.5, -1.0, 2.0]
        assert np.array_equal(one.predict(x), one.predict({"input 0": x}))

    def test_of_a_file_is_that_of_its_columns(self, tmp_path) -> None:
        for model in (TWO, MIXED, classifier("a", "b", "c")):
            table = table_for(model)
            path = tmp_path / "new.csv"
            pd.DataFrame(table).iloc[:, ::-1].to_csv(path, index=False)
            assert np.array_equal(model.predict(path), model.predict(table))

    @pytest.mark.filterwarnings("ignore:.* filled with:sheernet.SheernetWarning")
    def test_fills_missing_values_with_what_the_model_remembers(self) -> None:
        table = table_for(MIXED, rows=2)
        gaps, filled = dict(table), dict(table)
        for name, missing, fill in (
            ("depth", None, 0.75), ("wet", None, True), ("color", None, "red"),
            ("day", pd.NaT, pd.Timestamp("1970-01-01") + pd.Timedelta(days=19810)),
        ):  # fmt: skip
            gaps[name] = [missing, table[name][1]]
            filled[name] = [fill, table[name][1]]
        assert np.array_equal(MIXED.predict(gaps), MIXED.predict(filled))

    def test_has_a_column_for_each_of_several_targets(self) -> None:
        assert TWO.predict(table_for(TWO)).shape == (5,)
        several = random_model(sn.Architecture((2, 3, 2)))
        assert several.predict(table_for(several)).shape == (5, 2)

    @pytest.mark.parametrize(
        "classes", [(False, True), ("no", "yes"), (1, 2, 3), (0.5, 1.5, 2.5, 3.0)], ids=repr
    )
    def test_of_classes_are_labels_of_their_own_type(self, classes: tuple[Any, ...]) -> None:
        model = classifier(*classes)
        predicted = model.predict(table_for(model, rows=50))
        assert predicted.shape == (50,)
        assert {type(label) for label in predicted} == {type(classes[0])}
        assert set(predicted) <= set(classes)

    def test_belongs_to_the_caller(self) -> None:
        predicted = TWO.predict(table_for(TWO))
        expected = predicted.copy()
        predicted[:] = 0.0
        assert np.array_equal(TWO.predict(table_for(TWO)), expected)

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ({"input 0": [1.0], "input 2": [1.0]}, "needs column 'input 1', which .* are input 0.* input 2.; add it"),
            ({"input 2": [1.0]}, "needs columns 'input 0'.* 'input 1', which"),
            ({"input 0": [1.0], "input 1": [np.inf], "input 2": [1.0]}, "'input 1' .* data row 1 has inf"),
            ({"input 0": [1.0], "input 1": ["low"], "input 2": [1.0]}, "'input 1' .* data row 1 has 'low'"),
            ([[1.0, 2.0]], r"X has shape \(1, 2\), but the model needs a matrix with 3 columns: 'input 0', 'input 1'"),
            ([1.0, 2.0, 3.0], r"X has shape \(3, 1\), but .* 3 columns.*; if .* row, give np.reshape\(X, \(1, 3\)\)"),
            (np.ones((3, 4)), "; if its samples are columns, transpose the matrix"),
            ([[1.0, 2.0, np.inf]], "'input 2' of X .* data row 1 has inf"),
            ([["a", "b", "c"]], "X must be numbers"),
            (np.ones((0, 3)), "X has no rows"),
            (7, "a single value is a row of a model with one input, but this model has 3: .*; give a row as a mapping"),
            (None, "a table .* a path"),
            ("missing.csv", "there is no file 'missing.csv'"),
        ],
    )  # fmt: skip
    def test_of_something_else_is_refused_in_a_sentence(self, table: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            TWO.predict(table)

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            ({"wet": [2.0]}, "column 'wet' .* must hold true or false .* data row 1 has 2"),
            ({"day": ["yesterday"]}, "column 'day' .* must hold dates, but data row 1 has 'yesterday'"),
            ({"size": ["large"]}, "column 'size' .* must hold numbers, but data row 1 has 'large'"),
        ],
    )  # fmt: skip
    def test_of_a_cell_that_it_cannot_take_is_refused(
        self, column: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            MIXED.predict(table_for(MIXED, rows=1) | column)

    def test_of_a_matrix_needs_columns_of_numbers(self) -> None:
        with pytest.raises(sn.InvalidInput, match="'day' of the model needs labels"):
            MIXED.predict(np.ones((2, 6)))

    def test_far_outside_is_a_number_or_a_sentence(self) -> None:
        for x in (1e200, -1e300):
            assert np.isfinite(TWO.predict([[x, x, x]])).all()

    def test_that_overflows_is_a_sentence(self) -> None:
        arch = sn.Architecture((1, 1))
        model = random_model(arch)
        model = replaced(model, network=sn.Network(arch, [1e300, 1e300]))
        with pytest.raises(sn.InvalidInput, match="output for data row 2 is not finite"):
            model.predict([[0.0], [1e100]])


class TestWarnings:
    def test_tell_of_rows_outside_the_range_of_the_training_rows(self) -> None:
        table = table_for(MIXED, rows=3) | {"size": [-2.0, 10.0, 11.0]}
        with pytest.warns(sn.SheernetWarning) as caught:
            MIXED.predict(table)
        assert [str(warning.message) for warning in caught] == [
            "size: 1 of 3 rows is below -1, the smallest value of the training rows",
            "size: 2 of 3 rows are above 9, the largest value of the training rows",
        ]
        assert caught[0].filename == __file__

    def test_tell_of_missing_values_that_are_filled(self) -> None:
        table = table_for(MIXED, rows=3)
        table |= {"depth": [None, 0.5, None], "color": ["red", "blue", None]}
        with pytest.warns(sn.SheernetWarning) as caught:
            MIXED.predict(table)
        (warning,) = caught
        assert str(warning.message) == (
            "3 missing values are filled with a typical value of the training rows: depth (2, with 0.75) "
            "and color (1, with 'red')"
        )

    def test_of_filled_values_are_left_to_the_fit_for_columns_that_had_some(self) -> None:
        table = {"a": [None, *range(1, 40)], "b": list(range(40)), "y": list(range(40))}
        with pytest.warns(sn.SheernetWarning) as caught:
            model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
        filled = [str(each.message) for each in caught if "filled" in str(each.message)]
        assert len(filled) == 1
        assert "a (1, with 20)" in filled[0]
        assert np.isfinite(model.predict({"a": [None, 1.0], "b": [1, 2]})).all()
        with pytest.warns(sn.SheernetWarning, match=r"1 missing value .*: b \(1, with 19.5\)$"):
            assert np.isfinite(model.predict({"a": [None, 1.0], "b": [None, 2]})).all()

    def test_come_once_from_each_of_the_ways_to_predict(self) -> None:
        model = classifier("a", "b", "c")
        table = table_for(model, rows=2) | {"input 1": [0.0, 1e7]}
        for predict in (model.predict, model.probabilities, model.outputs, model.predict_frame):
            with pytest.warns(sn.SheernetWarning) as caught:
                predict(table)
            assert len(caught) == 1
            assert caught[0].filename == __file__, predict

    def test_tell_of_labels_that_count_as_rare(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="color: 1 of 2 rows has a label .* 'mauve'"):
            MIXED.predict(table_for(MIXED, rows=2) | {"color": ["blue", "mauve"]})

    def test_do_not_come_at_the_ends_of_the_range_nor_for_a_matrix(self) -> None:
        model = random_model(sn.Architecture((2, 1)), inputs=Inputs((NUMBER, BOOLEAN)))
        model.predict({"size": [-1.0, 9.0], "wet": [True, False]})
        model.predict([[100.0, 1.0]])


class TestProbabilities:
    @given(models())
    @settings(max_examples=40)
    def test_add_up_to_1_and_belong_to_the_labels(self, model: sn.Model) -> None:
        table = table_for(model)
        if not isinstance(model.targets, ClassTarget):
            with pytest.raises(
                sn.InvalidInput, match="predicts numbers and has no classes; use predict"
            ):
                model.probabilities(table)
            return
        shares = model.probabilities(table)
        assert shares.shape == (5, len(model.targets.classes))
        assert np.allclose(shares.sum(axis=1), 1.0, rtol=1e-14)
        assert shares.min() >= 0.0


class TestFrame:
    def test_has_a_column_for_each_target(self) -> None:
        model = random_model(sn.Architecture((2, 3, 2)))
        frame = model.predict_frame(table_for(model))
        assert list(frame.columns) == ["target 0", "target 1"]
        assert np.array_equal(frame.to_numpy(), model.predict(table_for(model)))
        assert list(TWO.predict_frame(table_for(TWO)).columns) == ["target 0"]

    @pytest.mark.parametrize(
        ("classes", "kind"), [((False, True), "b"), ((1, 2, 3), "i"), ((0.5, 1.5), "f"), (("a", "b"), "text")], ids=repr
    )  # fmt: skip
    def test_has_labels_and_a_probability_of_each(
        self, classes: tuple[Any, ...], kind: str
    ) -> None:
        model = classifier(*classes)
        table = table_for(model)
        frame = model.predict_frame(table)
        assert list(frame.columns) == ["verdict", *(f"probability_{label}" for label in classes)]
        assert frame["verdict"].tolist() == model.predict(table).tolist()
        assert np.array_equal(frame.iloc[:, 1:].to_numpy(), model.probabilities(table))
        if kind == "text":
            assert pd.api.types.is_string_dtype(frame["verdict"].dtype)
        else:
            assert frame["verdict"].dtype.kind == kind

    @pytest.mark.filterwarnings("ignore:1 of 5 rows has missing inputs")
    def test_writes_whole_numbers_as_labels_beside_a_row_without_prediction(self) -> None:
        model = classifier(1, 2, 3)
        table = pd.DataFrame(table_for(model))
        table.iloc[0, 0] = np.nan
        labels = model.predict_frame(table)["verdict"].tolist()
        assert labels[0] is None
        assert all(type(label) is int for label in labels[1:])


class TestTheObject:
    def test_prints_what_it_is(self) -> None:
        assert (
            repr(TWO)
            == "<model of target 0 from input 0, input 1 and input 2: 3-4-1, tanh, identity output>"
        )
        wide = random_model(sn.Architecture((300, 1)), 0)
        assert re.fullmatch(
            r"<model of target 0 from input 0, .{20,300} and \d+ more: 300-1, .*>", repr(wide)
        )

    def test_knows_its_task(self) -> None:
        assert (TWO.task, classifier(1, 2).task) == ("regression", "classification")

    def test_its_network_is_the_one_with_the_largest_share(self) -> None:
        shares = [member.share for member in TWO.members]
        assert TWO.network is TWO.members[int(np.argmax(shares))].network

    def test_does_not_change(self) -> None:
        with pytest.raises(AttributeError):
            TWO.cost = "huber"  # type: ignore[misc]
        with pytest.raises(ValueError, match="read-only"):
            TWO.decay[0] = 1.0

    @pytest.mark.parametrize("model", [TWO, MIXED, classifier("a", "b", "c")], ids=repr)
    def test_a_deep_copy_predicts_the_same_bits(self, model: sn.Model) -> None:
        table = table_for(model)
        assert np.array_equal(copy.deepcopy(model).predict(table), model.predict(table))

    def test_takes_the_numbers_of_its_targets_as_they_are(self) -> None:
        model = random_model(sn.Architecture((1, 1)), targets=number_targets(1, seed=5))
        shift, scale = model.targets.shift[0], model.targets.scale[0]
        assert model.predict([0.5])[0] == pytest.approx(model.outputs([0.5])[0, 0] * scale + shift)


def test_a_target_named_like_a_probability_keeps_its_predictions() -> None:
    data = {"x": np.linspace(0.0, 1.0, 12), "probability_a": ["a", "b"] * 6}
    model = sn.fit(data, "probability_a", hidden=1, starts=1, max_iter=2)
    frame = model.predict_frame(data)
    assert list(frame) == ["probability_a", "predicted_probability_a", "probability_b"]
    assert list(frame["probability_a"]) == list(model.predict(data))
    assert np.array_equal(frame["predicted_probability_a"], model.probabilities(data)[:, 0])
