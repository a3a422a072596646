"""As test_training_checks.py, by names that are not published."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sheernet as sn
from sheernet.training import training_checks

ARCH = sn.Architecture((2, 3, 1))


def starts(*equal: int) -> np.ndarray:
    """Four random thetas, in some of which all weights are equal."""
    thetas = np.random.default_rng(0).normal(size=(4, ARCH.n_parameters))
    thetas[list(equal)] = 0.5
    return thetas


class TestTwinsAmongStarts:
    @pytest.mark.parametrize("equal", [(0,), (3,), (1, 2)])
    def test_are_warned_of_for_each_start(self, equal: tuple[int, ...]) -> None:
        with pytest.warns(sn.SheernetWarning, match="hidden units 1 and 2 of layer 1") as caught:
            training_checks.warn_if_identical_units(ARCH, starts(*equal))
        assert len(caught) == len(equal)

    def test_of_equal_weights_from_one_input_only_are_none(self) -> None:
        thetas = starts()
        thetas[:, 0] = thetas[:, 1]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            training_checks.warn_if_identical_units(ARCH, thetas)


class TestConstantTargets:
    """A column is constant only where all of it is, not where its ends are equal."""

    def warn(self, y: list[list[float]], weights: list[int] | None = None) -> None:
        X = np.arange(len(y), dtype=float)
        objective = sn.make_objective(sn.Architecture((1, 2)), X, y, weights=weights)
        training_checks.warn_if_constant(training_checks.used_targets(objective, y))

    def test_ends_that_are_equal_tell_nothing(self) -> None:
        y = [[1.0, 0.0], [2.0, 5.0], [1.0, 3.0]]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.warn(y)

    def test_rows_without_weight_do_not_count(self) -> None:
        y, weights = [[1.0, 0.0], [2.0, 5.0], [1.0, 3.0]], [1, 0, 2]
        with pytest.warns(sn.SheernetWarning, match="target column 1 is constant"):
            self.warn(y, weights)
