"""Model files of schema 2, which had one architecture, cost, decay and history for all members."""

from __future__ import annotations

from typing import Any

import msgspec

from sheernet.models.files import schema
from sheernet.models.files.schema_3 import Architecture3, Document3, Member3


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
