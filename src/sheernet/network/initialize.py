r"""Initial weights (`draw`): the schemes, and the random streams from which they draw (`generator`).

Each scheme fills theta layer by layer from a NumPy generator.  Notation: n is the fan-in of a layer, m its fan-out.

    uniform             U[0, 1), also the biases                 used by the notebook and the videos
    symmetric_uniform   U[-0.7, 0.7), also the biases            R's nnet with rang = 0.7
    glorot              U[-r, r), r = sqrt(6 / (n + m))          Glorot and Bengio (2010), AISTATS, eq. 16
    he                  N(0, 2 / n)                              He et al. (2015), ICCV, eq. 10
    lecun               U[-r, r), r = sqrt(3 / n)                LeCun et al. (1998), Efficient BackProp, 4.6
    nguyen_widrow       rows of norm 0.7 m^(1/n)                 Nguyen and Widrow (1990), IJCNN III, p. 21-26

Biases are 0 with glorot, he and lecun.  nguyen_widrow distributes the active regions of the m units of a layer evenly
over inputs in [-1, 1]: hidden columns are scaled to this norm and biases are drawn from U[-norm, norm); the output
layer and the skip connections are U[-0.5, 0.5), as in the paper.  Skip connections are a separate layer of weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.scalars import as_whole
from sheernet.network.architecture import Architecture, Block

Scheme = Callable[[Architecture, np.random.Generator], Array]


def _each_block(arch: Architecture, draw: Callable[[Block], Array | float]) -> Array:
    """Fill theta with the result of `draw` for each block: an array in C order, or one number."""
    theta = np.empty(arch.n_parameters)
    for block in arch.layout.blocks:
        theta[block.slice] = draw(block)
    return theta


def uniform(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw all weights and biases from U[0, 1)."""
    return rng.random(arch.n_parameters)


def symmetric_uniform(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw all weights and biases from U[-0.7, 0.7)."""
    return rng.uniform(-0.7, 0.7, arch.n_parameters)


def glorot(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw weights with equal variances of activations and gradients in all layers; biases are 0."""

    def draw(block: Block) -> Array | float:
        if block.is_bias:
            return 0.0
        r = math.sqrt(6.0 / sum(block.shape))
        return rng.uniform(-r, r, block.size)

    return _each_block(arch, draw)


def he(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw weights with equal variances of activations in all layers of relu units; biases are 0."""

    def draw(block: Block) -> Array | float:
        if block.is_bias:
            return 0.0
        return rng.normal(0.0, math.sqrt(2.0 / block.shape[0]), block.size)

    return _each_block(arch, draw)


def lecun(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw weights with pre-activations of variance 1 for standardized inputs; biases are 0."""

    def draw(block: Block) -> Array | float:
        if block.is_bias:
            return 0.0
        r = math.sqrt(3.0 / block.shape[0])
        return rng.uniform(-r, r, block.size)

    return _each_block(arch, draw)


def nguyen_widrow(arch: Architecture, rng: np.random.Generator) -> Array:
    """Draw weights of hidden units whose active regions cover the input range [-1, 1] evenly."""
    spread = [0.7 * m ** (1.0 / n) for n, m in pairwise(arch.sizes)]

    def draw(block: Block) -> Array | float:
        if block.layer == arch.n_layers:
            return rng.uniform(-0.5, 0.5, block.size)
        norm = spread[block.layer - 1]
        if block.is_bias:
            return rng.uniform(-norm, norm, block.size)
        w = rng.uniform(-0.5, 0.5, block.shape)  # (n, m)
        return (norm * w / np.linalg.norm(w, axis=0)).ravel()

    return _each_block(arch, draw)


SCHEMES: dict[str, Scheme] = {
    f.__name__: f for f in (uniform, symmetric_uniform, glorot, he, lecun, nguyen_widrow)
}
"""Every scheme, by name."""


def draw(arch: Architecture, scheme: str, rng: np.random.Generator) -> Array:
    """Draw initial weights.

    Parameters
    ----------
    arch : Architecture
        The network.
    scheme : str
        One of `SCHEMES`.
    rng : numpy.random.Generator
        Source of the random numbers; its state advances.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        If the scheme is not known.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1))
    >>> theta = sn.initialize.draw(arch, "glorot", np.random.default_rng(0))
    >>> bool(abs(theta).max() < (6 / (3 + 1)) ** 0.5), theta[6:9].tolist()
    (True, [0.0, 0.0, 0.0])
    """
    return get(scheme)(arch, rng)


def get(scheme: str) -> Scheme:
    """Return the scheme of a name.

    Raises
    ------
    InvalidInput
        If the name is not known.
    """
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        raise unknown_name("scheme", scheme, SCHEMES)
    return SCHEMES[scheme]


def generator(seed: int | None, stream: int = 0) -> np.random.Generator:
    """Return the generator of one of the independent random streams of a seed.

    Raises
    ------
    InvalidInput
        If the seed is neither None nor a non-negative integer.

    Examples
    --------
    >>> from sheernet.network.initialize import generator
    >>> bool(generator(7, stream=3).random() == generator(7, stream=3).random())
    True
    """
    check_seed(seed)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))


