r"""First weights: where a training starts.

Each scheme fills theta layer by layer from a NumPy generator.  Letters: n the fan-in of a layer, m its fan-out.

    uniform             U[0, 1), biases too                      the notebook's and the videos' choice
    symmetric_uniform   U[-0.7, 0.7), biases too                 R's nnet with rang = 0.7
    glorot              U[-r, r), r = sqrt(6 / (n + m))          Glorot and Bengio (2010), AISTATS, eq. 16
    he                  N(0, 2 / n)                              He et al. (2015), ICCV, eq. 10
    lecun               U[-r, r), r = sqrt(3 / n)                LeCun et al. (1998), Efficient BackProp, 4.6
    nguyen_widrow       rows of norm 0.7 m^(1/n)                 Nguyen and Widrow (1990), IJCNN III, p. 21-26

Glorot, He and LeCun start with biases of 0.  Nguyen-Widrow spreads the m ramps of a layer evenly over inputs in
[-1, 1]: hidden columns are scaled to that norm and biases drawn from U[-norm, norm); its output layer and its skip
connections are U[-0.5, 0.5), as in the paper.  Skip connections count as a layer of weights of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sheernet.architecture import Architecture, Block
from sheernet.arrays import Array
from sheernet.errors import InvalidInput, unknown_name

Scheme = Callable[[Architecture, np.random.Generator], Array]


def _each_block(arch: Architecture, draw: Callable[[Block], Array]) -> Array:
    """Concatenate what `draw` returns for the blocks, in the order of theta."""
    return np.concatenate([np.ravel(draw(block)) for block in arch.layout.blocks])


def _is_bias(block: Block) -> bool:
    return len(block.shape) == 1


def uniform(arch: Architecture, rng: np.random.Generator) -> Array:
    """U[0, 1) for all weights and biases."""
    return rng.random(arch.n_parameters)


def symmetric_uniform(arch: Architecture, rng: np.random.Generator) -> Array:
    """U[-0.7, 0.7) for all weights and biases."""
    return rng.uniform(-0.7, 0.7, arch.n_parameters)


def glorot(arch: Architecture, rng: np.random.Generator) -> Array:
    """Variances of activations and gradients kept alike from layer to layer; biases 0."""

    def draw(block: Block) -> Array:
        if _is_bias(block):
            return np.zeros(block.shape)
        r = np.sqrt(6.0 / sum(block.shape))
        return rng.uniform(-r, r, block.shape)

    return _each_block(arch, draw)


def he(arch: Architecture, rng: np.random.Generator) -> Array:
    """Variances of activations kept alike through relu units; biases 0."""

    def draw(block: Block) -> Array:
        if _is_bias(block):
            return np.zeros(block.shape)
        return rng.normal(0.0, np.sqrt(2.0 / block.shape[0]), block.shape)

    return _each_block(arch, draw)


def lecun(arch: Architecture, rng: np.random.Generator) -> Array:
    """Pre-activations of variance 1 for standardized inputs; biases 0."""

    def draw(block: Block) -> Array:
        if _is_bias(block):
            return np.zeros(block.shape)
        r = np.sqrt(3.0 / block.shape[0])
        return rng.uniform(-r, r, block.shape)

    return _each_block(arch, draw)


def nguyen_widrow(arch: Architecture, rng: np.random.Generator) -> Array:
    """Hidden units that share the input range [-1, 1] evenly between them."""
    spread = [0.7 * m ** (1.0 / n) for n, m in pairwise(arch.sizes)]
    hidden = range(1, arch.n_layers)

    def draw(block: Block) -> Array:
        layer = arch.n_layers if block.name == "S" else int(block.name[1:])
        if layer not in hidden:
            return rng.uniform(-0.5, 0.5, block.shape)
        norm = spread[layer - 1]
        if _is_bias(block):
            return rng.uniform(-norm, norm, block.shape)
        w = rng.uniform(-0.5, 0.5, block.shape)  # (n, m)
        return norm * w / np.linalg.norm(w, axis=0)

    return _each_block(arch, draw)


SCHEMES: dict[str, Scheme] = {
    f.__name__: f for f in (uniform, symmetric_uniform, glorot, he, lecun, nguyen_widrow)
}
"""Every scheme, by name."""

TRANSLATIONS = {
    "xavier": "glorot",
    "glorot_uniform": "glorot",
    "kaiming": "he",
    "he_normal": "he",
    "lecun_uniform": "lecun",
    "initnw": "nguyen_widrow",
    "nguyen-widrow": "nguyen_widrow",
    "rands": "symmetric_uniform",
    "random": "uniform",
}
"""What other packages call them."""


def draw(arch: Architecture, scheme: str, rng: np.random.Generator) -> Array:
    """Draw a first theta.

    Parameters
    ----------
    arch : Architecture
        The network to fill.
    scheme : str
        One of `SCHEMES`.
    rng : numpy.random.Generator
        Where the random numbers come from; it is advanced.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        When the scheme is not known.

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
    """Look a scheme up by its name.

    Raises
    ------
    InvalidInput
        When the name is not known; other packages' names are answered with ours.
    """
    if scheme not in SCHEMES:
        raise unknown_name("scheme", scheme, SCHEMES, TRANSLATIONS)
    return SCHEMES[scheme]


def generator(seed: int | None, stream: int = 0) -> np.random.Generator:
    """A generator for one of many streams of a seed; stream i is the same however many there are.

    Raises
    ------
    InvalidInput
        When the seed is not a whole number of at least 0, or None.

    Examples
    --------
    >>> from sheernet.initialize import generator
    >>> bool(generator(7, stream=3).random() == generator(7, stream=3).random())
    True
    """
    if seed is not None and (
        isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0
    ):
        raise InvalidInput(f"seed must be a whole number of at least 0, but {seed!r} was given")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))


def identical_hidden_units(arch: Architecture, theta: Array) -> tuple[int, int, int] | None:
    """Find two hidden units of one layer that start with equal weights: no gradient will ever tell them apart.

    Parameters
    ----------
    arch : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.

    Returns
    -------
    tuple (layer, i, j), or None
        The first such pair: incoming weights, bias and outgoing weights are all equal; units count from 0.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1))
    >>> sn.initialize.identical_hidden_units(arch, np.zeros(arch.n_parameters))
    (1, 0, 1)
    """
    views = arch.layout.views(theta)
    for layer in range(1, arch.n_layers):
        incoming = views[f"W{layer}"]  # (n, m)
        bias = views.get(f"b{layer}", np.zeros(incoming.shape[1]))
        units = np.vstack([incoming, bias, views[f"W{layer + 1}"].T]).T  # (m, n + 1 + fan-out)
        seen: dict[bytes, int] = {}
        for j, unit in enumerate(units + 0.0):  # + 0.0 makes -0.0 and 0.0 the same bytes
            i = seen.setdefault(unit.tobytes(), j)
            if i != j:
                return layer, i, j
    return None
