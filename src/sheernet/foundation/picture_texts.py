"""Numbers, counts and names in pictures, which have less room than sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sheernet.foundation.errors import ShapeMismatch
from sheernet.foundation.message_text import plural_of


def number(value: float) -> str:
    """Format a number for titles and labels: three significant digits, or all digits of its whole part up to five."""
    digits = ".0f" if 999.5 <= abs(value) < 99_999.5 else ".3g"
    return f"{value:{digits}}".replace("-", "−")


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Format a number with its noun, large numbers in groups of three digits: 1 row, 3 rows, 10 000 rows."""
    grouped = f"{n:,}".replace(",", "\u00a0") if n >= 10_000 else str(n)
    return f"{grouped} {plural_of(n, noun, plural)}"


def plural_of_rows(noun: str) -> str:
    """Return the plural of a term for a row.

    Examples
    --------
    >>> from sheernet.foundation.picture_texts import plural_of_rows
    >>> plural_of_rows("held-out row"), plural_of_rows("row left out in 5 folds")
    ('held-out rows', 'rows left out in 5 folds')
    """
    return noun.replace("row", "rows", 1)


def checked_names(names: Sequence[str], n: int, noun: str) -> list[str]:
    """Check the names of n inputs, outputs or targets, and return them as a list.

    Raises
    ------
    ShapeMismatch
        If there are not n names.
    """
    if isinstance(names, str) or len(names) != n:
        given = f"the text {names!r}" if isinstance(names, str) else count(len(names), "name")
        raise ShapeMismatch(
            f"{noun}_names needs {count(n, 'name')}, one for each {noun}, but {given} was given"
        )
    return [str(name) for name in names]
