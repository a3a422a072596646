"""Reading numbers as codes if the format of their cells shows leading zeros, such as 1067 with the format 00000.

A ZIP code that a person types in such a cell is stored as a number, and shown as 01067, as a CSV file has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.formats.digit_codes import are_codes
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.sentences import in_quotes

if TYPE_CHECKING:
    import pandas as pd

_ZEROS = re.compile(r"(?:\[\$-\w+\])?(0{2,})")


def read_shown_zeros(
    frame: pd.DataFrame, formats: Mapping[str, npt.NDArray[np.object_]], where: str
) -> None:
    """Convert in place the columns of codes to text as their cells show it, with a warning.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The cells.
    formats : mapping of str to ndarray of object, (N,)
        The formats of the cells of some columns; None for the general format.
    where : str
        Name of the sheet in the warning.

    Warns
    -----
    SheernetWarning
        For each column that becomes text.
    """
    for name, codes in formats.items():
        cells = [_shown(*each) for each in zip(frame[name], codes, strict=True)]
        texts = [cell for cell in cells if cell is not None and cell == cell]
        if all(isinstance(text, str) for text in texts) and are_codes(texts):
            first = next(text for text in texts if text[0] == "0")
            frame[name] = np.array(cells, dtype=object)
            warn(
                f"column {in_quotes(name)} of {where} is read as text with leading zeros, such as {first!r}, as its "
                "cells show it; format them as numbers if they are quantities"
            )


def _shown(cell: Any, code: str | None) -> Any:
    """Return a whole number whose format is zeros only as the cell shows it; other cells unchanged."""
    zeros = _ZEROS.fullmatch(code or "")
    is_whole = type(cell) in (int, float) and cell >= 0 and cell == int(cell)
    return f"{int(cell):0{len(zeros[1])}d}" if zeros and is_whole else cell
