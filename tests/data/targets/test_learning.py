"""Targets: decode undoes encode, labels keep their types, and error messages."""

from __future__ import annotations

import copy
import pickle
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from sheernet import activations, costs
from sheernet.data.targets import (
    TASKS,
    ClassTarget,
    NumberTargets,
    learn_targets,
    notices_of_counts,
)
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit

CLASSES = {
    "two texts": ("no", "yes"),
    "three texts": ("", "a", "b"),
    "truth values": (False, True),
    "whole numbers": (0, 1, 7),
    "two whole numbers": (0, 1),
    "numbers": (0.5, 1.0, 2.5),
}


def learn(table, *names, rows=None, **options):
    table = sn.read_table(pd.DataFrame(table))
    rows = np.arange(len(table)) if rows is None else np.array(rows)
    return learn_targets(table, names or table.columns, rows, **options)


class TestNumbers:
    @settings(max_examples=30)
    @given(
        seed=st.integers(0, 99),
        k=st.integers(1, 3),
        scaling=st.sampled_from(["standardize", "minmax", "none"]),
    )
    def test_decode_undoes_encode(self, seed, k, scaling):
        y = np.random.default_rng(seed).normal(5, 3, (9, k))
        table = sn.read_table(pd.DataFrame(y, columns=[f"y{j}" for j in range(k)]))
        targets, _ = learn(table.frame, scaling=scaling)
        truth = targets.truth(table)
        np.testing.assert_array_equal(truth, y)
        back = targets.decode(targets.encode(truth))
        assert back.shape == ((9,) if k == 1 else (9, k))
        np.testing.assert_allclose(back.reshape(9, k), y, rtol=1e-13)

    def test_scaling_and_range_are_those_of_the_training_rows(self):
        y = np.arange(12.0).reshape(6, 2) ** 2
        targets, _ = learn({"a": y[:, 0], "b": y[:, 1]}, rows=[0, 2, 3], weights=[1.0, 2.0, 0.0])
        scaler = sn.preprocessing.Scaler.standardize(y[[0, 2]], [1.0, 2.0])
        assert targets == NumberTargets(
            ("a", "b"), tuple(scaler.shift), tuple(scaler.scale), (0.0, 1.0), (16.0, 25.0)
        )

    def test_judge_is_in_the_units_of_the_column(self):
        targets = NumberTargets(("y",), (50.0,), (10.0,), (0.0,), (100.0,))
        outputs, truth = np.array([[0.0], [1.0], [2.0]]), np.array([[50.0], [60.0], [80.0]])
        fit = targets.judge(outputs, truth, [1.0, 1.0, 2.0])
        assert fit == RegressionFit.of(np.array([[50.0], [60.0], [70.0]]), truth, [1.0, 1.0, 2.0])

    def test_what_a_network_needs_to_know(self):
        targets = NumberTargets(("a", "b"), (0.0,) * 2, (1.0,) * 2, (0.0,) * 2, (1.0,) * 2)
        assert (targets.task, targets.n_outputs, targets.output_names) == (
            "regression",
            2,
            ("a", "b"),
        )
        assert costs.get(targets.default_cost).allows(activations.get(targets.output))

    def test_truth_values_are_1_and_0_under_regression(self):
        targets, notices = learn({"y": [True, False, True]}, task="regression")
        assert (targets.lowest, targets.highest, notices) == ((0.0,), (1.0,), ())

    @pytest.mark.parametrize(
        ("table", "words"),
        [
            ({"z": [1.0]}, "the model needs column 'y', which the table"),
            ({"y": [1.0, None, None]}, r"1 column: 'y' \(2 values, the first in data row 2\); targets are never"),
            ({"y": [1.0, np.inf]}, "column 'y' of the table must hold finite numbers, but data row 2 has inf"),
            ({"y": ["1", "x"]}, "column 'y' of the table must hold numbers, but data row 2 has 'x'; .*was fitted to"),
        ],
    )  # fmt: skip
    def test_invalid_truth(self, table, words):
        targets = NumberTargets(("y",), (0.0,), (1.0,), (0.0,), (1.0,))
        with pytest.raises(sn.InvalidInput, match=words):
            targets.truth(sn.read_table(table))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"names": ()}, r"names of targets must be a list of at least one text, but are \(\)"),
            (
                {"names": (1,)},
                r"names of targets must be a list of at least one text, but are \(1,\)",
            ),
            ({"names": ("y", "y")}, "names of targets must be distinct, but are 'y' and 'y'"),
            (
                {"shift": (0.0, 1.0)},
                "shift of the targets must have 1 number, as many as names, but is",
            ),
            ({"shift": 0.0}, "shift of the targets must have 1 number"),
            ({"scale": (0.0,)}, "scale of a target must be positive, but is 0.0"),
            ({"scale": ("1",)}, "scale of a target must be a number, but is '1'"),
            ({"lowest": (float("nan"),)}, "lowest of a target must be finite, but is nan"),
            (
                {"lowest": (2.0,)},
                "lowest of target 'y' must not be above highest, but they are 2.0 and 1.0",
            ),
        ],
    )
    def test_a_constructor_refuses(self, change, words):
        good = {
            "names": ("y",),
            "shift": (0.0,),
            "scale": (1.0,),
            "lowest": (0.0,),
            "highest": (1.0,),
        }
        assert NumberTargets(**good).n_outputs == 1
        with pytest.raises(sn.InvalidInput, match=words):
            NumberTargets(**(good | change))


