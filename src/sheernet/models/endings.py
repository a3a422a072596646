"""How the training of networks ended, in the words of the report, the summary and the notebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import sentence
from sheernet.optimizers.optimizer_protocol import LIMITS, Termination

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model

CONVERGED = "Converged: "
"""The first word of some messages, which repeats the outcome."""


def is_chosen(model: Model) -> bool:
    """Whether networks and their decay were chosen from the data, or one network with given settings was trained."""
    return bool(model.evidence) or len(model.members) > 1


def ending(model: Model) -> str:
    """The termination of a single network with given settings, or of each network that was chosen from the data."""
    if is_chosen(model):
        return _ends_of_members(model)
    message = model.termination.message.removeprefix(CONVERGED)
    return sentence("{}: {}", outcome(model.leading), message)


def outcome(member: Member) -> str:
    """Whether the training of a network converged, and what ended it; stopping by patience is what the caller set."""
    end = member.termination
    what = "not converged"
    if end.converged:
        what = "converged"
    elif end.reason in LIMITS:
        what = f"not converged after {counted(int(member.record.iteration[-1]), 'iteration')}"
    elif end.reason == "validation_patience":
        what = "stopped early"
    return what + _reasons([end])


def _ends_of_members(model: Model) -> str:
    """The number of members that converged; not a warning, because the figures are those of all members as they are."""
    ends = [member.termination for member in model.members]
    converged = [end for end in ends if end.converged]
    others = [end for end in ends if not end.converged]
    what = f"{len(converged)} of {counted(len(ends), 'member')} converged{_reasons(converged)}"
    return what if not others else f"{what}, {len(others)} not{_reasons(others)}"


def _reasons(ends: Iterable[Termination]) -> str:
    different = dict.fromkeys(end.reason.replace("_", " ") for end in ends)
    return f" ({', '.join(different)})" if different else ""
