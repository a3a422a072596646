"""Build a model from a network that was trained on shards: metrics on training and held-out rows, and a sample.

training rows   -> metrics, digests, a sample, sums for the linear model         one pass
held-out rows   -> metrics of the network, the linear model and a constant       one pass

Ctrl-C ends the passes: the metrics are then those of the shards evaluated before, and a notice says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.data.shards.usable_rows import EVALUATION, TRAINING
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import ClassTarget, Judgment, Targets
from sheernet.data.targets.judgment_sums import ClassSums, Sums
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted
from sheernet.foundation.plain_data import plain
from sheernet.models.baselines import LINEAR, constant_prediction
from sheernet.models.data_region import DataRegion
from sheernet.models.fitting.assembly import provenance_of, time_in_utc
from sheernet.models.fitting.linear_sums import LinearObjective
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.fitting.sharded_metrics import (
    Judge,
    Judged,
    Mapper,
    OfNetwork,
    Prediction,
    constant_of,
    fit_of,
    judge_shards,
)
from sheernet.models.fitting.simple_predictions import LEAST_DEVIATION, contest_of
from sheernet.models.model import Model
from sheernet.network.architecture import Architecture
from sheernet.objective.sharded import ShardSource
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics.ensemble_candidates import line_of, linear_model
from sheernet.statistics.noise_models import CONSTANT

OWN = "network"
"""The name of the network among the predictions that are evaluated."""
ROWS_OF_SAMPLE, NUMBERS_OF_SAMPLE = 100_000, 2**24
"""Maximum number of rows of a sample, and of values in its encoded inputs: 128 MiB."""
UNKNOWN = "unknown"
"""Replaces the digest if not all rows were read."""
MOST_FEATURES_OF_SUMS = 2000
"""Maximum number of encoded inputs for which the normal equations are summed: their matrix has 32 MB at this number."""


@dataclass(frozen=True, eq=False)
class ShardedRows:
    """The rows of shards, and how they are encoded.

    Parameters
    ----------
    inputs, targets : Inputs, Targets
        Encoders of the columns.
    sources : sequence of shards
        The shards, in order.
    n_training, n_evaluation : int
        Number of rows of each part.
    name, reading : str
        The data set, and how it was read, in words.
    read_as : Reading
        How its files were read.
    notices : tuple of str
        Decisions about the columns.
    settings : mapping
        The settings of the table, as a model keeps them.
    mapper : callable
        Calls a function for each shard.
    n_validation : int
        Number of rows whose cost is recorded at each iteration.
    others : mapping of str to sequence of shards
        The shards of the parts that are other data sets.
    """

    inputs: Inputs
    targets: Targets
    sources: Sequence[ShardSource]
    n_training: int
    n_evaluation: int
    name: str
    reading: str
    read_as: Reading
    notices: tuple[str, ...]
    settings: Mapping[str, Any]
    mapper: Mapper
    n_validation: int = 0
    others: Mapping[str, Sequence[ShardSource]] = field(default_factory=dict)

    @property
    def stride(self) -> int:
        """The sample contains every `stride`-th row."""
        most = min(ROWS_OF_SAMPLE, max(NUMBERS_OF_SAMPLE // max(self.inputs.n_features, 1), 1))
        return max(-(-self.n_training // most), 1)

    def judge(self, part: str, predictions: Mapping[str, Prediction], **more: Any) -> Judged:
        """Evaluate predictions of the rows of a part."""
        judge = Judge(self.targets, part, predictions, **more)
        return judge_shards(judge, self.others.get(part, self.sources), self.mapper)


@dataclass(frozen=True, eq=False)
class ShardedFit:
    """A model, and a sample of the rows that it was fitted to and evaluated on.

    Parameters
    ----------
    model : Model
        The model.
    sample : Prepared
        Every `stride`-th row of each shard, for pictures.
    """

    model: Model
    sample: Prepared


def model_of_shards(
    rows: ShardedRows, trained: Any, check: Mapping[str, Any], settings: FitSettings, described: Mapping[str, Any],
    origins: Mapping[str, str],
) -> ShardedFit:  # fmt: skip
    """Evaluate a trained network on the rows of all shards, and build its model.

    Parameters
    ----------
    rows : ShardedRows
        The rows.
    trained : TrainedOnShards
        The network.
    check : mapping
        The result of the gradient check.
    settings : FitSettings
        The settings of the fit.
    described : mapping
        Settings of the network and of the shards, as the model keeps them.
    origins : mapping of str to str
        Whether each setting was "given" or has its "default" value.
    """
    result, member = trained.result, trained.member
    if trained.is_cut:
        rows = replace(rows, mapper=lambda function, shards: iter(()))
    own: dict[str, Prediction] = {OWN: OfNetwork.of(member)}
    has_normal_equations = _is_linear_in_sums(rows)
    training = rows.judge(TRAINING, own, stride=rows.stride, with_sums=has_normal_equations)
    is_whole = training.n_shards == len(rows.sources)
    if not training.sums:  # Ctrl-C was pressed before
        judge = Judge(rows.targets, TRAINING, own, stride=rows.stride)
        training = next(judged for judged in map(judge, rows.sources) if judged.sums)
    of_training = training.sums[OWN]
    evaluation = None
    sample = _encoded(rows, training)
    if rows.n_evaluation and is_whole:
        others = _others(rows, training, sample, settings)
        evaluation = rows.judge(EVALUATION, own | others, stride=rows.stride)
    cut = _cut(rows, training, evaluation, is_whole)
    if cut:
        warn(cut)
        described = {**described, "shards": {**described["shards"], "judging": "interrupted"}}
    if evaluation is not None and not evaluation.sums:
        evaluation = None
    figures = _figures(rows, evaluation, of_training)
    held_out = None if evaluation is None else _encoded(rows, evaluation)
    of_training_rows = dict(result.settings)
    of_training_rows.pop("target")  # the objective at which to stop, not the target column
    cases = {} if evaluation is None else _cases_of(evaluation.sums[OWN])
    kept = plain({**rows.settings, **of_training_rows, **described, **cases}, nonfinite="keep")
    region = DataRegion.learn(rows.inputs, sample.X, sample.weights)
    model = Model(
        inputs=rows.inputs, targets=rows.targets, members=(member,), reduction=result.settings["reduction"],
        training_fit=_without_density(fit_of(rows.targets, of_training)),
        held_out_fit=figures.pop(OWN, None), comparisons=figures,
        gradient_check=check, settings=kept,
        origins={name: origin for name, origin in origins.items() if name in kept},
        notices=(*rows.notices, *filter(None, [cut])), reading=rows.read_as, region=region,
        provenance=provenance_of(
            engine=result.engine, method=result.method, seed=result.settings["seed"], data=rows.name,
            reading=rows.reading, data_sha256=UNKNOWN if cut else _digest(training, evaluation), created=time_in_utc(),
        ),
    )  # fmt: skip
    prepared = Prepared(
        rows.inputs, rows.targets, sample, held_out, notices=rows.notices, reading=rows.reading, read_as=rows.read_as,
        settings=rows.settings,
    )  # fmt: skip
    return ShardedFit(model, prepared)


def _cut(rows: ShardedRows, training: Judged, evaluation: Judged | None, is_whole: bool) -> str:
    """Return a sentence about the rows that were not evaluated after Ctrl-C; "" if it was not pressed."""
    begin, shards = "Ctrl-C ended the evaluation:", rows.others.get(EVALUATION, rows.sources)
    if not is_whole:
        rest = ", and the held-out rows were not evaluated" if rows.n_evaluation else ""
        of = f"{training.n_shards} of {counted(len(rows.sources), 'shard')}"
        return f"{begin} the figures of the training rows are those of {of}{rest}"
    if evaluation is None or evaluation.n_shards == len(shards):
        return ""
    if not evaluation.sums:
        return f"{begin} the held-out rows were not evaluated"
    of = f"{evaluation.n_shards} of {counted(len(shards), 'shard')}"
    return f"{begin} the figures of the held-out rows are those of {of}"


def _is_linear_in_sums(rows: ShardedRows) -> bool:
    """Return whether the linear model is computed from normal equations."""
    is_number = not isinstance(rows.targets, ClassTarget) and rows.targets.output == "identity"
    return is_number and rows.inputs.n_features <= MOST_FEATURES_OF_SUMS


def _others(
    rows: ShardedRows, training: Judged, sample: Encoded, settings: FitSettings
) -> dict[str, Prediction]:
    """Return the linear model, unless it cannot be determined, and a constant."""
    targets = rows.targets
    constant: dict[str, Prediction] = {
        constant_prediction(targets): constant_of(targets, training.sums[OWN], LEAST_DEVIATION)
    }
    try:
        if training.linear is not None:
            arch = Architecture(
                (rows.inputs.n_features, targets.n_outputs), bias=settings.network.bias
            )
            objective: Any = LinearObjective(arch, training.linear)
            line = line_of(objective, CONSTANT)
        else:
            line = linear_model(contest_of(Prepared(rows.inputs, targets, sample), settings))
    except np.linalg.LinAlgError:  # too few rows for a linear model
        return constant
    return constant if line is None else {LINEAR: OfNetwork(*line), **constant}


def _figures(rows: ShardedRows, judged: Judged | None, training: Sums) -> dict[str, Judgment]:
    """Return the metrics of each prediction of the held-out rows."""
    found = {} if judged is None else judged.sums
    return {name: fit_of(rows.targets, each, training) for name, each in found.items()}


def _cases_of(sums: Sums) -> dict[str, int]:
    """Return the setting with the number of cases of evaluated classes, unless it is the number of rows."""
    if not isinstance(sums, ClassSums) or sums.cases == sums.rows:
        return {}
    return {"evaluation_cases": int(sums.cases)}


def _without_density(fit: Any) -> Any:
    """Return the metrics of the training rows without the log density, which would not be that of new rows."""
    return replace(fit, log_density=None) if hasattr(fit, "log_density") else fit


def _encoded(rows: ShardedRows, judged: Judged) -> Encoded:
    """Return the sample of a pass, with the targets in their own units."""
    X, y, weights = judged.sample
    return Encoded(rows.name, X, y, _truth(rows.targets, y), weights)


def _truth(targets: Targets, y: Array) -> Any:
    decoded = targets.decode(y)
    return decoded if isinstance(targets, ClassTarget) else decoded.reshape(len(y), -1)


def _digest(*passes: Judged | None) -> str:
    """Return the SHA-256 of the digests of the shards: digests of the training rows first."""
    digest = hashlib.sha256()
    for each in filter(None, passes):
        digest.update(b"".join(each.digests))
    return digest.hexdigest()


def first_rows(rows: ShardedRows, count: int) -> Encoded:
    """Return up to `count` training rows of the first shard that has training rows."""
    for source in rows.sources:
        X, y, weights = source.load(TRAINING)
        if len(X):
            X, y = X[:count], y[:count]
            w = None if weights is None else weights[:count]
            return Encoded(rows.name, X, y, _truth(rows.targets, y), w)
    raise AssertionError("shards without training rows are refused when they are learned")


def rows_together(rows: ShardedRows) -> Encoded:
    """Return all training rows, in the order of the shards."""
    parts = list(rows.mapper(_training_rows, rows.sources))
    X, y = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    weights = [part[2] for part in parts if part[2] is not None]
    w = np.concatenate(weights) if weights else None
    return Encoded(rows.name, X, y, _truth(rows.targets, y), w)


def _training_rows(source: ShardSource) -> tuple[Array, Array, Array | None]:
    return source.load(TRAINING)
