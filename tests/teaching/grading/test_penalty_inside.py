"""As test_penalty.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching import grade
from sheernet.teaching.faults.notebook_source import STYLES, in_style, right_names
from sheernet.teaching.grading import penalty_mistakes
from sheernet.teaching.grading.grader import GRADERS
from teaching.grading.penalized_answers import CHANGES


class TestRightAnswers:
    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize("lesson", [7, None])
    def test_get_full_marks_in_both_styles(self, style, lesson) -> None:
        kind = right_names(style, penalized=True)[in_style("NeuralNetwork", style)]
        result = grade(kind, lesson)
        assert result.right, str(result)
        assert len(result.marks) == 1 + len(GRADERS)

    def test_have_the_cost_and_the_gradient_of_sheernet(self) -> None:
        """Lambda is the decay of the mean."""
        own = right_names(penalized=True)["NeuralNetwork"](3, 0.1)
        X, y = sn.datasets.load_sleep_study("train").scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        objective = sn.make_objective(arch, X, y, decay=0.1)
        J, gradient = objective.value_and_gradient(own.get_params())
        assert own.cost_function(X, y) == pytest.approx(J, rel=1e-14)
        assert np.allclose(own.compute_gradients(X, y), gradient, rtol=1e-13, atol=1e-16)


class TestWrongAnswers:
    def test_have_every_name_once(self) -> None:
        named = {mistake for _, _, mistake in CHANGES.values()}
        assert set(penalty_mistakes.HINTS) <= named
