"""check_gradient: right gradients never fail, planted faults always do, and consistency comes first."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sheernet as sn
from contracts.cases import random_case
from sheernet.derivatives import Problem, check_gradient

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "silu")
KINK_FUNCTIONS = ("relu", "leaky_relu")


def network(seed, scale=1.0, hidden=SMOOTH, targets=1.0, **held):
    """A random objective of value and gradient that are finite, and its theta."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, attempt])
        rows = int(10 ** rng.uniform(0.4, 3))
        if targets != 1:  # other costs have targets of a fixed size
            held["cost"] = str(rng.choice(["squared_error", "huber"]))
        if targets > 1:  # outputs that cannot come near are for test_is_inconclusive below
            held["output"] = "identity"
        case = random_case(rng, hidden=hidden, rows=rows, **held)
        case = replace(case, y=case.y * targets)
        objective, theta = case.objective(), case.theta * scale
        value, gradient = objective.value_and_gradient(theta)
        if np.isfinite(value) and np.all(np.isfinite(gradient)):
            return objective, theta
    raise AssertionError("no finite case")


def wave(x):
    return float(np.sum(np.sin(x) * x[0]) + 2.0)


def wave_gradient(x):
    g = np.cos(x) * x[0]
    g[0] += np.sum(np.sin(x))
    return g


X = np.array([0.7, -0.3, 1.9, 0.2])


class TestRightGradients:
    @pytest.mark.parametrize("targets", [1e-6, 1.0, 1e6])
    @pytest.mark.parametrize("scale", [1.0, 10.0, 40.0])
    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=12)
    def test_pass_by_complex_step(self, seed, scale, targets):
        objective, theta = network(seed, scale, SMOOTH + KINK_FUNCTIONS, targets)
        report = check_gradient(objective, theta)
        assert report.method == "complex step"
        assert report.verdict == "pass", report

    @pytest.mark.parametrize("targets", [1e-6, 1.0, 1e6])
    @pytest.mark.parametrize("scale", [1.0, 10.0, 40.0])
    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=8)
    def test_never_fail_by_differences(self, seed, scale, targets):
        objective, theta = network(seed, scale, targets=targets)
        report = check_gradient(objective, theta, method="differences")
        assert report.method == "central differences"
        assert report.verdict != "fail", report

    def test_are_seldom_undecided_by_differences(self):
        verdicts = [
            v
            for seed in range(40)
            for v in check_gradient(*network(seed), method="differences").verdicts
        ]
        assert verdicts.count("inconclusive") <= 0.05 * len(verdicts)

    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=20)
    def test_do_not_fail_if_the_gradient_is_rounding_noise(self, seed):
        rng = np.random.default_rng(seed)
        A, b = rng.standard_normal((8, 3)), rng.standard_normal(8)
        minimum = np.linalg.lstsq(A, b)[0]

        def value(x):
            r = A @ x - b
            return (r * r).sum() / 2

        problem = Problem(value, lambda x: A.T @ (A @ x - b), minimum, complex_value=value)
        for method in ("complex", "differences"):
            assert check_gradient(problem, method=method).verdict != "fail"

    def test_noise_hidden_at_nearby_points_is_known_from_the_terms(self):
        # e cancels out of two terms of size 1, and is the same number at all points where noise is measured
        e = 2.0**-40 / 3
        problem = Problem(
            lambda x: x[0] * e,
            lambda x: np.array([(1.0 + e) - 1.0]),
            [1.0],
            complex_value=lambda x: x[0] * e,
        )
        assert check_gradient(problem).verdict == "fail"
        of_terms = replace(problem, gradient_magnitude=lambda x: np.array([2.0]))
        assert check_gradient(of_terms).verdict != "fail"

    @pytest.mark.parametrize("one_sided", [-1.0, 0.3, 1.0])
    def test_do_not_fail_by_differences_at_a_kink(self, one_sided):
        report = check_gradient(lambda x: abs(x[0]) + x[1], lambda x: [one_sided, 1.0], [0.0, 2.0])
        assert report.verdicts == ("inconclusive", "pass")

    def test_do_not_fail_by_complex_step_at_a_kink(self):
        arch = sn.Architecture((2, 3, 1), hidden="relu")
        objective = sn.make_objective(arch, np.zeros((4, 2)), np.ones(4))
        theta = np.where(np.arange(objective.size) < 9, 0.0, 0.5)  # every relu unit sits at 0
        report = check_gradient(objective, theta)
        assert report.method == "complex step"
        assert report.verdict != "fail"


