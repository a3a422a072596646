"""Activations: value and derivatives compared with mpmath, extreme arguments, and complex arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import sheernet as sn
from sheernet import activations

ENTRYWISE = [f for f in activations.ALL.values() if f.derivative is not None]
TINY = 5e-324  # the spacing of doubles at 0
STEP = 1e-20

far = np.geomspace(1e-300, 1000.0, 240)
near = np.random.default_rng(0).uniform(-40.0, 40.0, 240)
POINTS = np.concatenate(
    [-far[::-1], [0.0], far, near, [-700.0, 700.0, -1000.0, 1000.0, -709.0, 709.0]]
)
"""From 1e-300 to 1000 with both signs, 0, and the typical range of units."""


def _s(z: Any) -> Any:
    return mpmath.exp(-mpmath.log(1 + mpmath.exp(-z))) if z > -300 else mpmath.exp(z)


def _slope(z: Any) -> Any:
    return mpmath.sech(z / 2) ** 2 / 4


EXACT: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "identity": (lambda z: z, lambda z: mpf(1), lambda z: mpf(0)),
    "sigmoid": (_s, _slope, lambda z: -_slope(z) * mpmath.tanh(z / 2)),
    "tanh": (
        mpmath.tanh,
        lambda z: mpmath.sech(z) ** 2,
        lambda z: -2 * mpmath.tanh(z) * mpmath.sech(z) ** 2,
    ),
    "relu": (lambda z: max(z, mpf(0)), lambda z: mpf(z > 0), lambda z: mpf(0)),
    "leaky_relu": (
        lambda z: z if z > 0 else mpf(0.01) * z,
        lambda z: mpf(1) if z > 0 else mpf(0.01),
        lambda z: mpf(0),
    ),
    "softplus": (lambda z: max(z, mpf(0)) + mpmath.log1p(mpmath.exp(-abs(z))), _s, _slope),
    "silu": (
        lambda z: z * _s(z),
        lambda z: _s(z) + z * _slope(z),
        lambda z: _slope(z) * (2 - z * mpmath.tanh(z / 2)),
    ),
    "exp": (mpmath.exp, mpmath.exp, mpmath.exp),
}
"""Textbook formulas of value and derivatives, in 60 digits."""

TERMS = {
    ("silu", 1): lambda z: _s(z) + abs(z) * _slope(z),
    ("silu", 2): lambda z: _slope(z) * (2 + abs(z)),
}
"""Near a zero of a derivative, errors are measured in units of its absolute terms."""


def ulps(
    computed: np.ndarray,
    exact: Callable[[Any], Any],
    points: np.ndarray,
    scale: Callable[[Any], Any],
) -> float:
    """Largest error in ulp of `scale`; inf is correct if the exact number is too large."""
    worst = 0.0
    with mp.workdps(60):
        for number, z in zip(computed.tolist(), map(mpf, points.tolist()), strict=True):
            true = exact(z)
            if abs(true) > np.finfo(float).max:
                assert number == np.inf
                continue
            unit = mpf(float(np.spacing(float(abs(scale(z)))))) if scale(z) else mpf(TINY)
            worst = max(worst, float(abs(mpf(number) - true) / unit))
    return worst


def rules(f: sn.activations.Activation) -> tuple[Any, Any, Any]:
    return f.value, f.derivative, f.second_derivative


@pytest.mark.parametrize("order", [0, 1, 2], ids=["value", "derivative", "second derivative"])
@pytest.mark.parametrize("f", ENTRYWISE, ids=lambda f: f.name)
class TestAccuracy:
    def test_is_a_few_units_in_the_last_place(
        self, f: sn.activations.Activation, order: int
    ) -> None:
        with np.errstate(over="ignore"):
            computed = rules(f)[order](POINTS)
        exact = EXACT[f.name][order]
        assert ulps(computed, exact, POINTS, TERMS.get((f.name, order), exact)) <= 6

    def test_neither_raises_nor_warns_inside_700(
        self, f: sn.activations.Activation, order: int
    ) -> None:
        z = np.concatenate([np.linspace(-700.0, 700.0, 2001), [-0.0]])
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            assert np.isfinite(rules(f)[order](z)).all()

    def test_is_finite_at_1000_and_safe_at_infinity(
        self, f: sn.activations.Activation, order: int
    ) -> None:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            at_1000 = rules(f)[order](np.array([-1000.0, 1000.0]))
            rules(f)[order](np.array([-np.inf, np.inf, np.nan]))
        assert np.isfinite(at_1000[0])
        assert f.name == "exp" or np.isfinite(at_1000[1])

    def test_takes_complex_numbers_and_continues_the_real_function(
        self, f: sn.activations.Activation, order: int
    ) -> None:
        z = POINTS[np.abs(POINTS) <= 700]
        real, twin = rules(f)[order](z), rules(f)[order](z.astype(complex))
        exact = TERMS.get((f.name, order), EXACT[f.name][order])
        assert (
            ulps(twin.real, lambda x: mpf(float(real[np.flatnonzero(z == float(x))[0]])), z, exact)
            <= 8
        )
        assert (twin.imag == 0).all()

    def test_returns_a_new_array_of_the_shape_it_was_given(
        self, f: sn.activations.Activation, order: int
    ) -> None:
        z = np.array([[-1.0, 0.5, 2.0]])
        result = rules(f)[order](z)
        assert result.shape == z.shape
        assert not np.shares_memory(result, z)
        assert rules(f)[order](np.array(0.5)).shape == ()


@pytest.mark.parametrize("order", [0, 1], ids=["value", "derivative"])
@pytest.mark.parametrize("f", ENTRYWISE, ids=lambda f: f.name)
def test_the_complex_step_of_each_rule_is_the_next(
    f: sn.activations.Activation, order: int
) -> None:
    z = np.concatenate([near, [-100.0, -300.0, 100.0, 300.0]])
    numerical = rules(f)[order](z + 1j * STEP).imag / STEP
    by_rule = rules(f)[order + 1](z)
    scale = np.array(
        [float(TERMS.get((f.name, order + 1), EXACT[f.name][order + 1])(mpf(x))) for x in z]
    )
    if order == 1 and f.name in ("sigmoid", "tanh"):
        scale = np.abs(scale) + np.abs(rules(f)[1](z))  # the second derivative has its zero at 0
    assert (np.abs(numerical - by_rule) <= 1e-14 * np.abs(scale) + 2e-288).all()


class TestKinks:
    """Not smooth: the derivative is discontinuous at 0, and equals the left one there."""

    @pytest.mark.parametrize("f", ENTRYWISE, ids=lambda f: f.name)
    def test_smooth_means_that_the_derivative_is_continuous(
        self, f: sn.activations.Activation
    ) -> None:
        left, right = f.derivative(np.array([-1e-9, 1e-9]))
        assert (abs(left - right) < 1e-6) == f.smooth

    @pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01)])
    def test_at_0_the_derivative_is_from_the_left(self, name: str, slope: float) -> None:
        assert activations.get(name).derivative(np.array([0.0, -0.0])).tolist() == [slope, slope]


class TestLog1p:
    def test_keeps_the_small_real_part_of_a_complex_number(self) -> None:
        x = np.array([1e-300, 1e-30, 1e-17, 1e-9, 0.5, 1.0])
        result = activations.log1p(x + 1e-20j)
        assert np.allclose(result.real[2:], np.log1p(x[2:]), rtol=4e-16, atol=0)
        assert np.allclose(result.imag, 1e-20 / (1 + x), rtol=4e-16, atol=0)

    def test_agrees_with_mpmath_for_any_complex_number_right_of_0(self) -> None:
        rng = np.random.default_rng(1)
        x = rng.exponential(size=50) + 1j * rng.normal(size=50)
        exact = np.array([complex(mpmath.log(1 + mpmath.mpc(z))) for z in x])
        assert np.abs(activations.log1p(x) - exact).max() < 1e-15


class TestSoftmax:
    def test_is_the_textbook_formula(self) -> None:
        z = np.random.default_rng(2).normal(scale=20.0, size=(40, 4))
        p = activations.softmax.value(z)
        with mp.workdps(60):
            for row, shares in zip(z.tolist(), p.tolist(), strict=True):
                e = [mpmath.exp(x) for x in row]
                for share, x, exact in zip(shares, row, e, strict=True):
                    ulps_of_exponent = max(row) - x  # z - max(z) is rounded, and exp raises that
                    assert abs(share - exact / sum(e)) <= (4 + ulps_of_exponent) * np.spacing(share)

    def test_rows_are_shares_even_far_out(self) -> None:
        z = np.array([[1000.0, -1000.0, 999.0], [-1000.0, -1000.0, -1000.0], [8e307, 0.0, -8e307]])
        p = activations.softmax.value(z)
        assert (p >= 0).all()
        assert np.allclose(p.sum(axis=1), 1.0, rtol=1e-15)

    def test_does_not_change_when_a_row_is_shifted(self) -> None:
        z = np.random.default_rng(3).integers(-8, 9, (20, 3)).astype(float)
        assert np.array_equal(activations.softmax.value(z + 64.0), activations.softmax.value(z))

    def test_takes_complex_numbers(self) -> None:
        z = np.random.default_rng(4).normal(size=(5, 3))
        p, dz = activations.softmax.value(z), np.random.default_rng(5).normal(size=(5, 3))
        slope = activations.softmax.value(z + 1j * STEP * dz).imag / STEP
        assert np.allclose(
            slope, p * (dz - (p * dz).sum(axis=1, keepdims=True)), rtol=1e-13, atol=1e-15
        )

    def test_is_for_outputs_and_has_no_entrywise_derivative(self) -> None:
        assert activations.softmax.output_only
        assert activations.softmax.derivative is None


class TestGet:
    def test_finds_every_activation_by_its_name(self) -> None:
        for name, f in activations.ALL.items():
            assert f.name == name
            assert activations.get(name) is f is getattr(sn.activations, name)
            assert activations.get(f) is f

    def test_these_are_all_and_softmax_and_exp_are_for_outputs(self) -> None:
        hidden = {"identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu"}
        assert {f.name for f in activations.ALL.values() if not f.output_only} == hidden
        assert {f.name for f in activations.ALL.values() if f.output_only} == {"softmax", "exp"}

    def test_all_have_a_formula_and_a_reference(self) -> None:
        for f in activations.ALL.values():
            assert f.formula
            assert f.reference
            assert repr(f) == f"<activation {f.name}: {f.formula}>"

    def test_a_misspelled_name_is_guessed(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"activation 'sigmod' is not recognized; did you mean 'sigmoid'\? Choose one of",
        ):
            activations.get("sigmod")

    def test_another_type_is_refused_with_the_known_names(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"^activation must be the name .* an Activation, but 3 was given; known names are identity, sigmoid",
        ):
            activations.get(3)


class TestWhatTheFunctionsTake:
    @pytest.mark.parametrize("f", ENTRYWISE, ids=lambda f: f.name)
    @pytest.mark.parametrize("z", [0, 0.5, [0, 1], [[0, -2]], True, np.float32(1)])
    def test_numbers_and_lists_are_as_good_as_arrays(
        self, f: sn.activations.Activation, z: Any
    ) -> None:
        array = np.array(z, dtype=np.float64)
        for function in (f.value, f.derivative, f.second_derivative):
            given, wanted = function(z), function(array)
            assert np.shape(given) == array.shape
            assert given.dtype == np.float64
            assert np.array_equal(given, wanted)

    @pytest.mark.parametrize("f", ENTRYWISE, ids=lambda f: f.name)
    @pytest.mark.parametrize("z", ["a", None, [1, None, "x"], [[1], [2, 3]], sn])
    def test_what_is_not_numbers_is_refused(self, f: sn.activations.Activation, z: Any) -> None:
        for function in (f.value, f.derivative, f.second_derivative):
            with pytest.raises(sn.InvalidInput, match=r"^z must be"):
                function(z)

    def test_softmax_takes_rows(self) -> None:
        assert activations.softmax.value([[0, 0]]).tolist() == [[0.5, 0.5]]
        with pytest.raises(
            sn.ShapeMismatch, match=r"z has shape \(2,\), but softmax needs a table"
        ):
            activations.softmax.value([0, 1])
