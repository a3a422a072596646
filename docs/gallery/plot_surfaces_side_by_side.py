"""
Surfaces with the same colors
=============================

Without weight decay the network follows four rows into extremes; with it the surface is smoother. The colors
mean the same scores in both panels.
"""

import matplotlib.pyplot as plt

import sheernet as sn

data = sn.datasets.load_sleep_study("train")
net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
networks = {
    f"decay {decay:g}": sn.train(net, *data.scaled, decay=decay, starts=5).network
    for decay in (0.0, 1e-3)
}
limits = sn.plots.surface_limits(networks.values(), data)

figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
for (name, network), ax in zip(networks.items(), axes, strict=True):
    sn.plots.response_surface(network, data, ax=ax, limits=limits).set_title(name)
