"""A model as data for the JSON document: the same facts as in its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sheernet.apps.cli.option_names import as_options
from sheernet.models.endings import change_left
from sheernet.models.verdict import verdict

if TYPE_CHECKING:
    from sheernet.models.model import Model


def facts(model: Model, options: Mapping[str, str]) -> dict[str, Any]:
    """All facts of the report of a model, as data.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    options : mapping of str to str
        The command's options by their names in Python, for the messages.

    Returns
    -------
    dict
        Data, columns, network, course and end of the training, and quality of the fit.
    """
    record, starts = model.record, model.starts
    row = record.row_of(starts.objectives[starts.best])
    return {
        **problem(model, options),
        "fits": {"training": model.training_fit, "held_out": model.held_out_fit},
        "members": [
            {
                "share": member.share,
                "architecture": str(member.network.architecture),
                "weights": member.network.theta.size,
                "cost": member.cost,
                "noise_variance": member.noise_variance,
                "reason": member.termination.reason,
                "change_left": change_left(member),
            }
            for member in model.members
        ],
        "evaluation": model.evaluation,
        "comparisons": model.comparisons,
        "errors": model.settings.get("evaluation_errors"),
        "verdict": as_options(verdict(model), options),
        "gradient": model.gradient_check,
        "termination": {
            "converged": model.termination.converged,
            "reason": model.termination.reason,
            "message": as_options(model.termination.message, options),
        },
        # With a patience, the kept iterate need not have the lowest objective of the record.
        "objective": {"first": record.objective[0], "best": starts.objectives[starts.best]},
        "kept": {
            "iteration": record.iteration[row],
            "validation_cost": record.validation_cost[row],
        },
        "iterations": record.iteration[-1],
        "evaluations": record.value_evaluations[-1],
        "seconds": record.seconds[-1],
        "starts": {
            "objectives": starts.objectives,
            "reasons": starts.reasons,
            "iterations": starts.iterations,
            "seconds": starts.seconds,
            "best": starts.best,
            "requested": starts.requested,
        },
        "method": model.provenance.method,
        "settings": model.settings,
    }


def problem(model: Model, options: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of a model that do not depend on the optimizer: data, columns and network.

    Parameters
    ----------
    model, options
        As for `facts`.
    """
    held_out, network = model.held_out_fit, model.network
    return {
        "task": model.task,
        "data": model.provenance.data,
        "reading": model.provenance.reading,
        "rows": {
            "training": model.training_fit.rows,
            "held_out": 0 if held_out is None else held_out.rows,
            "validation": model.settings.get("validation_rows", 0),
        },
        "inputs": model.inputs.names,
        "features": model.inputs.features,
        "targets": model.targets.names,
        "classes": getattr(model.targets, "classes", None),
        "network": {
            "architecture": str(network.architecture),
            "sizes": network.architecture.sizes,
            "weights": network.theta.size,
        },
        "engine": model.provenance.engine,
        "cost": model.cost,
        "notices": [as_options(notice, options) for notice in model.notices],
    }