@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
class TestEveryClassTarget:
    @settings(max_examples=20)
    @given(data=st.data())
    def test_decode_undoes_encode_and_types_are_kept(self, classes, data):
        labels = data.draw(st.lists(st.sampled_from(classes), min_size=1, max_size=20))
        target = ClassTarget("y", classes)
        truth = target.truth(sn.read_table({"y": labels}))
        assert truth.dtype == object
        for found in (truth, target.decode(target.encode(truth))):
            assert found.tolist() == labels
            assert set(map(type, found)) == {type(classes[0])}
        np.testing.assert_array_equal(
            target.class_indices(truth), [classes.index(label) for label in labels]
        )

    def test_learned_from_a_table(self, classes):
        table = {"y": list(classes) * 3}
        target, notices = learn(table, task="classification")
        assert (target, notices) == (ClassTarget("y", classes), ())
        assert list(map(type, target.classes)) == list(map(type, classes))

    def test_outputs_and_cost_go_together(self, classes):
        target = ClassTarget("y", classes)
        assert (
            target.n_outputs
            == (1 if len(classes) == 2 else len(classes))
            == len(target.output_names)
        )
        assert costs.get(target.default_cost).allows(activations.get(target.output))
        assert target.task == "classification"

    def test_probabilities_are_of_each_class_in_order(self, classes):
        target = ClassTarget("y", classes)
        outputs = np.full((4, target.n_outputs), 1 / len(classes))
        np.testing.assert_allclose(
            target.probabilities(outputs), np.full((4, len(classes)), 1 / len(classes))
        )

    def test_judge_compares_probabilities_with_codes(self, classes):
        target = ClassTarget("y", classes)
        labels = [classes[0], classes[-1], classes[-1]]
        outputs = target.encode(target.truth(sn.read_table({"y": labels})))
        outputs = 0.8 * outputs + 0.2 / len(classes)
        codes = [0, len(classes) - 1, len(classes) - 1]
        expected = ClassificationFit.of(target.probabilities(outputs), np.array(codes), [1, 2, 0])
        assert target.judge(outputs, np.array(labels, dtype=object), [1, 2, 0]) == expected
        assert expected.accuracy == 1.0

    @pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
    def test_a_copy_is_equal(self, classes, twin_of):
        assert twin_of(ClassTarget("y", classes)) == ClassTarget("y", classes)


