"""A comparison as text: a table, sentences about the method with the lowest objective, and the common settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet import optimizers
from sheernet.foundation.message_text import WIDTH, counted, listed, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.text_tables import aligned
from sheernet.models import report
from sheernet.models.model import Model
from sheernet.optimizers.optimizer_protocol import LIMITS

if TYPE_CHECKING:
    from sheernet.models.comparing.comparison import Comparison

NEAR = 0.01  # objectives within this fraction of the lowest count as equal
CLEARLY = 0.05  # mean log density of a row: predictions that differ by less are about as good

UNFINISHED = (*LIMITS, "interrupted")
"""Termination reasons of a run that could have continued."""

Row = Mapping[str, Any]

_LEGEND = (
    f"near: starts that end at most {100 * NEAR:g} % above the lowest objective of the table{{}}; iterations, "
    "evaluations: of the best start; seconds: of all starts, by the clock."
)


def legend(found: Comparison) -> str:
    """The meaning of the columns; with the floor, if it is larger than the percentage."""
    decides = found.floor > NEAR * abs(found.lowest)
    return _LEGEND.format(
        f", or {found.floor:.3g} (1e-9 of the first objective)" if decides else ""
    )


def verdict(found: Comparison) -> str:
    """Sentences that state which method is best by the training objective, by how much, and which did not converge."""
    rows, winner = found.rows(), found.winner
    limits = [LIMITS[row["reason"]] for row in rows if row["reason"] in LIMITS]
    if len(limits) == len(rows) and not any(row["iterations"] for row in rows):
        return sentence("No method made an iteration; increase {}.", limits[0])
    if winner is None:
        return sentence(
            "No method ended at a finite objective; use {}, or look for extreme values in the columns.",
            Setting("scaling", "standardize"),
        )
    reached = _reached(found, rows, winner)
    unfinished = _unfinished(rows, winner)
    return sentence("{} {}", reached, unfinished) if unfinished else reached


def _reached(found: Comparison, rows: Sequence[Row], winner: str) -> str:
    """The objectives that the winner and the other methods reached."""
    best = next(row for row in rows if row["method"] == winner)
    near = [row for row in rows if row["objective"] <= found.allowed]
    if len(near) > 1:
        return _first_of_several(found, best, near)
    took = f"{counted(best['evaluations'], 'evaluation')}, {_seconds(best['seconds'])} s"
    if len(rows) == 1:
        return f"{winner}: objective {_short(best['objective'])} ({took})."
    others = [row for row in rows if np.isfinite(row["objective"]) and row is not best]
    if not others:
        return f"{_leads(best)}: no other method ended at a finite objective ({took})."
    second = min(others, key=lambda row: float(row["objective"]))
    return (
        f"{_leads(best)}: its {_short(best['objective'])} is the lowest ({took}); "
        f"next is {second['method']} with {_short(second['objective'])}."
    )


def _leads(best: Row) -> str:
    """Name the measure, and say "ahead" instead of "best" for a method that did not converge."""
    leads = "is ahead" if best["reason"] in UNFINISHED else "is best"
    return f"{best['method']} {leads} by the objective on the training rows"


def _unfinished(rows: Sequence[Row], winner: str) -> str:
    """A sentence about the methods that a limit or Ctrl-C ended before they converged; the winner first."""
    cut = [row for row in rows if row["reason"] in UNFINISHED]
    if not cut:
        return ""
    cut.sort(key=lambda row: row["method"] != winner)
    names = [f"{row['method']} ({row['reason'].replace('_', ' ')})" for row in cut]
    limits = dict.fromkeys(LIMITS[row["reason"]] for row in cut if row["reason"] in LIMITS)
    raised = sentence(" and ".join(["{}"] * len(limits)), *limits)
    return sentence(
        "{} did not converge, so the order may change in longer runs{}{}.{}",
        listed(names), "; increase " if limits else "", raised, _rates(cut),
    )  # fmt: skip


def _rates(rows: Sequence[Row]) -> str:
    """A sentence about learning rates, for methods that have one."""
    ran = {row["method"]: optimizers.METHODS.get(row["ran"]) for row in rows}
    rates = {
        name: method.defaults["learning_rate"]
        for name, method in ran.items()
        if method is not None and "learning_rate" in method.options
    }
    if not rates:
        return ""
    return sentence(
        " How far {} {} depends on {} (by default {}); try others.",
        listed(list(rates)), plural_of(len(rates), "gets", "get"), Setting("learning_rate"),
        listed([f"{rate:g} for {name}" for name, rate in rates.items()]),
    )  # fmt: skip


def best_prediction(rows: Sequence[Row], winner: str | None, unseen: str) -> str:
    """A sentence about the method that predicts unseen rows best, if it is clearly better than the winner there.

    Parameters
    ----------
    rows : sequence of mapping
        As returned by `Comparison.rows`.
    winner : str or None
        The method that reached the lowest objective.
    unseen : str
        Name of the rows.

    Examples
    --------
    >>> from sheernet.models.comparing.comparison_text import best_prediction
    >>> rows = [{"method": "lm", "log_density": -6.1}, {"method": "gd", "log_density": -5.4}]
    >>> best_prediction(rows, "lm", "held-out rows")[:59]
    ' But gd predicts held-out rows best: their mean log density'
    """
    known = {row["method"]: row["log_density"] for row in rows if row["log_density"] is not None}
    if winner not in known:
        return ""
    best = max(known, key=known.__getitem__)
    if known[best] - known[winner] <= CLEARLY:
        return ""
    return (
        f" But {best} predicts {unseen} best: their mean log density is {known[best]:.4g}, of {winner} "
        f"{known[winner]:.4g}. The lowest objective is not the best prediction: for that, use fit with its defaults."
    )


def _first_of_several(found: Comparison, best: Row, near: Sequence[Row]) -> str:
    """The effort of the methods near the lowest objective."""
    winner, lowest = best["method"], found.lowest
    names = (
        "all methods" if len(near) == len(found.models) else listed([row["method"] for row in near])
    )
    counts = ", ".join(f"{row['method']} {row['evaluations']}" for row in near if row is not best)
    fastest = min(near, key=lambda row: float(row["seconds"]))
    by_floor = any(row["objective"] > lowest + NEAR * abs(lowest) for row in near)
    within = f"{100 * NEAR:g} %" + (f", or {found.floor:.3g}," if by_floor else "")
    text = (
        f"{_leads(best)}: {names} ended within {within} of the lowest, {_short(lowest)}, and {winner} took the fewest "
        f"evaluations ({best['evaluations']}; {counts})."
    )
    if fastest is best:
        return text
    return (
        f"{text} {fastest['method']} was fastest ({_seconds(fastest['seconds'])} s for all starts; "
        f"{winner} {_seconds(best['seconds'])} s)."
    )


def table(found: Comparison) -> str:
    """The rows as columns: names aligned left, numbers right, the termination reason last."""
    first = next(iter(found.models.values()))
    evaluated = "held-out" if first.settings.get("test") is None else "test"
    # Under patience the lowest validation cost decides which weights are kept.
    kept = "lowest" if first.settings.get("patience") is None else "kept"
    heads = [
        ("", "method"), (kept, "objective"), ("median", "objective"), ("", "near"), ("", "iterations"),
        ("", "evaluations"), ("", "seconds"), (evaluated, found.measure), ("", "stopped"),
    ]  # fmt: skip
    cells = [
        [
            found.label(row["method"]),
            _short(row["objective"]),
            _short(row["median"]),
            f"{row['within']}/{row['starts']}",
            str(row["iterations"]),
            str(row["evaluations"]),
            _seconds(row["seconds"]),
            "none" if row["held_out"] is None else _quality(row["held_out"], found.measure),
            row["reason"].replace("_", " "),
        ]
        for row in found.rows()
    ]
    lines = [[head[0] for head in heads], [head[1] for head in heads], *cells]
    sides: dict[str, Any] = {"left": (0, len(heads) - 1), "name_width": WIDTH, "indent": ""}
    text = aligned(lines, **sides)
    if max(map(len, text)) > WIDTH:
        text = aligned(lines, **sides, gap=" ")
    return "\n".join(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in text)


def _short(value: float) -> str:
    return f"{value:.4g}"


def _quality(value: float, measure: str) -> str:
    return f"{100 * value:.1f} %" if measure == "accuracy" else f"{value:.4f}"


def _seconds(value: float) -> str:
    return f"{value:.3g}"


def common_setting_lines(
    models: Mapping[str, Model], winner: str | None = None
) -> Iterator[tuple[str, str]]:
    """The data, network and settings of a comparison, as labels and sentences for `sheernet.models.report.lines`.

    Parameters
    ----------
    models : mapping of str to Model
        Models by method, fitted to the same rows.
    winner : str, optional
        The method whose cautions are included.
    """
    first = next(iter(models.values()))
    if winner is not None:
        for caution in report.cautions(models[winner], is_compared=True):
            yield "Caution", sentence("{}: {}", winner, caution)
    for notice in first.notices:
        yield "Notice", notice
    yield from report.problem(first)
    yield "Methods", f"{', '.join(models)} {report.objective(first)}"
    defaults, given = {}, {}
    for name, model in models.items():
        defaults[name], given[name] = (
            {setting: value for setting, value in settings.items() if setting != "method"}
            for settings in report.settings_by_origin(model)
        )
    yield from _setting_lines("Given", given)
    yield from _setting_lines("Defaults", defaults)


def _setting_lines(
    label: str, settings: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """The settings that all methods share, then the settings of single methods."""
    common = shared(list(settings.values()))
    if common:
        yield label, report.values_in_words(common)
        label = ""
    for method, own in settings.items():
        rest = {name: value for name, value in own.items() if name not in common}
        if rest:
            yield label, sentence("{}: {}", method, report.values_in_words(rest))
            label = ""


def shared(settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The entries that have the same value in all mappings.

    Examples
    --------
    >>> from sheernet.models.comparing.comparison_text import shared
    >>> shared([{"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}])
    {'a': 1}
    """
    first, *others = settings
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }
