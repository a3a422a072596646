"""The style of all plots: colors, markers, fonts, new figures, and text cut to a width.

The colors are those of `sheernet.foundation.colors`, and others by Okabe and Ito; the eighth is Paul Tol's wine red
(Colour Schemes, SRON technical note, 2021).  Training is solid, validation dashed.
"""

from __future__ import annotations

import re
import sys
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import cut_in_the_middle
from sheernet.foundation.optional import import_optional
from sheernet.foundation.picture_texts import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES = (POSITIVE, NEGATIVE, "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = (
    "-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)), (0, (1, 3)),
    (0, (12, 2, 2, 2, 2, 2)),
)  # fmt: skip
LETTER = 0.51  # mean width of a letter relative to its font size
HANDLE = 3.0  # width of a handle of a legend and the space around it, relative to the font size
LEAST_TITLE = 24  # minimum number of letters in a line
WIDEST_TITLE = 0.9  # fraction of the width of a figure, because some letters are wide
MANY = ("#BDD7EC", "#5CA4D0", "#1F6FB0", "#08306B")  # few to many: light to dark, even in gray
NONE_TO_ALL = ("#FFFFFF", "#C6DCEF", "#5CA4D0", "#0B559F")

FALLBACK_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo", "Microsoft YaHei", "Yu Gothic",
    "Malgun Gothic", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai",
    "Arial Unicode MS", "Noto Emoji", "Symbola",
)  # fmt: skip
"""Fonts for characters that the usual font lacks, if they are installed."""

_SHAPES: dict[str, Any] = {
    "text.usetex": False,
    "figure.autolayout": False,  # new figures state their layout
    "figure.constrained_layout.use": False,
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
    "hatch.color": "#A0A0A0",
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "sheernet",  # the same figure gives the same bytes
}
FIRST_DAY, LAST_DAY = -719_000.0, 2_932_000.0  # days since 1970-01-01: years 2 to 9997
_GLYPH = r"Glyph (\d+) .*missing from"  # matplotlib's warning
# For new figures only: on the user's axes, text keeps the user's colors.
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
    """Make a new figure; sizes in inches.

    The figure belongs to pyplot if the program has imported pyplot, so that plt.show() shows it; and in a Jupyter
    kernel, where it appears below the cell.  Otherwise, the figure has no window.
    """
    size: dict[str, Any] = {"figsize": (width, height), "layout": "constrained"}
    if "matplotlib.pyplot" not in sys.modules:
        return matplotlib("figure").Figure(**size)
    figure: Figure = matplotlib("pyplot").figure(**size)
    if _in_kernel():
        figure.add_axobserver(_do_not_print_axes)
    return figure


