"""How the training of networks ended, in the words of the report, the summary and the notebook."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan
from typing import TYPE_CHECKING

from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import sentence
from sheernet.optimizers.optimizer_protocol import LIMITS, Termination

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model

OPTIMUM = frozenset({"gradient_tolerance", "precision_reached"})
"""Reasons for the end of a training at an optimum."""
NEGLIGIBLE = 0.01
"""Maximum change of a prediction, in its standard deviations, for which a network counts as at its optimum."""
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


def change_left(member: Member) -> float:
    """The largest change of a prediction of a network by a step to the optimum, in standard deviations.

    It is 0 at the gradient tolerance and at the precision of float64, and nan if it is not known, because the
    uncertainty of the weights is not known.
    """
    if member.termination.reason in OPTIMUM:
        return 0.0
    return nan if member.change_left is None else member.change_left


def unfinished(model: Model) -> str:
    """Say how many networks are not at an optimum, and how much this can change a prediction; empty if all are."""
    left = [change_left(member) for member in model.members]
    unknown = sum(map(isnan, left))
    n = unknown + sum(each > NEGLIGIBLE for each in left)
    if not n:
        return ""
    by = "by an unknown amount"
    if not unknown:
        by = f"by up to {max(left):.2g} of its standard deviations in the next Newton step"
    which = f"{n} of {counted(len(left), 'network')}" if len(left) > 1 else "the network"
    return f"{which} did not reach an optimum: more training would change a prediction {by}"


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
