"""The arrays of a forward and a backward pass by name (`Quantity`), in two numberings of the layers (`Numbering`).

    "layers"    the inputs are layer 0: z_1, a_1, delta_1 belong to W_1             as in all formulas of sheernet
    "videos"    the inputs are layer 1: z_2, a_2, delta_2 belong to W_1             as in Neural Networks Demystified

W_1 is the first array of weights in both.  In "videos", the activations of the output layer are y_hat.  J is the cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import require_known
from sheernet.foundation.sentences import Setting
from sheernet.network.architecture import Architecture, Block
from sheernet.network.propagation import Gradients, Passes

NUMBER_OF_INPUTS = {"layers": 0, "videos": 1}
"""The number of the layer of inputs in each numbering."""

Kind = Literal["inputs", "targets", "weights", "z", "a", "delta", "gradient"]


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array of the two passes.

    Parameters
    ----------
    name : str
        "z_2", "dJ/dW_1", ... in the numbering of the explanation.
    kind : str
        "inputs", "targets", "weights", "z", "a", "delta" or "gradient".
    layer : int
        The layer of the array; the inputs are 0 in every numbering.
    array : ndarray
        (n, d_l) with a line for each row, or the shape of the block.
    block : Block or None
        The block of weights of the kinds "weights" and "gradient".
    """

    name: str
    kind: Kind
    layer: int
    array: Array
    block: Block | None = None


@dataclass(frozen=True)
class Numbering:
    """The names of arrays in one numbering.

    Parameters
    ----------
    name : {"layers", "videos"}
        The numbering.
    last : int
        L, the output layer.

    Raises
    ------
    InvalidInput
        If the numbering is not known.

    Examples
    --------
    >>> from sheernet.objective.explained_quantities import Numbering
    >>> Numbering("layers", 2).of("delta", 2), Numbering("videos", 2).of("delta", 2)
    ('delta_2', 'delta_3')
    >>> Numbering("layers", 2).of("a", 2), Numbering("videos", 2).of("a", 2)
    ('a_2', 'y_hat')
    """

    name: str
    last: int

    def __post_init__(self) -> None:
        require_known(Setting("numbering"), self.name, NUMBER_OF_INPUTS)

    @property
    def first(self) -> int:
        """The number of the layer of inputs."""
        return NUMBER_OF_INPUTS[self.name]

    def of(self, symbol: str, layer: int) -> str:
        """Return the name of z, a or delta of a layer; the activations of layer 0 are X."""
        if symbol == "a" and layer == 0:
            return "X"
        if symbol == "a" and layer == self.last and self.name == "videos":
            return "y_hat"
        return f"{symbol}_{layer + self.first}"


def block_name(block: Block) -> str:
    """Return the name of a block of weights in formulas: "W_1" for W1."""
    return block.name if block.role == "skip" else f"{block.name[0]}_{block.name[1:]}"


def quantities(
    architecture: Architecture,
    theta: Array,
    y: Array,
    passes: Passes,
    gradients: Gradients,
    numbering: Numbering,
) -> Iterator[Quantity]:
    """Return all arrays of the two passes, layer by layer in the order of the forward pass.

    Parameters
    ----------
    architecture : Architecture
        The network.
    theta : ndarray, (P,)
        The weights.
    y : ndarray, (n, K)
        The targets.
    passes, gradients
        The results of `forward` and `backward`.
    numbering : Numbering
        The names of the arrays.
    """
    yield Quantity("X", "inputs", 0, passes.activations[0])
    for layer in range(1, architecture.n_layers + 1):
        blocks = [block for block in architecture.layout.blocks if block.layer == layer]
        for block in blocks:
            yield Quantity(block_name(block), "weights", layer, block.view(theta), block)
        yield Quantity(numbering.of("z", layer), "z", layer, passes.pre_activations[layer])
        yield Quantity(numbering.of("a", layer), "a", layer, passes.activations[layer])
        if layer == architecture.n_layers:
            yield Quantity("y", "targets", layer, y)
        yield Quantity(numbering.of("delta", layer), "delta", layer, gradients.deltas[layer])
        for block in blocks:
            gradient = gradients.gradients[block.name]
            yield Quantity(f"dJ/d{block_name(block)}", "gradient", layer, gradient, block)


def simplified(name: str) -> str:
    """Remove the signs in which spellings differ: "dJ/dW_1", "dJ_dW_1" and "dJdW1" are the same name.

    Examples
    --------
    >>> from sheernet.objective.explained_quantities import simplified
    >>> simplified("dJ/dW_1"), simplified("dJdW1"), simplified("yHat")
    ('djdw1', 'djdw1', 'yhat')
    """
    return name.lower().replace("_", "").replace("/", "").replace(" ", "")
