"""What a member of a model says of rows, by the cost that it minimized."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sheernet as sn
from random_models import random_member
from sheernet.models.density import KINDS, densities_of, noise_of
from sheernet.statistics.evidence import is_likelihood
from sheernet.statistics.network_densities import ClassDensities, NumberDensities
from sheernet.statistics.noise_models import CONSTANT, HEAVY_TAILED, VARYING

X = np.random.default_rng(0).normal(size=(5, 2))


class TestTheKindOfNoise:
    def test_has_the_outputs_of_its_cost(self) -> None:
        for cost, kind in KINDS.items():
            assert sn.costs.outputs_per_target(sn.costs.get(cost)) == kind.outputs_per_target
            assert is_likelihood(cost)

    def test_follows_from_the_cost(self) -> None:
        assert noise_of("squared_error") is CONSTANT
        assert noise_of("gaussian_nll") is VARYING
        assert noise_of("student_t") is HEAVY_TAILED

    @pytest.mark.parametrize("cost", ["binary_cross_entropy", "cross_entropy"])
    def test_of_classes_is_none(self, cost: str) -> None:
        assert noise_of(cost) is None

    @pytest.mark.parametrize("cost", ["huber", "huber(0.5)", "poisson"])
    def test_of_a_cost_without_density_is_refused(self, cost: str) -> None:
        with pytest.raises(sn.InvalidInput, match="is not a density"):
            noise_of(cost)

    def test_heavy_tails_are_those_of_the_cost(self) -> None:
        """The cost of the most probable network is the density up to a constant."""
        arch = sn.Architecture((1, 2))
        y = np.array([[0.0], [0.5], [4.0]])
        theta = np.zeros(arch.n_parameters)
        values = [
            sn.make_objective(arch, np.zeros((1, 1)), row[None], cost="student_t").value(theta)
            for row in y
        ]
        density = NumberDensities(np.zeros((3, 1)), np.ones((3, 1)), HEAVY_TAILED.degrees)
        assert np.diff(values) == pytest.approx(-np.diff(density.log(y)))


class TestAMember:
    def test_of_numbers_has_locations_and_scales(self) -> None:
        member = random_member(sn.Architecture((2, 3, 1)), 0, 1.0, "squared_error")
        found = densities_of(member, X)
        assert isinstance(found, NumberDensities)
        assert found.means.tolist() == member.location(X).tolist()
        assert (found.variances() > member.noise_variance).all()

    def test_of_classes_has_probabilities(self) -> None:
        arch = sn.Architecture((2, 3, 3), output="softmax")
        member = random_member(arch, 0, 1.0, "cross_entropy")
        found = densities_of(member, X)
        assert isinstance(found, ClassDensities)
        assert found.means.sum(axis=1) == pytest.approx(1.0)

    def test_of_numbers_must_know_its_uncertainty(self) -> None:
        member = random_member(sn.Architecture((2, 3, 1)), 0, 1.0, "squared_error")
        for unknown in ({"factor": np.zeros(0)}, {"noise_variance": None}):
            with pytest.raises(sn.InvalidInput, match="uncertainty of this network's weights is"):
                densities_of(dataclasses.replace(member, **unknown), X)
