"""A document as the model that it describes, where its parts fit each other."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.targets import ClassTarget, Judgment, NumberTargets, Targets
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.models.files import schema
from sheernet.models.model import Member, Model, Provenance
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import as_decay
from sheernet.objective.weighting import REDUCTIONS
from sheernet.optimizers import Record, Termination
from sheernet.training.starts import Starts


def from_document(document: schema.Document) -> Model:
    """The model of a document; one whose parts do not fit each other is refused."""
    shape = document.architecture
    arch = Architecture(
        tuple(shape.sizes), tuple(shape.hidden), shape.output, tuple(shape.bias), shape.skip
    )
    members = tuple(Member(Network(arch, np.array(m.theta)), m.share) for m in document.members)
    inputs, targets = _inputs(document.inputs), _targets(document.targets)
    _check_consistent(document, arch, inputs, targets)
    starts = document.starts
    return Model(
        inputs=inputs,
        targets=targets,
        members=members,
        cost=document.cost,
        reduction=document.reduction,
        decay=as_decay(document.decay, arch),
        training_fit=_fit(document.training_fit),
        held_out_fit=None if document.held_out_fit is None else _fit(document.held_out_fit),
        gradient_check=msgspec.structs.asdict(document.gradient_check),
        record=_record(document.record),
        termination=Termination(document.termination.reason, document.termination.message),
        starts=Starts(
            _with_nan(starts.objectives), tuple(Termination(reason).reason for reason in starts.reasons),
            np.array(starts.iterations, dtype=np.int64), np.array(starts.seconds), starts.best, starts.seed,
            starts.scheme, starts.floor, starts.requested,
        ),
        origins={},
        settings=document.settings,
        notices=tuple(document.notices),
        provenance=Provenance(**{f: getattr(document.provenance, f) for f in document.provenance.__struct_fields__}),
    )  # fmt: skip


def _check_consistent(
    document: schema.Document, arch: Architecture, inputs: Inputs, targets: Targets
) -> None:
    """What types alone cannot say: that the parts fit each other."""
    if (inputs.n_features, targets.n_outputs) != (arch.n_inputs, arch.n_outputs):
        raise InvalidInput(
            f"its columns make {inputs.n_features} inputs and {targets.n_outputs} outputs, "
            f"but its network has {arch.n_inputs} and {arch.n_outputs}"
        )
    if arch.activations[-1].name != targets.output and isinstance(targets, ClassTarget):
        raise InvalidInput(
            f"{len(targets.classes)} classes need the output activation {targets.output!r}, "
            f"but its network has {arch.activations[-1].name!r}"
        )
    shares = [member.share for member in document.members]
    if not shares or min(shares) < 0 or abs(sum(shares) - 1.0) > 1e-9:
        raise InvalidInput(f"the shares of its members must add up to 1, but they are {shares}")
    names = [*inputs.names, *targets.names]
    if len(set(names)) != len(names):
        raise InvalidInput("its columns must have different names")
    if document.reduction not in REDUCTIONS:
        raise unknown_name("reduction", document.reduction, REDUCTIONS)
    for fit in (document.training_fit, document.held_out_fit):
        if fit is not None:
            _check_fit(fit, targets)
    starts = document.starts
    lengths = {
        len(column)
        for column in (starts.objectives, starts.reasons, starts.iterations, starts.seconds)
    }
    if len(lengths) != 1 or not 0 <= starts.best < len(starts.objectives):
        raise InvalidInput(
            "its starts must have as many objectives as reasons, iterations and seconds, and a best one"
        )
    if starts.floor < 0 or starts.requested < len(starts.objectives):
        raise InvalidInput(
            f"its starts must have a floor of at least 0 and be no more than were requested, but the floor is "
            f"{starts.floor:g}, and {len(starts.objectives)} of {starts.requested} are there"
        )
    costs.require_pair(costs.get(document.cost), arch.activations[-1])


def _check_fit(fit: schema.RegressionFit | schema.ClassificationFit, targets: Targets) -> None:
    """A fit of the model's own task, with a number for each target or class."""
    if isinstance(targets, ClassTarget):
        n = len(targets.classes)
        fits = (
            isinstance(fit, schema.ClassificationFit)
            and [len(row) for row in fit.confusion] == [n] * n
        )
    else:
        n = len(targets.names)
        fits = isinstance(fit, schema.RegressionFit) and len(fit.rmse) == len(fit.r2) == n
    if not fits or fit.rows < 1:
        raise InvalidInput(
            f"each of its fits must be one of {targets.task}, with rows, and figures for each target or class"
        )


def _inputs(document: schema.Inputs) -> Inputs:
    columns = tuple(
        CategoryColumn(c.name, tuple(c.labels), tuple(c.rare), c.unseen, c.fill)
        if isinstance(c, schema.Category)
        else NumberColumn(c.name, _kind(c), c.shift, c.scale, c.lowest, c.highest, c.fill)
        for c in document.columns
    )
    return Inputs(columns, document.scaling, document.missing)


def _targets(document: schema.NumberTargets | schema.ClassTarget) -> Targets:
    if isinstance(document, schema.ClassTarget):
        return ClassTarget(document.name, tuple(document.classes))
    return NumberTargets(
        tuple(document.names), tuple(document.shift), tuple(document.scale), tuple(document.lowest),
        tuple(document.highest),
    )  # fmt: skip


def _record(document: schema.Record) -> Record:
    columns = msgspec.structs.asdict(document)
    if {len(column) for column in columns.values()} != {len(document.iteration) or 1}:
        raise InvalidInput("the columns of its record must have one length, at least 1")
    whole = ("iteration", "value_evaluations", "gradient_evaluations")
    arrays: dict[str, Any] = {
        name: np.array(column, dtype=np.int64) if name in whole else _with_nan(column)
        for name, column in columns.items()
    }
    return Record(**arrays)


def _fit(document: schema.RegressionFit | schema.ClassificationFit) -> Judgment:
    if isinstance(document, schema.ClassificationFit):
        confusion = tuple(tuple(row) for row in document.confusion)
        return ClassificationFit(
            document.rows, document.accuracy, document.log_loss, document.majority, confusion
        )
    return RegressionFit(document.rows, tuple(document.rmse), tuple(document.r2))


def _with_nan(values: list[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values])


def _kind(column: schema.Numbers) -> str:
    return str(column.__struct_config__.tag)
