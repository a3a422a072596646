"""Costs: loss and derivatives compared with mpmath, also for saturated units; domains and allowed outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import sheernet as sn
from both_engines import ENGINES
from sheernet import activations, costs
from sheernet.objective import as_targets

DIGITS = 700  # 1 + e^-700 needs 305 digits, and its square as many again
STEP = 1e-20
EPS = float(np.finfo(float).eps)
LOGITS = [-700.0, -40.0, -20.0, -5.0, -1.0, -1e-9, 0.0, 1e-300, 0.3, 2.0, 10.0, 40.0, 700.0]


def unit(scale: Any) -> float:
    """One ulp of a positive mpmath number."""
    return float(np.spacing(float(scale)))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


class TestBinaryCrossEntropy:
    TARGETS = (0.0, 1.0, 0.25, 0.9)

    def points(self) -> Iterator[tuple[float, float, Any, Any]]:
        """z, y and, in many digits, s(z) and s(-z)."""
        with mp.workdps(DIGITS):
            for z in LOGITS:
                for y in self.TARGETS:
                    yield z, y, sigmoid(mpf(z)), sigmoid(-mpf(z))

    def test_loss_is_the_negative_log_likelihood(self) -> None:
        for z, y, s, other in self.points():
            exact = -mpf(y) * mpmath.log(s) - (1 - mpf(y)) * mpmath.log(other)
            loss = costs.binary_cross_entropy.loss(
                activations.sigmoid, np.array([[z]]), np.array([[y]])
            )[0]
            assert abs(loss - exact) <= 4 * unit(exact), (z, y)

    def test_delta_is_exact_where_the_unit_is_confident_and_right(self) -> None:
        for z, y, s, other in self.points():
            exact = (1 - mpf(y)) * s - mpf(y) * other
            terms = (1 - mpf(y)) * s + mpf(y) * other
            delta = costs.binary_cross_entropy.delta(
                activations.sigmoid, np.array([[z]]), np.array([[y]])
            )[0, 0]
            assert abs(delta - exact) <= 4 * unit(terms), (z, y)

    def test_second_derivative_is_s_times_1_minus_s(self) -> None:
        for z, y, s, other in self.points():
            at = activations.sigmoid, np.array([[z]]), np.array([[y]])
            bend = costs.binary_cross_entropy.delta_tangent(*at, np.array([[3.0]]))[0, 0]
            assert abs(bend - 3 * s * other) <= 8 * unit(3 * s * other)
            assert abs(costs.binary_cross_entropy.curvature(*at)[0, 0, 0] - s * other) <= 4 * unit(
                s * other
            )


class TestCrossEntropy:
    ROWS = (
        [0.5, -1.0, 2.0],
        [40.0, 0.0, -40.0],
        [700.0, 0.0, -1.0],
        [-700.0, 0.0, 3.0],
        [1000.0, 1000.0, 0.0],
        [0.0] * 3,
    )
    TARGETS = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5])

    def points(self) -> Iterator[tuple[np.ndarray, np.ndarray, list[Any]]]:
        """z, y and, in many digits, p."""
        with mp.workdps(DIGITS):
            for z in self.ROWS:
                e = [mpmath.exp(mpf(x)) for x in z]
                for y in self.TARGETS:
                    yield np.array([z]), np.array([y]), [x / sum(e) for x in e]

    def test_loss_is_the_negative_log_likelihood(self) -> None:
        for z, y, p in self.points():
            exact = -sum(mpf(t) * mpmath.log(share) for t, share in zip(y[0], p, strict=True))
            loss = costs.cross_entropy.loss(activations.softmax, z, y)[0]
            assert abs(loss - exact) <= 4 * unit(exact), (z, y)

    def test_delta_is_exact_where_the_network_is_confident_and_right(self) -> None:
        for z, y, p in self.points():
            delta = costs.cross_entropy.delta(activations.softmax, z, y)[0]
            for k, t in enumerate(map(mpf, y[0])):
                others = sum(share for j, share in enumerate(p) if j != k)
                assert abs(delta[k] - (p[k] * (1 - t) - t * others)) <= 6 * unit(
                    p[k] * (1 - t) + t * others
                ), (z, y, k)

    def test_curvature_is_diag_p_minus_p_p_and_delta_tangent_its_product(self) -> None:
        dz = np.array([[0.5, -2.0, 1.0]])
        for z, y, p in self.points():
            H = costs.cross_entropy.curvature(activations.softmax, z, y)[0]
            Hdz = costs.cross_entropy.delta_tangent(activations.softmax, z, y, dz)[0]
            for k in range(3):
                exact = [p[k] * (1 - p[k]) if j == k else -p[k] * p[j] for j in range(3)]
                assert all(abs(H[k, j] - exact[j]) <= 6 * unit(abs(exact[j])) for j in range(3)), (
                    z,
                    k,
                )
                terms = [h * mpf(float(d)) for h, d in zip(exact, dz[0], strict=True)]
                assert abs(Hdz[k] - sum(terms)) <= 8 * unit(sum(map(abs, terms))), (z, k)


class TestPoisson:
    def test_loss_and_derivatives(self) -> None:
        for z in (-700.0, -40.0, -1.0, 0.0, 1e-9, 3.0, 40.0, 700.0):
            for y in (0.0, 1.0, 7.0):
                at = activations.exp, np.array([[z]]), np.array([[y]])
                with mp.workdps(DIGITS):
                    e = mpmath.exp(mpf(z))
                    assert abs(costs.poisson.loss(*at)[0] - (e - y * mpf(z))) <= 3 * unit(
                        e + y * abs(z)
                    )
                    assert abs(costs.poisson.delta(*at)[0, 0] - (e - y)) <= 3 * unit(e + y)
                    assert abs(costs.poisson.curvature(*at)[0, 0, 0] - e) <= 2 * unit(e)
                    assert abs(
                        costs.poisson.delta_tangent(*at, np.array([[2.0]]))[0, 0] - 2 * e
                    ) <= 2 * unit(2 * e)

    def test_is_the_log_likelihood_but_for_a_constant(self) -> None:
        from scipy.stats import poisson

        z, y = np.linspace(-3, 3, 7)[:, None], np.arange(7.0)[:, None]
        ours = costs.poisson.loss(activations.exp, z, y)
        theirs = -poisson.logpmf(y, np.exp(z))[:, 0]
        constant = np.array([float(mpmath.loggamma(t + 1)) for t in y[:, 0]])
        assert np.allclose(ours + constant, theirs, rtol=1e-13, atol=1e-13)


class TestHuber:
    THRESHOLDS = (0.25, 1.0, 10.0)
    RESIDUALS = (*np.geomspace(1e-150, 1e150, 31), 0.3, 1.0, 2.5)

    def test_loss_and_derivatives(self) -> None:
        for t in self.THRESHOLDS:
            cost = costs.huber(t)
            for r in (sign * size for size in self.RESIDUALS for sign in (1.0, -1.0)):
                with mp.workdps(DIGITS):
                    root = mpmath.sqrt(1 + (mpf(r) / t) ** 2)
                    exact = mpf(t) ** 2 * (root - 1), mpf(r) / root, 1 / root**3
                rules = (cost.rho, cost.rho_prime, cost.rho_second)
                for rule, number in zip(rules, exact, strict=True):
                    assert abs(rule(np.array(r)) - number) <= 8 * max(unit(abs(number)), 5e-324), (
                        t,
                        r,
                        rule,
                    )

    def test_no_residual_is_so_large_that_it_counts_less(self) -> None:
        r = np.geomspace(1e100, 1e307, 50)
        for t in self.THRESHOLDS[:2]:
            with np.errstate(over="raise"):
                assert np.allclose(costs.huber(t).rho(r), t * r, rtol=1e-12)
                assert np.allclose(costs.huber(t).rho_prime(-r), -t, rtol=1e-12)

    def test_each_rule_is_the_complex_step_of_the_one_before(self) -> None:
        r = np.concatenate([np.linspace(-5, 5, 41), [-1e9, 1e9, 1e200]])
        for t in self.THRESHOLDS:
            cost = costs.huber(t)
            assert np.allclose(
                cost.rho(r + 1j * STEP).imag / STEP, cost.rho_prime(r), rtol=1e-13, atol=1e-300
            )
            bend = cost.rho_prime(r + 1j * STEP).imag / STEP
            assert np.allclose(bend, cost.rho_second(r), rtol=1e-12, atol=1e-15)

    @pytest.mark.parametrize("engine", ENGINES)
    def test_of_an_output_exp_near_overflow_has_no_curvature_of_its_own(self, engine: str) -> None:
        """rho'' underflows where the square of f' overflows: their product is 0."""
        arch = sn.Architecture((1, 1), output="exp", bias=False)
        objective = sn.make_objective(arch, [1.0], [2.0], cost="huber", engine=engine)
        theta, one = np.array([705.0]), np.ones(1)
        value, gradient, matrix = objective.gauss_newton(theta)
        slope = np.exp(705.0)  # of rho(a) = a and of a = e^z
        assert [value, *gradient, *objective.hessian_vector(theta, one)] == pytest.approx(
            [slope] * 3
        )
        assert matrix.tolist() == [[0.0]]

    def test_small_residuals_count_squared_and_large_ones_linearly(self) -> None:
        cost = costs.huber(2.0)
        assert cost.rho(np.array(1e-6)) == pytest.approx(0.5e-12, rel=1e-10)
        assert cost.rho(np.array(1e9)) == pytest.approx(2.0 * 1e9, rel=1e-8)

    @pytest.mark.parametrize("threshold", [0.0, -1.0, float("inf"), float("nan")])
    def test_a_threshold_that_is_not_positive_is_refused(self, threshold: float) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"threshold of huber must be a positive number, but .* was given"
        ):
            costs.huber(threshold)

    def test_a_name_with_a_threshold_finds_it_again(self) -> None:
        for t in (0.25, 1e-3, 1e20, 1.0):
            name = costs.huber(t).name
            assert costs.get(name).name == name
            assert costs.get(name).rho(np.array(0.7)) == costs.huber(t).rho(np.array(0.7))


