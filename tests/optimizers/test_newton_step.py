from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.optimizers.newton_step import newton_cg

SIZE = 6
seeds = st.integers(0, 2**32 - 1)


def symmetric(seed, eigenvalues):
    """A symmetric matrix with these eigenvalues and random eigenvectors."""
    vectors = np.linalg.qr(np.random.default_rng(seed).normal(size=(SIZE, SIZE)))[0]
    return vectors @ np.diag(eigenvalues) @ vectors.T


class Case:
    """A Hessian with some negative eigenvalues, a gradient, a positive definite M and a damping."""

    def __init__(self, seed, negative):
        rng = np.random.default_rng(seed)
        signs = np.where(np.arange(SIZE) < negative, -1.0, 1.0)
        self.H = symmetric(seed + 1, signs * rng.uniform(0.1, 3.0, SIZE))
        self.M = symmetric(seed + 2, rng.uniform(0.3, 3.0, SIZE))
        self.g = rng.normal(size=SIZE)
        self.damping = rng.uniform(0.0, 0.05, SIZE)

    def solve(self, **changed):
        given = {
            "precondition": lambda r: np.linalg.solve(self.M, r), "damping": self.damping,
            "tolerance": 1e-12, "max_products": 20 * SIZE,
        }  # fmt: skip
        return newton_cg(lambda p: self.H @ p, self.g, **given | changed)

    def length(self, h):
        """|h|_M."""
        return np.sqrt(h @ self.M @ h)

    def decrease(self, h):
        """The decrease of the damped model."""
        return -self.g @ h - 0.5 * h @ (self.H @ h + self.damping * h)


class TestNewtonCG:
    @given(seeds, st.booleans(), st.booleans())
    def test_solves_the_damped_equations_if_the_matrix_is_positive_definite(
        self, seed, preconditioned, damped
    ):
        case = Case(seed, 0)
        D = case.damping if damped else 0.0
        found = case.solve(damping=D, **{} if preconditioned else {"precondition": None})
        expected = np.linalg.solve(case.H + np.diag(D * np.ones(SIZE)), -case.g)
        assert np.allclose(found.step, expected, rtol=1e-8, atol=1e-10)
        assert not found.negative_curvature

    @given(seeds, st.integers(0, SIZE), st.integers(1, SIZE), st.sampled_from([inf, 3.0, 0.1]))
    def test_promise_and_product_are_those_of_the_step(self, seed, negative, products, radius):
        case = Case(seed, negative)
        found = case.solve(max_products=products, radius=radius)
        assert 1 <= found.n_products <= products
        assert np.allclose(found.product, case.H @ found.step, rtol=1e-9, atol=1e-9)
        h = found.step
        assert found.predicted == pytest.approx(-case.g @ h - 0.5 * h @ case.H @ h, rel=1e-9)
        assert case.length(h) <= radius * (1 + 1e-9)

    @given(seeds, st.integers(0, SIZE))
    def test_each_product_lowers_the_model_and_lengthens_the_step(self, seed, negative):
        case = Case(seed, negative)
        steps = [case.solve(max_products=n).step for n in range(1, SIZE)]
        lower = [case.decrease(h) for h in steps]
        longer = [case.length(h) for h in steps]
        assert np.all(np.diff(lower) >= -1e-9 * max(lower))
        assert np.all(np.diff(longer) >= -1e-9 * max(longer))
        assert lower[0] > 0

    @given(seeds)
    def test_one_product_with_the_exact_inverse(self, seed):
        case = Case(seed, 0)
        inverse = np.linalg.inv(case.H + np.diag(case.damping))
        found = case.solve(precondition=lambda r: inverse @ r, tolerance=1e-9)
        assert found.n_products == 1
        assert np.allclose(found.step, -inverse @ case.g, rtol=1e-8)

    @given(seeds)
    def test_first_direction_is_that_of_the_preconditioner(self, seed):
        case = Case(seed, 0)
        h = case.solve(max_products=1).step
        first = np.linalg.solve(case.M, -case.g)
        along = first @ h / (np.linalg.norm(first) * np.linalg.norm(h))
        assert along == pytest.approx(1.0, abs=1e-12)

    @given(seeds, st.integers(1, SIZE), st.sampled_from([inf, 4.0]))
    def test_negative_curvature_is_followed_to_the_boundary(self, seed, negative, radius):
        """The gradient has a part along each eigenvector, so that the curvature cannot be missed."""
        case = Case(seed, negative)
        found = case.solve(damping=0.0, radius=radius)
        if radius == inf:
            first = np.linalg.solve(case.M, -case.g)
            boundary = max(2 * case.length(first), case.length(found.step))
        else:
            boundary = radius
        assert found.negative_curvature or case.length(found.step) == pytest.approx(radius)
        assert case.length(found.step) == pytest.approx(boundary)
        assert found.predicted > 0

    @pytest.mark.parametrize("radius", [inf, 0.7])
    def test_length_along_negative_curvature(self, radius):
        """Twice the first direction, if that is already one of negative curvature; or the radius."""
        case = Case(3, SIZE)
        found = case.solve(damping=0.0, radius=radius)
        first = np.linalg.solve(case.M, -case.g)
        length = 2.0 if radius == inf else radius / case.length(first)
        assert found.n_products == 1
        assert np.allclose(found.step, length * first)

    def test_stops_at_the_relative_residual(self):
        case = Case(3, 0)

        def residual(h):
            r = -case.g - case.H @ h - case.damping * h
            return np.sqrt(r @ np.linalg.solve(case.M, r))

        last = 0
        for tolerance in (0.5, 0.1, 1e-3):
            found = case.solve(tolerance=tolerance)
            before = case.solve(max_products=found.n_products - 1).step
            first = residual(np.zeros(SIZE))
            assert residual(found.step) <= tolerance * first < residual(before)
            assert found.n_products > last
            last = found.n_products

    @pytest.mark.parametrize("bad", [nan, inf, -inf])
    @pytest.mark.parametrize("at", [1, 3])
    def test_a_product_that_is_not_finite_ends_it(self, bad, at):
        """The step is that of the products before it."""
        case, calls = Case(3, 0), 0

        def multiply(p):
            nonlocal calls
            calls += 1
            return case.H @ p if calls < at else np.full(SIZE, bad)

        with np.errstate(invalid="ignore"):  # as the driver does
            found = newton_cg(multiply, case.g, tolerance=1e-9, max_products=9)
        assert found.n_products == at
        assert not found.negative_curvature
        assert np.array_equal(found.step, case.solve(
            precondition=None, damping=0.0, tolerance=1e-9, max_products=at - 1
        ).step)  # fmt: skip
        assert np.isfinite(found.predicted)

    @pytest.mark.parametrize("g", [np.zeros(SIZE), np.full(SIZE, 1e-200)])
    def test_no_step_without_a_gradient(self, g):
        """Or with one whose square underflows."""
        found = newton_cg(lambda p: p, g, tolerance=0.1, max_products=9)
        assert not found.step.any()
        assert (found.predicted, found.n_products) == (0.0, 0)
