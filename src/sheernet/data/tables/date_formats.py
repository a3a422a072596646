"""`DateFormat`: how dates are written in the cells of a column, and `find_date_format`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheernet.data.tables.pandas_import import import_pandas

_ISO_DATE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
)
_ZONE = re.compile(r"(Z|[+-]\d\d(:?\d\d)?)$")


@dataclass(frozen=True)
class DateFormat:
    """Dates in ISO 8601 form.

    Parameters
    ----------
    zoned : bool
        Whether each date has an offset from UTC.
    """

    zoned: bool

    def convert(self, texts: Sequence[str]) -> Any:
        """Convert the text of dates, in UTC if they have an offset.

        Raises
        ------
        ValueError
            If a text does not have this format, or its day does not exist.
        """
        return import_pandas().to_datetime(list(texts), format="ISO8601", utc=self.zoned).array


def find_date_format(texts: Sequence[str]) -> DateFormat | None:
    """Find the format of dates; None if not all texts are dates."""
    if not all(map(_ISO_DATE.fullmatch, texts)):
        return None
    zoned = [_ZONE.search(text[10:]) is not None for text in texts]
    if any(zoned) and not all(zoned):
        return None
    found = DateFormat(any(zoned))
    try:
        found.convert(texts)
    except ValueError:
        return None
    return found
