"""Minimizers on the unit cube: they find minima inside and at the bounds, and evaluate nothing outside."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from sheernet.models.best_inputs.bounded_descent import descend, minimize

RNG = np.random.default_rng(0)


def rosenbrock(U: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """On the cube from -1 to 1.5, with the minimum at 1."""
    assert (U >= 0).all()
    assert (U <= 1).all()
    X = 2.5 * U - 1.0
    values = np.array([optimize.rosen(x) for x in X])
    return values, 2.5 * np.array([optimize.rosen_der(x) for x in X])


def test_many_points_reach_the_minimum_of_a_curved_valley() -> None:
    points, values = descend(rosenbrock, RNG.uniform(size=(6, 2)), 2000)
    assert points == pytest.approx(np.full((6, 2), 0.8), abs=1e-4)
    assert values == pytest.approx(np.zeros(6), abs=1e-6)


def test_points_agree_with_l_bfgs_b_where_bounds_are_active() -> None:
    A = RNG.normal(size=(5, 5))
    H, b = A @ A.T + np.eye(5), 4.0 * RNG.normal(size=5)

    def quadratic(U, rows):
        return 0.5 * np.einsum("ni,ij,nj->n", U, H, U) - U @ b, U @ H - b

    points, _ = descend(quadratic, RNG.uniform(size=(4, 5)))
    exact = optimize.minimize(
        lambda u: quadratic(u[None], None)[0][0], np.full(5, 0.5), bounds=[(0, 1)] * 5,
        jac=lambda u: quadratic(u[None], None)[1][0], options={"ftol": 1e-15},
    ).x  # fmt: skip
    assert np.any((exact == 0) | (exact == 1))
    assert points == pytest.approx(np.repeat(exact[None], 4, axis=0), abs=1e-4)


def test_points_without_variables_stay() -> None:
    points, values = descend(
        lambda U, rows: (np.arange(3.0)[rows], np.zeros((len(U), 0))), np.zeros((3, 0))
    )
    assert (points.shape, values.tolist()) == ((3, 0), [0.0, 1.0, 2.0])


def test_constraints_hold_and_the_rest_is_minimal() -> None:
    """The nearest point to (0.2, 0.9) on a circle, and right of 0.5: by hand (0.5, 0.8660)."""

    def parts(u):
        assert ((u >= 0) & (u <= 1)).all()
        away = u - [0.2, 0.9]
        return (
            float(away @ away),
            2 * away,
            np.array([u @ u - 1.0, 0.5 - u[0]]),
            np.array([2 * u, [-1.0, 0.0]]),
        )

    found = minimize(parts, np.array([0.3, 0.3]), 1)
    assert found == pytest.approx([0.5, np.sqrt(0.75)], abs=1e-6)


def test_an_inequality_that_does_not_bind_changes_nothing() -> None:
    def parts(u):
        return (
            float((u - 0.25) @ (u - 0.25)),
            2 * (u - 0.25),
            np.array([u.sum() - 5.0]),
            np.ones((1, 2)),
        )

    assert minimize(parts, np.array([0.9, 0.1])) == pytest.approx([0.25, 0.25], abs=1e-6)
