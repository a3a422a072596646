"""Problems from other libraries and from your own classes, for `check_gradient`.

    pytorch.py          a module and a loss, with the gradient of backward() and their kinks
    user_class.py       an object with the methods cost_function, compute_gradients, get_params and set_params
    layered_network.py  recognizes a plain layered network, to name mistakes in its passes
    entry_names.py      names and blocks of arrays that are packed into a vector

A problem calls the foreign code, so the check tests the code that runs in a fit.  torch is imported when it
is used.
"""

from __future__ import annotations

from sheernet.derivatives.foreign.pytorch import from_torch
from sheernet.derivatives.foreign.user_class import from_object

__all__ = ["from_object", "from_torch"]
