"""Whether the values that were declared missing are in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sheernet.data.formats.text_conversion import replace_missing_markers
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table
from sheernet.foundation.caller_warnings import warn
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
    """Warn of values declared missing that no cell has.

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
    """
    known = {*MISSING, *ERRORS, *(() if like is None else like.missing_values)}
    unused = [marker for marker in markers if not known & {marker, str(marker)}]
    for name in table.columns if unused else ():
        missing = table.frame[name].isna().to_numpy()
        if missing.any():
            cells = cells_of(name)[missing].drop_duplicates().to_frame()
            unused = [marker for marker in unused if not _has_marker(cells, marker)]
    if unused:
        warn(
            sentence(
                "no cell of {} is {}, as {} says; write a list of such values as they are in its cells",
                table.source, listed([repr(str(marker)) for marker in unused], "or"), Setting("missing_values"),
            )
        )  # fmt: skip


def _has_marker(cells: pd.DataFrame, marker: str | float) -> bool:
    """Whether a cell is the marker, and not missing without it."""
    hidden = replace_missing_markers(cells, [marker]).isna() & cells.notna()
    return bool(hidden.to_numpy().any())
