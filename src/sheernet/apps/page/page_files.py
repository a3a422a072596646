"""The file with which a page is opened: an exercise, a table, or a model.

The page trains a network with one target.  It starts with the network of a model (of several networks, the one with the
largest share) if the table of the model is in the same or the parent folder; otherwise, it shows only the model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import FORMAT, Exercise
from sheernet.apps.page.page_models import ModelFile
from sheernet.apps.page.page_presets import beginning_of_table
from sheernet.apps.page.page_table import LARGEST_FILE, OWN, PageTable, exercise_with, size_sentence
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.models.files import load
from sheernet.models.files.loading import model_file
from sheernet.models.model import Model
from sheernet.optimizers.registry import METHODS


@dataclass(frozen=True)
class PageBeginning:
    """The initial content of a page: an exercise, and the model of a file."""

    exercise: Exercise
    file: ModelFile | None = None


def beginning_of_file(path: Path, **options: Any) -> PageBeginning:
    """Return the initial content of a page that is opened with a file, or with the folder of a fit.

    Parameters
    ----------
    path : Path
        The file.
    **options
        For a table, arguments of `sheernet.read_table`, and `target`, the column to predict; by default the last column
        that has numbers or few labels.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is neither exercise, table nor model, or an exercise has an invalid value.
    """
    if path.is_dir():
        path = model_file(path)
    if path.suffix.lower() != ".json":
        return PageBeginning(_of_table(path, **options))
    refuse_options(options, f"{path.name} holds none, but an exercise or a model")
    content = _content(path)
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"{path.name} is not valid JSON: {error}") from None
    if isinstance(document, dict) and document.get("format") == FORMAT:
        exercise = _with_table(Exercise.from_json(content), path)
        Experiment.of(exercise)  # errors are reported before the server starts
        return PageBeginning(exercise)
    model = load(path)
    try:
        exercise, is_same = _of_model(model, path)
    except InvalidInput as reason:
        return PageBeginning(
            Exercise(),
            ModelFile(path.name, model, only=f"The page shows the model only: {reason}."),
        )
    return PageBeginning(exercise, ModelFile(path.name, model, is_drawn=is_same))


def refuse_options(options: Iterable[str], why: str) -> None:
    """Raise if options for a table are given without a table."""
    for name in options:
        raise InvalidInput("{} is about a table, and {}; omit it", Setting(name), why)


def _of_table(path: Path, target: str | None = None, **how: Any) -> Exercise:
    """Return the initial settings of the page for a table."""
    exercise = exercise_with(beginning_of_table(), _content(path), path.name, **how)
    if target is None:
        return exercise
    PageTable.of(exercise).table.require([target])
    return exercise.changed({"target": target})


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(size_sentence(path.name, path.stat().st_size))
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None


def _with_table(exercise: Exercise, path: Path) -> Exercise:
    """Return an exercise with the table that it names, read from the folder of the exercise."""
    if exercise.data != OWN or exercise.table:
        return exercise
    table = path.parent / Path(exercise.table_name).name
    if not exercise.table_name or not table.is_file():
        raise InvalidInput(
            f"{path.name} names the table {exercise.table_name!r} without including it; put the file in the same folder"
        )
    read = exercise_with(exercise, _content(table), table.name, samples=exercise.samples)
    return msgspec.structs.replace(
        exercise, table=read.table, table_name=read.table_name, samples=read.samples
    )


def _of_model(model: Model, path: Path) -> tuple[Exercise, bool]:
    """Return the settings of a model, and whether the network of the page starts with the weights of the model.

    Raises
    ------
    InvalidInput
        If the page cannot train such a network.
    """
    if len(model.targets.names) > 1:
        raise InvalidInput(
            f"it trains networks with one target, but {path.name} has {len(model.targets.names)}"
        )
    name = Path(model.provenance.data).name
    table = next((p for p in (path.parent / name, path.parent.parent / name) if p.is_file()), None)
    if not name or table is None:
        raise InvalidInput(
            f"the file holds no table, and its table {in_quotes(name)} is not in the same folder; put it there to "
            "train the network"
        )
    member, settings = model.leading, model.settings
    arch = member.network.architecture
    found = exercise_with(Exercise(), _content(table), table.name, **model.reading.given)
    values: dict[str, Any] = {
        "inputs": tuple(model.inputs.names), "target": model.targets.names[0], "hidden": tuple(arch.sizes[1:-1]),
        "activation": arch.activations[0].name if arch.n_layers > 1 else "tanh",
        "bias": any(block.is_bias for block in arch.layout.blocks),
        "skip": arch.skip, "cost": member.cost, "reduction": model.reduction,
        "method": settings.get("method") if settings.get("method") in METHODS else "auto",
        "scaling": settings.get("scaling") or "standardize", "missing": settings.get("missing") or "impute",
        "seed": settings.get("seed") or 0, "scheme": settings.get("scheme"),
        "output": settings.get("output_activation"), "title": path.name,
        "test": settings.get("held_out") or 0.0, **_regularization(settings.get("decay")),
    }  # fmt: skip
    exercise = found.changed(values)
    is_same = _encodes_as(Experiment.of(exercise), model)
    if is_same:
        exercise = exercise.changed({"weights": model.network.theta.tolist()})
    return exercise, is_same


def _encodes_as(experiment: Experiment, model: Model) -> bool:
    """Whether the network and the columns equal those of a model, so that its weights have the same meaning."""
    prepared, network = experiment.prepared, model.network
    return (
        experiment.architecture == network.architecture
        and prepared.inputs == model.inputs
        and prepared.targets == model.targets
    )


def _regularization(decay: Any) -> dict[str, Any]:
    """Return the regularization for the setting `decay` of a fit."""
    if isinstance(decay, str):
        return {"regularization": "evidence"}
    if isinstance(decay, (int, float)) and decay > 0:
        return {"regularization": "decay", "decay": float(decay)}
    return {"regularization": "none"}
