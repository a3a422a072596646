"""Rows below a table, in sheets with many empty rows; tests of what is left out are in test_sheet_reader.py."""

from __future__ import annotations

import time

import numpy as np
import pytest

from sheernet.data.files.sheets.rows_below import without_rows_below


@pytest.mark.parametrize("first", ["Total", "a", 1.0])
def test_empty_rows_take_time_in_proportion_to_their_number(first: object) -> None:
    body = np.full((60_000, 3), None, dtype=object)
    body[::2] = [first, "Total", 1.0]
    body[-1] = [2.0, "Total", 1.0]
    began = time.process_time()
    kept, notes = without_rows_below(body, 2, "sheet 'Data'")
    assert time.process_time() - began < 5  # a minute if each empty row looks at all others
    assert (kept.shape, notes) == (body.shape, ())
