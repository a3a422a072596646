"""Plot of the effects of single columns on the predictions of a model: a panel for each, the most important first.

The numbers are computed in `sheernet.models.explaining`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized
from sheernet.foundation.picture_texts import count
from sheernet.foundation.scalars import as_whole
from sheernet.models.explaining import Effect, Effects, ProfileCurve, compute_effects, effects_of
from sheernet.models.explaining.column_parts import TAIL
from sheernet.models.explaining.effect_curves import LABELS
from sheernet.models.explaining.effects_text import NOTABLE, held_in_words, is_large
from sheernet.models.explaining.uncertainty_text import BAND
from sheernet.models.model import Model
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.scale import room_around
from sheernet.plots.style import (
    DASHES,
    MARKERS,
    SERIES,
    drawing,
    few_ticks,
    grid,
    legend_below,
    legend_of_figure,
    mark,
    new_panels,
    shortened,
    style,
    value_axis,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 9
MOST_LINES = 5  # maximum number of classes in a panel
MOST_LABELS = 12  # maximum number of labels of a category
MOST_ROWS = 60  # maximum number of rows with single curves
MOST_COUNTED = 7
"""Maximum number of different numbers whose rows are counted."""
MOST_FLAT = 42
"""Maximum number of characters of the counts of rows in a line, with 2 between them."""
LONGEST_NAME, BESIDE_DATES = 32, 16
"""Maximum number of characters in a line of the name of a column, also of one of dates, whose axis ends with a year or
month."""
MEANINGS = {
    "ale": "How the {} goes with each column, at equal values of the others",
    "partial dependence": "Mean {} at each value of a column, at equal values of the others",
}
"""Descriptions of the curves of each kind."""

Panel = tuple[Effect, list[int]]
"""A column, and the predictions to draw."""


def effects(
    model: Model | Effects | FittedEstimator,
    table: Any = None,
    ax: Axes | None = None,
    features: Array | None = None,
    most_columns: int = MOST_PANELS,
    kind: str = "ale",
    columns: Sequence[str] | None = None,
    individual: bool = False,
) -> Axes:
    """Draw how the predictions of a model depend on each of its columns.

    Each panel shows the effect of a column, the most important column first, a band of two standard deviations, due to
    the networks of the model and the uncertainty of their weights, and a stroke below for each row.  If the effect
    depends on another column, two more curves are the joint effects of both, with two values of the other column.

    Parameters
    ----------
    model : Model, fitted estimator or Effects
        The model, or the result of `Model.effects`, which needs no table.
    table : path, DataFrame, mapping or Table
        Rows with the columns of the model, such as its training rows.
    ax : Axes, optional
        Axes to draw the most important column on; a new figure with a panel for each column if not given.
    features : ndarray, (N, number of features), optional
        The rows, encoded, instead of a table.
    most_columns : int
        Maximum number of columns; for several targets, maximum number of panels.
    kind, columns, individual
        As for `Model.effects`.  At most 60 curves of single rows are drawn.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `model` is something else, there are no rows, or an option is not allowed.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> ax = sn.plots.effects(model, table)
    >>> ax.get_xlabel(), ax.figure.get_suptitle().splitlines()[0]
    ('x', 'How the prediction of y goes with each column, at equal values of the others')
    """
    most_columns = as_whole("most_columns", most_columns, 1)
    found = effects_given(model, table, features, kind=kind, columns=columns, individual=individual)
    panels = _panels(found, most_columns)
    limits = _limits(found, panels)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, found, panels[0], limits[0])
            ax.set_title(_title(found, panels[:1]))
        return ax
    with style():
        figure, places = new_panels(len(panels), 3.4, 2.9, more=0.8, least=6.0)
        for place, panel, ends in zip(places, panels, limits, strict=True):
            _draw(place, found, panel, ends)
            place.set_title(_size_in_words(found, panel), fontsize=8.5)
        write_figure_title(figure, _title(found, panels))
        _legends(places)
    return places[0]


def _legends(places: Sequence[Axes]) -> None:
    """One legend below if all panels have the same one, otherwise one in each panel."""
    found = [place.get_legend_handles_labels() for place in places]
    if all(labels == found[0][1] for _, labels in found):
        legend_of_figure(places[0], 3)
        return
    for place, (handles, labels) in zip(places, found, strict=True):
        names = {label.partition(" = ")[0] for label in labels}
        if len(names) == 1 and len(handles) > 1:  # one other column: its name once
            for handle, label in zip(handles, labels, strict=True):
                handle.set_label(label.partition(" = ")[2])
            legend_below(place, columns=3, fontsize=8, title=names.pop())
        else:
            legend_below(place, fontsize=8)


def effects_given(model: Any, table: Any, features: Array | None, **options: Any) -> Effects:
    """The effects themselves if they are given, otherwise the effects of a model for a table or encoded rows.

    Raises
    ------
    InvalidInput
        If neither a model nor effects are given, or there are no rows.
    """
    if isinstance(model, Effects):
        return model
    model = model_of(model)
    if not isinstance(model, Model):
        raise needed("effects need a Model, a fitted estimator or Effects", model)
    if features is None:
        return effects_of(model, table, **options)
    if len(features) == 0:
        raise InvalidInput("effects need at least one row, but the table has none")
    return compute_effects(model, features, **options)


def possible(
    found: Effects, values: Any, predictions: Any = slice(None), centered: bool | None = None
) -> Any:
    """Limit effects on some predictions to the possible range; changes are at most the distance between its ends."""
    low, high = found.lowest[predictions], found.highest[predictions]
    is_change = found.centered if centered is None else centered
    return np.clip(values, low - high, high - low) if is_change else np.clip(values, low, high)


def class_name(found: Effects, k: int) -> str:
    """The label of a class."""
    return shortened(found.outputs[k].partition("=")[2], 24)


def predictions_in_words(found: Effects, lines: Sequence[int]) -> str:
    """The name of the predictions, for a title."""
    n = len(found.outputs)
    if not found.probabilities:
        return f"prediction of {wrapped(found.outputs[0], 40, lines=1)}" if n == 1 else "prediction"
    if len(lines) == 1:
        return f"probability of {class_name(found, lines[0])}"
    return f"probability of {f'{len(lines)} of {n} ' if len(lines) < n else ''}classes"


def _panels(found: Effects, most: int) -> list[Panel]:
    """The columns to draw; each target has separate panels, because it has its own units."""
    curves, n = found.curves, len(found.outputs)
    if found.probabilities:
        if n == 2:
            return [(effect, [1]) for effect in curves[:most]]
        total = np.sum([effect.importance for effect in curves], axis=0)
        lines = sorted(np.argsort(-total, kind="stable")[:MOST_LINES].tolist())
        return [(effect, lines) for effect in curves[:most]]
    each = max(most // n, 1)
    panels: list[Panel] = []
    for k in range(min(n, most)):
        order = sorted(curves, key=lambda effect, k=k: -float(effect.importance[k]))  # type: ignore[misc]
        panels += [(effect, [k]) for effect in order[:each]]
    return panels


def _band(found: Effects, effect: Effect) -> tuple[Array, Array]:
    """The ends of the band, (G, n_predictions) each."""
    low, high = effect.mean - BAND * effect.std, effect.mean + BAND * effect.std
    return possible(found, low), possible(found, high)


def _limits(found: Effects, panels: Sequence[Panel]) -> list[tuple[float, float]]:
    """The range of the y axis of each panel: the same for all columns, so that effects can be compared."""
    ranges: dict[tuple[int, ...], list[float]] = {}
    for effect, lines in panels:
        low, high = _band(found, effect)
        shown, usual = _within(effect, x_limits(effect)), _within(effect, _central(effect))
        seen = [
            effect.mean[shown][:, lines],
            low[usual][:, lines],
            high[usual][:, lines],
            effect.individual[shown][:, _shown_rows(effect)][..., lines],
        ]
        if found.centered and len(lines) == 1:
            held = [curve for curve, _ in _held_curves(found, effect, lines[0])[0]]
            seen += [*held, _raw(found, effect, lines[0])]
        present = [part[np.isfinite(part)] for part in seen]
        present = [part for part in present if part.size]
        ranges.setdefault(tuple(lines), []).extend(
            [float(min(part.min() for part in present)), float(max(part.max() for part in present))]
        )
    limits = []
    for _, lines in panels:
        ends = ranges[tuple(lines)]
        margin = 0.06 * (max(ends) - min(ends)) or room_around(max(ends))
        low, high = possible(found, np.array([min(ends) - margin, max(ends) + margin]), lines[0])
        limits.append((float(low), float(high)))
    return limits


def _title(found: Effects, panels: Sequence[Panel]) -> str:
    what = MEANINGS[found.kind].format(predictions_in_words(found, panels[0][1]))
    lines = [f"{capitalized(what)} (associations, not causes)"]
    n_shown, n = len({effect.name for effect, _ in panels}), found.n_columns
    if found.limited or n_shown < len({effect.name for effect in found.curves}):
        among = f" among the {len(found.curves)} with the largest weights" if found.limited else ""
        lines.append(f"{n_shown} of {count(n, 'column')}: those with the largest effect{among}")
    lines += [
        line for line in ("; ".join(_zero_and_band(found, panels)), _marks(found, panels)) if line
    ]
    return "\n".join(lines)


def _zero_and_band(found: Effects, panels: Sequence[Panel]) -> Iterator[str]:
    """The meaning of 0, and of the band."""
    if not found.centered:
        yield from [f"band: {found.band}"] * bool(found.band)
        return
    drawn = {tuple(lines) for _, lines in panels}
    is_one = len(drawn) == 1 and len(panels[0][1]) == 1
    yield f"0: mean prediction{f' {found.means[panels[0][1][0]]:.4g}' * is_one}"
    if found.band:
        yield f"band: {BAND:g} standard deviations of the difference from it, so narrow near it"


def _marks(found: Effects, panels: Sequence[Panel]) -> str:
    """The meaning of strokes and broken lines."""
    parts = ["size: standard deviation over the rows"] * any(
        _size_in_words(found, panel) for panel in panels
    )
    parts += ["strokes: rows"] * any(effect.places.size for effect, _ in panels)
    single = [(effect, lines[0]) for effect, lines in panels if len(lines) == 1]
    if found.centered and any(_held_curves(found, effect, k)[0] for effect, k in single):
        parts += ["broken lines: with that value of another column, if there are such rows"]
    return "; ".join(parts)


def _size_in_words(found: Effects, panel: Panel) -> str:
    """The size of the effect on one prediction, by which panels are ordered, and whether other columns are needed."""
    effect, lines = panel
    if len(lines) > 1:
        return ""
    size = float(effect.importance[lines[0]])
    is_joint = size >= NOTABLE * float(found.deviations[lines[0]]) and effect.is_joint(lines[0])
    return f"size {size:.3g}{', mostly with other columns' * is_joint}"


def _draw(ax: Axes, found: Effects, panel: Panel, ends: tuple[float, float]) -> None:
    effect, lines = panel
    chosen = np.arange(len(effect.values))
    has_labels = effect.kind in LABELS
    if has_labels:
        chosen = label_ticks(ax, effect, lines)
        x: Any = np.arange(len(chosen))
        _write_counts(ax, x, effect.counts[chosen])
    else:
        x = number_ticks(ax, effect.values, effect.kind)
        _count_few(ax, effect, x)
    if len(lines) == 1:
        _draw_rows(ax, effect, x, effect.individual[chosen][..., lines[0]])
        if found.centered:
            _draw_held(ax, found, effect, lines[0], chosen)
    for i, k in enumerate(lines):
        color = SERIES[i] if len(lines) > 1 else POSITIVE
        look: Any = {"color": color, "label": class_name(found, k) if len(lines) > 1 else None}
        mean = possible(found, effect.mean[chosen, k], k)
        low, high = (end[chosen, k] for end in _band(found, effect))
        if has_labels:
            ax.errorbar(x, mean, [mean - low, high - mean], clip_on=False, fmt="o", markersize=5,
                        capsize=3, linewidth=1.2, **look)  # fmt: skip
            continue
        marks: Any = {"marker": "o" if len(x) < 8 else "", "markersize": 4}
        is_cut = _rows_beyond(effect) > 0
        ax.plot(x, mean, linestyle=DASHES[i], clip_on=is_cut, **marks, **look)
        if np.any(high > low):
            ax.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0)
    if effect.places.size:
        _draw_rug(ax, effect)
    ax.set_ylim(*ends)
    grid(ax)
    _name_axes(ax, found, panel, len(chosen))


def _name_axes(ax: Axes, found: Effects, panel: Panel, n_shown: int) -> None:
    """Name the axes, with the numbers of shown labels and of rows beyond the x axis, which ends before these rows."""
    effect, lines = panel
    beyond = _rows_beyond(effect)
    if beyond:
        ax.set_xlim(*value_axis(ax, np.array(x_limits(effect)), effect.kind))
    shown = shown_labels(n_shown, len(effect.values))
    omitted = f" ({count(beyond, 'row')} beyond)" if beyond else ""
    width = BESIDE_DATES if effect.kind == "date" else LONGEST_NAME
    ax.set_xlabel(wrapped(f"{effect.title}{shown}{omitted}", width))
    what = "probability" if found.probabilities else wrapped(found.outputs[lines[0]], 20, lines=1)
    ax.set_ylabel(f"{what}{' − mean' if found.centered else ''}")


def _count_few(ax: Axes, effect: Effect, x: Array) -> None:
    """The numbers of rows with each value, if a column of numbers has few values."""
    if effect.kind != "number" or not effect.places.size or len(x) > MOST_COUNTED:
        return
    counts = [int(np.count_nonzero(effect.places == value)) for value in effect.values]
    if sum(counts) == len(effect.places):
        ax.margins(x=0.1)
        _write_counts(ax, x, counts)


def _write_counts(ax: Axes, x: Array, counts: Sequence[int]) -> None:
    """Numbers of rows at the bottom of a panel, upright if they would touch each other."""
    texts = [f"n={n}" for n in counts]
    flat = sum(map(len, texts)) + 2 * len(texts) <= MOST_FLAT
    look: Any = {"rotation": 0 if flat else 90, "fontsize": 7.5, "color": NEUTRAL}
    for place, text in zip(x, texts, strict=True):
        ax.text(place, 0.06, text, transform=ax.get_xaxis_transform(), ha="center", **look)


def _central(effect: Effect) -> tuple[float, float]:
    """The quantiles between which the central 98 % of the rows lie; infinite for labels and cycles."""
    if not effect.places.size:
        return -np.inf, np.inf
    low, high = np.quantile(effect.places, [TAIL, 1 - TAIL])
    return float(low), float(high)


def x_limits(effect: Effect) -> tuple[float, float]:
    """The range of the rows, without rows farther from the central 98 % than half the range of these."""
    low, high = _central(effect)
    if not effect.places.size or low == high:
        return -np.inf, np.inf
    margin = 0.5 * (high - low)
    return max(effect.places.min(), low - margin), min(effect.places.max(), high + margin)


def _within(effect: Effect, limits: tuple[float, float]) -> Any:
    """Which values of an effect lie within limits, (G,); all labels do."""
    if not effect.places.size:
        return np.ones(len(effect.values), dtype=bool)
    return (effect.values >= limits[0]) & (effect.values <= limits[1])


def _rows_beyond(effect: Effect) -> int:
    """The number of rows outside of the limits of the axis."""
    low, high = x_limits(effect)
    return int(np.count_nonzero((effect.places < low) | (effect.places > high)))


def _draw_rug(ax: Axes, effect: Effect) -> None:
    """A stroke below the curve for each row; strokes of many rows are light, so that their density is visible."""
    n = len(effect.places)
    alpha = float(np.clip(40 / n, 0.06, 0.8))
    x = value_axis(ax, effect.places, effect.kind)
    ax.plot(
        x, np.full(n, 0.025), "|", transform=ax.get_xaxis_transform(), color="black", markersize=6,
        markeredgewidth=0.7, alpha=alpha, gid="rug",
    )  # fmt: skip


def _held_curves(found: Effects, effect: Effect, k: int) -> tuple[list[tuple[Array, Array]], Any]:
    """The joint effect with two values of the column on which it depends most, where there are rows, and the pair.

    Each is a curve and its standard deviation.  There are none if no interaction of the column is large.
    """
    for pair in found.pairs:
        if not is_large(found, pair, k):
            continue
        dependence = pair.dependences[k]
        assert dependence is not None
        if pair.names[dependence.column] == effect.title:
            curves = np.where(dependence.near, dependence.curves, np.nan).T
            stds = pair.joint_std[:, :, k] if dependence.column == 0 else pair.joint_std[:, :, k].T
            held = zip(curves, stds[:, dependence.held].T, strict=True)
            return [(possible(found, curve, k), std) for curve, std in held], pair
    return [], None


def _raw(found: Effects, effect: Effect, k: int) -> Array:
    """The means of the true values of the rows with each label, minus the mean prediction."""
    return effect.raw[:, k] - found.means[k] if effect.raw.size else np.zeros(0)


def _draw_held(ax: Axes, found: Effects, effect: Effect, k: int, chosen: Any) -> None:
    """The joint effect with two values of another column, and for labels the means of the true values."""
    curves, pair = _held_curves(found, effect, k)
    has_labels = effect.kind in LABELS
    shown = [effect.written_values[i] for i in chosen]
    for i, (curve, std) in enumerate(curves):
        dependence = pair.dependences[k]
        look: Any = {"color": SERIES[i + 1], "linewidth": 1.2, "linestyle": DASHES[i + 1]}
        look["label"] = wrapped(f"if {held_in_words(pair, dependence)[i]}", 40)
        if has_labels:
            own = dict(zip(pair.written_values(dependence.column), curve, strict=True))
            heights = [own.get(label, np.nan) for label in shown]
            look |= {"marker": MARKERS[i + 1], "markersize": 4.5, "linestyle": "none"}
            ax.plot(np.arange(len(shown)) + 0.12 * (i + 1), heights, **look)
        else:
            x = value_axis(ax, pair.values[dependence.column], effect.kind)
            ax.plot(x, curve, **look)
            ends = [possible(found, curve + side * BAND * std, k) for side in (-1, 1)]
            ax.fill_between(x, *ends, color=SERIES[i + 1], alpha=0.1, linewidth=0)
    raw = _raw(found, effect, k)
    if has_labels and raw.size and np.isfinite(raw).any():
        mark(
            ax, np.arange(len(shown)) - 0.15, raw[chosen], 5, "mean of the true values", marker="D"
        )


def _shown_rows(effect: Effect) -> Any:
    """The indices of the single curves to draw."""
    n = effect.individual.shape[1]
    return np.linspace(0, n - 1, min(n, MOST_ROWS)).round().astype(int)


def _draw_rows(ax: Axes, effect: Effect, x: Any, curves: Array) -> None:
    """The curves of single rows, (G, n), as thin lines."""
    for row in _shown_rows(effect):
        look: Any = {"color": NEUTRAL, "alpha": 0.3, "linewidth": 0.6}
        if effect.kind in LABELS:
            look |= {"marker": ".", "markersize": 3, "linestyle": "none"}
        ax.plot(x, curves[:, row], **look)


def number_ticks(ax: Axes, values: Array, kind: str, axis: str = "x") -> Array:
    """Give an axis few ticks for numbers, dates or times; return the positions of the values on it."""
    places = value_axis(ax, values, kind, axis)
    if kind == "number":
        of_axis: Any = getattr(ax, f"{axis}axis")
        few_ticks(of_axis, whole=np.allclose(values, np.rint(values), 1e-9, 1e-9))
        ax.ticklabel_format(axis=axis, style="sci", scilimits=(-4, 5))  # type: ignore[arg-type]
    return places


def shown_labels(n_shown: int, n: int) -> str:
    """The number of shown labels, for the name of an axis; "" if all are shown."""
    return f" ({n_shown} of {n})" if n_shown < n else ""


def label_ticks(ax: Axes, effect: Effect | ProfileCurve, lines: list[int]) -> Any:
    """Ticks at the labels, and the indices of these labels: all, or those with the most different predictions."""
    texts = effect.written_values
    chosen = np.arange(len(texts))
    if len(texts) > MOST_LABELS:
        distance = np.abs(effect.mean[:, lines] - effect.mean[:, lines].mean(axis=0)).max(axis=1)
        chosen = np.sort(np.argsort(-distance, kind="stable")[:MOST_LABELS])
    shown = [shortened(texts[i], 14) for i in chosen]
    flat = sum(map(len, shown)) + 2 * len(shown) <= 36
    ax.set_xticks(np.arange(len(chosen)), shown, rotation=0 if flat else 90, fontsize=8.5)
    ax.set_xlim(-0.6, len(chosen) - 0.4)
    return chosen
