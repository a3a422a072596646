"""What is looked at around a training; most of it is tested where `train` does it, in test_training.py."""

from __future__ import annotations

import pytest

import sheernet as sn


class TestALearningRate:
    """On (x - 1)^2 / 2, gradient descent multiplies the distance from 1 by 1 - rate in each step."""

    def trained(self, rate: float) -> sn.Training:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.0]]})
        return sn.train(
            net, [[1.0], [-1.0]], [1.0, -1.0], method="gd", learning_rate=rate, max_iter=3
        )

    def test_that_is_too_high_is_named(self) -> None:
        training = self.trained(3.0)  # distances 1, -2, 4, -8
        assert training.termination.reason == "max_iterations"
        assert training.termination.message == (
            "The objective rose from 0.5 to 32, so the steps are too long; reduce learning_rate. "
            "The result is the best iterate."
        )
        assert training.objective == 0.5

    def test_that_saturates_the_units_is_named(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        net = sn.Network.random(arch, seed=0, scheme="uniform")
        training = sn.train(net, X, y, method="gd", learning_rate=1000.0)
        assert training.termination.reason == "plateau"
        assert "so the steps are too long; reduce learning_rate" in training.termination.message

    def test_that_swings_across_a_valley_is_named(self) -> None:
        """The cost is (w_1 - 0.001)^2 / 2 + 50 w_2^2: each step multiplies w_2 by -4 and the other distance by 0.95."""
        net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[4.0], [1e-6]]})
        training = sn.train(
            net, [[1.0, 0.0], [0.0, 10.0]], [1e-3, 0.0], method="gd", learning_rate=0.05,
            reduction="sum", max_iter=9,
        )  # fmt: skip
        cost = [3.999**2 / 2 * 0.95 ** (2 * n) + 50e-12 * 16.0**n for n in range(10)]
        assert training.record.objective == pytest.approx(cost)
        assert min(cost) < cost[-1] < cost[0]
        assert training.termination.message == (
            "The objective rose in 1 of 9 iterations, so the steps are too long; reduce learning_rate. "
            "The result is the best iterate."
        )

    def test_is_not_blamed_for_rises_of_momentum(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[9.0]]})
        X, y = [[1.0], [-1.0], [2.0]], [1.1, -0.9, 2.0]
        training = sn.train(net, X, y, method="gd", learning_rate=0.3, max_iter=6, momentum=0.9)
        values = training.record.objective
        assert values.min() < values[-1] < values[0]
        assert training.termination.message == sn.optimizers.TERMINATIONS["max_iterations"]

    def test_that_overflows_is_named(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.0]]})
        training = sn.train(net, [[1.0], [-1.0]], [1.0, -1.0], method="gd", learning_rate=1e100)
        assert training.termination.reason == "non_finite"
        assert "so the steps are too long; reduce learning_rate" in training.termination.message

    def test_with_which_adam_jumps_into_saturation_is_named(self) -> None:
        """All predictions are 1 after one step, so the gradient is 0 and the cost that of y_hat = 1."""
        X, y = sn.datasets.load_sleep_study().scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        net = sn.Network.random(arch, seed=0, scheme="uniform")
        training = sn.train(net, X, y, method="adam", learning_rate=1000.0)
        assert training.record.objective[-1] == pytest.approx(float(((1 - y) ** 2).mean()) / 2)
        assert "so the steps are too long; reduce learning_rate" in training.termination.message
        assert training.objective == training.record.objective[0]

    def test_that_is_low_needs_more_iterations(self) -> None:
        training = self.trained(0.5)
        assert training.termination.message == sn.optimizers.TERMINATIONS["max_iterations"]
