"""Plot of a confusion matrix: true classes down, predicted classes across.

The color of a cell shows its share of its row, so that rare classes are as visible as frequent ones; the color scale
follows the root of the share, so that small shares are visible.  Correct predictions lie on the diagonal.  If there are
many classes, those with the most errors have their own row and column, and the others share one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import plural_of
from sheernet.foundation.picture_texts import count, number, plural_of_rows
from sheernet.foundation.scalars import as_whole
from sheernet.plots.estimator_source import FittedEstimator, model_of
from sheernet.plots.judged_rows import judged_groups, refuse_beside_a_model
from sheernet.plots.style import (
    NONE_TO_ALL,
    color_bar,
    colors_between,
    drawing,
    matplotlib,
    new_figure,
    settle_layout,
    shortened,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sheernet.models.model import Model

MOST_CLASSES = 20  # default maximum number of classes with their own row and column
MOST_WITH_SHARES, MOST_WITH_COUNTS, MOST_NAMED = 8, MOST_CLASSES + 1, 40  # maximum numbers of rows
LONGEST = 20  # maximum number of letters of a class name
LETTER = 0.075  # width of a letter of a class name in inches
TITLE_WIDTH = 3.7  # width of the longest title in inches: the minimum width of a panel
_Fits = list[tuple[ClassificationFit, str]]
DARK = 0.6  # cells of a larger share are dark, and their text is white


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """A confusion matrix with the texts of its cells.

    Parameters
    ----------
    names : tuple of str
        Names of the C rows and columns: the classes, or some of them and "114 others".
    counts, shares : ndarray, (C, C)
        Number, and share of the true class, by true (down) and predicted class (across).  The share is nan for a class
        without rows, and for "others" predicted as "others", because these predictions may be right or wrong.
    texts : tuple of tuple of str
        Text of each cell; "" if there are many classes, and for 0 if there are more than 8.
    title : str
        Number of rows, accuracy, and the accuracy of always predicting the majority class.
    combined : int
        The number of classes that share the last row and column; 0 if each has its own.
    """

    names: tuple[str, ...]
    counts: Array
    shares: Array
    texts: tuple[tuple[str, ...], ...]
    title: str
    combined: int = 0

    @classmethod
    def of(
        cls,
        fit: ClassificationFit,
        classes: Sequence[object],
        noun: str = "row",
        own: Sequence[int] | None = None,
    ) -> ConfusionMatrix:
        """Compute shares and texts; `own` are the indices of the classes with their own row, by default all.

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
        combined = 0 if own is None else len(names) - len(own)
        if own is not None and combined:
            counts = _combined(counts, np.asarray(own))
            names = (*(names[i] for i in own), f"{combined} others")
        totals = counts.sum(axis=1, keepdims=True)  # (C, 1)
        shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
        if combined:
            shares[-1, -1] = np.nan
        return cls(names, counts, shares, _texts(counts, shares), _title(fit, noun), combined)

    @property
    def has_empty_class(self) -> bool:
        """Whether a class has no rows."""
        return bool(np.isnan(self.shares).all(axis=1).any())


def with_most_errors(fit: ClassificationFit, most: int) -> list[int]:
    """The classes with the most errors, as true or predicted class, in their order; then the most frequent classes.

    Examples
    --------
    >>> from sheernet.data.targets.judgment import ClassificationFit
    >>> from sheernet.plots.confusion_plot import with_most_errors
    >>> confusion = ((9, 0, 0), (0, 1, 1), (0, 0, 2))
    >>> with_most_errors(ClassificationFit(13, 0.9, 0.5, 0.7, confusion), most=2)
    [1, 2]
    """
    counts = np.array(fit.confusion, dtype=np.float64)
    rows = counts.sum(axis=1)  # (C,)
    errors = rows + counts.sum(axis=0) - 2 * np.diag(counts)
    return sorted(np.lexsort((-rows, -errors))[:most].tolist())


def _combined(counts: Array, own: Indices) -> Array:
    """Add up the rows and columns of all classes except `own`, as the last row and column."""
    group = np.full(len(counts), len(own))
    group[own] = np.arange(len(own))
    result = np.zeros((len(own) + 1,) * 2)
    np.add.at(result, (group[:, None], group[None, :]), counts)
    return result


