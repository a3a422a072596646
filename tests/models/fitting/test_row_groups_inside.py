"""As test_row_groups.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.fitting.prepared_tables import prepare
from models.fitting.test_row_groups import GROUPS, TABLE, N
from sheernet.models.fitting.fold_cases import fold_cases
from sheernet.models.fitting.splitting import split_rows
from sheernet.statistics.folds import MOST_ROWS_FOR_FIVE, Folds

SIZES = st.lists(st.integers(1, 9), min_size=2, max_size=30)


def shuffled_groups(sizes: list[int], seed: int = 0) -> np.ndarray:
    """Rows of groups of given sizes, in any order."""
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


class TestColumnOrValues:
    @pytest.mark.parametrize("groups", ["who", TABLE["who"], np.array(TABLE["who"])], ids=type)
    def test_give_the_same_groups(self, groups: Any) -> None:
        rows = {name: TABLE[name] for name in ("x", "who", "y")}
        prepared = prepare(rows, "y", held_out=0, groups=groups)
        assert prepared.groups is not None
        assert prepared.groups.tolist() == GROUPS.tolist()
        assert ("who" in prepared.inputs.names) == (not isinstance(groups, str))
        assert prepared.settings["n_groups"] == 6
        assert prepared.settings["groups"] == ("who" if isinstance(groups, str) else "groups")

    def test_are_those_of_the_training_rows(self) -> None:
        x = np.where(np.arange(N) == 3, np.nan, TABLE["x"])
        rows = {"x": x, "who": TABLE["who"], "y": TABLE["y"]}
        with pytest.warns(sn.SheernetWarning):
            prepared = prepare(rows, "y", groups="who", held_out=0.25, missing="drop")
        assert prepared.groups is not None
        assert prepared.rows is not None
        who = np.array(TABLE["who"])
        expected = who[prepared.rows.training]
        assert len(set(zip(prepared.groups.tolist(), expected, strict=True))) == len(set(expected))
        assert not set(expected) & set(who[prepared.rows.held_out])


class TestAreNotDivided:
    @given(SIZES, st.integers(0, 5), st.booleans())
    def test_by_folds(self, sizes: list[int], seed: int, with_classes: bool) -> None:
        groups = shuffled_groups(sizes)
        strata = np.arange(len(groups)) % 2 if with_classes else None
        folds = Folds.of(len(groups), seed, strata, groups)
        assert folds.n_folds == min(5, len(sizes))
        assert set(folds.fold_of_row.tolist()) == set(range(folds.n_folds))
        for group in range(len(sizes)):
            assert len(set(folds.fold_of_row[groups == group].tolist())) == 1

    @given(SIZES, st.integers(0, 5), st.floats(0.05, 0.9), st.booleans())
    def test_by_held_out_rows(
        self, sizes: list[int], seed: int, share: float, with_classes: bool
    ) -> None:
        groups = shuffled_groups([size + 10 for size in sizes])
        strata = groups % 2 if with_classes and len(sizes) > 3 else None
        training, held_out = split_rows(len(groups), share, seed, strata, groups)
        assert sorted([*training, *held_out]) == list(range(len(groups)))
        assert not set(groups[training]) & set(groups[held_out])
        assert len(training)
        assert len(held_out)

    def test_by_the_one_fold_of_many_rows_which_does_not_take_the_largest(self) -> None:
        sizes = [MOST_ROWS_FOR_FIVE, *[25] * 400]
        groups = shuffled_groups(sizes)
        folds = Folds.of(len(groups), 0, groups=groups)
        judged = set(groups[folds.judged].tolist())
        assert folds.n_folds == 1
        assert not judged & set(groups[folds.fold_of_row < 0].tolist())
        assert len(judged) == 100
        assert 0 not in judged

    def test_although_their_weights_are_counts(self) -> None:
        prepared = prepare(
            {**TABLE, "n": [3] * N}, "c", inputs=["x"], weights="n", groups="who", held_out=0
        )
        cases = fold_cases(prepared.training, prepared.targets, 0, prepared.groups)
        assert cases.rows is prepared.training


class TestOfOneRow:
    @pytest.mark.parametrize("classes", [None, 3])
    @pytest.mark.parametrize("rows", [4, 43, 2503, 30001])
    def test_have_the_folds_of_no_groups(self, rows: int, classes: int | None) -> None:
        strata = None if classes is None else np.arange(rows) % classes
        one, other = (
            Folds.of(rows, 7, strata, groups) for groups in (None, np.arange(rows, dtype=np.intp))
        )
        np.testing.assert_array_equal(one.fold_of_row, other.fold_of_row)
