"""
Weights during training
=======================

After some iterations the weights of a small network settle. Weights that still grow when the cost hardly
changes belong to saturated units.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
training = sn.train(
    sn.Network.random(arch, seed=0), X, y, method="bfgs", decay=1e-4, keep_path=True
)

sn.plots.weights(training)
