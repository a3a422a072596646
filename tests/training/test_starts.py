"""Many starts: which points they begin from, and how their ends are counted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sheernet as sn
from sheernet.training import Starts


def starts(
    *objectives: float, floor: float = 0.0, requested: int = 0, last: str = "gradient_tolerance"
) -> Starts:
    n = len(objectives)
    return Starts(
        np.array(objectives),
        (*("gradient_tolerance",) * (n - 1), last),
        np.arange(n),
        np.zeros(n),
        best=0,
        seed=0,
        scheme="glorot",
        floor=floor,
        requested=requested,
    )


class TestEnds:
    @pytest.mark.parametrize(
        ("seconds", "elapsed"),
        [([3.0, 4.0], 4.5), ([4.0], 4.25), ([2.0] * 8, 2.5), ([0.0, 3.0], 3.0), ([0.5, 0.25], 8.0)],
    )
    def test_the_seconds_together_are_those_of_the_clock(
        self, seconds: list[float], elapsed: float
    ) -> None:
        side_by_side = dataclasses.replace(
            starts(*map(float, range(len(seconds)))), seconds=np.array(seconds), elapsed=elapsed
        )
        assert side_by_side.seconds_together == elapsed
        one_by_one = dataclasses.replace(side_by_side, elapsed=None)
        assert one_by_one.seconds_together == sum(seconds)
        longer = side_by_side.with_end(-0.5, "target_reached", 9, seconds[0] + 1.0)
        assert longer.seconds_together == sum(seconds) + 1.0

    @given(
        hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(0.0, 1e6)),
        st.floats(0.0, 3.0),
        st.floats(0.0, 1e3),
    )
    def test_within_counts_what_lies_at_most_that_fraction_or_the_floor_above_the_lowest(
        self, objectives: np.ndarray, fraction: float, floor: float
    ) -> None:
        lowest = min(objectives)
        near = [value <= lowest + fraction * lowest for value in objectives]
        equal = [value <= lowest + floor for value in objectives]
        some = starts(*objectives, floor=floor)
        expected = max(sum(near), sum(equal))
        assert some.within(fraction) == expected >= 1
        assert some.floor_decides(fraction) == (sum(equal) > sum(near))

    def test_within_allows_for_exact_fits(self) -> None:
        assert starts(1e-20, 1e-14, 1e-10, 1e-3, floor=1e-9).within() == 3

    def test_within_tells_small_objectives_apart(self) -> None:
        assert starts(1e-11, 2e-11, 3e-11, floor=1e-18).within() == 1

    def test_within_of_a_negative_objective(self) -> None:
        assert starts(-100.0, -99.5, -98.0).within(0.01) == 2

    @given(hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(0.0, 1e6)))
    def test_quantiles_are_objectives_that_occurred(self, objectives: np.ndarray) -> None:
        quantiles = starts(*objectives).quantiles()
        assert quantiles[0] == min(objectives)
        assert quantiles[-1] == max(objectives)
        assert set(quantiles) <= set(objectives)

    def test_what_is_not_finite_counts_as_the_highest_and_never_as_good(self) -> None:
        some = starts(np.nan, 2.0, np.inf, 2.01)
        assert some.within(0.01) == 2
        assert some.quantiles((0.0, 0.5, 1.0)).tolist() == [2.0, 2.01, np.inf]

    def test_where_nothing_is_finite_none_is_good(self) -> None:
        assert starts(np.nan, np.nan).within() == 0
        assert "0 ended within 1 % of the best" in str(starts(np.nan, np.nan))

    def test_are_told_in_a_sentence(self) -> None:
        assert str(starts(0.5)) == "1 start: objective 0.5"
        assert str(starts(2.0, 1.0, 1.005)) == (
            "3 starts: 2 ended within 1 % of the best; objective 1 (best), 1.005 (median), 2 (worst)"
        )
        assert len(starts(1.0, 2.0)) == 2

    def test_the_floor_is_told_where_it_decided(self) -> None:
        assert str(starts(1e-20, 1e-14, 1.0, floor=2.5e-10)).startswith(
            "3 starts: 2 ended within 1 % of the best (or within 2.5e-10 of it); objective 1e-20"
        )
        assert "or within" not in str(starts(1.0, 1.001, 2.0, floor=1e-9))

    @pytest.mark.parametrize(
        ("last", "requested", "told"),
        [
            ("interrupted", 20, "3 of 20 starts ran; interrupted"),
            ("time_limit", 20, "3 of 20 starts ran; the time limit was reached"),
            ("max_evaluations", 20, "3 of 20 starts ran; the evaluation budget was spent"),
            ("target_reached", 20, "3 of 20 starts ran; the target was reached"),
            ("gradient_tolerance", 20, "3 of 20 starts ran"),
            ("interrupted", 3, "3 of 3 starts ran; interrupted"),
            ("time_limit", 3, "3 of 3 starts ran; the time limit was reached"),
        ],
    )
    def test_a_call_that_was_cut_short_says_so(self, last: str, requested: int, told: str) -> None:
        cut = starts(1.0, 2.0, 3.0, requested=requested, last=last)
        assert cut.cut == told
        assert str(cut).startswith(f"{told}: 1 ended within 1 % of the best; ")

    def test_one_that_was_not_does_not(self) -> None:
        assert starts(1.0, 2.0, last="max_iterations").cut == ""
        assert starts(1.0, 2.0).requested == 2

    def test_a_single_start_that_was_cut_short(self) -> None:
        assert (
            str(starts(1.0, requested=1, last="interrupted"))
            == "1 of 1 start ran; interrupted: objective 1"
        )
        assert (
            str(starts(1.0, requested=20, last="time_limit"))
            == "1 of 20 starts ran; the time limit was reached: objective 1"
        )

    @pytest.mark.parametrize("method", ["lm", "bfgs"])
    def test_of_the_notebook_s_network_spread_over_worse_regions(self, method: str) -> None:
        """Its best fit is exact, and from many starts another stationary point is reached: objective 4.09e-4."""
        X, y = sn.datasets.load_sleep_study().scaled
        arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
        training = sn.train(
            sn.Network.random(arch, scheme="uniform"),
            X,
            y,
            method=method,
            starts=20,
            scheme="uniform",
        )
        assert 0 < training.starts.within() < 20
        assert training.starts.quantiles()[-1] > 1e-4
