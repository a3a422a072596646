"""Choose the member of a model, one of its networks, that a picture shows, and describe it for the title."""

from __future__ import annotations

from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.models.member import Member, member_index
from sheernet.models.model import Model


def choose_member(model: Model, member: int | None) -> tuple[Member, str]:
    """Return a member, by default the member with the largest share, and a line for the title if there are several.

    Raises
    ------
    InvalidInput
        If the member does not exist.
    """
    n, index = len(model.members), member_index(model.members, member)
    chosen = model.members[index]
    if n == 1:
        return chosen, ""
    share = "the largest share" if member is None else "a share"
    return (
        chosen,
        f"network {index + 1} of {n}, with {share} in the prediction: {100 * chosen.share:.0f} %",
    )


def without_model(source: Any, member: int | None) -> tuple[Any, str]:
    """Return a source of a picture, with a model replaced by its member, and the line for the title.

    Raises
    ------
    InvalidInput
        If the member does not exist, or the source has no members.
    """
    if isinstance(source, Model):
        return choose_member(source, member)
    if member is not None:
        raise InvalidInput(f"member needs a Model, but {type(source).__name__} was given; omit it")
    return source, ""
