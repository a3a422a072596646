"""
What a model predicts for some rows
===================================

A prediction is a distribution: its mean, an interval, and here the true value beside it. Rows differ in their
width.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table[10:], "target", hidden=2, starts=1)
patients = [f"patient {i}" for i in range(5)]

sn.plots.density(model, table[:5], row_names=patients)
