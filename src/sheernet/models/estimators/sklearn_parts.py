"""The parts of scikit-learn that the estimators need when they are loaded, or the error that says how to install it."""

from __future__ import annotations

from sheernet.foundation.optional import import_optional

import_optional("sklearn", extra="sklearn", purpose="estimators")

from sklearn.base import (  # noqa: E402
    BaseEstimator,
    ClassifierMixin,
    MultiOutputMixin,
    RegressorMixin,
)
from sklearn.utils import (  # noqa: E402
    check_array,
    check_consistent_length,
    check_random_state,
    column_or_1d,
)
from sklearn.utils.multiclass import check_classification_targets, type_of_target  # noqa: E402
from sklearn.utils.validation import check_is_fitted, validate_data  # noqa: E402

__all__ = [
    "BaseEstimator",
    "ClassifierMixin",
    "MultiOutputMixin",
    "RegressorMixin",
    "check_array",
    "check_classification_targets",
    "check_consistent_length",
    "check_is_fitted",
    "check_random_state",
    "column_or_1d",
    "type_of_target",
    "validate_data",
]
