"""Convert arrays, dataclasses and mappings to the types of JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any


def plain(value: Any, nonfinite: str = "null") -> Any:
    """Convert a value to None, bool, int, float, str, list and dict.

    Parameters
    ----------
    value : object
        Numbers, text, arrays, dataclasses, mappings and sequences; anything else becomes its str.
    nonfinite : {"null", "text", "keep"}
        How to convert inf and nan, which JSON lacks: to None, to the texts "inf", "-inf" and "nan", or not at all.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.foundation.plain_data import plain
    >>> plain({"r2": (np.float64(0.5), float("nan")), "n": np.arange(2)})
    {'r2': [0.5, None], 'n': [0, 1]}
    >>> plain(float("-inf"), nonfinite="text")
    '-inf'
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(float(value), nonfinite)
    if isinstance(value, Mapping):
        return {str(key): plain(entry, nonfinite) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: plain(getattr(value, part.name), nonfinite) for part in fields(value)}
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return plain(value.tolist(), nonfinite)
    if isinstance(value, Sequence):
        return [plain(entry, nonfinite) for entry in value]
    return str(value)


def _number(value: float, nonfinite: str) -> float | str | None:
    if isfinite(value) or nonfinite == "keep":
        return value
    return str(value) if nonfinite == "text" else None
