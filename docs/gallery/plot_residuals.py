"""
Residuals
=========

The residuals of a good model have no pattern: no trend, no curve, and about the same width everywhere. The
bands are one RMSE of training rows and of held-out rows with similar predictions.
"""

from sklearn.datasets import load_diabetes

import sheernet as sn

X, y = load_diabetes(return_X_y=True, scaled=False)
model = sn.fit(X, y, hidden=3, decay=1e-2, starts=3)

sn.plots.residuals(
    model.predict(X), y, held_out=model.rows.held_out, target_names=["disease progression"]
)
