"""Plot of the log density of held-out rows and of the log evidence, over the hidden units that a fit tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.colors import NEGATIVE, NEUTRAL, POSITIVE
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.models.model import Model
from sheernet.plots.estimator_source import FittedEstimator, model_of, needed
from sheernet.plots.style import (
    drawing,
    grid,
    legend_below,
    mark,
    matplotlib,
    new_figure,
    settle_layout,
    style,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOM = 0.25
"""Margin above and below the values, as a fraction of their range."""


@dataclass(frozen=True, eq=False)
class SizeScores:
    """Log densities and log evidences of the S sizes that a fit tried.

    Parameters
    ----------
    target : str
        The predicted columns.
    sizes : tuple of str
        Hidden units, such as "0", "4" or "8-4".
    log_densities : ndarray, (S,)
        Mean log density of a held-out row in units of the target, or mean log probability of its class, of the best
        network of the size.
    log_evidences : ndarray, (S,)
        Highest log evidence of the size, of the scaled targets; nan if the model does not store it.
    members : tuple of int
        Number of networks of each size in the model.
    is_of_classes : bool
        Whether the target has classes.
    """

    target: str
    sizes: tuple[str, ...]
    log_densities: Array
    log_evidences: Array
    members: tuple[int, ...]
    is_of_classes: bool

    @property
    def has_evidence(self) -> bool:
        """Whether the log evidence is known."""
        return bool(np.isfinite(self.log_evidences).any())

    @property
    def title(self) -> str:
        """The sizes with the highest values."""
        head = f"Hidden units for {wrapped(self.target, 40, lines=1)}"
        held_out = f"highest held out: {self.sizes[int(self.log_densities.argmax())]}"
        if not self.has_evidence:
            return f"{head}\n{held_out}"
        return f"{head}\n{held_out}; highest evidence: {self.sizes[int(np.nanargmax(self.log_evidences))]}"

    @classmethod
    def of(cls, model: Model) -> SizeScores:
        """Return the values that a model stores from its search.

        Raises
        ------
        InvalidInput
            If the model was not made by a search over sizes with a decay that the evidence chose.
        """
        facts = model.evidence
        sizes = facts.get("sizes", {})
        if not sizes or not model.comparisons:
            raise InvalidInput(
                "this model has no log densities of several sizes: its decay or its size was given; fit without hidden "
                "and decay, or draw the errors of sheernet.select with sheernet.plots.selection"
            )
        scales = np.array(getattr(model.targets, "scale", (1.0,)))
        found = facts.get("log_evidences", {})
        widths = [
            ",".join(map(str, each.network.architecture.sizes[1:-1])) or "0"
            for each in model.members
        ]
        return cls(
            listed(model.targets.names, most=3),
            tuple(size.replace(",", "-") for size in sizes),
            np.array(list(sizes.values())) - float(np.log(scales).sum()),
            np.array([found.get(size, np.nan) for size in sizes]),
            tuple(widths.count(size) for size in sizes),
            model.task == "classification",
        )


def evidence(source: Model | FittedEstimator, ax: Axes | None = None) -> Axes:
    """Draw the log density of held-out rows and the log evidence over the sizes that a fit tried.

    Parameters
    ----------
    source : Model or fitted estimator
        A model of `sheernet.fit`, which chose its sizes, as it does by default.
    ax : Axes, optional
        Axes to draw the log densities on; a new figure with a second panel for the log evidence if not given.

    Returns
    -------
    Axes
        The panel of the log densities; `.figure` is the figure, `sheernet.plots.save` writes it.

    Raises
    ------
    InvalidInput
        If something else is given, or the model has no values of several sizes, because its decay or its size was
        given.
    MissingDependency
        If matplotlib is not installed.

    Notes
    -----
    Both values are those of the best network of a size with constant noise.  The log density is the mean over rows
    that the network was not fitted to.  The log evidence is computed from the training rows alone, up to a constant: a
    difference of 1 is a factor of 2.7 in the probability of the targets.  A ring marks sizes that are in the model.

    References
    ----------
    D. J. C. MacKay, Bayesian interpolation, Neural Computation 4 (1992) 415, figure 6: test error and log evidence.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> x = np.linspace(-2.0, 2.0, 40)
    >>> y = np.sin(2.0 * x) + 0.1 * np.random.default_rng(0).normal(size=40)
    >>> ax = sn.plots.evidence(sn.fit({"x": x, "y": y}, "y", hidden=2, starts=1))
    >>> ax.get_title().splitlines()
    ['Hidden units for y', 'highest held out: 2; highest evidence: 2']
    """
    model = model_of(source)
    if not isinstance(model, Model):
        raise needed("a plot of the evidence needs a Model or a fitted estimator", model)
    scores = SizeScores.of(model)
    kind = "probability" if scores.is_of_classes else "density"
    density = f"mean log {kind}\nof a held-out row"
    if ax is not None or not scores.has_evidence:
        with drawing(ax, 6.0, 4.0) as ax:
            _draw(ax, scores, scores.log_densities, density, POSITIVE, "o-")
            ax.set_title(scores.title)
            _finish(ax)
        return ax
    with style():
        figure = new_figure(6.0, 6.0)
        upper = figure.add_subplot(2, 1, 1)
        lower = figure.add_subplot(2, 1, 2, sharex=upper)
        _draw(upper, scores, scores.log_densities, density, POSITIVE, "o-")
        _draw(lower, scores, scores.log_evidences, "log evidence", NEGATIVE, "s--")
        upper.tick_params(labelbottom=False)
        upper.set_title(scores.title)
        _finish(lower)
        settle_layout(upper)
    return upper


def _draw(ax: Axes, scores: SizeScores, values: Array, name: str, color: str, line: str) -> None:
    places = np.arange(len(values), dtype=float)
    ax.plot(places, values, line, color=color, markersize=6, zorder=3)
    members = np.array(scores.members) > 0
    look: Any = {"size": 13, "color": NEUTRAL}
    mark(ax, places[members], values[members], label="in the model", **look)
    ax.set_xticks(places, scores.sizes)
    ax.set_xlim(-0.4, len(values) - 0.6)
    known = values[np.isfinite(values)]
    room = ROOM * float(np.ptp(known)) or 0.5
    ax.set_ylim(float(known.min()) - room, float(known.max()) + room)
    grid(ax)
    ax.set_ylabel(name)
    edge = matplotlib("patheffects").withStroke(linewidth=3.0, foreground="white")
    for place, value in zip(places, values, strict=True):
        if np.isfinite(value):
            ax.annotate(
                f"{value:#.4g}".replace("-", "−"), (place, value), xytext=(0, 10), textcoords="offset points",
                ha="center", va="bottom", fontsize=8, path_effects=[edge], zorder=5,
            )  # fmt: skip


def _finish(ax: Axes) -> None:
    """The label of the x axis, and the legend."""
    ax.set_xlabel("hidden units")
    legend_below(ax)
