"""
What a model predicts for some rows
===================================

A prediction is a distribution with a mean and an interval. Its width differs from row to row. The true value
of each row is marked.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table[10:], "target", hidden=2, starts=1)
patients = [f"patient {i}" for i in range(5)]

sn.plots.density(model, table[:5], row_names=patients)
