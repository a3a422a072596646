"""
Size and decay by cross-validation
==================================

The error on left-out rows for each size and weight decay, with its standard error. The ring is the simplest
network that is as good as the best.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
selection = sn.select(table, "target", sizes=(0, 2, 4, 8), decays=(1.0, 0.1, 0.01, 0.001), starts=2)

sn.plots.selection(selection)
