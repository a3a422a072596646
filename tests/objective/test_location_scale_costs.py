"""gaussian_nll and student_t compared with SciPy, mpmath and quadrature; where they overflow; their minima."""

from __future__ import annotations

import pickle
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import sheernet as sn
from both_engines import ENGINES
from sheernet import costs

EPS = float(np.finfo(float).eps)
BOTH = {"gaussian_nll": np.inf, "student_t": 4.0, "student_t(1.5)": 1.5, "student_t(30.0)": 30.0}
"""Degrees of freedom by name."""
COSTS = pytest.mark.parametrize("name", BOTH)


def distribution(nu: float, m: Any, s: Any) -> Any:
    """The distribution that the outputs describe."""
    scale = np.exp(np.asarray(s) / 2)
    if nu == np.inf:
        return scipy.stats.norm(m, scale)
    return scipy.stats.t(nu, m, scale)


@COSTS
class TestDefinition:
    @given(
        m=st.floats(-10.0, 10.0), s=st.floats(-5.0, 5.0), y=st.floats(-10.0, 10.0), count=st.integers(1, 3)
    )  # fmt: skip
    def test_loss_is_the_negative_log_likelihood_but_for_a_constant(
        self, name: str, m: float, s: float, y: float, count: int
    ) -> None:
        shifts = np.arange(count)
        z, targets = np.concatenate([m + shifts, s - shifts])[None], np.full((1, count), y)
        theirs = -distribution(BOTH[name], m + shifts, s - shifts).logpdf(y)
        constant = -distribution(BOTH[name], 0.0, 0.0).logpdf(0.0)
        ours = costs.get(name).loss(sn.activations.identity, z, targets)[0] + count * constant
        assert ours == pytest.approx(theirs.sum(), rel=1e-12, abs=1e-12)

    def test_curvature_is_the_expected_hessian(self, name: str) -> None:
        """The Fisher information by quadrature over targets that the outputs describe, of H by `delta_tangent`."""
        cost, m, s = costs.get(name), 0.7, -1.3
        z, of_outputs = np.array([[m, s]]), distribution(BOTH[name], m, s)
        F = cost.curvature(sn.activations.identity, z, np.zeros((1, 1)))[0]
        for j, k in ((0, 0), (0, 1), (1, 1)):
            unit = np.eye(2)[[k]]

            def integrand(u: float, j: int = j, unit: np.ndarray = unit) -> float:
                y = m + np.exp(s / 2) * u
                H = cost.delta_tangent(sn.activations.identity, z, np.array([[y]]), unit)[0, j]
                return float(H * of_outputs.pdf(y) * np.exp(s / 2))

            expected = scipy.integrate.quad(integrand, -np.inf, np.inf, epsabs=1e-12)[0]
            assert F[j, k] == pytest.approx(expected, rel=1e-8, abs=1e-9)

    @pytest.mark.parametrize("s", [-650.0, -40.0, 0.0, 40.0, 650.0, 1e6])
    @pytest.mark.parametrize("u", [0.0, 1e-9, 1.0 - 1e-9, 1.0, 3.0, 1e9])
    def test_loss_and_delta_have_all_digits(self, name: str, s: float, u: float) -> None:
        """m - y is exact here, so only the rounding of s remains: |s| eps of each e^s."""
        cost, residual = costs.get(name), float(u * np.exp(min(s, 600.0) / 2))
        z, y = np.array([[residual, s]]), np.zeros((1, 1))
        loss, delta = (
            cost.loss(sn.activations.identity, z, y)[0],
            cost.delta(sn.activations.identity, z, y)[0],
        )
        with mp.workdps(700):
            nu, e = mpf(BOTH[name]), mpmath.exp(-mpf(s) / 2)
            q = (mpf(residual) * e) ** 2
            W = mpf(1) if nu == mp.inf else (nu + 1) / (nu + q)
            g = q / 2 if nu == mp.inf else (nu + 1) / 2 * mpmath.log1p(q / nu)
            exact = mpf(s) / 2 + g, W * mpf(residual) * e**2, (1 - q * W) / 2
            sizes = abs(mpf(s)) / 2 + g + q * W, abs(exact[1]), abs(exact[2]) + q * W
            for found, number, size in zip((loss, *delta), exact, sizes, strict=True):
                assert abs(mpf(float(found)) - number) <= 8 * EPS * size + mpf(1e-320)

    def test_shortfall_does_not_cancel(self, name: str) -> None:
        """1 - q W is 0 at q = 1 for every nu, and its slope there is not."""
        nu = BOTH[name]
        for q in (1.0 + 2.0**-40, 1.0 - 2.0**-50, 1e300, 0.0):
            with mp.workdps(60):
                exact = 1 - (
                    mpf(q) if nu == np.inf else mpf(q) * (mpf(nu) + 1) / (mpf(nu) + mpf(q))
                )
                found = costs.get(name).shortfall(np.array(q))
                assert abs(mpf(float(found)) - exact) <= 4 * EPS * abs(exact)

    def test_that_survive_pickling_are_equal(self, name: str) -> None:
        cost = costs.get(name)
        assert pickle.loads(pickle.dumps(cost)) == cost
        assert cost.name == name
        assert cost.formula


