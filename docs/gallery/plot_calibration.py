"""
Are probabilities right?
========================

Of the rows with a predicted probability of about 70 %, about 70 % should belong to the class. Points in the
blue bands differ from the diagonal by no more than chance allows.
"""

from sklearn.datasets import load_wine

import sheernet as sn

data = load_wine(as_frame=True)
table = data.frame[["alcohol", "malic_acid", "ash"]]
second = ["cultivar 2" if k == 1 else "another cultivar" for k in data.target]
model = sn.fit(table, second, hidden=0, starts=1)

sn.plots.calibration(model, (table, second), label="cultivar 2", bins=5)
