"""
The paths of three methods on the cost
======================================

The plane contains most of the variance of all three paths; the title says how much. From the same start,
Levenberg-Marquardt reaches the minimum in a few iterations, BFGS ends where the cost is flat, and gradient
descent has hardly left the start after 200 iterations.
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
