"""A model as plain data: what its report says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.cli.wording import as_options

if TYPE_CHECKING:
    from sheernet.model import Model


def facts(model: Model, options: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the report of a model says, as data.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    options : mapping of str to str
        The command's options by the names that they have in Python, for its sentences.

    Returns
    -------
    dict
        Data, columns, network, how the training went and ended, and how well the model fits.
    """
    record, starts, network = model.record, model.starts, model.network
    judged = model.held_out_fit
    return {
        "task": model.task,
        "data": model.provenance.data,
        "reading": model.provenance.reading,
        "rows": {
            "training": model.training_fit.rows,
            "held_out": 0 if judged is None else judged.rows,
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
        "fits": {"training": model.training_fit, "held_out": judged},
        "gradient": model.gradient_check,
        "termination": {
            "converged": model.termination.converged,
            "reason": model.termination.reason,
            "message": as_options(model.termination.message, options),
        },
        "objective": {"first": record.objective[0], "best": np.fmin.reduce(record.objective)},
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
        "engine": model.provenance.engine,
        "cost": model.cost,
        "settings": model.settings,
        "notices": [as_options(notice, options) for notice in model.notices],
    }
