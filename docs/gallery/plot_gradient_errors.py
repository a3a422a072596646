"""
A wrong gradient, entry by entry
================================

The backward pass has a wrong sign in the hidden layer: all entries of that layer are wrong, and those of the
output layer are right.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
objective = sn.make_objective(arch, X, y, engine="reference")
theta = sn.Network.random(arch, seed=0).theta
wrong = sn.faults.problem(sn.faults.ALL["hidden sign"], objective, theta)

sn.plots.gradient_errors(sn.check_gradient(wrong))
