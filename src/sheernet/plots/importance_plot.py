"""Plot of the importance of columns: a bar for each, the most important first, with its uncertainty.

The numbers are computed in `sheernet.models.explaining`.  The bar of the total index contains the part of the column
alone, so that the rest is the part of the column together with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.picture_texts import count
from sheernet.foundation.scalars import as_whole
from sheernet.models.explaining.importance_result import LONGEST_NAME, MAIN, NONNEGATIVE, Importance
from sheernet.models.explaining.uncertainty_text import BAND
from sheernet.plots.estimator_source import needed
from sheernet.plots.style import (
    drawing,
    grid,
    legend_of_figure,
    new_panels,
    shortened,
    style,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COLUMNS = 20
MOST_PANELS = 6
FEWEST_PLACES = 3
TOGETHER = "#9CC7E6"  # POSITIVE, lighter: what a column does together with others
LABELS = {
    "total": "part of the variance, if columns were independent",
    "first": "part of the variance, alone, if columns were independent",
    "permutation": "growth of the error if permuted", "shapley": "mean |Shapley value|",
    "per_std": "change per standard deviation", "slope": "mean slope", "absolute_slope": "mean |slope|",
    "slope_over_rows": "deviation of the slope over the rows",
}  # fmt: skip
"""The axis label of each measure."""


@dataclass(frozen=True, eq=False)
class Bars:
    """The bars of one prediction, from the most important column.

    Parameters
    ----------
    title : str
        The prediction.
    names : tuple of str, length n
        The columns.
    values, uncertainty : ndarray, (n,)
        The measure, and the length of its error bar to each side.
    alone : ndarray, (n,), or None
        The part of a column alone, between 0 and its total index.
    left_out : int
        Number of columns that are not drawn.
    """

    title: str
    names: tuple[str, ...]
    values: Array
    uncertainty: Array
    alone: Array | None
    left_out: int

    @classmethod
    def of(cls, importance: Importance, measure: str, k: int, most: int) -> Bars:
        """The bars of prediction k; columns for which the measure is undefined have no bar."""
        found = importance[measure]
        order = np.argsort(-np.nan_to_num(np.abs(found.values[:, k]), nan=-1.0), kind="stable")
        order = order[np.isfinite(found.values[order, k])]
        shown = order[:most]
        alone = None
        if measure == MAIN:
            first = importance["first"].values[shown, k]
            alone = np.clip(first, 0.0, np.maximum(found.values[shown, k], 0.0))
        return cls(
            importance.predictions[k],
            tuple(importance.columns[i] for i in shown),
            found.values[shown, k],
            BAND * found.uncertainty[shown, k],
            alone,
            len(order) - len(shown),
        )


def importance(
    importance: Importance,
    measure: str = MAIN,
    ax: Axes | None = None,
    most_columns: int = MOST_COLUMNS,
) -> Axes:
    """Draw the importance of columns as bars with their uncertainty.

    Parameters
    ----------
    importance : Importance
        The measures, as returned by `Model.importance`.
    measure : str
        One of `importance.measures`; "total" also shows the part of each column alone.
    ax : Axes, optional
        Axes for the first prediction; by default a new figure with a panel for each target.  More than two classes
        are drawn together.
    most_columns : int
        Maximum number of columns.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `importance` is something else, there is no such measure, it is undefined for all columns, or `most_columns`
        is not a whole number of at least 1.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    Error bars are two standard deviations, of the random points and among the networks combined; error bars of a part
    of a variance end at 0.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"a": [i % 7 for i in range(30)], "b": [i % 4 for i in range(30)]}
    >>> table["y"] = [3 * a + b for a, b in zip(table["a"], table["b"])]
    >>> model = sn.fit(table, "y", hidden=0, decay=0.0, starts=1)
    >>> ax = sn.plots.importance(model.importance(table, repeats=2))
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['a', 'b']
    """
    panels = _panels(importance, measure, most_columns)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, panels[0], measure)
            ax.set_title(_title(importance, panels[:1]))
        return ax
    tallest = max(FEWEST_PLACES, *(len(panel.names) for panel in panels))
    with style():
        figure, places = new_panels(
            len(panels), 4.6, 0.9 + 0.27 * tallest, more=0.9 if len(panels) > 1 else 0.7, least=6.4
        )
        for place, panel in zip(places, panels, strict=True):
            _draw(place, panel, measure)
            if len(panels) > 1:
                place.set_title(shortened(panel.title, 40), fontsize=10)
        write_figure_title(figure, _title(importance, panels))
        legend_of_figure(places[0], 3)
    return places[0]


def _panels(importance: Any, measure: str, most_columns: int) -> list[Bars]:
    """The bars of each panel; raise if an argument is not allowed."""
    if not isinstance(importance, Importance):
        raise needed(
            "a plot of importance needs an Importance",
            importance,
            "use model.importance(table), with model = estimator.to_model() for an estimator",
        )
    most_columns = as_whole("most_columns", most_columns, 1)
    pooled = importance.pooled()
    panels = [
        Bars.of(pooled, measure, k, most_columns)
        for k in range(min(len(pooled.predictions), MOST_PANELS))
    ]
    if not any(panel.names for panel in panels):
        defined = [name for name, m in pooled.measures.items() if np.isfinite(m.values).any()]
        raise InvalidInput(
            f"{measure} is not defined for the columns of this model; draw {listed(defined, 'or')}"
        )
    return panels


def _title(importance: Importance, panels: list[Bars]) -> str:
    """The title: the predictions, and the numbers of drawn columns and targets."""
    n = len(importance.pooled().predictions)
    noun = "the predictions" if n > 1 else shortened(panels[0].title, 40)
    lines = [f"Importance of columns for {noun}"]
    left_out = max(panel.left_out for panel in panels)
    if left_out:
        shown = max(len(panel.names) for panel in panels)
        lines.append(f"{shown} of {count(shown + left_out, 'column')}")
    if len(panels) < n and len(panels) > 1:
        lines.append(f"{len(panels)} of {count(n, 'target')}")
    return "\n".join(lines)


def _draw(ax: Axes, bars: Bars, measure: str) -> None:
    y = np.arange(len(bars.names))
    look: Any = {"height": 0.68, "linewidth": 0}
    if bars.alone is None:
        colors = [POSITIVE if value >= 0 else NEGATIVE for value in bars.values]
        ax.barh(y, bars.values, color=colors, **look)
    else:
        ax.barh(y, bars.values, color=TOGETHER, label="together with others", **look)
        ax.barh(y, bars.alone, color=POSITIVE, label="alone", **look)
    if np.any(bars.uncertainty > 0):
        lower = upper = bars.uncertainty
        if measure in NONNEGATIVE:
            lower = np.minimum(lower, np.maximum(bars.values, 0.0))
        if measure in ("total", "first"):  # parts of a variance
            upper = np.minimum(upper, np.maximum(1.0 - bars.values, 0.0))
        of = " of the total" if bars.alone is not None else ""
        ax.errorbar(
            bars.values, y, xerr=[lower, upper], fmt="none", ecolor="#333333", elinewidth=1.0, capsize=2.5,
            label=f"{BAND:g} standard deviations{of}",
        )  # fmt: skip
    ax.set_yticks(y, [shortened(name, LONGEST_NAME) for name in bars.names])
    missing = max(FEWEST_PLACES - len(bars.names), 0)  # so that a single bar is not too thick
    ax.set_ylim(len(bars.names) - 0.4 + 0.5 * missing, -0.6 - 0.5 * missing)
    ax.tick_params(axis="y", length=0)
    if np.any(bars.values < 0):
        ax.axvline(0.0, color="#4D4D4D", linewidth=0.8)
        ax.spines["left"].set_visible(False)
    if measure in ("total", "first"):
        ax.set_xlim(left=min(0.0, float(bars.values.min(initial=0.0))))
    grid(ax, "x")
    ax.set_xlabel(LABELS[measure])
