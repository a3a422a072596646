"""As test_costs.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from objective.test_costs import EPS, PAIRS, STEP
from sheernet import costs


@pytest.mark.parametrize(("cost", "output"), PAIRS, ids=lambda x: x.name)
class TestEveryPair:
    """Properties of each cost with each smooth output activation that it allows."""

    def data(self, cost: Any) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(7)
        z = rng.normal(scale=2.0, size=(30, 3 * costs.outputs_per_target(cost)))
        y = rng.random((30, 3))
        return z, y / y.sum(axis=1, keepdims=True) if cost.name == "cross_entropy" else y

    def test_delta_is_the_complex_step_of_the_loss(self, cost: Any, output: Any) -> None:
        z, y = self.data(cost)
        for k in range(z.shape[1]):
            moved = z.astype(complex)
            moved[:, k] += 1j * STEP
            numerical = cost.loss(output, moved, y).imag / STEP
            assert np.allclose(numerical, cost.delta(output, z, y)[:, k], rtol=1e-12, atol=1e-14)

    def test_delta_tangent_is_the_complex_step_of_delta(self, cost: Any, output: Any) -> None:
        z, y = self.data(cost)
        dz = np.random.default_rng(8).normal(size=z.shape)
        numerical = cost.delta(output, z + 1j * STEP * dz, y).imag / STEP
        assert np.allclose(numerical, cost.delta_tangent(output, z, y, dz), rtol=1e-12, atol=1e-13)

    def test_curvature_is_symmetric_and_has_no_negative_eigenvalue(
        self, cost: Any, output: Any
    ) -> None:
        z, y = self.data(cost)
        H = cost.curvature(output, z, y)
        assert H.shape == (30, z.shape[1], z.shape[1])
        assert np.array_equal(H, H.transpose(0, 2, 1))
        assert np.linalg.eigvalsh(H).min() > -1e-15

    def test_losses_are_summed_over_outputs(self, cost: Any, output: Any) -> None:
        z, y = self.data(cost)
        total = cost.loss(output, z, y)
        assert total.shape == (30,)
        if cost.name != "cross_entropy":
            parts = sum(cost.loss(output, z[:, k::3], y[:, [k]]) for k in range(3))
            assert np.allclose(total, parts, rtol=1e-14)

    def test_magnitude_is_the_noise_of_the_loss(self, cost: Any, output: Any) -> None:
        """An error of 4 ulp in the pre-activations changes the loss by about 4 ulp of its magnitude."""
        z, y = self.data(cost)
        noise = 4 * EPS * np.random.default_rng(9).choice([-1, 1], z.shape)
        magnitude = cost.magnitude(output, z, y)
        moved = np.abs(cost.loss(output, z * (1 + noise), y) - cost.loss(output, z, y))
        of_a_residual = cost.name in (
            "squared_error",
            "huber",
        )  # the magnitude includes the noise of a, but not of z
        raised = 1 + np.abs(z).max(axis=1) if of_a_residual else 1.0
        assert (moved <= 16 * EPS * raised * magnitude).all()
        assert moved.max() >= 0.1 * EPS * magnitude.max()

    def test_magnitude_is_at_least_the_sum_of_non_negative_terms(
        self, cost: Any, output: Any
    ) -> None:
        z, y = self.data(cost)
        if cost.name not in ("squared_error", "huber"):
            assert (
                cost.magnitude(output, z, y) >= np.abs(cost.loss(output, z, y)) * (1 - EPS)
            ).all()
