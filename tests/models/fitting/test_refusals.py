"""What is refused before anything is trained, each in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.tables import INPUTS, mixed, quickly, table


class TestRefuses:
    """Before anything is trained: each in a sentence."""

    @staticmethod
    def fit(*arguments: Any, **given: Any) -> None:
        def trained(step: Any, row: Any) -> None:
            raise AssertionError("it was trained")

        quickly(*arguments, **given, observers=[trained])

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"target": "x"}, "the table has no column 'x': its columns are a, b.* y; name one of these"),
            ({"target": []}, "no target column is named"),
            ({"target": ["y", "y"]}, "column 'y' is named twice in target"),
            ({"target": 1.5}, "target must be the name of a column or a list of names, but 1.5 was given"),
            ({"target": ["y", 1.5]}, "target must be the name of a column or a list of names"),
            ({"target": ["a", "b", "y"]}, "no input columns remain"),
            ({"inputs": []}, "no input columns remain"),
            ({"inputs": ["a", "a"]}, "column 'a' is named twice in inputs"),
            ({"inputs": ["a", "y"]}, "column 'y' is both a target and an input"),
            ({"inputs": ["aa"]}, "no column 'aa'"),
            ({"drop": ["c"]}, "no column 'c'"),
            ({"drop": ["y"]}, "column 'y' is both a target and dropped"),
            ({"drop": None}, "drop must be the name of a column or a list of names, but None was given"),
            ({"categories": None}, "categories must be the name of a column or a list of names, but None"),
            ({"drop": 1.5}, "drop must be the name of a column or a list of names"),
            ({"categories": ["c"]}, "no column 'c'"),
            ({"task": "cluster"}, "task 'cluster' is not recognized"),
            ({"scaling": "log"}, "scaling 'log' is not recognized"),
            ({"missing": "guess"}, "missing 'guess' is not recognized"),
            ({"unseen": "guess"}, "unseen 'guess' is not recognized"),
            ({"rare": 2}, "rare must be a number from 0 to below 1, such as 0.01, but 2 was given$"),
            ({"held_out": 1.0}, "held_out must be a number from 0 to below 1, such as 0.25, but 1 was"),
            ({"held_out": 0.98}, "held_out=0.98 of the 40 rows .* leaves 1 row to .* at least 2 .*; lower held_out"),
            ({"heldout": 0.2}, r"option 'heldout' is not recognized; did you mean 'held_out'\?$"),
            ({"learning_rat": 0.2}, r"option 'learning_rat' is not recognized; did you mean 'learning_rate'\?$"),
            ({"held_out": -0.1}, "held_out must be a number from 0 to below 1"),
            ({"held_out": "all"}, "held_out must be a number from 0 to below 1"),
            ({"held_out": True}, "held_out must be a number from 0 to below 1"),
            ({"hidden": (3, 0)}, r"hidden must be the number of units of each layer, .* but \(3, 0\) was given"),
            ({"hidden": -1}, "hidden must be the number of units of each layer, .* but -1 was given"),
            ({"hidden": 2.5}, "hidden must be the number of units of each layer, .* but 2.5 was given"),
            ({"hidden": True}, "hidden must be the number of units of each layer, .* but True was given"),
            ({"patience": 3}, "patience needs validation"),
            ({"cost_tolerance": "small"}, "cost_tolerance must be a number of at least 0, but 'small' was given"),
            ({"activation": ["tanh"]}, r"^activation must be the name .* but \['tanh'\] was given"),
            ({"decay": -1.0}, "decay must be a number of at least 0, 'evidence' or 'cv', but -1 was given"),
            ({"seed": -1}, "seed must be a whole number"),
            ({"starts": 0}, "starts must be a whole number"),
            ({"learning_rate": 0.1}, "'learning_rate' is an option of gd and adam, .* use it with method='adam'"),
            ({"samples": "columns"}, "fit does not take 'samples': .*; of arrays, give the transposed ones"),
            ({"scheme": "magic"}, "scheme 'magic' is not recognized"),
            ({"cost": "poisson"}, "cost 'poisson' cannot be used for regression; use squared_error or huber"),
            (
                {"cost": "student_t(3.0)"},
                (r"cost 'student_t\(3.0\)' needs two outputs for each target, which a model of a table does not have; "
                "use squared_error or huber, or call sheernet.train with a network that has them"),
            ),
            ({"cost": "magic"}, "cost 'magic' is not recognized"),
            ({"reduction": "median"}, "reduction 'median' is not recognized"),
            ({"resume": 3}, r"fit does not take resume; use train\(..., resume=...\) on scaled columns"),
            ({"X": 3}, "fit does not take X"),
            ({"options": {"learning_rate": 0.1}}, "option of method 'hybrid': 'options' is not recognized"),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )  # fmt: skip
    def test_what_is_not_allowed(self, given: dict[str, Any], message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message) as caught:
            self.fit(table(), **{"target": "y"} | given)
        assert "\n" not in str(caught.value)

    def test_a_cost_of_another_task(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"^cost 'cross_entropy' cannot be used for classification of two classes; use squared_error, huber",
        ):
            self.fit(mixed(), "passed", inputs=INPUTS, cost="cross_entropy")

    @pytest.mark.parametrize(
        ("column", "message"),
        [
            ([np.inf, *range(39)], "'b' .* data row 1 has inf"),
            (
                ["low", *["1.5", "2"] * 19, "3"],
                "column 'b' of the table holds numbers, but data row 1 has 'low'",
            ),
        ],
        ids=["infinite", "mixed"],
    )
    def test_values_that_cannot_be_used(self, column: list[Any], message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            self.fit(table() | {"b": column}, "y")

    @pytest.mark.parametrize(
        ("target", "task", "message"),
        [
            ([7.0] * 9, "auto", "target 'y' of the table is 7 in all 9 .*rows"),
            (["a"] * 9, "auto", "target 'y' of the table .*there is nothing to"),
            (list("abcdefghi"), "auto", "value in each of its 9 rows"),
            (
                list("aabbaabba"),
                "regression",
                "must hold numbers for regression, but data row 1 has 'a'",
            ),
            (pd.date_range("2024-01-01", periods=9), "auto", "holds dates"),
        ],
        ids=["constant", "one class", "names", "text", "dates"],
    )
    def test_a_target_that_cannot_be_learned(self, target: Any, task: str, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            self.fit({"x": np.arange(9.0) ** 2, "y": target}, "y", task=task)

    def test_a_single_row(self) -> None:
        with pytest.raises(sn.InvalidInput, match="at least 2 rows"):
            self.fit({"x": [2.0], "y": [5.0]}, "y", inputs=["x"])


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("held_out", [0, 0.25])
@pytest.mark.parametrize("missing", ["drop", "impute"])
def test_infinite_values_are_counted_in_the_rows_of_the_table(
    name: str, held_out: float, missing: str
) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=40), "z": rng.normal(size=40)})
    frame["y"] = frame["x"] + frame["z"]
    frame.loc[[1, 4], "z"] = np.nan
    frame.loc[[30, 33], name] = np.inf
    with pytest.raises(
        sn.InvalidInput,
        match=rf"column '{name}' .* data row 31 has inf.*\(2 such values in the column\)",
    ):
        sn.fit(frame, "y", hidden=1, decay=0.01, starts=1, missing=missing, held_out=held_out)


@pytest.mark.parametrize("name", ["x", "y"])
def test_text_among_numbers_is_counted_in_the_rows_of_the_table(name: str) -> None:
    frame = pd.DataFrame({"x": np.arange(12.0), "z": np.arange(12.0) ** 2, "y": np.ones(12)})
    frame.loc[[1, 4], "z"] = np.nan
    frame = frame.astype({name: object})
    frame.loc[7, name] = "bad"
    with pytest.raises(sn.InvalidInput, match="data row 8 has 'bad'"):
        quickly(frame, "y", missing="drop")


def test_infinite_values_in_rows_of_weight_zero_are_left_out() -> None:
    frame = pd.DataFrame({"x": np.arange(8.0), "w": [1.0] * 7 + [0.0]})
    frame["y"] = [3.5, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, np.inf]
    with pytest.warns(sn.SheernetWarning, match="the weight 'w' is 0"):
        model = sn.fit(frame, "y", weights="w", hidden=0, decay=0, held_out=0)
    assert np.isfinite(model.predict(frame[:7])).all()


@pytest.mark.parametrize("name", ["sheet", "separator", "encoding"])
def test_arguments_of_reading_are_those_of_read_table(name: str) -> None:
    with pytest.raises(
        sn.InvalidInput,
        match=rf"fit does not take '{name}': .* sn\.read_table\('data\.csv', {name}=",
    ):
        sn.fit({"x": [1.0, 2.0], "y": [1.0, 3.0]}, "y", **{name: "x"})
