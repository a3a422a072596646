"""The answer key: right answers get full marks; each wrong answer is found, named rightly, and in one part only."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching import grade
from teaching.grading.answers import VIDEOS, changed, network_class


class TestRightAnswers:
    def test_get_full_marks_as_the_videos_write_them(self) -> None:
        result = grade(network_class(VIDEOS))
        assert result.right, str(result)
        assert len(result.marks) == 10


class TestWrongAnswers:
    def test_two_mistakes_are_two_and_later_parts_are_right(self) -> None:
        source = changed("half forgotten").replace("return self.sigmoid(self.z3)", "return self.z3")
        source = source.replace("return np.exp(-z) / (", "return 2 * np.exp(-z) / (")
        mistakes = grade(network_class(source), 6).mistakes
        assert mistakes == {
            "forward": "activation", "costFunction": "half missing", "sigmoidPrime": "unknown",
        }  # fmt: skip

    def test_hints_do_not_show_the_right_line(self) -> None:
        for fault in sn.faults.NOTEBOOK.values():
            assert fault.old.strip() not in fault.hint
            assert "self." not in fault.hint


class TestMissingParts:
    def test_are_wrong_in_a_lesson_and_left_out_without_one(self) -> None:
        own = network_class(VIDEOS.split("    def getParams")[0])
        assert set(grade(own, 5).mistakes.values()) == {"missing"}
        assert grade(own, 4).not_graded == ()
        result = grade(own)
        assert (result.right, len(result.marks)) == (True, 5)
        absent = (
            "getParams",
            "setParams",
            "computeGradients",
            "computeNumericalGradient",
            "trainer",
        )
        assert result.not_graded == absent
        last = " ".join(str(result).splitlines()[-2:])
        assert " ".join(last.split()).endswith("computeNumericalGradient and trainer.")

    def test_a_setter_needs_its_getter(self) -> None:
        source = VIDEOS.replace("def getParams", "def unrelated")
        assert grade(network_class(source)).mistakes == {"getParams": "missing"}


class TestCostInAnArray:
    def test_is_right_with_a_remark(self) -> None:
        cost = grade(network_class(VIDEOS), 3).marks[2]
        assert cost.right
        assert str(cost).startswith(
            "right  costFunction: it returns an array of one number; with np.sum"
        )
        as_number = VIDEOS.replace("0.5 * sum(", "0.5 * np.sum(")
        assert str(grade(network_class(as_number), 3).marks[2]) == "right  costFunction"

    def test_is_named_where_the_numerical_gradient_needs_a_number(self) -> None:
        source = VIDEOS.replace("((loss2 - loss1) / (2 * e)).item()", "(loss2 - loss1) / (2 * e)")
        result = grade(network_class(source))
        if result.mistakes:  # not in older releases of NumPy, which take the one number
            assert result.mistakes == {"computeNumericalGradient": "shapes"}
            hints = [mark.hint for mark in result.marks if not mark.right]
            assert hints[0].startswith("There is an array where one number is needed")


class TestFiles:
    def test_are_run_and_graded_with_the_functions_of_its_module(
        self, tmp_path: Path, capsys
    ) -> None:
        path = tmp_path / "my_network.py"
        path.write_text(changed("divided by e"))
        result = grade(path)
        assert result.mistakes == {"computeNumericalGradient": "factor"}
        assert grade(str(path), 4).right
        assert capsys.readouterr().out == ""  # its prints are dropped

    @pytest.mark.parametrize(
        ("source", "mistake", "words"),
        [
            ("def f(:\n", "raises", "SyntaxError: invalid syntax (mine.py, line 1)"),
            (
                "x = 1\ny = x / 0\n",
                "raises",
                "ZeroDivisionError: division by zero (mine.py, line 2)",
            ),
            ("import sys\nsys.exit(3)\n", "raises", "SystemExit: 3 (mine.py, line 2)"),
            ("name = input()\n", "raises", "EOFError"),
            ("import time\n\ntime.sleep(60)\n", "endless", "within 0.3 seconds (mine.py, line 3)"),
            ("while True: pass\n", "endless", "within 0.3 seconds (mine.py, line 1)"),
            ("n = 0\nwhile True:\n    n += 1\n", "endless", "within 0.3 seconds (mine.py, line "),
            (
                "class Cat:\n    pass\n",
                "missing",
                "no class with methods such as forward and cost_function",
            ),
        ],
    )
    def test_that_cannot_be_run_get_one_mark_with_the_line(
        self, source, mistake, words, tmp_path: Path
    ) -> None:
        if sys.platform == "win32" and ("sleep" in source or ": pass" in source):
            pytest.skip("Windows has no such alarm")
        path = tmp_path / "mine.py"
        path.write_text(source)
        result = grade(path, **({"seconds": 0.025} if mistake == "endless" else {}))
        assert result.mistakes == {"mine.py": mistake}
        assert words in result.marks[0].sentence
        assert result.marks[0].sentence.count("mine.py, line") <= 1

    def test_an_endless_loop_ends_in_another_thread_too(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.py"
        path.write_text("n = 0\nwhile True:\n    n += 1\n")
        found = []
        thread = threading.Thread(target=lambda: found.append(grade(path, seconds=0.025)))
        thread.start()
        thread.join(30)
        assert [result.mistakes for result in found] == [{"mine.py": "endless"}]

    def test_an_exception_is_a_sentence_with_the_line_of_the_learner(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.py"
        path.write_text(changed("W2 without T"))
        line = (
            changed("W2 without T")
            .splitlines()
            .index("        delta2 = np.dot(delta3, self.W2) * self.sigmoidPrime(self.z2)")
        )
        (mark,) = (mark for mark in grade(path, 4).marks if not mark.right)
        assert mark.sentence.startswith(
            "costFunctionPrime(X, y) raises ValueError: shapes (5,1) and (3,1)"
        )
        assert mark.sentence.endswith(f"(mine.py, line {line + 1})")


class TestNotebooks:
    def test_mistakes_have_the_cell_and_the_line(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.ipynb"
        cells = ["%matplotlib inline\nimport numpy as np\nassert False", "x = 1\n!ls\nclass A(:\n"]
        _write_notebook(path, cells)
        (mark,) = grade(path).marks
        assert mark.sentence.startswith("mine.ipynb raises SyntaxError")
        assert mark.sentence.endswith("(mine.ipynb, code cell 2, line 3)")

    def test_are_graded_as_files_without_their_calls(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.ipynb"
        _write_notebook(path, [changed("divided by e"), "while True:\n    pass", "1 / 0"])
        assert grade(path).mistakes == {"computeNumericalGradient": "factor"}

    @pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": [3]}'])
    def test_that_are_none_are_one_mark(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "mine.ipynb"
        path.write_text(text)
        (mark,) = grade(path).marks
        assert mark.sentence == "mine.ipynb raises ValueError: it is not a notebook of Jupyter"


def _write_notebook(path: Path, sources: list[str]) -> None:
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in sources]
    path.write_text(json.dumps({"cells": cells}))


class TestRefusals:
    def test_of_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(sn.InvalidInput, match="is a folder; give one Python file or notebook"):
            grade(tmp_path)

    @pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "5"])
    def test_of_no_time(self, seconds) -> None:
        with pytest.raises(sn.InvalidInput, match="seconds must be a positive number, but"):
            grade(network_class(VIDEOS), seconds=seconds)

    @pytest.mark.parametrize("subject", [3, "no such file.py", dict, np.zeros(3)])
    def test_of_anything_else(self, subject) -> None:
        with pytest.raises(sn.InvalidInput, match=r"does not exist|has none of them"):
            grade(subject)


class TestGrade:
    def test_is_data_and_text(self) -> None:
        result = grade(network_class(changed("sum forgotten")), 3)
        assert result.to_dict()["marks"][2]["mistake"] == "vector"
        assert (result.score, result.to_dict()["right"]) == (pytest.approx(2 / 3), False)
        lines = str(result).splitlines()
        assert lines[0] == "Neural_Network: 2 of 3 parts are right (67 %)"
        assert lines[1:3] == ["right  __init__", "right  forward"]
        assert lines[3].startswith(
            "WRONG  costFunction: it returns an array of shape (5, 1) instead of one number"
        )
        assert lines[-1].strip().startswith("Hint: ")