class TestClasses:
    def test_of_two_the_second_from_a_half_on(self):
        target = ClassTarget("y", ("a", "b"))
        assert target.decode([[0.5], [np.nextafter(0.5, 0)]]).tolist() == ["b", "a"]

    def test_the_encoding_is_1_for_the_second_of_two_or_for_the_class(self):
        np.testing.assert_array_equal(ClassTarget("y", ("a", "b")).encode(["b", "a"]), [[1], [0]])
        np.testing.assert_array_equal(
            ClassTarget("y", (1, 2, 3)).encode([3, 1]), [[0, 0, 1], [1, 0, 0]]
        )

    def test_names_of_outputs_are_those_of_the_probabilities(self):
        assert ClassTarget("y", ("a", "b")).output_names == ("y=b",)
        assert ClassTarget("y", (1, 2, 3)).output_names == ("y=1", "y=2", "y=3")

    @pytest.mark.parametrize(
        ("classes", "label"),
        [((0, 1), True), ((False, True), 1), ((0, 1, 2), 1.0), (("0", "1"), 1)],
    )
    def test_labels_of_another_type_are_refused(self, classes, label):
        with pytest.raises(
            sn.InvalidInput, match=f"a label of target 'y' must be one of .*, but is {label}"
        ):
            ClassTarget("y", classes).encode(np.array([label], dtype=object))

    def test_arrays_of_numpy_types_are_labels(self):
        assert ClassTarget("y", (0, 1)).class_indices(np.array([1, 0])).tolist() == [1, 0]
        assert ClassTarget("y", ("a", "b")).class_indices(np.array(["b"])).tolist() == [1]

    @pytest.mark.parametrize(
        ("classes", "values", "expected"),
        [
            ((False, True), [1, 0], [True, False]),
            ((0, 1), [True, False], [1, 0]),
            ((1, 2, 3), [2.0, 3.0], [2, 3]),
            (("1", "2"), [2, 1], ["2", "1"]),
        ],
    )
    def test_a_table_may_say_the_same_in_another_way(self, classes, values, expected):
        truth = ClassTarget("y", classes).truth(sn.read_table({"y": values}))
        assert truth.tolist() == expected
        assert set(map(type, truth)) == {type(classes[0])}

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (["a", "x"], "the table has 'x' in data row 2, which is not one of the model's classes: 'a' and 'b'"),
            ([1, 2], "target 'y' of the table has '1' in data row 1, which is not one"),
            (["a", None], r"missing values in 1 column: 'y' \(1 value, in data row 2\); targets are never"),
            ([None, None], r"the table has missing values in 1 column: 'y' \(2 values"),
            ([[1], [2]], "column 'y' of the table must hold text, but data row 1 has .*write one number or text"),
        ],
    )  # fmt: skip
    def test_truth_that_is_not_a_class(self, values, words):
        with pytest.raises(sn.InvalidInput, match=words):
            ClassTarget("y", ("a", "b")).truth(sn.read_table(pd.DataFrame({"y": values})))

    def test_text_if_classes_are_numbers(self):
        with pytest.raises(
            sn.InvalidInput,
            match="has 'x' in data row 1, which is not one of the model's classes: 1 and 2",
        ):
            ClassTarget("y", (1, 2)).truth(sn.read_table({"y": ["x", "1"]}))

    def test_outputs_of_another_network(self):
        with pytest.raises(
            sn.ShapeMismatch, match="outputs have 3 columns, but target 'y' has 1 output"
        ):
            ClassTarget("y", ("a", "b")).decode(np.ones((2, 3)))

    def test_a_matrix_of_labels(self):
        with pytest.raises(
            sn.ShapeMismatch, match=r"labels must be a vector, but their shape is \(1, 1\)"
        ):
            ClassTarget("y", ("a", "b")).class_indices([["a"]])

    @pytest.mark.parametrize(
        ("classes", "words"),
        [
            (("a",), "must be a list of at least two labels"),
            ("ab", "must be a list of at least two labels, but are 'ab'"),
            (("a", 1), "must be all text, all Booleans or all numbers"),
            ((True, 2), "must be all text, all Booleans or all numbers"),
            ((0, None), "must be all text, all Booleans or all numbers"),
            ((0.0, float("nan")), "a class must be finite, but is nan"),
            ((0, 10**400), "a class must be finite"),
            (("b", "a", "b"), "must be distinct, but"),
            ((2, 1), "must be distinct and sorted"),
            ((1, 1), "must be distinct and sorted"),
        ],
    )
    def test_a_constructor_refuses(self, classes, words):
        with pytest.raises(sn.InvalidInput, match=words):
            ClassTarget("y", classes)

    def test_a_constructor_refuses_a_name(self):
        with pytest.raises(sn.InvalidInput, match="names of targets must be a list"):
            ClassTarget(1, ("a", "b"))

    def test_a_whole_number_among_others_is_float(self):
        assert list(map(type, ClassTarget("y", (1, 2.5)).classes)) == [float, float]


