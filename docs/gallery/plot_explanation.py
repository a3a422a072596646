"""
Forward and backward passes in a diagram
========================================

Below each unit are its activation and its delta for one row, and on each line is the derivative of the cost
with respect to the weight.
"""

import sheernet as sn

data = sn.datasets.load_sleep_study()
X, y = data.scaled
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
explanation = sn.explain(sn.Network.random(arch, seed=0), X[:1], y[:1])

sn.plots.network(explanation, data)
