"""Draw the picture at the head of the README: a network, the cost during its training, and its response surface.

    python docs/make_overview.py [picture.png]

The network is that of `sheernet demo`: 2-3-1, sigmoid, no biases, trained on hours asleep and hours studying.
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.style import new_figure, style
from sheernet.teaching.demo import fit_example

PICTURE = Path(__file__).parent / "pictures" / "overview.png"


def draw() -> Figure:
    """Three panels: the network above, cost and response surface below."""
    data = sn.datasets.load_sleep_study()
    model = fit_example(data)
    with style():
        figure = new_figure(8.6, 7.4)
        panels = figure.subplot_mosaic(
            [["network", "network"], ["cost", "surface"]], height_ratios=[1.15, 1.0]
        )
        names = data.input_names, data.target_names
        sn.plots.network(model.network, *names, ax=panels["network"])
        sn.plots.cost(model, ax=panels["cost"])
        sn.plots.response_surface(model, data.X, ax=panels["surface"])
        panels["network"].set_title("Trained network: 2-3-1, 9 weights")
        panels["cost"].set_title("Cost during training")
        panels["surface"].set_title("Predicted test score")
    return figure


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    path.parent.mkdir(exist_ok=True)
    sn.plots.save(draw().axes[0], path)


if __name__ == "__main__":
    main()
