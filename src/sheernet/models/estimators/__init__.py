"""Estimators of scikit-learn, which is an optional dependency; these modules are the only ones that import it at load.

net_regressor.py, net_classifier.py  NetRegressor and NetClassifier: sheernet.fit as estimators
net_base.py                          what both share: the parameters, the fit, and rows to predict
net_data.py                          what scikit-learn passes as X and y, as sheernet.fit takes it
"""

from sheernet.foundation.optional import import_optional

import_optional("sklearn", extra="sklearn", purpose="the estimators")

from sheernet.models.estimators.net_classifier import NetClassifier  # noqa: E402
from sheernet.models.estimators.net_regressor import NetRegressor  # noqa: E402

__all__ = ["NetClassifier", "NetRegressor"]
