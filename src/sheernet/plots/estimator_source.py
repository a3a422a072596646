"""What a plot of a fitted estimator shows: its model, or its network if a model cannot represent its targets.

An estimator is recognized by its method `to_model`, so that scikit-learn is not needed.
"""

from __future__ import annotations

from typing import Any, Protocol

from sheernet.foundation.errors import InvalidInput
from sheernet.models.model import Model


class FittedEstimator(Protocol):
    """An estimator that can return its model, such as `MLPRegressor` or `NetClassifier`."""

    def to_model(self) -> Model:
        """Return the model, which makes the same predictions."""


def model_of(source: Any) -> Any:
    """Return the model of a fitted estimator, and any other source unchanged.

    Raises
    ------
    InvalidInput
        If a model cannot represent the targets of the estimator.
    """
    is_estimator = hasattr(source, "to_model") and not isinstance(source, type)
    return source.to_model() if is_estimator else source


def history_of(source: Any) -> Any:
    """Return the model of a fitted estimator, otherwise its network with its history; any other source unchanged.

    Raises
    ------
    InvalidInput
        If the estimator has no model and no network.
    """
    try:
        return model_of(source)
    except InvalidInput:
        member = getattr(source, "member_", None)
        if member is None:
            raise
        return member
