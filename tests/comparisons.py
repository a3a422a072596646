"""Comparisons for tests, made without a training: what each method reached, and how."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

import sheernet as sn
from random_models import random_model, replaced
from sheernet.data.targets import NumberTargets
from sheernet.data.targets.judgment import ClassificationFit, RegressionFit
from sheernet.optimizers import Record, Termination
from sheernet.training import Starts


def record_of(
    objective: Sequence[float],
    evaluations: Sequence[int] | None = None,
    seconds: Sequence[float] | None = None,
) -> Record:
    """A record of these objectives."""
    values = np.array(objective, dtype=np.float64)
    n = values.size
    counts = np.arange(1, n + 1) if evaluations is None else np.array(evaluations)
    times = counts / 100 if seconds is None else np.array(seconds, dtype=np.float64)
    nothing = np.full(n, np.nan)
    return Record(
        np.arange(n), values, values, np.zeros(n), np.ones(n), nothing, nothing, counts, counts, times, nothing
    )  # fmt: skip


@cache
def _any_model() -> sn.Model:
    targets = NumberTargets(("strength",), (0.0,), (1.0,), (-1.0,), (1.0,))
    return random_model(sn.Architecture((2, 3, 1)), targets=targets)


def model_of(
    record: Record,
    objectives: Sequence[float] | None = None,
    *,
    ran: str,
    best: int = 0,
    floor: float = 0.0,
    reason: str = "gradient_tolerance",
    held_out: RegressionFit | ClassificationFit | None = None,
    **parts: Any,
) -> sn.Model:
    """A model of which these parts are known, and `parts`."""
    ends = np.array([record.objective[-1]] if objectives is None else objectives, dtype=np.float64)
    n = ends.size
    starts = Starts(
        ends, (reason,) * n, np.full(n, record.iteration[-1]), np.full(n, record.seconds[-1]), best, 0, "glorot", floor
    )  # fmt: skip
    model = _any_model()
    return replaced(
        model,
        record=record,
        starts=starts,
        termination=Termination(reason),
        provenance=dataclasses.replace(model.provenance, method=ran, data="steel.csv"),
        training_fit=RegressionFit(30, (0.5,), (0.75,)),
        held_out_fit=held_out or RegressionFit(10, (0.5,), (0.5,)),
        **parts,
    )


def comparison_of(runs: Mapping[str, Any], **options: Any) -> sn.Comparison:
    """A comparison of records, or of models, by method."""
    models = {
        method: model_of(run, ran="lm" if method == "auto" else method)
        if isinstance(run, Record)
        else run
        for method, run in runs.items()
    }
    return sn.Comparison(models, options.pop("methods", tuple(models)), **options)
