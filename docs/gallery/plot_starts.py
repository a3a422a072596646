"""
Where twenty starts end
=======================

Each start ends in a minimum of its own. The cost at the end of a single start depends on its random
weights; the lowest of twenty hardly does.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

table = load_diabetes(as_frame=True, scaled=False).frame
model = sn.fit(table, "target", hidden=4, decay=1e-4, starts=20)

sn.plots.starts(model)
