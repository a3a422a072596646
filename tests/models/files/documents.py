"""Documents of model files for tests, and ways to damage them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from random_models import COLUMNS, random_model, replaced
from sheernet.data.columns import Inputs
from sheernet.data.targets import ClassTarget
from sheernet.models.files.saving import encoded

INPUTS = Inputs(COLUMNS, missing="impute")
SIZES = (INPUTS.n_features, 3, 2)
REGRESSION = random_model(sn.Architecture(SIZES, skip=True), members=2, inputs=INPUTS)
FIRST, SECOND = REGRESSION.members
REGRESSION = replaced(  # the second member is of unknown density
    REGRESSION,
    members=(FIRST, dataclasses.replace(SECOND, factor=np.zeros(0), noise_variance=None)),
)
CLASSIFICATION = random_model(
    sn.Architecture((*SIZES[:2], 3), output="softmax"),
    inputs=INPUTS,
    targets=ClassTarget("verdict", ("a", "b", "c")),
)
MODELS = {"regression": REGRESSION, "classification": CLASSIFICATION}


def document_of(model: sn.Model) -> dict[str, Any]:
    """The content of the model's file."""
    document: dict[str, Any] = json.loads(encoded(model))
    return document


DOCUMENTS = {task: document_of(model) for task, model in MODELS.items()}
Place = tuple[Any, ...]


def places(node: Any, path: Place = ()) -> Iterator[Place]:
    """Paths of all fields and of list entries (all objects, the first of others), without those in settings."""
    if path[:1] == ("settings",) and len(path) > 1:
        return
    if path:
        yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list) and node:
        for i, entry in enumerate(node if isinstance(node[0], dict) else node[:1]):
            yield from places(entry, (*path, i))


def at(document: dict[str, Any], place: Place) -> Any:
    """The value at a place of a document."""
    node: Any = document
    for key in place:
        node = node[key]
    return node


def changed(task: str, place: Place, value: Any = ...) -> str:
    """The text of a document with one place set to a value, or removed."""
    copy = json.loads(json.dumps(DOCUMENTS[task]))
    node = at(copy, place[:-1])
    if value is ...:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return json.dumps(copy)


def strict(text: str) -> Any:
    """Parse JSON as the standard defines it: no NaN, no Infinity, no field twice."""

    def constant(name: str) -> None:
        raise AssertionError(name)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=constant, object_pairs_hook=once)


def refused(path: Path, content: str | bytes, message: str | None = None) -> None:
    """Loading it raises InvalidInput, with one sentence that names the file, and nothing else."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(sn.InvalidInput, match=message) as caught:
        sn.load(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{str(path)!r} ")
    assert "\n" not in sentence
    assert len(sentence) < 500 + len(str(path))
