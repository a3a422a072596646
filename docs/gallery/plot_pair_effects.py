"""
Two columns together
====================

How the prediction depends on body mass index and blood pressure together. If the lines were straight and
parallel, each column would have the same effect whatever the other is.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", inputs=["age", "bmi", "bp", "s5"], hidden=3, decay=1e-3, starts=3)

sn.plots.pair_effects(model.effects(table, pairs=[("bmi", "bp")]))
