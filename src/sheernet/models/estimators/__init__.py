"""Estimators of scikit-learn, which is an optional dependency; these modules are the only ones that import it at load.

mlp_regressor.py, mlp_classifier.py  MLPRegressor and MLPClassifier: the parameters, and what a prediction is
mlp_base.py                          what both share: fit, partial_fit, and the attributes of a fit
mlp_parameters.py                    which values parameters may have, and the network that they describe
mlp_data.py                          rows of a fit: dense float64 inputs, targets, weights; the split into two parts
mlp_labels.py                        labels as targets, and outputs as labels
mlp_weights.py                       initial weights as scikit-learn draws them; theta as lists of arrays and back
mlp_problem.py                       what is minimized, and how a fit of it ended
epoch_fit.py, epoch_rules.py         a fit with 'sgd' or 'adam'
full_batch_fit.py                    a fit with 'lbfgs', 'bfgs', 'lm', 'auto' or one of SciPy's methods
mlp_model.py                         the model of a fitted perceptron, its file, and how a notebook shows it
estimator_html.py                    how a notebook shows a fitted estimator
fit_facts.py                         what an MLP keeps of its training rows, for its model
model_of_network.py                  a `Model` from a trained network and these facts
net_regressor.py, net_classifier.py  NetRegressor and NetClassifier: `sheernet.fit` as estimators
net_base.py                          what both share: parameters, fit, rows to predict
constructor_arguments.py             how the constructors of all four keep their arguments
net_data.py                          what scikit-learn passes as X and y, as `sheernet.fit` takes it
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
