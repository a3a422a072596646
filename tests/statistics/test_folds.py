"""Folds: each row in one of five, classes in all of them; of many rows, one fold of limited size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics import folds as module
from sheernet.statistics.folds import FOLDS, LARGEST_FOLD, MOST_ROWS_FOR_FIVE, Folds

ROWS = st.integers(2, MOST_ROWS_FOR_FIVE)


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


class TestManyRows:
    @pytest.mark.parametrize(
        "n_rows", [MOST_ROWS_FOR_FIVE + 1, 10_000, FOLDS * LARGEST_FOLD, 25_001, 1_000_003]
    )
    def test_have_one_fold_of_at_most_a_fifth_and_at_most_the_limit(self, n_rows: int) -> None:
        folds = Folds.of(n_rows, 0)
        assert folds.n_folds == 1
        assert len(folds.judged) == len(folds.rows_of(0))
        assert len(folds.judged) <= min(-(-n_rows // FOLDS), LARGEST_FOLD)
        assert len(folds.judged) >= 0.8 * min(n_rows / FOLDS, LARGEST_FOLD)

    def test_have_a_fold_with_each_class_in_proportion(self) -> None:
        strata = np.repeat([0, 1, 2], [9000, 900, 100])
        folds = Folds.of(10_000, 0, strata)
        assert np.bincount(strata[folds.judged]).tolist() == [1800, 180, 20]

    def test_have_no_weight_in_their_fold(self) -> None:
        folds = Folds.of(3000, 0)
        (weights,) = folds.training_weights(np.full(3000, 2.0))
        assert np.flatnonzero(weights == 0).tolist() == folds.judged.tolist()
        assert weights.sum() == 2.0 * (3000 - len(folds.judged))

    def test_beyond_the_limit_are_not_used_and_those_used_are_chosen_at_random(
        self, monkeypatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_JUDGE_BY", 600)
        folds = Folds.of(5000, seed=0)
        (weights,) = folds.training_weights(np.full(5000, 2.0))
        assert (weights > 0).sum() == 600
        assert not weights[folds.judged].any()
        halves = (weights > 0).reshape(2, 2500).sum(axis=1)
        assert abs(halves[0] - halves[1]) < 4 * np.sqrt(600)  # four standard deviations

    def test_that_are_used_have_each_class_in_proportion(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_ROWS_TO_JUDGE_BY", 1000)
        strata = np.repeat([0, 1, 2], [9000, 900, 100])
        (weights,) = Folds.of(10_000, 0, strata).training_weights(np.ones(10_000))
        assert np.abs(np.bincount(strata[weights > 0]) - [900, 90, 10]).max() <= 1
