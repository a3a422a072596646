"""`save`: convert a model to a JSON document, and write it to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from sheernet.foundation.atomic_files import write_file
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.plain_data import plain
from sheernet.foundation.sentences import in_quotes
from sheernet.models.density import variance_factor
from sheernet.models.files import schema
from sheernet.models.files.network_fields import layers_of, rows_of
from sheernet.models.files.schema import LARGEST_FILE
from sheernet.network import activations
from sheernet.network.activations import Activation
from sheernet.objective import costs

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model

STRUCTURES = {each.__name__: each for each in schema.Part.__subclasses__()}
"""JSON structures, by the names of the classes that they describe."""
OTHER_FORMATS = (
    ".pkl", ".pickle", ".joblib", ".npz", ".npy", ".h5", ".hdf5", ".keras", ".pt", ".pth", ".onnx", ".mat", ".rds",
    ".rda", ".csv", ".xlsx", ".parquet",
)  # fmt: skip
"""File name extensions of other formats."""
LARGEST_INDENTED = 2**24
"""Maximum size in bytes, before formatting, of a file with line breaks, which make a large table four times as long."""
MOST_CLASSES = 1700
"""Maximum number of classes of a model that is saved: a file may contain up to four confusion matrices."""


def save(model: Model, path: str | os.PathLike[str]) -> Path:
    """Write a model to a file, completely or not at all.

    Raises
    ------
    InvalidInput
        If the model has a custom activation or cost, the name has the extension of another format, or the file cannot
        be written.
    """
    ending = Path(path).suffix.lower()
    if ending in OTHER_FORMATS:
        raise InvalidInput(
            f"a model is saved as JSON, but {in_quotes(os.fspath(path))} ends in {ending!r}; give a name that ends "
            "in .json"
        )
    content = encoded(model)
    if len(content) < LARGEST_INDENTED:
        content = msgspec.json.format(content, indent=1) + b"\n"
    if len(content) > LARGEST_FILE:
        raise InvalidInput(
            f"the model file would have {len(content)} bytes, and the maximum is {LARGEST_FILE}; fit a smaller network"
        )
    return write_file(path, content)


def encoded(model: Model) -> bytes:
    """Encode a model as JSON without line breaks.

    Raises
    ------
    InvalidInput
        If the model has a custom activation or cost.
    """
    require_storable(model.targets)
    for member in model.members:
        _require_storable(member)
    document = {"format": schema.FORMAT, "schema": schema.SCHEMA}
    members = [_member(member, model.spread) for member in model.members]
    document |= _fields(model, schema.Document, members=members)
    # They may contain a file name that is not valid UTF-8.
    for name in ("notices", "settings", "provenance"):
        document[name] = _valid(document[name])
    return _json(document)


def require_storable(*parts: Any) -> None:
    """Raise InvalidInput if parts of a model, such as its inputs, cannot be saved; call it before training."""
    classes = max((len(getattr(part, "classes", ())) for part in parts), default=0)
    if classes > MOST_CLASSES:
        raise InvalidInput(
            f"the target has {classes} classes, and a model file can have up to {MOST_CLASSES}; choose another target, "
            "or combine rare classes"
        )
    _json([_converted(part) for part in parts])


def _json(content: Any) -> bytes:
    """Encode as JSON; nan and infinity become null."""
    try:
        return msgspec.json.encode(content, enc_hook=plain)
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"{error.object[:40]!r}, a column name or a label, has characters that no file can hold; rename it"
        ) from None


def _valid(value: Any) -> Any:
    """Escape the characters of strings that cannot be encoded as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_valid(name): _valid(entry) for name, entry in value.items()}
    return [_valid(entry) for entry in value] if isinstance(value, list) else value


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


def _member(member: Member, spread: float) -> dict[str, Any]:
    """Return the fields of a member, some of which are not attributes."""
    return _fields(
        member,
        schema.Member,
        layers=layers_of(member.network.architecture),
        theta=member.network.theta,
        factor=rows_of(member.factor.tolist()),
        variance_factor=variance_factor(member, spread),
    )


def _fields(owner: Any, structure: Any, **given: Any) -> dict[str, Any]:
    """Return the fields of an object in the order of its structure, without empty fields that may be absent.

    A given value replaces the attribute of the same name.
    """
    fields = {}
    for field in msgspec.structs.fields(structure):
        if field.name not in schema.Header.__struct_fields__:
            value = given[field.name] if field.name in given else getattr(owner, field.name)
            if field.default is not msgspec.UNSET or not _is_empty(value):
                fields[field.name] = _converted(value)
    return fields


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (hasattr(value, "__len__") and len(value) == 0)


def _converted(value: Any) -> Any:
    """Convert the objects of a model to dictionaries in the order of their structures."""
    structure = STRUCTURES.get(type(value).__name__)
    if structure is not None:
        field, tag = structure.__struct_config__.tag_field, structure.__struct_config__.tag
        constant = (
            {field: getattr(value, field, tag)} if field else {}
        )  # NumberColumn has the attribute kind
        return constant | _fields(value, structure)
    if isinstance(value, Activation):
        return value.name
    if isinstance(value, tuple):
        return [_converted(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: _converted(entry) for name, entry in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value
