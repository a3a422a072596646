"""As test_first_order.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from optimizers.test_first_order import path, regression
from sheernet.optimizers.batches import epoch_batches, seeded_order


class Weighted:
    """What an objective of a user must have for batches: weights and replace(weights=...)."""

    def __init__(self, inner):
        self.inner = inner
        self.weights, self.reduction = inner.weights, inner.reduction

    def value(self, theta):
        return self.inner.value(theta)

    def value_and_gradient(self, theta):
        return self.inner.value_and_gradient(theta)

    def replace(self, weights):
        return Weighted(self.inner.replace(weights=weights))


class TestBatches:
    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    @pytest.mark.parametrize("weights", [None, [0, 2, 0, 1, 3, 1, 1, 0.5, 1, 0, 2]])
    def test_an_epoch_uses_every_row_once(self, reduction, weights):
        objective, _ = regression(reduction, weights)
        n = np.count_nonzero(objective.weights)
        parts = list(epoch_batches(Weighted(objective), seeded_order(n, 0, 1), 4))
        used = np.array([part.weights > 0 for part in parts])
        np.testing.assert_array_equal(used.sum(axis=0), objective.weights > 0)
        for part, rows in zip(parts, used, strict=True):
            scale = np.sum(objective.weights > 0) / rows.sum() if reduction == "sum" else 1.0
            np.testing.assert_allclose(part.weights, scale * rows * objective.weights)
        assert [int(n) for n in used.sum(axis=1)] == ([4, 4, 3] if weights is None else [4, 4])

    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    def test_equal_batches_average_to_the_whole_gradient(self, reduction):
        """12 rows, batches of 4: the mean of their gradients is the gradient, decay included."""
        rng = np.random.default_rng(0)
        X, y = rng.standard_normal((12, 2)), rng.standard_normal(12)
        objective = sn.make_objective(
            sn.Architecture((2, 3, 1)), X, y, reduction=reduction, decay=0.3
        )
        theta = rng.standard_normal(objective.size)
        gradients = [
            part.value_and_gradient(theta)[1]
            for part in epoch_batches(objective, seeded_order(12, 7, 3), 4)
        ]
        assert len(gradients) == 3
        whole = objective.value_and_gradient(theta)[1]
        np.testing.assert_allclose(np.mean(gradients, axis=0), whole, rtol=1e-12, atol=1e-14)

    def test_order_depends_on_seed_and_epoch_alone(self):
        objective, _ = regression()

        def order(seed, epoch):
            parts = epoch_batches(Weighted(objective), seeded_order(11, seed, epoch), 1)
            return [part.weights.tolist() for part in parts]

        assert order(0, 1) == order(0, 1)
        assert order(0, 1) != order(0, 2)
        assert order(0, 1) != order(1, 1)

    def test_order_is_drawn_from_the_seed_sequence(self):
        objective, _ = regression()
        parts = epoch_batches(Weighted(objective), seeded_order(11, 3, 8), 1)
        rows = [int(np.argmax(part.weights)) for part in parts]
        expected = np.random.default_rng(np.random.SeedSequence([3, 8])).permutation(np.arange(11))
        assert rows == expected.tolist()

    def test_an_iteration_is_an_epoch_with_its_own_order(self):
        """Written out: theta - rate * gradient for each batch of epochs 1, 2 and 3."""
        objective, theta = regression()
        got = path("gd", objective, theta, 3, batch_size=4, seed=6, learning_rate=0.2)
        for epoch in (1, 2, 3):
            for part in epoch_batches(objective, seeded_order(11, 6, epoch), 4):
                theta = theta - 0.2 * part.value_and_gradient(theta)[1]
            np.testing.assert_allclose(got[epoch], theta, rtol=1e-13)