def median_entry(g):
    nonzero = np.flatnonzero(g)
    return nonzero[np.argsort(np.abs(g[nonzero]))[nonzero.size // 2]]


def times(factor):
    def wrong(objective, theta, g):
        g[median_entry(g)] *= factor
        return g

    return wrong


def without_decay(objective, theta, g):
    return g - objective.decay * theta


def without_bias(objective, theta, g):
    g[objective.blocks["b1"].slice] = 0
    return g


FAULTS = {
    "1 % off": times(1.01),
    "sign": times(-1),
    "factor 2": times(2),
    "zeroed": times(0),
    "no decay": without_decay,
    "no bias": without_bias,
}


def faulty(objective, theta, fault):
    """The problem of an objective whose gradient has a fault."""

    def gradient(x):
        return FAULTS[fault](objective, x, objective.value_and_gradient(x)[1])

    return replace(Problem.from_objective(objective, theta), gradient=gradient)


HUBER = {
    "cost": "huber",
    "output": "identity",
    "bias": True,
    "decay": "vector",
    "hidden_layers": (1, 2, 3),
}
"""Networks whose gradient is bounded, so that neither decay nor one entry is drowned."""


def unchanged(problem):
    """Whether a fault has nothing to act on: no decay, or a bias of dead units."""
    right = problem.value_and_gradient(problem.x)[1]
    return np.allclose(problem.gradient(problem.x), right, rtol=1e-6, atol=0)


@pytest.mark.parametrize("fault", FAULTS)
class TestFaults:
    @pytest.mark.parametrize("scale", [1.0, 10.0, 40.0])
    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=8)
    def test_fail_by_complex_step(self, seed, scale, fault):
        problem = faulty(*network(seed, scale, SMOOTH + KINK_FUNCTIONS, **HUBER), fault)
        assume(not unchanged(problem))
        assert check_gradient(problem).verdict == "fail"

    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=8)
    def test_fail_by_differences(self, seed, fault):
        problem = faulty(*network(seed, hidden=("tanh", "sigmoid"), **HUBER), fault)
        assume(not unchanged(problem))
        assert check_gradient(problem, method="differences").verdict == "fail"


class TestVerdict:
    def test_names_the_wrong_entry(self):
        def wrong(x):
            return wave_gradient(x) * [1, 1, 1.01, 1]

        report = check_gradient(wave, wrong, X)
        assert report.verdicts == ("pass", "pass", "fail", "pass")
        assert report.worst.name == "x[2]"
        assert report.worst.relative == pytest.approx(0.0099, abs=1e-4)

    def test_follows_the_tolerance_of_each_entry(self):
        report = check_gradient(wave, lambda x: wave_gradient(x) + np.array([0, 1e-3, 0, 0]), X)
        failed = [v == "fail" for v in report.verdicts]
        np.testing.assert_array_equal(failed, report.absolute > report.tolerance)

    @given(st.integers(-60, 60))
    @settings(max_examples=20)
    def test_does_not_depend_on_units(self, exponent):
        c = 2.0**exponent
        wrong = lambda x: wave_gradient(x) * [1, 1, 1.001, 1]  # noqa: E731
        plain = check_gradient(wave, wrong, X)
        scaled = check_gradient(lambda x: c * wave(x), lambda x: c * wrong(x), X)
        assert scaled.verdicts == plain.verdicts
        np.testing.assert_array_equal(scaled.tolerance, c * plain.tolerance)
        assert scaled.norm_ratio == plain.norm_ratio

    def test_a_derivative_of_0_with_a_third_derivative_does_not_fail(self):
        def cube(x):
            return x[0] ** 3 + x[1]

        problem = Problem(cube, lambda x: [3 * x[0] ** 2, 1.0], [0.0, 1.0], complex_value=cube)
        assert check_gradient(problem).verdict == "pass"

    def test_is_the_same_twice(self):
        one, two = (check_gradient(wave, wave_gradient, X).to_dict() for _ in range(2))
        assert one == two

    def test_is_inconclusive_if_values_are_too_coarse(self):
        report = check_gradient(lambda x: 1e15 + x[0], lambda x: [1.0], [0.5])
        assert report.verdict == "inconclusive"

    def test_a_gradient_of_zeros_passes_with_a_note(self):
        flat = Problem(lambda x: 1.0, np.zeros_like, [1.0, 2.0], complex_value=lambda x: 1.0 + 0j)
        report = check_gradient(flat)
        assert report.verdict == "pass"
        assert report.findings == ("The gradient is zero everywhere; check at another point, too.",)


