"""What a model is and how it came about, as text: what it says first is whether to trust it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.data.targets import ClassificationFit, Judgment, RegressionFit
from sheernet.models.fitting import FEWEST_ROWS_TO_HOLD_OUT, fit
from sheernet.models.fitting.effort import effort_for
from sheernet.models.model import Model
from sheernet.training.training import train

WIDTH = 100
LABEL = 12
MUCH_WORSE = 2.0  # times the error of training rows: without noise learned it is hardly more
WELL_PREDICTED = 0.9  # an R^2 that nobody has to be warned of
MOST_NAMES = 20  # of inputs: a table of 500 columns is counted, not listed

TOLD_ELSEWHERE = ("validation", "validation_rows", "test", "weights", "options")
"""Settings that have their place in other lines of the report."""

ADVICE = ("Stopped", "Caution", "Notice")
"""Sentences that may tell what to do; the others are names and numbers."""

MAY_BE_EMPTY = ("drop", "categories")
"""Settings that say nothing where they are empty; others say nothing where they are None."""


def text(model: Model, spell: Callable[[str], str] = str) -> str:
    """Report data, network, method, stop reason, fit and gradient verdict.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    spell : callable, str -> str
        What its advice is put through before it is wrapped: a command line speaks of options.

    Returns
    -------
    str
        Lines of at most 100 characters.
    """
    return lines(_sentences(model), spell)


def lines(sentences: Iterable[tuple[str, str]], spell: Callable[[str], str] = str) -> str:
    """Sentences behind their labels, wrapped.

    Parameters
    ----------
    sentences : iterable of (str, str)
        Labels and sentences; an empty label goes on with what is above it.
    spell : callable, str -> str
        As for `text`.

    Examples
    --------
    >>> from sheernet.models.report import lines
    >>> print(lines([("Inputs", "hours"), ("Notice", "raise starts")], str.upper))
    Inputs      hours
    Notice      RAISE STARTS
    """
    return "\n".join(
        _labelled(label, spell(sentence) if label in ADVICE else sentence)
        for label, sentence in sentences
    )


def settings_by_origin(model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of a fit that were left at their defaults, and those that were chosen.

    Returns
    -------
    defaults, chosen : dict
        Those that say nothing (no limit, no list) are in neither.
    """
    known = _defaults(model)
    defaults: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    for name, value in model.settings.items():
        if name in TOLD_ELSEWHERE or value is None or (name in MAY_BE_EMPTY and not value):
            continue
        (defaults if value == known.get(name) else chosen)[name] = value
    options = model.settings.get("options")
    if isinstance(options, Mapping):  # some repeat a setting, such as the seed of mini-batches
        chosen |= {k: v for k, v in options.items() if model.settings.get(k) != v}
    return defaults, chosen


