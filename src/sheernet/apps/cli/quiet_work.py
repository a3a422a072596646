"""`quietly`: do work without warnings that are also notices in the printed report."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sheernet.models.fitting import Prepared, TableClock
    from sheernet.settings.fit_settings import FitSettings

T = TypeVar("T")


def prepare_quietly(
    table: Any, target: Any, settings: FitSettings, clock: TableClock | None = None
) -> Prepared:
    """Prepare a table without the warnings that are notices of the result."""
    from sheernet.models.fitting import prepare

    return quietly(
        lambda: prepare(
            table, target, settings.rows, settings.start.seed, clock, settings.has_folds
        ),
        lambda prepared: prepared.notices,
    )


def quietly(work: Callable[[], T], notices: Callable[[T], Sequence[str]]) -> T:
    """Do some work, then issue its warnings except those that are notices of its result."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = work()
    told = notices(result)
    for warning in caught:
        if str(warning.message) not in told:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return result
