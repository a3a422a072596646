"""A model as the document of its file."""

from __future__ import annotations

from math import isfinite
from typing import Any

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.targets import ClassTarget, Judgment, Targets
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.files import schema
from sheernet.models.files.schema import FORMAT, SCHEMA
from sheernet.models.model import Model
from sheernet.network import activations
from sheernet.objective import costs
from sheernet.optimizers.record import COLUMNS


def to_document(model: Model) -> schema.Document:
    """The document of a model; what a file cannot carry is refused."""
    arch = model.network.architecture
    own = [f.name for f in arch.activations if activations.ALL.get(f.name) != f]
    if own:
        raise InvalidInput(
            f"a model file cannot carry your own activation {own[0]!r}; keep its network's theta instead"
        )
    if model.cost not in costs.ALL and not model.cost.startswith("huber("):
        raise InvalidInput(
            f"a model file cannot carry your own cost {model.cost!r}; keep its network's theta instead"
        )
    if any(member.network.architecture != arch for member in model.members):
        raise InvalidInput(
            "the members of a model must have one architecture to be saved in one file"
        )
    starts, provenance = model.starts, model.provenance
    return schema.Document(
        format=FORMAT,
        schema=SCHEMA,
        inputs=_inputs_document(model.inputs),
        targets=_targets_document(model.targets),
        architecture=schema.Architecture(
            list(arch.sizes),
            [f.name for f in arch.activations[:-1]],
            arch.activations[-1].name,
            list(arch.bias),  # type: ignore[arg-type]  # a tuple once it is settled
            arch.skip,
        ),
        members=[schema.Member(member.share, member.network.theta.tolist()) for member in model.members],
        cost=model.cost,
        reduction=model.reduction,
        decay=model.decay.tolist(),
        training_fit=_fit_document(model.training_fit),
        held_out_fit=None if model.held_out_fit is None else _fit_document(model.held_out_fit),
        gradient_check=schema.GradientCheck(**model.gradient_check),
        termination=schema.Termination(model.termination.reason, model.termination.message),
        starts=schema.Starts(
            _finite_or_none(starts.objectives), list(starts.reasons), starts.iterations.tolist(),
            starts.seconds.tolist(), starts.best, starts.seed, starts.scheme, starts.floor, starts.requested,
        ),
        settings=dict(model.settings),
        notices=list(model.notices),
        provenance=schema.Provenance(**vars(provenance)),
        record=schema.Record(**{column: _finite_or_none(model.record[column]) for column in COLUMNS}),
    )  # fmt: skip


def _inputs_document(inputs: Inputs) -> schema.Inputs:
    numbers: dict[str, type[schema.Number | schema.Boolean | schema.Date]] = {
        "number": schema.Number, "boolean": schema.Boolean, "date": schema.Date,
    }  # fmt: skip
    columns: list[schema.Number | schema.Boolean | schema.Date | schema.Category] = []
    for c in inputs.columns:
        if isinstance(c, CategoryColumn):
            columns.append(schema.Category(c.name, list(c.labels), list(c.rare), c.unseen, c.fill))
        else:
            columns.append(numbers[c.kind](c.name, c.shift, c.scale, c.lowest, c.highest, c.fill))
    return schema.Inputs(inputs.scaling, inputs.missing, columns)


def _targets_document(targets: Targets) -> schema.NumberTargets | schema.ClassTarget:
    if isinstance(targets, ClassTarget):
        return schema.ClassTarget(targets.name, list(targets.classes))
    return schema.NumberTargets(
        list(targets.names), list(targets.shift), list(targets.scale), list(targets.lowest), list(targets.highest)
    )  # fmt: skip


def _fit_document(fit: Judgment) -> schema.RegressionFit | schema.ClassificationFit:
    if isinstance(fit, ClassificationFit):
        confusion = [list(row) for row in fit.confusion]
        return schema.ClassificationFit(
            fit.rows, fit.accuracy, fit.log_loss, fit.majority, confusion
        )
    return schema.RegressionFit(fit.rows, list(fit.rmse), list(fit.r2))


def _finite_or_none(values: Array) -> list[Any]:
    """JSON has no nan and no inf: null stands for both."""
    return [value if isfinite(value) else None for value in values.tolist()]
