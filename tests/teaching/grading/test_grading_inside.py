"""As test_grading.py, by names that are not published."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching import grade, lesson_cells, lesson_notebooks
from sheernet.teaching.faults.notebook_source import SOURCE, STYLES, in_style, right_names
from sheernet.teaching.grading.grader import GRADERS, LESSONS
from sheernet.teaching.grading.learner_file import names_of_file
from sheernet.teaching.grading.own_network import NAMES
from teaching.grading.answers import CHANGES, VIDEOS, changed, network_class
from teaching.grading.test_grading import _write_notebook

LESSON_OF = {part: lesson for lesson, parts in LESSONS.items() for part in parts}


NAME_OF = {name: part for part, names in NAMES.items() for name in names}


UNKNOWN = {"unknown", "layer"}
"""What a mistake is called that has no name."""


NAMED = {
    "sign": "sign",
    "factor 2": "factor",
    "factor 1/2": "factor",
    "averaged twice": "factor",
    "summed": "factor",
    "last sample left out": "last sample left out",
    "stale forward": "stale forward",
    "f' left out at the output": "output slope",
    "f' at y_hat": "slope argument",
    "squared_error with f' twice": "squared_error with f' twice",
    "error left out": "error left out",
    "f' left out": "f' left out",
    "f' at the activation": "slope argument",
    "hidden sign": "block factor",
    "hidden deltas halved": "block factor",
    "weights left out": "weights left out",
    "delta_3 left out": "delta_3 left out",
    "sigmoid' is a": "sigmoid",
    "sigmoid' of a": "slope argument",
    "activation before f": "activation before f",
    "block doubled": "block factor",
    "first weights transposed": "transposed",
    "shape transposed": "transposed",
    "first layer detached": "zero",
    "inputs left out": "inputs left out",
    "last row zero": "entry",
    "last column zero": "zero",
    "rows shifted": "rows shifted",
    "one entry zero": "entry",
    "sign of one entry": "entry",
    "one entry off by 1 %": "entry",
    "returned in the wrong order": "order",
    "gradient not returned": "missing return",
    "gradient joined": "shape",
    "gradient not summed": "shape",
    "output without sigmoid": "activation",
    "hidden layer without sigmoid": "activation",
    "tanh in the hidden layer": "activation",
    "prediction not returned": "missing return",
    "prediction in a tuple": "tuple",
    "prediction transposed": "transposed",
    "prediction of one sample": "shape",
    "stale z": "stale",
    "cost is a vector": "vector",
    "cost is a mean": "mean",
    "half missing": "half missing",
    "mean without half": "mean without half",
    "cost with a wrong sign": "sign",
    "errors not squared": "not squared",
    "square of the sum": "square of the sum",
    "root of the cost": "root",
    "cost not returned": "missing return",
    "cost of a stale prediction": "stale",
    "parameters in the wrong order": "order",
    "parameters not joined": "tuple",
    "parameters without W_2": "shape",
    "parameters transposed": "transposed",
    "parameters not set": "not set",
    "parameters not reshaped": "shape",
    "wrong slice": "numbers",
    "gradient in the wrong order": "block order",
    "gradients not joined": "tuple",
    "gradient raveled by columns": "transposed",
    "factor 2 of the step missing": "factor",
    "difference to one side": "one-sided",
    "step not reset": "not reset",
    "weights not restored": "not restored",
    "numerical sign": "sign",
    "step too large": "step",
    "step too small": "step",
    "one weight missing": "zero",
    "numerical gradient not returned": "missing return",
    "optimum not set": "not set",
    "stopped early": "stopped early",
    "weights not passed on": "not trained",
    "costs not recorded": "no record",
}
"""The name of the mistake of each class fault."""


class TestRightAnswers:
    @pytest.mark.parametrize("style", STYLES)
    def test_get_full_marks_in_both_styles(self, style) -> None:
        result = grade(right_names(style)[in_style("NeuralNetwork", style)])
        assert (result.right, result.score, result.mistakes) == (True, 1.0, {})
        assert [mark.part for mark in result.marks] == [
            "__init__",
            *(in_style(p, style) for p in GRADERS),
        ]

    @pytest.mark.parametrize("lesson", [2, 3, 4, 5, 6])
    def test_need_only_the_parts_of_their_lesson(self, lesson) -> None:
        result = grade(network_class(VIDEOS), lesson)
        n_parts = sum(len(parts) for number, parts in LESSONS.items() if number <= lesson)
        assert result.right
        assert len(result.marks) == 1 + n_parts

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("(2, 3)", "(4, 2)"),
            (
                "self.y_hat = self.forward(X)\n",
                "self.y_hat = self.forward(X)\n        z_2 = self.z_2\n",
            ),
            ("(self.W_1.ravel(), self.W_2.ravel())", "(self.W_1.ravel('C'), self.W_2.ravel('C'))"),
            ("return dJ_dW_1, dJ_dW_2", "return [dJ_dW_1, dJ_dW_2]"),
            ("return 0.5 * np.sum(error**2)", "return 0.5 * sum(error**2)[0]"),
            ("self.z_2 = X @ self.W_1\n", "print(X)\n        self.z_2 = X @ self.W_1\n"),
            ("epsilon = 1e-4", "epsilon = 1e-5"),
        ],
    )
    def test_may_differ_in_what_does_not_matter(self, old, new) -> None:
        assert SOURCE.count(old) == 1
        source = SOURCE.replace(old, new)
        if old == "(2, 3)":
            source = source.replace("(3, 1)", "(2, 3)")
        assert grade(_class_of(source), 5).right

    def test_may_have_another_order_of_parameters_everywhere(self) -> None:
        source = SOURCE.replace(
            "(self.W_1.ravel(), self.W_2.ravel())", "(self.W_2.ravel(), self.W_1.ravel())"
        ).replace("(dJ_dW_1.ravel(), dJ_dW_2.ravel())", "(dJ_dW_2.ravel(), dJ_dW_1.ravel())")
        head, tail = source.split("    def set_params(self, params):\n")
        _, tail = tail.split("    def compute_gradients")
        own = (
            "    def set_params(self, params):\n"
            "        self.W_2 = params[: self.W_2.size].reshape(self.W_2.shape)\n"
            "        self.W_1 = params[self.W_2.size :].reshape(self.W_1.shape)\n\n"
        )
        assert grade(_class_of(f"{head}{own}    def compute_gradients{tail}"), 5).right

    @pytest.mark.parametrize(
        ("first", "second"),
        [("(4, 2)", "(2, 3)"), ("(3, 3)", "(3, 3)"), ("(1, 1)", "(1, 1)"), ("(2, 3)", "(3, 3)")],
    )
    def test_may_have_any_size(self, first, second) -> None:
        result = grade(_class_of(SOURCE.replace("(2, 3)", first).replace("(3, 1)", second)))
        assert result.right, str(result)

    def test_may_take_the_slope_as_a_function_of_the_activation(self) -> None:
        source = SOURCE.replace("sigmoid(z) * (1.0 - sigmoid(z))", "z * (1.0 - z)")
        right = source.replace("prime(self.z_3)", "prime(self.y_hat)").replace(
            "prime(self.z_2)", "prime(self.a_2)"
        )
        assert grade(_class_of(right), 5).right
        assert grade(_class_of(source), 4).mistakes == {"sigmoid_prime": "slope argument"}

    def test_objects_are_graded_and_not_changed(self) -> None:
        network = right_names()["NeuralNetwork"](3)
        before = copy.deepcopy(vars(network))
        assert grade(network, 5).right
        assert list(vars(network)) == list(before)
        assert all(np.array_equal(vars(network)[name], value) for name, value in before.items())


class TestWrongAnswers:
    def test_there_are_many_of_every_part_and_most_are_named(self) -> None:
        assert set(NAMED) == set(sn.faults.NOTEBOOK)
        parts = {fault.part for fault in sn.faults.NOTEBOOK.values()}
        assert parts == set(GRADERS)
        named = [allowed for *_, allowed in CHANGES.values() if not allowed & UNKNOWN]
        assert len(CHANGES) >= 50
        assert len(named) >= 40

    @pytest.mark.parametrize("name", NAMED)
    def test_in_the_notebook_s_class_are_found_and_named(self, name) -> None:
        fault = sn.faults.NOTEBOOK[name]
        style = STYLES[list(NAMED).index(name) % 2]
        own = fault.names(style)[in_style("NeuralNetwork", style)]
        result = grade(own, LESSON_OF[fault.part])
        assert result.mistakes == {in_style(fault.part, style): NAMED[name]}
        (mark,) = (mark for mark in result.marks if not mark.right)
        assert mark.sentence
        assert mark.hint

    @pytest.mark.parametrize("name", CHANGES)
    def test_in_the_videos_class_are_found_and_never_named_wrongly(self, name) -> None:
        _, _, part, allowed = CHANGES[name]
        lesson = max(5, LESSON_OF[NAME_OF[part]])  # the later parts are not blamed
        result = grade(network_class(changed(name)), lesson, seconds=0.5)
        assert list(result.mistakes) == [part]
        assert result.mistakes[part] in allowed

    @pytest.mark.parametrize(
        ("name", "mistake"),
        [("last row zero", "line"), ("last column zero", "line"), ("f' left out at the output", "output slope"),
         ("stale forward", "stale forward"), ("block doubled", "block factor"), ("sign", "sign")],
    )  # fmt: skip
    def test_with_several_outputs_are_named_as_well(self, name, mistake) -> None:
        source = sn.faults.NOTEBOOK[name].source().replace("(3, 1)", "(3, 3)")
        assert grade(_class_of(source), 4).mistakes == {"cost_function_prime": mistake}
        fewer = source.replace("(2, 3)", "(4, 2)").replace("(3, 3)", "(2, 3)")
        assert grade(_class_of(fewer), 4).mistakes == {"cost_function_prime": mistake}

    @pytest.mark.parametrize(
        ("part", "answer"),
        [("cost_function", "return np.zeros(0)"), ("cost_function", "return 'small'"),
         ("cost_function", "return np.nan"), ("cost_function", "return {}"), ("cost_function", "return 1j"),
         ("forward", "return X[:0]"), ("forward", "return 'high'"), ("forward", "return np.nan * X[:, :1]"),
         ("forward", "return X[:, 0]"), ("forward", "return object()"),
         ("cost_function_prime", "return 1, 2"), ("cost_function_prime", "return None, None"),
         ("cost_function_prime", "return 'up', 'down'"), ("cost_function_prime", "return np.nan * self.W_1, self.W_2"),
         ("cost_function_prime", "return X.T @ X @ self.W_1, self.W_2 / 0"),
         ("get_params", "return {}"), ("get_params", "return np.zeros(9)"), ("set_params", "del self.W_1"),
         ("set_params", "self.W_1 = None"), ("compute_gradients", "return np.full(9, np.inf)"),
         ("compute_gradients", "return ['a'] * 9"), ("compute_numerical_gradient", "return np.full(9, np.nan)")],
    )  # fmt: skip
    def test_of_any_kind_get_a_mark(self, part, answer) -> None:
        head = re.search(rf"^( *)def {part}\(.*\):\n", SOURCE, re.MULTILINE)
        body = f"{head[1]}    {answer}\n"
        source = SOURCE[: head.end()] + body + SOURCE[head.end() :]
        assert list(grade(_class_of(source), 5).mistakes) == [part]


class TestMissingParts:
    @pytest.mark.parametrize("lesson", [None, 6])
    @pytest.mark.parametrize(
        ("part", "written"),
        [("getParams", "get_Params"), ("setParams", "setParms"), ("costFunctionPrime", "costFunctionprime"),
         ("computeGradients", "compute_gradient"), ("computeNumericalGradient", "computeNumericGradient"),
         ("trainer", "Trayner")],
    )  # fmt: skip
    def test_that_are_misspelled_are_named_and_no_other_is_blamed(
        self, lesson, part, written
    ) -> None:
        own = network_class(re.sub(rf"\b(def|class) {part}\b", rf"\1 {written}", VIDEOS))
        result = grade(own, lesson)
        assert result.mistakes == {part: "missing"}
        (mark,) = (mark for mark in result.marks if not mark.right)
        assert f"but {written} is" in mark.sentence

    @pytest.mark.parametrize(("lesson", "demanded"), [(4, True), (5, True), (6, False), (7, False)])
    def test_a_gradient_in_one_piece_needs_none_by_layers_from_lesson_6_on(
        self, lesson, demanded
    ) -> None:
        source = SOURCE.replace("def cost_function_prime", "def _by_layers")
        source = source.replace("self.cost_function_prime", "self._by_layers")
        found = grade(_class_of(source), lesson).mistakes.get("cost_function_prime")
        assert found == ("missing" if demanded else None)

    @pytest.mark.parametrize(
        ("old", "new", "mistake"),
        [
            ("self.W_1 = rng", "self.first = rng", "no weights"),
            ("(3, 1)", "(2, 1)", "shape"),
            ("seed=None", "seed", "type"),
            ("rng = np.random.default_rng(seed)", "rng = np.random.default(seed)", "name"),
            ("        self.W_1 = rng.random((2, 3))\n        self.W_2 = rng.random((3, 1))\n",
             "        self.W_1 = np.ones((2, 3))\n        self.W_2 = np.ones((3, 1))\n", "equal weights"),
        ],
    )  # fmt: skip
    def test_a_network_without_weights_gets_one_mark(self, old, new, mistake) -> None:
        assert SOURCE.count(old) == 1
        assert grade(_class_of(SOURCE.replace(old, new))).mistakes == {"__init__": mistake}


class TestNotebooks:
    @pytest.mark.parametrize(("number", "n_parts"), [(2, 2), (4, 5), (5, 9), (6, 8), (7, 7)])
    def test_with_solutions_get_full_marks_and_blank_ones_none(
        self, number: int, n_parts: int, tmp_path: Path
    ) -> None:
        """Each lesson has a copy of the network, because it stands alone; `grade` agrees with all of them."""
        lesson = lesson_cells.lesson(number)
        path = lesson_notebooks.write(lesson, tmp_path)
        result = grade(path, number)
        assert result.right, str(result)
        assert result.name == ("PenalizedNetwork" if number == 7 else "NeuralNetwork")
        assert len(result.marks) == n_parts
        assert grade(path).right
        lesson_notebooks.write(lesson, tmp_path, blank=True, overwrite=True)
        assert not grade(path, number).right

    def test_lines_of_an_expression_may_begin_as_commands_do(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.ipynb"
        _write_notebook(path, ['def told(n):\n    return (\n        "%d"\n        % n\n    )'])
        assert names_of_file(path)["told"](3) == "3"


class TestRefusals:
    @pytest.mark.parametrize("lesson", [0, 1, 9, "4"])
    def test_of_an_unknown_lesson(self, lesson) -> None:
        with pytest.raises(sn.InvalidInput, match="lesson must be 2, 3, 4, 5, 6 or 7, but"):
            grade(network_class(VIDEOS), lesson)


def _class_of(source: str) -> type:
    space: dict[str, object] = {"__name__": "answer"}
    exec(compile(source, "<answer>", "exec"), space)
    own = space["NeuralNetwork"]
    assert isinstance(own, type)
    return own
