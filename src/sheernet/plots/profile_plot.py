"""Plot of the prediction at a point, and of how it changes as each column changes alone: a panel for each column.

In each panel, a line marks the value of the point; all panels of a target have the same y axis.  The numbers are
computed in `sheernet.models.explaining`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEUTRAL, POSITIVE
from sheernet.foundation.message_text import listed
from sheernet.foundation.picture_texts import count
from sheernet.foundation.scalars import as_whole
from sheernet.models.explaining import Profile, ProfileCurve, profile_of
from sheernet.models.explaining.data_distance import FAR
from sheernet.models.explaining.effect_curves import LABELS
from sheernet.models.explaining.uncertainty_text import BAND, with_band
from sheernet.models.model import Model
from sheernet.plots.effects_plot import label_ticks, number_ticks, shown_labels
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.scale import room_around
from sheernet.plots.style import (
    DASHES,
    SERIES,
    drawing,
    grid,
    legend_of_figure,
    new_figure,
    plain,
    shortened,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 12
MOST_ROWS = 4  # maximum number of rows of panels, for several targets
MOST_LINES = 5  # maximum number of classes in a panel
ACROSS = 6
APART = 0.14  # distance between the classes at a label
MOST_OF_TARGETS = 6  # maximum number of columns, if there are several targets


def profile(
    model: Model | Profile | FittedEstimator,
    at: Any = None,
    ax: Axes | None = None,
    most_columns: int = MOST_PANELS,
    columns: Sequence[str] | None = None,
    coverage: float | None = None,
) -> Axes:
    r"""Draw the prediction at a point, and how it changes as each column changes alone.

    Each panel shows the predictions over the values of a column, with the other columns at the point, and a band of two
    standard deviations, due to the networks of the model and the uncertainty of their weights.  A vertical line marks
    the value of the point.  All panels of a target have the same y axis; each target has its own row.

    Parameters
    ----------
    model : Model, fitted estimator or Profile
        The model, or the result of `Model.profile`.
    at, columns, coverage
        As for `Model.profile`.
    ax : Axes, optional
        Axes to draw the column with the largest change on; by default a new figure with a panel for each column.
    most_columns : int
        Maximum number of columns, those with the largest changes.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `model` has another type, or as for `Model.profile`.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> ax = sn.plots.profile(model, {"x": 2.0})
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x\n2', 'y')
    """
    most_columns = as_whole("most_columns", most_columns, 1)
    found = _profile_given(model, at, columns, coverage)
    groups = _groups(found)
    curves = _curves(found, groups, most_columns)
    if ax is not None:
        largest = max(curves, key=lambda curve: float(curve.change[groups[0]].max()))
        with drawing(ax) as ax:
            _draw(ax, found, largest, groups[0], _limits(found, curves, groups[0]))
            ax.set_title(_title(found, groups[:1], 1))
        return ax
    across = min(len(curves), ACROSS)
    down = len(groups) * -(-len(curves) // across)
    with style():
        figure: Any = new_figure(max(1.9 * across + 0.9, 6.0), 2.2 * down + 0.9)
        places: list[Any] = []
        for i, lines in enumerate(groups):
            ends = _limits(found, curves, lines)
            for j, curve in enumerate(curves):
                number = i * down // len(groups) * across + j
                place = figure.add_subplot(down, across, number + 1)
                _draw(place, found, curve, lines, ends, is_first=j % across == 0)
                places.append(place)
        write_figure_title(figure, _title(found, groups, len(curves)))
        legend_of_figure(places[0], 4)
    return places[0]


def _profile_given(
    model: Any, at: Any, columns: Sequence[str] | None, coverage: float | None
) -> Profile:
    """Return the given profile, or the profile of a model."""
    if isinstance(model, Profile):
        return model
    model = model_of(model)
    if not isinstance(model, Model):
        raise needed("profile needs a Model, a fitted estimator or a Profile", model)
    return profile_of(model, at, columns, coverage=coverage)


def _groups(found: Profile) -> list[list[int]]:
    """The predictions of each row of panels: each target separately, all classes together."""
    if not found.probabilities:
        return [[k] for k in found.shown[:MOST_ROWS]]
    change = np.max([curve.change for curve in found.curves], axis=0)
    largest = sorted(found.shown, key=lambda k: -float(change[k]))[:MOST_LINES]
    return [sorted(largest)]


def _curves(found: Profile, groups: list[list[int]], most: int) -> list[ProfileCurve]:
    """The columns with the largest changes, in the order of the model."""
    if len(groups) > 1:
        most = min(most, MOST_OF_TARGETS)
    shown = [k for lines in groups for k in lines]
    usual = np.max([curve.change[shown] for curve in found.curves], axis=0)  # (K,)
    sizes = [
        float((curve.change[shown] / np.where(usual > 0, usual, 1.0)).max())
        for curve in found.curves
    ]
    kept = sorted(np.argsort(-np.array(sizes), kind="stable")[:most].tolist())
    return [found.curves[i] for i in kept]


def _ends(found: Profile, curve: ProfileCurve, lines: list[int]) -> tuple[Array, Array]:
    """The ends of the band, (G, number of lines) each, within the limits of the predictions."""
    low, high = (limit[lines] for limit in found.limits)
    mean, half = curve.mean[:, lines], BAND * curve.std[:, lines]
    return np.clip(mean - half, low, high), np.clip(mean + half, low, high)


def _limits(
    found: Profile, curves: Sequence[ProfileCurve], lines: list[int]
) -> tuple[float, float]:
    """The range of the y axis of the panels of some predictions."""
    seen = [end for curve in curves for end in _ends(found, curve, lines)]
    seen += [end[:, lines] for curve in curves for end in curve.interval or ()]
    low, high = min(float(part.min()) for part in seen), max(float(part.max()) for part in seen)
    margin = 0.06 * (high - low) or room_around(high)
    least, most = (float(limit[lines[0]]) for limit in found.limits)
    return max(low - margin, least), min(high + margin, most)


def _title(found: Profile, groups: list[list[int]], n_shown: int) -> str:
    """The title: the predictions at the point, the number of shown columns, and the band."""
    shown = [k for lines in groups for k in lines]
    values = []
    for k in shown:
        std = float(found.std[k]) if found.band else None
        name = shortened(found.outputs[k], 30)
        values.append(f"{name} = {with_band(float(found.prediction[k]), std)}")
    what = "Probability" if found.probabilities else "Prediction"
    lines = [f"{what} {listed(values, most=3)} at the dashed lines; curves: one column changes"]
    n = len(found.curves)
    if n_shown < n:
        lines.append(f"{n_shown} of {count(n, 'column')}: those with the largest changes")
    if found.band:
        lines.append(f"band: {found.band}")
    if found.curves[0].interval is not None:
        lines.append(f"dotted: interval of {100 * found.coverage:g} % of new values")
    if found.distance.is_outside[0]:
        lines += [wrapped(line, 90) for line in found.distance.sentences()]
    elif found.distance.quantile[0] > FAR:
        lines += [wrapped(line, 90) for line in found.distance.combination()]
    return "\n".join(lines)


def _draw(
    ax: Axes,
    found: Profile,
    curve: ProfileCurve,
    lines: list[int],
    ends: tuple[float, float],
    is_first: bool = True,
) -> None:
    has_labels = curve.kind in LABELS
    chosen, x, present = _x_axis(ax, curve, lines)
    ax.axvline(present, color=NEUTRAL, linewidth=1.2, linestyle=DASHES[1])
    if len(lines) == 1:
        ax.axhline(
            float(found.prediction[lines[0]]), color=NEUTRAL, linewidth=0.8, linestyle=DASHES[1]
        )
    low, high = _ends(found, curve, lines)
    for i, k in enumerate(lines):
        color = POSITIVE if len(lines) == 1 else SERIES[i]
        label = shortened(found.outputs[k].partition("=")[2], 24) if len(lines) > 1 else None
        look: Any = {"color": color, "label": label, "clip_on": False}
        mean, below, above = curve.mean[chosen, k], low[chosen, i], high[chosen, i]
        if has_labels:
            places = x + APART * (i - (len(lines) - 1) / 2)
            ax.errorbar(places, mean, [mean - below, above - mean], fmt="o", markersize=5, capsize=3,
                        linewidth=1.2, **look)  # fmt: skip
        else:
            marker = "o" if len(x) < 4 else ""
            ax.plot(x, mean, linestyle=DASHES[i], marker=marker, markersize=4, **look)
            if np.any(above > below):
                ax.fill_between(x, below, above, color=color, alpha=0.18, linewidth=0)
        for end in curve.interval or ():
            dots = "_" if has_labels else ""
            ax.plot(x, end[chosen, k], color=color, linewidth=1.0, marker=dots, clip_on=False,
                    linestyle="none" if has_labels else ":")  # fmt: skip
    ax.set_ylim(*ends)
    grid(ax)
    name = f"{wrapped(curve.name, 24, lines=1)}{shown_labels(len(chosen), len(curve.values))}"
    ax.set_xlabel(f"{name}\n{_present_value(curve)}", fontsize=9)
    ax.tick_params(labelsize=8.5, labelleft=is_first)
    if is_first:
        name = "probability" if found.probabilities else wrapped(found.outputs[lines[0]], 24)
        ax.set_ylabel(plain(name))


def _present_value(curve: ProfileCurve) -> str:
    """The value of the point; numbers have four digits."""
    value = curve.values[curve.present]
    if curve.kind == "number":
        return f"{value:.4g}"
    return shortened(curve.written_values[curve.present].replace("T", " "), 20)


def _x_axis(ax: Axes, curve: ProfileCurve, lines: list[int]) -> tuple[Any, Array, float]:
    """Set ticks of the x axis; return the shown values, their positions, and the position of the point."""
    if curve.kind not in LABELS:
        places = number_ticks(ax, curve.values, curve.kind)
        if curve.kind == "number":
            ax.locator_params(axis="x", nbins=3)
        return np.arange(len(places)), places, float(places[curve.present])
    chosen = label_ticks(ax, curve, lines)
    if curve.present not in chosen:
        chosen = np.sort([*chosen[:-1], curve.present])
        texts = [shortened(curve.written_values[i], 14) for i in chosen]
        ax.set_xticks(np.arange(len(chosen)), texts, rotation=90)
    x = np.arange(len(chosen), dtype=np.float64)
    return chosen, x, float(np.flatnonzero(chosen == curve.present)[0])
