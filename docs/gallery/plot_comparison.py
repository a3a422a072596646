"""
Methods compared
================

Each method trains the same network from the same starts. Methods that use curvature reach the minimum; gradient
descent and Adam are still on their way.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
comparison = sn.compare(
    table, "target", methods=("lm", "bfgs", "lbfgs", "adam", "gd"), hidden=3, starts=3, max_iter=200
)

sn.plots.comparison(comparison)