def _defaults(model: Model) -> dict[str, Any]:
    """What fit would have taken by itself."""
    known = {
        name: parameter.default
        for function in (train, fit)  # those of fit come last and count
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    by_size = asdict(effort_for(model.training_fit.rows, model.network.theta.size))
    return {**known, **by_size, "cost": model.targets.default_cost, "hidden": [known["hidden"]]}


def _sentences(model: Model) -> Iterator[tuple[str, str]]:
    yield "Gradient", _gradient(model)
    yield (
        "Stopped",
        f"{_outcome(model)}, {model.termination.reason}: {model.termination.message}",
    )
    if model.starts.cut:
        yield "", model.starts.cut
    names = model.targets.names
    yield "Fit", f"training rows: {_fit(model.training_fit, names)}"
    held_out = "none" if model.held_out_fit is None else _fit(model.held_out_fit, names)
    yield "", f"{judged_rows(model)}: {held_out}"
    for caution in _cautions(model):
        yield "Caution", caution
    for notice in model.notices:
        yield "Notice", notice
    yield from _what_was_fitted(model)
    defaults, chosen = settings_by_origin(model)
    if chosen:
        yield "Chosen", listed(chosen)
    yield "Defaults", listed(defaults) or "none"


def problem(model: Model) -> Iterator[tuple[str, str]]:
    """What there was to learn, and by which network, as labels and sentences; no method has a part in it."""
    network = model.network
    yield "Data", _data(model)
    yield "Inputs", listed_names(model.inputs.names)
    if model.inputs.n_features != len(model.inputs.names):
        yield "", f"encoded as {listed_names(model.inputs.features)}"
    yield "Targets", _targets(model)
    yield "Network", f"{network.architecture}; {network.theta.size} weights"


def _what_was_fitted(model: Model) -> Iterator[tuple[str, str]]:
    record, starts = model.record, model.starts
    yield from problem(model)
    yield "Method", f"{model.provenance.method} {objective(model)}"
    # Under patience, and with steps that may go up, the last iterate need not be the kept one.
    kept = float(starts.objectives[starts.best])
    row = record.row_of(kept)
    last = row == len(record) - 1
    where = "at the end" if last else f"at iteration {record.iteration[row]}, which is kept"
    together = f" ({np.sum(starts.seconds):.3g} s for all starts)" if len(starts) > 1 else ""
    yield (
        "Objective",
        (
            f"{record.objective[0]:.6g} at the start, {kept:.6g} {where}; "
            f"{record.iteration[-1]} iterations, {record.value_evaluations[-1]} evaluations, {record.seconds[-1]:.3g} s"
            f"{together}"
        ),
    )
    watched = record.validation_cost[row]
    if np.isfinite(watched):
        yield "", f"validation cost {watched:.6g} there, which has no decay in it"
    yield "Starts", f"{starts} (seed {starts.seed}, {starts.scheme})"
    if kept > np.fmin.reduce(starts.objectives) and model.settings.get("patience") is not None:
        yield (
            "",
            f"kept for the lowest validation cost: start {starts.best + 1}, objective {kept:.6g}",
        )


def _labelled(label: str, sentence: str) -> str:
    indent = " " * LABEL
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=label.ljust(LABEL),
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _outcome(model: Model) -> str:
    """Whether the training came to its end; who sets patience wants it to stop before."""
    if model.termination.converged:
        return "converged"
    return "as asked" if model.termination.reason == "validation_patience" else "not converged"


def _gradient(model: Model) -> str:
    """The verdict and what it rests on; the criterion with its numbers is in the model and in `sheernet check`."""
    check = model.gradient_check
    ratio = float("nan") if check["norm_ratio"] is None else check["norm_ratio"]
    return (
        f"{check['verdict']} by {check['method']} at the start, each entry judged by the estimated error of its "
        f"numerical derivative; norm ratio {ratio:.1e}"
    )


def _cautions(model: Model) -> Iterator[str]:
    """What a person should know before trusting the fit."""
    rows, weights = model.training_fit.rows, model.network.theta.size
    if weights >= rows * model.targets.n_outputs:
        yield (
            f"{weights} weights for {rows} rows: a close fit of the training rows says nothing; "
            "use fewer hidden units, more decay, or more rows"
        )
    fit = model.held_out_fit
    advice = "the network has learned noise; use fewer hidden units or more decay"
    if fit is None:
        why = _why_none_held_out(model, rows)
        yield f"no rows were held out, so how well new rows are predicted is not known{why}"
    elif isinstance(fit, ClassificationFit):
        blind = _log_loss_of_shares(model.training_fit, fit)
        if fit.accuracy < fit.majority:
            yield (
                f"{judged_rows(model)} are predicted worse than by always naming the class most frequent in training: "
                f"{advice}"
            )
        elif fit.log_loss > blind:
            yield (
                f"the probabilities of {judged_rows(model)} are worse than the shares of the classes in training "
                f"(log loss {blind:.4g}): the network is sure where it should not be; {advice}"
            )
    elif any(r2 is not None and r2 < 0 for r2 in fit.r2):
        yield f"{judged_rows(model)} are predicted worse than by their own mean: {advice}"
    elif isinstance(model.training_fit, RegressionFit):
        times = _times_worse(model.training_fit, fit)
        if times > MUCH_WORSE:
            yield f"{judged_rows(model)} have an error {times:.2g} times that of training rows: in part {advice}"


def _log_loss_of_shares(training: Judgment, judged: ClassificationFit) -> float:
    """The log loss of naming for every row the shares of the classes in training: what probabilities have to beat."""
    known = training.shares if isinstance(training, ClassificationFit) else judged.shares
    return float(-(judged.shares * np.log(np.maximum(known, TINY))).sum())


def _times_worse(training: RegressionFit, judged: RegressionFit) -> float:
    """How many times the error of judged rows is that of training rows, where it matters; of targets the worst."""
    ratios = [
        error / small
        for error, small, r2 in zip(judged.rmse, training.rmse, judged.r2, strict=True)
        if small > 0 and r2 is not None and r2 < WELL_PREDICTED
    ]
    return max(ratios, default=0.0)


def _why_none_held_out(model: Model, rows: int) -> str:
    """Why no row was held out though a share was asked for; empty where none was."""
    share = model.settings.get("held_out")
    if not share or not isinstance(share, (int, float)):  # a file may hold anything there
        return ""
    if rows < FEWEST_ROWS_TO_HOLD_OUT:
        return f" ({FEWEST_ROWS_TO_HOLD_OUT} rows are needed)"
    if share * rows < 1:
        return f" ({share:g} of {rows} rows is less than one; raise held_out)"
    return (
        f" (no class has enough rows to hold out {share:g} of them; "
        "join classes, or give rows to judge by in test (--test))"
    )


def judged_rows(model: Model) -> str:
    """What the rows are called that were judged and not trained on: "held-out rows" or "rows of later.csv"."""
    table = model.settings.get("test")
    return "held-out rows" if table is None else f"rows of {table}"


def judged(model: Model) -> str:
    """How many rows were judged and not trained on: "10 held out" or "13 of later.csv to judge by"."""
    rows = 0 if model.held_out_fit is None else model.held_out_fit.rows
    test = model.settings.get("test")
    return f"{rows} held out" if test is None else f"{rows} of {test} to judge by"


def _data(model: Model) -> str:
    """The table, how it was read, and what its rows were for."""
    fit, test = model.held_out_fit, model.settings.get("test")
    training = model.training_fit.rows
    total = training if fit is None or test is not None else training + fit.rows
    read = f" ({model.provenance.reading})" if model.provenance.reading else ""
    watched = model.settings.get("validation")
    number = model.settings.get("validation_rows", "those")  # models of before do not tell it
    more = "" if watched is None else f", {number} of {watched} watched"
    weighted = model.settings.get("weights")
    by = "" if weighted is None else f"; weighted by {_entry(weighted)}"
    rows = f"{total} rows, {training} to train on, {judged(model)}"
    return f"{model.provenance.data}{read}: {rows}{more}{by}"


def _targets(model: Model) -> str:
    names = listed_names(model.targets.names)
    if model.task == "regression":
        return f"{names} (regression)"
    classes = listed_names(tuple(str(label) for label in model.targets.classes))  # type: ignore[union-attr]
    return f"{names} (classification): {classes}"


def listed_names(names: tuple[str, ...]) -> str:
    """Names in one line; of many, the first ones and their number."""
    if len(names) <= MOST_NAMES:
        return ", ".join(map(_quoted, names))
    return f"{', '.join(map(_quoted, names[: MOST_NAMES - 1]))}, ... ({len(names)} in all)"


def _quoted(name: str) -> str:
    """A name in a list by the rules of CSV, which the command line reads lists by."""
    if name == name.strip() != "" and not set(name) & set(",;\"'"):
        return name
    return '"' + name.replace('"', '""') + '"'


def listed(settings: Mapping[str, Any]) -> str:
    """Settings and their values in one line.

    Examples
    --------
    >>> from sheernet.models.report import listed
    >>> listed({"hidden": [3, 2], "decay": 0.0001, "drop": ["id", "a, b"]})
    'hidden 3,2, decay 0.0001, drop id,"a, b"'
    """
    return ", ".join(f"{name} {_value(value)}" for name, value in settings.items())


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_value(entry)}" for name, entry in value.items())
    if isinstance(value, (list, tuple)):
        few = len(value) <= MOST_NAMES
        return (",".join(map(_entry, value)) or "none") if few else f"of {len(value)} values"
    return str(value)


