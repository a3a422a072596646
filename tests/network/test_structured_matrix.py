"""Matrices that are summed by structure equal products of Jacobians."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet import propagation
from sheernet.network.structured_matrix import StructuredMatrix

ARCHITECTURES = {
    "no hidden layer": sn.Architecture((3, 2)),
    "one hidden layer": sn.Architecture((3, 4, 2)),
    "skip connections": sn.Architecture((3, 4, 2), skip=True),
    "no biases": sn.Architecture((3, 4, 5, 1), bias=False, skip=True),
    "some biases": sn.Architecture((2, 3, 1, 4, 3), bias=(True, False, True, False)),
}


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_blocks_of_samples_add_up_to_the_product_of_jacobians(kind: str) -> None:
    arch, rng = ARCHITECTURES[kind], np.random.default_rng(1)
    theta = rng.normal(size=arch.n_parameters)
    matrix, expected = StructuredMatrix(arch), np.zeros((theta.size, theta.size))
    for n in (5, 1):
        passes = sn.forward(arch, theta, rng.normal(size=(n, arch.n_inputs)))
        H = rng.normal(size=(n, arch.n_outputs, arch.n_outputs))
        H += H.transpose(0, 2, 1)
        matrix.add(passes, propagation.deltas_of_outputs(arch, theta, passes), H)
        J = propagation.jacobian(arch, theta, passes)
        expected += np.einsum("nkp,nkl,nlq->pq", J, H, J)
    np.testing.assert_allclose(
        matrix.expanded(), expected, rtol=0, atol=1e-13 * np.abs(expected).max()
    )
    np.testing.assert_array_equal(matrix.expanded(), matrix.expanded().T)
