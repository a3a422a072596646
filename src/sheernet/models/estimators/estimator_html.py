"""`ShownInNotebook`: how a notebook shows a fitted estimator.

scikit-learn's diagram of the parameters comes first; then the network, as SVG, beside what the fit found.  Without a
fit there is only the diagram.  Inside a Pipeline, scikit-learn draws the estimator as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from sheernet.foundation.text_tables import html_table
from sheernet.models.explaining.network_diagram import InputGroup, lay_out
from sheernet.models.explaining.network_svg import network_svg
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.models.report_beginning import figure_table, heading, network_in_short

STYLE = (
    "display:flex;flex-wrap:wrap;gap:8px 28px;align-items:flex-start;margin:10px 0;max-width:1200px"
)
PICTURE_WIDTH = "flex:0 1 540px"
TEXT_WIDTH = "flex:1 1 320px;max-width:620px"
Fact = tuple[str, str]
"""A label and a sentence."""


class ShownInNotebook:
    """A base before `BaseEstimator`: adds `_fit_html()` to scikit-learn's diagram of a fitted estimator."""

    def _fit_html(self) -> str:
        """What the fit found, as HTML; empty if there is no fit."""
        return ""

    def _repr_html_inner(self) -> str:
        base: str = super()._repr_html_inner()  # type: ignore[misc]
        return base + self._fit_html()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if "text/html" in bundle:
            bundle["text/html"] += self._fit_html()
        return bundle


def network_html(
    member: Member,
    facts: Sequence[Fact],
    groups: Sequence[InputGroup],
    output_names: Sequence[str],
    tables: str = "",
) -> str:
    """A network and what is known of its fit.

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
    lines = "".join(
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(label)}</th>"
        f"<td style='text-align:left;white-space:normal'>{escape(text)}</td></tr>"
        for label, text in facts
    )
    return (
        f"<div class='sheernet-fit' style='{STYLE}'><div style='{PICTURE_WIDTH}'><div>{title}</div>"
        f"{network_svg(diagram)}</div><div style='{TEXT_WIDTH}'>{tables}<table>{lines}</table></div></div>"
    )


def model_tables(model: Model) -> str:
    """The answer of a model: what is predicted, the figures beside those of simpler predictions, and the networks."""
    shown = [["network", "share", "cost"]] + [
        [str(member.network.architecture), f"{100 * member.share:.0f} %", member.cost]
        for member in model.members
    ]
    return (
        f"<p>{escape(heading(model))}</p>{html_table(figure_table(model))}"
        f"{html_table(shown) if len(model.members) > 1 else ''}<p>{escape(network_in_short(model))}</p>"
    )
