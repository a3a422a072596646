"""Differences of two recordings, by fit and quantity."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

Recording = dict[str, dict[str, Any]]


def write(recording: Recording, path: Path) -> None:
    """Write a recording; `json` writes the shortest digits that give the same double."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(recording, file)


def read(path: Path) -> Recording:
    """The recording of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def leaves(value: Any) -> Iterator[Any]:
    """The numbers and texts of nested lists and mappings; names and sizes are among them."""
    if isinstance(value, dict):
        yield f"{len(value)} names"
        for name, part in value.items():
            yield name
            yield from leaves(part)
    elif isinstance(value, list):
        yield f"{len(value)} parts"
        for part in value:
            yield from leaves(part)
    else:
        yield value


def is_number(value: Any) -> bool:
    """Whether a leaf is a number, other than True and False."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def difference(old: Any, new: Any, tolerance: float = 0.0) -> str:
    """How a quantity differs in words; empty if it is the same.

    Numbers may differ by the tolerance times the largest finite number of the quantity, or of 1 if that is larger.
    """
    pairs = list(zip(leaves(old), leaves(new), strict=False))
    changed = [pair for pair in pairs if repr(pair[0]) != repr(pair[1])]
    texts = [pair for pair in changed if not all(map(is_number, pair))]
    if texts:
        return f"{_short(texts[0][0])} is now {_short(texts[0][1])}"
    if not changed:
        return ""
    numbers = np.array([a for a, _ in pairs if is_number(a)], dtype=float)
    scale = max(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0), 1.0)
    a, b = np.array(changed, dtype=float).T
    with np.errstate(invalid="ignore"):
        largest = np.nan_to_num(np.abs(a - b), nan=np.inf).max()
    if tolerance and largest <= tolerance * scale:
        return ""
    return f"{len(changed)} of {numbers.size} numbers differ, by at most {largest:.2g} ({a[0]:.17g} is now {b[0]:.17g})"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def differences(old: Recording, new: Recording, tolerance: float = 0.0) -> list[str]:
    """A line for each quantity that differs or that one recording lacks."""
    lines = []
    absent = "not recorded"
    for fit in old | new:
        one, other = old.get(fit, absent), new.get(fit, absent)
        if not (isinstance(one, dict) and isinstance(other, dict)):
            one, other = (
                {"fit": "recorded" if isinstance(facts, dict) else facts} for facts in (one, other)
            )
        for name in one | other:
            how = difference(one.get(name, absent), other.get(name, absent), tolerance)
            if how:
                lines.append(f"{fit}: {name}: {how}")
    return lines
