"""What a model is and how it came about, as text: what it says first is whether to trust it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np

from sheernet.model import Fit, Model

WIDTH = 100
LABEL = 12


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


def _sentences(model: Model) -> Iterator[tuple[str, str]]:
    network, record, starts = model.network, model.record, model.starts
    yield "Gradient", _gradient(model)
    outcome = "converged" if model.termination.converged else "not converged"
    yield "Stopped", f"{outcome}, {model.termination.reason}: {model.termination.message}"
    if starts.cut:
        yield "", starts.cut
    yield "Fit", f"training rows: {_fit(model.training_fit, model.targets.names)}"
    if model.held_out_fit is None:
        yield "", "held-out rows: none"
    else:
        yield "", f"held-out rows: {_fit(model.held_out_fit, model.targets.names)}"
    for caution in _cautions(model):
        yield "Caution", caution
    yield "Data", f"{model.provenance.data}: {_rows(model)}"
    yield "Inputs", ", ".join(model.inputs.names)
    yield "Targets", ", ".join(model.targets.names)
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
    if weights >= rows * len(model.targets.names):
        yield (
            f"{weights} weights for {rows} rows: a close fit of the training rows says nothing; "
            "use fewer hidden units, more decay, or more rows"
        )
    if model.held_out_fit is None:
        yield "no rows were held out, so how well new rows are predicted is not known (20 rows are needed)"
    elif any(r2 is not None and r2 < 0 for r2 in model.held_out_fit.r2):
        yield (
            "held-out rows are predicted worse than by their own mean: the network has learned noise; "
            "use fewer hidden units or more decay"
        )


def _rows(model: Model) -> str:
    held_out = 0 if model.held_out_fit is None else model.held_out_fit.rows
    training = model.training_fit.rows
    return f"{training + held_out} rows, {training} to train on, {held_out} held out"


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


def _fit(fit: Fit, names: tuple[str, ...]) -> str:
    parts = []
    for name, rmse, r2 in zip(names, fit.rmse, fit.r2, strict=True):
        share = "R^2 not defined (constant)" if r2 is None else f"R^2 {r2:.4f}"
        prefix = f"{name}: " if len(names) > 1 else ""
        parts.append(f"{prefix}{share}, root mean squared error {rmse:.4g}")
    return "; ".join(parts)
