"""The hash of held-out rows, against SplitMix64 in whole numbers of Python; its independence of cuts and seeds."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.data.shards.held_out_rows import are_held_out

MASK = 2**64 - 1
GAMMA = 0x9E3779B97F4A7C15


def mixed(z):
    """The output function of SplitMix64."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@pytest.mark.parametrize("seed", [0, 1, 2**63 + 5, -1])
@pytest.mark.parametrize("first_row", [0, 7, 2**40])
def test_a_row_is_held_out_if_its_hash_is_below_the_share(seed, first_row):
    start = mixed(seed % 2**64)
    hashes = [mixed(((row + 1) * GAMMA + start) & MASK) for row in range(first_row, first_row + 50)]
    wanted = [(each >> 11) / 2**53 < 0.3 for each in hashes]
    assert are_held_out(first_row, 50, 0.3, seed).tolist() == wanted


@pytest.mark.parametrize("shares", [(0.1, 0.2), (0.3, 0.7), (0.0, 0.5)])
def test_rows_after_a_share_are_those_of_the_next_hashes(shares):
    first, second = shares
    held, more = are_held_out(3, 5000, first, 7), are_held_out(3, 5000, second, 7, after=first)
    assert not (held & more).any()
    assert np.array_equal(held | more, are_held_out(3, 5000, first + second, 7))


def test_shares_and_seeds():
    n = 200_000
    for share in (0.01, 0.25, 0.9):
        held = [are_held_out(0, n, share, seed) for seed in (0, 1)]
        deviation = (n * share * (1 - share)) ** 0.5
        assert all(abs(h.sum() - n * share) < 5 * deviation for h in held)
        both = (held[0] & held[1]).sum()
        assert abs(both - n * share**2) < 5 * (n * share**2) ** 0.5  # seeds are independent
    assert not are_held_out(0, n, 0.0, 0).any()
    assert np.array_equal(are_held_out(0, n, 0.5, 3)[1000:], are_held_out(1000, n - 1000, 0.5, 3))