PAIRS = [
    (cost, output)
    for cost in costs.ALL.values()
    for output in activations.ALL.values()
    if cost.allows(output) and output.smooth
]


def test_magnitude_of_a_perfect_fit_is_rounding_noise() -> None:
    a = np.array([[3.0, -7.0]])
    expected = EPS * (6.0**2 + 14.0**2)  # |rho'| is 0, so eps (|a| + |y|) replaces it
    assert costs.squared_error.magnitude(activations.identity, a, a)[0] == pytest.approx(
        expected, rel=1e-12, abs=0
    )


def test_magnitude_of_poisson_does_not_cancel_where_the_loss_does() -> None:
    z, y = np.array([[1.0]]), np.array([[np.e]])
    assert abs(costs.poisson.loss(activations.exp, z, y)[0]) < 1e-15
    assert costs.poisson.magnitude(activations.exp, z, y)[0] >= 2 * np.e


class TestTargets:
    @pytest.mark.parametrize(
        ("cost", "y", "message"),
        [
            (
                "binary_cross_entropy",
                [[0.0], [1.5]],
                r"'binary_cross_entropy' must be between 0 and 1, but row 1 has 1\.5",
            ),
            (
                "binary_cross_entropy",
                [[-0.5], [1.0]],
                r"must be between 0 and 1, but row 0 has -0\.5",
            ),
            ("poisson", [[0.0], [3.0], [-1.0]], r"'poisson' must be at least 0, but row 2 has -1"),
            (
                "cross_entropy",
                [[1.0, 0.0], [0.5, 0.4]],
                r"probabilities with sum 1 in each row .*but row 1 is \[0\.5, 0\.4\]",
            ),
            (
                "cross_entropy",
                [[1.5, -0.5]],
                r"probabilities with sum 1 .*but row 0 is \[1\.5, -0\.5\]",
            ),
        ],
    )
    def test_outside_the_domain_are_refused(
        self, cost: str, y: list[list[float]], message: str
    ) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            costs.get(cost).check_targets(np.array(y))

    @pytest.mark.parametrize(
        ("cost", "y"),
        [
            ("squared_error", [[-1e9, 1e9]]),
            ("huber", [[-1e9, 1e9]]),
            ("binary_cross_entropy", [[0.0, 1.0, 0.5]]),
            ("cross_entropy", [[0.1, 0.2, 0.7], [0.0, 1.0, 0.0]]),
            ("poisson", [[0.0, 1e6, 0.5]]),
            ("gaussian_nll", [[-1e9, 1e9]]),
            ("student_t", [[-1e9, 1e9]]),
        ],
    )
    def test_inside_the_domain_are_taken(self, cost: str, y: list[list[float]]) -> None:
        costs.get(cost).check_targets(np.array(y))

    @pytest.mark.parametrize("engine", ENGINES)
    def test_shares_of_float32_are_divided_by_their_sum(self, engine: str) -> None:
        rng = np.random.default_rng(0)
        shares = rng.dirichlet(np.ones(5), size=20).astype(np.float32)
        wide = shares.astype(np.float64)
        sums = wide.sum(axis=1, keepdims=True)
        assert 0 < np.count_nonzero(np.abs(sums - 1.0) > 1e-9) < 20
        expected = np.where(np.abs(sums - 1.0) > 1e-9, wide / sums, wide)
        arch = sn.Architecture((2, 5), output="softmax")
        X, theta = rng.normal(size=(20, 2)), rng.normal(size=arch.n_parameters)
        values = [
            sn.make_objective(arch, X, y, engine=engine).value(theta) for y in (shares, expected)
        ]
        assert values[0] == values[1]
        np.testing.assert_array_equal(as_targets(arch, shares, costs.cross_entropy), expected)
        with pytest.raises(sn.InvalidInput, match="must be probabilities with sum 1"):
            sn.make_objective(arch, X, shares.round(3), engine=engine)


