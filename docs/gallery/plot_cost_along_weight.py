"""
Cost along one weight, with its tangent
=======================================

The derivative is the slope of the tangent at the present value. Trying twenty values one by one finds a lower
cost as well, but with nine weights there would be twenty to the ninth power of them.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y)

sn.plots.cost_along_weight(objective, sn.Network.random(arch, seed=0), "W2[0,0]", samples=20)
