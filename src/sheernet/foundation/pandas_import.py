"""`import_pandas` and `frame_of`: pandas on first use, because importing it takes longer than importing sheernet."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sheernet.foundation.optional import import_optional

if TYPE_CHECKING:
    import pandas as pd


def import_pandas() -> ModuleType:
    """Import pandas and return the module; raise MissingDependency if it is not installed."""
    return import_optional("pandas", extra="tables", purpose="tables")


def frame_of(rows: Any, heads: Sequence[str] | None = None) -> pd.DataFrame:
    """Make a DataFrame of rows, or of a mapping of columns; raise MissingDependency if pandas is not installed."""
    return import_pandas().DataFrame(rows, columns=heads)
