"""Display classes in the style of scikit-learn: `from_estimator` computes a display, and `plot` draws it.

Each display stores its data, so that it can be drawn again without the estimator; its axes and figure are `ax_` and
`figure_`.  In a notebook, a display that is the value of a cell is shown.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

import numpy.typing as npt

from sheernet.foundation.arrays import as_float
from sheernet.foundation.errors import InvalidInput
from sheernet.models.explaining import Effects, Importance
from sheernet.models.explaining.importance_result import MAIN
from sheernet.plots.effects_plot import MOST_PANELS, effects
from sheernet.plots.estimator_source import FittedEstimator, model_of
from sheernet.plots.importance_plot import importance
from sheernet.plots.loss_curve_plot import LossCurve, draw_loss_curve
from sheernet.plots.style import belongs_to_pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RESOLUTION = 110  # dots per inch of a display in a notebook


class Display(ABC):
    """A picture that is drawn by `plot`.

    Attributes
    ----------
    ax_ : Axes
        The axes, or the axes of the first panel.
    figure_ : Figure
        The figure.
    """

    ax_: Axes
    figure_: Figure
    _is_own = False  # whether the figure was made here, and is not shown otherwise

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on the given axes, or on a new figure.

        Parameters
        ----------
        ax : Axes, optional
            Axes to draw on; if there are several panels, the first is drawn there.

        Returns
        -------
        Display
            The display itself.

        Raises
        ------
        MissingDependency
            If matplotlib is not installed.
        """
        self.ax_ = self._draw(ax)
        self.figure_ = self.ax_.figure.figure
        self._is_own = ax is None
        return self

    @abstractmethod
    def _draw(self, ax: Axes | None) -> Axes:
        """Draw, and return the axes."""

    def _repr_png_(self) -> bytes | None:
        """The picture in a notebook, if the display made the figure and pyplot does not show it."""
        if not self._is_own or belongs_to_pyplot(self.figure_):
            return None
        file = BytesIO()
        self.figure_.savefig(file, format="png", dpi=RESOLUTION)
        return file.getvalue()


class LossCurveDisplay(Display):
    """The loss of a fit by iteration, and the validation score if there is one.

    Parameters
    ----------
    loss_curve : array_like, (n,)
        The loss of each iteration.
    validation_scores : array_like, (n,), optional
        The validation score of each iteration: R^2, or the accuracy.
    ending : str
        Termination reason of the fit.
    name : str
        Name of the estimator, for the title.

    Attributes
    ----------
    ax_ : Axes
        The axes of the loss.
    validation_ax_ : Axes or None
        The axes of the validation score.
    figure_ : Figure
        The figure.

    Examples
    --------
    >>> import sheernet as sn
    >>> display = sn.plots.LossCurveDisplay([0.5, 0.2, 0.125], name="MLPRegressor").plot()
    >>> display.ax_.get_title(), display.ax_.get_ylabel()
    ('Loss of MLPRegressor: 0.125 after 3 iterations', 'loss')
    """

    validation_ax_: Axes | None

    def __init__(
        self,
        loss_curve: npt.ArrayLike,
        *,
        validation_scores: npt.ArrayLike | None = None,
        ending: str = "",
        name: str = "",
    ) -> None:
        scores = (
            None if validation_scores is None else as_float(validation_scores, "validation_scores")
        )
        self.curve = LossCurve(as_float(loss_curve, "loss_curve"), scores, ending, name)

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Axes | None = None, name: str | None = None
    ) -> Self:
        """Draw the loss curve of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            An estimator with `loss_curve_`, and possibly `validation_scores_` and `termination_`: `MLPRegressor` or
            `MLPClassifier`, of sheernet or of scikit-learn.
        ax : Axes, optional
            Axes to draw on; a new figure if not given.
        name : str, optional
            Name for the title; by default the name of the class.

        Returns
        -------
        LossCurveDisplay

        Raises
        ------
        InvalidInput
            If the estimator has no loss curve.
        """
        losses = getattr(estimator, "loss_curve_", None)
        if losses is None:
            raise InvalidInput(
                f"{type(estimator).__name__} has no loss_curve_: give a fitted estimator that has one; "
                "sheernet.plots.cost draws the record of any model"
            )
        termination = getattr(estimator, "termination_", None)
        display = cls(
            losses,
            validation_scores=getattr(estimator, "validation_scores_", None),
            ending="" if termination is None else termination.reason.replace("_", " "),
            name=type(estimator).__name__ if name is None else name,
        )
        return display.plot(ax)

    def _draw(self, ax: Axes | None) -> Axes:
        ax, self.validation_ax_ = draw_loss_curve(self.curve, ax)
        return ax


