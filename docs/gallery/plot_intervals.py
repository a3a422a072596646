"""
Intervals and true values
=========================

Of right 90 % intervals, about nine in ten contain the true value of a row that the network has not seen. The
title has the share, and the range that chance allows.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", hidden=3, decay=1e-2, starts=3)

sn.plots.intervals(model, table, coverage=0.9)
