"""
The same surface in three dimensions
====================================

The marks are true values. Thirteen weights follow four training rows almost exactly; a test row lies far above
the surface.
"""

import sheernet as sn

train, test = (sn.datasets.load_sleep_study(subset) for subset in ("train", "test"))
net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
training = sn.train(net, *train.scaled, decay=1e-4, starts=5)

sn.plots.response_surface(training.network, train, test=test, kind="3d")
