"""
Analytic against numerical derivatives
======================================

The points of a right gradient lie on the diagonal, over all orders of magnitude.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y)

sn.plots.gradient_agreement(sn.check_gradient(objective, sn.Network.random(arch, seed=0).theta))
