"""Lesson 7: the cost is a mean with a penalty, and the trainer records the costs of test rows."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching import grade
from sheernet.teaching.faults.notebook_source import STYLES, in_style, right_names
from sheernet.teaching.grading import penalty_mistakes
from sheernet.teaching.grading.grader import GRADERS
from teaching.grading.answers import VIDEOS
from teaching.grading.penalized_answers import CHANGES, PENALIZED, changed, network_class


class TestRightAnswers:
    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize("lesson", [7, None])
    def test_get_full_marks_in_both_styles(self, style, lesson) -> None:
        kind = right_names(style, penalized=True)[in_style("NeuralNetwork", style)]
        result = grade(kind, lesson)
        assert result.right, str(result)
        assert len(result.marks) == 1 + len(GRADERS)

    def test_get_full_marks_as_the_videos_write_them(self) -> None:
        result = grade(network_class(PENALIZED), 7)
        assert result.right, str(result)

    def test_have_the_cost_and_the_gradient_of_sheernet(self) -> None:
        """Lambda is the decay of the mean."""
        own = right_names(penalized=True)["NeuralNetwork"](3, 0.1)
        X, y = sn.datasets.load_sleep_study("train").scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        objective = sn.make_objective(arch, X, y, decay=0.1)
        J, gradient = objective.value_and_gradient(own.get_params())
        assert own.cost_function(X, y) == pytest.approx(J, rel=1e-14)
        assert np.allclose(own.compute_gradients(X, y), gradient, rtol=1e-13, atol=1e-16)

    def test_of_lesson_6_are_judged_without_a_penalty(self) -> None:
        result = grade(network_class(PENALIZED), 4)
        assert result.mistakes["costFunction"] == "unknown"  # Lambda is its own there
        assert grade(network_class(VIDEOS), 6).right


class TestWrongAnswers:
    @pytest.mark.parametrize("name", CHANGES)
    def test_are_found_and_named_in_their_part(self, name) -> None:
        _, part, mistake = CHANGES[name]
        result = grade(network_class(changed(name)), 7)
        assert result.mistakes == {part: mistake}
        (mark,) = (mark for mark in result.marks if not mark.right)
        assert mark.hint
        assert "Lambda *" not in mark.hint

    def test_without_lambda(self) -> None:
        result = grade(network_class(VIDEOS), 7)
        assert result.mistakes == {"__init__": "no Lambda"}

    def test_have_every_name_once(self) -> None:
        named = {mistake for _, _, mistake in CHANGES.values()}
        assert set(penalty_mistakes.HINTS) <= named
