"""Explanations of the predictions of `sheernet predict`: columns of a table, or text for each row."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.errors import SheernetWarning

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.tables import Table
    from sheernet.models.model import Model


def columns_of_contributions(model: Model, table: Table, reference: Table | None) -> pd.DataFrame:
    """The contributions of the columns to the prediction of each row, measured from the mean of other rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)  # those of the predictions are shown
        return model.contributions(table, reference).to_frame()


def explanations(model: Model, table: Table, reference: Table | None) -> list[str]:
    """The explanation of each row as text; a row without a prediction has a sentence instead."""
    from sheernet.models.explaining import explain_encoded, given_table
    from sheernet.models.rows_in import rows_in

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)
        rows = rows_in(model.inputs, table, like=model.reading)
        compared = None if reference is None else given_table(model, reference).inputs("training")
    texts = []
    for number, (x, missing) in enumerate(zip(rows.X, rows.missing, strict=True), start=1):
        found = "no prediction" if missing else str(explain_encoded(model, np.asarray(x), compared))
        texts.append(f"Row {number}: {found}" if len(rows.X) > 1 else found)
    return texts
