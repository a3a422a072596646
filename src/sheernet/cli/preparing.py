"""A table made ready at the command line, where what was decided about it stands in the text and is not told twice."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheernet.fitting import Prepared


def prepare_quietly(table: Any, target: Any, **options: Any) -> Prepared:
    """Do as `sheernet.fitting.prepare` does, but warn only of what is none of the notices."""
    from sheernet.fitting import prepare

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        prepared = prepare(table, target, **options)
    for warning in said:
        if str(warning.message) not in prepared.notices:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return prepared
