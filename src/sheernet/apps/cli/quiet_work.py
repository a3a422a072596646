"""Work at the command line whose notices stand in its text, and are not told twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sheernet.models.fitting import Prepared

T = TypeVar("T")


def prepare_quietly(table: Any, target: Any, **options: Any) -> Prepared:
    """Do as `sheernet.models.fitting.prepare` does, but warn only of what is none of the notices."""
    from sheernet.models.fitting import prepare

    return quietly(lambda: prepare(table, target, **options), lambda prepared: prepared.notices)


def quietly(work: Callable[[], T], notices: Callable[[T], Sequence[str]]) -> T:
    """Do some work, and then warn of what it warned of, but for the notices of what came of it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = work()
    for warning in said:
        if str(warning.message) not in notices(result):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return result
