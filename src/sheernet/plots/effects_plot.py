"""Plot of the effects of single columns on the predictions of a model: a panel for each, the most important first.

The numbers are computed in `sheernet.models.effects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.sources import read_table
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import is_whole
from sheernet.models.effects import Effect, compute_effects
from sheernet.models.model import Model
from sheernet.models.output_layer import limits
from sheernet.plots.style import (
    DASHES,
    POSITIVE,
    SERIES,
    count,
    drawing,
    few_ticks,
    grid,
    new_figure,
    shortened,
    style,
    value_axis,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 9
MOST_LINES = 5  # classes in a panel
MOST_LABELS = 12  # of a category
ACROSS = 3
BAND = 2.0  # standard deviations among the members

Panel = tuple[Effect, list[int]]
"""A column, and the predictions that are drawn."""


def effects(
    model: Model,
    table: Any = None,
    ax: Axes | None = None,
    features: Array | None = None,
    most_columns: int = MOST_PANELS,
) -> Axes:
    """Draw how the mean prediction of a model depends on each of its columns.

    Each panel shows the mean over the rows of the table with one value of the column in all of them (partial
    dependence), the most important column first, and a band of two standard deviations among the networks of the model.

    Parameters
    ----------
    model : Model
        The model.
    table : path, DataFrame, mapping or Table
        Rows with the columns of the model, such as its training rows.
    ax : Axes, optional
        Axes to draw the most important column on; a new figure with a panel for each column if not given.
    features : ndarray, (N, number of features), optional
        The rows, encoded, instead of a table.
    most_columns : int
        Most columns that are drawn; of several targets, most panels.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `model` is not a Model, there are no rows, or `most_columns` is not a whole number of at least 1.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    The values of a column of numbers go from its quantile of 1 % to that of 99 %.  Of more than 300 rows, 300 are drawn
    at random.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> ax = sn.plots.effects(model, table)
    >>> ax.get_xlabel(), ax.figure.get_suptitle().splitlines()[0]
    ('x', 'Mean prediction of y as one column changes')
    """
    if not isinstance(model, Model):
        raise InvalidInput(f"effects need a Model, but {type(model).__name__} was given")
    if not is_whole(most_columns) or most_columns < 1:
        raise InvalidInput(
            f"most_columns must be a whole number of at least 1, but {most_columns!r} was given"
        )
    if features is None:
        features = model.inputs.encode(read_table(table))
    if len(features) == 0:
        raise InvalidInput("effects need at least one row, but the table has none")
    found = compute_effects(model, features)
    panels = _panels(model, found, most_columns)
    ranges = _limits(model, panels)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, model, panels[0], ranges[0])
            ax.set_title(_title(model, found, panels[:1]))
        return ax
    across = 2 if len(panels) == 4 else min(len(panels), ACROSS)
    down = -(-len(panels) // across)
    with style():
        figure = new_figure(max(3.4 * across, 6.0), 2.9 * down + 0.8)
        places = [figure.add_subplot(down, across, k + 1) for k in range(len(panels))]
        for place, panel, ends in zip(places, panels, ranges, strict=True):
            _draw(place, model, panel, ends)
        figure.suptitle(_title(model, found, panels), fontsize=11)
        handles, labels = places[0].get_legend_handles_labels()
        if handles:
            figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return places[0]


def _panels(model: Model, found: Sequence[Effect], most: int) -> list[Panel]:
    """The columns that are drawn; each target has panels of its own, because it has its own units."""
    n_predictions = found[0].mean.shape[1]
    if isinstance(model.targets, ClassTarget):
        if n_predictions == 2:
            return [(effect, [1]) for effect in found[:most]]
        total = sum(effect.importance for effect in found)
        lines = sorted(np.argsort(-np.asarray(total), kind="stable")[:MOST_LINES].tolist())
        return [(effect, lines) for effect in found[:most]]
    each = max(most // n_predictions, 1)
    panels: list[Panel] = []
    for k in range(min(n_predictions, most)):
        order = sorted(found, key=lambda effect, k=k: -float(effect.importance[k]))  # type: ignore[misc]
        panels += [(effect, [k]) for effect in order[:each]]
    return panels


def _band(model: Model, effect: Effect) -> tuple[Array, Array]:
    """The ends of the band, (G, n_predictions) each; they do not leave the limits of predictions."""
    low, high = effect.mean - BAND * effect.spread, effect.mean + BAND * effect.spread
    every = slice(None)
    return _possible(model, low, every), _possible(model, high, every)


def _possible(model: Model, values: Any, predictions: Any) -> Any:
    """The nearest values that some of the predictions can have."""
    if isinstance(model.targets, ClassTarget):
        return np.clip(values, 0.0, 1.0)
    low, high = limits(model.targets)
    return np.clip(values, low[predictions], high[predictions])


def _limits(model: Model, panels: Sequence[Panel]) -> list[tuple[float, float]]:
    """The range of the y axis of each panel: the same for all columns, so that effects can be compared."""
    ranges: dict[tuple[int, ...], list[float]] = {}
    for effect, lines in panels:
        low, high = _band(model, effect)
        ranges.setdefault(tuple(lines), []).extend(
            [float(low[:, lines].min()), float(high[:, lines].max())]
        )
    found = []
    for _, lines in panels:
        ends = ranges[tuple(lines)]
        margin = 0.06 * (max(ends) - min(ends)) or max(0.1 * abs(max(ends)), 0.5)
        low, high = _possible(model, np.array([min(ends) - margin, max(ends) + margin]), lines[0])
        found.append((float(low), float(high)))
    return found


def _title(model: Model, found: Sequence[Effect], panels: Sequence[Panel]) -> str:
    names = model.targets.names
    if isinstance(model.targets, ClassTarget):
        what = (
            f"Mean probability of {_class_name(model, 1)}"
            if panels[0][1] == [1]
            else "Mean probability of classes"
        )
        if panels[0][1] != [1] and len(panels[0][1]) < len(model.targets.classes):
            what = (
                f"Mean probability of {len(panels[0][1])} of {len(model.targets.classes)} classes"
            )
    else:
        what = (
            f"Mean prediction of {wrapped(names[0], 40, lines=1)}"
            if len(names) == 1
            else "Mean prediction"
        )
    lines = [f"{what} as one column changes"]
    n_shown, n = len({effect.name for effect, _ in panels}), len(model.inputs.columns)
    if n_shown < n:
        among = f" among the {len(found)} with the largest weights" if len(found) < n else ""
        lines.append(f"{n_shown} of {count(n, 'column')}: those with the largest effect{among}")
    if len(model.members) > 1:
        lines.append(
            f"band: {BAND:g} standard deviations among {count(len(model.members), 'network')}"
        )
    return "\n".join(lines)


def _class_name(model: Model, k: int) -> str:
    classes: Any = model.targets
    return shortened(str(classes.classes[k]), 24)


def _draw(ax: Axes, model: Model, panel: Panel, ends: tuple[float, float]) -> None:
    effect, lines = panel
    chosen = np.arange(len(effect.values))
    if effect.kind in ("category", "boolean"):
        chosen = _draw_labels(ax, effect, lines)
        x: Any = np.arange(len(chosen))
    else:
        x = value_axis(ax, effect.values, effect.kind)
        if effect.kind == "number":
            few_ticks(
                ax.xaxis, whole=np.allclose(effect.values, np.rint(effect.values), 1e-9, 1e-9)
            )
            ax.ticklabel_format(axis="x", style="sci", scilimits=(-4, 5))
    several = len(lines) > 1
    for i, k in enumerate(lines):
        color = SERIES[i] if several else POSITIVE
        look: Any = {"color": color, "linestyle": DASHES[i]}
        if several:
            look["label"] = _class_name(model, k)
        mean = _possible(model, effect.mean[chosen, k], k)
        low, high = (end[chosen, k] for end in _band(model, effect))
        if effect.kind in ("category", "boolean"):
            ax.errorbar(x, mean, [mean - low, high - mean], clip_on=False, fmt="o", color=color,
                        markersize=5, capsize=3, linewidth=1.2, label=look.get("label"))  # fmt: skip
            continue
        ax.plot(x, mean, **look, clip_on=False, marker="o" if len(x) < 8 else "", markersize=4)
        if np.any(high > low):
            ax.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0)
    ax.set_ylim(*ends)
    grid(ax)
    ax.set_xlabel(wrapped(effect.title, 24, lines=1))
    if not isinstance(model.targets, ClassTarget):
        ax.set_ylabel(wrapped(model.targets.names[lines[0]], 24, lines=1))
    else:
        ax.set_ylabel("probability")


def _draw_labels(ax: Axes, effect: Effect, lines: list[int]) -> Any:
    """Ticks at the labels, and which labels these are: all, or those with the most different predictions."""
    texts = ["false", "true"] if effect.kind == "boolean" else [str(v) for v in effect.values]
    chosen = np.arange(len(texts))
    if len(texts) > MOST_LABELS:
        distance = np.abs(effect.mean[:, lines] - effect.mean[:, lines].mean(axis=0)).max(axis=1)
        chosen = np.sort(np.argsort(-distance, kind="stable")[:MOST_LABELS])
    shown = [shortened(texts[i], 14) for i in chosen]
    flat = sum(map(len, shown)) + 2 * len(shown) <= 36
    ax.set_xticks(np.arange(len(chosen)), shown, rotation=0 if flat else 90, fontsize=8.5)
    ax.set_xlim(-0.6, len(chosen) - 0.4)
    return chosen
