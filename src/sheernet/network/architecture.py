"""The layers of a network (`Architecture`), and the position of each weight in the vector theta (`Layout`).

An `Architecture` defines the layers; its `Layout` maps names to slices of theta, the flat vector of all weights, in the
order W1, b1, W2, b2, ..., S.  Weights are (fan_in, fan_out) in C order, so index 4 of a 2-3-1 network is
W1[1, 1]: from the second input to the second hidden unit.  Named arrays are views of theta, not copies.

Notation: L layers of weights, d_l the width of layer l (d_0 inputs, d_L = K outputs), P parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import LARGEST_WHOLE, as_flag, in_brief, is_whole
from sheernet.foundation.sentences import Setting
from sheernet.network import activations
from sheernet.network.activations import Activation, AnyArray


@dataclass(frozen=True)
class Block:
    """One named array inside theta.

    Parameters
    ----------
    name : str
        "W1", "b1", ..., "S".
    start, stop : int
        The entries of the array in theta.
    shape : tuple of int
        The shape of the array, in C order.
    layer : int
        The layer to whose pre-activations the array contributes, 1 to L; L for S.
    role : {"weights", "biases", "skip"}
        Whether the array is a W, a b or the S of the skip connections.
    """

    name: str
    start: int
    stop: int
    shape: tuple[int, ...]
    layer: int
    role: Literal["weights", "biases", "skip"]

    @property
    def slice(self) -> slice:
        """The entries of the array in theta."""
        return slice(self.start, self.stop)

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.stop - self.start

    @property
    def is_bias(self) -> bool:
        """Whether the array contains biases."""
        return self.role == "biases"

    @property
    def source(self) -> int | None:
        """The layer whose activations the array multiplies, 0 for the inputs; None for biases."""
        return {"weights": self.layer - 1, "biases": None, "skip": 0}[self.role]

    def view(self, theta: AnyArray) -> AnyArray:
        """Return the entries of this block as a view of theta, in the shape of the block."""
        return theta[self.slice].reshape(self.shape)


class LayerArrays(NamedTuple):
    """Arrays of a network by layer, 1 to L."""

    W: dict[int, AnyArray]  # (d_{l-1}, d_l)
    b: dict[int, AnyArray]  # (d_l,), of the layers with biases
    S: AnyArray | None  # (d_0, K), of the skip connections


@dataclass(frozen=True)
class Layout:
    """Position of each named array in theta.

    Parameters
    ----------
    blocks : tuple of Block
        The arrays, in the order of theta.

    Examples
    --------
    >>> import sheernet as sn
    >>> layout = sn.Architecture((2, 3, 1), bias=False).layout
    >>> [(block.name, block.shape) for block in layout.blocks]
    [('W1', (2, 3)), ('W2', (3, 1))]
    >>> layout.name(4)
    'W1[1,1]'
    >>> layout.describe(4, inputs=["sun", "rain"])
    'rain -> h2'
    """

    blocks: tuple[Block, ...]

    @cached_property
    def size(self) -> int:
        """P, the length of theta."""
        return self.blocks[-1].stop

    @cached_property
    def names(self) -> list[str]:
        """The name of each entry of theta, such as "W1[1,1]" or "b1[0]"; indices start at 0."""
        return [
            f"{block.name}[{','.join(map(str, index))}]"
            for block in self.blocks
            for index in np.ndindex(block.shape)
        ]

    def name(self, index: int) -> str:
        """Return the name of one entry of theta."""
        return self.names[index]

    def block(self, name: str) -> Block:
        """Return a block by its name.

        Raises
        ------
        InvalidInput
            If there is no block of that name.
        """
        for block in self.blocks:
            if block.name == name:
                return block
        names = [block.name for block in self.blocks]
        raise unknown_name("weight", name, names)

    def views(self, theta: AnyArray) -> dict[str, AnyArray]:
        """Return all blocks as views of theta, by name.

        Raises
        ------
        ShapeMismatch
            If theta is not a vector of P entries.
        """
        self.check(theta)
        return {block.name: block.view(theta) for block in self.blocks}

    def by_layer(self, theta: AnyArray) -> LayerArrays:
        """Return all blocks as views of theta, by layer.

        Raises
        ------
        ShapeMismatch
            If theta is not a vector of P entries.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> W, b, S = sn.Architecture((2, 3, 1), bias=(True, False)).layout.by_layer(np.zeros(12))
        >>> W[2].shape, list(b), S
        ((3, 1), [1], None)
        """
        self.check(theta)

        def views(role: str) -> dict[int, AnyArray]:
            return {block.layer: block.view(theta) for block in self.blocks if block.role == role}

        return LayerArrays(
            views("weights"), views("biases"), next(iter(views("skip").values()), None)
        )

    def check(self, theta: AnyArray) -> None:
        """Raise unless theta is an array of P entries (`InvalidInput`, `ShapeMismatch`)."""
        if not isinstance(theta, np.ndarray):
            raise InvalidInput(
                f"theta must be an array, because its parts are views, but {type(theta).__name__} was given; pass "
                "np.array(theta, float), or network.theta"
            )
        if theta.shape != (self.size,):
            raise ShapeMismatch(
                f"theta has shape {theta.shape} but the network has {self.size} parameters: "
                f"({self.size},)"
            )

    def describe(
        self, index: int, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None
    ) -> str:
        """Describe one entry of theta as a connection between named units: "rain -> h2", "bias -> score".

        Parameters
        ----------
        index : int
            Index in theta.
        inputs, outputs : sequence of str, optional
            Names of the columns; by default x1, x2, ... and y1, y2, ...

        Notes
        -----
        Units are numbered from 1: h2 is the second hidden unit; with several hidden layers, h1.2 is the second
        unit of the first hidden layer.
        """
        block = next(b for b in self.blocks if b.start <= index < b.stop)
        place = [int(i) for i in np.unravel_index(index - block.start, block.shape)]
        last, layer = self.blocks[-1].layer, block.layer

        def unit(layer: int, i: int) -> str:
            if layer == 0:
                return inputs[i] if inputs is not None else f"x{i + 1}"
            if layer == last:
                return outputs[i] if outputs is not None else f"y{i + 1}"
            return f"h{i + 1}" if last == 2 else f"h{layer}.{i + 1}"

        start = "bias" if block.source is None else unit(block.source, place[0])
        return f"{start} -> {unit(layer, place[-1])}"


@dataclass(frozen=True)
class Architecture:
    r"""The layers of a feed-forward network.

    .. math:: z_l = a_{l-1} W_l + b_l, \qquad a_l = f_l(z_l), \qquad a_0 = X

    Parameters
    ----------
    sizes : sequence of int
        Widths (d_0, ..., d_L): inputs, any number of hidden layers (possibly none), outputs.
    hidden : str, Activation, or a sequence of these
        Activation of the hidden layers: one for all layers, or one per layer.
    output : str or Activation
        Activation of the output layer.
    bias : bool or sequence of bool
        Whether the layers have biases: one value for all L layers of weights, or one per layer.
    skip : bool
        Whether the inputs are also connected directly to the outputs, by S of shape (d_0, K).

    Attributes
    ----------
    activations : tuple of Activation
        f_1 to f_L.
    layout : Layout
        Position of each weight in theta.

    Raises
    ------
    InvalidInput
        If sizes are not at least two positive whole numbers, an activation is not known, or the number of hidden
        activations or biases does not match the layers.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    >>> arch.n_parameters
    9
    >>> print(arch)
    2-3-1, sigmoid, sigmoid output, no biases
    >>> sn.Architecture((4, 8, 5, 2), hidden=("tanh", "relu"), skip=True).n_parameters
    105
    """

    sizes: tuple[int, ...]
    hidden: str | Activation | Sequence[str | Activation] = field(default="tanh", repr=False)
    output: str | Activation = field(default="identity", repr=False)
    bias: bool | Sequence[bool] = True
    skip: bool = False
    activations: tuple[Activation, ...] = field(init=False, compare=False)
    layout: Layout = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        sizes = _checked_sizes(self.sizes)
        hidden = _one_for_each(self.hidden, len(sizes) - 2, "hidden", "hidden layer")
        functions = tuple(activations.get_hidden(f, "hidden") for f in hidden)  # type: ignore[arg-type]  # it checks them
        bias = tuple(
            as_flag("bias", b)
            for b in _one_for_each(self.bias, len(sizes) - 1, "bias", "layer of weights")
        )
        skip = as_flag("skip", self.skip)
        output = activations.get(self.output, "output")
        canonical = {
            "sizes": sizes,
            "hidden": functions,
            "output": output,
            "bias": bias,
            "skip": skip,
            "activations": (*functions, output),
            "layout": _layout(sizes, bias, skip),
        }
        for name, value in canonical.items():
            object.__setattr__(self, name, value)

    @property
    def n_layers(self) -> int:
        """L, the number of layers of weights."""
        return len(self.sizes) - 1

    @property
    def n_inputs(self) -> int:
        """d_0, the number of inputs."""
        return self.sizes[0]

    @property
    def n_outputs(self) -> int:
        """K, the number of outputs."""
        return self.sizes[-1]

    @property
    def n_parameters(self) -> int:
        """P, the number of weights and biases."""
        return self.layout.size

    def __str__(self) -> str:
        names = dict.fromkeys(f.name for f in self.activations[:-1])
        parts = ["-".join(map(str, self.sizes)), *names, f"{self.activations[-1].name} output"]
        if not any(self.bias):  # type: ignore[arg-type]  # a tuple since __post_init__
            parts.append("no biases")
        if self.skip:
            parts.append("skip connections")
        return ", ".join(parts)


def require_architecture(caller: str, given: object) -> None:
    """Raise `InvalidInput` unless an `Architecture` was passed to the function of this name."""
    if not isinstance(given, Architecture):
        raise InvalidInput(
            f"{caller} needs an Architecture, but {type(given).__name__} was given; pass sn.Architecture((2, 3, 1)), "
            "for example, or network.architecture"
        )


def _checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    wanted = "sizes must be at least two positive whole numbers, (inputs, ..., outputs)"
    try:
        widths = tuple(sizes)
    except TypeError:
        raise InvalidInput(f"{wanted}, but {in_brief(sizes)} was given") from None
    if len(widths) < 2 or not all(is_whole(n) and n > 0 for n in widths):
        raise InvalidInput(f"{wanted}, but {in_brief(sizes)} was given")
    if max(widths) > LARGEST_WHOLE:
        raise InvalidInput(
            f"sizes must be at most {LARGEST_WHOLE}, but {in_brief(sizes)} was given"
        )
    return tuple(int(n) for n in widths)


def _one_for_each(value: object, count: int, argument: str, place: str) -> Sequence[object]:
    """Repeat a single value for all layers; check the length of a sequence of values."""
    if isinstance(value, (list, tuple)):
        if len(value) != count:
            raise InvalidInput(
                "{} must be one value for all layers, or one per {} ({}), but {} given",
                Setting(argument), place, count, counted(len(value), "was", "were"),
            )  # fmt: skip
        return value
    return [value] * count


def _layout(sizes: tuple[int, ...], bias: tuple[bool, ...], skip: bool) -> Layout:
    blocks: list[Block] = []

    def add(
        name: str, shape: tuple[int, ...], layer: int, role: Literal["weights", "biases", "skip"]
    ) -> None:
        start = blocks[-1].stop if blocks else 0
        blocks.append(Block(name, start, start + math.prod(shape), shape, layer, role))

    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        add(f"W{layer}", (fan_in, fan_out), layer, "weights")
        if bias[layer - 1]:
            add(f"b{layer}", (fan_out,), layer, "biases")
    if skip:
        add("S", (sizes[0], sizes[-1]), len(sizes) - 1, "skip")
    return Layout(tuple(blocks))
