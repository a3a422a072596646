"""Plot of a confusion matrix: true classes down, predicted classes across.

The color of a cell is its share of its row, so that rare classes are as visible as frequent ones; the color scale
follows the root of the share, so that small shares are visible.  Correct predictions lie on the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets.judgment import ClassificationFit
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import ShapeMismatch
from sheernet.foundation.words import plural_of
from sheernet.plots.style import (
    NONE_TO_ALL,
    colors_between,
    count,
    drawing,
    matplotlib,
    new_figure,
    number,
    shortened,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_WITH_SHARES, MOST_WITH_COUNTS, MOST_NAMED = 8, 14, 40  # classes
LONGEST = 20  # letters of a class name
LETTER = 0.075  # inches of a letter of a class name
DARK = 0.6  # cells of a larger share are dark, and their text is white


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """A confusion matrix with the texts of its cells.

    Parameters
    ----------
    names : tuple of str
        Names of the C classes.
    counts, shares : ndarray, (C, C)
        Number, and share of the true class, by true (down) and predicted class (across); nan for a class without rows.
    texts : tuple of tuple of str
        Text of each cell; "" if there are many classes.
    title : str
        Number of rows, accuracy, and the accuracy of always predicting the majority class.
    """

    names: tuple[str, ...]
    counts: Array
    shares: Array
    texts: tuple[tuple[str, ...], ...]
    title: str

    @classmethod
    def of(
        cls, fit: ClassificationFit, classes: Sequence[object], noun: str = "row"
    ) -> ConfusionMatrix:
        """Compute shares and texts.

        Raises
        ------
        ShapeMismatch
            If the number of classes is not the number of rows of the matrix.

        Examples
        --------
        >>> from sheernet.data.targets.judgment import ClassificationFit
        >>> from sheernet.plots.confusion_plot import ConfusionMatrix
        >>> fit = ClassificationFit(rows=8, accuracy=0.75, log_loss=0.5, majority=0.5, confusion=((3, 1), (1, 3)))
        >>> matrix = ConfusionMatrix.of(fit, ("no", "yes"))
        >>> matrix.title.splitlines(), matrix.texts[0][1].splitlines()
        (['8 rows: accuracy 75.0 %', 'majority class: 50.0 %'], ['1', '25 %'])
        """
        counts = np.array(fit.confusion, dtype=np.float64)
        names = tuple(str(name) for name in classes)
        if counts.shape != (len(names), len(names)):
            raise ShapeMismatch(
                f"the confusion matrix has shape {counts.shape} but {count(len(names), 'class', 'classes')} "
                f"{plural_of(len(names), 'was', 'were')} given; give the model's targets.classes"
            )
        totals = counts.sum(axis=1, keepdims=True)  # (C, 1)
        shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
        return cls(names, counts, shares, _texts(counts, shares), _title(fit, noun))


def confusion(
    fit: ClassificationFit,
    classes: Sequence[object],
    held_out: ClassificationFit | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a confusion matrix: true classes down, predicted classes across.

    Parameters
    ----------
    fit : ClassificationFit
        For example `model.training_fit`.
    classes : sequence
        The classes in the order of the matrix: `model.targets.classes`.
    held_out : ClassificationFit, optional
        `model.held_out_fit`, for a second panel; `fit` is then labeled as that of the training rows.
    ax : Axes, optional
        Axes to draw on, for a single matrix; a new figure if not given.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    ShapeMismatch
        If the number of classes is not the number of rows of the matrix, or two matrices are to be drawn on given axes.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    With up to 8 classes, each cell shows its number and its share of the true class; with up to 14, its number; with
    more, only its color.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.targets.judgment import ClassificationFit
    >>> fit = ClassificationFit(rows=8, accuracy=0.75, log_loss=0.5, majority=0.5, confusion=((3, 1), (1, 3)))
    >>> sn.plots.confusion(fit, ("no", "yes")).get_title().splitlines()
    ['8 rows: accuracy 75.0 %', 'majority class: 50.0 %']
    """
    if held_out is None:
        matrices = [ConfusionMatrix.of(fit, classes)]
    else:
        groups = ((fit, "training row"), (held_out, "held-out row"))
        matrices = [ConfusionMatrix.of(one, classes, noun) for one, noun in groups]
    width, height = _size(matrices[0].names)
    if len(matrices) == 1:
        with drawing(ax, width=width + 1.2, height=height) as ax:
            _bar(ax, _draw(ax, matrices[0]))
        return ax
    if ax is not None:
        raise ShapeMismatch(
            "ax has room for one confusion matrix but there are 2; draw them one at a time, or leave ax out"
        )
    with style():
        figure = new_figure(2 * width + 1.2, height)
        panels = [figure.add_subplot(1, 2, k + 1) for k in range(2)]
        image = [_draw(panel, one) for panel, one in zip(panels, matrices, strict=True)][-1]
        _bar(panels, image)
    return panels[0]


