"""Laws of distributions, and agreement with scipy.stats, for mixtures with and without transformed members."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from scipy import stats

from sheernet import InvalidInput, ShapeMismatch
from sheernet.statistics import AffineUnits, Prediction

ONE = AffineUnits([0.0], [1.0])
"""Units in which y = z."""


class TestLaws:
    @pytest.mark.parametrize("spread", [0.1, 1.0, 10.0])
    @pytest.mark.parametrize("nu", [np.inf, 3.0])
    def test_of_every_one_of_many_rows(self, spread: float, nu: float) -> None:
        """A few of thousands of root findings end in a bisection next to the root."""
        rng = np.random.default_rng(0)
        locations = spread * rng.normal(size=(4, 3000, 1))
        scales = np.exp(rng.normal(size=locations.shape))
        p = Prediction(np.full(4, 0.25), locations, scales, [nu, nu, np.inf, np.inf], ONE)
        for q in (1e-12, 0.025, 0.5, 0.8):
            assert np.allclose(p.cdf(p.ppf(q)), q, rtol=1e-11, atol=0)


class TestAgainstSciPy:
    @pytest.mark.parametrize("nu", [np.inf, 0.7, 1.0, 1.5, 2.0, 2.5, 30.0])
    def test_one_member_is_norm_or_t(self, nu: float) -> None:
        ours = Prediction([1.0], [[[0.4]]], [[[1.7]]], [nu], AffineUnits([2.0], [3.0]))
        theirs = stats.norm(3.2, 5.1) if nu == np.inf else stats.t(nu, 3.2, 5.1)
        x = np.linspace(-40, 40, 41)[:, None]
        q = np.array([1e-12, 0.01, 0.5, 0.7, 0.999])[:, None]
        for name in ("cdf", "sf", "pdf", "logpdf"):
            expected = getattr(theirs, name)(x)
            assert np.allclose(getattr(ours, name)(x), expected, rtol=1e-11, atol=0), name
        assert np.allclose(ours.ppf(q), theirs.ppf(q), rtol=1e-13, atol=0)
        assert np.allclose(ours.interval(0.8), np.c_[theirs.interval(0.8)].T, rtol=1e-13, atol=0)
        for name in ("mean", "median", "std", "var"):
            expected = getattr(theirs, name)()
            assert np.allclose(getattr(ours, name)(), expected, rtol=1e-13, equal_nan=True), name

    def test_a_quantile_between_two_far_members(self) -> None:
        p = Prediction([0.25, 0.75], [[[-1e3]], [[1e3]]], np.ones((2, 1, 1)), [np.inf, np.inf], ONE)
        assert p.ppf(0.2) == pytest.approx(stats.norm.ppf(0.8) - 1e3, abs=1e-10)
        assert p.ppf(0.3) == pytest.approx(stats.norm.ppf(0.05 / 0.75) + 1e3, abs=1e-10)
        assert -1e3 + 8 < p.ppf(0.25)[0] < 1e3 - 8

    def test_heavy_and_light_tails_far_out(self) -> None:
        """At 1e-200 only the Student t member is left: share c |x|^-3.5 = q."""
        p = Prediction([0.9, 0.1], np.zeros((2, 1, 1)), np.ones((2, 1, 1)), [np.inf, 3.5], ONE)
        c = stats.t(3.5).cdf(-1e6) * 1e6**3.5
        assert p.ppf(1e-200) == pytest.approx(-((0.1 * c / 1e-200) ** (1 / 3.5)), rel=1e-9)


class TestTails:
    def test_logpdf_does_not_underflow(self) -> None:
        p = Prediction([0.5, 0.5], [[[0.0]], [[1.0]]], np.ones((2, 1, 1)), [np.inf, np.inf], ONE)
        expected = np.log(0.5) + stats.norm.logpdf(99.0) + np.log1p(np.exp(-99.5))
        assert p.logpdf(100.0) == pytest.approx(expected, rel=1e-14)
        assert p.pdf(100.0) == 0


class TestRandomValues:
    def test_have_mean_and_standard_deviation(self) -> None:
        p = Prediction([0.5, 0.5], [[[0.0]], [[3.0]]], np.ones((2, 1, 1)), [np.inf, 9.0], ONE)
        drawn = p.rvs(100_000, random_state=0)
        assert abs(drawn.mean() - p.mean()[0]) < 4 * p.std()[0] / np.sqrt(1e5)
        assert drawn.std() == pytest.approx(p.std()[0], rel=0.02)

    def test_fall_into_the_interval_as_often_as_it_says(self) -> None:
        rng = np.random.default_rng(5)
        p = Prediction(
            [0.3, 0.7], rng.normal(size=(2, 400, 1)), np.exp(rng.normal(size=(2, 400, 1))), [np.inf, 3.0], ONE
        )  # fmt: skip
        drawn = p.rvs((50, 400), random_state=6)
        lower, upper = p.interval(0.9)
        hits = int(np.sum((drawn >= lower) & (drawn <= upper)))
        assert stats.binomtest(hits, drawn.size, 0.9).pvalue > 0.001

    def test_targets_of_a_row_share_their_member(self) -> None:
        """Members at -9 and 9 in both targets: drawn values have the same sign."""
        locations = np.array([-9.0, 9.0])[:, None, None] * np.ones((2, 1, 2))
        units = AffineUnits([0.0, 0.0], [1.0, 1.0])
        drawn = Prediction([0.5, 0.5], locations, np.ones((2, 1, 2)), [np.inf, np.inf], units).rvs(
            (99, 1, 2), random_state=0
        )
        assert np.all(drawn[:, 0, 0] * drawn[:, 0, 1] > 0)
        assert len(np.unique(np.sign(drawn))) == 2

    def test_a_size_that_does_not_fit_is_refused_with_one_that_does(self) -> None:
        p = Prediction(
            [1.0], np.zeros((1, 3, 2)), np.ones((1, 3, 2)), [np.inf], AffineUnits([0, 0], [1, 1])
        )
        with pytest.raises(ShapeMismatch, match=r"give \(10, 3, 2\)$"):
            p.rvs(10)
        assert p.rvs((10, 3, 2)).shape == (10, 3, 2)


class TestShapes:
    one = Prediction([1.0], np.zeros((1, 3, 1)), np.ones((1, 3, 1)), [np.inf], ONE)
    two = Prediction(
        [1.0], np.zeros((1, 3, 2)), np.ones((1, 3, 2)), [np.inf], AffineUnits([0, 1], [1, 2])
    )

    @pytest.mark.parametrize("name", ["mean", "median", "std", "var", "rvs"])
    def test_of_moments(self, name: str) -> None:
        assert getattr(self.one, name)().shape == (3,)
        assert getattr(self.two, name)().shape == (3, 2)

    @pytest.mark.parametrize("name", ["ppf", "cdf", "sf", "pdf", "logpdf"])
    def test_of_functions(self, name: str) -> None:
        one, two = getattr(self.one, name), getattr(self.two, name)
        assert one(0.5).shape == one([0.1, 0.2, 0.3]).shape == (3,)
        assert one([[0.1], [0.9]]).shape == (2, 3)
        assert two(0.5).shape == two([0.1, 0.9]).shape == (3, 2)
        assert two(np.full((5, 3, 2), 0.5)).shape == (5, 3, 2)
        with pytest.raises(ShapeMismatch, match=r"cannot be broadcast against the rows .*\(3,\)"):
            one([0.1, 0.2])

    def test_each_target_has_its_own_units(self) -> None:
        assert self.two.mean().tolist() == [[0, 1]] * 3
        assert self.two.std().tolist() == [[1, 2]] * 3

    def test_text(self) -> None:
        assert repr(self.two) == "Prediction(3 rows, 2 targets, 1 member)"
        assert len(self.two) == 3

    def test_a_prediction_of_no_rows(self) -> None:
        assert self.one[:0].ppf(0.3).shape == self.one[:0].mean().shape == (0,)

    def test_results_belong_to_the_caller(self) -> None:
        for name in ("mean", "std", "var", "median"):
            for p in (self.one, self.two):
                before = getattr(p, name)().copy()
                getattr(p, name)()[...] = 7.0
                assert np.array_equal(getattr(p, name)(), before)

    def test_iteration_ends(self) -> None:
        assert [len(row) for row in self.one] == [1, 1, 1]


class TestRefusals:
    good: ClassVar = {
        "shares": [1.0],
        "locations": [[[0.0]]],
        "scales": [[[1.0]]],
        "degrees": [3.0],
    }

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"shares": [0.5]}, "shares must be at least 0 with sum 1, but .* the sum 0.5"),
            ({"shares": [[1.0]]}, r"shares must have the shape \(1,\)"),
            ({"scales": [[[0.0]]]}, "scales must be positive and finite, but one is 0"),
            ({"scales": [[1.0]]}, r"scales must have the shape \(1, 1, 1\)"),
            ({"degrees": [0.0]}, "degrees must be positive, or inf .* one is 0"),
            ({"degrees": [np.nan]}, "degrees must be positive"),
            ({"locations": [[[np.inf]]]}, "locations must be finite, but one is inf"),
            ({"locations": [0.0]}, r"\(members, rows, targets\)"),
            ({"to_units": AffineUnits([0, 0], [1, 1])}, "1 target, but to_units has 2"),
        ],
    )
    def test_of_numbers(self, change: dict, message: str) -> None:
        Prediction(**{**self.good, "to_units": ONE})
        with pytest.raises(InvalidInput, match=message):
            Prediction(**{**self.good, "to_units": ONE, **change})

    @pytest.mark.parametrize(
        ("center", "scale", "message"),
        [
            ([0.0], [0.0], "scale must be positive and finite, but that of target 0 is 0"),
            ([np.nan], [1.0], "center must be finite, but one is nan"),
            ([0.0, 1.0], [1.0], r"shapes are \(2,\) and \(1,\)"),
        ],
    )
    def test_of_units(self, center: list, scale: list, message: str) -> None:
        with pytest.raises(InvalidInput, match=message):
            AffineUnits(center, scale)
