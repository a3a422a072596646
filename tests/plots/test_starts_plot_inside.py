"""As test_starts_plot.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import inf, nan

import sheernet as sn
from plots.test_starts_plot import lines_of, starts_at
from sheernet.plots.starts_plot import StartRanking


class TestRanking:
    @given(
        st.lists(st.one_of(st.floats(0, 1e6), st.sampled_from([nan, inf])), min_size=1, max_size=12)
    )
    def test_finite_objectives_are_in_order_and_the_others_counted(self, objectives) -> None:
        ranking = StartRanking.of(starts_at(objectives))
        assert ranking.objective.tolist() == sorted(v for v in objectives if np.isfinite(v))
        assert ranking.lost + ranking.objective.size == len(objectives)

    def test_those_within_a_hundredth_come_first(self) -> None:
        ranking = StartRanking.of(starts_at([2.0, 1.005, 1.0, 1.02], best=2))
        assert (ranking.within, ranking.kept) == (2, 0)
        assert ranking.title == "2 of 4 starts ended within 1 % of the best, 1"

    def test_the_kept_one_need_not_be_the_lowest(self) -> None:
        assert StartRanking.of(starts_at([2.0, 1.0, 3.0], best=2)).kept == 2

    @given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=12), st.data())
    def test_the_kept_one_is_found_wherever_it_ranks(self, objectives, data) -> None:
        best = data.draw(st.integers(0, len(objectives) - 1))
        ranking = StartRanking.of(starts_at(objectives, best=best))
        assert ranking.objective[ranking.kept] == objectives[best]

    def test_why_one_is_kept_that_is_not_the_lowest_is_said(self) -> None:
        label = StartRanking.of(starts_at([2.0, 1.0, 3.0], best=0)).kept_label
        assert label == "kept for its lowest validation cost; its objective is 2"
        assert StartRanking.of(starts_at([2.0, 1.0, 1.0], best=2)).kept_label == "kept"

    def test_that_the_kept_one_was_lost_is_said(self) -> None:
        label = StartRanking.of(starts_at([nan, 1.0], best=0)).lost_label
        assert label == "1 start without a finite objective, including the start that was kept"

    def test_fits_that_are_exact_but_for_rounding_count_as_equal(self) -> None:
        ranking = StartRanking.of(starts_at([1e-19, 1e-15, 1.0], floor=2e-10))
        assert ranking.within == 2
        assert ranking.near_label == "within 1 % of the best (or within 2e−10 of it)"
        assert ranking.title == (
            "2 of 3 starts ended within 1 % of the best, 1e−19\nor within 2e−10 of it"
        )

    def test_the_floor_is_not_told_where_it_decided_nothing(self) -> None:
        ranking = StartRanking.of(starts_at([1e-11, 1.001e-11, 3e-11], floor=1e-18))
        assert ranking.within == 2
        assert ranking.near_label == "within 1 % of the best"

    @pytest.mark.parametrize(
        ("objectives", "title"),
        [
            ([0.3], "1 start, which ended at 0.3"),
            ([nan], "No finite objective from 1 start"),
            ([nan, inf], "No finite objective from 2 starts"),
        ],
    )
    def test_titles_of_the_odd_cases(self, objectives, title) -> None:
        assert StartRanking.of(starts_at(objectives)).title == title


class TestPicture:
    def test_under_patience_the_kept_one_is_marked_where_it_is(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        net = sn.Network.random(sn.Architecture((2, 6, 1)), seed=0)
        training = sn.train(
            net, X, y, starts=6, max_iter=40, method="bfgs", patience=3, validation=(X + 0.3, y)
        )
        table = training.starts
        assert table.best != np.argmin(table.objectives)
        kept = table.objectives[table.best]
        label = StartRanking.of(table).kept_label
        assert label.startswith("kept for its lowest validation cost")
        assert lines_of(sn.plots.starts(table))[label].get_ydata().tolist() == [kept]
