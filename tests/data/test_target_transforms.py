"""Transforms of targets: laws of increasing maps, and agreement with SciPy and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.preprocessing import PowerTransformer

from sheernet import InvalidInput, ShapeMismatch
from sheernet.data.preprocessing.target_transforms import (
    TRANSFORMS,
    LogTransform,
    YeoJohnson,
    transform_from,
)

exponents = st.one_of(st.sampled_from([0.0, 1e-310, 1e-12, 1.0, 2.0 - 1e-12, 2.0]), st.floats(0, 2))
yeo_johnsons = st.builds(YeoJohnson, exponents, st.floats(-100, 100), st.floats(1e-3, 1e3))
transforms = st.one_of(st.just(LogTransform()), yeo_johnsons)
values = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20, unique=True)


def inside(transform, y: list[float]) -> np.ndarray:
    """Sorted values in the domain of a transform."""
    ordered = np.sort(np.array(y))
    return np.abs(ordered) + 1e-3 if isinstance(transform, LogTransform) else ordered


class TestLaws:
    @given(transform=transforms, y=values)
    def test_inverse_undoes_forward(self, transform, y: list[float]) -> None:
        y = inside(transform, y)
        size = getattr(transform, "scale", 0.0) + abs(getattr(transform, "center", 0.0))
        back = transform.inverse(transform.forward(y))
        # where psi is flat, as log(1 + |x|) is, a rounding of t is one of y times log(1 + |x|)
        assert np.allclose(back, y, rtol=1e-12, atol=1e-13 * size)

    @given(transform=transforms, t=st.floats(-30, 30))
    def test_forward_undoes_inverse_everywhere(self, transform, t: float) -> None:
        """For Yeo-Johnson because the exponent is in [0, 2]."""
        y = transform.inverse(t)
        assert np.isfinite(y)
        spacing = np.exp(transform.log_jacobian(y)) * 4 * (np.spacing(y) + 1e-13)
        assert abs(transform.forward(y) - t) <= 1e-12 * abs(t) + spacing

    @given(transform=transforms, y=values)
    def test_increases(self, transform, y: list[float]) -> None:
        y = np.unique(inside(transform, y))
        assert np.all(np.diff(transform.forward(y)) >= 0)

    @given(transform=transforms, y=st.floats(-1e3, 1e3))
    def test_log_jacobian_is_that_of_a_difference_quotient(self, transform, y: float) -> None:
        y = inside(transform, [y])[0]
        h = 1e-4 * (abs(y) if isinstance(transform, LogTransform) else transform.scale)
        if h < 1e-9 * (abs(y) + abs(getattr(transform, "center", 0.0))):
            return  # the difference quotient has too few digits
        upper, lower = transform.forward([y + h, y - h])
        slope = (upper - lower) / ((y + h) - (y - h))
        noise = 1e-15 * (abs(upper) + abs(lower)) / h
        assert abs(slope - np.exp(transform.log_jacobian(y))) <= 1e-5 * abs(slope) + 2 * noise

    @given(transform=transforms)
    def test_state_makes_the_same_transform_after_json(self, transform) -> None:
        assert transform_from(json.loads(json.dumps(transform.state))) == transform

    @given(transform=transforms)
    def test_ends_go_to_ends(self, transform) -> None:
        lowest = 0.0 if isinstance(transform, LogTransform) else -np.inf
        assert transform.forward([lowest, np.inf]).tolist() == [-np.inf, np.inf]
        assert transform.inverse([-np.inf, np.inf]).tolist() == [lowest, np.inf]

    @given(transform=transforms)
    def test_growth_is_the_exponent_of_the_inverse(self, transform) -> None:
        for sign, a in zip((-1, 1), transform.growth, strict=True):
            if 0 < a < 4:
                near, far = np.abs(
                    transform.inverse([sign * 1e80 ** (1 / a), sign * 1e90 ** (1 / a)])
                )
                assert np.log10(far / near) == pytest.approx(10, rel=1e-6)
            elif a == np.inf:
                assert np.abs(transform.inverse([sign * 800.0])) == np.inf


class TestLogarithm:
    def test_of_values_outside_of_the_domain_is_minus_infinity(self) -> None:
        assert LogTransform().forward([-1.0, 0.0]).tolist() == [-np.inf, -np.inf]

    @pytest.mark.parametrize("lowest", [0.0, -2.0])
    def test_needs_positive_targets(self, lowest: float) -> None:
        assert LogTransform.learn([1.0, 2.0]) == LogTransform()
        advice = "smallest value is .*; use the transform 'yeo_johnson'"
        with pytest.raises(InvalidInput, match=advice):
            LogTransform.learn([1.0, lowest])
        assert TRANSFORMS["yeo_johnson"].learn([1.0, lowest]).exponent <= 2


class TestYeoJohnson:
    @given(exponent=exponents, y=values)
    def test_is_that_of_scipy(self, exponent: float, y: list[float]) -> None:
        ours = YeoJohnson(exponent).forward(y)
        assert np.allclose(
            ours, stats.yeojohnson(np.array(y), lmbda=exponent), rtol=1e-9, atol=1e-12
        )

    @given(exponent=st.floats(0, 2), y=values)
    def test_jacobian_is_that_of_scipys_likelihood(self, exponent: float, y: list[float]) -> None:
        y = np.array([*y, 2e3, -2e3])
        transform = YeoJohnson(exponent)
        t = transform.forward(y)
        ours = -0.5 * len(y) * np.log(t.var()) + transform.log_jacobian(y).sum()
        assert ours == pytest.approx(stats.yeojohnson_llf(exponent, y), rel=1e-9)

    @pytest.mark.parametrize("shape", [0.1, 0.2, 0.4])
    @pytest.mark.parametrize("sign", [-1, 1])
    def test_exponent_is_that_of_scipy_and_scikit_learn(self, shape: float, sign: int) -> None:
        y = 50.0 + 7.0 * sign * np.random.default_rng(1).gamma(1 / shape, size=400)
        learned = YeoJohnson.learn(y)
        x = (y - np.median(y)) / stats.iqr(y)
        assert (learned.center, learned.scale) == pytest.approx((np.median(y), stats.iqr(y)))
        assert 0 < learned.exponent < 2
        assert learned.exponent == pytest.approx(stats.yeojohnson_normmax(x), abs=1e-5)
        peer = PowerTransformer(standardize=False).fit(x[:, None])
        assert learned.exponent == pytest.approx(peer.lambdas_[0], abs=1e-5)
        assert learned.forward(y) == pytest.approx(peer.transform(x[:, None])[:, 0], abs=1e-4)

    def test_exponent_of_a_target_that_wants_more_is_at_the_end(self) -> None:
        y = np.exp(2 * np.random.default_rng(0).normal(size=300))
        x = (y - np.median(y)) / stats.iqr(y)
        assert stats.yeojohnson_normmax(x) < 0
        assert YeoJohnson.learn(y).exponent == 0
        assert YeoJohnson.learn(-y).exponent == 2

    @given(seed=st.integers(0, 99), factor=st.floats(0.01, 100), shift=st.floats(-100, 100))
    def test_does_not_depend_on_the_units(self, seed: int, factor: float, shift: float) -> None:
        y = np.random.default_rng(seed).gamma(2.0, size=60)
        first, second = YeoJohnson.learn(y), YeoJohnson.learn(shift + factor * y)
        assert second.exponent == pytest.approx(first.exponent, abs=1e-4)
        assert second.forward(shift + factor * y) == pytest.approx(first.forward(y), abs=1e-3)

    @given(seed=st.integers(0, 99))
    def test_weights_are_repeated_rows(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        y, weights = rng.gamma(2.0, size=40), rng.integers(0, 4, 40).astype(float)
        weights[0] = 1.0
        weighted = YeoJohnson.learn(y, weights)
        repeated = YeoJohnson.learn(np.repeat(y, weights.astype(int)))
        assert weighted.exponent == pytest.approx(repeated.exponent, abs=1e-4)
        assert (weighted.center, weighted.scale) == pytest.approx((repeated.center, repeated.scale))

    def test_normal_targets_are_left_nearly_alone(self) -> None:
        y = np.random.default_rng(0).normal(size=2000)
        assert YeoJohnson.learn(y).exponent == pytest.approx(1.0, abs=0.1)

    @pytest.mark.parametrize("y", [[3.0, 3.0, 3.0], [5.0]])
    def test_of_a_constant_target_is_the_identity(self, y: list[float]) -> None:
        learned = YeoJohnson.learn(y)
        assert (learned.exponent, learned.center, learned.scale) == (1.0, y[0], 1.0)

    def test_rows_of_weight_zero_do_not_make_a_target_vary(self) -> None:
        assert YeoJohnson.learn([1.0, 1.0, 9.0], [1.0, 1.0, 0.0]).exponent == 1.0

    def test_of_far_outliers_is_finite(self) -> None:
        y = [*np.linspace(0, 1, 20), 1e200]
        learned = YeoJohnson.learn(y)
        assert 0 <= learned.exponent <= 2
        assert np.all(np.isfinite(learned.forward(y)))


class TestRefusals:
    @pytest.mark.parametrize(
        ("numbers", "message"),
        [
            ((2.5,), "exponent of a transform must be from 0 to 2, but is 2.5"),
            ((-0.1,), "must be from 0 to 2"),
            ((np.nan,), "exponent of a transform must be finite"),
            ((1.0, 0.0, 0.0), "scale of a transform must be positive, but is 0"),
            ((1.0, np.inf), "center of a transform must be finite"),
        ],
    )
    def test_of_numbers(self, numbers: tuple[float, ...], message: str) -> None:
        with pytest.raises(InvalidInput, match=message):
            YeoJohnson(*numbers)

    @pytest.mark.parametrize(
        ("state", "message"),
        [
            ({"name": "yeo-johnson"}, "transform 'yeo-johnson' is called 'yeo_johnson' here"),
            ({"name": "cube"}, "known are log, yeo_johnson"),
            ({}, "transform None is not known"),
            ({"name": "yeo_johnson"}, "numbers of transform 'yeo_johnson' are wrong: .*exponent"),
            ({"name": "log", "base": 2.0}, "numbers of transform 'log' are wrong: .*base"),
        ],
    )
    def test_of_states(self, state: dict, message: str) -> None:
        with pytest.raises(InvalidInput, match=message):
            transform_from(state)

    def test_of_targets(self) -> None:
        with pytest.raises(InvalidInput, match="the target must be finite"):
            YeoJohnson.learn([1.0, np.nan])
        with pytest.raises(ShapeMismatch, match="there are 3 rows"):
            YeoJohnson.learn([1.0, 2.0, 3.0], [1.0])
