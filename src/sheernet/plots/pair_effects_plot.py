"""Plot of the joint effects of pairs of columns on the predictions of a model, as maps, lines or cells.

The numbers are computed in `sheernet.models.explaining`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.models.explaining import Effects, PairEffect
from sheernet.models.explaining.uncertainty_text import BAND, with_band
from sheernet.models.model import Model
from sheernet.plots.contour_map import SHADES, draw_contours, draw_rows, hatch_far
from sheernet.plots.effects_plot import (
    class_name,
    effects_given,
    number_ticks,
    possible,
    predictions_in_words,
)
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.style import (
    MARKERS,
    SERIES,
    color_bar,
    colors_between,
    drawing,
    grid,
    legend_below,
    matplotlib,
    new_panels,
    shortened,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_MAPS = 6
FEW = 5  # maximum number of values of a numeric column that are drawn like labels
POINTS = 81  # number of points on each axis of a map
MOST_ROWS = 1000  # maximum number of marked rows
SHORT = 8  # maximum number of characters of labels; four fit in a line of a legend
MOST_MARKS = 8  # maximum number of marks of a line
MOST_NUMBERS = 42  # maximum number of cells with a number
Limits = tuple[float, float] | None
BELOW_AND_ABOVE = (NEGATIVE, "#F3C9B4", "#F7F7F7", "#B4D3EA", POSITIVE)


def pair_effects(
    model: Model | Effects | FittedEstimator,
    table: Any = None,
    ax: Axes | None = None,
    features: Array | None = None,
    pairs: Sequence[tuple[str, str]] | int = 1,
    kind: str = "ale",
    output: int | None = None,
    interaction: bool = False,
) -> Axes:
    """Draw how the predictions of a model depend on two columns.

    Two numeric columns are drawn as a map with contour lines and marks of the rows; it is hatched where there are no
    rows.  All maps of a figure have the same color scale, from the lowest to the highest prediction near rows.  Labels
    and numbers are drawn as a line for each label, dotted outside the range of the rows with the label; two columns of
    labels as a cell for each pair, with its value and band.  Accumulated local effects are added to the mean
    prediction.  The title has the size of the interaction: the joint effect minus the effects of each column alone.

    Parameters
    ----------
    model : Model, fitted estimator or Effects
        The model, or the result of `Model.effects` with pairs, which needs no table.
    table : path, DataFrame, mapping or Table
        Rows with the columns of the model, such as its training rows.
    ax : Axes, optional
        Axes to draw the first pair on; by default a new figure with a map for each pair, at most six.
    features : ndarray, (N, number of features), optional
        The rows, encoded, instead of a table.
    pairs, kind
        As for `Model.effects`.
    output : int, optional
        Index of the target, or of the class whose probability is drawn; by default the first target or last class.
    interaction : bool
        Whether to draw only the interaction.

    Returns
    -------
    Axes
        The first map; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `model` is something else, there are no pairs, or an option is not allowed.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 11 / 11 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> ax = sn.plots.pair_effects(model, table, pairs=[("x", "w")])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x', 'w')
    """
    columns = _named(pairs)
    found = effects_given(model, table, features, kind=kind, pairs=pairs, columns=columns)
    if not found.pairs:
        raise InvalidInput(
            "a map needs a pair of columns, but there is none; give pairs=1 or pairs of names"
        )
    k = _output(found, output)
    if ax is not None:
        with drawing(ax) as ax:
            _draw(ax, found, found.pairs[0], k, interaction, None)
            ax.set_title(f"{_title(found, k, interaction)}\n{ax.get_title()}")
        return ax
    shown = found.pairs[:MOST_MAPS]
    with style():
        figure, places = new_panels(len(shown), 4.2, 3.7, more=0.5, least=5.4)
        limits = _limits(found, shown, k, interaction)
        for place, pair in zip(places, shown, strict=True):
            _draw(place, found, pair, k, interaction, limits)
        title = [
            _title(found, k, interaction),
            *_about_marks(shown, found.centered and not interaction, bool(found.band)),
        ]
        write_figure_title(figure, "\n".join(title))
    return places[0]


def _named(pairs: Sequence[tuple[str, str]] | int) -> list[str] | None:
    """The columns named in the pairs, so that no other effects are computed; None if pairs are not named."""
    if isinstance(pairs, (list, tuple)) and pairs:
        return list(dict.fromkeys(name for pair in pairs for name in pair))
    return None


def _output(found: Effects, output: int | None) -> int:
    n = len(found.outputs)
    if output is None:
        return n - 1 if found.probabilities else 0
    if output not in range(n):
        raise InvalidInput(
            f"output must be a whole number from 0 to {n - 1}, but {output!r} was given"
        )
    return output


def _title(found: Effects, k: int, interaction: bool) -> str:
    what = predictions_in_words(found, [k])
    if not found.probabilities and len(found.outputs) > 1:
        what = f"prediction of {wrapped(found.outputs[k], 40, lines=1)}"
    if interaction:
        return f"Interaction of two columns in the {what}"
    return f"{'P' if found.centered else 'Mean p'}{what[1:]} over two columns"


def _about_marks(
    pairs: Sequence[PairEffect], at_equal_others: bool, has_bands: bool
) -> Iterator[str]:
    """The meanings of marks of rows and of bands, and of the levels of labels, each in a line."""
    words = []
    if any(_is_map(pair) for pair in pairs):
        words.append("dots are rows")
    far = [pair for pair in pairs if pair.remoteness.max(initial=0.0) > 1.0]
    marks = [
        mark
        for mark, drawn in (
            ("hatched", [pair for pair in far if not _lines(pair)]),
            ("dotted lines", [pair for pair in far if _lines(pair)]),
        )
        if drawn
    ]
    if marks:
        words.append(f"{' and '.join(marks)}: there are no rows near these values")
    if has_bands and any(map(_lines, pairs)):
        words.append(f"bands: {BAND:g} standard deviations")
    if words:
        yield "; ".join(words)
    if at_equal_others and any(any(pair.has_labels) for pair in pairs):
        yield "levels of labels: at equal other columns"


def _lines(pair: PairEffect) -> list[int]:
    """The column that has a line for each of its values; empty if the pair is drawn as a map or as cells."""
    fields = [_has_fields(pair, i) for i in range(2)]
    return [
        i
        for i in range(2)
        if fields[i] and not fields[1 - i] and len(pair.values[i]) <= len(SERIES)
    ]


def _is_map(pair: PairEffect) -> bool:
    """Whether a pair is drawn as a map with contour lines."""
    return not any(_has_fields(pair, i) for i in range(2))


def _heights(found: Effects, pair: PairEffect, k: int, interaction: bool) -> Array:
    """The values to draw for a pair, (G1, G2): predictions, or the interaction."""
    heights: Array = (pair.interaction if interaction else pair.joint)[:, :, k]
    if found.centered and not interaction:
        heights = possible(found, heights + found.means[k], k, centered=False)
    return heights


def _limits(
    found: Effects, pairs: Sequence[PairEffect], k: int, interaction: bool
) -> tuple[float, float] | None:
    """The range of the colors of all maps: the range of the heights near rows; None without maps, or for a constant."""
    near = [
        _heights(found, pair, k, interaction)[pair.remoteness <= 1.0]
        for pair in pairs
        if _is_map(pair)
    ]
    seen = np.concatenate([*near, np.zeros(0)])
    return (float(seen.min()), float(seen.max())) if seen.size and np.ptp(seen) > 0 else None


def _draw(
    ax: Axes, found: Effects, pair: PairEffect, k: int, interaction: bool, limits: Limits
) -> None:
    heights = _heights(found, pair, k, interaction)
    stds = pair.interaction_std if interaction else pair.joint_std
    std = stds[:, :, k] if found.band else None
    lines = _lines(pair)
    what = "interaction" if interaction else _predicted(found, k)
    if lines:
        _draw_lines(ax, pair, lines[0], heights, std)
        ax.set_ylabel(wrapped(what, 28, lines=1))
    else:
        if _is_map(pair):
            _draw_map(ax, pair, heights, what, interaction, limits)
        else:
            _draw_fields(ax, pair, heights, std, interaction)
        ax.set_xlabel(wrapped(pair.names[0], 28, lines=1))
        ax.set_ylabel(wrapped(pair.names[1], 28, lines=1))
    band = float(pair.importance_std[k]) if found.band else None
    size = with_band(float(pair.importance[k]), band)
    ax.set_title(f"interaction: {size}", fontsize=9.5)


def _predicted(found: Effects, k: int) -> str:
    return f"probability of {class_name(found, k)}" if found.probabilities else found.outputs[k]


def _has_fields(pair: PairEffect, i: int) -> bool:
    """Whether the values of a column have positions of equal width: labels, and few numbers."""
    return pair.has_labels[i] or len(pair.values[i]) < FEW


def _draw_map(
    ax: Axes, pair: PairEffect, heights: Array, what: str, interaction: bool, limits: Limits
) -> None:
    """Draw two numeric columns: smoothly interpolated contour lines, the rows, and hatching far from them."""
    fine = [np.linspace(values[0], values[-1], POINTS) for values in pair.values]
    smooth = interpolated(pair, heights, fine, smooth=True)
    far = interpolated(pair, pair.remoteness, fine, smooth=False)
    x, y = (number_ticks(ax, values, pair.kinds[i], "xy"[i]) for i, values in enumerate(fine))
    points = np.zeros((0, 2))
    if all(len(places) for places in pair.places):
        some = np.linspace(0, len(pair.places[0]) - 1, min(len(pair.places[0]), MOST_ROWS))
        chosen = [places[some.round().astype(int)] for places in pair.places]
        points = np.column_stack(
            [number_ticks(ax, own, pair.kinds[i], "xy"[i]) for i, own in enumerate(chosen)]
        )
    look: Any = {"around": 0.0, "shades": BELOW_AND_ABOVE} if interaction else {}
    draw_contours(ax, (x, y), smooth.T, points, what, limits=limits, **look)
    hatch_far(ax, (x, y), far.T)
    draw_rows(ax, points, "")


def interpolated(pair: PairEffect, heights: Array, fine: list[Array], smooth: bool) -> Array:
    """Heights at finer points, between those of the effect: smooth without overshooting, or linear."""
    from scipy.interpolate import PchipInterpolator

    for i in range(2):
        nodes = pair.values[i].astype(np.float64)
        along = np.moveaxis(heights, i, 0)
        if smooth:
            along = PchipInterpolator(nodes, along, axis=0)(fine[i])
        else:
            along = np.stack([np.interp(fine[i], nodes, column) for column in along.T], axis=1)
        heights = np.moveaxis(along, 0, i)
    return heights


def _draw_lines(ax: Axes, pair: PairEffect, of: int, heights: Array, std: Array | None) -> None:
    """Draw a line for each label of the column `of` over the other one; dotted where the label has no rows."""
    along = 1 - of
    x = number_ticks(ax, pair.values[along], pair.kinds[along])
    curves, far = (each if of == 0 else each.T for each in (heights, pair.remoteness))
    half = None if std is None else BAND * (std if of == 0 else std.T)
    names = pair.written_values(of)
    every = -(-len(x) // MOST_MARKS)
    numbers = "" if pair.has_labels[of] else f"{pair.names[of]} = "
    for i, curve in enumerate(curves):
        known = np.where(far[i] <= 1.0, curve, np.nan)
        look: Any = {"color": SERIES[i]}
        ax.plot(x, curve, linestyle=":", linewidth=0.9, alpha=0.7, **look)
        label = shortened(f"{numbers}{names[i]}", 30)
        ax.plot(x, known, marker=MARKERS[i], markersize=4.5, markevery=every, label=label, **look)
        if half is not None:
            ax.fill_between(x, known - half[i], known + half[i], alpha=0.15, linewidth=0, **look)
    grid(ax)
    ax.set_xlabel(wrapped(pair.names[along], 28, lines=1))
    columns = min(len(names), 4 if max(map(len, names)) <= SHORT else 2)
    legend_below(ax, columns, fontsize=8, title=shortened(pair.names[of], 30))


def _draw_fields(
    ax: Axes, pair: PairEffect, heights: Array, std: Array | None, interaction: bool
) -> None:
    """Draw a cell for each pair of values with its number; hatched if there are no rows."""
    x, y = (_places(ax, pair, i) for i in range(2))
    middle = 0.0 if interaction else 0.5 * float(heights.min() + heights.max())
    reach = float(np.abs(heights - middle).max()) or 1.0
    shades = BELOW_AND_ABOVE if interaction else SHADES
    look: Any = {"cmap": colors_between(shades), "vmin": middle - reach, "vmax": middle + reach}
    across, down = _edges(x), _edges(y)
    drawn = ax.pcolormesh(across, down, heights.T, **look)
    written = heights.size <= MOST_NUMBERS
    for i, j in np.ndindex(heights.shape):
        if pair.remoteness[i, j] > 1.0:
            size = across[i + 1] - across[i], down[j + 1] - down[j]
            box = matplotlib("patches").Rectangle(
                (across[i], down[j]), *size, facecolor="#FFFFFFB0", hatch="////", linewidth=0
            )
            ax.add_patch(box)
        if written:
            own = None if std is None else float(std[i, j])
            text = with_band(float(heights[i, j]), own).replace(" ±", "\n±")
            look = {"ha": "center", "va": "center", "fontsize": 9, "color": "black", "zorder": 6}
            ax.text(float(x[i]), float(y[j]), text, **look)
    if not written:
        color_bar(drawn, ax=ax, pad=0.02).ax.tick_params(labelsize=8)


def _edges(places: Array) -> Array:
    """The edges of cells around positions, (G + 1,)."""
    if len(places) == 1:
        return places[0] + np.array([-0.5, 0.5])
    middles = 0.5 * (places[1:] + places[:-1])
    first, last = 2 * places[0] - middles[0], 2 * places[-1] - middles[-1]
    return np.concatenate([[first], middles, [last]])


def _places(ax: Axes, pair: PairEffect, i: int) -> Array:
    """Set ticks of a column on its axis, and return the positions of the values."""
    values, kind, axis = pair.values[i], pair.kinds[i], "xy"[i]
    if not _has_fields(pair, i):
        return number_ticks(ax, values, kind, axis)
    places = np.arange(len(values), dtype=np.float64)
    texts = [shortened(text, 14) for text in pair.written_values(i)]
    of_axis: Any = getattr(ax, f"{axis}axis")
    step = -(-len(texts) // 20)
    flat = axis == "y" or sum(map(len, texts)) + 2 * len(texts) <= 36
    of_axis.set_ticks(places[::step], texts[::step], rotation=0 if flat else 90, fontsize=8)
    return places
