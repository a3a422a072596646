"""Plot of the starts of a training: their final objectives, ascending, and the number within 1 % of the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.picture_texts import count, number
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed, without_model
from sheernet.plots.scale import LARGEST, choose_scale, mark_zeros, set_scale
from sheernet.plots.style import drawing, grid, legend_below, mark, whole_numbers, write_title
from sheernet.training.starts import Starts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.model import Model
    from sheernet.training.training import Training


@dataclass(frozen=True, eq=False)
class StartRanking:
    """Starts in the order of their final objectives.

    Parameters
    ----------
    objective : ndarray, (m,)
        The finite final objectives, ascending.
    within : int
        Number of starts, the first ones, that are within 1 % of the best.
    kept : int or None
        Index of the start that was kept; None if its objective is not finite.
    lost : int
        Number of starts without a finite final objective.
    floor : float
        Differences from the best up to this count as 0; 0 if this does not change `within`.
    """

    objective: Array
    within: int
    kept: int | None
    lost: int
    floor: float

    @classmethod
    def of(cls, starts: Starts) -> StartRanking:
        """Sort starts by their final objectives."""
        values = np.asarray(starts.objectives, dtype=np.float64)
        order = np.argsort(np.where(np.isnan(values), np.inf, values), kind="stable")
        order = order[np.abs(values[order]) < LARGEST]
        kept = np.flatnonzero(order == starts.best)
        return cls(
            objective=values[order],
            within=min(starts.within(0.01), order.size) if order.size else 0,
            kept=int(kept[0]) if kept.size else None,
            lost=values.size - order.size,
            floor=starts.floor if starts.floor_decides(0.01) else 0.0,
        )

    @property
    def near_label(self) -> str:
        """Legend of the starts near the best."""
        exact = f" (or within {number(self.floor)} of it)" if self.floor else ""
        return f"within 1 % of the best{exact}"

    @property
    def kept_label(self) -> str:
        """Legend of the kept start; with early stopping, the validation cost decides."""
        if not self.kept or self.objective[self.kept] == self.objective[0]:
            return "kept"
        return f"kept for its lowest validation cost; its objective is {number(self.objective[self.kept])}"

    @property
    def lost_label(self) -> str:
        """Legend of the starts without a finite objective."""
        among = ", including the start that was kept" if self.kept is None else ""
        return f"{count(self.lost, 'start')} without a finite objective{among}"

    @property
    def title(self) -> str:
        """The title: the number of starts that reached the best objective."""
        n = self.objective.size + self.lost
        if self.objective.size == 0:
            return f"No finite objective from {count(n, 'start')}"
        best = number(self.objective[0])
        if n == 1:
            return f"1 start, which ended at {best}"
        exact = f"\nor within {number(self.floor)} of it" if self.floor else ""
        return f"{self.within} of {n} starts ended within 1 % of the best, {best}{exact}"


def starts(
    starts: Starts | Training | Model | FittedEstimator,
    ax: Axes | None = None,
    member: int | None = None,
) -> Axes:
    """Draw the final objectives of many starts, from the best to the worst.

    Parameters
    ----------
    starts : Starts, Training, Model or fitted estimator
        The starts, or the training or model that has them.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.
    member : int, optional
        Index in `model.members`; by default the member with the largest share, as the title says.

    Returns
    -------
    Axes
        `.figure` is the figure; `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `starts` is something else, or the member does not exist.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    Differences up to `starts.floor` also count as within 1 %: if the best fit is exact, 1 % of 1e-20 is meaningless.

    Examples
    --------
    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1), bias=False), seed=0)
    >>> ax = sn.plots.starts(sn.train(net, X, y, starts=5).starts)
    >>> ax.get_ylabel()
    'final objective'
    """
    source, whose = without_model(model_of(starts), member)
    found = getattr(source, "starts", source)
    if not isinstance(found, Starts):
        raise needed(
            "a plot of starts needs Starts, a Training, a Model or a fitted estimator", starts
        )
    ranking = StartRanking.of(found)
    with drawing(ax) as ax:
        _draw_places(ax, ranking)
        n = ranking.objective.size + ranking.lost
        ax.set_xlim(0.5 - 0.02 * n, n + 0.5 + 0.02 * n)
        whole_numbers(ax.xaxis)
        grid(ax, "y")
        ax.set(xlabel="starts, from the best to the worst", ylabel="final objective")
        write_title(ax, *ranking.title.splitlines(), whose)
        legend_below(ax, columns=2)
    return ax


def _draw_places(ax: Axes, ranking: StartRanking) -> None:
    scale = choose_scale([ranking.objective])
    set_scale(ax, scale)
    heights = scale.place(ranking.objective)
    rank = np.arange(1.0, heights.size + 1)
    n = heights.size + ranking.lost
    size = 6.0 if n <= 60 else 3.0
    near, far = np.split(np.arange(rank.size), [ranking.within])
    for places, marker, color, face, label in (
        (near, "o", POSITIVE, POSITIVE, ranking.near_label),
        (far, "D", NEGATIVE, "none", "worse"),
    ):
        if places.size:
            ax.plot(
                rank[places], heights[places], marker, color=color, markerfacecolor=face, markersize=size, label=label,
            )  # fmt: skip
    if ranking.kept is not None:
        mark(ax, rank[ranking.kept], heights[ranking.kept], size + 6, ranking.kept_label)
    mark_zeros(ax, scale, rank[scale.zeros(ranking.objective)], size + 6)
    if ranking.lost:
        ax.plot(
            np.arange(rank.size + 1, n + 1), np.full(ranking.lost, 0.97), "x", color=NEUTRAL, markersize=size,
            transform=ax.get_xaxis_transform(), label=ranking.lost_label,
        )  # fmt: skip
    if rank.size == 0:
        ax.set_yticks([])
    elif scale.narrow and np.ptp(ranking.objective) < 1e-5 * ranking.objective[0]:
        # Equal up to rounding: ticks between the values would be 1e-13 + 3.7e-2.
        ax.set_ylim(0.99 * ranking.objective[0], 1.01 * ranking.objective[0])