class TestTask:
    @pytest.mark.parametrize(
        ("values", "task"),
        [
            ([1.0, 2.5, 3.0], "regression"),
            ([1, 2, 3], "regression"),
            ([True, False, True], "classification"),
            (["a", "b", "a"], "classification"),
        ],
    )
    def test_of_a_column(self, values, task):
        assert learn({"y": values})[0].task == task

    @pytest.mark.parametrize("n", [2, 3, 5])
    def test_one_notice_about_one_hot_targets(self, n):
        y = np.eye(n)[np.arange(4 * n) % n]
        table = sn.read_table(pd.DataFrame(y, columns=[f"t{k + 1}" for k in range(n)]))
        (notice,) = learn_targets(table, table.columns, np.arange(4 * n))[1]
        assert notice.startswith("targets 't1'")
        assert notice.endswith(
            "if each is a class, write the classes into one column, such as numpy.argmax(y, axis=1), or vec2ind(t) in "
            "MATLAB, and fit to it with task='classification'"
        )

    @pytest.mark.parametrize(
        ("dtype", "task"),
        [(float, "classification"), (bool, "auto"), (bool, "classification")],
    )
    def test_one_hot_targets_of_classes_are_refused_with_the_way_to_one_column(self, dtype, task):
        y = np.eye(3, dtype=dtype)[np.arange(12) % 3]
        table = sn.read_table(pd.DataFrame(y, columns=["t1", "t2", "t3"]))
        with pytest.raises(
            sn.InvalidInput, match=r"exactly one of 't1', 't2' and 't3' is 1 or true.*argmax"
        ):
            learn_targets(table, table.columns, np.arange(12), task=task)

    def test_targets_of_0_and_1_that_are_not_one_hot_have_a_notice_each(self):
        table = sn.read_table({"a": [0, 1, 1, 0], "b": [1, 1, 0, 0]})
        assert len(learn_targets(table, ("a", "b"), np.arange(4))[1]) == 2

    def test_few_whole_numbers_give_a_notice(self):
        (notice,) = learn({"y": [1, 2, 3, 1]})[1]
        assert notice == (
            "target 'y' has 3 distinct whole numbers and is treated as a number; if they are codes of classes, fit "
            "with task='classification'"
        )
        assert learn({"y": [1, 2, 3, 1]}, task="regression")[1] == ()
        several = learn({"y": [1, 2, 3, 1], "z": [0.5, 1.0, 2.0, 3.0]})[1]
        assert [line.partition("classes, ")[2] for line in several] == [
            "fit to that target alone with task='classification'"
        ]
        assert learn({"y": range(11)})[1] == ()
        assert len(learn({"y": range(10)})[1]) == 1
        assert learn({"y": [1.0, 2.5, 1.0]})[1] == ()

    def test_text_among_numbers_is_classes_on_request(self):
        target, _ = learn({"y": ["1", "2", "x", "1"]}, task="classification")
        assert target.classes == ("1", "2", "x")

    def test_labels_of_rows_that_do_not_train_are_classes(self):
        assert learn({"y": ["a", "b", "c", "a"]}, rows=[0, 1, 3])[0].classes == ("a", "b", "c")

    def test_known_tasks(self):
        assert TASKS == ("auto", "regression", "classification")

    @pytest.mark.parametrize(
        ("table", "options", "words"),
        [
            ({"y": [1.0, 2.0]}, {"task": "clasification"}, "did you mean 'classification'"),
            ({"y": [1.0, 2.0]}, {"scaling": "x"}, "scaling 'x' is not recognized"),
            ({"y": ["a", "b", "a"]}, {"task": "regression"}, "numbers for regression, but data row 1 has 'a'"),
            ({"y": ["1", "2", "x"]}, {}, "the target 'y' of the table holds numbers, but data row 3 has 'x'"),
            ({"y": ["1", "2", "x"]}, {"task": "regression"}, "the cell, .*, or treat the values as classes with "),
            ({"y": pd.to_datetime(["2024-01-01"] * 2)}, {}, "must hold numbers or text, but holds dates; convert"),
            ({"y": [None, None]}, {}, "must hold numbers or text, but holds no values; name a column that has values"),
            ({"y": [[1], [2]]}, {}, "but holds values that are not all numbers, .*; write one number or text"),
            ({"y": [1.0, 2j]}, {}, "but holds values that are not all numbers"),
            ({"y": [1.0, b"2"]}, {}, "but holds values that are not all numbers, .*"),
            ({"y": [1.0]}, {}, "at least 2 training rows, but the table has 1 row to train on"),
            ({"y": [1.0, 2.0]}, {"weights": [1.0, 0.0]}, "at least 2 training rows, but the table has 1"),
            ({"y": [1.0, 2.0]}, {"rows": []}, "has 0 rows to train on"),
            ({"y": [2.5, 2.5]}, {}, "target 'y' of the table is 2.5 in all 2 training rows"),
            ({"y": [2.5, 2.5, 1.0]}, {"rows": [0, 1]}, "is 2.5 in all 2 training rows"),
            ({"y": ["a", "a"]}, {}, "target 'y' of the table has 'a' in all training rows"),
            ({"y": [True, True]}, {}, "has True in all training rows"),
            ({"y": ["a", "a", "b"]}, {"rows": [0, 1]}, "has 'a' in all training rows"),
            ({"y": ["a", "b", "c"]}, {}, "has a different value in each of its 3 rows, so .*; name another target"),
            ({"y": [1.0, 2.0, 3.0]}, {"task": "classification"}, "has a different value in each of its 3 rows"),
            ({"y": [1.0, np.inf, 1.0]}, {"task": "classification"}, "has infinite values, which cannot be classes"),
            ({"y": [None, 1.0, 2.0, None]}, {"rows": [1, 3]}, r"'y' \(2 values, the first in data row 1\); targets"),
            ({"y": [0.0, 1.0, np.inf]}, {}, "must hold finite numbers, but data row 3 has inf"),
            ({"y": [1.0, 2.0], "z": ["a", "b"]}, {}, "all must be numbers, but 'z' is a class target"),
            ({"y": [1, 2], "z": [1, 2]}, {"task": "classification"}, "all must be numbers, but 'y' is a class"),
        ],
    )  # fmt: skip
    def test_a_column_that_cannot_be_a_target(self, table, options, words):
        with pytest.raises(sn.InvalidInput, match=words):
            learn(table, **options)

    def test_no_target_and_an_unknown_one(self):
        table = sn.read_table({"score": [1.0, 2.0]})
        with pytest.raises(sn.InvalidInput, match="no target column is named"):
            learn_targets(table, (), np.arange(2))
        with pytest.raises(
            sn.InvalidInput, match="no column 'scor': its columns are score; did you mean 'score'"
        ):
            learn_targets(table, ("scor",), np.arange(2))


