r"""Sums over samples of products of two derivatives with respect to weights, such as J^T H J (`StructuredMatrix`).

The derivative of output k with respect to weight (i, j) of layer l is a product of an input and a delta, a_i delta_kj:

    (J^T H J)[(l, i, j), (m, i', j')] = sum_n a_l[n, i] a_m[n, i'] D[n, j, j'],     D[n] = delta_l[n]^T H[n] delta_m[n]

with delta_l[n] = d z_L / d z_l of sample n, (K, d_l).  For each pair of layers l <= m this is one product of matrices,
summed over samples: of rows a_i a_i' and columns D_jj'.  Compared with products of J, (N K, P), D is summed over the
outputs first, and for l = m only i <= i' and j <= j' are needed: K P^2 / 2 multiplications and additions for each
sample become about P_l^2 / 4 within a layer and P_l P_m between two layers.

Here the inputs of a layer include a 1 if it has biases, and the inputs of the last layer include X if there are skip
connections: W_l, b_l and S are adjacent in theta, so that together they are one matrix of weights, (m_l, d_l).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.network.architecture import Architecture
from sheernet.network.propagation import Passes


@dataclass(eq=False)
class StructuredMatrix:
    """A symmetric matrix (P, P) that is summed over blocks of samples.

    Parameters
    ----------
    architecture : Architecture
        The layers.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.network.structured_matrix import StructuredMatrix
    >>> arch = sn.Architecture((1, 2))
    >>> passes = sn.forward(arch, np.zeros(4), np.array([[3.0]]))
    >>> matrix = StructuredMatrix(arch)
    >>> matrix.add(passes, {1: np.eye(2)[None]}, np.diag([1.0, 5.0])[None])
    >>> matrix.expanded().tolist()  # W1 (1, 2), then b1 (2,)
    [[9.0, 0.0, 3.0, 0.0], [0.0, 45.0, 0.0, 15.0], [3.0, 0.0, 1.0, 0.0], [0.0, 15.0, 0.0, 5.0]]
    """

    architecture: Architecture
    _sums: dict[tuple[int, int], Array] = field(init=False)  # by pair of layers

    def __post_init__(self) -> None:
        self._sums = {
            (one, other): np.zeros(
                (len(self._rows(one, other)[0]), len(self._columns(one, other)[0]))
            )
            for one, other in self._pairs
        }

    @property
    def numbers_per_sample(self) -> int:
        """Maximum number of values that `add` stores for each sample: the rows and columns of a pair of layers."""
        return max(sum(sums.shape) for sums in self._sums.values())

    def add(self, passes: Passes, deltas: Mapping[int, Array], H: Array) -> None:
        """Add the samples of a forward pass.

        Parameters
        ----------
        passes : Passes
            The result of `forward` for n samples.
        deltas : mapping of int to ndarray
            For each layer l, the derivatives of k numbers with respect to z_l: (n, k, d_l).
        H : ndarray, (n, k, k)
            A symmetric matrix for each sample.
        """
        inputs, scaled = {}, {}
        for layer in deltas:
            inputs[layer], exponents = _scaled(self._inputs(passes, layer))
            scaled[layer] = np.ldexp(deltas[layer], exponents[:, :, None])
        for one, other in self._pairs:
            first, second = self._rows(one, other)
            rows = inputs[one][:, first] * inputs[other][:, second]  # (n, ...)
            D = scaled[one].transpose(0, 2, 1) @ (H @ scaled[other])  # (n, d_l, d_m)
            first, second = self._columns(one, other)
            self._sums[one, other] += rows.T @ D[:, first, second]

    def expanded(self) -> Array:
        """Return the matrix, (P, P)."""
        size = self.architecture.n_parameters
        matrix = np.empty((size, size))
        for one, other in self._pairs:
            sums, shapes = self._sums[one, other], (*self._shape(one), *self._shape(other))
            block = matrix[self._slice(one), self._slice(other)].reshape(shapes)  # a view
            rows = _places(shapes[::2], self._rows(one, other))  # (m_l, m_m)
            columns = _places(shapes[1::2], self._columns(one, other))  # (d_l, d_m)
            for i in range(len(rows)):
                block[i] = sums[rows[i]][:, columns].transpose(1, 0, 2)  # (m_m, d_l, d_m) before
            if one != other:
                matrix[self._slice(other), self._slice(one)] = matrix[
                    self._slice(one), self._slice(other)
                ].T
        return matrix

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        """Return the pairs of layers, l <= m."""
        return list(combinations_with_replacement(range(1, self.architecture.n_layers + 1), 2))

    def _shape(self, layer: int) -> tuple[int, int]:
        """Return (m_l, d_l), the shape of all weights of a layer as one matrix."""
        width = self.architecture.sizes[layer]
        place = self._slice(layer)
        return (place.stop - place.start) // width, width

    def _slice(self, layer: int) -> slice:
        """Return the slice of all weights of a layer in theta."""
        blocks = [block for block in self.architecture.layout.blocks if block.layer == layer]
        return slice(blocks[0].start, blocks[-1].stop)

    def _rows(self, one: int, other: int) -> tuple[Indices, Indices]:
        """Return the inputs i and i' of the rows of the sums."""
        return _index_pairs(self._shape(one)[0], self._shape(other)[0], one == other)

    def _columns(self, one: int, other: int) -> tuple[Indices, Indices]:
        """Return the units j and j' of the columns of the sums."""
        return _index_pairs(self._shape(one)[1], self._shape(other)[1], one == other)

    def _inputs(self, passes: Passes, layer: int) -> Array:
        """Return the inputs of a layer, which its weights multiply, (n, m_l)."""
        a = passes.activations
        blocks = [block for block in self.architecture.layout.blocks if block.layer == layer]
        ones = np.ones((len(a[0]), 1))
        return np.hstack([ones if block.source is None else a[block.source] for block in blocks])


def _index_pairs(n_first: int, n_second: int, upper: bool) -> tuple[Indices, Indices]:
    """Return all pairs of indices, or only the pairs with first <= second, as two arrays."""
    if upper:
        return np.triu_indices(n_first)
    first, second = np.indices((n_first, n_second))
    return first.ravel(), second.ravel()


def _places(shape: tuple[int, int], pairs: tuple[Indices, Indices]) -> Indices:
    """Return the place of each pair of indices in `pairs`; if (j, i) is missing, the place of (i, j)."""
    places = np.empty(shape, int)
    numbers = np.arange(len(pairs[0]))
    if len(numbers) < places.size:  # first <= second
        places[pairs[::-1]] = numbers
    places[pairs] = numbers
    return places


def _scaled(inputs: Array) -> tuple[Array, Indices]:
    """Return inputs (n, m) divided by 2^e, and e, (n, 1), such that the largest magnitude of a sample is in [1/2, 1).

    Products of two huge inputs would overflow although their deltas are 0, and 0 times infinity is not 0.
    """
    exponents = np.frexp(np.abs(inputs).max(axis=1, keepdims=True))[1]
    return np.ldexp(inputs, -exponents), exponents
