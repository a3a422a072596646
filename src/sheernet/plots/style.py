"""How pictures look: colors, markers, fonts, new figures, and text that fits.

Blue #0072B2 and vermillion #D55E00 are told apart by color-blind readers and have a contrast of 3:1 on white and on
dark (Okabe and Ito, "Color Universal Design", 2008).  Color is never alone: what it says, a dash, a marker or a word
says too.  Training is solid, validation dashed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POSITIVE = "#0072B2"
NEGATIVE = "#D55E00"
NEUTRAL = "#767676"  # 4.5:1 on white and on black
SERIES = (POSITIVE, NEGATIVE, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = (
    "-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)), (0, (1, 3)),
)  # fmt: skip
MANY = (
    "#BDD7EC",
    "#5CA4D0",
    "#1F6FB0",
    "#08306B",
)  # few to many: the lighter the fewer, in gray too
NONE_TO_ALL = ("#FFFFFF", "#C6DCEF", "#5CA4D0", "#0B559F")

_SHAPES: dict[str, Any] = {
    "text.usetex": False,
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.labelsize": 10.0,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.fontsize": 9.0,
    "legend.frameon": True,
    "legend.framealpha": 0.85,
    "legend.edgecolor": "none",
    "lines.linewidth": 1.8,
    "svg.hashsalt": "sheernet",  # the same picture is the same bytes
}
# Of our own figures only: on axes that are given, text keeps the colors that its owner chose.
_COLORS: dict[str, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "auto",
    "axes.facecolor": "white",
    "axes.edgecolor": "#4D4D4D",
    "axes.labelcolor": "black",
    "text.color": "black",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "grid.color": "#E3E3E3",
    "legend.labelcolor": "None",
}


def matplotlib(module: str = "") -> Any:
    """Import matplotlib, or a module of it."""
    return import_optional(
        f"matplotlib.{module}" if module else "matplotlib", extra="plots", purpose="pictures"
    )


def new_figure(width: float, height: float) -> Figure:
    """A figure that no window manager knows of; sizes in inches."""
    figure: Figure = matplotlib("figure").Figure(figsize=(width, height), layout="constrained")
    return figure


@contextmanager
def drawing(
    ax: Axes | None, width: float = 6.4, height: float = 4.4, projection: str | None = None
) -> Iterator[Axes]:
    """Our style while a picture is drawn, on the axes that are given or on new ones of this size."""
    with style(own_figure=ax is None):
        yield ax if ax is not None else new_figure(width, height).add_subplot(projection=projection)


@contextmanager
def style(own_figure: bool = True) -> Iterator[None]:
    """Our settings, and the ones before again when it ends."""
    with matplotlib().rc_context({**_SHAPES, **_COLORS} if own_figure else _SHAPES):
        yield


def grid(ax: Axes, axis: str = "both") -> None:
    """Lines that help to read values, behind everything."""
    ax.grid(visible=True, axis=axis, linewidth=0.6)  # type: ignore[arg-type]  # "x", "y" or "both"


def colors_between(ends: tuple[str, ...]) -> Any:
    """A color map through these colors."""
    return matplotlib("colors").LinearSegmentedColormap.from_list("sheernet", ends)


def legend_below(ax: Axes, columns: int = 1) -> None:
    """A legend under the label of the x axis, whatever the size of the axes: outside, it covers no data."""
    if not ax.get_legend_handles_labels()[0]:
        return
    down = matplotlib("transforms").ScaledTranslation(
        0.0, -34 / 72, ax.figure.figure.dpi_scale_trans
    )  # 34 points
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=ax.transAxes + down, ncols=columns,
        frameon=False, borderaxespad=0.0, handletextpad=0.4,
    )  # fmt: skip


def whole_numbers(axis: Any) -> None:
    """Ticks at whole numbers only."""
    axis.set_major_locator(matplotlib("ticker").MaxNLocator(integer=True, min_n_ticks=1))


def plain(text: str) -> str:
    """Text as it stands: $ does not begin a formula, and a leading _ does not hide a legend entry."""
    literal = text.replace("$", r"\$")
    return f" {literal}" if literal.startswith("_") else literal


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Text in lines of at most `width` characters; what does not fit ends in an ellipsis."""
    return plain(
        "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …") or [text.strip()])
    )


def shortened(text: str, width: int) -> str:
    """Text of at most `width` characters: its middle gives way, as names most often differ at their ends."""
    text = " ".join(text.split())
    if len(text) > width:
        tail = (width - 1) // 2
        text = f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"
    return plain(text)


def fitted(name: str, width: int) -> str:
    """A name in at most two lines of `width` characters, broken behind = or between words, else shortened."""
    column, equals, label = name.partition("=")
    if len(name) > width and equals:
        return f"{shortened(column + equals, width)}\n{shortened(label, width)}"
    words = name.split()
    if len(name) <= width or max(map(len, words)) > width:
        return shortened(name, width)
    return wrapped(name, width)


def number(value: float) -> str:
    """A number in three digits, for titles and labels."""
    return f"{value:.3g}".replace("-", "−")


def count(n: int, noun: str) -> str:
    """A number with its noun: 1 row, 3 rows, 10 000 rows."""
    grouped = f"{n:,}".replace(",", "\u00a0") if n >= 10_000 else str(n)
    return f"{grouped} {noun}" if n == 1 else f"{grouped} {noun}s"
