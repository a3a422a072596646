"""Plot of the cost along one weight, with its tangent at the present value, whose slope is an entry of the gradient.

All other weights keep their values.  The axis of the cost is linear, so that the tangent is a straight line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized
from sheernet.foundation.picture_texts import count, number
from sheernet.foundation.scalars import as_whole
from sheernet.network.network import Network
from sheernet.plots.parameter_space import ParameterSpace
from sheernet.plots.scale import as_ends
from sheernet.plots.style import drawing, grid, legend_below, wrapped, write_title
from sheernet.training.training import Training

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 201  # number of values of the weight, besides the present value
TALLEST = 20.0  # maximum of the axis, in median heights above the lowest cost
MOST_SAMPLES = 100_000


@dataclass(frozen=True, eq=False)
class CostAlongWeight:
    """The cost over values of one weight.

    Parameters
    ----------
    name : str
        The weight.
    weight, cost : ndarray, (n,)
        Values of the weight, including the present value, and the costs; nan if a cost is not finite.
    at : int
        Index of the present value.
    slope : float
        The derivative at the present value, from the gradient.
    samples, sample_costs : ndarray, (m,)
        Values that are tried one by one, and their costs.
    value_name : str
        "cost", or "cost + penalty".
    """

    name: str
    weight: Array
    cost: Array
    at: int
    slope: float
    samples: Array
    sample_costs: Array
    value_name: str = "cost"

    @property
    def tangent(self) -> Array:
        """The heights of the tangent, (n,)."""
        return self.cost[self.at] + self.slope * (self.weight - self.weight[self.at])

    @property
    def lowest_sample(self) -> int | None:
        """Index of the sample with the lowest cost; None without a finite one."""
        if not np.isfinite(self.sample_costs).any():
            return None
        return int(np.nanargmin(self.sample_costs))

    @property
    def title(self) -> str:
        """The weight, the slope and the present value."""
        head = f"{capitalized(self.value_name)} along {self.name}"
        return f"{head}: slope {number(self.slope)} at {number(self.weight[self.at])}"

    @property
    def limits(self) -> tuple[float, float]:
        """The range of the axis: the range of the costs, or less if a few are much higher than the others."""
        finite = self.cost[np.isfinite(self.cost)]
        low, high, here = float(finite.min()), float(finite.max()), float(self.cost[self.at])
        tall = max(TALLEST * (float(np.median(finite)) - low), here - low)
        high = min(high, low + tall) if tall > 0 else high
        margin = 0.08 * (high - low)
        if margin <= 1e-12 * max(abs(low), abs(high)):
            margin = 0.1 * abs(here) or 0.5  # a constant cost
        return low - margin, high + margin


def compute_cost_along_weight(
    objective: Any,
    network: Any,
    weight: str | int = 0,
    between: Sequence[float] | None = None,
    samples: int = 0,
) -> CostAlongWeight:
    """Evaluate an objective along one weight; see `cost_along_weight` for the parameters.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, or the cost at the present value is not finite.
    ShapeMismatch
        If the network does not have the weights of the objective.

    Examples
    --------
    The cost 1/2 (w - 2)^2 has the slope -1 at w = 1:

    >>> import sheernet as sn
    >>> from sheernet.plots.cost_along_weight_plot import compute_cost_along_weight
    >>> objective = sn.make_objective(sn.Architecture((1, 1), bias=False), [[1.0]], [2.0])
    >>> found = compute_cost_along_weight(objective, [1.0], "W1[0,0]", between=(0, 4), samples=5)
    >>> found.slope, found.samples[found.lowest_sample].item()
    (-1.0, 2.0)
    """
    space = ParameterSpace.of(objective, network)
    theta, index = space.point(network), space.index(weight)
    samples = as_whole("samples", samples, 0, most=MOST_SAMPLES)
    here = float(theta[index])
    low, high = _range(here, between)
    values = np.unique([*np.linspace(low, high, GRID), here])
    tried = np.linspace(low, high, samples) if samples != 1 else np.array([(low + high) / 2])
    axis = np.arange(space.size) == index  # (P,)
    costs = space.values(np.where(axis, value, theta) for value in (*values, *tried))
    at = int(np.searchsorted(values, here))
    if np.isnan(costs[at]):
        raise InvalidInput(
            f"the {space.value_name} of this network is not finite, so it has no tangent; use smaller weights"
        )
    slope = float(objective.value_and_gradient(theta)[1][index])
    return CostAlongWeight(
        space.names[index], values, costs[: values.size], at, slope, tried, costs[values.size :], space.value_name
    )  # fmt: skip


def cost_along_weight(
    objective: Any,
    network: Network | Training | Any,
    weight: str | int = 0,
    ax: Axes | None = None,
    between: Sequence[float] | None = None,
    samples: int = 0,
) -> Axes:
    """Draw the cost along one weight, with its tangent at the present value of the weight.

    Parameters
    ----------
    objective : Objective
        From `sheernet.make_objective`, or any object with `value` and `value_and_gradient`.
    network : Network, Training or array_like (P,)
        The present weights; all but one keep their values.
    weight : str or int
        The weight, by its name in the layout, such as "W1[0,0]" or "b2[1]", or by its index in theta.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    between : sequence of two float, optional
        The range of the weight; by default its present value plus and minus 2, or plus and minus twice
        its size if that is more.
    samples : int
        Number of values, at equal distances in the range, that are tried one by one and marked: a brute-force
        search, whose lowest cost the legend states.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, or the cost at the present value is not finite.
    ShapeMismatch
        If the network does not have the weights of the objective.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The picture takes about 200 evaluations of the objective, and `samples` more.  If the objective has a penalty, the
    sum of cost and penalty is drawn.  The curve is interrupted where the cost is not finite, and the axis ends below
    costs that are much higher than most others.

    Examples
    --------
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1), bias=False), seed=0)
    >>> objective = sn.make_objective(net.architecture, X, y)
    >>> ax = sn.plots.cost_along_weight(objective, net, "W1[0,0]", samples=20)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('W1[0,0]', 'cost')
    """
    found = compute_cost_along_weight(objective, network, weight, between, samples)
    here = found.weight[found.at], found.cost[found.at]
    with drawing(ax) as ax:
        ax.plot(found.weight, found.cost, color=POSITIVE, label=found.value_name)
        ax.plot(
            found.weight, found.tangent, color=NEGATIVE, linestyle="--", linewidth=1.4,
            label=f"tangent: slope {number(found.slope)}",
        )  # fmt: skip
        _draw_samples(ax, found)
        label = f"present value: {number(here[1])} at {number(here[0])}"
        ax.plot(*here, "o", color=NEGATIVE, markersize=8, label=label, zorder=5)
        ax.set_ylim(*found.limits)
        ax.margins(x=0.02)
        grid(ax)
        ax.set(xlabel=wrapped(found.name, 50, lines=1), ylabel=found.value_name)
        write_title(ax, found.title)
        legend_below(ax, columns=2)
    return ax


def _range(here: float, between: Sequence[float] | None) -> tuple[float, float]:
    """The range of the weight."""
    if between is None:
        reach = 2.0 * max(1.0, abs(here))
        return here - reach, here + reach
    return as_ends("between", between)


def _draw_samples(ax: Axes, found: CostAlongWeight) -> None:
    """Marks at the samples, and a larger one at the lowest."""
    lowest = found.lowest_sample
    if lowest is None:
        return
    n = found.samples.size
    ax.plot(
        found.samples, found.sample_costs, "o", color=NEUTRAL, markersize=4 if n <= 100 else 2,
        label=count(n, "value tried", "values tried"), zorder=3,
    )  # fmt: skip
    place = found.samples[lowest], found.sample_costs[lowest]
    label = f"lowest of them: {number(place[1])} at {number(place[0])}"
    ax.plot(*place, "D", color="black", markerfacecolor="none", markersize=8, label=label, zorder=4)
