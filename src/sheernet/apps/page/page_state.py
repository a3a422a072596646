"""`state_of`: the message with everything that depends on the settings and not on the iteration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from sheernet.apps.page.controls import controls
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_presets import presets
from sheernet.apps.page.page_table import unit_of
from sheernet.apps.page.protocol import (
    Column,
    DataState,
    Edge,
    NetworkState,
    State,
    Unit,
)
from sheernet.data.targets import ClassTarget
from sheernet.network.architecture import Architecture, Block

MOST_WEIGHTS = 3000
"""Maximum number of weights of a network that is drawn and whose weights are sent with each frame."""


def state_of(experiment: Experiment, revision: int) -> State:
    """Return the state of an experiment."""
    return State(
        revision=revision,
        exercise=msgspec.structs.replace(experiment.exercise, table=""),
        controls=controls(experiment),
        data=_data(experiment),
        network=_network(experiment),
        presets=presets(),
        method=experiment.method,
        query=experiment.exercise.query,
    )


def _data(experiment: Experiment) -> DataState:
    source, targets = experiment.source, experiment.prepared.targets
    classes = [str(label) for label in targets.classes] if isinstance(targets, ClassTarget) else []
    return DataState(
        name=source.table.source,
        source=source.source,
        license=source.license,
        columns=list(_columns(experiment)),
        preview=source.preview(),
        problems=list(source.notices),
        notices=[str(notice) for notice in experiment.notices],
        counts={share: len(rows) for share, rows in experiment.rows.items()},
        task=targets.task,
        classes=classes,
    )


def _columns(experiment: Experiment) -> Iterator[Column]:
    table, prepared = experiment.source.table, experiment.prepared
    for name in table.columns:
        role = "left out"
        if name in prepared.targets.names:
            role = "target"
        elif name in prepared.inputs.names:
            role = "input"
        notes = [text for text in experiment.notices if repr(name) in text]
        yield Column(
            name=name, role=role, kind=table.kind(name), unit=unit_of(table, name), note=" ".join(notes[:1])
        )  # fmt: skip


def _network(experiment: Experiment) -> NetworkState:
    arch = experiment.architecture
    is_drawn = arch.n_parameters <= MOST_WEIGHTS
    return NetworkState(
        summary=str(arch),
        n_layers=arch.n_layers,
        activations=[activation.name for activation in arch.activations],
        units=list(_units(experiment)) if is_drawn else [],
        edges=[edge for block in arch.layout.blocks for edge in _edges(arch, block)]
        if is_drawn
        else [],
        note="" if is_drawn else f"{arch.n_parameters} weights are too many to draw.",
    )


def unit_id(arch: Architecture, layer: int, index: int) -> str:
    """Return the name of a unit in messages: "x1", "h1.2", "y1"."""
    if layer == 0:
        return f"x{index + 1}"
    return f"y{index + 1}" if layer == arch.n_layers else f"h{layer}.{index + 1}"


def _units(experiment: Experiment) -> Iterator[Unit]:
    arch, prepared = experiment.architecture, experiment.prepared
    names = {0: list(prepared.inputs.features), arch.n_layers: list(prepared.targets.output_names)}
    for layer, size in enumerate(arch.sizes):
        kind: Any = "input" if layer == 0 else "output" if layer == arch.n_layers else "hidden"
        for index in range(size):
            given = names.get(layer)
            name = str(given[index]) if given else f"h{layer}.{index + 1}"
            yield Unit(
                id=unit_id(arch, layer, index), kind=kind, layer=layer, index=index, name=name
            )
    for block in arch.layout.blocks:
        if block.is_bias:
            yield Unit(
                id=f"b{block.layer}", kind="bias", layer=block.layer - 1, index=arch.sizes[block.layer - 1],
                name=f"bias {block.layer}",
            )  # fmt: skip


def _edges(arch: Architecture, block: Block) -> Iterator[Edge]:
    for offset, index in enumerate(np.ndindex(block.shape)):
        source = f"b{block.layer}"
        if block.source is not None:
            source = unit_id(arch, block.source, index[0])
        place = block.start + offset
        yield Edge(
            index=place, source=source, target=unit_id(arch, block.layer, index[-1]),
            name=arch.layout.name(place),
        )  # fmt: skip