class EffectsDisplay(Display):
    """How the predictions of an estimator depend on each of its inputs, as returned by `Model.effects`.

    Parameters
    ----------
    effects : Effects
        The effects.
    most_columns : int
        Maximum number of columns.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
    >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1)
    >>> sn.plots.EffectsDisplay(model.effects(table)).plot().ax_.get_xlabel()
    'x'
    """

    def __init__(self, effects: Effects, *, most_columns: int = MOST_PANELS) -> None:
        self.effects = effects
        self.most_columns = most_columns

    @classmethod
    def from_estimator(
        cls,
        estimator: FittedEstimator,
        X: Any,
        *,
        kind: str = "ale",
        columns: Sequence[str] | None = None,
        individual: bool = False,
        most_columns: int = MOST_PANELS,
        ax: Axes | None = None,
    ) -> Self:
        """Compute the effects of a fitted estimator and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted estimator of sheernet.
        X : DataFrame or array_like, (N, d)
            Rows, such as the rows of the fit.
        kind, columns, individual
            As for `Model.effects`.  The columns of an array are called x1, x2, ...
        most_columns : int
            Maximum number of columns.
        ax : Axes, optional
            Axes to draw the most important column on; by default a new figure with a panel for each.

        Returns
        -------
        EffectsDisplay

        Raises
        ------
        InvalidInput
            As for `Model.effects`, or if a model cannot have the targets of the estimator.
        """
        found = model_of(estimator).effects(X, kind, columns, individual=individual)
        return cls(found, most_columns=most_columns).plot(ax)

    def _draw(self, ax: Axes | None) -> Axes:
        return effects(self.effects, ax=ax, most_columns=self.most_columns)


class ImportanceDisplay(Display):
    """The importance of each input for the predictions of an estimator, as returned by `Model.importance`.

    Parameters
    ----------
    importance : Importance
        The measures.
    measure : str
        The measure to draw.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"a": [i % 7 for i in range(30)], "b": [i % 4 for i in range(30)]}
    >>> table["y"] = [3 * a + b for a, b in zip(table["a"], table["b"])]
    >>> model = sn.fit(table, "y", hidden=0, decay=0.0, starts=1)
    >>> display = sn.plots.ImportanceDisplay(model.importance(table, repeats=2)).plot()
    >>> [tick.get_text() for tick in display.ax_.get_yticklabels()]
    ['a', 'b']
    """

    def __init__(self, importance: Importance, *, measure: str = MAIN) -> None:
        self.importance = importance
        self.measure = measure

    @classmethod
    def from_estimator(
        cls,
        estimator: FittedEstimator,
        X: Any,
        y: Any = None,
        *,
        measure: str = MAIN,
        ax: Axes | None = None,
        **options: Any,
    ) -> Self:
        """Compute the importance of each input of a fitted estimator and draw it.

        Parameters
        ----------
        estimator : estimator
            A fitted estimator of sheernet.
        X : DataFrame or array_like, (N, d)
            Rows, such as the rows of the fit.
        y : array_like, (N,) or (N, K), optional
            The true values, which permutation importance needs.
        measure : str
            The measure to draw, such as "total" or "permutation".
        ax : Axes, optional
            Axes to draw on; a new figure if not given.
        **options
            Options of `Model.importance`: groups, repeats, points, correlated, seed.

        Returns
        -------
        ImportanceDisplay

        Raises
        ------
        InvalidInput
            As for `Model.importance`, or if a model cannot have the targets of the estimator.
        """
        return cls(model_of(estimator).importance(X, y, **options), measure=measure).plot(ax)

    def _draw(self, ax: Axes | None) -> Axes:
        return importance(self.importance, self.measure, ax=ax)
