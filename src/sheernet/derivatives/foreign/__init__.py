"""Problems from other libraries and from your own classes, for `check_gradient`.

    scikit_learn.py     MLPRegressor and MLPClassifier: the loss and gradient that their lbfgs uses
    pytorch.py          a module and a loss, with the gradient of backward() and their kinks
    user_class.py       an object with the methods cost_function, compute_gradients, get_params and set_params
    layered_network.py  recognizes a plain layered network, to name mistakes in its passes
    entry_names.py      names and blocks of arrays that are packed into a vector

A problem calls the foreign code, so the check tests the code that runs in a fit.  scikit-learn and torch are imported
when they are used.
"""

from __future__ import annotations

from sheernet.derivatives.foreign.pytorch import from_torch
from sheernet.derivatives.foreign.scikit_learn import from_sklearn
from sheernet.derivatives.foreign.user_class import from_object

__all__ = ["from_object", "from_sklearn", "from_torch"]