@pytest.mark.parametrize("engine", ENGINES)
@COSTS
class TestOverflow:
    """Outputs m = theta[0], s = theta[1] of one row with the target 2."""

    def objective(self, name: str, engine: str) -> Any:
        arch = sn.Architecture((1, 2))
        return sn.make_objective(arch, [[0.0]], [[2.0]], cost=name, engine=engine)

    def at(self, name: str, engine: str, m: float, s: float) -> tuple[float, np.ndarray]:
        f, g = self.objective(name, engine).value_and_gradient([0.0, 0.0, m, s])
        return f, g[2:]

    def test_a_perfect_fit_has_the_loss_half_s_as_long_as_its_variance_can_be_written(
        self, name: str, engine: str
    ) -> None:
        for s in (-709.0, -300.0, 0.0, 709.0, 5e3):
            f, g = self.at(name, engine, 2.0, s)
            assert f == 0.5 * s
            assert g.tolist() == [0.0, 0.5]

    def test_beyond_that_the_loss_is_inf_and_not_nan(self, name: str, engine: str) -> None:
        for s in (-710.0, -1e3, -1e4, -1e300):
            for m in (2.0, 2.5, -1e200):
                assert self.at(name, engine, m, s)[0] == np.inf

    def test_a_wide_scale_forgives_any_residual(self, name: str, engine: str) -> None:
        f, g = self.at(name, engine, 1e100, 3e3)
        assert f == pytest.approx(1.5e3, rel=1e-12)
        assert np.allclose(g, [0.0, 0.5], rtol=1e-12, atol=1e-300)

    def test_an_overflow_of_the_residual_is_no_decrease(self, name: str, engine: str) -> None:
        for m in (1e200, -1e300):
            assert self.at(name, engine, m, 0.0)[0] == np.inf


METHODS = pytest.mark.parametrize("method", ["bfgs", "lm", "lbfgs"])


