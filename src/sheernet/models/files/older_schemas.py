"""Model files of schemas 2 and 3, and their conversion to schema 4.

In schema 2, all members had one architecture, cost, decay and history.  In schema 3, members had an `architecture`, and
a factor stored as one list.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sheernet.models.files import schema
from sheernet.models.files.network_fields import layers_of, rows_of
from sheernet.network.architecture import Architecture


class Architecture3(msgspec.Struct, forbid_unknown_fields=True):
    """The layers of a network."""

    sizes: tuple[int, ...]
    hidden: tuple[str, ...]
    output: str
    bias: tuple[bool, ...]
    skip: bool


def _changed(structure: Any, **changes: dict[str, Any]) -> Any:
    """Define a structure in which some fields are replaced by others, given as names and types; its name ends in 3."""
    parts: list[tuple[Any, ...]] = []
    for field in msgspec.structs.fields(structure):
        if field.name in changes:
            parts += changes[field.name].items()
        else:
            parts.append((field.name, field.type, *[msgspec.UNSET] * (not field.required)))
    return msgspec.defstruct(
        f"{structure.__name__}3", parts, module=__name__, forbid_unknown_fields=True, kw_only=True
    )


Member3: Any = _changed(
    schema.Member,
    layers={"architecture": Architecture3},
    factor={"factor": tuple[float, ...]},
    variance_factor={},
)
Document3: Any = _changed(schema.Document, members={"members": tuple[Member3, ...]})


def as_schema_4(document: Any) -> Any:
    """Convert a document of schema 3 to one of schema 4.

    Raises
    ------
    InvalidInput
        If the architecture of a member is invalid.
    """
    fields = msgspec.structs.asdict(document)
    members = tuple(_as_member(member) for member in fields.pop("members"))
    return schema.Document(members=members, **fields | {"schema": schema.SCHEMA})


def _as_member(member: Any) -> schema.Member:
    """Convert a member; its `variance_factor`, which follows from the other fields, is unset."""
    fields = msgspec.structs.asdict(member)
    architecture = Architecture(**msgspec.structs.asdict(fields.pop("architecture")))
    fields["factor"] = rows_of(fields["factor"])
    return schema.Member(
        layers=layers_of(architecture),
        variance_factor=msgspec.UNSET,  # type: ignore[arg-type]
        **fields,
    )


class SharingMember(msgspec.Struct, forbid_unknown_fields=True):
    """A member; its other fields are in the document, shared by all members."""

    share: float
    theta: tuple[float, ...]


OF_MEMBERS: dict[str, Any] = {
    "cost": str,
    "architecture": Architecture3,
    "decay": tuple[float, ...],
    "termination": schema.termination,
    "starts": schema.starts,
    "record": schema.record,
}
"""Fields of the document that belong to each member in schema 3."""

Document2: Any = msgspec.defstruct(
    "Document2",
    [
        ("inputs", schema.inputs),
        ("targets", schema.targets),
        ("members", tuple[SharingMember, ...]),
        ("reduction", str),
        ("training_fit", schema.fit),
        ("held_out_fit", schema.fit | None),
        ("gradient_check", schema.GradientCheck),
        ("settings", dict[str, schema.SettingValue]),
        ("origins", schema.Origins | msgspec.UnsetType, msgspec.UNSET),
        ("evidence", schema.Evidence | msgspec.UnsetType, msgspec.UNSET),
        ("notices", tuple[str, ...]),
        ("provenance", schema.Provenance),
        *OF_MEMBERS.items(),
    ],
    bases=(schema.Header,),
    module=__name__,
    forbid_unknown_fields=True,
    kw_only=True,
)
"""The whole file; `origins` and `evidence` may be absent."""


def as_schema_3(document: Any) -> Any:
    """Convert a document of schema 2 to one of schema 3.

    The members have no factor; they have a noise variance if the evidence determined the decay.
    """
    fields = msgspec.structs.asdict(document)
    evidence = fields.pop("evidence")
    common = {name: fields.pop(name) for name in OF_MEMBERS} | {
        "noise_variance": None if evidence is msgspec.UNSET else evidence.noise_variance,
        "factor": (),
        "evidence": evidence,
    }
    members = tuple(
        Member3(share=each.share, theta=each.theta, **common) for each in fields.pop("members")
    )
    evaluation = "held out" if fields["settings"].get("test") is None else "test"
    fields |= {"schema": 3, "spread": 1.0, "evaluation": evaluation, "comparisons": {}}
    return Document3(members=members, **fields)
