"""
A surface by iteration
======================

Predictions at the start, at the end, and twice between, of 200 iterations of gradient descent. In a notebook,
``sn.plots.surface_animation`` is a film of them all, and its ``save`` writes a GIF or an HTML page.
"""

import matplotlib.pyplot as plt

import sheernet as sn

X, y = sn.datasets.load_sleep_study("train").scaled
net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
training = sn.train(net, X, y, method="gd", max_iter=200, keep_path=True)
animation = sn.plots.surface_animation(training, X, frames=4, limits=(0.0, 1.2))

figure, axes = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
for k, ax in enumerate(axes.flat):
    animation.draw(k, ax=ax)
