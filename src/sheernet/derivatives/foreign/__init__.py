"""Problems from other libraries and from your own classes, for `check_gradient`.

    scikit_learn.py          MLPRegressor and MLPClassifier: the loss and gradient that their lbfgs uses
    pytorch.py               a module and a loss, with the gradient of backward(); pytorch_kinks.py finds their kinks
    own_class.py             an object with the method names of the notebook or of the videos
    parameter_attributes.py  finds the attributes that hold its parameters
    packed_arrays.py         names and blocks of arrays that are packed into a vector

A problem calls the foreign code itself, so the check judges the code that runs in a fit.  scikit-learn and torch are
imported at the point of use.
"""

from __future__ import annotations

from sheernet.derivatives.foreign.own_class import from_object
from sheernet.derivatives.foreign.pytorch import from_torch
from sheernet.derivatives.foreign.scikit_learn import from_sklearn

__all__ = ["from_object", "from_sklearn", "from_torch"]
