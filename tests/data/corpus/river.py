"""The table from which most files of the corpus were written: twelve readings at three rivers, invented."""

from __future__ import annotations

import datetime
from typing import Any

SITE = ["Aare", "Rhône", "Öre", "Aare", "Aare", "Öre", "Rhône", "Öre", "Aare", "Rhône", "Rhône", "Öre"]  # fmt: skip
DAY = [datetime.date(2026, 3, day) for day in (1, 2, 4, 5, 8, 9, 12, 13, 17, 21, 26, 31)]
LEVEL = [1.52, -0.37, 2.0, 0.045, 3.125, None, 1.5, -2.75, 0.5, 12.125, 7.0, 0.25]
FLOW = [1234.5, 987.25, 10250.0, 850.75, 1500.125, 99.5, 1001.0, 2345.5, 760.0, 1.5, 12345.675, 88.0]  # fmt: skip
COUNT = [7, 1200, 15300, 12, 1, 999, 1000, 250, 34000, 8, 1750, 60]
ICE = [True, False, False, True, True, False, False, True, False, True, False, False]

RIVER: dict[str, list[Any]] = {
    "site": SITE, "day": DAY, "level": LEVEL, "flow": FLOW, "count": COUNT, "ice": ICE,
}  # fmt: skip


def river(*names: str, **other: list[Any] | None) -> dict[str, list[Any]]:
    """Return columns of the table, all by default; others by name, where None leaves a column out."""
    columns = {name: RIVER[name] for name in (names or RIVER)} | other
    return {name: values for name, values in columns.items() if values is not None}
