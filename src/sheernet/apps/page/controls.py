"""`controls`: the controls of the page, derived from the registries and settings of the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, get_args

import msgspec

from sheernet.apps.page import built_in_tables
from sheernet.apps.page.exercise_limits import MOST_ITERATIONS, MOST_STARTS
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import OWN
from sheernet.apps.page.protocol import Allowed, Control
from sheernet.data.targets import ClassTarget
from sheernet.models.output_layer import OF_NUMBERS
from sheernet.network import activations, initialize
from sheernet.network.activations import get as get_activation
from sheernet.objective import costs
from sheernet.optimizers.lm import SCALINGS
from sheernet.optimizers.registry import METHODS
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.option import options_of
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import Missing, Scaling, TableSettings, Task
from sheernet.settings.training_settings import TrainingSettings

_DEFAULTS = msgspec.to_builtins(Exercise())


def _help_texts() -> dict[str, str]:
    """Return the help texts of the settings of a fit, by name."""
    parts = (TableSettings, NetworkSettings, StartSettings, StoppingRules, TrainingSettings)
    return {name: option.text for part in parts for name, _, option in options_of(part)}


_HELP = {
    **_help_texts(),
    "data": "A built-in table, or a file of your own.",
    "samples": "Whether each row, or each column, of your file is a sample.",
    "inputs": "Columns to predict from.",
    "target": "Column to predict.",
    "task_kind": "Whether the target holds numbers to estimate or classes to distinguish.",
    "validation": "Fraction of the rows whose cost is watched during training but not minimized.",
    "test": "Fraction of the rows that are kept for the final test.",
    "output": "Activation of the output units; it limits what the network can predict.",
    "skip": "Direct connections from the inputs to the outputs.",
    "reduction": "Whether the losses of the rows are averaged or added up.",
    "decay": "The penalty is decay / 2 times the sum of the squared weights, without biases; 0 for none.",
    "starts": "Number of random networks that are trained; the best one is kept.",
    "scheme": "Distribution of the initial weights.",
    "gradient_tolerance": "Stop when the largest absolute entry of the gradient, in standard units, is at most this, "
    "or less if residuals are small.",
    "patience": "Stop after this many iterations without a lower validation cost.",
    "row": "The row whose forward and backward pass is shown.",
    "axes": "The inputs of the response surface: one or two.",
}
_OPTION_HELP = {
    "learning_rate": "Length of a step, as a multiple of the gradient.",
    "momentum": "Fraction of the previous step that is added to the next step, at least 0 and below 1.",
    "nesterov": "Whether the gradient is evaluated at the point reached by the momentum.",
    "beta1": "Decay of the mean of the gradients.",
    "beta2": "Decay of the mean of the squared gradients.",
    "epsilon": "Added to the root of the mean square.",
    "memory": "Number of recent steps used to estimate the curvature.",
    "tau": "Initial damping, relative to the largest diagonal entry of the Gauss-Newton matrix.",
    "scaling": "How the damping is scaled.",
    "polish": "Whether Newton steps reduce the gradient further when the decrease of the cost is below rounding error.",
    "renew": "Whether the Gauss-Newton matrix replaces the estimate of the curvature from time to time.",
    "c1": "Minimum decrease that the line search requires, as a fraction of the decrease predicted by the slope.",
    "c2": "Maximum slope after a line search, as a fraction of the slope before it.",
}


def controls(experiment: Experiment) -> list[Control]:
    """Return all controls, with their values in an exercise."""
    plain = msgspec.to_builtins(experiment.exercise)
    return [
        *_of_data(experiment, plain), *_of_network(experiment, plain), *_of_cost(experiment, plain),
        *_of_training(plain), *_of_options(experiment, plain), *_of_starts(plain),
    ]  # fmt: skip


def _of_data(experiment: Experiment, plain: Mapping[str, Any]) -> Iterator[Control]:
    control = partial(_control, plain, "data")
    table, prepared = experiment.source.table, experiment.prepared
    names = [Allowed(value=OWN, label="own file", help=_HELP["data"])]
    built_in = [
        Allowed(value=each.name, label=each.name, help=each.summary) for each in built_in_tables.ALL.values()
    ]  # fmt: skip
    columns = _allowed(table.columns)
    yield control("data", "Data", "choice", allowed=[*built_in, *names])
    only_own = {"data": [OWN]}
    yield control(
        "samples", "Samples", "choice", allowed=_allowed(("rows", "columns")), when=only_own
    )  # fmt: skip
    target = prepared.targets.names[0]
    yield control(
        "target", "Target", "choice", allowed=columns, value=target,
        default=experiment.source.target,
    )  # fmt: skip
    yield control(
        "inputs", "Inputs", "columns", value=list(prepared.inputs.names),
        allowed=[each for each in columns if each.value != target],
    )  # fmt: skip
    yield control("task_kind", "Task", "choice", allowed=_allowed(get_args(Task)))
    yield control("validation", "Validation share", "number", least=0, most=0.9)
    yield control("test", "Test share", "number", least=0, most=0.9)
    yield control(
        "missing", "Missing values", "choice", allowed=_allowed(get_args(Missing)), when=only_own
    )  # fmt: skip
    yield control("scaling", "Scaling", "choice", allowed=_allowed(get_args(Scaling)))
    numbers = _numbers(experiment)
    yield control("axes", "Axes of the surface", "columns", allowed=_allowed(numbers))
    yield control("row", "Row", "whole", least=0, most=len(table) - 1)


def _numbers(experiment: Experiment) -> list[str]:
    """Return the inputs that are not categories."""
    table = experiment.source.table
    return [name for name in experiment.prepared.inputs.names if table.kind(name) != "category"]


def _of_network(experiment: Experiment, plain: Mapping[str, Any]) -> Iterator[Control]:
    control = partial(_control, plain, "network")
    is_class = isinstance(experiment.prepared.targets, ClassTarget)
    yield control("hidden", "Units of the hidden layers", "widths")
    hidden = [name for name in activations.ALL if name not in ("softmax", "exp")]
    yield control("activation", "Hidden activation", "choice", allowed=_allowed(hidden))
    yield control(
        "output", "Output activation", "choice", allowed=_allowed(OF_NUMBERS),
        default=experiment.prepared.targets.output,
        reason="The classes of the target determine the output." if is_class else "",
    )  # fmt: skip
    yield control("bias", "Biases", "flag")
    yield control(
        "skip", "Skip connections", "flag",
        reason="" if plain["hidden"] else "Without hidden layers, the inputs are already connected to the outputs.",
    )  # fmt: skip


def _of_cost(experiment: Experiment, plain: Mapping[str, Any]) -> Iterator[Control]:
    control = partial(_control, plain, "cost")
    targets = experiment.prepared.targets
    output = get_activation(targets.output)
    fitting = [
        name for name, each in costs.ALL.items() if each.allows(output) and costs.outputs_per_target(each) == 1
    ]  # fmt: skip
    yield control("cost", "Cost", "choice", allowed=_allowed(fitting), default=targets.default_cost)
    yield control("reduction", "Rows are", "choice", allowed=[
        Allowed(value="mean", label="averaged"), Allowed(value="sum", label="added up"),
    ])  # fmt: skip
    yield control("decay", "Weight decay", "number", least=0)


def _of_training(plain: Mapping[str, Any]) -> Iterator[Control]:
    control = partial(_control, plain, "training")
    methods = [
        Allowed(
            value="auto", label="auto", help="lm, hybrid, bfgs or lbfgs, by the size of the problem"
        )
    ]
    methods += [Allowed(value=m.name, label=m.name, help=m.summary) for m in METHODS.values()]
    yield control("method", "Method", "choice", allowed=methods)
    yield control("max_iter", "Maximum iterations", "whole", least=0, most=MOST_ITERATIONS)
    yield control("gradient_tolerance", "Gradient tolerance", "number", least=0)
    reason = "" if plain["validation"] else "Patience requires validation rows."
    yield control("patience", "Patience", "whole", least=1, reason=reason)


def _of_options(experiment: Experiment, plain: Mapping[str, Any]) -> Iterator[Control]:
    """Yield a control for each option of the methods; an option of several methods is one control."""
    found: dict[tuple[str, str], list[str]] = {}
    for method in METHODS.values():
        for name, default in method.defaults.items():
            found.setdefault((name, repr(default)), []).append(method.name)
    for (name, _), methods in found.items():
        default = METHODS[methods[0]].defaults[name]
        yield Control(
            name=f"options.{name}", label=name.replace("_", " ").capitalize(),
            help=_OPTION_HELP.get(name, ""), group="training", kind=_kind_of(name, default),
            value=plain["options"].get(name, default), default=default,
            when={"method": methods}, allowed=_allowed(_WORDS.get(name, ())),
        )  # fmt: skip


_WORDS = {"scaling": SCALINGS}
"""The allowed values of options that are strings."""


def _kind_of(name: str, default: Any) -> Any:
    if isinstance(default, bool):
        return "flag"
    if isinstance(default, int):
        return "whole"
    return "choice" if isinstance(default, str) else "number"


def _of_starts(plain: Mapping[str, Any]) -> Iterator[Control]:
    control = partial(_control, plain, "starts")
    yield control("starts", "Starts", "whole", least=1, most=MOST_STARTS)
    yield control("seed", "Seed", "whole", least=0)
    yield control("scheme", "Initial weights", "choice", allowed=_allowed(initialize.SCHEMES))


def _control(
    plain: Mapping[str, Any], group: str, name: str, label: str, kind: Any, **others: Any
) -> Control:
    """Return a control of a field of the exercise."""
    default = others.pop("default", _DEFAULTS[name])
    value = others.pop("value", plain[name])
    return Control(
        name=name, label=label, help=_HELP.get(name, ""), group=group, kind=kind,
        value=default if value is None else value, default=default, **others,
    )  # fmt: skip


def _allowed(values: Any) -> list[Allowed]:
    return [Allowed(value=each, label=str(each).replace("_", " ")) for each in values]
