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

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.network.architecture import Architecture, Block

Scheme = Callable[[Architecture, np.random.Generator], Array]


def _each_block(arch: Architecture, draw: Callable[[Block], Array | float]) -> Array:
    """Fill theta with what `draw` returns for each block: its numbers in C order, or one for all."""
    theta = np.empty(arch.n_parameters)
    for block in arch.layout.blocks:
        theta[block.start : block.stop] = draw(block)
    return theta


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

    def draw(block: Block) -> Array | float:
        if _is_bias(block):
            return 0.0
        r = math.sqrt(6.0 / sum(block.shape))
        return rng.uniform(-r, r, block.size)

    return _each_block(arch, draw)


def he(arch: Architecture, rng: np.random.Generator) -> Array:
    """Variances of activations kept alike through relu units; biases 0."""

    def draw(block: Block) -> Array | float:
        if _is_bias(block):
            return 0.0
        return rng.normal(0.0, math.sqrt(2.0 / block.shape[0]), block.size)

    return _each_block(arch, draw)


def lecun(arch: Architecture, rng: np.random.Generator) -> Array:
    """Pre-activations of variance 1 for standardized inputs; biases 0."""

    def draw(block: Block) -> Array | float:
        if _is_bias(block):
            return 0.0
        r = math.sqrt(3.0 / block.shape[0])
        return rng.uniform(-r, r, block.size)

    return _each_block(arch, draw)


def nguyen_widrow(arch: Architecture, rng: np.random.Generator) -> Array:
    """Hidden units that share the input range [-1, 1] evenly between them."""
    spread = [0.7 * m ** (1.0 / n) for n, m in pairwise(arch.sizes)]
    hidden = range(1, arch.n_layers)

    def draw(block: Block) -> Array | float:
        layer = arch.n_layers if block.name == "S" else int(block.name[1:])
        if layer not in hidden:
            return rng.uniform(-0.5, 0.5, block.size)
        norm = spread[layer - 1]
        if _is_bias(block):
            return rng.uniform(-norm, norm, block.size)
        w = rng.uniform(-0.5, 0.5, block.shape)  # (n, m)
        return (norm * w / np.linalg.norm(w, axis=0)).ravel()

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
    >>> from sheernet.network.initialize import generator
    >>> bool(generator(7, stream=3).random() == generator(7, stream=3).random())
    True
    """
    check_seed(seed)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))


def generators(seed: int | None, first: int, count: int) -> Iterator[np.random.Generator]:
    """The generators of streams `first`, `first + 1`, ...: those of `generator`, but a few times as fast.

    Raises
    ------
    InvalidInput
        When the seed is not a whole number of at least 0, or None.

    Notes
    -----
    numpy.random.SeedSequence mixes the words of its entropy into a pool and the number of the stream after them; here
    the entropy is mixed once, by NumPy, and all the streams by array operations.  The algorithm is
    M. E. O'Neill's seed_seq_fe (2015), whose constants stand below; NumPy promises to keep its streams as they are.

    Examples
    --------
    >>> from sheernet.network.initialize import generator, generators
    >>> [g.random() == generator(7, stream=i).random() for i, g in enumerate(generators(7, 1, 2), start=1)]
    [True, True]
    """
    check_seed(seed)
    if count == 0:  # as for the one start that is given: the rest would take 30 us
        return
    for words in _stream_words(np.random.SeedSequence(seed), first, count):
        yield np.random.Generator(np.random.PCG64(_Words(words)))  # type: ignore[arg-type]  # allowed, say its docs


def check_seed(seed: int | None) -> None:
    """Refuse, in a sentence, what is no seed: anything but a whole number of at least 0, or None."""
    if seed is not None and (
        isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0
    ):
        raise InvalidInput(f"seed must be a whole number of at least 0, but {seed!r} was given")


class _Words(np.random.bit_generator.ISeedSequence):
    """Words of seed that are there already."""

    def __init__(self, words: npt.NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> npt.NDArray[np.uint64]:
        return self._words


_POOL = 4  # words of 32 bits
_HASH, _GENERATE = (0x43B0D7E5, 0x931E8875), (0x8B51F9DD, 0x58F38DED)  # constant, multiplier
_MIX = (0xCA01F9DD, 0x4973F715)


def _stream_words(root: np.random.SeedSequence, first: int, count: int) -> npt.NDArray[np.uint64]:
    """What SeedSequence(root.entropy, spawn_key=(i,)) generates for PCG64, for `count` streams: (count, 4)."""
    entropy = int(root.entropy)  # type: ignore[arg-type]  # of a seed it is one number
    n_words = max(_POOL, -(-entropy.bit_length() // 32))
    hashed = _POOL + _POOL * (_POOL - 1) + _POOL * (n_words - _POOL)  # calls of `scrambled` so far
    constant = _HASH[0] * pow(_HASH[1], hashed, 2**32) % 2**32
    streams = np.arange(first, first + count, dtype=np.uint32)
    pool = []
    for word in root.pool:
        scrambled, constant = _scrambled(streams, constant, _HASH[1])
        mixed = np.uint32(int(word) * _MIX[0] % 2**32) - scrambled * np.uint32(_MIX[1])
        pool.append(mixed ^ (mixed >> np.uint32(16)))
    constant, words = _GENERATE[0], np.empty((count, 2 * _POOL), dtype="<u4")
    for i in range(2 * _POOL):
        words[:, i], constant = _scrambled(pool[i % _POOL], constant, _GENERATE[1])
    return words.view("<u8").astype(np.uint64, copy=False)


def _scrambled(
    words: npt.NDArray[np.uint32], constant: int, multiplier: int
) -> tuple[npt.NDArray[np.uint32], int]:
    """The hash of seed_seq_fe, and the constant of its next call."""
    following = constant * multiplier % 2**32
    mixed = (words ^ np.uint32(constant)) * np.uint32(following)
    return mixed ^ (mixed >> np.uint32(16)), following


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
    for layer in range(1, arch.n_layers):
        start, width = arch.layout.block(f"W{layer}").start, arch.sizes[layer]
        if len(set(theta[start : start + width].tolist())) == width:
            continue  # as is usual: the weights of the first input tell all units apart
        views = arch.layout.views(theta)
        incoming = views[f"W{layer}"]  # (n, m)
        bias = views.get(f"b{layer}", np.zeros(incoming.shape[1]))
        units = np.vstack([incoming, bias, views[f"W{layer + 1}"].T]).T  # (m, n + 1 + fan-out)
        seen: dict[bytes, int] = {}
        for j, unit in enumerate(units + 0.0):  # + 0.0 makes -0.0 and 0.0 the same bytes
            i = seen.setdefault(unit.tobytes(), j)
            if i != j:
                return layer, i, j
    return None


def perhaps_identical(arch: Architecture, thetas: Array) -> npt.NDArray[np.int64]:
    """Which of many thetas (n, P) are worth a look by `identical_hidden_units`; the others have no such pair.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 2, 1), bias=False)
    >>> sn.initialize.perhaps_identical(arch, np.array([[1.0, 2.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])).tolist()
    [1]
    """
    some = np.zeros(len(thetas), dtype=bool)
    for layer in range(1, arch.n_layers):
        start = arch.layout.block(f"W{layer}").start
        first = np.sort(thetas[:, start : start + arch.sizes[layer]], axis=1)  # (n, m), of input 1
        some |= (first[:, 1:] == first[:, :-1]).any(axis=1)
    return np.flatnonzero(some)
