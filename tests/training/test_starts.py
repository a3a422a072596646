"""Many starts: which points they begin from, and how their ends are counted."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sheernet as sn
from sheernet import initialize
from sheernet.training import Starts
from sheernet.training.starts import first_starts, nth_start

NETWORK = sn.Network.random(sn.Architecture((2, 3, 1)), seed=9)


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


class TestBeginnings:
    def test_start_0_is_the_given_network(self) -> None:
        assert nth_start(NETWORK, 0, "glorot", 4) is NETWORK

    @given(st.integers(1, 10**6), st.integers(0, 2**63))
    def test_start_i_is_drawn_from_stream_i_of_the_seed(self, index: int, seed: int) -> None:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
        assert np.array_equal(nth_start(NETWORK, index, "uniform", seed).theta, rng.random(13))

    def test_start_i_does_not_depend_on_the_network(self) -> None:
        other = sn.Network.random(NETWORK.architecture, seed=1)
        assert np.array_equal(
            nth_start(NETWORK, 3, "he", 0).theta, nth_start(other, 3, "he", 0).theta
        )

    def test_starts_differ(self) -> None:
        first = [nth_start(NETWORK, i, "glorot", 0).theta[0] for i in range(50)]
        assert len(set(first)) == 50


class TestBeginningsOfAll:
    @pytest.mark.parametrize("scheme", initialize.SCHEMES)
    @pytest.mark.parametrize("seed", [0, 7, 2**40, 2**130])
    def test_are_those_of_nth_start_bit_for_bit(self, scheme: str, seed: int) -> None:
        thetas = first_starts(NETWORK, 30, scheme, seed)
        assert thetas.shape == (30, 13)
        for index, theta in enumerate(thetas):
            assert theta.tobytes() == nth_start(NETWORK, index, scheme, seed).theta.tobytes()

    @pytest.mark.parametrize("first", [0, 1, 4])
    def test_may_be_drawn_some_at_a_time(self, first: int) -> None:
        all_of_them = first_starts(NETWORK, 9, "glorot", 3)
        some = first_starts(NETWORK, 5, "glorot", 3, first=first)
        assert np.array_equal(some, all_of_them[first : first + 5])

    def test_without_a_seed_are_others_each_time(self) -> None:
        once, again = (first_starts(NETWORK, 2, "uniform", None) for _ in range(2))
        assert np.array_equal(once[0], again[0])
        assert not np.array_equal(once[1], again[1])

    def test_may_be_none(self) -> None:
        assert first_starts(NETWORK, 0, "glorot", 0).shape == (0, 13)

    def test_an_unknown_scheme_is_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="scheme 'glorott' is not recognized"):
            first_starts(NETWORK, 2, "glorott", 0)


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

    def test_train_measures_them_by_its_clock(self, monkeypatch) -> None:
        clock = SimpleNamespace(monotonic=itertools.count(100.0, 2.5).__next__)
        monkeypatch.setattr(sys.modules["sheernet.training.training"], "time", clock)
        X = np.random.default_rng(0).normal(size=(9, 2))
        assert sn.train(NETWORK, X, X[:, 0], starts=3, max_iter=2).starts.elapsed == 2.5

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
