"""Notices that test or validation rows are training rows, so that their figures are not those of new rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, sentence

if TYPE_CHECKING:
    from sheernet.models.fitting.preparation import Encoded

NOTABLE = 0.1
"""Minimum fraction of copied rows for a notice."""
EFFECTS = {
    "test": "the evaluation does not show how well new rows are predicted",
    "validation": "their cost does not show whether new rows are predicted worse",
}
SHEET = ", such as those of another sheet of the workbook"
PARTS = {".mat": ", such as those of other variables of the file", ".xlsx": SHEET, ".ods": SHEET}
"""Advice for files that can hold several tables, by the end of their names."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""An odd number by which the hash of a row depends on the order of its columns."""


def copied_notices(training: Encoded, other: Encoded | None, role: str) -> Iterator[str]:
    """Yield a notice if many rows of another table are training rows, with the same inputs and targets.

    Rows of few labels are alike by chance: the fraction of copies must be twice that of the training rows that repeat
    others.

    Parameters
    ----------
    training : Encoded
        The training rows.
    other : Encoded or None
        The rows of the other table, if there are any.
    role : {"test", "validation"}
        What they are.
    """
    if other is None:
        return
    pandas = import_pandas()  # its hash tables are faster than np.unique and np.isin
    trained = pandas.unique(_hashes(training))
    n_copies, n = int(pandas.Series(_hashes(other)).isin(trained).sum()), len(other)
    repeated = 1.0 - len(trained) / len(training)
    if n_copies < NOTABLE * n or n_copies <= 2.0 * repeated * n:
        return
    yield sentence(
        "{} {} rows are {}training rows, so {}; give other rows with {}{}",
        "the" if n_copies == n else f"{n_copies} of the {n}", role, "the " if n_copies == n else "", EFFECTS[role],
        Setting(role), next((part for suffix, part in PARTS.items() if other.source.endswith(suffix)), ""),
    )  # fmt: skip


def _hashes(encoded: Encoded) -> npt.NDArray[np.uint64]:
    """Return a number for each row, (N,), which is equal for equal inputs and targets."""
    hash_array = import_pandas().util.hash_array
    found = np.zeros(len(encoded), dtype=np.uint64)
    for column in (*encoded.X.T, *encoded.y.T):
        found = found * _FACTOR + hash_array(column + 0.0, categorize=False)  # -0 equals 0
    return found
