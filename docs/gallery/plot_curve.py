"""
Predictions over one input, with their uncertainty
==================================================

The band contains 90 % of new values. Between the two groups of rows, where the model knows least, it is more
than twice as wide.
"""

import numpy as np

import sheernet as sn

rng = np.random.default_rng(0)
x = np.concatenate([rng.uniform(0.0, 2.5, 30), rng.uniform(4.0, 7.0, 30)])
table = {"time (s)": x, "voltage (mV)": 50.0 * np.sin(x) + 5.0 * rng.normal(size=60)}
model = sn.fit(table, "voltage (mV)", hidden=4, starts=3)

sn.plots.response_surface(model, table, true=table["voltage (mV)"])
