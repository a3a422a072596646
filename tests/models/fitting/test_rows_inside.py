"""As test_rows.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.fitting.prepared_tables import split
from models.fitting.tables import INPUTS, mixed, same_columns, table
from models.fitting.test_rows import RNG
from sheernet.models.fitting import split_rows


class TestHeldOutRows:
    @given(st.integers(1, 200), st.floats(0.0, 0.99), st.integers(0, 2**40))
    def test_and_training_rows_are_all_rows_once(self, rows: int, share: float, seed: int) -> None:
        training, kept = split_rows(rows, share, seed)
        assert sorted([*training, *kept]) == list(range(rows))
        assert len(kept) == (int(share * rows + 1e-9) if rows >= 20 else 0)
        assert len(training) >= 1
        for chosen in (training, kept):
            assert np.all(np.diff(chosen) > 0), "in the table's order"

    @given(
        st.lists(st.integers(0, 3), min_size=20, max_size=200),
        st.floats(0.0, 0.99),
        st.integers(0, 99),
    )
    def test_are_the_same_share_of_each_class(
        self, codes: list[int], share: float, seed: int
    ) -> None:
        classes = np.array(codes)
        training, kept = split_rows(len(classes), share, seed, classes)
        assert sorted([*training, *kept]) == list(range(len(classes)))
        total, room = int(share * len(codes) + 1e-9), True
        for each in set(codes):
            size = np.sum(classes == each)
            held = np.sum(classes[kept] == each)
            assert min(np.floor(share * size), size - 1) <= held <= np.ceil(share * size)
            assert held < size, "one of each is trained on"
            room = room and np.ceil(share * size) < size
        assert len(kept) <= total
        assert len(kept) == total or not room

    def test_are_kept_of_many_small_classes_too(self) -> None:
        training, kept = split_rows(30, 0.25, 0, np.repeat(np.arange(10), 3))
        assert (len(training), len(kept)) == (23, 7)

    def test_are_the_share_that_was_asked_for_and_not_one_less_by_rounding(self) -> None:
        assert len(split_rows(100, 0.29, 0)[1]) == 29

    def test_follow_the_seed(self) -> None:
        one, same, other = (split(40, seed=seed).evaluation.X for seed in (1, 1, 2))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)

    def test_are_drawn_from_a_stream_of_the_seed_that_no_start_reaches(self) -> None:
        rng = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(2**32 - 1,)))
        assert split_rows(40, 0.25, 7)[1].tolist() == sorted(rng.permutation(40)[:10])

    @pytest.mark.filterwarnings(
        "ignore:.. 10 of 10 held-out rows are far outside:sheernet.SheernetWarning"
    )
    def test_change_nothing_in_the_training(self) -> None:
        data = table()
        kept = split_rows(40, 0.25, 0)[1]
        changed = {name: column.copy() for name, column in data.items()}
        for column in changed.values():
            column[kept] = 1000.0 * RNG.normal(size=len(kept))
        one, other = (sn.fit(t, "y", hidden=2, starts=2, max_iter=20) for t in (data, changed))
        assert np.array_equal(one.network.theta, other.network.theta)
        assert same_columns(one, other)
        assert one.training_fit == other.training_fit
        assert one.held_out_fit != other.held_out_fit

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # rows outside the range
    def test_are_judged_in_the_targets_own_units(self) -> None:
        data = table()
        model = sn.fit(data, "y", hidden=2, starts=1, max_iter=20)
        training, kept = split_rows(40, 0.25, 0)
        for rows, fit in ((kept, model.held_out_fit), (training, model.training_fit)):
            errors = model.predict({k: v[rows] for k, v in data.items()}) - data["y"][rows]
            assert fit.rmse[0] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_classes_are_judged_by_their_labels(self) -> None:
        data = mixed(80)
        model = sn.fit(data, "grade", inputs=INPUTS, hidden=2, starts=1, max_iter=5)
        codes = data["grade"].map({"A": 0, "B": 1, "C": 2}).to_numpy()
        rows = split_rows(80, 0.25, 0, codes)[1]
        right = model.predict(data.iloc[rows]) == data["grade"].to_numpy()[rows]
        assert model.held_out_fit.accuracy == pytest.approx(right.mean(), rel=1e-12)
