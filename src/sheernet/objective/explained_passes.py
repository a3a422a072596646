r"""`explain`: the forward and the backward pass of a network on data, number by number.

    J        = sum_n w_n loss_n                            w_n = 1 / N for reduction "mean", 1 for "sum"
    z_l      = a_{l-1} W_l + b_l                           (n, d_l)
    a_l      = f_l(z_l)                                    (n, d_l)
    delta_l  = dJ / dz_l                                   (n, d_l)
    dJ/dW_l  = a_{l-1}^T delta_l                           the sum over the rows

All arrays are computed by `sheernet.network.propagation`, as in training.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import as_whole
from sheernet.network import propagation
from sheernet.network.network import Network
from sheernet.network.propagation import Gradients, Passes
from sheernet.objective import passes_table
from sheernet.objective.costs import Cost
from sheernet.objective.explained_quantities import Numbering, Quantity, quantities, simplified
from sheernet.objective.objective import make_objective
from sheernet.objective.worked_sum import WorkedSum, work_out


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """The forward and the backward pass of a network: the result of `explain`.

    It is displayed as one table per layer, as text or, in notebooks, as HTML; `sheernet.plots.network` draws it.

    Parameters
    ----------
    network : Network
        The network.
    cost : Cost
        The loss of a row.
    reduction : {"mean", "sum"}
        How J combines the losses of the rows.
    numbering : {"layers", "videos"}
        How layers are numbered in names.
    n_samples : int
        N, the number of rows of the data.
    row : int or None
        The row that is explained; None for all rows.
    y : ndarray, (n, K)
        The targets; n is 1 for a single row, otherwise N.
    weights : ndarray, (n,)
        w_n.
    passes : Passes
        z_l and a_l.
    gradients : Gradients
        delta_l and the derivatives with respect to the weights; for a single row, its contribution to them.

    Examples
    --------
    >>> import sheernet as sn
    >>> net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[1.0], [-2.0]]})
    >>> explanation = sn.explain(net, [[2.0, 1.0], [3.0, 1.0]], [1.0, 2.0], reduction="sum")
    >>> explanation["delta_1"].tolist(), explanation["dJ/dW_1"].tolist()
    ([[-1.0], [-1.0]], [[-5.0], [-2.0]])
    """

    network: Network
    cost: Cost
    reduction: str
    numbering: str
    n_samples: int
    row: int | None
    y: Array
    weights: Array
    passes: Passes
    gradients: Gradients

    @cached_property
    def numbers(self) -> Numbering:
        """The names of arrays."""
        return Numbering(self.numbering, self.network.architecture.n_layers)

    @property
    def rows(self) -> range:
        """The numbers of the rows that are explained."""
        return range(self.n_samples) if self.row is None else range(self.row, self.row + 1)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """All arrays, layer by layer."""
        network = self.network
        return tuple(
            quantities(
                network.architecture,
                network.theta,
                self.y,
                self.passes,
                self.gradients,
                self.numbers,
            )
        )

    def quantity(self, name: str) -> Quantity:
        """Return an array of the two passes by its name.

        Parameters
        ----------
        name : str
            "X", "W_1", "z_1", "a_1", "y_hat", "y", "delta_1", "dJ/dW_1", "dJ/db_1", ...; spellings such as "dJdW1" and
            "yHat" are also accepted.

        Raises
        ------
        InvalidInput
            If there is no array of that name.
        """
        known = {simplified(quantity.name): quantity for quantity in self.quantities}
        first, last = self.numbers.first, self.network.architecture.n_layers
        output = known[simplified(self.numbers.of("a", last))]
        known |= {f"a{first}": known["x"], f"a{first + last}": output, "yhat": output}
        found = known.get(simplified(name))
        if found is None:
            names = ["J", *(quantity.name for quantity in self.quantities)]
            raise unknown_name(f"quantity of numbering {self.numbering!r}", name, names)
        return found

    def __getitem__(self, name: str) -> Array:
        """Return an array by its name; see `quantity`."""
        return self.quantity(name).array

    def worked(self, name: str) -> WorkedSum:
        """Show how one number is computed: its sum or product, with symbols and with numbers.

        Parameters
        ----------
        name : str
            "J", or an entry such as "z_1[0,2]" (row, unit), "dJ/dW_1[0,1]" (from, to) or "dJ/db_1[2]".  Indices start
            at 0; for a single row, the index of the row may be omitted.

        Returns
        -------
        WorkedSum
            Its text is the sum; `terms` and `value` are the numbers.

        Raises
        ------
        InvalidInput
            If there is no such number, or it is given and not computed (X, y and weights).

        Examples
        --------
        >>> import sheernet as sn
        >>> net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[1.0], [-2.0]]})
        >>> explanation = sn.explain(net, [[2.0, 1.0], [3.0, 1.0]], [1.0, 2.0], reduction="sum")
        >>> explanation.worked("dJ/dW_1[0,0]")
        dJ/dW_1[0,0] = sum over rows of X[n,0] * delta_1[n,0] = 2*(-1) + 3*(-1) = -5
        >>> explanation.worked("z_1[0,0]")
        z_1[0,0] = X[0,0] * W_1[0,0] + X[0,1] * W_1[1,0] = 2*1 + 1*(-2) = 0
        """
        return work_out(self, name)

    def __repr__(self) -> str:
        return passes_table.text(self)

    def _repr_html_(self) -> str:
        return passes_table.html(self)


def explain(
    network: Network,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    row: int | None = None,
    numbering: str = "layers",
    cost: str | Cost | None = None,
    reduction: str = "mean",
) -> Explanation:
    """Explain a forward and a backward pass: every z, a, delta and derivative, and how each is computed.

    Parameters
    ----------
    network : Network
        The network.
    X, y : array_like, (N, d_0) and (N, K)
        Inputs and targets, one sample per row, scaled as for `train`.
    row : int, optional
        Show one row, counted from 0, and its contributions to J and the derivatives; by default all rows, and the
        derivatives of J, which are the sums over the rows.
    numbering : {"layers", "videos"}
        "layers": z_1, a_1 and delta_1 belong to W_1, as in all formulas of sheernet.  "videos": z_2, a_2 and delta_2
        belong to W_1, because the inputs are layer 1.
    cost, reduction
        As in `make_objective`.  The J of the videos and the notebook is a sum: reduction="sum".

    Returns
    -------
    Explanation
        A table for each layer; `explanation["delta_1"]` is an array, and `explanation.worked("dJ/dW_1[0,1]")` shows how
        one number is computed.

    Raises
    ------
    InvalidInput
        If an argument is invalid, or there is no such row.
    ShapeMismatch
        If X and y do not match each other or the network.

    Notes
    -----
    J does not include weight decay: with decay, decay_p theta_p is added to the derivatives.

    References
    ----------
    Rumelhart, Hinton and Williams (1986), Nature 323, 533-536; the names of "videos" are from S. Welch, Neural Networks
    Demystified (2014), parts 2 to 4.

    Examples
    --------
    >>> import sheernet as sn
    >>> net = sn.Network.from_weights(sn.Architecture((2, 1), bias=False), {"W1": [[1.0], [-2.0]]})
    >>> sn.explain(net, [[2.0, 1.0], [3.0, 1.0]], [1.0, 2.0], numbering="videos", reduction="sum")
    Forward and backward pass of 2-1, identity output, no biases
    J = sum over rows of (a - y)^2 / 2 = 1  (cost 'squared_error', reduction 'sum')
    Numbering 'videos': the layer of inputs is layer 1, as in the videos
    <BLANKLINE>
    layer 1  inputs  [0]  [1]
    X        row 0     2    1
             row 1     3    1
    <BLANKLINE>
    layer 2  identity   [0]
    W_1      from X[0]    1
             from X[1]   -2
    z_2      row 0        0
             row 1        1
    y_hat    row 0        0
             row 1        1
    y        row 0        1
             row 1        2
    delta_2  row 0       -1
             row 1       -1
    dJ/dW_1  from X[0]   -5
             from X[1]   -2
    """
    if not isinstance(network, Network):
        raise InvalidInput(
            f"explain needs a Network, but {type(network).__name__} was given; of a Training, pass training.network"
        )
    Numbering(numbering, network.architecture.n_layers)
    objective = make_objective(
        network.architecture, X, y, cost=cost, reduction=reduction, engine="reference"
    )
    inputs, targets, weights = objective.rows
    n_samples = len(inputs)
    if row is not None:
        row = as_whole("row", row, 0, or_none=True, most=n_samples - 1)
        only = slice(row, row + 1)
        inputs, targets, weights = inputs[only], targets[only], weights[only]
    arch, theta = network.architecture, network.theta
    with np.errstate(all="ignore"):  # overflow is shown as inf or nan
        passes = propagation.forward(arch, theta, inputs)
        slope = objective.cost.delta(arch.activations[-1], passes.pre_activations[-1], targets)
        gradients = propagation.backward(arch, theta, passes, weights[:, None] * slope)
    return Explanation(
        network, objective.cost, reduction, numbering, n_samples, row, targets, weights, passes, gradients
    )  # fmt: skip
