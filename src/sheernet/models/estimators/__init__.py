"""Estimators of scikit-learn.

net_regressor.py, net_classifier.py  `NetRegressor`, `NetClassifier`: `sheernet.fit` as estimators
net_base.py                          what both share: parameters, fit, rows to predict
net_data.py                          what scikit-learn passes as X and y, as `sheernet.fit` takes it
sklearn_parts.py                     scikit-learn, or the error that says how to install it
"""

from __future__ import annotations

from sheernet.models.estimators.net_classifier import NetClassifier
from sheernet.models.estimators.net_regressor import NetRegressor

__all__ = ["NetClassifier", "NetRegressor"]
