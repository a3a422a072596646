"""
Effects of columns
==================

How the prediction goes with one column while the others keep their values: associations, not causes. The band is two
standard deviations of the difference from the mean prediction, so it is narrow near it.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", inputs=["age", "bmi", "bp", "s5"], hidden=3, starts=5)

sn.plots.effects(model, table)
