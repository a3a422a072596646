"""`Moment`: the state of a run at one iteration, and the frame that shows its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.apps.page.curves import finite, numbers
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_figures import MOST_ROWS_WHILE_RUNNING, figures_of
from sheernet.apps.page.page_passes import Walk, passes_of
from sheernet.apps.page.page_state import MOST_WEIGHTS
from sheernet.apps.page.page_surface import SurfaceGrid
from sheernet.apps.page.protocol import Curves, Frame, Status
from sheernet.foundation.arrays import Array
from sheernet.models.model import Model
from sheernet.network.network import Network


@dataclass(frozen=True, eq=False)
class Moment:
    """The state of a run at one iteration.

    Parameters
    ----------
    iteration, start : int
        Iteration of the run, and index of its start.
    theta, gradient : ndarray, (P,)
        The weights, and the gradient of the objective; nan if it is unknown.
    objective, cost : float
        The cost with and without the penalty.
    message, reason : str
        Termination message and reason; "" before the run ends.
    """

    iteration: int
    start: int
    theta: Array
    gradient: Array
    objective: float
    cost: float
    message: str = ""
    reason: str = ""

    @classmethod
    def at(cls, experiment: Experiment, theta: Array, iteration: int = 0, start: int = 0) -> Moment:
        """Return the moment at given weights."""
        with np.errstate(all="ignore"):
            value, gradient = experiment.objective.value_and_gradient(theta)
            cost, _, _ = experiment.objective.terms(theta)
        return cls(iteration, start, theta, gradient, float(value), float(cost))


def frame_of(
    experiment: Experiment, moment: Moment, curves: Curves, grid: SurfaceGrid | None, walk: Walk, *,
    status: Status, sequence: int, revision: int, with_points: bool, model: Model | None = None,
) -> Frame:  # fmt: skip
    """Return the frame of a moment.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    moment : Moment
        The state of the run.
    curves : Curves
        New rows of the run.
    grid : SurfaceGrid or None
        The grid of the response surface.
    walk : Walk
        Progress of a learner through the passes.
    status, sequence, revision
        As in `Frame`.
    with_points : bool
        Whether the surface includes the rows of the table.
    model : Model, optional
        The model at this moment, for the band of a curve.
    """
    network = Network(experiment.architecture, moment.theta)
    is_small = moment.theta.size <= MOST_WEIGHTS
    found: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        if np.isfinite(moment.theta).all():
            n_rows = sum(len(rows) for rows in experiment.rows.values())
            if status != "running" or n_rows <= MOST_ROWS_WHILE_RUNNING:
                found["figures"] = list(figures_of(experiment, network))
            if grid is not None:
                found["surface"] = grid.surface(network, model, with_points)
        found["passes"] = passes_of(experiment, network, experiment.exercise.row, walk)
    return Frame(
        sequence=sequence, revision=revision, status=status, iteration=moment.iteration, start=moment.start,
        message=moment.message, reason=moment.reason, objective=finite(moment.objective), cost=finite(moment.cost),
        theta=numbers(moment.theta) if is_small else [],
        gradient=numbers(moment.gradient) if is_small and not np.isnan(moment.gradient).all() else [],
        curves=curves, **found,
    )  # fmt: skip
