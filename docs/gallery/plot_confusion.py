"""
A confusion matrix
==================

True classes down, predicted ones across; correct predictions lie on the diagonal.
``sn.plots.confusion(model, table)`` draws the rows of another table.
"""

from sklearn.datasets import load_wine

import sheernet as sn

data = load_wine(as_frame=True)
table = data.frame[["alcohol", "malic_acid", "ash"]]
cultivar = [f"cultivar {k + 1}" for k in data.target]
model = sn.fit(table, cultivar, hidden=3, decay=1e-2, starts=3)

sn.plots.confusion(model)
