"""Laws of distributions of counts, and agreement with scipy.stats and mpmath."""

from __future__ import annotations

import copy
import pickle

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sheernet import InvalidInput, ShapeMismatch
from sheernet.statistics import CountPrediction


def single(mean: float, variation: float) -> CountPrediction:
    """One member, one row, one target."""
    return CountPrediction([1.0], [[[mean]]], [[[variation]]])


@st.composite
def predictions(draw) -> CountPrediction:
    """Mixtures of 1 to 3 members, 1 to 4 rows and 1 to 2 targets, some members without a share."""
    members, rows, targets = (draw(st.integers(1, most)) for most in (3, 4, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = rng.dirichlet(np.ones(members))
    if members > 1 and draw(st.booleans()):
        shares[0] = 0.0
        shares /= shares.sum()
    means = np.exp(rng.uniform(-4, 8, (members, rows, targets)))
    variations = np.exp(rng.uniform(-30, 1.5, means.shape))
    variations[rng.random(means.shape) < 0.2] = 0.0
    return CountPrediction(shares, means, variations)


class TestLaws:
    @given(p=predictions(), q=st.floats(1e-9, 1 - 1e-9))
    def test_a_quantile_is_the_smallest_whole_number_with_enough_below(
        self, p: CountPrediction, q: float
    ) -> None:
        k = p.ppf(q)
        assert np.array_equal(k, np.rint(k))
        rounding = 1e-12 * q
        assert np.all(p.cdf(k) >= q - rounding)
        assert np.all(p.cdf(k - 1) <= q + rounding)

    @given(p=predictions())
    def test_probabilities_sum_to_the_cdf(self, p: CountPrediction) -> None:
        most = float(min(p.ppf(0.999).max(), 3000.0))
        column = (-1, 1) if p.n_targets == 1 else (-1, 1, 1)
        every = p.pmf(np.arange(most + 1).reshape(column)).sum(axis=0)
        assert every == pytest.approx(p.cdf(most), rel=1e-9, abs=1e-300)

    @given(p=predictions(), k=st.integers(-3, 4000))
    def test_tails_sum_to_one(self, p: CountPrediction, k: int) -> None:
        assert p.cdf(k) + p.sf(k) == pytest.approx(np.ones(p.shape), rel=1e-12)

    @given(p=predictions(), level=st.floats(0.01, 0.99))
    def test_an_interval_has_at_least_its_probability(
        self, p: CountPrediction, level: float
    ) -> None:
        lower, upper = p.interval(level)
        assert np.all(p.cdf(upper) - p.cdf(lower - 1) >= level - 1e-12)

    @given(p=predictions())
    def test_rows_are_selected_with_their_parameters(self, p: CountPrediction) -> None:
        assert np.array_equal(p[-1].mean(), p.mean()[-1:])
        assert np.array_equal(p[::-1].var(), p.var()[::-1])


class TestOneMember:
    @pytest.mark.parametrize("variation", [2.0, 0.3, 1e-3])
    @pytest.mark.parametrize("mean", [1e-3, 0.3, 7.0, 200.0, 1e5])
    def test_is_the_negative_binomial_of_scipy(self, mean: float, variation: float) -> None:
        p, other = single(mean, variation), stats.nbinom(1 / variation, 1 / (1 + variation * mean))
        q = np.array([[1e-6], [0.05], [0.5], [0.95], [0.999999]])
        k = p.ppf(q)
        assert np.array_equal(k, other.ppf(q))
        assert p.cdf(k) == pytest.approx(other.cdf(k), rel=1e-9)
        assert p.sf(k) == pytest.approx(other.sf(k), rel=1e-9)
        assert p.logpmf(k) == pytest.approx(other.logpmf(k), rel=1e-8, abs=1e-9)
        assert p.mean()[0] == pytest.approx(mean)
        assert p.var()[0] == pytest.approx(other.var())

    @pytest.mark.parametrize("mean", [0.3, 200.0])
    def test_without_variation_is_that_of_poisson(self, mean: float) -> None:
        p, other, k = single(mean, 0.0), stats.poisson(mean), np.arange(400.0)[:, None]
        assert p.logpmf(k) == pytest.approx(other.logpmf(k), rel=1e-11, abs=1e-11)
        assert p.cdf(k) == pytest.approx(other.cdf(k), rel=1e-10)
        assert p.ppf(0.9) == other.ppf(0.9)

    @pytest.mark.parametrize(
        ("k", "mean", "variation"),
        [(3, 2.0, 1e-9), (1000, 900.0, 1e-7), (40, 30.0, 0.0999), (5, 0.1, 4.0)],
    )
    def test_has_twelve_digits(self, k: int, mean: float, variation: float) -> None:
        with mpmath.workdps(50):
            r, m = 1 / mpmath.mpf(variation), mpmath.mpf(mean)
            exact = mpmath.binomial(k + r - 1, k) * (r / (r + m)) ** r * (m / (r + m)) ** k
            expected = float(mpmath.log(exact))
        assert single(mean, variation).logpmf(k)[0] == pytest.approx(expected, rel=1e-11)

    def test_has_the_ends_of_a_discrete_distribution_of_scipy(self) -> None:
        p, other = single(3.0, 0.5), stats.nbinom(2.0, 0.4)
        for q in (0.0, 1.0, -0.1, 1.1, np.nan):
            assert np.array_equal(p.ppf(q)[0], other.ppf(q), equal_nan=True)
        for k in (-1.0, 2.5, np.inf):
            assert p.cdf(k)[0] == pytest.approx(other.cdf(k))
        assert p.pmf([2.5, -1.0, np.inf][0])[0] == 0.0
        assert p.logpmf(-1.0)[0] == -np.inf

    def test_with_a_mean_of_zero_is_zero(self) -> None:
        p = single(0.0, 0.5)
        assert p.pmf(0) == [1.0]
        assert [end[0] for end in p.interval(0.99)] == [0.0, 0.0]


class TestMixtures:
    def test_have_the_moments_of_their_draws(self) -> None:
        p = CountPrediction(
            [0.25, 0.75], [[[2.0, 40.0]], [[9.0, 4.0]]], [[[0.5, 0.0]], [[0.1, 1.0]]]
        )
        drawn = p.rvs((200_000, 1, 2), random_state=3)
        assert drawn.mean(axis=0) == pytest.approx(p.mean(), rel=0.01)
        assert drawn.var(axis=0) == pytest.approx(p.var(), rel=0.02)
        assert (drawn <= 5).mean(axis=0) == pytest.approx(p.cdf(5), abs=0.005)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_a_copy_is_read_only(copied) -> None:
    p = copied(single(3.0, 0.1))
    assert repr(p) == "CountPrediction(1 row, 1 target, 1 member)"
    assert not p.means.flags.writeable


class TestRefusals:
    def test_of_numbers(self) -> None:
        for mean, variation in ((-1.0, 0.1), (np.inf, 0.1), (1.0, -0.1), (1.0, np.nan)):
            with pytest.raises(InvalidInput, match="finite"):
                single(mean, variation)
        with pytest.raises(InvalidInput, match="with sum 1"):
            CountPrediction([0.5], [[[1.0]]], [[[0.1]]])

    def test_of_shapes(self) -> None:
        with pytest.raises(ShapeMismatch, match="members, rows, targets"):
            CountPrediction([1.0], [[1.0]], [[0.1]])
        with pytest.raises(ShapeMismatch, match="variations must have the shape"):
            CountPrediction([1.0], [[[1.0]]], [[[0.1], [0.1]]])
