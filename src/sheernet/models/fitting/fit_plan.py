"""`FitPlan`: the checked rows and settings of a fit, with its first network and cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import listed
from sheernet.foundation.scalars import is_number
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.answer_fit import refuse_large
from sheernet.models.fitting.default_effort import with_default_effort
from sheernet.models.fitting.preparation import Prepared
from sheernet.models.fitting.time_left import require_time_for_weights
from sheernet.models.output_layer import OF_NUMBERS
from sheernet.network.activations import get as get_activation
from sheernet.network.activations import get_hidden
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers import auto_method
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import DEFAULT_DECAY
from sheernet.settings.training_settings import EffortSettings
from sheernet.statistics.iteration_time import seconds_of_iteration


@dataclass(frozen=True, eq=False)
class FitPlan:
    """The rows and settings of a fit, with its first network and cost.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        The settings.
    network : Network
        The network of start 0.
    cost : str or Cost
        The cost to minimize.
    """

    prepared: Prepared
    settings: FitSettings
    network: Network
    cost: Any

    @property
    def decay(self) -> Any:
        """The weight decay of a single network; the default value until a decay is chosen."""
        decay = self.settings.decay
        if self.settings.chooses:
            return 0.0
        if self.settings.network.decay_is_cross_validated:
            decay = DEFAULT_DECAY
        return weight_decay(self.network.architecture, float(decay)) if is_number(decay) else decay

    @property
    def minimized(self) -> dict[str, Any]:
        """Arguments of `make_objective` except the rows."""
        training = self.settings.training
        return {
            "cost": self.cost, "reduction": self.settings.network.reduction, "decay": self.decay,
            "engine": training.engine, "threads": training.threads,
        }  # fmt: skip

    @property
    def effort(self) -> EffortSettings:
        """Starts and cost tolerance, with their default values for the size of the problem."""
        return self._effort_and_notice[0]

    @property
    def notice(self) -> str:
        """A sentence about the effort for a large problem; empty for others."""
        return self._effort_and_notice[1]

    @cached_property
    def _effort_and_notice(self) -> tuple[EffortSettings, str]:
        n_rows = len(self.prepared.training)
        return with_default_effort(n_rows, self.network.theta.size, self.settings.effort)

    def objective(self, rows: slice | None = None, **changes: Any) -> Objective:
        """Make the objective of some training rows; of all if not given."""
        some = self.prepared.training
        if rows is not None:
            some = some.take(np.arange(len(some))[rows])
        return make_objective(
            self.network.architecture, some.X, some.y, weights=some.weights, **{**self.minimized, **changes}
        )  # fmt: skip

    def of_rows(self, **changes: Any) -> Callable[[slice], Objective]:
        """Return a function that makes the objective of some training rows."""
        return lambda rows: self.objective(rows, **changes)

    @cached_property
    def whole(self) -> Objective:
        """The objective of all training rows."""
        return self.objective()

    @cached_property
    def method(self) -> str:
        """The optimizer of a single network."""
        given = self.settings.training.method
        return auto_method.choose(self.whole, self.network.theta.size) if given == "auto" else given

    @cached_property
    def seconds_of_iteration(self) -> float:
        """Measured time of one iteration over the training rows, on one thread."""
        n_rows, of_rows = len(self.prepared.training), self.of_rows(threads=1)
        return seconds_of_iteration(self.method, of_rows, n_rows, self.network.theta)


def plan_of(prepared: Prepared, settings: FitSettings) -> FitPlan:
    """Choose the cost and the initial weights of a fit.

    Raises
    ------
    InvalidInput
        If the cost does not belong to the task, or the network is too large for the memory or for the time limit, or
        has too many weights for decays chosen from the data.
    """
    cost = cost_of(settings.network.cost, prepared.targets)
    network = network_of(prepared.inputs.n_features, prepared.targets, settings)
    if settings.chooses and not settings.network.hidden_units_are_chosen:
        refuse_large(network.architecture)
    return FitPlan(prepared, settings, network, cost)


def network_of(n_features: int, targets: Targets, settings: FitSettings) -> Network:
    """Make the network of start 0.

    Raises
    ------
    InvalidInput
        If the network is too large for the memory or for the time limit.
    """
    architecture = Architecture(
        (n_features, *settings.network.widths, targets.n_outputs),
        hidden=get_hidden(settings.network.activation),
        output=targets.output,
        bias=settings.network.bias,
    )
    require_room_for_weights(architecture.n_parameters)
    require_time_for_weights(architecture.n_parameters, settings.rules.time_limit)
    return Network.random(architecture, settings.start.seed, settings.start.scheme)


def cost_of(cost: Any, targets: Targets) -> Any:
    """Return the cost to minimize; raise if it does not belong to the task."""
    if cost is None:
        return targets.default_cost
    output = get_activation(targets.output)
    allowed = [
        name for name, each in costs.ALL.items() if each.allows(output) and costs.outputs_per_target(each) == 1
    ]  # fmt: skip
    if costs.outputs_per_target(costs.get(cost)) > 1:
        raise InvalidInput(
            "{} {!r} needs two outputs for each target, which a model of a table does not have; use {}, or call "
            "sheernet.train with a network that has them",
            Setting("cost"), getattr(cost, "name", cost), listed(allowed, "or"),
        )  # fmt: skip
    if not costs.get(cost).allows(output):
        raise InvalidInput(
            "{} {!r} cannot be used for {}; use {}{}",
            Setting("cost"), getattr(cost, "name", cost), _named_task(targets), listed(allowed, "or"),
            _with_another_output(costs.get(cost), targets),
        )  # fmt: skip
    return cost


def _named_task(targets: Targets) -> str:
    """Return the task in words, with the number of classes or the output activation of numbers."""
    if isinstance(targets, ClassTarget):
        return f"classification of {'two' if targets.n_outputs == 1 else 'more than two'} classes"
    return targets.task + ("" if targets.output == "identity" else f" with output {targets.output}")


def _with_another_output(cost: costs.Cost, targets: Targets) -> str:
    """Return advice: an output activation with which a cost can be used."""
    outputs = [
        name for name in OF_NUMBERS if cost.allows(get_activation(name)) and isinstance(targets, NumberTargets)
    ]  # fmt: skip
    return sentence(", or give {}", Setting("output_activation", outputs[0])) if outputs else ""
