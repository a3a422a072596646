"""`run_section`: the part of a report about training: the objective of a run, or a line for each network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheernet.apps.html_report.html_page import section
from sheernet.foundation.text_tables import html_table
from sheernet.training.training_html import objective_svg

if TYPE_CHECKING:
    from sheernet.models.member import Member
    from sheernet.models.model import Model

CHOSEN = (
    "The search for weight decays found these weights in many short runs from several starts. The last training of a "
    "network begins there and changes little."
)


def run_section(model: Model) -> str:
    """Show the training of a model as a section."""
    if not model.evidence:
        return section("Run", objective_svg(model.record.objective))
    heads = ["network", "share", "cost", "log evidence", "effective parameters", "iterations"]
    heads += ["objective at first", "at the end", "ended by"]
    lines = [heads, *map(_line, model.members)]
    return section("Training", f"<div class='wide'>{html_table(lines)}</div><p>{CHOSEN}</p>")


def _line(member: Member) -> list[str]:
    """Return what the search found for a network, and what its last training did."""
    record, evidence = member.record, member.evidence
    parameters = member.network.theta.size
    effective = f"{evidence['effective_parameters']:.1f} of {parameters}" if evidence else ""
    return [
        "-".join(map(str, member.network.architecture.sizes)),
        f"{100 * member.share:.0f} %",
        member.cost,
        f"{evidence['log_evidence']:.1f}" if evidence else "",
        effective,
        str(record.iteration[-1]),
        f"{record.objective[0]:.4g}",
        f"{record.objective[-1]:.4g}",
        member.termination.reason.replace("_", " "),
    ]
