"""Numerical derivatives: formulas, known derivatives, and error estimates that bound the true error."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sheernet as sn
from sheernet.derivatives import (
    complex_step_gradient,
    estimate_gradient,
    noise_level,
    numerical_gradient,
)

KNOWN = {
    "x^2": (lambda x: x * x, lambda x: 2 * x),
    "x^5": (lambda x: x * x * x * x * x, lambda x: 5 * x**4),
    "exp": (np.exp, np.exp),
    "sin": (np.sin, np.cos),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "sin(300 x)": (lambda x: np.sin(300 * x), lambda x: 300 * np.cos(300 * x)),
    "1 / (1 + x^2)": (lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "1e6 + x": (lambda x: 1e6 + x, lambda x: 1.0 + 0 * x),
}
"""Functions of one number and their exact derivatives."""

smooth = pytest.mark.parametrize("name", KNOWN)
points = st.floats(-5, 5, allow_subnormal=False)
small_vectors = arrays(np.float64, st.integers(1, 5), elements=points)


def of_vector(f):
    return lambda x: f(x[0])


def rounding(name, x):
    """Rounding error of f and of the exact derivative."""
    inner = 300 * abs(300 * x) if name == "sin(300 x)" else 0.0  # the argument of sin is rounded
    return 4 * np.finfo(float).eps * (abs(KNOWN[name][1](x)) + inner) + 1e-190


def pseudo_noise(x):
    """A number in [-1, 1] that changes with every x, as noise does."""
    return np.random.default_rng(np.float64(x).view(np.uint64)).uniform(-1, 1)


def notebook_formula(f, theta, e):
    """compute_numerical_gradient of the notebook, over one function of a flat vector."""
    perturbation, gradient = np.zeros(theta.shape), np.zeros(theta.shape)
    for p in range(len(theta)):
        perturbation[p] = e
        gradient[p] = (f(theta + perturbation) - f(theta - perturbation)) / (2 * e)
        perturbation[p] = 0
    return gradient


class TestNotebook:
    @given(small_vectors, st.sampled_from([1e-4, 1e-3, 0.1]))
    def test_central_difference_is_its_formula_bit_for_bit(self, x, step):
        def f(x):
            return float(np.sum(np.sin(x) * np.exp(x)))

        np.testing.assert_array_equal(
            numerical_gradient(f, x, step=step), notebook_formula(f, x, step)
        )

    def test_on_its_network_and_data(self):
        X, y = sn.datasets.load_sleep_study().scaled

        def cost(theta):
            W1, W2 = theta[:6].reshape(2, 3), theta[6:].reshape(3, 1)
            hidden = 1 / (1 + np.exp(-X @ W1))
            return 0.5 * ((1 / (1 + np.exp(-hidden @ W2)) - y.reshape(-1, 1)) ** 2).sum()

        theta = np.random.default_rng(0).random(9)
        numeric = numerical_gradient(cost, theta, step=1e-4)
        np.testing.assert_array_equal(numeric, notebook_formula(cost, theta, 1e-4))
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        exact = sn.make_objective(arch, X, y, reduction="sum").value_and_gradient(theta)[1]
        assert np.linalg.norm(exact - numeric) / np.linalg.norm(exact + numeric) < 1e-8


class TestFormulas:
    @given(points, st.sampled_from([2.0**-k for k in range(12)]))
    def test_central_has_no_error_on_a_parabola(self, x, h):
        x = round(x * 64) / 64  # so that nothing is rounded
        assert numerical_gradient(of_vector(lambda x: x * x), [x], step=h) == 2 * x

    @given(points, st.sampled_from([2.0**-k for k in range(12)]))
    def test_forward_is_off_by_h_on_a_parabola(self, x, h):
        x = round(x * 64) / 64
        square = of_vector(lambda x: x * x)
        assert numerical_gradient(square, [x], step=h, method="forward") == 2 * x + h

    @smooth
    @given(x=points)
    def test_complex_step_is_exact_to_rounding(self, name, x):
        f, derivative = KNOWN[name]
        numeric = numerical_gradient(of_vector(f), [x], method="complex")[0]
        assert abs(numeric - derivative(x)) <= 5 * rounding(name, x)

    def test_complex_step_finds_derivatives_too_small_for_differences(self):
        numeric = numerical_gradient(lambda x: 1.0 + np.exp(-x[0]), [600.0], method="complex")
        assert numeric[0] == pytest.approx(-math.exp(-600), rel=1e-12)

    @pytest.mark.parametrize(("method", "error"), [("central", 1e-9), ("forward", 1e-6)])
    @given(x=points)
    def test_default_steps_are_near_the_best(self, method, error, x):
        numeric = numerical_gradient(of_vector(np.sin), [x], method=method)[0]
        assert abs(numeric - math.cos(x)) <= error

    def test_default_step_grows_with_the_entry(self):
        numeric = numerical_gradient(of_vector(lambda x: x * x), [1e10])
        assert numeric[0] == pytest.approx(2e10, rel=1e-9)

    @pytest.mark.parametrize("method", ["central", "forward", "complex"])
    def test_the_shape_is_kept_and_x_is_not_written(self, method):
        x = np.arange(6.0).reshape(2, 3)
        shapes = []

        def f(x):
            shapes.append(x.shape)
            x[0, 0] += 0  # f may modify its input
            return (x * x).sum()

        numeric = numerical_gradient(f, x, method=method)
        np.testing.assert_allclose(numeric, 2 * x, atol=1e-6)
        assert set(shapes) == {(2, 3)}
        assert x.tolist() == [[0, 1, 2], [3, 4, 5]]

    def test_overflow_is_silent(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert np.isnan(numerical_gradient(of_vector(np.exp), [1000.0])[0])


class TestMessages:
    def test_unknown_method(self):
        with pytest.raises(
            sn.InvalidInput, match="method 'centrl' is not recognized; did you mean 'central'"
        ):
            numerical_gradient(np.sum, [1.0], method="centrl")

    @pytest.mark.parametrize("step", [0.0, -1e-4, np.nan, np.inf])
    def test_step(self, step):
        with pytest.raises(
            sn.InvalidInput,
            match=r"step must be (positive and finite, but .* omit it|a number, but nan)",
        ):
            numerical_gradient(np.sum, [1.0], step=step)

    @pytest.mark.parametrize(
        ("answer", "given"),
        [
            (np.ones(2), r"an array of shape \(2,\)"),
            (None, "NoneType None"),
            ("1", "str '1'"),
            (1j, "complex 1j"),
        ],
    )
    def test_function_that_does_not_return_a_number(self, answer, given):
        with pytest.raises(
            sn.ShapeMismatch, match=f"must return one real number, but it returned {given}"
        ):
            numerical_gradient(lambda x: answer, [1.0])

    def test_complex_function_that_does_not_return_a_number(self):
        with pytest.raises(
            sn.ShapeMismatch, match="must return one number, but it returned an array of shape"
        ):
            numerical_gradient(lambda x: np.ones(3), [1.0], method="complex")


class TestEstimate:
    @smooth
    @given(x=points)
    @settings(max_examples=60)
    def test_its_uncertainty_bounds_the_true_error(self, name, x):
        f, derivative = KNOWN[name]
        estimate = estimate_gradient(of_vector(f), [x])
        bound = 4.0 * estimate.uncertainty[0] + rounding(name, x)
        assert abs(estimate.gradient[0] - derivative(x)) <= bound

    @smooth
    @given(x=points)
    @settings(max_examples=30)
    def test_its_uncertainty_is_small(self, name, x):
        f, derivative = KNOWN[name]
        estimate = estimate_gradient(of_vector(f), [x])
        noise = np.finfo(float).eps * abs(f(x)) / max(abs(x), 1.0)
        assert estimate.uncertainty[0] <= 1e-8 * abs(derivative(x)) + 1e4 * noise + 1e-9

    @given(small_vectors, st.integers(-40, 40))
    def test_a_function_in_other_units_has_the_same_digits(self, x, exponent):
        def f(x):
            return float(np.sum(np.exp(np.sin(x))))

        c = 2.0**exponent
        plain, scaled = estimate_gradient(f, x), estimate_gradient(lambda x: c * f(x), x)
        np.testing.assert_array_equal(scaled.gradient, c * plain.gradient)
        np.testing.assert_array_equal(scaled.uncertainty, c * plain.uncertainty)

    @given(st.floats(-6, 0), st.sampled_from([-1.0, 1.0]))
    def test_it_is_not_fooled_by_a_kink_nearby(self, exponent, side):
        x = side * 10.0**exponent
        estimate = estimate_gradient(lambda x: 2 * abs(x[0]) + math.sin(x[0]), [x])
        assert abs(estimate.gradient[0] - 2 * side - math.cos(x)) <= 4.0 * estimate.uncertainty[0]

    def test_it_is_not_fooled_by_many_kinks_at_once(self):
        for seed in range(300):
            rng = np.random.default_rng(seed)
            jumps, places = rng.normal(size=50), rng.uniform(-2e-3, 2e-3, 50)
            slope = -float(np.sum(jumps * np.sign(places)))
            estimate = estimate_gradient(
                lambda x, j=jumps, t=places: 1e7 + np.sum(j * np.abs(x[0] - t)), [0.0]
            )
            assert abs(estimate.gradient[0] - slope) <= 4.0 * estimate.uncertainty[0], seed

    @pytest.mark.parametrize("amplitude", [1e-12, 1e-8, 1e-4])
    @given(x=points)
    @settings(max_examples=30)
    def test_it_knows_the_noise_of_the_function(self, amplitude, x):
        noisy = of_vector(lambda x: math.sin(x) + amplitude * pseudo_noise(x))
        estimate = estimate_gradient(noisy, [x])
        assert amplitude / 6 <= estimate.noise <= 1.5 * amplitude  # its standard deviation is 0.58
        assert abs(estimate.gradient[0] - math.cos(x)) <= 4.0 * estimate.uncertainty[0]

    def test_a_known_magnitude_is_the_least_noise(self):
        f = of_vector(lambda x: x)
        without, given_one = estimate_gradient(f, [1.0]), estimate_gradient(f, [1.0], magnitude=1e6)
        assert given_one.noise == 1e6 * np.finfo(float).eps / 2
        assert given_one.roundoff[0] > 1e3 * without.roundoff[0]

    def test_uncertainty_is_infinite_if_the_function_is_not_finite(self):
        estimate = estimate_gradient(lambda x: x[0] if x[1] == 0 else np.nan, [1.0, 0.0])
        assert np.isnan(estimate.gradient[1])
        assert estimate.uncertainty[1] == np.inf

    @given(small_vectors)
    @settings(max_examples=20)
    def test_evaluations_are_counted(self, x):
        calls = []
        estimate = estimate_gradient(lambda x: calls.append(1) or float(np.sum(x**3)), x)
        assert estimate.evaluations == len(calls)

    def test_complex_step_has_no_truncation_and_counts_too(self):
        estimate = complex_step_gradient(lambda x: (x * x).sum(), [1.0, 2.0])
        assert estimate.gradient.tolist() == [2.0, 4.0]
        assert estimate.truncation.tolist() == [0.0, 0.0]
        assert np.all(estimate.uncertainty <= 1e-15)
        assert estimate.evaluations == 2

    def test_complex_step_that_is_not_finite_is_uncertain(self):
        assert complex_step_gradient(lambda x: x[0] * np.nan, [1.0]).uncertainty[0] == np.inf

    def test_round_off_includes_underflow_inside_the_function(self):
        estimate = complex_step_gradient(
            lambda x: 1e50 * x[1] + 1e170 * (1e-160 * (1e-160 * x[0])), [1.0, 1.0]
        )
        assert estimate.gradient[0] == 0.0  # it is 1e-150
        assert estimate.uncertainty[0] >= 1e-150


class TestNoise:
    @given(small_vectors, st.integers(-30, 30))
    def test_scales_with_the_function(self, x, exponent):
        def f(x):
            return np.sum(np.cos(x))

        c = 2.0**exponent
        assert noise_level(lambda x: c * f(x), x) == c * noise_level(f, x)

    @given(small_vectors)
    def test_of_a_smooth_function_is_its_rounding(self, x):
        noise = noise_level(lambda x: 9 + np.sum(np.cos(x)), x)
        assert 0.49 <= noise / (np.finfo(float).eps * (9 + np.sum(np.cos(x)))) <= 3

    def test_of_many_values_is_that_of_each(self):
        x = np.array([0.3])
        noise = noise_level(lambda x: np.array([[x[0], 1e6 * x[0]]]), x)
        assert noise.shape == (1, 2)
        assert noise[0, 1] == pytest.approx(1e6 * noise[0, 0], rel=1.0)

    def test_without_a_value_is_infinite(self):
        assert noise_level(lambda x: np.nan, np.ones(2)) == np.inf

    def test_huge_values_do_not_overflow(self):
        assert np.isfinite(noise_level(lambda x: 1e300 * x[0], np.ones(1)))
