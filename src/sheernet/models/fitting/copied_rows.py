"""Notices that test or validation rows are training rows, so that their figures are not those of new rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

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
    trained = set(_rows(training))
    n_copies, n = sum(row in trained for row in _rows(other)), len(other)
    repeated = 1.0 - len(trained) / len(training)
    if n_copies < NOTABLE * n or n_copies <= 2.0 * repeated * n:
        return
    yield sentence(
        "{} {} rows are {}training rows, so {}; give other rows with {}{}",
        "the" if n_copies == n else f"{n_copies} of the {n}", role, "the " if n_copies == n else "", EFFECTS[role],
        Setting(role), next((part for suffix, part in PARTS.items() if other.source.endswith(suffix)), ""),
    )  # fmt: skip


def _rows(encoded: Encoded) -> Iterator[bytes]:
    """Yield the inputs and the targets of each row as bytes."""
    for row in np.hstack([encoded.X, encoded.y]) + 0.0:  # -0 equals 0
        yield row.tobytes()
