"""`assemble`: build a `Model` from the result of `train`, its rows and settings, and evaluate it on the rows."""

from __future__ import annotations

import datetime
import hashlib
import platform
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from sheernet.data.targets import Judgment, Targets
from sheernet.derivatives import GradientReport
from sheernet.foundation.plain_data import plain
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.model import Member, Model, Provenance
from sheernet.network.network import Network
from sheernet.training.training import Training
from sheernet.version import __version__


def assemble(
    prepared: Prepared,
    result: Training,
    check: GradientReport,
    network_settings: Mapping[str, Any] = MappingProxyType({}),
    origins: Mapping[str, str] = MappingProxyType({}),
    evidence: Mapping[str, Any] = MappingProxyType({}),
) -> Model:
    """Build a model from the result of training.

    Parameters
    ----------
    prepared : Prepared
        The rows to train and evaluate on.
    result : Training
        The result of `train`.
    check : GradientReport
        The gradient check at the initial weights.
    network_settings : mapping
        Settings of the network: hidden, activation, decay.
    origins : mapping of str to str
        Whether each setting was "given" or has its "default" value.
    evidence : mapping
        Facts about the evidence, if it chose the decay.
    """
    verdict = check.to_dict()
    training_settings = dict(result.settings)
    training_settings.pop("target")  # the objective at which to stop, not the target column
    settings = plain(
        {**prepared.settings, **network_settings, **training_settings}, nonfinite="keep"
    )
    targets, evaluation = prepared.targets, prepared.evaluation
    training_fit = _evaluate(targets, result.network, prepared.training)
    return Model(
        inputs=prepared.inputs,
        targets=targets,
        members=(Member(result.network, 1.0),),
        cost=result.settings["cost"],
        reduction=result.settings["reduction"],
        decay=result.decay,
        training_fit=training_fit,
        held_out_fit=None
        if evaluation is None
        else _evaluate(targets, result.network, evaluation, training_fit),
        gradient_check={
            key: verdict[key] for key in ("verdict", "criterion", "norm_ratio", "method")
        },
        record=result.record,
        termination=result.termination,
        starts=result.starts,
        settings=settings,
        evidence=plain(evidence),
        origins={name: origin for name, origin in origins.items() if name in settings},
        notices=prepared.notices,
        provenance=_provenance(prepared, result),
    )


def _evaluate(
    targets: Targets, network: Network, rows: Encoded, training: Judgment | None = None
) -> Judgment:
    return targets.judge(network.predict(rows.X), rows.truth, rows.weights, training)


def _provenance(prepared: Prepared, result: Training) -> Provenance:
    digest = hashlib.sha256()
    for rows in (prepared.training, prepared.evaluation):
        for array in () if rows is None else (rows.X, rows.y):
            digest.update(np.ascontiguousarray(array).data)
    return Provenance(
        sheernet=__version__,
        numpy=np.__version__,
        python=platform.python_version(),
        engine=result.engine,
        method=result.method,
        seed=result.settings["seed"],
        data=prepared.training.source,
        reading=prepared.reading,
        data_sha256=digest.hexdigest(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