class TestCounts:
    """A notice names the output of counts for whole numbers that are small and skewed, and for no others."""

    RNG = np.random.default_rng(0)
    COLUMNS: ClassVar[dict[str, Any]] = {
        "poisson": RNG.poisson(2.0, 200),
        "geometric": RNG.geometric(0.2, 200),
        "normal": np.rint(RNG.normal(20, 5, 200)),
        "signed": RNG.poisson(2.0, 200) - 3,
        "fractions": RNG.poisson(2.0, 200) / 2,
        "years": RNG.geometric(0.3, 200) + 1990,
        "identifiers": np.arange(200) ** 2,
        "flags": RNG.integers(0, 2, 200),
    }

    def test_are_named_with_the_output_for_them(self) -> None:
        columns = {name: np.asarray(column, dtype=float) for name, column in self.COLUMNS.items()}
        table = sn.read_table(columns)
        targets, _ = learn_targets(table, tuple(columns), np.arange(200))
        assert isinstance(targets, NumberTargets)
        notices = notices_of_counts(targets, targets.truth(table))
        assert [notice.split("'")[1] for notice in notices] == ["poisson", "geometric"]
        for notice in notices:
            assert "output_activation='exp'" in notice
            assert "with cost='poisson' and decay='cv' too" in notice
        few = targets.truth(table)[:20]
        assert notices_of_counts(targets, few) == ()
        assert notices_of_counts(targets, np.full((200, len(columns)), 1e308)) == ()  # no overflow

    def test_are_named_in_a_fit_unless_the_output_is_given(self) -> None:
        table = {"x": np.linspace(0, 1, 200), "n": self.COLUMNS["geometric"]}
        options: dict[str, Any] = {"hidden": 0, "decay": 0.0, "starts": 1}
        with pytest.warns(
            sn.SheernetWarning, match=r"whole numbers from \d+ to \d+, of which most"
        ):
            sn.fit(table, "n", **options)
        with pytest.warns(sn.SheernetWarning, match="vary more around their predictions"):
            model = sn.fit(table, "n", output_activation="exp", cost="poisson", **options)
        assert not any("of which most" in notice for notice in model.notices)