def confusion(
    fit: ClassificationFit | Model | FittedEstimator,
    true: Any = None,
    ax: Axes | None = None,
    classes: Sequence[object] | None = None,
    held_out: ClassificationFit | None = None,
    most_classes: int = MOST_CLASSES,
) -> Axes:
    """Draw a confusion matrix: true classes down, predicted classes across.

    Parameters
    ----------
    fit : ClassificationFit, Model or fitted estimator
        A model of classes; or, for example, `model.training_fit`.
    true : table or pair (X, y), optional
        With a model, rows with the target.  By default, and for the table of the fit, the model is drawn with its
        training rows and with the rows that the networks were not fitted to, or on given axes with the latter alone if
        there are some.
    ax : Axes, optional
        Axes to draw on, for a single matrix; a new figure if not given.
    classes : sequence
        The classes in the order of the matrix, `model.targets.classes`; not for a model.
    held_out : ClassificationFit, optional
        `model.held_out_fit`, for a second panel; `fit` is then labeled as the fit of the training rows.  Not for a
        model.
    most_classes : int
        If there are more classes, those with the most errors (in the held-out rows, if given) have a row and a column,
        and the others share one.

    Returns
    -------
    Axes
        The first panel; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    ShapeMismatch
        If the number of classes is not the number of rows of the matrix, or axes are given for two matrices.
    InvalidInput
        If `classes` is missing, the model predicts numbers, an argument does not apply to `fit`, or `most_classes` is
        not a whole number of at least 1.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    With up to 8 classes, each cell shows its number and its share of the true class; with up to 21 rows, its number if
    it is not 0; with more, only its color.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.targets.judgment import ClassificationFit
    >>> fit = ClassificationFit(rows=8, accuracy=0.75, log_loss=0.5, majority=0.5, confusion=((3, 1), (1, 3)))
    >>> sn.plots.confusion(fit, classes=("no", "yes")).get_title().splitlines()
    ['8 rows: accuracy 75.0 %', 'majority class: 50.0 %']
    """
    source = model_of(fit)
    if isinstance(source, ClassificationFit):
        fits, names = _given_fits(source, true, classes, held_out, ax)
    else:
        fits, names = _fits_of_model(source, true, ax)
        refuse_beside_a_model(classes=classes, held_out=held_out)
    most_classes = as_whole("most_classes", most_classes, 1)
    own = None
    if len(names) > most_classes + 1:  # a single other class takes the same space
        own = with_most_errors(fits[-1][0], most_classes)
    matrices = [ConfusionMatrix.of(one, names, noun, own) for one, noun in fits]
    width, height = _size(matrices[0])
    if len(matrices) == 1:
        with drawing(ax, width + 1.2, height, settled=True) as ax:
            _bar(ax, _draw(ax, matrices[0]))
        return ax
    with style():
        figure = new_figure(2 * width + 1.2, height)
        panels = [figure.add_subplot(1, 2, k + 1) for k in range(2)]
        image = [_draw(panel, one) for panel, one in zip(panels, matrices, strict=True)][-1]
        _bar(panels, image)
        settle_layout(panels[0])
    return panels[0]


def _given_fits(
    fit: ClassificationFit,
    true: Any,
    classes: Any,
    held_out: ClassificationFit | None,
    ax: Axes | None,
) -> tuple[_Fits, Sequence[object]]:
    """The fit of each panel with the noun of its rows, and the classes."""
    if true is not None:
        raise InvalidInput(
            "rows can be given with a model, but a ClassificationFit was given; give its classes as classes="
        )
    if classes is None:
        raise InvalidInput("classes is missing; give the model's targets.classes")
    if held_out is None:
        return [(fit, "row")], classes
    if ax is not None:
        raise ShapeMismatch(
            "ax has room for one confusion matrix but there are 2; draw them one at a time, or omit ax"
        )
    return [(fit, "training row"), (held_out, "held-out row")], classes


