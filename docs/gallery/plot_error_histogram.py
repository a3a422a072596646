"""
A histogram of errors
=====================

Shares of the rows, so that 332 training rows and 110 held-out rows can be compared. The errors of the held-out
rows are more than twice as wide: with ten units and almost no weight decay the network learned the noise.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", hidden=10, decay=1e-5, starts=1)

sn.plots.error_histogram(model, table)
