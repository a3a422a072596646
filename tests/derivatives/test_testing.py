"""assert_gradient, for tests by users."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

F, GRAD, POINT = (lambda x: float(np.sum(x**3))), (lambda x: 3 * x**2), np.array([1.0, 2.0])


def test_a_right_gradient_passes_in_all_three_forms() -> None:
    objective = sn.make_objective(sn.Architecture((1, 2, 1)), [[1.0], [2.0]], [0.5, 1.0])
    assert sn.testing.assert_gradient(objective, np.linspace(-1, 1, 7)).verdict == "pass"
    assert sn.testing.assert_gradient(F, GRAD, POINT).verdict == "pass"
    assert sn.testing.assert_gradient(sn.Problem(F, GRAD, POINT)).verdict == "pass"


def test_a_wrong_one_fails_with_the_report() -> None:
    with pytest.raises(AssertionError) as caught:
        sn.testing.assert_gradient(F, lambda x: 2 * GRAD(x), POINT, names=["speed", "mass"])
    assert str(caught.value) == str(
        sn.check_gradient(F, lambda x: 2 * GRAD(x), POINT, names=["speed", "mass"])
    )
    assert "Every entry" in str(caught.value)


def test_one_that_cannot_be_decided_fails_unless_that_is_allowed() -> None:
    problem = sn.Problem(lambda x: float("nan"), GRAD, POINT)
    with pytest.raises(AssertionError, match="INCONCLUSIVE"):
        sn.testing.assert_gradient(problem)
    assert sn.testing.assert_gradient(problem, allow_inconclusive=True).verdict == "inconclusive"
    wrong = sn.Problem(F, lambda x: 2 * GRAD(x), POINT)
    with pytest.raises(AssertionError, match="FAIL"):
        sn.testing.assert_gradient(wrong, allow_inconclusive=True)


def test_options_arrive() -> None:
    report = sn.testing.assert_gradient(F, GRAD, POINT, extent="directions", seed=3)
    assert report.names[0] == "direction 1"


def test_pytest_shows_the_line_of_the_test_and_not_the_helper() -> None:
    with pytest.raises(AssertionError) as caught:
        sn.testing.assert_gradient(F, lambda x: -GRAD(x), POINT)
    frames = {str(entry.path): entry for entry in caught.traceback}
    own = next(
        entry
        for path, entry in frames.items()
        if path.endswith("testing.py") and "test_" not in path
    )
    assert own.frame.f_locals["__tracebackhide__"] is True
