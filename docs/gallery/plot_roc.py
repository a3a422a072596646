"""
ROC curves of three classes
===========================

Each class against the two others. The nearer a curve comes to the upper left corner, the better is the class
told apart.
"""

from sklearn.datasets import load_wine

import sheernet as sn

data = load_wine(as_frame=True)
table = data.frame[["alcohol", "malic_acid", "ash"]]
cultivar = [f"cultivar {k + 1}" for k in data.target]
model = sn.fit(table, cultivar, hidden=0, starts=1)

sn.plots.roc(model, (table, cultivar))
