"""Errors of the functions in native/vector_math.hpp in ulp, compared with mpmath over the whole range of doubles.

Every instruction set of this machine is tested.  BOUNDS hold at the few points of the test; the largest errors at many
more points are given in vector_math.hpp, and may be larger. Run as a script, this file measures those:

    python tests/objective/engines/test_vector_math.py [POINTS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from mpmath import mp, mpf

import sheernet as sn
from both_engines import SETS
from both_engines import compiled as needs_compiled
from sheernet.network import compiled_extension

pytestmark = needs_compiled
DIGITS = 40
LARGEST = np.finfo(float).max


def sigmoid(z: mpf) -> mpf:
    return 1 / (1 + mp.exp(-z))


def bell(z: mpf) -> mpf:
    """The derivative of sigmoid."""
    e = mp.exp(-abs(z))
    return e / (1 + e) ** 2


def softplus(z: mpf) -> mpf:
    return max(z, mpf(0)) + mp.log1p(mp.exp(-abs(z)))


class Function(NamedTuple):
    """Value and derivative in many digits, and the terms of the derivative if it is a difference."""

    value: Callable[[mpf], mpf]
    slope: Callable[[mpf], mpf] | None = None
    slope_terms: Callable[[mpf], mpf] | None = None


FUNCTIONS = {
    "exp": Function(mp.exp),
    "log1p": Function(mp.log1p),
    "log1p from 0": Function(mp.log1p),
    "tanh": Function(mp.tanh, lambda z: 4 * bell(2 * z)),
    "sigmoid": Function(sigmoid, bell),
    "softplus": Function(softplus, sigmoid),
    "silu": Function(
        lambda z: z * sigmoid(z),
        # 0 near -1.28: an ulp is one of its terms there.
        lambda z: sigmoid(z) * (1 + z * sigmoid(-z)),
        lambda z: sigmoid(z) * (1 + abs(z) * sigmoid(-z)),
    ),
}

BOUNDS = {
    "exp": (1.1, 0.0),
    "log1p": (2.0, 0.0),
    "log1p from 0": (2.0, 0.0),
    "tanh": (3.3, 3.1),
    "sigmoid": (2.8, 3.1),
    "softplus": (2.6, 2.8),
    "silu": (2.9, 3.4),
}
"""Ulp of the value and of the derivative, at the points of the test."""


def points(function: str, number: int) -> np.ndarray:
    """Magnitudes from 5e-324 to 800, around every multiple of ln 2 / 2, where results are subnormal or overflow."""
    rng = np.random.default_rng(0)
    if function == "log1p":
        shares = [10.0 ** rng.uniform(-320, 0, number // 2), rng.random(number // 2)]
        return np.concatenate([*shares, [0.0, 5e-324, np.nextafter(1.0, 0.0), 1.0]])
    if function == "log1p from 0":
        shares = [10.0 ** rng.uniform(-320, 308, number // 2), rng.uniform(0.0, 8.0, number // 2)]
        steps = 2.0 ** np.arange(1, 1024)
        around = [np.nextafter(steps - 1.0, 0.0), steps - 1.0, np.nextafter(steps - 1.0, np.inf)]
        return np.concatenate(
            [*shares, *around, [0.0, 5e-324, 1.0, np.nextafter(1.0, 2.0), LARGEST]]
        )
    any_size = 10.0 ** rng.uniform(-320, np.log10(800), number // 6)
    usual = [rng.uniform(0.0, 40.0, number // 6), rng.uniform(0.0, 2.0, number // 6)]
    steps = np.arange(1, 2200) * (np.log(2) / 2)
    around = [np.nextafter(steps, -np.inf), steps, np.nextafter(steps, np.inf)]
    edges = [
        np.log(LARGEST),
        np.log(LARGEST) / 2,
        745.1332191019411,
        708.3964185322641,
        372.5666095509706,
    ]
    at_edges = [edge + np.spacing(edge) * np.arange(-4, 5) for edge in edges]
    at_edges.append(rng.uniform(707.0, 746.0, number // 12))
    extremes = [[5e-324, 1e-310, 2.2250738585072014e-308, 800.0, 1e18, 1e300, LARGEST]]
    if number < 20_000:
        around = [x[::4] for x in around]
    x = np.concatenate([any_size, *usual, *around, *at_edges, *extremes])
    return np.concatenate([x, -x])


@cache
def exact(function: str, number: int) -> tuple[np.ndarray, list[list[mpf]]]:
    """The points, and at each the exact value, slope and terms of the slope."""
    x = points(function, number)
    with mp.workdps(DIGITS):
        at = [mpf(float(z)) for z in x]
        return x, [[f(z) for z in at] for f in FUNCTIONS[function] if f is not None]


def errors(found: np.ndarray, truth: list[mpf], scale: list[mpf] | None = None) -> np.ndarray:
    """|found - truth| in ulp of `scale`, by default of the truth; inf if only one of them is finite."""
    with np.errstate(over="ignore"):
        places = np.spacing(np.abs([float(number) for number in scale or truth]))
    off = np.full(len(truth), np.inf)
    for i, (number, true, place) in enumerate(zip(found.tolist(), truth, places, strict=True)):
        if not np.isfinite(place):
            off[i] = 0.0 if number == float(true) else np.inf
        elif np.isfinite(number):
            off[i] = float(abs(mpf(number) - true) / mpf(float(place)))
    return off


def worst(instructions: str, function: str, number: int) -> list[tuple[float, float]]:
    """The largest error in ulp and its location, of the value and of the slope if there is one."""
    x, (values, *slopes) = exact(function, number)
    value, slope = compiled_extension.NATIVE.apply(instructions, function, x)
    with mp.workdps(DIGITS):
        all_errors = [errors(value, values)]
        if slopes:
            all_errors.append(errors(slope, slopes[0], slopes[1] if len(slopes) > 1 else None))
    return [(float(off.max()), float(x[off.argmax()])) for off in all_errors]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("instructions", SETS)
def test_errors_stay_within_their_bounds(instructions: str, function: str) -> None:
    for (error, where), bound in zip(
        worst(instructions, function, 6000), BOUNDS[function], strict=False
    ):
        assert error <= bound, f"{function} at {where!r}"


def test_the_bounds_are_at_most_4_ulp() -> None:
    assert max(map(max, BOUNDS.values())) <= 4.0


@pytest.mark.parametrize("function", sorted(set(FUNCTIONS) - {"log1p", "log1p from 0"}))
@pytest.mark.parametrize("instructions", SETS)
def test_infinities_nan_and_signed_zeros_are_those_of_the_reference(
    instructions: str, function: str
) -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, LARGEST, -LARGEST])
    f = sn.activations.ALL[function]
    with np.errstate(all="ignore"):
        expected = f.value(x), f.derivative(x)
    for found, wanted in zip(
        compiled_extension.NATIVE.apply(instructions, function, x), expected, strict=True
    ):
        assert np.array_equal(np.isnan(found), np.isnan(wanted))
        assert np.array_equal(np.isinf(found), np.isinf(wanted))
        assert np.allclose(found, wanted, rtol=1e-15, atol=0, equal_nan=True)
        assert np.signbit(found[:2]).tolist() == np.signbit(wanted[:2]).tolist()


@pytest.mark.parametrize("instructions", SETS)
def test_log1p_of_0_is_0_with_its_sign(instructions: str) -> None:
    value, _ = compiled_extension.NATIVE.apply(instructions, "log1p", np.array([0.0, -0.0, np.nan]))
    assert value[:2].tolist() == [0.0, 0.0]
    assert np.signbit(value[:2]).tolist() == [False, True]
    assert np.isnan(value[2])


@pytest.mark.parametrize("instructions", SETS)
def test_log1p_from_0_keeps_infinity_and_nan(instructions: str) -> None:
    x = np.array([0.0, np.inf, np.nan])
    value, _ = compiled_extension.NATIVE.apply(instructions, "log1p from 0", x)
    assert np.array_equal(value, x, equal_nan=True)


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "softplus"])
@pytest.mark.parametrize("instructions", SETS)
def test_values_stay_in_their_range_and_slopes_are_never_negative(
    instructions: str, function: str
) -> None:
    x = points(function, 6000)
    value, slope = compiled_extension.NATIVE.apply(instructions, function, x)
    lowest, highest = sn.activations.RANGES[function]
    assert lowest <= value.min()
    assert value.max() <= highest
    assert slope.min() >= 0.0
    assert slope.max() <= 1.0


@pytest.mark.parametrize("function", ["tanh", "sigmoid", "softplus", "silu"])
@pytest.mark.parametrize("instructions", SETS)
def test_second_derivatives_have_the_digits_of_the_reference(
    instructions: str, function: str
) -> None:
    """To 16 ulp, also for saturated units; near silu's inflection point in ulp of the terms."""
    x = np.concatenate([points(function, 6000), [0.0, -0.0, np.inf, -np.inf, np.nan]])
    with np.errstate(all="ignore"):
        expected = sn.activations.ALL[function].second_derivative(x)
        bell = sn.activations.sigmoid.derivative(x)
        scale = np.maximum(np.abs(expected), 2 * bell if function == "silu" else 0.0)
    found, _ = compiled_extension.NATIVE.apply(instructions, function + "''", x)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    there = ~np.isnan(expected)
    off = np.abs(found - expected)[there] / np.spacing(scale[there])
    assert off.max() <= 16, x[there][off.argmax()]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("instructions", SETS)
