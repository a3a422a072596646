"""Folds of all rows: balanced, by class or by group, and different in each repeat."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sheernet.statistics.folds import Folds, dealt_folds


@given(st.integers(2, 90), st.integers(2, 9), st.integers(0, 3), st.integers(0, 5))
def test_differ_by_at_most_one_row(rows: int, folds: int, seed: int, repeat: int) -> None:
    sizes = np.bincount(dealt_folds(rows, folds, seed, repeat), minlength=folds)
    assert sizes.sum() == rows
    assert sizes.max() - sizes.min() <= 1


@given(st.lists(st.integers(0, 3), min_size=4, max_size=80), st.integers(2, 6))
def test_have_about_the_same_number_of_each_class(classes: list[int], folds: int) -> None:
    strata = np.array(classes)
    fold_of_row = dealt_folds(len(classes), folds, 0, strata=strata)
    for each in set(classes):
        sizes = np.bincount(fold_of_row[strata == each], minlength=folds)
        assert sizes.max() - sizes.min() <= 1


@given(st.lists(st.integers(1, 9), min_size=3, max_size=20), st.integers(2, 3), st.integers(0, 4))
def test_do_not_divide_groups(sizes: list[int], folds: int, seed: int) -> None:
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    fold_of_row = dealt_folds(len(groups), folds, seed, groups=groups)
    assert all(len(set(fold_of_row[groups == each])) == 1 for each in range(len(sizes)))
    rows = np.bincount(fold_of_row, minlength=folds)
    assert rows.max() - rows.min() <= max(sizes)  # the largest first, each to the smallest fold
    assert rows.min() > 0


def test_of_the_first_repeat_are_those_of_a_fit() -> None:
    classes = np.arange(43) % 3
    for strata in (None, classes):
        expected = Folds.of(43, 7, strata).fold_of_row
        assert dealt_folds(43, 5, 7, strata=strata).tolist() == expected.tolist()


def test_of_repeats_and_seeds_differ_and_come_again() -> None:
    cases = [(0, 0), (0, 1), (0, 2), (1, 0)]
    found = [dealt_folds(40, 5, seed, repeat).tolist() for seed, repeat in cases]
    assert len({tuple(each) for each in found}) == len(cases)
    assert found == [dealt_folds(40, 5, seed, repeat).tolist() for seed, repeat in cases]
