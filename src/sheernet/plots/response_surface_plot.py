"""Plot of predictions over two inputs, as a map with contour lines or a surface in 3-D, or over one, as a curve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.preprocessing import Scaler
from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import POSITIVE
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.plots.contour_map import SHADES, draw_contours, draw_rows, hatch_far, row_look
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.network_units import NetworkUnits
from sheernet.plots.predictor import COVERAGE
from sheernet.plots.scale import as_ends, room_around
from sheernet.plots.style import (
    colors_between,
    grid,
    legend_below,
    matplotlib,
    new_panels,
    style,
    value_axis,
    wrapped,
)
from sheernet.plots.surface import Surface, compute_surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("contour", "3d")
MOST_PANELS = 9  # maximum number of panels of targets


def response_surface(
    model: Model | Network | FittedEstimator,
    X: Any = None,
    ax: Axes | None = None,
    kind: str = "contour",
    columns: Sequence[int] | None = None,
    output: int | None = None,
    true: npt.ArrayLike | None = None,
    features: Array | None = None,
    limits: Sequence[float] | None = None,
    test: Any = None,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    input_scaler: Scaler | None = None,
    output_scaler: Scaler | None = None,
) -> Axes:
    """Draw the predictions of a model over two of its inputs.

    Parameters
    ----------
    model : Model, fitted estimator or Network
        A model is drawn in the units and with the names of its columns, a network with its inputs and outputs unscaled,
        or in the given units and with the given names.
    X : array_like (N, d_0), Dataset, or for a model also a table
        Rows in the model's own units; they are marked, and the axes span them.  A data set also provides names and
        scales for a network, and its targets are the true values.
    ax : Axes, optional
        Axes to draw on; a new figure if not given.  For kind="3d" they must have projection="3d".
    kind : {"contour", "3d"}
        A map with labeled contour lines, hatched where no row is near, or a surface in 3-D.  With a single input, both
        give a curve.
    columns : sequence of two int, optional
        The inputs on the axes; by default the first numeric inputs.  The others are fixed at their medians or most
        frequent labels, which the title gives.
    output : int, optional
        Index of the target, or of the class whose probability is drawn.  If not given, each of several targets (up to
        nine) has its own panel in a new figure, and otherwise the first is drawn.
    true : array_like, (N,) or (N, K), optional
        True values of the rows, as the heights of their marks on curves and in 3-D; by default the predictions.
    features : ndarray, (N, number of features), optional
        The rows, encoded, instead of X.
    limits : sequence of two float, optional
        The lowest and the highest prediction of the colors, or of the vertical axis; by default the drawn
        range.  Surfaces side by side have the same colors with the limits of `surface_limits`.
    test : as X, or a pair (X, y), optional
        Rows that were not used in training, with separate marks; y are their true values.
    input_names, output_names : sequence of str, optional
        Names of the inputs and outputs of a network.
    input_scaler, output_scaler : Scaler, optional
        Scaling of inputs and targets in the training of a network: X, `test` and the predictions then have the units of
        the data.

    Returns
    -------
    Axes
        The axes of the first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, or a prediction is not finite.
    ShapeMismatch
        If X does not have a column for each input, or `true` a value for each row.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import sheernet as sn
    >>> data = sn.datasets.load_sleep_study()
    >>> X, y = data.scaled
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
    >>> ax = sn.plots.response_surface(net, X)
    >>> ax.get_title()
    'Predicted output over input 1 and input 2'

    In hours and points, with the names of the data:

    >>> ax = sn.plots.response_surface(net, data)
    >>> ax.get_title()
    'Predicted test score over hours asleep and hours studying'
    """
    require_known("kind of surface", kind, KINDS)
    ends = None if limits is None else as_ends("limits", limits)
    shown: Model | Network = model_of(model)
    units = NetworkUnits(input_names, output_names, input_scaler, output_scaler)
    targets: Sequence[str] = ()
    if output is None and ax is None and isinstance(shown, Model) and shown.task == "regression":
        targets = shown.targets.names
    n_panels = max(min(len(targets), MOST_PANELS), 1)
    surfaces = [
        compute_surface(
            shown, X, columns, k if output is None else output, true, features, units, test
        )
        for k in range(n_panels)
    ]
    flat = kind == "contour" or len(surfaces[0].axes) == 1
    if ax is not None and (ax.name == "3d") == flat:
        wanted = "without a projection" if flat else 'with projection="3d"'
        raise InvalidInput(f"this plot needs axes {wanted}, but {ax.name} axes were given; omit ax")
    if ax is not None:
        with style(own_figure=False):
            draw_surface(ax, surfaces[0], flat, ends)
        return ax
    with style():
        projection = None if flat else "3d"
        figure, panels = new_panels(
            n_panels, 6.4, 4.8, across=min(n_panels, 2), projection=projection
        )
        for panel, surface in zip(panels, surfaces, strict=True):
            draw_surface(panel, surface, flat, ends)
        if n_panels < len(targets):
            figure.suptitle(f"{n_panels} of {len(targets)} targets")
    return panels[0]


def surface_limits(
    models: Iterable[Model | Network | FittedEstimator],
    X: Any,
    columns: Sequence[int] | None = None,
    output: int = 0,
) -> tuple[float, float]:
    """Compute the range of the predictions of several models over the same inputs, for surfaces side by side.

    Parameters
    ----------
    models : iterable of Model, fitted estimator or Network
        The models, at least one.
    X, columns, output
        As for `response_surface`.

    Returns
    -------
    tuple of two float
        The lowest and the highest prediction, for `limits` of `response_surface`.

    Raises
    ------
    InvalidInput
        If an argument is not allowed, there is no model, or a prediction is not finite.
    ShapeMismatch
        If X does not have a column for each input.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((1, 1), bias=False)
    >>> models = [sn.Network(arch, [slope]) for slope in (1.0, -2.0)]
    >>> limits = sn.plots.surface_limits(models, [[0.0], [1.0]])
    >>> limits
    (-2.1, 1.05)
    >>> axes = [sn.plots.response_surface(model, [[0.0], [1.0]], limits=limits) for model in models]
    """
    if not isinstance(models, Iterable):
        raise needed("surface_limits needs a list of models", models, "give [model]")
    drawn: list[Array] = []
    for model in models:
        surface = compute_surface(model_of(model), X, columns, output)
        drawn += [surface.values, surface.heights, *(surface.band or ())]
    if not drawn:
        raise InvalidInput("surface_limits needs at least one model, but there is none")
    low = min(float(part.min()) for part in drawn)
    high = max(float(part.max()) for part in drawn)
    reach = room_around(low) if low == high else 0.0
    return low - reach, high + reach


def draw_surface(
    ax: Axes, surface: Surface, flat: bool, limits: tuple[float, float] | None = None
) -> None:
    """Draw a surface on axes, as a map if `flat`, otherwise in 3-D; with a single input, as a curve."""
    if len(surface.axes) == 1:
        _draw_curve(ax, surface, limits)
    elif flat:
        _draw_map(ax, surface, limits)
    else:
        _draw_space(ax, surface, limits)
    ax.set_xlabel(wrapped(surface.names[0], 50, lines=1))
    ax.set_title("\n".join(wrapped(line, 66) for line in surface.title.splitlines()))


def _draw_curve(ax: Axes, surface: Surface, limits: tuple[float, float] | None) -> None:
    x = value_axis(ax, surface.axes[0], surface.kinds[0])
    if surface.band is not None:
        ax.fill_between(
            x, *surface.band, color=POSITIVE, alpha=0.16, linewidth=0, label=f"{100 * COVERAGE:g} % of new values"
        )  # fmt: skip
    ax.plot(x, surface.values, color=POSITIVE, label="prediction", zorder=3)
    for k, marks in enumerate(surface.groups):
        points = value_axis(ax, marks.points[:, 0], surface.kinds[0])
        ax.plot(points, marks.heights, label=marks.marked, **row_look(len(points), test=k > 0))
    if limits is not None:
        room = 0.03 * (limits[1] - limits[0])
        ax.set_ylim(limits[0] - room, limits[1] + room)
    elif surface.constant and surface.band is None:
        _center_on(ax.set_ylim, float(surface.values[0]))
    grid(ax)
    ax.set_ylabel(wrapped(surface.target, 40, lines=1))
    long = surface.marks.n_rows >= 1000 or surface.test is not None
    legend_below(ax, columns=2 if long else 3)


def _draw_map(ax: Axes, surface: Surface, limits: tuple[float, float] | None) -> None:
    x, y = _on_axes(ax, surface, surface.axes)
    groups = [np.column_stack(_on_axes(ax, surface, marks.points.T)) for marks in surface.groups]
    draw_contours(ax, (x, y), surface.values, np.vstack(groups), surface.target, limits=limits)
    hatch_far(ax, (x, y), surface.remoteness)
    for k, (marks, points) in enumerate(zip(surface.groups, groups, strict=True)):
        draw_rows(ax, points, marks.rows, test=k > 0)
    ax.set_ylabel(wrapped(surface.names[1], 40, lines=1))
    legend_below(ax, columns=len(groups))


def _on_axes(ax: Axes, surface: Surface, values: Iterable[Array]) -> list[Array]:
    """Return the positions of values of the two inputs on the axes."""
    return [
        value_axis(ax, of_input, kind, axis)
        for of_input, kind, axis in zip(values, surface.kinds, "xy", strict=True)
    ]


def _draw_space(ax: Any, surface: Surface, limits: tuple[float, float] | None) -> None:
    x, y = np.meshgrid(*surface.axes)
    colors: Any = {} if limits is None else {"vmin": limits[0], "vmax": limits[1]}
    ax.plot_surface(
        x, y, surface.values, cmap=colors_between(SHADES), alpha=0.85, rcount=27, ccount=27, edgecolor="#5B7FA0",
        linewidth=0.3, **colors,
    )  # fmt: skip
    for k, marks in enumerate(surface.groups):
        look = row_look(len(marks.points), test=k > 0)
        ax.plot(*marks.points.T, marks.heights, zorder=10, label=marks.marked, **look)
    if limits is not None:
        ax.set_zlim(*limits)
    elif surface.constant:
        _center_on(ax.set_zlim, float(surface.values[0, 0]))
    ax.set_ylabel(wrapped(surface.names[1], 40, lines=1))
    ax.zaxis.set_rotate_label(False)
    ax.set_zlabel(wrapped(surface.target, 40, lines=1), rotation=90, labelpad=10)
    for axis, values in ((ax.xaxis, x), (ax.yaxis, y)):
        axis.set_ticks(_inner_ticks(float(values.min()), float(values.max())))
    ax.zaxis.set_major_locator(matplotlib("ticker").MaxNLocator(5))
    ax.view_init(elev=24, azim=-128)
    ax.set_box_aspect((4, 4, 2.8), zoom=0.98)
    ax.legend(loc="upper left", bbox_to_anchor=(0.0, 1.0), frameon=False)


def _inner_ticks(low: float, high: float) -> list[float]:
    """Set at most five ticks, none near the corners, where the ticks of two axes would overlap."""
    room = 0.05 * (high - low)
    ticks = matplotlib("ticker").MaxNLocator(5).tick_values(low, high)
    return [float(tick) for tick in ticks if low + room < tick < high - room]


def _center_on(set_limits: Any, value: float) -> None:
    reach = room_around(value)
    set_limits(value - reach, value + reach)
