"""Dividing text files into blocks of whole rows, and reading these."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table


def read_lines(
    path: Path,
    top: int,
    block: tuple[int, int],
    source: str,
    like: Reading | None,
    columns: Sequence[str] | None = None,
) -> Table:
    """Read a block."""
    raise NotImplementedError
