"""A summary as text for a terminal, and as HTML for a notebook: the same paragraphs and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.message_text import counted, listed, plural_of, wrapped
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models import report
from sheernet.models.explaining.coefficient_table import INTERCEPT, LINKS
from sheernet.models.explaining.member_statistics import OverallFit
from sheernet.models.explaining.network_diagnosis import NOT_SHOWN

if TYPE_CHECKING:
    from sheernet.models.explaining.member_statistics import NetworkFigures
    from sheernet.models.explaining.summary import NetworkLine, Summary

MOST_WEIGHTS = 40  # maximum number of weights to list for a network with hidden layers
LEAST_P = 1e-16
DRAWN_TO_0 = "drawn to 0"
UNKNOWN = "-"
STARTS = (
    "starts: the number of starts that reached the best log evidence to within 1; the best is used, and with "
    "hidden units a small number is usual"
)
TABLE = "to_frame()"
"""Where to find the table of all weights; a command line has an option for it."""


@dataclass(frozen=True)
class TextGrid:
    """A table of text: a title, heads, and lines whose first cell is a name."""

    title: str
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]


Remark = tuple[str, str]
"""A label and a sentence; an empty label continues the one above it."""
Block = str | TextGrid | list[Remark]
"""A paragraph, a table, or remarks."""


def as_text(summary: Summary, spell: Callable[[Setting], str] = str) -> str:
    """The summary in lines of at most 100 characters; `spell` writes the arguments in its advice."""
    parts = []
    for block in _blocks(summary):
        if isinstance(block, str):
            parts.append(wrapped(rendered(block, spell)))
        elif isinstance(block, TextGrid):
            title = [wrapped(block.title)] if block.title else []
            parts.append("\n".join([*title, *aligned([block.heads, *block.lines])]))
        else:
            parts.append(report.lines(block, spell))
    return "\n\n".join(parts)


def as_html(summary: Summary) -> str:
    """The summary as HTML without scripts."""
    parts = []
    for block in _blocks(summary):
        if isinstance(block, str):
            parts.append(paragraphs([block]))
        elif isinstance(block, TextGrid):
            parts.append(html_table([block.heads, *block.lines], block.title))
        else:
            lines = (
                f"<tr><th style='text-align:left'>{escape(label)}</th>"
                f"<td style='text-align:left'>{escape(text)}</td></tr>"
                for label, text in block
            )
            parts.append(f"<table>{''.join(lines)}</table>")
    return f"<div>{''.join(parts)}</div>"


def _blocks(summary: Summary) -> Iterator[Block]:
    yield summary.title
    yield summary.headline
    yield _networks(summary.networks)
    yield from _coefficients(summary)
    yield list(_remarks(summary))


def _networks(networks: Sequence[NetworkLine]) -> TextGrid:
    """The networks and their statistics, as a table."""
    columns = [_network_cells(k, line) for k, line in enumerate(networks)]
    if len(networks) == 1:
        columns[0]["share"] = UNKNOWN
    heads = [head for head in columns[0] if any(cells[head] != UNKNOWN for cells in columns)]
    return TextGrid("", heads, [[cells[head] for head in heads] for cells in columns])


def _network_cells(k: int, line: NetworkLine) -> dict[str, str]:
    """The statistics of a network, by column heading."""
    figures, criteria = line.figures, line.figures.criteria
    return {
        "network": f"{k + 1}: {line.architecture}",
        "share": f"{100 * line.share:.0f} %",
        "cost": line.cost,
        "parameters": str(line.n_parameters),
        "effective": _figure(figures.effective, ".1f"),
        "noise": f"{figures.noise[0]:.4g}" if len(figures.noise) == 1 else UNKNOWN,
        "AIC": UNKNOWN if criteria is None else f"{criteria.aic:.1f}",
        "BIC": UNKNOWN if criteria is None else f"{criteria.bic:.1f}",
        "starts": f"{line.reached}/{line.starts}",
    }


def _coefficients(summary: Summary) -> Iterator[Block]:
    table = summary.coefficients
    which = ""
    if len(summary.networks) > 1:
        share = 100 * summary.networks[summary.chosen].share
        which = f" of network {summary.chosen + 1} alone ({share:.0f} % of the prediction)"
    if table.is_linear:
        yield from _linear(summary, which)
    elif len(table.names) > MOST_WEIGHTS:
        yield sentence(
            "The {} weights{} are not listed here; use {} for a table of them{}.",
            len(table.names), which, Setting(TABLE),
            " with their standard errors" if table.has_std_errors else "",
        )  # fmt: skip
    else:
        found = table.figures
        lines = [
            [name, f"{estimate:.4g}", _figure(error, ".3g"), _figure(share, ".2f")]
            for name, estimate, error, share in zip(
                table.names, found.estimates, found.std_errors, table.determined, strict=True
            )
        ]
        heads = ["", "estimate", "std error", "determined"]
        yield TextGrid(f"Weights{which}, on the scale of the network", heads, lines)


def _linear(summary: Summary, which: str) -> Iterator[Block]:
    """A table of the coefficients of each output."""
    table = summary.coefficients
    found, t = table.figures, "z" if np.isinf(table.degrees) else "t"
    known = table.has_std_errors
    for output in dict.fromkeys(table.outputs):
        lines = [
            [
                table.names[i], DRAWN_TO_0 if table.drawn[i] else _figure(found.estimates[i], ".5g"),
                *(
                    [
                        _figure(found.std_errors[i], ".4g"), _statistic(found.statistics[i]),
                        _p_value(found.p_values[i]),
                        _figure(found.lower[i], ".4g"), _figure(found.upper[i], ".4g"),
                    ] if known else []
                ),
            ]
            for i in range(len(table.names)) if table.outputs[i] == output
        ]  # fmt: skip
        heads = ["", "estimate"]
        if known:
            heads += ["std error", t, "p", "2.5 %", "97.5 %"]
        yield TextGrid(f"Coefficients{which}: {output}, per unit of each column", heads, lines)


def _figure(value: float | None, form: str) -> str:
    return UNKNOWN if value is None or np.isnan(value) else f"{value:{form}}"


def _statistic(value: float) -> str:
    return _figure(value, ".2f" if abs(value) < 1e4 else ".3g")


def _p_value(value: float) -> str:
    if np.isnan(value):
        return UNKNOWN
    if value < LEAST_P:
        return f"< {LEAST_P:.0e}"
    return f"{value:.4f}" if value >= 1e-4 else f"{value:.1e}"


def _remarks(summary: Summary) -> Iterator[Remark]:
    yield from _labeled("Caution", summary.cautions)
    reading = _about_terms if summary.coefficients.is_linear else _about_weights
    yield from _labeled("Reading", reading(summary))
    yield from _labeled("Overall", map(_overall, summary.overall))
    chosen = summary.networks[summary.chosen]
    figures = chosen.figures
    yield "Likelihood", _likelihood(figures)
    if figures.noise:
        shown = [f"{noise:.4g}" for noise in figures.noise]
        of = plural_of(len(shown), "in the units of the target", "of the targets, in their units")
        yield "Noise", f"standard deviation {listed(shown, most=6)}, {of}"
    yield from _labeled(
        "Starts", [chosen.starts_in_words, *([STARTS] * (len(summary.networks) > 1))]
    )
    yield from _labeled("Diagnosis", summary.diagnosis)


def _likelihood(figures: NetworkFigures) -> str:
    criteria = figures.criteria
    if criteria is None:
        return figures.why_no_criteria
    noise = " and the noise variance" if figures.noise else ""
    effective = f"{figures.effective:.1f}".removesuffix(".0")
    return (
        f"log likelihood {criteria.log_likelihood:.2f} of the training rows in their own units; AIC "
        f"{criteria.aic:.2f} and BIC {criteria.bic:.2f} count {effective} effective parameters{noise}"
    )


def _labeled(label: str, sentences: Iterable[str]) -> Iterator[Remark]:
    """Sentences of which the first has a label."""
    for k, text in enumerate(sentences):
        yield "" if k else label, text


def _about_terms(summary: Summary) -> Iterator[str]:
    """How to interpret the coefficients of a regression."""
    table = summary.coefficients
    labels = [f"{column} {label}" for column, label in table.references.items()]
    compared = f"{listed(labels, most=8)}, with which the other labels are compared"
    if INTERCEPT in table.names:
        yield f"{INTERCEPT}: with 0 in each column of numbers" + (
            f", and {compared}" if labels else ""
        )
    elif labels:
        yield compared
    if any(output.startswith("log squared scale") for output in table.outputs):
        yield "log squared scale: the logarithm of the variance of the noise (Student's t: of its squared scale)"
    if any(output.startswith("log odds") for output in table.outputs):
        yield "log odds: exp(estimate) is the factor by which the odds change for one more unit"
    if any(output.startswith(LINKS["exp"]) for output in table.outputs):
        yield "log: exp(estimate) is the factor on the prediction for one unit more"
    if not table.has_std_errors:
        return
    yield _distribution(table.degrees)
    if summary.networks[summary.chosen].has_decay:
        yield (
            "the weight decay draws the estimates toward 0; standard errors, p values and intervals are those of the "
            "posterior distribution with this decay, not of repeated sampling"
        )
    if table.drawn.any():
        yield f"{DRAWN_TO_0}: by the decay; {NOT_SHOWN}"


def _about_weights(summary: Summary) -> Iterator[str]:
    """How to interpret weights."""
    table = summary.coefficients
    if table.has_std_errors and len(table.names) <= MOST_WEIGHTS:
        yield (
            "determined: the part of a weight that the data determine, 0 if only its decay does; weights have no p "
            "values, because hidden units can be exchanged and their signs changed"
        )


def _distribution(degrees: float) -> str:
    if np.isinf(degrees):
        return "z: estimate / std error, normal if there are many rows; intervals of 95 %"
    if np.isnan(degrees) or degrees <= 0:
        return "no degrees of freedom are left, or known, for p values"
    freedom = f"{degrees:.1f}".removesuffix(".0")
    return f"t: estimate / std error, on {freedom} degrees of freedom; intervals of 95 %"


def _overall(test: OverallFit) -> str:
    p = _p_value(test.p_value)
    p = f"p{p.replace(' ', '')}" if p.startswith("<") else f"p={p}"  # on one line
    if test.adjusted_r2 is None:
        return (
            f"{test.output}: likelihood ratio {test.statistic:.4g} against the class frequencies, on "
            f"{counted(round(test.degrees[0]), 'degree')} of freedom, {p}; McFadden's R^2 {test.r2:.4f}"
        )
    first, second = (f"{value:.6g}" for value in test.degrees)
    return (
        f"{test.output}: R^2 {test.r2:.4f}, adjusted {test.adjusted_r2:.4f}; F {test.statistic:.4g} on {first} and "
        f"{second} degrees of freedom, {p}"
    )
