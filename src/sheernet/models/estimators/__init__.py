"""Estimators for scikit-learn, an optional dependency; only these modules import scikit-learn when they are loaded.

net_regressor.py, net_classifier.py  NetRegressor and NetClassifier: `sheernet.fit` as estimators
net_base.py                          what both share: parameters, fit, rows to predict
net_data.py                          convert X and y of scikit-learn to the form that `sheernet.fit` takes
estimator_base.py                    arguments of constructors, and how a notebook shows a fitted estimator
"""

from __future__ import annotations

from sheernet.foundation.optional import import_optional

import_optional("sklearn", extra="sklearn", purpose="the estimators")

from sheernet.models.estimators.net_classifier import NetClassifier  # noqa: E402
from sheernet.models.estimators.net_regressor import NetRegressor  # noqa: E402

__all__ = ["NetClassifier", "NetRegressor"]