@pytest.mark.parametrize("engine", ENGINES)
class TestMinimum:
    """Without a hidden layer, with biases only for s: linear regression, whose minimum is known."""

    ARCH = sn.Architecture((2, 2))
    RNG = np.random.default_rng(5)
    X = RNG.normal(size=(40, 2))
    y = X @ [1.5, -0.5] + 0.25 + 0.3 * RNG.standard_t(4, 40)
    weights = RNG.integers(1, 5, 40).astype(float)

    def fitted(self, cost: str, engine: str, method: str) -> dict[str, np.ndarray]:
        """W1 (2, 2) and b1 (2,), where a decay of 1e12 holds the weights of s at 0."""
        decay = np.zeros(6)
        decay[[1, 3]] = 1e12
        start = sn.Network(self.ARCH, np.zeros(6))
        found = sn.train(
            start, self.X, self.y, cost=cost, decay=decay, weights=self.weights, method=method, engine=engine, starts=1,
            gradient_tolerance=1e-12, cost_tolerance=0.0, max_iter=2000,
        )  # fmt: skip
        return dict(self.ARCH.layout.views(found.network.theta))

    @METHODS
    def test_of_gaussian_nll_is_weighted_least_squares(self, method: str, engine: str) -> None:
        table = np.column_stack([self.X, np.ones(40)])
        root = np.sqrt(self.weights)
        line = np.linalg.lstsq(table * root[:, None], self.y * root, rcond=None)[0]
        mean_square = np.average((self.y - table @ line) ** 2, weights=self.weights)
        found = self.fitted("gaussian_nll", engine, method)
        assert np.allclose([*found["W1"][:, 0], found["b1"][0]], line, rtol=0, atol=1e-8)
        assert found["b1"][1] == pytest.approx(np.log(mean_square), abs=1e-8)

    @METHODS
    def test_of_student_t_is_that_of_scipy_s_likelihood(self, method: str, engine: str) -> None:
        found = self.fitted("student_t(3.0)", engine, method)
        ours = np.array([*found["W1"][:, 0], *found["b1"]])

        def theirs(p: np.ndarray) -> float:
            m = self.X @ p[:2] + p[2]
            return -float(self.weights @ scipy.stats.t(3, m, np.exp(p[3] / 2)).logpdf(self.y))

        best = scipy.optimize.minimize(theirs, ours + 0.1, method="Nelder-Mead", tol=1e-10,
                                       options={"maxiter": 4000, "maxfev": 4000})  # fmt: skip
        assert theirs(ours) <= best.fun + 1e-10
        assert np.allclose(ours, best.x, rtol=0, atol=1e-4)

    def test_a_variance_that_depends_on_the_input_is_found(self, engine: str) -> None:
        """10 000 rows of a known law: log variance -1 + 2 x, to five standard errors of the Fisher information."""
        rng = np.random.default_rng(8)
        x = rng.uniform(-1.0, 1.0, (10_000, 1))
        y = 3.0 * x[:, 0] + np.exp((-1.0 + 2.0 * x[:, 0]) / 2) * rng.normal(size=10_000)
        start = sn.Network(sn.Architecture((1, 2)), np.zeros(4))
        found = sn.train(start, x, y, cost="gaussian_nll", method="lm", engine=engine, starts=1)
        objective = sn.make_objective(
            start.architecture, x, y, cost="gaussian_nll", reduction="sum", engine=engine
        )
        theta = found.network.theta
        errors = np.sqrt(np.diag(np.linalg.inv(objective.gauss_newton(theta)[2])))
        assert (np.abs(theta - [3.0, 2.0, 0.0, -1.0]) < 5 * errors).all()


class TestOutputsAndTargets:
    X = np.ones((3, 1))

    def test_a_network_has_two_outputs_for_each_column_of_y(self) -> None:
        for k in (1, 2, 3):
            objective = sn.make_objective(
                sn.Architecture((1, 2 * k)), self.X, np.ones((3, k)), cost="gaussian_nll"
            )
            assert objective.rows[1].shape == (3, k)

    def test_an_odd_number_of_outputs_is_refused(self) -> None:
        message = (
            "cost 'student_t' has 2 outputs per target, but the network has 3 outputs; give it 4"
        )
        with pytest.raises(sn.ShapeMismatch, match=message):
            sn.make_objective(sn.Architecture((1, 3)), self.X, np.ones(3), cost="student_t")

    def test_so_is_another_number_of_columns(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"y has 2 columns but the network has 2 outputs .*, 2 for each target with cost 'gaussian_nll'",
        ):
            sn.make_objective(sn.Architecture((1, 2)), self.X, np.ones((3, 2)), cost="gaussian_nll")

    def test_rows_of_validation_have_the_same_columns(self) -> None:
        start = sn.Network.random(sn.Architecture((1, 2)), seed=0)
        X, y = np.arange(9.0)[:, None], np.array([1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 6.0, 9.0, 8.0])
        held = {"cost": "gaussian_nll", "starts": 1, "max_iter": 3}
        trained = sn.train(start, X, y, validation=(X, y), **held)
        assert np.isfinite(trained.record["validation_cost"]).all()
        with pytest.raises(sn.ShapeMismatch, match="y has 2 columns"):
            sn.train(start, X, y, validation=(X, np.column_stack([y, y])), **held)

    @pytest.mark.parametrize("name", ["student_t(1e)", "student_t(1.2.3)", "huber(-1)", "mine(1)"])
    def test_other_parentheses_are_no_name(self, name: str) -> None:
        with pytest.raises(sn.InvalidInput, match="is not recognized"):
            costs.get(name)
