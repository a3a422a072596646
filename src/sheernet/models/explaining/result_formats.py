"""`frame_of` and `paragraphs`: the rows of a result as a DataFrame, and its sentences as HTML for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from sheernet.foundation.pandas_import import import_pandas

if TYPE_CHECKING:
    import pandas as pd


def frame_of(rows: Any, heads: Sequence[str] | None = None) -> pd.DataFrame:
    """Make a DataFrame of rows, or of a mapping of columns; raise MissingDependency if pandas is not installed."""
    return import_pandas().DataFrame(rows, columns=heads)


def paragraphs(texts: Iterable[str]) -> str:
    """Write each text that is not empty as a paragraph of HTML."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)
