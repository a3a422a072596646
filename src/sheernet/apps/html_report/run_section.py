"""`run_section`: the part of a report about training: a run to go through, its cost, or a line for each network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheernet.apps.html_report.html_page import Spelling, in_words, section
from sheernet.foundation.sentences import InPython, Setting, sentence
from sheernet.foundation.text_tables import html_table
from sheernet.training.training_html import objective_svg

if TYPE_CHECKING:
    from sheernet.foundation.arrays import Array
    from sheernet.models.member import Member
    from sheernet.models.model import Model

CHOSEN = (
    "The search for weight decays has found the weights of {}, in many short runs from several starts. The last "
    "training of a network, with its final decays, begins there and changes little, so there is no single run to show. "
    "A fit with given {} and {}{} is one run from random initial weights, and its report goes through it."
)
"""Why a fit whose networks are chosen from the data shows a table instead of a run."""

PATH = InPython(", and keep_path=True,")
"""The command line keeps the iterates of such a fit without an option."""


def run_section(model: Model, is_recorded: bool, spell: Spelling) -> str:
    """Show the training of a model.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    is_recorded : bool
        Whether the page has a run for its script.
    spell : callable, Setting -> str
        How arguments are spelled.

    Returns
    -------
    str
        A section, or "" if the run is not recorded, as in a loaded model.
    """
    if model.evidence and not is_recorded:
        return section("Training", _members(model, spell))
    return recorded_section(model.record.objective, is_recorded)


def recorded_section(objective: Array, is_recorded: bool) -> str:
    """Return the objective of a run as a picture, in the place that the script fills if the run is recorded."""
    picture = objective_svg(objective)
    if not is_recorded:
        return section("Run", picture)
    text = "A browser that runs scripts shows the network at each iteration here."
    return section("Run", f"<div id='run'>{picture}<p>{text}</p></div>")


def _members(model: Model, spell: Spelling) -> str:
    networks = "the network" if len(model.members) == 1 else "the networks"
    told = sentence(CHOSEN, networks, Setting("hidden"), Setting("decay"), PATH)
    heads = ["network", "share", "cost", "log evidence", "effective parameters", "iterations"]
    heads += ["objective at first", "at the end", "ended by"]
    lines = [heads, *map(_line, model.members)]
    return f"<div class='wide'>{html_table(lines)}</div><p>{in_words(told, spell)}</p>"


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
