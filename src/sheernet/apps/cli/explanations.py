"""Explanations of the predictions of `sheernet predict`: columns of a table, or text for each row."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.errors import SheernetWarning

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.tables import Table
    from sheernet.models.model import Model


def compared_table(model: Model, table: Table, reference: Path | None) -> Table | None:
    """Return the table that rows are compared with: the reference, or their own table if it is the table of the fit."""
    from sheernet.data.sources import read_table
    from sheernet.models.explaining import given_table

    if reference is not None:
        return read_table(reference, like=model.reading.only(model.inputs.names))
    return table if given_table(model, table).is_of_fit else None


def columns_of_contributions(
    model: Model, table: Table, compared: Table | None, has_std: bool
) -> pd.DataFrame:
    """Return the contributions of the columns to the prediction of each row, and maybe their standard deviations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)  # the predictions have shown them
        return model.contributions(table, compared, std=has_std).to_frame()


def explanations(model: Model, table: Table, compared: Table | None) -> list[str]:
    """Return the explanation of each row as text; a row without a prediction has a sentence instead."""
    from sheernet.models.explaining import explain_encoded, given_table
    from sheernet.models.rows_in import rows_in

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheernetWarning)
        rows = rows_in(model.inputs, table, like=model.reading)
        others = None if compared is None else given_table(model, compared).inputs("training")
    texts = []
    for number, (x, missing) in enumerate(zip(rows.X, rows.missing, strict=True), start=1):
        found = "no prediction" if missing else str(explain_encoded(model, np.asarray(x), others))
        texts.append(f"Row {number}: {found}" if len(rows.X) > 1 else found)
    return texts
