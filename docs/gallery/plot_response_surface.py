"""
Predictions over two inputs
===========================

A network that was trained on scaled hours, drawn in hours and points. Squares are test rows, which it has not
seen.
"""

import sheernet as sn

train, test = (sn.datasets.load_sleep_study(subset) for subset in ("train", "test"))
net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
training = sn.train(net, *train.scaled, decay=1e-4, starts=5)

sn.plots.response_surface(training.network, train, test=test)
