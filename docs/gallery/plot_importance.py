"""
Importance of columns
=====================

The total Sobol' index counts what a column does alone and together with others; the darker part is its effect
alone.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", hidden=3, decay=1e-2, starts=3)

sn.plots.importance(model.importance(table))
