"""`PageModels`: the models that a page can evaluate: its current network, and the model of a file.

The model of the network has the same parts as a model of `sheernet.fit`, so that `sheernet predict` reads it.  During a
run, it has no bands and intervals: they are computed at the end of a run, as in `sheernet.fit`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_frames import Moment
from sheernet.apps.page.protocol import ModelChoice, Status
from sheernet.apps.page.run_plan import arguments_of
from sheernet.derivatives import check_gradient
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.fitted_member import fitted_member
from sheernet.models.model import Model
from sheernet.models.output_layer import dispersion_of
from sheernet.network.network import Network
from sheernet.training.training import Training, train

CHECKED_ROWS = 500
NEW_ENOUGH = 0.5
"""Seconds after which the model of a network that is being trained is built again."""
NO_BAND = "Bands and intervals are computed at the end of the run."


@dataclass(frozen=True, eq=False)
class ModelFile:
    """The model that the page was opened with.

    Parameters
    ----------
    name : str
        Name of the model file.
    model : Model
        The model.
    only : str
        Why the page shows only this model, as a sentence; empty if its network can be trained on the page.
    is_drawn : bool
        Whether the network of the page starts with the weights of the model, or of its member with the largest share.
    """

    name: str
    model: Model
    only: str = ""
    is_drawn: bool = False

    @property
    def sentences(self) -> list[str]:
        """Which model this is."""
        n = len(self.model.members)
        networks = "one network" if n == 1 else f"the weighted mean of {counted(n, 'network')}"
        what = f"The model of the file {self.name}: {networks}, as saved."
        if self.only:
            return [what, self.only]
        if not self.is_drawn:
            own = "its columns, rows or layers differ from the model's"
            return [what, f"The network of this page begins with other weights: {own}."]
        return (
            [what, "The network of this page begins with the largest share of it."]
            if n > 1
            else [what]
        )


@dataclass(frozen=True, eq=False)
class Present:
    """The current state of a page: the experiment, the moment of its run, and the result if the run has ended there."""

    experiment: Experiment
    moment: Moment
    status: Status
    training: Training | None

    @property
    def network(self) -> Network:
        """The network at the moment."""
        return Network(self.experiment.architecture, self.moment.theta)

    @property
    def sentences(self) -> list[str]:
        """Which model this is."""
        at = counted(self.moment.iteration, "iteration")
        if self.training is not None:
            return [f"The network of this page after {at}, at the end of its run."]
        if self.status == "running":
            return [f"The network of this page while it is trained, after {at}.", NO_BAND]
        if self.moment.iteration == 0:
            return ["The network of this page with its initial weights, before training.", NO_BAND]
        return [f"The network of this page as it is now, after {at}.", NO_BAND]


class PageModels:
    """The models of a page.

    Parameters
    ----------
    file : ModelFile or None
        The model that the page was opened with.
    """

    def __init__(self, file: ModelFile | None) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._last: tuple[Present, Model, float] | None = None

    def of(self, choice: ModelChoice, present: Present) -> tuple[Model, list[str]]:
        """Return a model, and sentences that describe it.

        Raises
        ------
        InvalidInput
            If the page was opened without a model.
        """
        if choice == "file":
            if self.file is None:
                raise InvalidInput(
                    "the page was not opened with a model; open: sheernet page model.json"
                )
            return self.file.model, self.file.sentences
        with self._lock:
            if self._last is None or not _is_still(self._last, present):
                model = model_of(
                    present.experiment, present.network, present.training,
                    with_uncertainty=present.training is not None,
                )  # fmt: skip
                self._last = present, model, time.monotonic()
            return self._last[1], self._last[0].sentences


def _is_still(last: tuple[Present, Model, float], present: Present) -> bool:
    """Whether an existing model has the current weights, or is at most a few seconds old."""
    known, _, made = last
    if known.experiment.prepared is not present.experiment.prepared:
        return False
    if known.moment.theta is present.moment.theta and known.training is present.training:
        return known.status == present.status
    both = known.status == present.status == "running"
    return both and time.monotonic() - made < NEW_ENOUGH


def model_of(
    experiment: Experiment,
    network: Network,
    training: Training | None,
    with_uncertainty: bool = True,
) -> Model:
    """Return the model with the current weights.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    network : Network
        The network.
    training : Training or None
        The run that ended with this network; None if there is none, such as after a weight was set by hand.
    with_uncertainty : bool
        Whether the model has the noise variance and the covariance of its weights, which are meaningful at a minimum.
    """
    prepared, exercise = experiment.prepared, experiment.exercise
    rows = prepared.training
    with gathered():
        result = training or _untrained(experiment, network)
        minimized = {**experiment.minimized, "decay": result.decay}
        some = experiment.first_rows(CHECKED_ROWS)
        report = check_gradient(experiment.objective_of(some), result.initial.theta)
        member = fitted_member(
            result, rows if with_uncertainty else None, minimized, label_groups=prepared.inputs.label_groups,
            dispersion=dispersion_of(prepared.targets, experiment.cost, rows.truth),
        )  # fmt: skip
        described: dict[str, Any] = {
            "hidden": exercise.hidden, "activation": exercise.activation, "bias": exercise.bias,
            "decay": exercise.decay if exercise.regularization == "decay" else 0.0,
        }  # fmt: skip
        if exercise.regularization == "evidence":
            described["decay"] = "evidence"
        return assemble(prepared, result, report, described, members=[member])


def _untrained(experiment: Experiment, network: Network) -> Training:
    """Return a run without iterations at the current weights."""
    rows, how = experiment.prepared.training, arguments_of(experiment)
    how |= {"max_iter": 0, "patience": None, "decay": experiment.decay}
    found = train(network, rows.X, rows.y, **how)
    return replace(found, network=network)
