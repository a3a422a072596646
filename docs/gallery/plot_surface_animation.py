"""
A surface by iteration
======================

Predictions after 0, 5, 20 and all iterations of gradient descent. In a notebook, `sn.plots.surface_animation`
is a film of all iterations, and its `save` writes a GIF or an HTML page.
"""

import matplotlib.pyplot as plt

import sheernet as sn

X, y = sn.datasets.load_sleep_study("train").scaled
net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
training = sn.train(net, X, y, method="gd", max_iter=200, keep_path=True)
animation = sn.plots.surface_animation(training, X)

figure, axes = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
for k, ax in zip((0, len(animation) // 3, 2 * len(animation) // 3, -1), axes.flat, strict=True):
    animation.draw(k, ax=ax)
