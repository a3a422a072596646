"""`model_of`: the network of the page as a model with the same parts as one of `sheernet.fit`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.run_plan import arguments_of
from sheernet.derivatives import check_gradient
from sheernet.foundation.caller_warnings import gathered
from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.fitted_member import fitted_member
from sheernet.models.model import Model
from sheernet.models.output_layer import dispersion_of
from sheernet.network.network import Network
from sheernet.training.training import Training, train

CHECKED_ROWS = 500


def model_of(experiment: Experiment, network: Network, training: Training | None) -> Model:
    """Return the model with the current weights, which `sheernet predict` reads.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    network : Network
        The network.
    training : Training or None
        The run that ended with this network; None if there is none, such as after a weight was set by hand.
    """
    prepared, exercise = experiment.prepared, experiment.exercise
    rows = prepared.training
    with gathered():
        result = training or _untrained(experiment, network)
        some = experiment.first_rows(CHECKED_ROWS)
        report = check_gradient(experiment.objective_of(some), result.initial.theta)
        member = fitted_member(
            result, rows, experiment.minimized, label_groups=prepared.inputs.label_groups,
            dispersion=dispersion_of(prepared.targets, experiment.cost, rows.truth),
        )  # fmt: skip
        described: dict[str, Any] = {
            "hidden": exercise.hidden, "activation": exercise.activation, "bias": exercise.bias,
            "decay": exercise.decay,
        }  # fmt: skip
        return assemble(prepared, result, report, described, members=[member])


def _untrained(experiment: Experiment, network: Network) -> Training:
    """Return a run without iterations at the current weights."""
    rows, how = experiment.prepared.training, arguments_of(experiment)
    how |= {"max_iter": 0, "patience": None}
    found = train(network, rows.X, rows.y, **how)
    return replace(found, network=network)
