"""`from_document`: build a model from the document of a model file, and check that its parts are consistent."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import msgspec
import numpy as np

from sheernet.data.targets import (
    ClassificationFit,
    ClassTarget,
    Judgment,
    NumberTargets,
    RegressionFit,
    Targets,
)
from sheernet.foundation.errors import InvalidInput, require_known
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import in_quotes
from sheernet.models.density import variance_factor
from sheernet.models.files import schema
from sheernet.models.files.network_fields import architecture_of, factor_of
from sheernet.models.member import Member
from sheernet.models.model import Model, Provenance
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.weighting import REDUCTIONS
from sheernet.optimizers import Termination
from sheernet.optimizers.record import COLUMNS
from sheernet.settings.read_settings import ReadSettings


def from_document(document: Any) -> Model:
    """Build the model of a document.

    Raises
    ------
    InvalidInput
        If a value is invalid or parts are inconsistent.
    """
    for member in document.members:
        _require_consistent_starts(member.starts)
    names = [each.name for each in fields(Model) if each.name in document.__struct_fields__]
    names.remove("members")  # built below, because the number of inputs follows from the columns
    there = [name for name in names if getattr(document, name) is not msgspec.UNSET]
    parts = {"origins": {}} | {name: _built(getattr(document, name)) for name in there}
    parts["members"] = tuple(
        _member(parts["inputs"].n_features, member) for member in document.members
    )
    if isinstance(parts["targets"], NumberTargets) and parts["members"]:
        output = parts["members"][0].network.architecture.activations[-1].name
        parts["targets"] = replace(parts["targets"], output=output)
    model = Model(**parts)
    _require_consistent(model)
    for part, member in zip(document.members, model.members, strict=True):
        _require_variance_factor(part.variance_factor, variance_factor(member, model.spread))
    return model


def _member(n_features: int, part: schema.Member) -> Member:
    """Build a member from its fields in the file."""
    architecture = architecture_of(n_features, part.layers)
    if architecture.n_parameters != len(part.theta):
        raise InvalidInput(
            f"its columns give {counted(n_features, 'input')}, with which the layers of a member have "
            f"{counted(architecture.n_parameters, 'weight')}, but 'theta' has {len(part.theta)}"
        )
    network = Network(architecture, np.array(part.theta, np.float64))
    others = _values(
        part, {"decay": np.float64}, without=("layers", "theta", "factor", "variance_factor")
    )
    return Member(network=network, factor=factor_of(part.factor), **others)


_PLAIN = {int, float, str, bool, type(None)}
CONSTRUCTORS: dict[Any, Any] = {**schema.CONSTRUCTORS, schema.Provenance: (Provenance, {})}


def _built(part: Any) -> Any:
    """Build the objects of a part of a document."""
    if isinstance(part, tuple):
        if set(map(type, part)) <= _PLAIN:  # it may be a long list of numbers
            return part
        return tuple(_built(entry) for entry in part)
    if isinstance(part, dict):
        return {name: _built(entry) for name, entry in part.items()}
    if type(part) not in CONSTRUCTORS:
        return part
    construct, dtypes = CONSTRUCTORS[type(part)]
    return construct(**_values(part, dtypes))


def _values(part: Any, dtypes: dict[str, Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Build the values of the fields of a structure that are set, except the fields in `without`."""
    return {
        name: np.array(value, dtypes[name]) if name in dtypes else _built(value)
        for name, value in msgspec.structs.asdict(part).items()
        if value is not msgspec.UNSET and name not in without
    }


def _require_variance_factor(given: Any, expected: float | None) -> None:
    """Require the value that follows from other fields, unless the schema of the file lacks the field."""
    if given not in (expected, msgspec.UNSET):
        raise InvalidInput(
            f"'variance_factor' of a member must be {expected}, as its cost, 'noise_variance', 'factor' and the "
            f"model's 'spread' determine, but is {given}"
        )


def _require_consistent_starts(starts: Any) -> None:
    n = len(starts.objectives)
    if {len(starts.reasons), len(starts.iterations), len(starts.seconds)} != {n}:
        raise InvalidInput(
            "'objectives', 'reasons', 'iterations' and 'seconds' of 'starts' must have the same length"
        )
    if not 0 <= starts.best < n:
        raise InvalidInput(
            f"'best' must be the index of one of its {counted(n, 'start')}, but is {starts.best}"
        )
    if starts.floor < 0:
        raise InvalidInput(f"'floor' of 'starts' must be at least 0, but is {starts.floor:g}")
    if starts.requested < n:
        raise InvalidInput(
            f"'requested' of 'starts' must be at least the number of starts, {n}, but is {starts.requested}"
        )
    for reason in starts.reasons:
        Termination(reason)


def _require_consistent(model: Model) -> None:
    """Check that the parts of a model are consistent, which the schema cannot express."""
    targets = model.targets
    shares = [member.share for member in model.members]
    if min(shares, default=-1.0) < 0 or abs(sum(shares) - 1.0) > 1e-9:
        raise InvalidInput(
            f"the values of 'share' of 'members' must be at least 0 and add up to 1, but they are {shares}"
        )
    for member in model.members:
        _require_fitting(member, targets)
    names = [*model.inputs.names, *targets.names]
    if len(set(names)) != len(names):
        raise InvalidInput("its columns must have different names")
    ReadSettings(**model.reading.given)  # checks them, before a file is read by them
    if model.region is not None:
        model.region.require_inputs(model.inputs)
    require_known("reduction", model.reduction, REDUCTIONS)
    _require_fit("training_fit", model.training_fit, targets)
    if model.held_out_fit is not None:
        _require_fit("held_out_fit", model.held_out_fit, targets)
    for fit in model.comparisons.values():
        _require_fit("comparisons", fit, targets)


def _require_fitting(member: Member, targets: Targets) -> None:
    """Require a network whose outputs match the targets of a model."""
    arch, n_outputs = member.network.architecture, targets.n_outputs * member.outputs_per_target
    if n_outputs != arch.n_outputs:
        raise InvalidInput(
            f"its targets need {counted(n_outputs, 'output')}, but its network has {arch.n_outputs}"
        )
    output = arch.activations[-1]
    if output.name != targets.output:
        what = (
            f"{len(targets.classes)} classes need"
            if isinstance(targets, ClassTarget)
            else "its first network has"
        )
        raise InvalidInput(
            f"{what} the output activation {targets.output!r}, but its network has {in_quotes(output.name)}"
        )
    costs.require_pair(costs.get(member.cost), output)
    if {len(member.record[column]) for column in COLUMNS} != {len(member.record) or 1}:
        raise InvalidInput("the columns of 'record' must have the same length, at least 1")


def _require_fit(field: str, fit: Judgment, targets: Targets) -> None:
    """Require fit statistics of the model's task for each target or class."""
    if isinstance(targets, ClassTarget):
        needed = counted(len(targets.classes), "class", "classes")
        fits = isinstance(fit, ClassificationFit) and len(fit.confusion) == len(targets.classes)
    else:
        needed = counted(len(targets.names), "target")
        fits = isinstance(fit, RegressionFit) and len(fit.rmse) == len(targets.names)
    if not fits:
        raise InvalidInput(f"{field!r} must describe a {targets.task} with {needed}")
