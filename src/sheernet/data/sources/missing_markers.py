"""Whether the values that were declared missing are in a table, as they were written by the user."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sheernet.data.formats.cell_formats import parts
from sheernet.data.formats.text_conversion import replace_missing_markers
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.read_settings import ERRORS, MISSING

if TYPE_CHECKING:
    import pandas as pd


def check_markers(
    table: Table,
    markers: Sequence[str | float],
    cells_of: Callable[[str], pd.Series[Any]],
    like: Reading | None = None,
) -> None:
    """Warn of values declared missing that no cell has; refuse those that a decimal comma has divided.

    Parameters
    ----------
    table : Table
        The table, in which they are missing.
    markers : sequence of str or float
        The values that were declared missing.
    cells_of : callable, str -> Series, (N,)
        Returns the cells of a column before.
    like : Reading, optional
        How the file of a model was read; its markers need not be in other files.

    Raises
    ------
    InvalidInput
        If two markers seem to be one number, such as 9999,9.
    """
    known = {*MISSING, *ERRORS, *(() if like is None else like.missing_values)}
    unused = [marker for marker in markers if not known & {marker, str(marker)}]
    for name in table.columns if unused else ():
        missing = table.frame[name].isna().to_numpy()
        if missing.any():
            cells = cells_of(name)[missing].drop_duplicates().to_frame()
            unused = [marker for marker in unused if not _has_marker(cells, marker)]
    _refuse_divided(table, markers)
    if len(markers) == 1 and unused and (pieces := _pieces(table, str(markers[0]))):
        warn(
            sentence(
                "missing_values is the single text {!r}, but {} has cells that are one of its parts; give a list: {}",
                markers[0], table.source, Setting("missing_values", pieces),
            )
        )  # fmt: skip
    elif unused:
        warn(
            sentence(
                "no cell of {} is {}, as {} says; write such values as they are in its cells",
                table.source, listed([repr(str(marker)) for marker in unused], "or"), Setting("missing_values"),
            )
        )  # fmt: skip


def _has_marker(cells: pd.DataFrame, marker: str | float) -> bool:
    """Whether a cell is the marker, and not missing without it."""
    hidden = replace_missing_markers(cells, [marker]).isna() & cells.notna()
    return bool(hidden.to_numpy().any())


def _pieces(table: Table, marker: str) -> list[str]:
    """Return the parts of a marker with commas that is not a number such as -999,0, if a cell is one of them."""
    pieces = [piece.strip() for piece in marker.split(",")]
    if len(pieces) < 2 or parts(marker) is not None:
        return []
    return pieces if any(_has_marker(table.frame, piece) for piece in pieces) else []


def _refuse_divided(table: Table, markers: Sequence[str | float]) -> None:
    """Raise if two missing values seem to be a number with a decimal comma that was divided at the comma: 9999,9."""
    texts = [str(marker).strip() for marker in markers]
    for first, second in itertools.pairwise(texts):
        if (
            re.fullmatch(r"[-+]?\d+", first) and second.isdigit()
            and table.read_as.usual_decimal == ","
            and table.frame.isin([float(f"{first}.{second}")]).any(axis=None)
        ):  # fmt: skip
            number = f"{first},{second}"
            others = [text for text in texts if text not in (first, second)]
            raise InvalidInput(
                "{1!r} was read as two missing values, {2!r} and {3!r}, but {0} has cells with the number {1}; if "
                "it is meant, give {4}, otherwise {5}",
                table.source, number, first, second, Setting("missing_values", [*others, number]),
                Setting("missing_values", [second, *others, first]),
            )  # fmt: skip
