"""Kinks of relu and similar functions: those near x are named, and the derivative does not cross them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.derivatives import Problem, check_gradient


def hinge(x0=0.0, gradient=(1.0, 2.0)):
    """max(x_0, 0) + 2 x_1, whose kink is known."""
    return Problem(
        lambda x: max(x[0], 0.0) + 2 * x[1],
        lambda x: np.array(gradient),
        [x0, 1.0],
        kinks=lambda x: x[:1],
        kink_name=lambda i: f"unit {i}",
    )


class TestNearAKink:
    @pytest.mark.parametrize("side", [-1, 1])
    def test_the_step_does_not_cross_it(self, side):
        right = float(side > 0)
        report = check_gradient(hinge(side * 1e-5, (right, 2.0)))
        assert report.verdicts == ("pass", "pass")
        assert report.kinks == ("unit 0", "")
        assert report.numeric[0] == pytest.approx(right, abs=1e-6)
        assert "near a kink: unit 0" in str(report)

    def test_the_other_side_s_derivative_is_wrong(self):
        assert check_gradient(hinge(1e-7, (0.0, 2.0))).verdicts == ("fail", "pass")

    def test_kinks_are_a_column_of_the_table(self):
        entry = check_gradient(hinge(1e-7)).table[0]
        assert entry.kink == "unit 0"


class TestOnAKink:
    @pytest.mark.parametrize("claimed", [0.0, 0.3, 1.0])
    def test_every_derivative_between_the_sides_is_right(self, claimed):
        report = check_gradient(hinge(0.0, (claimed, 2.0)))
        assert report.verdicts == ("pass", "pass")
        assert report.kinks == ("unit 0", "")

    @pytest.mark.parametrize("claimed", [-0.01, 1.01, 2.0])
    def test_none_outside_of_them_is(self, claimed):
        assert check_gradient(hinge(0.0, (claimed, 2.0))).verdicts == ("fail", "pass")

    def test_a_complex_step_takes_one_side_and_a_gradient_may_take_the_other(self):
        def twin(x):
            return (x[0] if x[0].real > 0 else 0 * x[0]) + 2 * x[1]

        for claimed, verdict in ((0.0, "pass"), (0.5, "pass"), (1.0, "pass"), (1.1, "fail")):
            problem = replace(hinge(0.0, (claimed, 2.0)), complex_value=twin)
            report = check_gradient(problem)
            assert (report.method, report.verdict) == ("complex step", verdict)

    def test_along_directions_too(self):
        report = check_gradient(hinge(0.0, (0.5, 2.0)), extent="directions")
        assert report.verdict == "pass"


def in_two_orders(offset=0.0, gradient_of_last=2.0):
    """max(z, 0) + 2 x_3 with z = x_0 + x_1 + x_2 + offset in one order, and its gradient with z in the other."""

    def z(x):
        return x[0] + x[1] + x[2] + offset

    def gradient(x):
        return np.r_[np.full(3, float(x[0] + (x[1] + x[2]) + offset > 0)), gradient_of_last]

    def value(x):
        return (z(x) if z(x).real > 0 else 0 * z(x)) + 2 * x[3]

    return Problem(
        value,
        gradient,
        [0.1, 0.2, -0.3, 1.0],
        complex_value=value,
        complex_is_exact=True,
        kinks=lambda x: np.array([z(x)]),
        kink_name=lambda i: f"unit {i}",
    )


class TestWithinRoundingOfAKink:
    def test_the_sides_differ_without_a_fault(self):
        problem = in_two_orders(-4e-17)
        assert 0 < problem.kinks(problem.x)[0] < 1e-16
        assert not problem.gradient(problem.x)[:3].any()

    def test_nothing_is_called_wrong_and_the_unit_is_named(self):
        report = check_gradient(in_two_orders(-4e-17))
        assert report.verdicts == (*["inconclusive"] * 3, "pass")
        assert report.verdict == "inconclusive"
        assert "(unit 0)" in str(report)

    def test_faults_of_other_entries_are_found(self):
        report = check_gradient(in_two_orders(-4e-17, gradient_of_last=2.001))
        assert report.verdicts == (*["inconclusive"] * 3, "fail")

    @pytest.mark.parametrize("offset", [-1e-13, 1e-13])
    def test_farther_away_one_side_is_wrong(self, offset):
        problem = in_two_orders(offset)
        assert check_gradient(problem).verdicts == ("pass",) * 4
        other = replace(problem, gradient=lambda x: np.r_[np.full(3, float(offset < 0)), 2.0])
        assert check_gradient(other).verdicts == ("fail", "fail", "fail", "pass")

    @pytest.mark.parametrize("seed", [13, 17, 28, 32])
    @pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
    def test_trained_networks(self, seed, scale):
        rng = np.random.default_rng(1000 + seed)
        n, d, h = (int(rng.integers(*limits)) for limits in ((20, 200), (1, 5), (3, 9)))
        X = rng.standard_normal((n, d))
        y = np.sin(X @ rng.standard_normal(d)) + 0.2 * rng.standard_normal(n)
        arch = sn.Architecture((d, h, 1), hidden=("relu", "leaky_relu")[seed % 2])
        start = sn.Network.random(arch, seed=seed)
        theta = np.array(sn.train(start, X, y, starts=1, method="lbfgs").network.theta)
        theta[-h - 1 :] *= scale  # the output layer
        objective = sn.make_objective(arch, X, scale * y)
        assert check_gradient(objective, theta).verdict != "fail"


class TestOfNetworks:
    def objective(self, rows=4000):
        arch = sn.Architecture((2, 3, 2, 1), hidden=("relu", "leaky_relu"))
        rng = np.random.default_rng(3)
        weights = np.where(np.arange(rows) % 5 == 0, 0.0, 1.0)
        return sn.make_objective(
            arch,
            rng.normal(size=(rows, 2)),
            rng.normal(size=rows),
            weights=weights,
            engine="reference",
        ), sn.Network.random(arch, seed=1).theta

    def test_are_the_pre_activations_of_units_that_are_not_smooth(self):
        objective, theta = self.objective()
        passes = sn.forward(objective.architecture, theta, objective.inputs)
        z1, z2 = passes.pre_activations[1:3]
        np.testing.assert_array_equal(objective.kinks(theta), np.r_[z1.ravel(), z2.ravel()])
        n = objective.n_samples
        assert objective.kink_name(0) == "layer 1, unit 0, row 0"
        assert objective.kink_name(3 * n - 1) == f"layer 1, unit 2, row {n - 1}"
        assert objective.kink_name(3 * n + 3) == "layer 2, unit 1, row 1"
        with pytest.raises(IndexError):
            objective.kink_name(5 * n)

    def test_are_none_for_smooth_activations(self):
        objective = sn.make_objective(sn.Architecture((1, 2, 1)), [[1.0]], [1.0])
        assert objective.kinks(np.ones(7)).shape == (0,)

    def test_are_named_and_decided(self):
        objective, theta = self.objective()
        report = check_gradient(objective, theta, method="differences")
        assert report.verdict == "pass"
        assert any(kink.startswith("layer 1, unit ") for kink in report.kinks)
