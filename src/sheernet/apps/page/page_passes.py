"""The forward and the backward pass of one row, complete or up to the layer that a learner has reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheernet.apps.page.curves import finite, numbers
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.protocol import LayerNumbers, RowPasses
from sheernet.network import propagation
from sheernet.network.network import Network


@dataclass(frozen=True)
class Walk:
    """Progress of a learner: direction "forward" or "backward", and the last computed layer; "" for complete passes.

    Examples
    --------
    >>> from sheernet.apps.page.page_passes import Walk
    >>> walk = Walk().forward(2)
    >>> walk, walk.forward(2), walk.forward(2).backward(2)
    (Walk(direction='forward', layer=1), Walk(direction='forward', layer=2), Walk(direction='backward', layer=2))
    """

    direction: str = ""
    layer: int = 0

    def forward(self, last: int) -> Walk:
        """Advance by one layer; after the last layer, and after a backward pass, return to the first layer."""
        is_on_its_way = self.direction == "forward" and self.layer < last
        return Walk("forward", self.layer + 1 if is_on_its_way else 1)

    def backward(self, last: int) -> Walk:
        """Go back by one layer, starting with the last layer; after layer 1, return to the last layer."""
        is_on_its_way = self.direction == "backward" and self.layer > 1
        return Walk("backward", self.layer - 1 if is_on_its_way else last)

    def has_values(self, layer: int) -> bool:
        """Whether z and a of a layer are computed."""
        return self.direction != "forward" or layer <= self.layer

    def has_delta(self, layer: int) -> bool:
        """Whether delta of a layer is computed."""
        if self.direction == "backward":
            return layer >= self.layer
        return self.direction == ""


def passes_of(experiment: Experiment, network: Network, row: int, walk: Walk) -> RowPasses:
    """Return the passes of a row of the table, as computed by `sheernet.explain`.

    Parameters
    ----------
    experiment : Experiment
        The data.
    network : Network
        The network.
    row : int
        Row of the table, from 0.
    walk : Walk
        Progress of the learner, which determines what is shown.
    """
    share, place = experiment.place_of(row)
    objective, arch = experiment.reference_of(share), network.architecture
    X, y, weights = (array[place : place + 1] for array in objective.rows)
    cost, output = objective.cost, arch.activations[-1]
    with np.errstate(all="ignore"):  # overflow is shown as a gap
        passes = propagation.forward(arch, network.theta, X)
        z = passes.pre_activations[-1]
        slope = cost.delta(output, z, y)
        gradients = propagation.backward(arch, network.theta, passes, weights[:, None] * slope)
        loss = float(cost.loss(output, z, y)[0])
    layers = [
        LayerNumbers(
            layer=layer,
            z=numbers(passes.pre_activations[layer]) if walk.has_values(layer) else None,
            a=numbers(passes.activations[layer]) if walk.has_values(layer) else None,
            delta=numbers(gradients.deltas[layer]) if walk.has_delta(layer) else None,
        )
        for layer in range(1, arch.n_layers + 1)
    ]
    return RowPasses(
        row=int(experiment.rows[share][place]), share=share, inputs=numbers(X), target=numbers(y),
        given=experiment.cells(int(experiment.rows[share][place])), layers=layers, pass_=walk.direction,
        layer=walk.layer, loss=finite(loss) if walk.has_values(arch.n_layers) else None,
        weight=float(weights[0]),
    )  # fmt: skip