def _entry(value: Any) -> str:
    """A value in a list, where text has to be told apart from what is around it; a file may hold anything there."""
    return _quoted(value) if isinstance(value, str) else _value(value)


def objective(model: Model) -> str:
    """Engine, cost and decay in words: what a method was put to."""
    cost = f"on {model.provenance.engine} engine; {model.reduction} of {model.cost}"
    decays = np.unique(model.decay[model.decay > 0])
    if decays.size == 0:
        return f"{cost}, no decay"
    amount = f"{decays[0]:g}" if decays.size == 1 else f"{decays[0]:g} to {decays[-1]:g}"
    return (
        f"{cost}, decay {amount} on {np.count_nonzero(model.decay)} of {model.decay.size} weights"
    )


def _fit(fit: Judgment, names: tuple[str, ...]) -> str:
    if isinstance(fit, ClassificationFit):
        return (
            f"{fit.accuracy:.2%} are right (always the class most frequent in training: {fit.majority:.2%}), "
            f"log loss {fit.log_loss:.4g}"
        )
    parts = []
    for name, rmse, r2 in zip(names, fit.rmse, fit.r2, strict=True):
        share = "R^2 not defined (constant)" if r2 is None else f"R^2 {r2:.4f}"
        prefix = f"{_quoted(name)}: " if len(names) > 1 else ""
        parts.append(f"{prefix}{share}, root mean squared error {rmse:.4g}")
    return "; ".join(parts)
