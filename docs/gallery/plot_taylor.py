"""
A Taylor test
=============

If a gradient is right, the rest of the Taylor series falls with the square of the step. With a wrong one it
falls with the step itself.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y)
theta = sn.Network.random(arch, seed=0).theta

sn.plots.taylor(sn.derivatives.taylor_test(objective, theta))
