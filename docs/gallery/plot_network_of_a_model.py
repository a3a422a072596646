"""
The network of a table
======================

Each column has one node. Of many inputs and units, those with the largest weights are drawn.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", hidden=4, decay=1e-3, starts=3)

sn.plots.network(model)
