"""As test_lbfgs.py, by names that are not published."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from optimizers.test_lbfgs import module
from sheernet.optimizers import bfgs

dense = sys.modules[bfgs.__module__]


class TestTwoLoops:
    @pytest.mark.parametrize("memory", [1, 3, 8])
    def test_equal_the_dense_update_of_the_same_pairs(self, memory):
        """Algorithm 7.4 multiplies by gamma I updated by (6.17) with each pair in turn."""
        rng = np.random.default_rng(memory)
        pairs = ()
        for _ in range(6):
            s = rng.standard_normal(5)
            pairs = module._appended(pairs, s, s + 0.3 * rng.standard_normal(5), memory)
        H = pairs[-1].gamma * np.eye(5)
        for pair in pairs:
            dense._update(H, pair.s, pair.y, False)
        g = rng.standard_normal(5)
        np.testing.assert_allclose(module.two_loops(g, pairs), H @ g, rtol=1e-10)
