"""
The loss of a scikit-learn estimator
====================================

``sn.MLPRegressor`` has the parameters and attributes of scikit-learn's, and its display shows the loss of each
epoch.
"""

from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

import sheernet as sn

X, y = load_diabetes(return_X_y=True)
X = StandardScaler().fit_transform(X)
estimator = sn.MLPRegressor(
    hidden_layer_sizes=(10,), solver="adam", early_stopping=True, random_state=0, max_iter=1000
)
estimator.fit(X, (y - y.mean()) / y.std())

sn.plots.LossCurveDisplay.from_estimator(estimator)
