"""Splits of the training rows: own folds, those of scikit-learn's splitters, and groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import model_selection

import sheernet as sn
from sheernet.models.fitting import prepare
from sheernet.models.fitting.fold_cases import parts_of
from sheernet.models.selecting.row_splits import Split, splits_of
from sheernet.settings.selection_settings import SelectionSettings
from sheernet.settings.table_settings import TableSettings

N = 24
TABLE = {
    "x": np.linspace(0.0, 1.0, N) ** 2,
    "who": [f"p{i % 6}" for i in range(N)],
    "y": np.sin(np.arange(N)),
    "c": ["no", "no", "yes"] * (N // 3),
}
GROUPS = np.arange(N) % 6


def splits(folds: Any = 5, groups: Any = None, target: str = "y", **more: Any) -> list[Split]:
    settings = TableSettings(held_out=0, groups=groups)
    prepared = prepare({"x": TABLE["x"], target: TABLE[target]}, target, settings)
    return splits_of(prepared, SelectionSettings(folds=folds, **more), 0)


class TestFolds:
    @pytest.mark.parametrize("repeats", [1, 3])
    def test_leave_each_row_out_once_in_each_repeat(self, repeats: int) -> None:
        found = splits(4, repeats=repeats)
        assert len(found) == 4 * repeats
        left_out = np.concatenate([split.left_out for split in found])
        assert np.bincount(left_out).tolist() == [repeats] * N
        for split in found:
            assert sorted([*split.fitted, *split.left_out]) == list(range(N))

    def test_have_about_the_same_classes(self) -> None:
        labels = np.array(TABLE["c"])
        assert {(labels[s.left_out] == "yes").sum() for s in splits(4, target="c")} == {2}

    def test_keep_groups_together(self) -> None:
        for split in splits(3, GROUPS):
            assert not set(GROUPS[split.fitted]) & set(GROUPS[split.left_out])

    @pytest.mark.parametrize(
        ("groups", "message"),
        [
            (None, "there are 24 training rows, fewer than the 25 of folds; lower folds"),
            (GROUPS, "there are 6 groups, fewer than the 25 of folds; lower folds"),
        ],
    )
    def test_are_at_most_as_many_as_rows_or_groups(self, groups: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            splits(25, groups)


class TestASplitter:
    @pytest.mark.parametrize(
        "splitter",
        [
            model_selection.KFold(3, shuffle=True, random_state=1),
            model_selection.GroupKFold(3),
            model_selection.LeaveOneGroupOut(),
            model_selection.ShuffleSplit(4, random_state=0),
            model_selection.TimeSeriesSplit(3),
            model_selection.RepeatedKFold(n_splits=2, n_repeats=2, random_state=0),
        ],
        ids=lambda each: type(each).__name__,
    )
    def test_splits_as_it_does(self, splitter: Any) -> None:
        groups = GROUPS if "Group" in type(splitter).__name__ else None  # others warn about groups
        expected = list(splitter.split(np.zeros((N, 1)), TABLE["y"], groups))
        found = splits(splitter, groups)
        assert len(found) == len(expected)
        for split, (fitted, left_out) in zip(found, expected, strict=True):
            assert split.fitted.tolist() == fitted.tolist()
            assert split.left_out.tolist() == left_out.tolist()

    def test_gets_labels_of_classes(self) -> None:
        splitter = model_selection.StratifiedKFold(4)
        labels = np.array(TABLE["c"])
        assert {(labels[s.left_out] == "yes").sum() for s in splits(splitter, target="c")} == {2}

    def test_may_give_masks(self) -> None:
        half = np.arange(N) < N // 2
        (split,) = splits(_Giving([(half, ~half)]))
        assert split.fitted.tolist() == list(range(N // 2))

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ([], "returned no split"),
            ([([0, 1], [1, 2])], "leaves out rows that it also returns for fitting"),
            ([([0, 1], [N])], "indices of some of the 24 training rows"),
            ([([0, 1], [-1])], "indices of some of the 24 training rows"),
            ([([0, 1], [2, 2])], "each once"),
            ([([0, 1], [])], "indices of some"),
            ([([0.5, 1.0], [2.0])], "indices of some"),
        ],
    )
    def test_that_gives_something_else_is_refused(self, given: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            splits(_Giving(given))

    def test_that_refuses_the_rows_is_quoted(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"refuses the rows: .*groups"):
            splits(model_selection.GroupKFold(3))


class _Giving:
    """A splitter that gives what it was told."""

    def __init__(self, pairs: Any) -> None:
        self.pairs = pairs

    def split(self, X: Any, y: Any, groups: Any) -> Any:
        return self.pairs


@pytest.mark.parametrize("folds", [3, 7])
def test_parts_of_counts_are_left_out_once_in_each_repeat(folds: int) -> None:
    counts = np.array([1, 2, 9, 30] * 10)
    table = {"x": np.arange(40) / 3, "y": ["a", "b"] * 20, "n": counts}
    prepared = prepare(table, "y", TableSettings(held_out=0, weights="n"))
    parts = parts_of(prepared.training, prepared.targets, folds)
    assert parts is not None
    assert np.bincount(parts.origin).tolist() == np.minimum(counts, folds).tolist()
    assert np.bincount(parts.origin, parts.rows.case_weights).tolist() == counts.tolist()
    splits = splits_of(prepared, SelectionSettings(folds=folds, repeats=2), 0, parts)
    for first in (0, folds):
        left_out = [split.left_out for split in splits[first : first + folds]]
        assert np.array_equal(np.sort(np.concatenate(left_out)), np.arange(len(parts.origin)))
        for rows in left_out:  # no fold has two parts of a row
            assert len(np.unique(parts.origin[rows])) == len(rows)