class TestPairs:
    ALLOWED: ClassVar[dict[str, Callable[[str], bool]]] = {
        "squared_error": lambda output: output != "softmax",
        "huber": lambda output: output != "softmax",
        "binary_cross_entropy": lambda output: output == "sigmoid",
        "cross_entropy": lambda output: output == "softmax",
        "poisson": lambda output: output == "exp",
        "gaussian_nll": lambda output: output == "identity",
        "student_t": lambda output: output == "identity",
    }

    def test_are_allowed_or_refused_as_documented(self) -> None:
        assert set(self.ALLOWED) == set(costs.ALL)
        for name, cost in costs.ALL.items():
            for output in activations.ALL.values():
                if self.ALLOWED[name](output.name):
                    costs.require_pair(cost, output)
                else:
                    with pytest.raises(
                        sn.InvalidInput, match=f"cost '{name}' needs output activation"
                    ):
                        costs.require_pair(cost, output)

    def test_a_refusal_gives_alternatives(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"'exp', but the network's is 'tanh'; .*Architecture\(\.\.\., output='exp'\)",
        ):
            costs.require_pair(costs.poisson, activations.tanh)
        with pytest.raises(
            sn.InvalidInput,
            match="needs output activation any but 'softmax', but the network's is 'softmax'",
        ):
            costs.require_pair(costs.squared_error, activations.softmax)

    def test_an_output_has_the_cost_that_belongs_to_it_by_default(self) -> None:
        for output in activations.ALL.values():
            default = costs.default_for(output)
            assert default == {"softmax": "cross_entropy", "exp": "poisson"}.get(
                output.name, "squared_error"
            )
            costs.require_pair(costs.get(default), output)

    def test_softmax_has_no_elementwise_derivative(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match="'softmax' has no elementwise derivative; use cost 'cross_entropy'",
        ):
            costs.derivative(activations.softmax)

    def test_a_missing_second_derivative_is_refused_with_alternatives(self) -> None:
        bare = activations.Activation("mine", np.sin, np.cos, None, "sin(z)", "-")
        with pytest.raises(
            sn.InvalidInput,
            match=r"'mine' has no second_derivative.*define it, or use a method that does not need it",
        ):
            costs.second_derivative(bare)


class TestGet:
    def test_finds_every_cost_by_its_name(self) -> None:
        for name, cost in costs.ALL.items():
            assert cost.name == name
            assert costs.get(name) is cost
            assert costs.get(cost) is cost
            assert cost.formula

    def test_a_misspelled_name_is_guessed(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match="cost 'squared_eror' is not recognized; did you mean 'squared_error'",
        ):
            costs.get("squared_eror")

    def test_another_type_is_refused_with_the_known_names(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"a name or a cost object, but 7 was given; known names are squared_error, huber",
        ):
            costs.get(7)
