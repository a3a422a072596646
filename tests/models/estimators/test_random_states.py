"""The source of random numbers of a fit draws what scikit-learn's draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn")

from sheernet.models.estimators.random_states import random_state_of


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4))
def test_a_seed_gives_the_numbers_of_a_new_random_state(seeds: list[int]) -> None:
    for seed in seeds:
        expected = np.random.RandomState(seed)
        with random_state_of(seed) as rng:
            assert np.array_equal(rng.uniform(size=3), expected.uniform(size=3))
            assert (
                rng.normal() == expected.normal()
            )  # a second normal number is kept for the next call
            assert np.array_equal(rng.permutation(9), expected.permutation(9))


def test_fits_at_the_same_time_have_different_ones() -> None:
    with random_state_of(1) as outer:
        with random_state_of(2) as inner:
            assert inner is not outer
            inner.uniform(size=7)
        with pytest.raises(ZeroDivisionError), random_state_of(3):
            raise ZeroDivisionError  # one that ends by an error is free again
        assert outer.uniform() == np.random.RandomState(1).uniform()


def test_others_are_those_of_scikit_learn() -> None:
    own = np.random.RandomState(4)
    with random_state_of(own) as rng:
        assert rng is own
    with random_state_of(None) as rng:
        assert rng is np.random.mtrand._rand
    with random_state_of(np.int64(5)) as rng:
        assert rng.uniform() == np.random.RandomState(5).uniform()
    with pytest.raises(ValueError, match="cannot be used to seed"), random_state_of("five"):
        pass