def _size(names: tuple[str, ...]) -> tuple[float, float]:
    """Inches of a panel: cells, and names beside and below them."""
    cells, label = _cells(names), _label(names)
    return cells + label + 0.7, cells + (0.2 if _is_flat(names) else label) + 1.3


def _cells(names: tuple[str, ...]) -> float:
    return float(np.clip(0.66 * len(names), 2.4, 6.0))


def _label(names: tuple[str, ...]) -> float:
    return LETTER * min(max(map(len, names)), LONGEST)


def _is_flat(names: tuple[str, ...]) -> bool:
    """Whether there is room for the names side by side below the columns."""
    return _label(names) * len(names) <= 0.95 * _cells(names)


def _title(fit: ClassificationFit, noun: str) -> str:
    return (
        f"{count(fit.rows, noun)}: accuracy {100 * fit.accuracy:.1f} %\n"
        f"majority class: {100 * fit.majority:.1f} %"
    )


def _texts(counts: Array, shares: Array) -> tuple[tuple[str, ...], ...]:
    n = len(counts)
    if n > MOST_WITH_COUNTS:
        return (("",) * n,) * n
    return tuple(
        tuple(_cell(counts[i, j], shares[i, j], n <= MOST_WITH_SHARES) for j in range(n))
        for i in range(n)
    )


def _cell(rows: float, share: float, with_share: bool) -> str:
    """The number of rows (a fraction if rows have weights) and its share; 0.4 % is not rounded to 0 %."""
    text = f"{rows:.0f}" if rows == round(rows) and rows < 1e6 else number(rows)
    if not with_share or np.isnan(share):
        return text
    rounded = "< 1" if 0 < share < 0.01 else "> 99" if 0.99 < share < 1 else f"{100 * share:.0f}"
    return f"{text}\n{rounded} %"


def _draw(ax: Axes, matrix: ConfusionMatrix) -> Any:
    n = len(matrix.names)
    colors = colors_between(NONE_TO_ALL).with_extremes(bad="#E8E8E8")
    root = matplotlib("colors").PowerNorm(0.5, 0.0, 1.0)
    image = ax.imshow(np.ma.masked_invalid(matrix.shares), cmap=colors, norm=root)
    for (i, j), share in np.ndenumerate(matrix.shares):
        if matrix.texts[i][j]:
            ax.text(
                j, i, matrix.texts[i][j], ha="center", va="center", linespacing=1.25,
                fontsize=9 if n <= MOST_WITH_SHARES else 8, color="white" if share > DARK else "black",
            )  # fmt: skip
    if n <= MOST_NAMED:
        edges = np.arange(n + 1) - 0.5
        width = 0.8 if n <= MOST_WITH_COUNTS else 0.3
        ax.hlines(edges, -0.5, n - 0.5, color="#9A9A9A", linewidth=width)
        ax.vlines(edges, -0.5, n - 0.5, color="#9A9A9A", linewidth=width)
    ax.spines[:].set_visible(n > MOST_NAMED)
    _name_classes(ax, matrix.names)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class")
    ax.set_title(matrix.title)
    return image


def _name_classes(ax: Axes, names: tuple[str, ...]) -> None:
    """Names of rows and columns; of more than 40 classes, of every second, third, ... class."""
    n = len(names)
    shown = np.arange(0, n, -(-n // MOST_NAMED))
    labels = [shortened(names[i], LONGEST) for i in shown]
    size = 9.0 if n <= MOST_WITH_COUNTS else 7.5
    ax.set_xticks(shown, labels, rotation=0 if _is_flat(names) else 90, fontsize=size)
    ax.set_yticks(shown, labels, fontsize=size)
    ax.tick_params(length=0)


def _bar(place: Axes | list[Axes], image: Any) -> None:
    figure = image.axes.figure
    bar = figure.colorbar(image, ax=place, pad=0.02, shrink=0.8, ticks=[0, 0.01, 0.1, 0.25, 0.5, 1])
    bar.ax.set_yticklabels(["0 %", "1 %", "10 %", "25 %", "50 %", "100 %"])
    bar.ax.minorticks_off()
    bar.set_label("share of the rows of a true class")
    bar.outline.set_visible(False)
