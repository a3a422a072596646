"""Draw the picture at the head of the README: measured points, a fit, and the band of its predictions.

    python docs/make_overview.py [picture.png]

The data and the fit are those of docs/start/ten-minutes.md: drawn from a known function, with a gap.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.foundation.colors import NEUTRAL, POSITIVE
from sheernet.plots.style import grid, new_figure, style

PICTURE = Path(__file__).parent / "pictures" / "overview.png"


def truth(dose: Any) -> Any:
    return 20 + 60 / (1 + np.exp(6 - 2 * dose)) - 4 * dose


def draw() -> Figure:
    """The prediction of a new value with its 90 % interval, over the range of the measured doses."""
    rng = np.random.default_rng(1)
    dose = rng.uniform(0, 10, 60)
    dose = dose[(dose < 3.6) | (dose > 6)]
    response = truth(dose) + rng.normal(0, 2, dose.size)
    model = sn.fit({"dose": dose, "response": response}, target="response")
    x = np.linspace(dose.min(), dose.max(), 301)
    lower, upper = model.predict_interval({"dose": x}, coverage=0.9)
    with style():
        figure = new_figure(8.0, 4.0)
        ax = figure.add_subplot()
        ax.fill_between(x, lower, upper, color=POSITIVE, alpha=0.2, label="90 % of new values")
        ax.plot(x, model.predict({"dose": x}), color=POSITIVE, label="prediction")
        ax.plot(x, truth(x), "--", color="black", linewidth=1, label="truth")
        ax.plot(dose, response, "o", color=NEUTRAL, markersize=4, label="measured")
        ax.set(xlabel="dose", ylabel="response")
        ax.legend(loc="lower right")
        grid(ax)
    return figure


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    path.parent.mkdir(exist_ok=True)
    sn.plots.save(draw().axes[0], path)


if __name__ == "__main__":
    main()
