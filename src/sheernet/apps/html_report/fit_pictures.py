"""`fit_pictures`: the pictures of a fit, each with the function that draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sheernet.models.fitting import Prepared
    from sheernet.models.model import Model

Pictures = Mapping[str, Callable[[], Any]]
"""Names of pictures, each with the function that draws it."""


def fit_pictures(model: Model, prepared: Prepared) -> Pictures:
    """Return the pictures of a model: its training, its network, and how well it fits.

    If the networks were chosen from the data, the record covers only the final polishing and is not drawn.
    """
    from sheernet import plots
    from sheernet.data.columns import NumberColumn

    as_told = not model.evidence
    pictures: dict[str, Callable[[], Any]] = {
        **({"cost": lambda: plots.cost(model)} if as_told else {}),
        "network": lambda: plots.network(model),
        **(
            _of_regression(model, prepared)
            if model.task == "regression"
            else {"confusion": lambda: plots.confusion(model)}
        ),
        **({"starts": lambda: plots.starts(model)} if as_told and len(model.starts) > 1 else {}),
    }
    numbers = all(isinstance(column, NumberColumn) for column in model.inputs.columns)
    is_surface = model.task == "regression" and numbers and len(model.inputs.names) <= 2
    if is_surface:
        pictures["response_surface"] = lambda: plots.response_surface(
            model, features=prepared.training.X, true=prepared.training.truth
        )
    if not is_surface or len(model.inputs.names) > 1:
        pictures["effects"] = lambda: plots.effects(model, features=prepared.training.X)
    return pictures


def _of_regression(model: Model, prepared: Prepared) -> Pictures:
    """Return the pictures of predictions against true values, of the training rows and the held-out rows."""
    from sheernet import plots

    rows = cache(partial(_predicted_rows, model, prepared))

    def drawn(plot: Callable[..., Any]) -> Any:
        predicted, truth, how = rows()
        return plot(predicted, truth, **how)

    return {
        "predicted_against_true": lambda: drawn(plots.predicted_against_true),
        "residuals": lambda: drawn(plots.residuals),
    }


def _predicted_rows(model: Model, prepared: Prepared) -> tuple[Any, Any, dict[str, Any]]:
    """Predictions and true values, (N, K) each, and the other arguments of their pictures."""
    from sheernet.models.report_beginning import number_of_folds

    rows = [part for part in (prepared.training, prepared.evaluation) if part is not None]
    outputs = [model.mean_output(part.X) for part in rows]
    # Training rows again, now by networks that were not fitted to them.
    if model.fold_outputs is not None:
        rows.append(prepared.training.take(model.fold_outputs.rows))
        outputs.append(model.fold_outputs.outputs)
    truth = np.concatenate([part.truth for part in rows])  # (N, K)
    predicted = model.targets.decode(np.concatenate(outputs)).reshape(truth.shape)
    weights = [part.weights for part in rows if part.weights is not None]
    fit, folds = model.held_out_fit, 0
    if model.evaluation == "folds" and fit is not None:
        folds = number_of_folds(fit.rows, len(prepared.training), model.settings)
    return predicted, truth, {
        # A mask, so that without a held-out row the titles say "training rows".
        "held_out": np.arange(len(truth)) >= len(prepared.training),
        "target_names": model.targets.names, "folds": folds,
        "weights": np.concatenate(weights) if len(weights) == len(rows) else None,
    }  # fmt: skip