def test_a_result_does_not_depend_on_the_place_in_a_vector(
    instructions: str, function: str
) -> None:
    x = points(function, 600)
    together = compiled_extension.NATIVE.apply(instructions, function, x)
    for start in range(1, 9):
        for found, whole in zip(
            compiled_extension.NATIVE.apply(instructions, function, x[start:].copy()),
            together,
            strict=True,
        ):
            assert found.tobytes() == whole[start:].tobytes()


@pytest.mark.parametrize("n_classes", [2, 3, 10])
@pytest.mark.parametrize("instructions", SETS)
def test_log_sum_exp_is_off_by_little_of_its_largest_term(
    instructions: str, n_classes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """log(sum_k exp(z_k)) - z_0 is the loss of class 0: 1.4 ulp were measured, of it or the largest |z_k|."""
    monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", instructions)
    arch = sn.Architecture((1, n_classes), output="softmax")
    objective = sn.make_objective(
        arch, [[0.0]], np.eye(n_classes)[[0]], reduction="sum", engine="compiled"
    )
    rng = np.random.default_rng(0)
    worst_error = 0.0
    with mp.workdps(DIGITS):
        for _ in range(500):
            z = rng.normal(size=n_classes) * 10 ** rng.uniform(-3.0, 2.5)
            found = objective.value(np.concatenate([np.zeros(n_classes), z]))
            exact = mp.log1p(mp.fsum(mp.exp(mpf(z_k) - mpf(z[0])) for z_k in z[1:]))
            ulp = np.spacing(max(float(exact), np.abs(z).max()))
            worst_error = max(worst_error, float(abs(mpf(found) - exact) / ulp))
    assert worst_error <= 2.0


def test_an_unavailable_instruction_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no such instruction set here: avx9"):
        compiled_extension.NATIVE.apply("avx9", "exp", np.zeros(1))


if __name__ == "__main__":
    for function in FUNCTIONS:
        for instructions in SETS:
            found = worst(instructions, function, int(sys.argv[1]) if sys.argv[1:] else 100_000)
            text = "   ".join(f"{error:.2f} ulp at {where!r}" for error, where in found)
            print(f"{function:9} {instructions:9} {text}", flush=True)
