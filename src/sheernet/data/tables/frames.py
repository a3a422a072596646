"""Importing pandas on first use: it takes longer than all of sheernet."""

from __future__ import annotations

from types import ModuleType

from sheernet.foundation.optional import import_optional


def import_pandas() -> ModuleType:
    """The package pandas; MissingDependency if it is not installed."""
    return import_optional("pandas", extra="tables", purpose="tables")