def generators(seed: int | None, first: int, count: int) -> Iterator[np.random.Generator]:
    """Yield the generators of `count` consecutive streams of a seed, as `generator` does; None draws one new seed.

    Raises
    ------
    InvalidInput
        If the seed is neither None nor a non-negative integer.

    Examples
    --------
    >>> from sheernet.network.initialize import generator, generators
    >>> [g.random() == generator(7, stream=i).random() for i, g in enumerate(generators(7, 1, 2), start=1)]
    [True, True]
    """
    check_seed(seed)
    for child in np.random.SeedSequence(seed, n_children_spawned=first).spawn(count):
        yield np.random.default_rng(child)


def check_seed(seed: int | None) -> None:
    """Raise `InvalidInput` unless seed is None or a non-negative integer."""
    if seed is not None:
        as_whole("seed", seed, 0, or_none=True)


def identical_hidden_units(arch: Architecture, theta: Array) -> tuple[int, int, int] | None:
    """Find two hidden units of one layer with equal weights, which stay equal under every gradient method.

    Parameters
    ----------
    arch : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.

    Returns
    -------
    tuple (layer, i, j), or None
        The first pair whose incoming weights, biases and outgoing weights are all equal; units are numbered from 0.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1))
    >>> sn.initialize.identical_hidden_units(arch, np.zeros(arch.n_parameters))
    (1, 0, 1)
    """
    arch.layout.check(theta)
    for layer, of_input_1 in _of_first_inputs(arch):
        first = theta[of_input_1].tolist()
        width = len(first)
        if len(set(first)) == width:
            continue  # the usual case: the weights of the first input differ between all units
        W, b, _ = arch.layout.by_layer(theta)
        bias = b.get(layer, np.zeros(width))
        units = np.vstack([W[layer], bias, W[layer + 1].T]).T  # (m, n + 1 + fan-out)
        seen: dict[bytes, int] = {}
        for j, unit in enumerate(units + 0.0):  # + 0.0 makes -0.0 and 0.0 the same bytes
            i = seen.setdefault(unit.tobytes(), j)
            if i != j:
                return layer, i, j
    return None


def perhaps_identical(arch: Architecture, thetas: Array) -> npt.NDArray[np.int64]:
    """Return the indices of thetas (n, P) that `identical_hidden_units` must examine; the others have no equal units.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 2, 1), bias=False)
    >>> sn.initialize.perhaps_identical(arch, np.array([[1.0, 2.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])).tolist()
    [1]
    """
    some = np.zeros(len(thetas), dtype=bool)
    for _, of_input_1 in _of_first_inputs(arch):
        first = np.sort(thetas[:, of_input_1], axis=1)  # (n, m)
        some |= (first[:, 1:] == first[:, :-1]).any(axis=1)
    return np.flatnonzero(some)


def _of_first_inputs(arch: Architecture) -> Iterator[tuple[int, slice]]:
    """Yield each hidden layer with the entries of theta that connect its first input to its units."""
    for block in arch.layout.blocks:
        if block.role == "weights" and block.layer < arch.n_layers:
            yield block.layer, slice(block.start, block.start + block.shape[1])
