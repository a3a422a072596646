"""
Held-out rows and evidence over sizes
=====================================

The log evidence is computed from the training rows alone. It falls beyond the size that the data need, while
more units hardly change the log density of held-out rows.
"""

from sklearn.datasets import load_iris

import sheernet as sn

table = load_iris(as_frame=True).frame
model = sn.fit(table, "target", task="classification", starts=2)

sn.plots.evidence(model)
