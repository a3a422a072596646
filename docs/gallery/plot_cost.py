"""
Cost during training
====================

The cost of nine weights on three rows falls by many decades within some dozen iterations of BFGS. Decades are equal
distances on the axis, so a method that converges faster and faster bends down.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
training = sn.train(sn.Network.random(arch, seed=0), X, y, method="bfgs")

sn.plots.cost(training)