def new_panels(
    n: int, width: float, height: float, *, across: int | None = None, more: float = 0.0,
    least: float = 0.0, projection: str | None = None,
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """Make a new figure with n panels of this size in inches, by default at most three in a row.

    The figure has `more` inches of height for its title and legend, and at least `least` inches of width.
    """
    across = across or (2 if n == 4 else min(n, 3))
    down = -(-n // across)
    figure = new_figure(max(width * across, least), height * down + more)
    places = [figure.add_subplot(down, across, k + 1, projection=projection) for k in range(n)]
    return figure, places


def _in_kernel() -> bool:
    """Whether this process is a Jupyter kernel."""
    return "ipykernel" in sys.modules


@cache
def _load_backend() -> None:
    """Let pyplot load its backend, which changes global settings: within `style`, they would be reset."""
    matplotlib("pyplot").switch_backend(matplotlib().get_backend())


def belongs_to_pyplot(figure: Any) -> bool:
    """Whether pyplot shows a figure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return pyplot is not None and pyplot.fignum_exists(getattr(figure, "number", -1))


def _do_not_print_axes(figure: Any) -> None:
    """Prevent Jupyter from printing axes that are the value of a cell: their figure is shown."""
    for ax in figure.axes:
        ax._ipython_display_ = _print_nothing


def _print_nothing() -> None:
    """The function that Jupyter calls instead of printing an object."""


def settle_layout(ax: Axes) -> None:
    """Lay out a new figure once: the first layout measures square panels before they are square, the second fits."""
    figure: Any = ax.figure
    with collected_missing_glyphs():
        figure.get_layout_engine().execute(figure)


@contextmanager
def drawing(
    ax: Axes | None,
    width: float = 6.4,
    height: float = 4.4,
    projection: str | None = None,
    settled: bool = False,
) -> Iterator[Axes]:
    """Use the given axes, or those of a new figure of this size, with the style of all plots; see `settle_layout`."""
    with style(own_figure=ax is None):
        if ax is not None:
            yield _axes(ax)
            return
        own = new_figure(width, height).add_subplot(projection=projection)
        yield own
        if settled:
            settle_layout(own)


def _axes(ax: Any) -> Axes:
    """Return given axes; raise if they are something else, such as the y of plots.confusion(model, X, y)."""
    if not isinstance(ax, matplotlib("axes").Axes):
        raise InvalidInput(
            f"ax must be Axes of matplotlib, but {type(ax).__name__} was given; give the rows of a picture in one "
            "argument: a table, or a pair (X, y)"
        )
    return ax


@contextmanager
def style(own_figure: bool = True) -> Iterator[None]:
    """Apply the settings of all plots until the block ends."""
    if _in_kernel():
        _load_backend()
    settings = {
        **_SHAPES,
        "font.family": [*matplotlib().rcParams["font.family"], *_fallback_fonts()],
    }
    with matplotlib().rc_context({**settings, **_COLORS} if own_figure else settings):
        yield


@cache
def _fallback_fonts() -> tuple[str, ...]:
    installed = set(matplotlib("font_manager").fontManager.get_font_names())
    return tuple(font for font in FALLBACK_FONTS if font in installed)


@contextmanager
def collected_missing_glyphs() -> Iterator[set[str]]:
    """Collect the characters that no font has, instead of matplotlib's warnings, while figures are rendered."""
    missing: set[str] = set()
    shown = warnings.showwarning
    with warnings.catch_warnings():
        warnings.filterwarnings("always", message=_GLYPH)

        def show(message: Any, *where: Any, **more: Any) -> None:
            found = re.match(_GLYPH, str(message))
            if found:
                missing.add(chr(int(found[1])))
            else:
                shown(message, *where, **more)

        warnings.showwarning = show
        yield missing


@contextmanager
def rendering() -> Iterator[set[str]]:
    """Collect missing characters, and ignore overflow: matplotlib pads 3-D faces with uninitialized numbers."""
    with np.errstate(over="ignore", invalid="ignore"), collected_missing_glyphs() as missing:
        yield missing


def grid(ax: Axes, axis: str = "both") -> None:
    """Draw thin grid lines behind the data."""
    ax.grid(visible=True, axis=axis, linewidth=0.6)  # type: ignore[arg-type]  # "x", "y" or "both"


def colors_between(ends: tuple[str, ...]) -> Any:
    """A color map through the given colors."""
    return matplotlib("colors").LinearSegmentedColormap.from_list("sheernet", ends)


def legend_below(
    ax: Axes, columns: int = 1, fontsize: float = 9.0, title: str | None = None
) -> None:
    """Draw a legend below the label of the x axis, where it covers no data, also if the ticks have upright labels.

    Labels that are longer than a panel of the figure is wide have several lines.
    """
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    labels = [textwrap.fill(label, _letters_beside_handle(ax, fontsize)) for label in labels]
    inches = ax.figure.figure.dpi_scale_trans
    upright = [each for each in ax.get_xticklabels() if each.get_rotation() == 90]
    heights = [
        (LETTER * len(each.get_text()) - 0.5) * float(each.get_fontsize()) for each in upright
    ]
    points = 34 + max(heights, default=0.0)  # 34: a level tick label and the label of the axis
    down = matplotlib("transforms").ScaledTranslation(0.0, -points / 72, inches)
    ax.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=ax.transAxes + down,
        ncols=columns, fontsize=fontsize, title=title, title_fontsize=fontsize, frameon=False, borderaxespad=0.0,
        handletextpad=0.4,
    )  # fmt: skip


def _letters_beside_handle(ax: Axes, fontsize: float) -> int:
    """Return the number of letters for which a panel of the figure has room beside the handle of a legend."""
    figure, place = ax.figure.figure, ax.get_subplotspec()
    across = 1 if place is None else place.get_gridspec().ncols
    points = figure.bbox.width / figure.dpi * 72 / across
    return max(LEAST_TITLE, int((points / fontsize - HANDLE) / LETTER))


def legend_of_figure(ax: Axes, columns: int, **look: Any) -> None:
    """Draw the legend of one panel below all panels of its figure."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        look = {"loc": "outside lower center", "ncols": columns, "frameon": False, **look}
        ax.figure.legend(handles, labels, **look)


def mark(
    ax: Axes, x: Any, y: Any, size: float, label: str, marker: str = "o", color: str = NEUTRAL
) -> None:
    """Draw hollow markers around points."""
    look: Any = {"color": color, "markersize": size, "markeredgewidth": 1.4}
    ax.plot(x, y, marker, markerfacecolor="none", label=label, **look)


def series_look(i: int) -> dict[str, Any]:
    """Color, dashes and marker of the i-th of several lines: no two of 64 lines have the same color and dashes."""
    k = (i + i // len(SERIES)) % len(DASHES)
    return {"color": SERIES[i % len(SERIES)], "linestyle": DASHES[k], "marker": MARKERS[k]}


def write_title(ax: Axes, *lines: str, fontsize: float = 11.0) -> None:
    """Write nonempty lines above axes, each wrapped to about the width of the axes, and cut after three lines."""
    points = ax.bbox.width / ax.figure.figure.dpi * 72
    width = max(LEAST_TITLE, int(points / (LETTER * fontsize)))
    how: Any = {"width": width, "max_lines": 3, "placeholder": " …"}
    parts = [part for line in lines if line for part in textwrap.wrap(printable(line), **how)]
    ax.set_title("\n".join(map(plain, parts)), fontsize=fontsize)


def write_figure_title(figure: Figure, text: str) -> None:
    """Write a title above all panels of a figure; lines that are wider than the figure are wrapped."""
    size = 11.0
    width = int(72 * WIDEST_TITLE * figure.get_figwidth() / (LETTER * size))
    lines = [line for each in text.splitlines() for line in textwrap.wrap(each, width)]
    figure.suptitle("\n".join(lines), fontsize=size)


def color_bar(drawn: Any, label: str = "", **place: Any) -> Any:
    """Add a color bar without a frame, placed as by `Figure.colorbar`, and return it."""
    bar = drawn.axes.figure.colorbar(drawn, **place)
    bar.outline.set_visible(False)
    if label:
        bar.set_label(label)
    return bar


def few_ticks(axis: Any, whole: bool = False) -> None:
    """Set three to five ticks, so that long numbers do not touch in a panel; if `whole`, only at whole numbers."""
    locator = matplotlib("ticker").MaxNLocator
    axis.set_major_locator(locator(4, integer=whole, min_n_ticks=2 if whole else 3))


def whole_numbers(axis: Any) -> None:
    """Set ticks only at whole numbers."""
    axis.set_major_locator(matplotlib("ticker").MaxNLocator(integer=True, min_n_ticks=1))


def value_axis(ax: Axes, values: Array, kind: str, axis: str = "x") -> Array:
    """Give an axis ticks of dates or times of day if its values are of this kind; return their positions on it."""
    if kind == "date":
        return date_axis(ax, values, axis)
    if kind == "time":
        of_axis: Any = getattr(ax, f"{axis}axis")
        ticker = matplotlib("ticker")
        of_axis.set_major_locator(ticker.MaxNLocator(5, steps=[1, 2, 3, 6, 10]))
        of_axis.set_major_formatter(ticker.FuncFormatter(lambda hours, _: written_time(hours)))
    return values


def written_time(hours: float) -> str:
    """Format hours since midnight as a time of day."""
    minutes = round(hours * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def date_axis(ax: Axes, days: Array, axis: str = "x") -> Array:
    """Give an axis the ticks of dates, and return the positions of days since 1970-01-01 on it.

    Days outside the years 1 to 9999, which matplotlib cannot format, remain numbers.
    """
    dates = matplotlib("dates")
    if days.min() < FIRST_DAY or days.max() > LAST_DAY:
        return days
    of_axis: Any = getattr(ax, f"{axis}axis")
    # At most 7, because 6 ticks, 6 months apart at most, do not span the 3 years that 3 ticks of years need.
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    of_axis.set_major_locator(locator)
    of_axis.set_major_formatter(dates.ConciseDateFormatter(locator))
    return days + dates.date2num(np.datetime64("1970-01-01"))


def written_day(day: float) -> str:
    """Format days since 1970-01-01 as a date."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return number(day)
    return str(np.datetime64("1970-01-01") + np.timedelta64(int(np.floor(day)), "D"))


def printable(text: str) -> str:
    """Return text in one line, with a replacement for each control character."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def plain(text: str) -> str:
    """Return text to be shown literally: $ does not start a formula, and a leading _ does not hide a legend entry."""
    literal = text.replace("$", r"\$")
    return f" {literal}" if literal.startswith("_") else literal


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Return text in lines of at most `width` characters, cut in the middle: names most often differ at their ends."""
    line = printable(text)
    for length in range(lines * width, 0, -1):
        found = textwrap.wrap(cut_in_the_middle(line, length), width)
        if len(found) <= lines:
            break
    return plain("\n".join(found))


def shortened(text: str, width: int) -> str:
    """Return text of at most `width` characters, cut in the middle: names most often differ at their ends."""
    return plain(cut_in_the_middle(printable(text), width))


def fitted(name: str, width: int) -> str:
    """A name in at most two lines of `width` characters, broken after = or between words, otherwise shortened."""
    column, equals, label = name.partition("=")
    if len(name) > width and equals:
        return f"{shortened(column + equals, width)}\n{shortened(label, width)}"
    words = name.split()
    if len(name) <= width or max(map(len, words)) > width:
        return shortened(name, width)
    return wrapped(name, width)
