"""Folds: each row in one of five, classes in all of them; of many rows, folds of some rows, and of more, one fold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics import folds as module
from sheernet.statistics.folds import (
    FEWEST_ROWS_OUTSIDE,
    FOLDS,
    LARGEST_FOLD,
    MOST_ROWS_FOR_FIVE,
    MOST_ROWS_TO_SEARCH,
    Folds,
)

ROWS = st.integers(2, MOST_ROWS_TO_SEARCH)


class TestFewRows:
    @given(ROWS, st.integers(0, 9))
    def test_are_each_in_one_fold(self, n_rows: int, seed: int) -> None:
        folds = Folds.of(n_rows, seed)
        assert folds.n_folds == min(FOLDS, n_rows)
        rows = np.concatenate([folds.rows_of(fold) for fold in range(folds.n_folds)])
        assert sorted(rows.tolist()) == list(range(n_rows))
        assert folds.judged.tolist() == list(range(n_rows))

    @given(ROWS)
    def test_are_in_folds_of_equal_size(self, n_rows: int) -> None:
        sizes = np.bincount(Folds.of(n_rows, 0).fold_of_row)
        assert sizes.max() - sizes.min() <= 1

    @given(st.lists(st.integers(0, 3), min_size=5, max_size=200), st.integers(0, 9))
    def test_of_each_class_are_in_folds_of_equal_size(self, classes: list[int], seed: int) -> None:
        strata = np.array(classes, dtype=np.intp)
        folds = Folds.of(len(strata), seed, strata)
        sizes = np.bincount(folds.fold_of_row)
        assert sizes.max() - sizes.min() <= 1
        for label in set(classes):
            counts = np.bincount(folds.fold_of_row[strata == label], minlength=folds.n_folds)
            assert counts.max() - counts.min() <= 1

    def test_are_chosen_by_the_seed(self) -> None:
        first, same, other = (Folds.of(100, seed).fold_of_row for seed in (3, 3, 4))
        assert (first == same).all()
        assert (first != other).any()

    def test_are_in_random_order(self) -> None:
        """The rank correlation of row and fold is small: a trend along the table is in every fold."""
        folds = Folds.of(2000, 0).fold_of_row
        assert abs(np.corrcoef(np.arange(2000), folds)[0, 1]) < 0.1

    @given(ROWS)
    def test_have_no_weight_where_their_own_fold_is_judged(self, n_rows: int) -> None:
        folds = Folds.of(n_rows, 0)
        weights = np.random.default_rng(0).uniform(1.0, 2.0, size=n_rows)
        seen = np.zeros(n_rows)
        for fold, of_fold in enumerate(folds.training_weights(weights)):
            assert not of_fold[folds.rows_of(fold)].any()
            seen += of_fold
        assert seen == pytest.approx((folds.n_folds - 1) * weights)


class TestMoreRowsThanASearchUses:
    SOME = st.integers(MOST_ROWS_TO_SEARCH + 1, MOST_ROWS_FOR_FIVE)

    @given(SOME, st.integers(0, 9))
    def test_have_five_folds_of_equal_size_and_rows_outside_of_them(
        self, n_rows: int, seed: int
    ) -> None:
        folds = Folds.of(n_rows, seed)
        sizes = [len(folds.rows_of(fold)) for fold in range(folds.n_folds)]
        assert len(sizes) == FOLDS
        assert max(sizes) - min(sizes) <= 1
        assert len(folds.judged) == sum(sizes)
        most = min(n_rows / 2, n_rows - FEWEST_ROWS_OUTSIDE)
        assert 0.9 * most - FOLDS <= len(folds.judged) <= most + FOLDS

    def test_have_each_class_in_proportion(self) -> None:
        strata = np.repeat([0, 1, 2], [6000, 1500, 500])
        folds = Folds.of(8000, 0, strata)
        for fold in range(FOLDS):
            assert np.bincount(strata[folds.rows_of(fold)]).tolist() == [600, 150, 50]

    def test_have_no_weight_only_where_their_own_fold_is_judged(self) -> None:
        folds = Folds.of(4000, 0)
        weights = np.array(list(folds.training_weights(np.full(4000, 2.0))))
        assert (weights[:, folds.fold_of_row < 0] == 2.0).all()
        assert (weights[:, folds.judged] == 0).sum(axis=0).tolist() == [1] * len(folds.judged)

    def test_in_few_groups_leave_half_of_the_rows_outside(self) -> None:
        folds = Folds.of(4100, 0, groups=np.repeat([0, 1, 2], [2000, 2000, 100]))
        assert folds.n_folds == 1
        assert np.count_nonzero(folds.fold_of_row < 0) == 2100


class TestManyRows:
    @pytest.mark.parametrize(
        "n_rows", [MOST_ROWS_FOR_FIVE + 1, FOLDS * LARGEST_FOLD, 25_001, 1_000_003]
    )
    def test_have_one_fold_of_at_most_a_fifth_and_at_most_the_limit(self, n_rows: int) -> None:
        folds = Folds.of(n_rows, 0)
        assert folds.n_folds == 1
        assert len(folds.judged) == len(folds.rows_of(0))
        assert len(folds.judged) <= min(-(-n_rows // FOLDS), LARGEST_FOLD)
        assert len(folds.judged) >= 0.8 * min(n_rows / FOLDS, LARGEST_FOLD)

    def test_have_a_fold_with_each_class_in_proportion(self) -> None:
        strata = np.repeat([0, 1, 2], [18_000, 1800, 200])
        folds = Folds.of(20_000, 0, strata)
        assert np.bincount(strata[folds.judged]).tolist() == [3600, 360, 40]

    def test_have_no_weight_in_their_fold(self) -> None:
        folds = Folds.of(11_000, 0)
        (weights,) = folds.training_weights(np.full(11_000, 2.0))
        assert np.flatnonzero(weights == 0).tolist() == folds.judged.tolist()
        assert weights.sum() == 2.0 * (11_000 - len(folds.judged))

    def test_beyond_the_limit_are_not_used_and_those_used_are_chosen_at_random(
        self, monkeypatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_JUDGE_BY", 600)
        folds = Folds.of(12_000, seed=0)
        (weights,) = folds.training_weights(np.full(12_000, 2.0))
        assert (weights > 0).sum() == 600
        assert not weights[folds.judged].any()
        halves = (weights > 0).reshape(2, 6000).sum(axis=1)
        assert abs(halves[0] - halves[1]) < 4 * np.sqrt(600)  # four standard deviations

    def test_that_are_used_have_each_class_in_proportion(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_JUDGE_BY", 1000)
        strata = np.repeat([0, 1, 2], [18_000, 1800, 200])
        (weights,) = Folds.of(20_000, 0, strata).training_weights(np.ones(20_000))
        assert np.abs(np.bincount(strata[weights > 0]) - [900, 90, 10]).max() <= 1
