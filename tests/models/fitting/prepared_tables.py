"""Tables as fits prepare them."""

from __future__ import annotations

from typing import Any

from models.fitting.tables import table
from sheernet.models import fitting
from sheernet.models.fitting import Prepared
from sheernet.settings.table_settings import TableSettings


def prepare(
    table: Any, target: Any, seed: int | None = 0, folds: bool = True, **settings: Any
) -> Prepared:
    """Prepare a table by settings that are given by name."""
    return fitting.prepare(table, target, TableSettings(**settings), seed, folds=folds)


def split(rows: int, share: float = 0.25, seed: int | None = 0) -> Prepared:
    return prepare(table(rows), "y", held_out=share, seed=seed)
