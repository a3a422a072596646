"""Plot of the joint effects of pairs of columns on the predictions of a model, as maps with contour lines.

The numbers are computed in `sheernet.models.explaining`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.picture_texts import number
from sheernet.models.explaining import Effects, PairEffect
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.model import Model
from sheernet.plots.effects_plot import effects_given, number_ticks, predictions_in_words
from sheernet.plots.estimator_source import FittedEstimator
from sheernet.plots.style import (
    colors_between,
    drawing,
    matplotlib,
    new_figure,
    shortened,
    style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_MAPS = 6
ACROSS = 3
LEVELS = 9
FEW = 5  # values of a column of numbers that are drawn as labels are
LABELS = ("category", "boolean")
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
    """Draw how the predictions of a model depend on two columns together.

    Each map shows the effect of both columns with contour lines, or, of labels, with a field for each pair of values.
    Its title has the size of the interaction: what is left without the effects of each column alone.

    Parameters
    ----------
    model : Model, fitted estimator or Effects
        The model, or the result of `Model.effects` with pairs, which needs no table.
    table : path, DataFrame, mapping or Table
        Rows with the columns of the model, such as its training rows.
    ax : Axes, optional
        Axes to draw the first pair on; a new figure with a map for each pair, at most six, if not given.
    features : ndarray, (N, number of features), optional
        The rows, encoded, instead of a table.
    pairs, kind
        As for `Model.effects`.
    output : int, optional
        Index of the target, or of the class whose probability is drawn; the first target or the last class if not
        given.
    interaction : bool
        Whether to draw the interaction only.

    Returns
    -------
    Axes
        The first map; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If `model` is neither, there are no pairs, or an option is not allowed.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
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
            _draw(ax, found.pairs[0], k, interaction)
            ax.set_title(f"{_title(found, k, interaction)}\n{ax.get_title()}")
        return ax
    shown = found.pairs[:MOST_MAPS]
    across = 2 if len(shown) == 4 else min(len(shown), ACROSS)
    down = -(-len(shown) // across)
    with style():
        figure = new_figure(max(4.2 * across, 5.4), 3.7 * down + 0.5)
        places = [figure.add_subplot(down, across, i + 1) for i in range(len(shown))]
        for place, pair in zip(places, shown, strict=True):
            _draw(place, pair, k, interaction)
        figure.suptitle(_title(found, k, interaction), fontsize=11)
    return places[0]


def _named(pairs: Sequence[tuple[str, str]] | int) -> list[str] | None:
    """The columns that the pairs name, so that no other effects are computed; None if they name none."""
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
    return f"{'Change of the' if found.centered else 'Mean'} {what} over two columns"


def _draw(ax: Axes, pair: PairEffect, k: int, interaction: bool) -> None:
    heights = (pair.interaction if interaction else pair.joint)[:, :, k].T  # (G2, G1)
    x, y = (_places(ax, pair, i) for i in range(2))
    middle = 0.0 if abs(float(heights.mean())) < np.ptp(heights) else float(heights.mean())
    reach = float(np.abs(heights - middle).max()) or 1.0
    levels = matplotlib("ticker").MaxNLocator(LEVELS).tick_values(heights.min(), heights.max())
    look: Any = {
        "cmap": colors_between(BELOW_AND_ABOVE),
        "vmin": middle - reach,
        "vmax": middle + reach,
    }
    flat = np.ptp(heights) <= 1e-12 * np.abs(heights).max()
    drawn: Any
    if flat or any(_has_fields(pair, i) for i in range(2)):
        drawn = ax.pcolormesh(x, y, heights, shading="nearest", **look)
    else:
        drawn = ax.contourf(x, y, heights, levels=levels, **look)
        ax.contour(
            x, y, heights, levels=levels, colors="#333333", linewidths=0.6, linestyles="solid"
        )
    bar = ax.figure.colorbar(drawn, ax=ax, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8)
    ax.set_xlabel(wrapped(pair.names[0], 28, lines=1))
    ax.set_ylabel(wrapped(pair.names[1], 28, lines=1))
    ax.set_title(f"interaction: {number(float(pair.importance[k]))}", fontsize=9.5)


def _has_fields(pair: PairEffect, i: int) -> bool:
    """Whether the values of a column are drawn as fields of equal width: labels, and few numbers."""
    return pair.kinds[i] in LABELS or len(pair.values[i]) < FEW


def _places(ax: Axes, pair: PairEffect, i: int) -> Array:
    """Where the values of a column lie on its axis, with ticks."""
    values, kind, axis = pair.values[i], pair.kinds[i], "xy"[i]
    if not _has_fields(pair, i):
        return number_ticks(ax, values, kind, axis)
    places = np.arange(len(values), dtype=np.float64)
    texts = [shortened(written_value(value, kind), 14) for value in values]
    of_axis: Any = getattr(ax, f"{axis}axis")
    step = -(-len(texts) // 20)
    flat = axis == "y" or sum(map(len, texts)) + 2 * len(texts) <= 36
    of_axis.set_ticks(places[::step], texts[::step], rotation=0 if flat else 90, fontsize=8)
    return places
