"""The shape of a network, and where each weight lies in the one flat vector that holds them all.

An `Architecture` says which layers there are; its `Layout` maps names to slices of theta, in the order
W1, b1, W2, b2, ..., S.  Weights are (fan_in, fan_out) in C order, so index 4 of a 2-3-1 network is
W1[1, 1]: from the second input to the second hidden unit.  Nothing is copied: names are views.

Letters: L layers of weights, d_l the width of layer l (d_0 inputs, d_L = K outputs), P parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.network import activations
from sheernet.network.activations import Activation, AnyArray


@dataclass(frozen=True)
class Block:
    """One named array inside theta: entries start to stop, read as `shape` in C order.

    `layer` is the one that it feeds, from 1 to L: that of S is L.
    """

    name: str
    start: int
    stop: int
    shape: tuple[int, ...]
    layer: int

    @property
    def slice(self) -> slice:
        """The block's place in theta."""
        return slice(self.start, self.stop)

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self.stop - self.start

    @property
    def is_bias(self) -> bool:
        """Whether these are biases."""
        return self.name.startswith("b")


@dataclass(frozen=True)
class Layout:
    """Where each named array lies in theta.

    Parameters
    ----------
    blocks : tuple of Block
        In the order of theta.

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
        """The name of each entry of theta: "W1[1,1]", "b1[0]"; indices count from 0."""
        return [
            f"{block.name}[{','.join(map(str, index))}]"
            for block in self.blocks
            for index in np.ndindex(block.shape)
        ]

    def name(self, index: int) -> str:
        """The name of one entry of theta."""
        return self.names[index]

    def block(self, name: str) -> Block:
        """The block of a given name.

        Raises
        ------
        InvalidInput
            When there is none of that name.
        """
        for block in self.blocks:
            if block.name == name:
                return block
        raise unknown_name("weight", name, [block.name for block in self.blocks])

    def views(self, theta: AnyArray) -> dict[str, AnyArray]:
        """Every block as a view of theta, by name.

        Raises
        ------
        ShapeMismatch
            When theta is not a vector of P entries.
        """
        if theta.shape != (self.size,):
            raise ShapeMismatch(
                f"theta has shape {theta.shape} but the network has {self.size} parameters: "
                f"({self.size},)"
            )
        return {block.name: theta[block.slice].reshape(block.shape) for block in self.blocks}

    def describe(
        self, index: int, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None
    ) -> str:
        """One entry of theta as a connection between named units: "rain -> h2", "bias -> score".

        Parameters
        ----------
        index : int
            Place in theta.
        inputs, outputs : sequence of str, optional
            Names of the columns; x1, x2, ... and y1, y2, ... where they are not given.

        Notes
        -----
        Units count from 1, as people count: h2 is the second hidden unit, h1.2 the second of the first hidden
        layer where there are several.
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

        source = 0 if block.name == "S" else layer - 1
        start = "bias" if block.name.startswith("b") else unit(source, place[0])
        return f"{start} -> {unit(layer, place[-1])}"


@dataclass(frozen=True)
class Architecture:
    r"""The layers of a feed-forward network.

    .. math:: z_l = a_{l-1} W_l + b_l, \qquad a_l = f_l(z_l), \qquad a_0 = X

    Parameters
    ----------
    sizes : sequence of int
        Widths (d_0, ..., d_L): inputs, any number of hidden layers (none too), outputs.
    hidden : str, Activation, or a sequence of them
        Activation of the hidden layers: one for all, or one for each.
    output : str or Activation
        Activation of the output layer.
    bias : bool or sequence of bool
        Whether layers have biases: one answer for all L layers of weights, or one for each.
    skip : bool
        Whether inputs are also connected straight to the outputs, by S of shape (d_0, K).

    Attributes
    ----------
    activations : tuple of Activation
        f_1 to f_L.
    layout : Layout
        Where each weight lies in theta.

    Raises
    ------
    InvalidInput
        When sizes are not at least two positive whole numbers, or there is no such activation.

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
        functions = tuple(_checked_hidden(f) for f in hidden)
        bias = tuple(
            bool(b) for b in _one_for_each(self.bias, len(sizes) - 1, "bias", "layer of weights")
        )
        output = activations.get(self.output)
        canonical = {
            "sizes": sizes,
            "hidden": functions,
            "output": output,
            "bias": bias,
            "skip": bool(self.skip),
            "activations": (*functions, output),
            "layout": _layout(sizes, bias, bool(self.skip)),
        }
        for name, value in canonical.items():
            object.__setattr__(
                self, name, value
            )  # the way in which a frozen dataclass settles its own fields

    @property
    def n_layers(self) -> int:
        """L, the number of layers of weights."""
        return len(self.sizes) - 1

    @property
    def n_inputs(self) -> int:
        """d_0."""
        return self.sizes[0]

    @property
    def n_outputs(self) -> int:
        """K."""
        return self.sizes[-1]

    @property
    def n_parameters(self) -> int:
        """P."""
        return self.layout.size

    def __str__(self) -> str:
        names = dict.fromkeys(f.name for f in self.activations[:-1])
        parts = ["-".join(map(str, self.sizes)), *names, f"{self.activations[-1].name} output"]
        if not any(self.bias):  # type: ignore[arg-type]  # a tuple since __post_init__
            parts.append("no biases")
        if self.skip:
            parts.append("skip connections")
        return ", ".join(parts)


def _checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    wanted = "sizes must be at least two positive whole numbers, (inputs, ..., outputs)"
    try:
        given = tuple(sizes)
    except TypeError:
        raise InvalidInput(f"{wanted}, but {sizes!r} was given") from None
    whole = all(
        isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in given
    )
    if len(given) < 2 or not whole:
        raise InvalidInput(f"{wanted}, but {sizes!r} was given")
    return tuple(int(n) for n in given)


def _one_for_each(value: object, count: int, argument: str, place: str) -> Sequence[object]:
    """Spread a single answer over all layers; check the number of answers that come one for each."""
    if isinstance(value, (list, tuple)):
        if len(value) != count:
            raise InvalidInput(
                f"{argument} has {len(value)} entries but there are {count}: one for each {place}, "
                "or a single one for all"
            )
        return value
    return [value] * count


def _checked_hidden(name: object) -> Activation:
    activation = activations.get(name)  # type: ignore[arg-type]  # get() refuses what is neither in a sentence
    if activation.output_only:
        raise InvalidInput(
            f"activation {activation.name!r} is for the output layer only; "
            "hidden layers use tanh, sigmoid, ..."
        )
    return activation


def _layout(sizes: tuple[int, ...], bias: tuple[bool, ...], skip: bool) -> Layout:
    shapes: list[tuple[str, tuple[int, ...], int]] = []
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        shapes.append((f"W{layer}", (fan_in, fan_out), layer))
        if bias[layer - 1]:
            shapes.append((f"b{layer}", (fan_out,), layer))
    if skip:
        shapes.append(("S", (sizes[0], sizes[-1]), len(sizes) - 1))
    blocks: list[Block] = []
    start = 0
    for name, shape, layer in shapes:
        stop = start + math.prod(shape)
        blocks.append(Block(name, start, stop, shape, layer))
        start = stop
    return Layout(tuple(blocks))
