"""`save`: convert a model to a JSON document, and write it to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
    from sheernet.models.member import Member
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
        If the model has a custom activation or cost, or if the file cannot be written.
    """
    return write_file(path, msgspec.json.format(encoded(model), indent=1) + b"\n")


def encoded(model: Model) -> bytes:
    """Encode a model as JSON without line breaks.

    Raises
    ------
    InvalidInput
        If the model has a custom activation or cost.
    """
    for member in model.members:
        _require_storable(member)
    document = {"format": schema.FORMAT, "schema": schema.SCHEMA}
    document |= _fields(model, schema.Document)
    return msgspec.json.encode(document, enc_hook=plain)  # nan and infinity become null


def _require_storable(member: Member) -> None:
    own = [
        f.name for f in member.network.architecture.activations if activations.ALL.get(f.name) != f
    ]
    if own:
        raise InvalidInput(
            f"a model file cannot contain the custom activation {own[0]!r}; save the network's theta instead"
        )
    if member.cost not in costs.ALL and member.cost.partition("(")[0] not in costs.PARAMETRIC:
        raise InvalidInput(
            f"a model file cannot contain the custom cost {member.cost!r}; save the network's theta instead"
        )


def _fields(owner: Any, structure: Any) -> dict[str, Any]:
    """The fields of an object in the order of its structure, without empty ones that may be absent."""
    fields = {}
    for field in msgspec.structs.fields(structure):
        if field.name not in schema.Header.__struct_fields__:
            value = attrgetter(PATHS.get(field.name, field.name))(owner)
            if field.default is not msgspec.UNSET or not _is_empty(value):
                fields[field.name] = _converted(value)
    return fields


def _is_empty(value: Any) -> bool:
    return value is None or (hasattr(value, "__len__") and len(value) == 0)


def _converted(value: Any) -> Any:
    """Convert the objects of a model to dictionaries in the order of their structures."""
    structure = STRUCTURES.get(type(value).__name__)
    if structure is not None:
        field, tag = structure.__struct_config__.tag_field, structure.__struct_config__.tag
        constant = {field: getattr(value, field, tag)} if field else {}  # NumberColumn has its kind
        return constant | _fields(value, structure)
    if isinstance(value, Activation):
        return value.name
    if isinstance(value, tuple):
        return [_converted(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: _converted(entry) for name, entry in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value