def _fits_of_model(model: Any, rows: Any, ax: Axes | None) -> tuple[_Fits, Sequence[object]]:
    """As `_given_fits`, of the rows of the fit, or of given rows."""
    targets = getattr(model, "targets", None)
    if not isinstance(targets, ClassTarget):
        given = "a model of numbers" if hasattr(model, "targets") else type(model).__name__
        raise InvalidInput(
            "a confusion matrix needs a ClassificationFit or a model that predicts classes, but "
            f"{given} was given"
        )
    groups = ((model.training_fit, "training row"), (model.held_out_fit, "held-out row"))
    fits = [group for group in groups if group[0] is not None]
    if rows is not None:
        fits = [
            (targets.judge(each.outputs, each.rows.truth, each.rows.weights, model.training_fit), each.noun)
            for each in judged_groups(model, rows)
        ]  # fmt: skip
    return fits[-1:] if ax is not None else fits, targets.classes


def _size(matrix: ConfusionMatrix) -> tuple[float, float]:
    """Size of a panel in inches: cells, and names beside and below them."""
    names = matrix.names
    cells, label = _cells(names), _label(names)
    above = 1.5 if matrix.combined else 1.3
    return max(cells + label + 0.7, TITLE_WIDTH), cells + (
        0.2 if _is_flat(names) else label
    ) + above


def _cells(names: tuple[str, ...]) -> float:
    n = len(names)
    return float(np.clip(0.66 * n, 2.4, max(6.0, min(0.34 * n, 7.2))))


def _label(names: tuple[str, ...]) -> float:
    return LETTER * min(max(map(len, names)), LONGEST)


def _is_flat(names: tuple[str, ...]) -> bool:
    """Whether the names fit side by side below the columns."""
    return _label(names) * len(names) <= 0.95 * _cells(names)


def _title(fit: ClassificationFit, noun: str) -> str:
    return (
        f"{count(fit.rows, noun, plural_of_rows(noun))}: accuracy {100 * fit.accuracy:.1f} %\n"
        f"majority class: {100 * fit.majority:.1f} %"
    )


def _texts(counts: Array, shares: Array) -> tuple[tuple[str, ...], ...]:
    n = len(counts)
    if n > MOST_WITH_COUNTS:
        return (("",) * n,) * n
    with_shares = n <= MOST_WITH_SHARES
    return tuple(
        tuple(_cell(counts[i, j], shares[i, j], with_shares) for j in range(n)) for i in range(n)
    )


def _cell(rows: float, share: float, with_share: bool) -> str:
    """The number of rows (a fraction if rows have weights) and its share; 0.4 % is not rounded to 0 %."""
    if not rows and not with_share:
        return ""
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
                fontsize=9 if n <= MOST_WITH_SHARES else 7.5, color="white" if share > DARK else "black",
            )  # fmt: skip
    if n <= MOST_NAMED:
        edges = np.arange(n + 1) - 0.5
        width = 0.8 if n <= MOST_WITH_COUNTS else 0.3
        ax.hlines(edges, -0.5, n - 0.5, color="#9A9A9A", linewidth=width)
        ax.vlines(edges, -0.5, n - 0.5, color="#9A9A9A", linewidth=width)
    ax.spines[:].set_visible(n > MOST_NAMED)
    _name_classes(ax, matrix.names)
    ax.set_xlabel("predicted class")
    ax.set_ylabel("true class (gray: without rows)" if matrix.has_empty_class else "true class")
    title = matrix.title
    if matrix.combined:
        title += f"\nthe {n - 1} of {n - 1 + matrix.combined} classes with the most errors"
    ax.set_title(title, fontsize=10)
    return image


def _name_classes(ax: Axes, names: tuple[str, ...]) -> None:
    """Write names of rows and columns; if there are more than 40 classes, those of every second, third, ... class."""
    n = len(names)
    shown = np.arange(0, n, -(-n // MOST_NAMED))
    labels = [shortened(names[i], LONGEST) for i in shown]
    size = 9.0 if n <= MOST_WITH_COUNTS else 7.5
    ax.set_xticks(shown, labels, rotation=0 if _is_flat(names) else 90, fontsize=size)
    ax.set_yticks(shown, labels, fontsize=size)
    ax.tick_params(length=0)


def _bar(place: Axes | list[Axes], image: Any) -> None:
    bar = color_bar(
        image, "share of the rows of a true class",
        ax=place, pad=0.02, shrink=0.8, ticks=[0, 0.01, 0.1, 0.25, 0.5, 1],
    )  # fmt: skip
    bar.ax.set_yticklabels(["0 %", "1 %", "10 %", "25 %", "50 %", "100 %"])
    bar.ax.minorticks_off()
