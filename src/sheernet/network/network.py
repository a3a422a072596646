"""Networks (`Network`): an architecture with an immutable vector of weights.

Training returns a new network and never modifies an existing one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, all_finite, as_float, as_matrix, as_theta, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import in_quotes
from sheernet.network import initialize
from sheernet.network.architecture import Architecture, require_architecture
from sheernet.network.prediction import predict


@dataclass(frozen=True, eq=False)
class Network:
    """An architecture with its weights.

    Parameters
    ----------
    architecture : Architecture
        The layers.
    theta : array_like, (P,)
        The weights in the order of `architecture.layout`.  Copied and made read-only.
    input_names : sequence of str, optional
        Names of the inputs; `sheernet.train` keeps the column names of a data frame.

    Raises
    ------
    ShapeMismatch
        If theta does not have P entries, or there is not one name for each input.
    InvalidInput
        If a weight is not finite.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), output="sigmoid", bias=False)
    >>> net = sn.Network.from_weights(arch, {"W1": [[1.0], [-2.0]]})
    >>> net.predict([[2.0, 1.0]]).tolist()
    [[0.5]]
    >>> net["W1"].shape, net.theta.tolist()
    ((2, 1), [1.0, -2.0])
    """

    architecture: Architecture
    theta: Array
    input_names: Sequence[str] | None = None

    def __post_init__(self) -> None:
        require_architecture("Network", self.architecture)
        if self.input_names is not None:
            object.__setattr__(self, "input_names", tuple(self.input_names))
            if len(self.input_names) != self.architecture.n_inputs:
                raise ShapeMismatch(
                    f"input_names has {counted(len(self.input_names), 'name')} but the network has "
                    f"{counted(self.architecture.n_inputs, 'input')}; give one name for each input"
                )
        theta = as_theta(self.theta, self.architecture.n_parameters)
        if not all_finite(theta):
            bad = int(np.flatnonzero(~np.isfinite(theta))[0])
            name = self.architecture.layout.name(bad)
            raise InvalidInput(f"weights must be finite, but {name} is {theta[bad]}")
        object.__setattr__(self, "theta", read_only(theta))

    def __reduce__(self) -> tuple[type[Network], tuple[Any, ...]]:
        # Copies are made by the constructor, because pickle and deepcopy would make theta writable.
        return Network, (self.architecture, self.theta, self.input_names)

    @classmethod
    def random(
        cls, architecture: Architecture, seed: int | None = 0, scheme: str = "glorot"
    ) -> Network:
        """Draw the weights of a new network.

        Parameters
        ----------
        architecture : Architecture
            The layers.
        seed : int or None
            The same seed gives the same weights; None draws a seed from the operating system.
        scheme : str
            One of `sheernet.network.initialize.SCHEMES`: "uniform" (as in the notebook), "glorot", "nguyen_widrow", ...

        Raises
        ------
        InvalidInput
            If the scheme is not known, or the seed is neither None nor a non-negative integer.

        Examples
        --------
        >>> import sheernet as sn
        >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0, scheme="uniform")
        >>> bool(((net.theta >= 0) & (net.theta < 1)).all())
        True
        """
        require_architecture("Network.random", architecture)
        require_room_for_weights(architecture.n_parameters)
        return cls(architecture, initialize.draw(architecture, scheme, initialize.generator(seed)))

    @classmethod
    def from_weights(
        cls, architecture: Architecture, weights: Mapping[str, npt.ArrayLike]
    ) -> Network:
        """Build a network from arrays by name: {"W1": ..., "b1": ..., "W2": ...}.

        Raises
        ------
        InvalidInput
            If a name is missing or unknown.
        ShapeMismatch
            If an array does not have the shape of its block.
        """
        require_architecture("Network.from_weights", architecture)
        names = [block.name for block in architecture.layout.blocks]
        missing = [name for name in names if name not in weights]
        extra = [name for name in weights if name not in names]
        if missing or extra:
            problems = [f"{listed(missing)} missing"] if missing else []
            problems += [f"unknown {listed(extra)}"] if extra else []
            raise InvalidInput(
                f"the weights of this network are {listed(names)}: {', '.join(problems)}"
            )
        parts = []
        for block in architecture.layout.blocks:
            array = as_float(weights[block.name], block.name)
            if array.shape != block.shape:
                raise ShapeMismatch(
                    f"{block.name} has shape {array.shape} but must have shape {block.shape}"
                )
            parts.append(array.ravel())
        return cls(architecture, np.concatenate(parts))

    def __getitem__(self, name: str) -> Array:
        """Return a named array of weights as a read-only view: network["W1"] is (d_0, d_1)."""
        return self.architecture.layout.block(name).view(self.theta)

    def predict(self, X: npt.ArrayLike) -> Array:
        """Compute the outputs of the network for a table of inputs.

        Parameters
        ----------
        X : array_like, (N, d_0)
            Inputs, one sample per row.  The columns of a data frame are matched by name if the network has
            `input_names`.

        Returns
        -------
        ndarray, (N, K)
            a_L.

        Raises
        ------
        InvalidInput
            If X is a data frame whose column names are not the names of the inputs.
        ShapeMismatch
            If the number of columns of X is not the number of inputs.
        """
        inputs = as_inputs(self.architecture, in_order_of(self.input_names, X))
        return predict(self.architecture, self.theta, inputs)

    def __repr__(self) -> str:
        return f"<network {self.architecture}, {counted(self.theta.size, 'weight')}>"


def column_names(X: Any) -> tuple[str, ...] | None:
    """Return the column names of a data frame; None for other arrays, or if a name is not text."""
    columns = getattr(X, "columns", None)
    names = () if columns is None else tuple(columns)
    return names if names and all(isinstance(name, str) for name in names) else None


def in_order_of(names: Sequence[str] | None, X: Any) -> Any:
    """Order the columns of a data frame by the names of the inputs; return X unchanged if either has no names.

    Raises
    ------
    InvalidInput
        If the names of the columns are not the names of the inputs.
    """
    given = column_names(X)
    if names is None or given is None or given == tuple(names):
        return X
    if sorted(given) != sorted(names):
        raise InvalidInput(
            f"X has the columns {listed(list(map(in_quotes, given)), most=8)}, but the network was trained on "
            f"{listed(list(map(in_quotes, names)), most=8)}; name them like these, or give an array (X.to_numpy()), "
            "whose columns are matched by position"
        )
    return X[list(names)]


def as_inputs(architecture: Architecture, X: npt.ArrayLike) -> Array:
    """Convert X to a finite matrix with one column per input of the network; raise otherwise."""
    matrix = as_float(X, "X")
    if matrix.ndim == 1 and architecture.n_inputs > 1:
        raise ShapeMismatch(
            f"X is a vector of {matrix.size} but the network expects a table of {architecture.n_inputs} columns; "
            "a single sample is [[x1, x2, ...]]"
        )
    if matrix.ndim == 2 and matrix.shape[1] != architecture.n_inputs:
        raise ShapeMismatch(
            f"X has {counted(matrix.shape[1], 'column')} but the network expects {architecture.n_inputs} "
            f"(W1 is {architecture.layout.block('W1').shape})"
        )
    return as_matrix(matrix, "X")
