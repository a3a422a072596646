"""Other people's models as a `Problem`, so that `check_gradient` can judge them.

    scikit_learn.py   MLPRegressor and MLPClassifier: the loss and gradient that their lbfgs is given
    pytorch.py        a module and a loss: the gradient of backward(); pytorch_kinks.py sees where they have kinks
    own_class.py      an object with the method names of the notebook or of the videos
    parts.py          arrays laid one after the other in a vector: names and blocks

A problem calls their code and computes nothing in its place: what is judged is what runs in a training.
scikit-learn and torch are imported when they are used.
"""

from __future__ import annotations

from sheernet.derivatives.foreign.own_class import from_object
from sheernet.derivatives.foreign.pytorch import from_torch
from sheernet.derivatives.foreign.scikit_learn import from_sklearn

__all__ = ["from_object", "from_sklearn", "from_torch"]
