"""As test_starts.py, by names that are not published."""

from __future__ import annotations

import itertools
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet import initialize
from sheernet.training.starts import first_starts, nth_start

NETWORK = sn.Network.random(sn.Architecture((2, 3, 1)), seed=9)


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
    def test_train_measures_them_by_its_clock(self, monkeypatch) -> None:
        clock = SimpleNamespace(monotonic=itertools.count(100.0, 2.5).__next__)
        monkeypatch.setattr(sys.modules["sheernet.training.training"], "time", clock)
        X = np.random.default_rng(0).normal(size=(9, 2))
        assert sn.train(NETWORK, X, X[:, 0], starts=3, max_iter=2).starts.elapsed == 2.5
