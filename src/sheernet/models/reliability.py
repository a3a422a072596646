"""`reliability`: standard errors of the figures of a model, and the coverage of its densities, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassificationFit
from sheernet.foundation.message_text import ROUND_OFF, capitalized
from sheernet.foundation.scalars import is_number
from sheernet.models.verdict import evaluated_groups

if TYPE_CHECKING:
    from sheernet.models.model import Model

COVERAGE = 0.9
NORMAL = 1.6449
"""Standard deviations from the mean within which 90 % of normal values lie."""


def reliability(model: Model) -> str:
    """Standard errors of the figures of a model, and the share of the evaluated rows near their predictions.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.

    Returns
    -------
    str
        Sentences; empty if no rows were evaluated, or if neither is known.
    """
    return " ".join(f"{capitalized(each)}." for each in _sentences(model))


def standard_errors(model: Model) -> tuple[float, float] | None:
    """Standard errors of the RMSE and of R^2 of a single target; None if they are not known."""
    known: Any = model.settings.get("evaluation_errors")
    if not isinstance(known, Mapping) or len(model.targets.names) != 1:
        return None
    errors = [known.get(name) for name in ("rmse", "r2")]
    if not all(isinstance(each, list | tuple) and len(each) == 1 for each in errors):
        return None  # a model file may contain anything here
    (rmse,), (r2,) = errors  # type: ignore[misc]
    return (float(rmse), float(r2)) if is_number(rmse) and is_number(r2) else None


def _accuracy_error(model: Model, fit: ClassificationFit) -> float | None:
    """Standard error of the accuracy; None if it is not known."""
    if evaluated_groups(model) is None:
        return float((fit.accuracy * (1.0 - fit.accuracy) / fit.rows) ** 0.5)
    known: Any = model.settings.get("evaluation_errors")
    error = known.get("accuracy") if isinstance(known, Mapping) else None
    is_known = isinstance(error, list | tuple) and len(error) == 1 and is_number(error[0])
    return float(error[0]) if is_known and error else None


def _sentences(model: Model) -> Iterator[str]:
    fit, groups = model.held_out_fit, evaluated_groups(model)
    if fit is None:
        return
    rows = f"over the {fit.rows} evaluated rows"
    if groups is not None:
        rows = f"over the {groups} groups of the {fit.rows} evaluated rows"
    if isinstance(fit, ClassificationFit):
        error = _accuracy_error(model, fit)
        if fit.accuracy > 1.0 - ROUND_OFF and groups is None:
            # the largest share of errors with which n rows without one have a probability of 5 %: (1 - p)^n
            most = 100.0 * (1.0 - 0.05 ** (1.0 / fit.rows))
            yield (
                f"none of the {fit.rows} evaluated rows is predicted wrongly: with a confidence of 95 %, at most "
                f"{most:.2g} % of such rows are"
            )
        elif error is not None:
            yield f"standard error of the accuracy {rows}: {100 * error:.2g} %"
        return
    errors = standard_errors(model)
    if errors is not None:
        yield f"standard errors {rows}: {errors[1]:.2g} of R2, {errors[0]:.2g} of the RMSE"
    if model.scores.size:
        inside = 100 * float(np.mean(model.scores <= NORMAL))
        yield (
            f"{inside:.0f} % of their true values lie within {NORMAL:.2f} predicted standard deviations, where "
            f"{100 * COVERAGE:g} % are expected of normal noise"
        )
