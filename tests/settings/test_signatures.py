"""Signatures of public functions have the default values of the settings classes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

import pytest

import sheernet as sn
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.read_settings import ReadSettings
from sheernet.settings.shard_settings import ShardSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings
from sheernet.training import fit_objective

OF_FIT = (
    TableSettings,
    NetworkSettings,
    TrainingSettings,
    EffortSettings,
    StartSettings,
    StoppingRules,
    ShardSettings,
)
FUNCTIONS: dict[Callable[..., Any], tuple[tuple[type[Any], ...], set[str]]] = {
    sn.fit: (OF_FIT, {"table", "target"}),
    sn.train: (
        (TrainingSettings, StartSettings, StoppingRules, NetworkSettings),
        # Decay suits standardized columns, which `train` does not make.
        {"network", "X", "y", "decay", "weights", "validation", "resume"},
    ),
    sn.optimizers.minimize: (
        (StoppingRules, TrainingSettings),
        {"objective", "start", "validation", "clock"},
    ),
    sn.jobs.fit_jobs: (
        (StoppingRules, TrainingSettings),
        {"objective", "jobs", "validation", "report_progress", "only_best", "threads"},
    ),
    fit_objective: (
        (StoppingRules, TrainingSettings),
        {"objective", "starts", "validation", "threads"},
    ),
    sn.read_table: ((ReadSettings,), {"source", "like"}),
}
"""Each function with its settings, the first class that has a name decides, and its parameters that are none."""


def defaults_of(kinds: tuple[type[Any], ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in kinds:
        for part in fields(kind):
            if part.default is not MISSING:
                found.setdefault(part.name, part.default)
    return found


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_default_values_are_those_of_the_settings(function: Callable[..., Any]) -> None:
    kinds, others = FUNCTIONS[function]
    expected = defaults_of(kinds)
    parameters = {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD
    }
    assert others <= set(parameters)
    # None: not given, so that the value of a model's file is used, if there is one.
    if function is sn.read_table:
        assert {parameters[name] for name in set(parameters) - others} == {None}
        return
    for name in set(parameters) - others:
        assert type(parameters[name]) is type(expected[name]), name
        assert parameters[name] == expected[name], name


def test_fit_has_every_setting() -> None:
    parameters = set(inspect.signature(sn.fit).parameters) - {"table", "target", "options"}
    assert parameters == set(defaults_of(OF_FIT)) - {"target"}


def test_read_table_has_every_setting() -> None:
    parameters = set(inspect.signature(sn.read_table).parameters) - {"source", "like"}
    assert parameters == set(defaults_of((ReadSettings,)))
