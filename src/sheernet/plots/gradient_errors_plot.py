"""Plot of the errors of a gradient: a heat map for each layer, with a cell for each entry.

The color of a cell is |analytic - numeric| / tolerance of its entry, so that 1 separates correct from wrong entries
of any size.  Crosses mark entries that fail, circles those that are inconclusive.  Biases form a row below the weights
of their layer, or a column to their right if the weights are (fan-out, fan-in), as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Block, GradientReport
from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.colors import NEGATIVE, NEUTRAL
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import plural_of
from sheernet.foundation.picture_texts import count
from sheernet.foundation.sentences import Setting
from sheernet.plots.gradient_agreement_plot import require_report
from sheernet.plots.style import (
    color_bar,
    colors_between,
    drawing,
    legend_below,
    legend_of_figure,
    matplotlib,
    new_figure,
    shortened,
    style,
    wrapped,
    write_figure_title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOWEST, HIGHEST = 1e-4, 1e4  # the range of the colors
COLORS = ("#FFFFFF", "#C6DCEF", "#5CA4D0", "#0B559F", "#08203F")
ACROSS = 3  # maximum number of panels in a row
ROW = 20  # number of entries of a vector in one row of its map
MOST_LINES, MOST_NAMED = 40, 16  # maximum cells across with lines, and with numbers


@dataclass(frozen=True, eq=False)
class ErrorMap:
    """The errors of the entries of one layer.

    Parameters
    ----------
    title : str
        Names of the arrays of the layer.
    ratio : ndarray, (rows, columns)
        |analytic - numeric| / tolerance; nan if it is not finite, and in cells without an entry.
    failed, inconclusive : ndarray of bool, (rows, columns)
        Whether entries have these verdicts.
    rows, columns : tuple of str
        Names of rows and columns.
    """

    title: str
    ratio: Array
    failed: Mask
    inconclusive: Mask
    rows: tuple[str, ...]
    columns: tuple[str, ...]


MARKS: tuple[tuple[str, str, str, Any], ...] = (
    ("fails", "x", NEGATIVE, lambda one: one.failed),
    ("inconclusive", "o", NEUTRAL, lambda one: one.inconclusive),
)
"""Label, marker and color of each verdict, and its entries in a map."""


def error_maps(report: GradientReport) -> list[ErrorMap]:
    """The error maps of a report, one for each layer.

    Raises
    ------
    InvalidInput
        If something else is given, or the report compares directions instead of entries.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.plots.gradient_errors_plot import error_maps
    >>> objective = sn.make_objective(sn.Architecture((2, 3, 1)), [[1.0, 2.0], [0.5, -1.0]], [1.0, 2.0])
    >>> [(part.title, part.ratio.shape) for part in error_maps(sn.check_gradient(objective, np.linspace(-1, 1, 13)))]
    [('W1, b1', (3, 3)), ('W2, b2', (4, 1))]
    """
    require_report(report)
    if report.power is not None:
        raise InvalidInput(
            "a map of errors needs a check of all {} entries, but this report compares directions; check with {}",
            report.size,
            Setting("extent", "entries"),
        )
    size = len(report.names)
    blocks = dict(report.blocks or {"derivatives": Block(slice(0, size), (size,))})
    biases = {name: _owner(block, blocks) for name, block in blocks.items() if block.is_bias}
    maps = []
    for name, block in blocks.items():
        if biases.get(name) is None:
            own = [(bias, blocks[bias]) for bias, owner in biases.items() if owner == name]
            maps.append(_map(report, name, block, own[0] if own else None))
    return maps


def gradient_errors(report: GradientReport, ax: Axes | None = None) -> Axes:
    """Draw the error of each entry of a gradient, relative to its tolerance.

    Parameters
    ----------
    report : GradientReport
        The report of a check of all entries: check_gradient(..., extent="entries").
    ax : Axes, optional
        Axes to draw on, for a single layer; a new figure with a panel for each layer if not given.

    Returns
    -------
    Axes
        The first panel; `.figure` holds all, and `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If something else is given, or the report compares directions instead of entries.
    ShapeMismatch
        If axes are given for several layers.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> objective = sn.make_objective(sn.Architecture((2, 3, 1)), [[1.0, 2.0], [0.5, -1.0]], [1.0, 2.0])
    >>> ax = sn.plots.gradient_errors(sn.check_gradient(objective, np.linspace(-1, 1, 13)))
    >>> ax.get_title()
    'W1, b1'
    """
    maps = error_maps(report)
    if len(maps) == 1:
        own_figure = ax is None
        with drawing(ax, *_size(maps[0], 1.6)) as ax:
            image = _draw(ax, maps[0])
            ax.set_title(_title(report))
            _bar([ax], image)
            _explain(ax, maps, own_figure)
        return ax
    if ax is not None:
        raise ShapeMismatch(
            f"ax has room for one layer but there are {len(maps)}; omit ax, or check one layer at a time"
        )
    return _draw_several(maps, report)


def _draw_several(maps: list[ErrorMap], report: GradientReport) -> Axes:
    across = min(len(maps), ACROSS)
    down = -(-len(maps) // across)
    sizes = [_size(one) for one in maps]
    widths = [max(s[0] for s in sizes[k::across]) for k in range(across)]
    heights = [max(s[1] for s in sizes[r * across : (r + 1) * across]) for r in range(down)]
    with style():
        figure = new_figure(max(sum(widths) + 1.2, 6.0), sum(heights) + 0.9)
        cells = figure.add_gridspec(down, across, width_ratios=widths, height_ratios=heights)
        panels = [figure.add_subplot(cells[k // across, k % across]) for k in range(len(maps))]
        for panel, one in zip(panels, maps, strict=True):
            image = _draw(panel, one)
            panel.set_title(wrapped(one.title, 30))
        _bar(panels, image)
        write_figure_title(figure, _title(report))
        _explain(panels[0], maps, own_figure=True)
    return panels[0]


def _owner(bias: Block, blocks: Mapping[str, Block]) -> str | None:
    """The weights of the same layer that have a row or a column for these biases; None if there are no such weights."""
    for name, block in blocks.items():
        same = block.layer == bias.layer and not block.is_bias and len(block.shape) > 1
        if same and _size_of(bias) in _folded(block):
            return name
    return None


def _size_of(block: Block) -> int:
    return block.slice.stop - block.slice.start


def _folded(block: Block) -> tuple[int, int]:
    """Rows and columns of the map of a block: vectors are split into rows, axes after the first are joined."""
    size = _size_of(block)
    if len(block.shape) < 2:
        columns = min(size, ROW)
        return -(-size // columns), columns
    return block.shape[0], size // block.shape[0]


def _map(
    report: GradientReport, name: str, block: Block, bias: tuple[str, Block] | None
) -> ErrorMap:
    with np.errstate(all="ignore"):
        ratio = report.absolute / np.maximum(report.tolerance, np.finfo(np.float64).tiny)
    verdicts = np.array(report.verdicts)
    parts = (
        np.where(np.isfinite(ratio), ratio, np.nan),
        verdicts == "fail",
        verdicts == "inconclusive",
    )
    shape = _folded(block)
    rows: tuple[str, ...] = tuple(map(str, range(shape[0])))
    columns: tuple[str, ...] = tuple(map(str, range(shape[1])))
    if len(block.shape) < 2:
        rows = tuple(f"from {ROW * r}" for r in range(shape[0])) if shape[0] > 1 else ("",)
    cells = [_unfolded(part[block.slice], shape) for part in parts]
    if bias is not None:
        name = f"{name}, {bias[0]}"
        is_row = _size_of(bias[1]) == shape[1]
        rows, columns = rows + ("bias",) * is_row, columns + ("bias",) * (not is_row)
        stack: Any = np.vstack if is_row else np.column_stack
        cells = [stack([c, p[bias[1].slice]]) for c, p in zip(cells, parts, strict=True)]
    return ErrorMap(name, cells[0], cells[1].astype(bool), cells[2].astype(bool), rows, columns)


def _unfolded(values: npt.NDArray[Any], shape: tuple[int, int]) -> npt.NDArray[Any]:
    """Values as a table, padded with nan or False."""
    empty: Any = np.nan if values.dtype.kind == "f" else False
    table = np.full(shape[0] * shape[1], empty, dtype=values.dtype)
    table[: values.size] = values
    return table.reshape(shape)


def _title(report: GradientReport) -> str:
    failed, inconclusive = (report.verdicts.count(v) for v in ("fail", "inconclusive"))
    total = len(report.names)
    if not failed + inconclusive:
        return f"All {total} entries pass" if total > 1 else "The only entry passes"
    entries = count(total, "entry", "entries")
    words = [f"{failed} of {entries} {plural_of(failed, 'fails', 'fail')}"] if failed else []
    if inconclusive:
        words.append(f"{inconclusive} {'more' if failed else f'of {entries}'} inconclusive")
    return f"{', '.join(words)}; worst is {shortened(report.worst.name, 24)}"


def _size(one: ErrorMap, bar: float = 0.0) -> tuple[float, float]:
    """Size of a panel in inches: cells, and names beside them."""
    rows, columns = one.ratio.shape
    return (
        float(np.clip(0.34 * columns, 1.3, 4.2)) + 0.9 + bar,
        max(float(np.clip(0.34 * rows, 0.7, 4.2)) + 1.0, 2.6 if bar else 0.0),
    )


def _draw(ax: Axes, one: ErrorMap) -> Any:
    colors = colors_between(COLORS).with_extremes(bad="#E8E8E8")
    norm = matplotlib("colors").LogNorm(LOWEST, HIGHEST, clip=True)
    shown = np.ma.masked_invalid(np.clip(one.ratio, LOWEST, HIGHEST))
    rows, columns = one.ratio.shape
    image = ax.imshow(shown, cmap=colors, norm=norm, aspect="auto", interpolation="nearest")
    size = float(np.clip(260 / max(rows, columns), 5.0, 9.0))
    for _, marker, color, cells_of in MARKS:
        i, j = np.nonzero(cells_of(one))
        for shade, width in (("white", 3.2), (color, 1.6)):  # a light edge for dark cells
            (line,) = ax.plot(
                j, i, marker, color=shade, markersize=size, markeredgewidth=width, markerfacecolor="none",
                clip_on=False,
            )  # fmt: skip
            line.set_in_layout(False)
    if max(rows, columns) <= MOST_LINES:
        ax.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color="#9A9A9A", linewidth=0.6)
        ax.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color="#9A9A9A", linewidth=0.6)
    if one.rows[-1] == "bias":
        ax.axhline(rows - 1.5, color="black", linewidth=1.2)
    if one.columns[-1] == "bias":
        ax.axvline(columns - 1.5, color="black", linewidth=1.2)
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    _name_cells(ax, one)
    ax.spines[:].set_visible(max(rows, columns) > MOST_LINES)
    ax.tick_params(length=0)
    return image


def _name_cells(ax: Axes, one: ErrorMap) -> None:
    """Name as many rows and columns as there is space for, and always the biases."""
    for names, axis in ((one.rows, ax.yaxis), (one.columns, ax.xaxis)):
        step = -(-len(names) // MOST_NAMED)
        shown = [k for k in range(len(names)) if k % step == 0 or names[k] == "bias"]
        if names[-1] == "bias" and step > 1 and len(shown) > 1:
            shown = [k for k in shown if k == len(names) - 1 or len(names) - 1 - k >= step]
        axis.set_ticks(shown, [names[k] for k in shown])
        if axis is ax.xaxis and names[-1] == "bias":
            axis.get_ticklabels()[-1].set_rotation(90)
    if one.rows[0] in ("", "from 0"):
        ax.set_xlabel("index" if one.rows[0] == "" else "index, counted from the number of the row")
    else:
        ax.set(xlabel="second index", ylabel="first index")


def _bar(panels: list[Any], image: Any) -> None:
    bar = color_bar(
        image, "|analytic − numeric|\n/ tolerance",
        ax=panels, pad=0.03, shrink=0.9, ticks=[1e-4, 1e-2, 1.0, 1e2, 1e4], aspect=16,
    )  # fmt: skip
    bar.ax.set_yticklabels(["≤ 0.0001", "0.01", "1", "100", "≥ 10 000"])
    bar.ax.minorticks_off()
    bar.ax.axhline(1.0, color="black", linewidth=1.2)


def _explain(ax: Axes, maps: list[ErrorMap], own_figure: bool) -> None:
    """A legend of the markers, if there are any: below the figure if it is new, otherwise below the axes."""
    for label, marker, color, cells_of in MARKS:
        if any(cells_of(one).any() for one in maps):
            ax.plot([], [], marker, color=color, markerfacecolor="none", label=label)
    if own_figure:
        legend_of_figure(ax, 2)
    else:
        legend_below(ax, columns=2)