class TestConsistency:
    def findings(self, value=wave, gradient=wave_gradient, **other):
        report = check_gradient(Problem(value, gradient, X, **other))
        return report.verdict, " ".join(report.findings)

    def test_nothing_to_say(self):
        assert self.findings(value_and_gradient=lambda x: (wave(x), wave_gradient(x))) == (
            "pass",
            "",
        )

    def test_value_that_writes_into_its_input(self):
        def writes(x):
            result = wave(x)
            x[0] = 0
            return result

        assert self.findings(writes) == (
            "fail",
            "The function modifies its input; it must work on a copy.",
        )

    def test_gradient_that_writes_into_its_input(self):
        def writes(x):
            result = wave_gradient(x)
            x *= 2
            return result

        sentence = "The gradient modifies its input; it must work on a copy."
        assert self.findings(gradient=writes) == ("fail", sentence)

    def test_two_values_that_are_not_one_function(self):
        verdict, sentence = self.findings(
            value_and_gradient=lambda x: (wave(x) * 1.001, wave_gradient(x))
        )
        assert verdict == "fail"
        assert sentence.startswith("The function returns ")
        assert sentence.endswith("with the gradient; both must be the same function.")

    def test_two_values_may_differ_by_rounding(self):
        def both(x):
            return np.nextafter(wave(x), 9.0), wave_gradient(x)

        assert self.findings(value_and_gradient=both) == ("pass", "")

    @pytest.mark.parametrize("noisy", ["value", "gradient"])
    def test_calls_that_differ(self, noisy):
        rng = np.random.default_rng(0)
        right = {"value": wave, "gradient": wave_gradient}
        noise = {noisy: lambda x: right[noisy](x) + 1e-9 * rng.standard_normal()}
        verdict, sentence = self.findings(**noise)
        assert verdict != "pass"
        assert (
            sentence == "Two calls at the same point differ; fix the random numbers and try again."
        )

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_value_that_is_not_finite(self, value):
        verdict, sentence = self.findings(lambda x: value)
        assert (verdict, sentence) == (
            "inconclusive",
            f"The function is {value} at this point; check at another point.",
        )

    def test_gradient_that_is_not_finite(self):
        verdict, sentence = self.findings(
            gradient=lambda x: wave_gradient(x) * np.array([1, np.nan, 1, 1])
        )
        assert (verdict, sentence) == (
            "fail",
            "The function is finite, but entry x[1] of its gradient is nan.",
        )

    def test_overflow_is_silent_and_the_caller_keeps_the_point(self):
        mine = np.array([800.0, 1.0])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_gradient(lambda x: np.exp(x).sum(), np.exp, mine)
        assert mine.tolist() == [800.0, 1.0]


