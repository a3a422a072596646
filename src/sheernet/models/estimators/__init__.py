"""Estimators for scikit-learn, an optional dependency; only these modules import scikit-learn when they are loaded.

mlp_regressor.py, mlp_classifier.py  MLPRegressor and MLPClassifier: the parameters and the predictions
mlp_base.py                          what both share: fit, partial_fit, and the attributes of a fit
mlp_parameters.py                    allowed values of the parameters, and the network that they describe
mlp_data.py                          rows of a fit: dense float64 inputs, targets, weights; training and validation rows
mlp_labels.py                        labels as targets, and outputs as labels
mlp_weights.py                       initial weights as scikit-learn draws them; theta as lists of arrays and back
mlp_problem.py                       the objective of a fit, its outcome, and the state for a later fit
epoch_fit.py                         a fit with 'sgd' or 'adam'
full_batch_fit.py                    a fit with 'lbfgs', 'bfgs', 'lm', 'hybrid', 'auto' or one of SciPy's methods
mlp_model.py                         the `Model` of a fitted perceptron, its file, and how a notebook shows it
estimator_base.py                    what all four share: arguments of constructors, and how a notebook shows them
fit_facts.py                         facts about the training rows that an MLP keeps for its model
net_regressor.py, net_classifier.py  NetRegressor and NetClassifier: `sheernet.fit` as estimators
net_base.py                          what both share: parameters, fit, rows to predict
net_data.py                          convert X and y of scikit-learn to the form that `sheernet.fit` takes
random_states.py                     the RandomState of a fit
"""

from __future__ import annotations

from sheernet.foundation.optional import import_optional

import_optional("sklearn", extra="sklearn", purpose="the estimators")

from sheernet.models.estimators.mlp_classifier import MLPClassifier  # noqa: E402
from sheernet.models.estimators.mlp_regressor import MLPRegressor  # noqa: E402
from sheernet.models.estimators.net_classifier import NetClassifier  # noqa: E402
from sheernet.models.estimators.net_regressor import NetRegressor  # noqa: E402

__all__ = ["MLPClassifier", "MLPRegressor", "NetClassifier", "NetRegressor"]
