"""`import_pandas`: import pandas on first use, because importing it takes longer than importing sheernet."""

from __future__ import annotations

from types import ModuleType

from sheernet.foundation.optional import import_optional


def import_pandas() -> ModuleType:
    """Import pandas and return the module; raise MissingDependency if it is not installed."""
    return import_optional("pandas", extra="tables", purpose="tables")
