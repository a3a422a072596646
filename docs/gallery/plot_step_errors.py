"""
The best step of a numerical derivative
=======================================

A large step leaves out terms of the Taylor series, a small one magnifies rounding. Central differences are best at a
step of about 1e-5, complex steps at any small step.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y)
theta = sn.Network.random(arch, seed=0).theta

sn.plots.step_errors(sn.derivatives.step_errors(objective, theta))
