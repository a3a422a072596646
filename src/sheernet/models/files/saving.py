"""`save`: convert a model to a JSON document, and write it to a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.plain_data import plain
from sheernet.foundation.storage import write_file
from sheernet.models.files import schema
from sheernet.network import activations
from sheernet.network.activations import Activation
from sheernet.objective import costs

if TYPE_CHECKING:
    from sheernet.models.model import Model

STRUCTURES = {each.__name__: each for each in schema.Part.__subclasses__()}
"""JSON structures by the names of the classes that they describe."""
PATHS = {"architecture": "network.architecture", "theta": "network.theta"}
"""Paths of the fields that are attributes of an attribute."""


def save(model: Model, path: str | os.PathLike[str]) -> Path:
    """Write a model to a file, all of it or nothing.

    Raises
    ------
    InvalidInput
        If the model has a custom activation or cost, or members of different architectures; or if the file cannot be
        written.
    """
    return write_file(path, msgspec.json.format(encoded(model), indent=1) + b"\n")


def encoded(model: Model) -> bytes:
    """Encode a model as JSON without line breaks.

    Raises
    ------
    InvalidInput
        If the model has a custom activation or cost, or members of different architectures.
    """
    _require_storable(model)
    _, _, *names = schema.Document.__struct_fields__  # after format and schema
    for name in ("origins", "evidence"):
        if not getattr(model, name, {}):
            names.remove(name)
    document = {"format": schema.FORMAT, "schema": schema.SCHEMA, **_fields(model, names)}
    return msgspec.json.encode(document, enc_hook=plain)  # nan and infinity become null


def _require_storable(model: Model) -> None:
    arch = model.network.architecture
    own = [f.name for f in arch.activations if activations.ALL.get(f.name) != f]
    if own:
        raise InvalidInput(
            f"a model file cannot contain the custom activation {own[0]!r}; save the network's theta instead"
        )
    if model.cost not in costs.ALL and model.cost.partition("(")[0] not in costs.PARAMETRIC:
        raise InvalidInput(
            f"a model file cannot contain the custom cost {model.cost!r}; save the network's theta instead"
        )
    if any(member.network.architecture != arch for member in model.members):
        raise InvalidInput("the members of a saved model must have the same architecture")


def _fields(owner: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: _converted(attrgetter(PATHS.get(name, name))(owner)) for name in names}


def _converted(value: Any) -> Any:
    """Convert the objects of a model to dictionaries in the order of their structures."""
    structure = STRUCTURES.get(type(value).__name__)
    if structure is not None:
        field, tag = structure.__struct_config__.tag_field, structure.__struct_config__.tag
        constant = {field: getattr(value, field, tag)} if field else {}  # NumberColumn has its kind
        return constant | _fields(value, structure.__struct_fields__)
    if isinstance(value, Activation):
        return value.name
    if isinstance(value, tuple):
        return [_converted(entry) for entry in value]
    return value.tolist() if isinstance(value, np.ndarray) else value
