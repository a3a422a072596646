"""A network and a model as HTML for a notebook: tables, facts, and the network as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from sheernet.foundation.text_tables import facts_html, html_table
from sheernet.models.endings import ending
from sheernet.models.explaining.network_diagram import InputGroup, input_groups, lay_out
from sheernet.models.explaining.network_svg import network_svg
from sheernet.models.explaining.summary import ends_of_starts
from sheernet.models.member import Member
from sheernet.models.reliability import reliability
from sheernet.models.report import cautions
from sheernet.models.report_beginning import figure_table, heading, network_in_short
from sheernet.models.verdict import verdict

if TYPE_CHECKING:
    from sheernet.models.model import Model

STYLE = (
    "display:flex;flex-wrap:wrap;gap:8px 28px;align-items:flex-start;margin:10px 0;max-width:1200px"
)
PICTURE_WIDTH = "flex:0 1 540px"
TEXT_WIDTH = "flex:1 1 320px;max-width:620px"
Fact = tuple[str, str]
"""A label and a sentence."""


def model_html(model: Model) -> str:
    """The figures of a model, its verdict and cautions, and its leading network, as an element `div`."""
    facts = [
        ("Verdict", str(verdict(model))),
        ("Errors", reliability(model)),
        *(("Caution", str(caution)) for caution in cautions(model)),
        *_ends(model),
        *(("Notice", str(notice)) for notice in model.notices),
    ]
    return _of_model(model, [fact for fact in facts if fact[1]])


def fit_html(model: Model) -> str:
    """The figures and the termination of a model, which an estimator's diagram of parameters does not show."""
    return _of_model(model, _ends(model))


def _of_model(model: Model, facts: Sequence[Fact]) -> str:
    groups = input_groups(model.inputs)
    return network_html(model.leading, facts, groups, model.output_names, model_tables(model))


def _ends(model: Model) -> list[Fact]:
    return [("Stopped", ending(model)), ("Starts", ends_of_starts(model.leading)[2])]


def network_html(
    member: Member,
    facts: Sequence[Fact],
    groups: Sequence[InputGroup],
    output_names: Sequence[str],
    tables: str = "",
) -> str:
    """Show a network and facts about its fit.

    Parameters
    ----------
    member : Member
        The network.
    facts : sequence of (str, str)
        Labels and sentences.
    groups : sequence of InputGroup
        The columns that its inputs encode.
    output_names : sequence of str
        Names of its outputs.
    tables : str
        HTML above the facts.

    Returns
    -------
    str
        An element `div`, in which all names are escaped.
    """
    diagram = lay_out(member.network, None, output_names, groups)
    title = escape(diagram.title).replace("\n", "<br>")
    return (
        f"<div class='sheernet-fit' style='{STYLE}'><div style='{PICTURE_WIDTH}'><div>{title}</div>"
        f"{network_svg(diagram)}</div><div style='{TEXT_WIDTH}'>{tables}{facts_html(facts)}</div></div>"
    )


def model_tables(model: Model) -> str:
    """Show what a model predicts, its figures and those of other predictions, and its networks."""
    shown = [["network", "share", "cost"]] + [
        [str(member.network.architecture), f"{100 * member.share:.0f} %", member.cost]
        for member in model.members
    ]
    return (
        f"<p>{escape(heading(model))}</p>{html_table(figure_table(model))}"
        f"{html_table(shown) if len(model.members) > 1 else ''}<p>{escape(network_in_short(model))}</p>"
    )
