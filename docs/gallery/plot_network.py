"""
A network with the names of its data
====================================

Blue lines are positive weights and dashed ones negative; the width is the size. The data set gives the names.
"""

import sheernet as sn

data = sn.datasets.load_sleep_study("train")
arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid")
training = sn.train(sn.Network.random(arch, seed=0), *data.scaled, decay=1e-4)

sn.plots.network(training, data)
