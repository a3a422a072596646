"""As test_predictive_distribution.py, by names that are not published."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sheernet import InvalidInput, ShapeMismatch
from sheernet.statistics import AffineUnits, JohnsonTransform, Prediction
from sheernet.statistics.target_transforms import UNCHANGED, Transform

ONE = AffineUnits([0.0], [1.0])
"""Units in which y = z."""


SKEWED = JohnsonTransform((-0.5,), (0.8,), (2.0,), (0.3,))


def single(
    nu: float = np.inf, location: float = 0.0, scale: float = 1.0, transform: Transform = UNCHANGED
) -> Prediction:
    """One member, one row, one target."""
    return Prediction([1.0], [[[location]]], [[[scale]]], [nu], ONE, [transform])


@st.composite
def predictions(draw, transformed: bool = True, most_degrees: float = 60.0) -> Prediction:
    """Mixtures of 1 to 4 members, 1 to 4 rows and 1 to 2 targets, some members without a share."""
    members, rows, targets = (draw(st.integers(1, most)) for most in (4, 4, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = rng.dirichlet(np.ones(members))
    if members > 1 and draw(st.booleans()):
        shares[0] = 0.0
        shares /= shares.sum()
    spread = draw(st.sampled_from([0.0, 0.1, 3.0, 100.0]))
    locations = spread * rng.normal(size=(members, rows, targets))
    scales = np.exp(draw(st.sampled_from([0.0, 1.0, 3.0])) * rng.normal(size=locations.shape))
    degrees = np.exp(rng.uniform(np.log(0.7), np.log(most_degrees), members))
    degrees[rng.random(members) < 0.5] = np.inf
    center, scale = rng.normal(size=targets), np.exp(rng.normal(size=targets))
    transforms: list[Transform] = [UNCHANGED] * members
    if transformed and draw(st.booleans()):
        locations, scales = 0.3 * locations / max(spread, 1.0), np.minimum(scales, 2.0)
        for m in np.flatnonzero(rng.random(members) < 0.6):
            degrees[m] = np.inf
            numbers = [rng.normal(size=targets), np.exp(rng.normal(size=targets)) + 0.5]
            transforms[m] = JohnsonTransform(*map(tuple, [*numbers, *numbers]))
    return Prediction(shares, locations, scales, degrees, AffineUnits(center, scale), transforms)


def scipy_members(p: Prediction) -> list:
    """The members as scipy.stats distributions in the affine units, of shape (N, K)."""
    center, scale = p.to_units.center, p.to_units.scale
    return [
        stats.norm(center + scale * a, scale * s)
        if nu == np.inf
        else stats.t(nu, center + scale * a, scale * s)
        for a, s, nu in zip(p.locations, p.scales, p.degrees, strict=True)
    ]


class TestLaws:
    @given(p=predictions(), q=st.floats(1e-6, 1 - 1e-6))
    def test_cdf_inverts_ppf(self, p: Prediction, q: float) -> None:
        assert np.allclose(p.cdf(p.ppf(q)), q, rtol=1e-7, atol=0)

    @given(p=predictions(transformed=False), power=st.floats(-90, -1))
    def test_in_far_tails_too(self, p: Prediction, power: float) -> None:
        """Rounding of x changes the tail by x pdf(x) / tail times as much."""
        tail = 10.0**power
        x = p.ppf(tail)
        rounding = 1e-14 * (np.abs(x) + 1e3) * np.exp(p.logpdf(x) - np.log(tail))
        assert np.all(np.abs(p.cdf(x) / tail - 1) <= 1e-9 + rounding)

    @given(p=predictions(), q=st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=5))
    def test_ppf_and_cdf_increase(self, p: Prediction, q: list[float]) -> None:
        ordered = np.sort(q).reshape(-1, *[1] * len(p.shape))
        x = p.ppf(ordered)
        assert np.all(np.diff(x, axis=0) >= -1e-12 * np.abs(x[1:]))
        assert np.all(np.diff(p.cdf(np.sort(x, axis=0)), axis=0) >= -1e-15)

    @given(p=predictions(), q=st.floats(1e-3, 0.999))
    def test_sf_is_the_complement(self, p: Prediction, q: float) -> None:
        x = p.ppf(q)
        assert np.allclose(p.sf(x) + p.cdf(x), 1.0, rtol=0, atol=1e-14)

    @given(p=predictions(), confidence=st.floats(0.001, 0.9999))
    def test_the_interval_has_equal_tails(self, p: Prediction, confidence: float) -> None:
        lower, upper = p.interval(confidence)
        assert np.allclose(p.cdf(lower), (1 - confidence) / 2, rtol=1e-7, atol=0)
        assert np.allclose(p.sf(upper), (1 - confidence) / 2, rtol=1e-7, atol=0)

    @given(p=predictions(), q=st.floats(0.02, 0.98))
    def test_pdf_is_the_derivative_of_cdf(self, p: Prediction, q: float) -> None:
        x = p.ppf(q)
        h = 1e-4 * min(1.0, q, 1 - q) / np.maximum(p.pdf(x), 1e-300)
        h = np.minimum(
            h,
            1e-3
            * np.min(
                p.scales * (p.shares > 0)[:, None, None] + 1e9 * (p.shares == 0)[:, None, None]
            ),
        )
        h = (x + h) - x
        if np.any(h <= 1e-10 * np.abs(x)):
            return  # the difference quotient has no digits
        slope = (p.cdf(x + h) - p.cdf(x - h)) / (2 * h)
        noise = 1e-15 / h
        assert np.all(np.abs(p.pdf(x) - slope) <= 1e-4 * p.pdf(x) + noise)

    @given(p=predictions())
    def test_rows_are_independent_of_each_other(self, p: Prediction) -> None:
        for rows in (0, slice(None, None, -1), [0, 0], np.arange(len(p)) > 0):
            part, chosen = p[rows], np.atleast_1d(np.arange(len(p))[rows])
            assert len(part) == len(chosen)
            assert np.array_equal(part.ppf(0.2), p.ppf(0.2)[chosen])
            assert np.allclose(
                part.mean(), p.mean()[chosen], rtol=1e-12, atol=1e-12, equal_nan=True
            )

    @given(p=predictions(), k=st.integers(0, 5))
    def test_ends(self, p: Prediction, k: int) -> None:
        assert np.all(p.ppf(0.0) == -np.inf)
        assert np.all(p.ppf(1.0) == np.inf)
        for outside in (-0.1, 1.1, np.nan):
            assert np.all(np.isnan(p.ppf(outside)))
        assert np.all(p.cdf(-np.inf) == 0)
        assert np.allclose(p.cdf(np.inf), 1, rtol=0, atol=1e-15)
        assert np.all(p.logpdf(np.inf) == -np.inf)


class TestAgainstSciPy:
    @given(p=predictions(transformed=False), q=st.floats(1e-8, 1 - 1e-8))
    def test_a_mixture_is_the_sum_of_its_members(self, p: Prediction, q: float) -> None:
        x = p.ppf(q).reshape(p.locations.shape[1:])
        members = scipy_members(p)
        for name in ("cdf", "sf", "pdf"):
            terms = [s * getattr(d, name)(x) for s, d in zip(p.shares, members, strict=True)]
            ours = getattr(p, name)(x.reshape(p.shape)).reshape(x.shape)
            assert np.allclose(ours, sum(terms), rtol=1e-7, atol=0), name

    @given(p=predictions(transformed=False))
    def test_mean_and_variance_are_those_of_a_mixture(self, p: Prediction) -> None:
        """E y and E y^2 - (E y)^2 by the moments of the members."""
        used = [(s, d) for s, d in zip(p.shares, scipy_members(p), strict=True) if s > 0]
        mean = sum(s * d.mean() for s, d in used)
        assert np.allclose(p.mean(), mean.reshape(p.shape), rtol=1e-9, atol=1e-9)
        if np.any(p.degrees[p.shares > 0] <= 1):
            assert np.all(np.isnan(p.var()))
        elif np.any(p.degrees[p.shares > 0] <= 2):
            assert np.all(p.var() == np.inf)
        else:
            second = sum(s * (d.var() + d.mean() ** 2) for s, d in used)
            off = np.abs(p.var() - (second - mean**2).reshape(p.shape))
            assert np.all(off <= 1e-12 * second.reshape(p.shape))


class TestTails:
    def test_of_student_t_follow_a_power_law_to_the_end_of_the_doubles(self) -> None:
        p = single(2.0)
        assert p.logpdf(1e200) - p.logpdf(1e90) == pytest.approx(-330 * np.log(10), rel=1e-12)
        assert p.sf(1e150) == pytest.approx(0.5e-300, rel=1e-11)  # 1 / (2 x^2) for 2 degrees
        assert p.ppf(0.5e-300) == pytest.approx(-1e150, rel=1e-11)

    def test_the_lower_tail_reaches_the_smallest_numbers(self) -> None:
        assert single().ppf(1e-300) == pytest.approx(stats.norm.ppf(1e-300), rel=1e-14)
        assert single().sf(30.0) == pytest.approx(stats.norm.sf(30.0), rel=1e-14)


class TestTransformedMembers:
    @staticmethod
    def theirs(location: float, scale: float, transform: JohnsonTransform = SKEWED):
        """sinh((location + scale x - shift) / slope) = sinh((x - a) / b)."""
        (shift,), (slope,), (center,), (width,) = vars(transform).values()
        return stats.johnsonsu((shift - location) / scale, slope / scale, center, width)

    @pytest.mark.parametrize("scale", [0.1, 1.0, 2.0])
    def test_are_johnsons_distribution(self, scale: float) -> None:
        ours, theirs = single(np.inf, 0.4, scale, SKEWED), self.theirs(0.4, scale)
        x = np.array([-3.0, -1.0, 2.0, 4.0, 50.0])[:, None]
        for name in ("cdf", "sf", "pdf", "logpdf"):
            assert np.allclose(getattr(ours, name)(x), getattr(theirs, name)(x), rtol=1e-9), name
        assert np.allclose(ours.ppf([[0.01], [0.6]]), theirs.ppf([[0.01], [0.6]]), rtol=1e-12)

    @given(location=st.floats(-3, 3), scale=st.floats(0.05, 1.5))
    def test_have_its_mean_and_standard_deviation(self, location: float, scale: float) -> None:
        ours, theirs = single(np.inf, location, scale, SKEWED), self.theirs(location, scale)
        assert ours.mean()[0] == pytest.approx(theirs.mean(), rel=1e-9, abs=1e-9)
        assert ours.std()[0] == pytest.approx(theirs.std(), rel=1e-7)

    def test_mix_with_others(self) -> None:
        transforms = [SKEWED, UNCHANGED]
        p = Prediction(
            [0.3, 0.7], [[[0.4]], [[5.0]]], [[[0.5]], [[2.0]]], [np.inf, 4.0], ONE, transforms
        )
        parts = [self.theirs(0.4, 0.5), stats.t(4.0, 5.0, 2.0)]
        x = np.array([-3.0, 2.0, 9.0])
        for name in ("cdf", "sf", "pdf"):
            expected = 0.3 * getattr(parts[0], name)(x) + 0.7 * getattr(parts[1], name)(x)
            assert np.allclose(getattr(p, name)(x[:, None])[:, 0], expected, rtol=1e-10), name
        mean = 0.3 * parts[0].mean() + 0.7 * 5.0
        second = 0.3 * (parts[0].var() + parts[0].mean() ** 2) + 0.7 * (8.0 + 25.0)
        assert p.mean() == pytest.approx(mean)
        assert p.var() == pytest.approx(second - mean**2)


class TestRandomValues:
    @pytest.mark.parametrize("transform", [UNCHANGED, SKEWED])
    def test_follow_the_distribution(self, transform: Transform) -> None:
        transforms = [UNCHANGED, UNCHANGED, transform]
        p = Prediction(
            [0.2, 0.0, 0.8], [[[-1.0]], [[9.0]], [[1.0]]], [[[0.3]], [[1.0]], [[1.0]]], [4.0, 9.0, np.inf], ONE,
            transforms,
        )  # fmt: skip
        drawn = p.rvs(20_000, random_state=3)
        assert stats.kstest(drawn, p.cdf).pvalue > 0.01

    def test_are_those_of_the_seed(self) -> None:
        p = single(3.0)
        assert p.rvs(5, 1).tolist() == p.rvs(5, np.random.default_rng(1)).tolist()
        assert p.rvs(5, 1).tolist() != p.rvs(5, 2).tolist()
        assert p.rvs(5, np.random.RandomState(1)).shape == (5,)


class TestRefusals:
    @pytest.mark.parametrize("confidence", [-0.1, 1.5, 95, np.nan])
    def test_of_confidence(self, confidence: float) -> None:
        with pytest.raises(InvalidInput, match="confidence must be between 0 and 1"):
            single().interval(confidence)

    def test_of_a_wrong_number_of_transforms(self) -> None:
        with pytest.raises(ShapeMismatch, match="one transform per member, 1, but 2 were given"):
            Prediction([1.0], [[[0.0]]], [[[1.0]]], [np.inf], ONE, [UNCHANGED, SKEWED])


@pytest.mark.parametrize("transform", [UNCHANGED, SKEWED])
def test_copies_and_pickles_are_equal_and_read_only(transform: Transform) -> None:
    p = single(transform=transform)
    p.mean()
    for again in (copy.deepcopy(p), pickle.loads(pickle.dumps(p))):
        assert again.ppf(0.3) == p.ppf(0.3)
        assert not again.locations.flags.writeable


@settings(max_examples=30)
@given(p=predictions(), seed=st.integers(0, 99))
def test_draws_lie_between_extreme_quantiles(p: Prediction, seed: int) -> None:
    drawn = p.rvs(random_state=seed)
    assert drawn.shape == p.shape
    assert np.all((drawn > p.ppf(1e-9)) & (drawn < p.ppf(1 - 1e-9)))
