"""Rows with probabilities and true classes, of arrays and of models."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.class_rows import class_rows
from sheernet.plots.judged_rows import judged_groups


def a_table(n: int = 60) -> dict[str, object]:
    rng = np.random.default_rng(3)
    x = rng.normal(size=n)
    return {"x": x, "w": rng.normal(size=n), "kind": np.where(x + rng.normal(size=n) > 0, "b", "a")}


@cache
def model(**options: object) -> sn.Model:
    return sn.fit(a_table(), "kind", hidden=0, **{"starts": 1, **options})


class TestArrays:
    def test_a_vector_is_that_of_the_second_class(self) -> None:
        rows = class_rows([0.25, 1.0], [False, True])
        assert rows.probabilities.tolist() == [[0.75, 0.25], [0.0, 1.0]]
        assert (rows.classes, rows.true.tolist()) == (("False", "True"), [0, 1])

    def test_zeros_alone_are_the_first_of_two_classes(self) -> None:
        rows = class_rows([0.25, 1.0], [0, 0])
        assert (rows.classes, rows.true.tolist()) == (("0", "1"), [0, 0])

    def test_given_classes_are_in_the_order_of_the_columns(self) -> None:
        rows = class_rows([[0.1, 0.2, 0.7]], ["low"], classes=["low", "middle", "high"])
        assert (rows.classes, rows.true.tolist()) == (("low", "middle", "high"), [0])

    def test_rows_without_weight_are_left_out(self) -> None:
        rows = class_rows([0.1, 0.2, 0.3], [0, 1, 1], weights=[2, 0, 3])
        assert rows.weights.tolist() == [2.0, 3.0]
        assert rows.probabilities[:, 1].tolist() == [0.1, 0.3]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([0.1, 1.5], [0, 1]), "a probability must be from 0 to 1, but 1.5"),
            (([[0.5, 0.4]], [0], [0, 1]), "must add up to 1, but those of row 0 add up to 0.9"),
            (([0.1], ["c"], ["a", "b"]), "must be one of the classes a or b, but 'c'"),
            (
                ([0.1, 0.2, 0.3], ["a", "b", "c"]),
                "probabilities of 2 classes but 3 labels: a, b and c",
            ),
            (([0.1, 0.2], ["a", 1]), "different types; give classes"),
            (([0.1, 0.2], ["a", "b"], ["a", "a"]), "classes must differ"),
            (([0.1, 0.2], [["a"], ["b"]]), "true must be a vector"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, arguments, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            class_rows(*arguments)


class TestModels:
    def test_of_the_table_of_the_fit_the_held_out_rows_are_used(self) -> None:
        held_out = model(decay=1e-3)
        rows = class_rows(held_out, a_table())
        assert (rows.noun, len(rows.true)) == ("held-out row", 15)
        assert _log_loss(rows) == pytest.approx(held_out.held_out_fit.log_loss, rel=1e-12)

    def test_without_held_out_rows_each_is_predicted_by_the_networks_of_its_fold(self) -> None:
        in_folds = model()
        rows = class_rows(in_folds, a_table())
        assert (rows.noun, rows.label) == ("row left out in 5 folds", "60 rows left out in 5 folds")
        assert _log_loss(rows) == pytest.approx(in_folds.held_out_fit.log_loss, rel=1e-12)
        training = judged_groups(in_folds, a_table())[0]
        assert (training.noun, training.refitted) == ("training row", False)

    def test_of_another_table_all_rows_are_used(self) -> None:
        other = {name: np.asarray(values)[:7] for name, values in a_table().items()}
        rows = class_rows(model(), other)
        assert (rows.noun, len(rows.true)) == ("row", 7)
        assert rows.probabilities == pytest.approx(model().probabilities(other), rel=1e-12)

    def test_inputs_and_targets_may_be_a_pair(self) -> None:
        table = a_table()
        X = np.column_stack([table["x"], table["w"]])
        assert class_rows(model(), (X[:9], table["kind"][:9])).label == "9 rows"

    def test_a_table_and_the_labels_as_another_argument_are_refused(self) -> None:
        table = a_table()
        inputs = {"x": table["x"], "w": table["w"]}
        with pytest.raises(sn.InvalidInput, match=r"not 'kind', .* or a pair \(X, y\)"):
            sn.plots.roc(model(), inputs, table["kind"])
        with pytest.raises(sn.InvalidInput, match="ax must be Axes of matplotlib, but ndarray"):
            sn.plots.roc(model(), table, table["kind"])

    @pytest.mark.parametrize("name", ["classes", "weights"])
    def test_arguments_for_arrays_are_refused(self, name) -> None:
        with pytest.raises(sn.InvalidInput, match=f"but {name} was given with a model; omit it"):
            class_rows(model(), a_table(), **{name: ["a", "b"]})

    def test_a_model_of_numbers_is_refused(self) -> None:
        numbers = sn.fit({"x": [1.0, 2.0, 4.0], "y": [1.5, 2.0, 3.0]}, "y", hidden=0, decay=0.0)
        with pytest.raises(sn.InvalidInput, match="needs a model that predicts classes"):
            class_rows(numbers, {"x": [1.0], "y": [1.0]})


def _log_loss(rows) -> float:
    own = rows.probabilities[np.arange(len(rows.true)), rows.true]
    return float(-np.average(np.log(own), weights=rows.weights))
