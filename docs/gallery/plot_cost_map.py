"""
The paths of three methods on the cost
======================================

The plane of the map contains most of all three paths; the title says how much. Gradient descent follows the
bottom of the valley in small steps, and BFGS and Levenberg-Marquardt cross it in a few large ones.
"""

import sheernet as sn

X, y = sn.datasets.load_sleep_study().scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
net = sn.Network.random(arch, seed=0)
trainings = {
    method: sn.train(net, X, y, method=method, max_iter=200, keep_path=True)
    for method in ("gd", "bfgs", "lm")
}

sn.plots.cost_map(sn.make_objective(arch, X, y), trainings)
