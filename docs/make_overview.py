"""Make the picture at the head of the README: a network with its weights, its training, and what it learned.

    python docs/make_overview.py [picture.png]

The network is that of `sheernet demo`: 2-3-1, sigmoid, no biases, trained on hours asleep and studying.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.data.datasets import Dataset
from sheernet.models.fitting import Rows, assemble
from sheernet.models.model import Columns, Model
from sheernet.plots.style import new_figure, style
from sheernet.training.training import Training

PICTURE = Path(__file__).parent / "pictures" / "overview.png"


def train(data: Dataset) -> tuple[Training, Model]:
    """Train as the notebook does, from twenty starts."""
    X, y = data.scaled
    arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    net = sn.Network.random(arch, seed=0, scheme="uniform")
    training = sn.train(
        net, X, y, method="bfgs", reduction="sum", max_iter=200, starts=20, scheme="uniform"
    )
    check = sn.check_gradient(sn.make_objective(arch, X, y, reduction="sum"), net.theta)
    inputs, targets = (
        Columns(data.input_names, data.input_scaler),
        Columns(data.target_names, data.target_scaler),
    )
    everything = np.arange(len(X))
    rows = Rows(inputs, targets, data.X, data.y, everything, everything[:0], data.name)
    return training, assemble(rows, training, check, 0)


def draw(data: Dataset, training: Training, model: Model) -> Figure:
    """Three panels: the network above, cost and surface below."""
    with style():
        figure = new_figure(8.6, 7.4)
        panels = figure.subplot_mosaic(
            [["network", "network"], ["cost", "surface"]], height_ratios=[1.15, 1.0]
        )
        sn.plots.network(
            training.network, data.input_names, data.target_names, ax=panels["network"]
        )
        sn.plots.cost(training, ax=panels["cost"])
        sn.plots.response_surface(model, data.X, ax=panels["surface"])
        panels["network"].set_title("A network, trained: 2-3-1, 9 weights")
        panels["cost"].set_title("Its cost, to the optimum")
        panels["surface"].set_title("What it learned: test score")
    return figure


def main() -> None:
    data = sn.datasets.load_sleep_study()
    figure = draw(data, *train(data))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    path.parent.mkdir(exist_ok=True)
    sn.plots.save(figure.axes[0], path)


if __name__ == "__main__":
    main()
