"""As test_lm.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.optimizers.damped_cholesky import factored


class TestFactor:
    def test_solves_the_damped_system_and_leaves_the_matrix_alone(self):
        A = np.array([[4.0, 1.0], [1.0, 3.0]])
        right = np.array([1.0, -2.0])
        for damping in (0.5, np.array([0.5, 0.1])):
            h = factored(A, damping)(right)
            np.testing.assert_allclose(A @ h + damping * h, right, rtol=1e-14)
            np.testing.assert_array_equal(A, [[4.0, 1.0], [1.0, 3.0]])

    @pytest.mark.parametrize("A", [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]])
    def test_a_matrix_that_is_not_positive_definite_has_no_factor(self, A):
        assert factored(np.array(A), 0.0) is None
        assert factored(np.array(A), 2.0) is not None
