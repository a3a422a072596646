"""What a model is and how it came about, as text: what it says first is whether to trust it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sheernet.fitting import FEWEST_ROWS_TO_HOLD_OUT, fit
from sheernet.model import Model
from sheernet.targets import ClassificationFit, Judgment
from sheernet.training import train

WIDTH = 100
LABEL = 12
MOST_NAMES = 20  # of inputs: a table of 500 columns is counted, not listed

TOLD_ELSEWHERE = ("validation", "test", "weights", "options")
"""Settings that have their place in other lines of the report."""

MAY_BE_EMPTY = ("drop", "categories")
"""Settings that say nothing where they are empty; others say nothing where they are None."""


def text(model: Model) -> str:
    """Report data, network, method, stop reason, fit and gradient verdict.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.

    Returns
    -------
    str
        Lines of at most 100 characters.
    """
    return "\n".join(_labelled(label, sentence) for label, sentence in _sentences(model))


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
    return {**known, "cost": model.targets.default_cost, "hidden": [known["hidden"]]}


def _sentences(model: Model) -> Iterator[tuple[str, str]]:
    yield "Gradient", _gradient(model)
    outcome = "converged" if model.termination.converged else "not converged"
    yield "Stopped", f"{outcome}, {model.termination.reason}: {model.termination.message}"
    if model.starts.cut:
        yield "", model.starts.cut
    names = model.targets.names
    yield "Fit", f"training rows: {_fit(model.training_fit, names)}"
    judged = "none" if model.held_out_fit is None else _fit(model.held_out_fit, names)
    yield "", f"{_judged_rows(model)}: {judged}"
    for caution in _cautions(model):
        yield "Caution", caution
    for notice in model.notices:
        yield "Notice", notice
    yield from _what_was_fitted(model)
    defaults, chosen = settings_by_origin(model)
    if chosen:
        yield "Chosen", _listed(chosen)
    yield "Defaults", _listed(defaults) or "none"


def _what_was_fitted(model: Model) -> Iterator[tuple[str, str]]:
    network, record, starts = model.network, model.record, model.starts
    yield "Data", _data(model)
    yield "Inputs", _names(model.inputs.names)
    if model.inputs.n_features != len(model.inputs.names):
        yield "", f"encoded as {_names(model.inputs.features)}"
    yield "Targets", _targets(model)
    yield "Network", f"{network.architecture}; {network.theta.size} weights"
    yield (
        "Method",
        f"{model.provenance.method} on {model.provenance.engine} engine; {_objective(model)}",
    )
    yield (
        "Objective",
        (
            f"{record.objective[0]:.6g} at the start, {np.fmin.reduce(record.objective):.6g} at the end; "
            f"{record.iteration[-1]} iterations, {record.value_evaluations[-1]} evaluations, {record.seconds[-1]:.3g} s"
        ),
    )
    yield "Starts", f"{starts} (seed {starts.seed}, {starts.scheme})"


def _labelled(label: str, sentence: str) -> str:
    indent = " " * LABEL
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=label.ljust(LABEL),
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


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
        few = model.settings.get("held_out") and rows < FEWEST_ROWS_TO_HOLD_OUT
        why = f" ({FEWEST_ROWS_TO_HOLD_OUT} rows are needed)" if few else ""
        yield f"no rows were held out, so how well new rows are predicted is not known{why}"
    elif isinstance(fit, ClassificationFit):
        if fit.accuracy < fit.majority:
            yield f"{_judged_rows(model)} are predicted worse than by always naming the most frequent class: {advice}"
    elif any(r2 is not None and r2 < 0 for r2 in fit.r2):
        yield f"{_judged_rows(model)} are predicted worse than by their own mean: {advice}"


def _judged_rows(model: Model) -> str:
    """What the rows are called that were judged and not trained on."""
    table = model.settings.get("test")
    return "held-out rows" if table is None else f"rows of {table}"


def _data(model: Model) -> str:
    """The table, how it was read, and what its rows were for."""
    held_out = 0 if model.held_out_fit is None else model.held_out_fit.rows
    training, test = model.training_fit.rows, model.settings.get("test")
    read = f" ({model.provenance.reading})" if model.provenance.reading else ""
    total = training if test is not None else training + held_out
    rows = f"{total} rows, {training} to train on"
    judged = f"{held_out} held out" if test is None else f"{held_out} of {test} to judge by"
    watched = model.settings.get("validation")
    more = "" if watched is None else f", those of {watched} watched"
    weighted = model.settings.get("weights")
    by = "" if weighted is None else f"; weighted by {weighted}"
    return f"{model.provenance.data}{read}: {rows}, {judged}{more}{by}"


def _targets(model: Model) -> str:
    names = ", ".join(model.targets.names)
    if model.task == "regression":
        return f"{names} (regression)"
    classes = _names(tuple(str(label) for label in model.targets.classes))  # type: ignore[union-attr]
    return f"{names} (classification): {classes}"


def _names(names: tuple[str, ...]) -> str:
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: MOST_NAMES - 1])}, ... ({len(names)} in all)"


def _listed(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in settings.items())


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_value(entry)}" for name, entry in value.items())
    if isinstance(value, (list, tuple)):
        few = len(value) <= MOST_NAMES
        return (",".join(map(_value, value)) or "none") if few else f"of {len(value)} values"
    return str(value)


def _objective(model: Model) -> str:
    """Cost and decay in words."""
    cost = f"{model.reduction} of {model.cost}"
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
            f"{fit.accuracy:.2%} are right (always the most frequent class: {fit.majority:.2%}), "
            f"log loss {fit.log_loss:.4g}"
        )
    parts = []
    for name, rmse, r2 in zip(names, fit.rmse, fit.r2, strict=True):
        share = "R^2 not defined (constant)" if r2 is None else f"R^2 {r2:.4f}"
        prefix = f"{name}: " if len(names) > 1 else ""
        parts.append(f"{prefix}{share}, root mean squared error {rmse:.4g}")
    return "; ".join(parts)