class TestMethod:
    def problem(self, complex_value):
        return Problem(wave, wave_gradient, X, complex_value=complex_value)

    def complex_wave(self, x):
        return np.sum(np.sin(x) * x[0]) + 2.0

    def test_is_the_complex_step_if_there_is_a_complex_value(self):
        report = check_gradient(self.problem(self.complex_wave))
        assert (report.method, report.verdict, report.findings) == ("complex step", "pass", ())
        # Held to a difference first: 4 real values, and a complex one.
        assert report.evaluations == X.size + 5
        vouched = replace(self.problem(self.complex_wave), complex_is_exact=True)
        assert check_gradient(vouched).evaluations == X.size

    def test_is_differences_if_there_is_none(self):
        assert check_gradient(self.problem(None)).method == "central differences"

    def test_may_be_chosen(self):
        report = check_gradient(self.problem(self.complex_wave), method="differences")
        assert report.method == "central differences"

    @pytest.mark.parametrize(
        ("complex_value", "reason"),
        [
            (lambda x: np.logaddexp(x, 0).sum(), "it raises "),
            (lambda x: np.sum(np.sin(x) * x[0]), "but the real value is"),
            (
                lambda x: np.sum(np.sin(x.real) * x.real[0]) + 2.0,
                "its slope in one direction is 0, but differences",
            ),
        ],
    )
    def test_is_differences_if_the_complex_value_is_wrong(self, complex_value, reason):
        report = check_gradient(self.problem(complex_value))
        assert (report.method, report.verdict) == ("central differences", "pass")
        assert report.findings[0].startswith("The complex value is not used: ")
        assert reason in report.findings[0]

    def test_complex_needs_a_complex_value(self):
        with pytest.raises(
            sn.InvalidInput,
            match=r"method='complex' needs a complex_value, .* use method='differences'",
        ):
            check_gradient(wave, wave_gradient, X, method="complex")

    def test_unknown_method(self):
        with pytest.raises(
            sn.InvalidInput, match="method 'complx' is not recognized; did you mean 'complex'"
        ):
            check_gradient(wave, wave_gradient, X, method="complx")


class TestForms:
    def test_objective_problem_and_functions_give_the_same(self):
        objective, theta = network(3)
        by_objective = check_gradient(objective, theta)
        by_problem = check_gradient(Problem.from_objective(objective, theta))
        assert by_objective.to_dict() == by_problem.to_dict()
        assert by_objective.names == tuple(objective.names)
        by_functions = check_gradient(
            objective.value, lambda t: objective.value_and_gradient(t)[1], theta
        )
        np.testing.assert_array_equal(by_functions.analytic, by_objective.analytic)

    def test_functions_without_names(self):
        report = check_gradient(wave, wave_gradient, X.tolist())
        assert report.verdict == "pass"
        assert report.names == ("x[0]", "x[1]", "x[2]", "x[3]")

    def test_functions_with_names(self):
        assert check_gradient(wave, wave_gradient, X, names="abcd").names == ("a", "b", "c", "d")

    def test_gradient_may_be_a_list(self):
        assert check_gradient(lambda x: x[0] ** 2, lambda x: [2 * x[0]], [3.0]).verdict == "pass"

    def test_gradient_that_is_one_array_used_again(self):
        store = np.zeros(4)

        def gradient(x):
            store[:] = wave_gradient(x)
            return store

        assert check_gradient(wave, gradient, X).verdict == "pass"

    @pytest.mark.parametrize(
        "arguments",
        [
            (wave,),
            (wave, X),
            (wave, X, X),
            (wave, wave_gradient),
            (1, X),
            (wave, wave_gradient, X, X),
        ],
    )
    def test_other_arguments(self, arguments):
        with pytest.raises(
            sn.InvalidInput, match="must be an objective and theta, or a function, its gradient"
        ):
            check_gradient(*arguments)

    def test_gradient_of_another_shape(self):
        with pytest.raises(
            sn.ShapeMismatch, match=r"the gradient has shape \(1, 4\) but x has shape \(4,\)"
        ):
            check_gradient(wave, lambda x: wave_gradient(x)[None], X)

    def test_function_of_more_than_one_value(self):
        with pytest.raises(
            sn.ShapeMismatch,
            match="the function must return one real number, but it returned an array",
        ):
            check_gradient(np.sin, np.cos, X)
