"""The factor is an order statistic, and its intervals have their coverage in any finite sample."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sheernet import InvalidInput, ShapeMismatch
from sheernet.statistics import conformal_factor

scores = st.lists(st.floats(0, 1e6) | st.integers(0, 3), max_size=60)
hundredths = st.integers(1, 99)


def by_definition(r: Sequence[float], percent: int) -> float:
    """The score of rank ceil((N + 1) confidence), in exact arithmetic."""
    rank = ceil((len(r) + 1) * Fraction(percent, 100))
    return sorted(r)[rank - 1] if rank <= len(r) else inf


class TestLaws:
    @given(r=scores, percent=hundredths)
    def test_is_the_order_statistic(self, r: list[float], percent: int) -> None:
        assert conformal_factor(r, percent / 100) == by_definition(r, percent)

    @pytest.mark.parametrize("n", [0, 1, 9, 19, 99, 199, 999])
    def test_the_rank_of_every_percentage_is_that_of_exact_arithmetic(self, n: int) -> None:
        """100 * 0.55 is 55.00000000000001."""
        r = np.arange(float(n))
        for percent in range(1, 100):
            assert conformal_factor(r, percent / 100) == by_definition(r, percent), percent

    @given(r=scores, percent=hundredths, seed=st.integers(0, 99))
    def test_weights_are_repeated_rows(self, r: list[float], percent: int, seed: int) -> None:
        weights = np.random.default_rng(seed).integers(0, 4, len(r))
        if weights.sum() > 0:
            repeated = np.repeat(np.array(r, float), weights)
            assert conformal_factor(r, percent / 100, weights) == by_definition(
                repeated.tolist(), percent
            )

    @given(r=st.lists(st.floats(0, 10), min_size=1), percent=hundredths)
    def test_equal_weights_that_are_not_whole_are_no_weights(
        self, r: list[float], percent: int
    ) -> None:
        expected = conformal_factor(r, percent / 100)
        for weight in (0.3, 1e-300, 1.5e300):
            weights = [*[weight] * len(r), 0.0]
            assert conformal_factor([*r, 5.0], percent / 100, weights) == expected

    @given(r=scores, percents=st.lists(hundredths, min_size=2, max_size=2))
    def test_grows_with_the_confidence(self, r: list[float], percents: list[int]) -> None:
        less, more = (conformal_factor(r, percent / 100) for percent in sorted(percents))
        assert less <= more

    @given(r=scores, percent=hundredths, seed=st.integers(0, 99))
    def test_does_not_depend_on_the_order(self, r: list[float], percent: int, seed: int) -> None:
        shuffled = np.random.default_rng(seed).permutation(np.array(r, float))
        assert conformal_factor(shuffled, percent / 100) == conformal_factor(r, percent / 100)


class TestCoverage:
    """Binomial bounds of probability 0.001 around the probability k / (N + 1)."""

    @pytest.mark.parametrize(("n", "confidence"), [(19, 0.95), (20, 0.9), (7, 0.5), (50, 0.8)])
    def test_is_exact_for_wrong_standard_deviations_and_heavy_tails(
        self, n: int, confidence: float
    ) -> None:
        rng = np.random.default_rng(n)
        trials = 4000
        x = rng.uniform(size=(trials, n + 1))
        y = np.sin(5 * x) + (0.1 + x) * rng.standard_t(2.0, size=x.shape)
        location, std = x, 0.3 + x**2  # of a poor network
        r = np.abs(y - location) / std
        factors = np.array([conformal_factor(row, confidence) for row in r[:, :n]])
        hits = int(np.sum(np.abs(y[:, n] - location[:, n]) <= factors * std[:, n]))
        expected = ceil(n * Fraction(str(confidence)) + Fraction(str(confidence))) / (n + 1)
        assert expected >= confidence
        assert stats.binomtest(hits, trials, expected).pvalue > 0.001

    def test_with_ties_is_at_least_the_confidence(self) -> None:
        rng = np.random.default_rng(0)
        r = rng.integers(0, 3, size=(4000, 31)).astype(float)
        hits = sum(row[30] <= conformal_factor(row[:30], 0.6) for row in r)
        assert stats.binomtest(int(hits), 4000, 0.6, alternative="less").pvalue > 0.001

    def test_of_too_few_rows_is_everything(self) -> None:
        assert conformal_factor([], 0.5) == inf
        assert conformal_factor(np.ones(18), 0.95) == inf
        assert conformal_factor(np.ones(19), 0.95) == 1
        assert conformal_factor(np.ones(98), 0.99) == inf
        assert conformal_factor(np.ones(99), 0.99) == 1


class TestRefusals:
    @pytest.mark.parametrize("confidence", [1.0, 95, -0.1, np.nan, "high"])
    def test_of_confidence(self, confidence: object) -> None:
        with pytest.raises(InvalidInput, match="confidence must be a number from 0 to below 1"):
            conformal_factor([1.0], confidence)

    @pytest.mark.parametrize("bad", [-1.0, np.nan])
    def test_of_scores(self, bad: float) -> None:
        with pytest.raises(InvalidInput, match="scores must be at least 0"):
            conformal_factor([1.0, bad])

    def test_of_several_targets_at_once(self) -> None:
        with pytest.raises(ShapeMismatch, match="one target at a time"):
            conformal_factor([[1.0, 2.0]])

    def test_of_weights(self) -> None:
        with pytest.raises(ShapeMismatch, match="weights has shape"):
            conformal_factor([1.0, 2.0], 0.5, [1.0])

    def test_an_infinite_score_counts_as_the_largest(self) -> None:
        assert conformal_factor([inf, 1.0, 2.0], 0.5) == 2
        assert conformal_factor([inf, 1.0, 2.0], 0.75) == inf
