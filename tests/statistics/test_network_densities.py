"""Densities of rows: those of SciPy, with the variance of the outputs added to that of the noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

import sheernet as sn
from sheernet.statistics.laplace import output_variances
from sheernet.statistics.network_densities import (
    ClassDensities,
    NumberDensities,
    predictive_densities,
)
from sheernet.statistics.noise_models import CONSTANT, HEAVY_TAILED, VARYING

RNG = np.random.default_rng(0)
Y, LOCATIONS = RNG.normal(size=(2, 7, 2))
SCALES = RNG.uniform(0.1, 3.0, size=(7, 2))


class TestNumbers:
    @given(st.floats(0.1, 5.0))
    def test_have_normal_densities(self, spread: float) -> None:
        expected = stats.norm(LOCATIONS, spread * SCALES).logpdf(Y).sum(axis=1)
        assert NumberDensities(LOCATIONS, SCALES).log(Y, spread) == pytest.approx(expected)

    @given(st.floats(0.1, 5.0), st.sampled_from([1.0, 2.5, 4.0, 30.0]))
    def test_have_student_t_densities(self, spread: float, degrees: float) -> None:
        expected = stats.t(degrees, LOCATIONS, spread * SCALES).logpdf(Y).sum(axis=1)
        found = NumberDensities(LOCATIONS, SCALES, degrees).log(Y, spread)
        assert found == pytest.approx(expected)

    @pytest.mark.parametrize("degrees", [1.5, 2.0, 2.5, 4.0, 1e6, np.inf])
    def test_have_the_variances_of_their_distribution(self, degrees: float) -> None:
        peer = stats.norm(scale=SCALES) if np.isinf(degrees) else stats.t(degrees, scale=SCALES)
        assert NumberDensities(LOCATIONS, SCALES, degrees).variances() == pytest.approx(peer.var())

    def test_of_targets_far_away_are_0(self) -> None:
        densities = NumberDensities(np.zeros((1, 1)), np.full((1, 1), 1e-200))
        assert densities.log(np.ones((1, 1))).tolist() == [-np.inf]

    def test_have_a_spread_for_each_target(self) -> None:
        spreads = np.array([0.5, 2.0])
        expected = stats.norm(LOCATIONS, SCALES * spreads).logpdf(Y).sum(axis=1)
        assert NumberDensities(LOCATIONS, SCALES).log(Y, spreads) == pytest.approx(expected)


class TestClasses:
    def test_of_two_have_the_probability_of_the_one_that_occurred(self) -> None:
        found = ClassDensities(np.array([[0.2], [0.2], [1.0]]))
        assert found.log(np.array([[1.0], [0.0], [1.0]])) == pytest.approx(np.log([0.2, 0.8, 1.0]))

    def test_of_several_have_the_probability_of_the_one_that_occurred(self) -> None:
        probabilities = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
        found = ClassDensities(probabilities).log(np.eye(3)[[1, 0]])
        assert found == pytest.approx(np.log([0.5, 0.1]))

    @pytest.mark.parametrize(("p", "y"), [([[0.0]], [[1.0]]), ([[1.0, 0.0]], [[0.0, 1.0]])])
    def test_that_are_impossible_have_a_finite_logarithm(self, p: list, y: list) -> None:
        (found,) = ClassDensities(np.array(p)).log(np.array(y))
        assert found == pytest.approx(np.log(np.finfo(float).tiny))

    @pytest.mark.parametrize("n_outputs", [1, 3])
    def test_at_a_temperature_are_those_of_divided_sums(self, n_outputs: int) -> None:
        z = np.random.default_rng(0).normal(size=(5, n_outputs))

        def probabilities(z: np.ndarray) -> np.ndarray:
            return special.expit(z) if n_outputs == 1 else special.softmax(z, axis=1)

        found = ClassDensities(probabilities(z)).tempered(0.5)
        assert found.probabilities == pytest.approx(probabilities(z / 0.5))
        y = np.eye(n_outputs)[[0] * 5]
        assert ClassDensities(probabilities(z)).log(y, 0.5) == pytest.approx(found.log(y))


class TestOfNetworks:
    X = RNG.normal(size=(6, 2))

    def network(self, outputs: int, output: str = "identity") -> tuple[sn.Network, np.ndarray]:
        network = sn.Network.random(sn.Architecture((2, 3, outputs), output=output), seed=1)
        n = network.theta.size
        lower = np.tril(0.1 * np.random.default_rng(2).normal(size=(n, n))) + np.eye(n)
        return network, lower[np.tril_indices(n)]

    def variances(self, network: sn.Network, factor: np.ndarray) -> np.ndarray:
        return output_variances(network.architecture, network.theta, factor, self.X)

    def test_with_constant_noise_add_the_variance_of_the_output(self) -> None:
        network, factor = self.network(2)
        found = predictive_densities(network, self.X, CONSTANT, 0.7, factor)
        assert found.means.tolist() == network.predict(self.X).tolist()
        assert found.variances() == pytest.approx(0.7 + self.variances(network, factor))

    @pytest.mark.parametrize("kind", [VARYING, HEAVY_TAILED])
    def test_with_predicted_noise_add_the_variance_of_the_location(self, kind) -> None:
        """Outputs are the locations of the targets, then the logarithms of their squared scales."""
        network, factor = self.network(4)
        found = predictive_densities(network, self.X, kind, None, factor)
        outputs = network.predict(self.X)
        squares = np.exp(outputs[:, 2:]) + self.variances(network, factor)[:, :2]
        assert found.means.tolist() == outputs[:, :2].tolist()
        assert found.scales**2 == pytest.approx(squares)
        assert found.degrees == kind.degrees

    def test_of_known_weights_have_the_noise_only(self) -> None:
        network, _ = self.network(2)
        found = predictive_densities(network, self.X, CONSTANT, 0.7, np.zeros(0))
        assert found.variances() == pytest.approx(np.full((6, 2), 0.7))

    def test_of_classes_are_the_outputs(self) -> None:
        network, _ = self.network(3, "softmax")
        found = predictive_densities(network, self.X, None, None, np.zeros(0))
        assert found.means.tolist() == network.predict(self.X).tolist()

    def test_of_rows_far_away_do_not_warn(self) -> None:
        network, factor = self.network(2)
        found = predictive_densities(network, 1e200 * self.X, VARYING, None, factor)
        assert np.isfinite(found.means).all()
