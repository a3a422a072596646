"""A comparison as text: a table for a terminal, and a sentence that names the winner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sheernet.foundation.words import WIDTH, counted, listed

NEAR = 0.01  # objectives within this fraction of the lowest count as equal

Row = Mapping[str, Any]

LEGEND = (
    f"near: starts within {100 * NEAR:g} % of the lowest objective; iterations, evaluations: of the best start; "
    "seconds: of all starts."
)


def verdict(rows: Sequence[Row], winner: str | None, lowest: float, allowed: float) -> str:
    """A sentence that states which method won, and by how much."""
    if winner is None:
        return "No method ended at a finite objective; use smaller initial weights, or scale the columns."
    best = next(row for row in rows if row["method"] == winner)
    near = [row for row in rows if row["objective"] <= allowed]
    if len(near) > 1:
        return _first_of_several(best, near, lowest, len(rows))
    took = f"{counted(best['evaluations'], 'evaluation')}, {_seconds(best['seconds'])} s"
    if len(rows) == 1:
        return f"{winner} reached {_short(best['objective'])} ({took})."
    others = [row for row in rows if np.isfinite(row["objective"]) and row is not best]
    if not others:
        return f"{winner} won: no other method ended at a finite objective ({took})."
    second = min(others, key=lambda row: float(row["objective"]))
    return (
        f"{winner} won: its objective {_short(best['objective'])} is the lowest ({took}); "
        f"next is {second['method']} with {_short(second['objective'])}."
    )


def _first_of_several(best: Row, near: Sequence[Row], lowest: float, n_methods: int) -> str:
    winner = best["method"]
    names = "all methods" if len(near) == n_methods else listed([row["method"] for row in near])
    counts = ", ".join(f"{row['method']} {row['evaluations']}" for row in near if row is not best)
    fastest = min(near, key=lambda row: float(row["seconds"]))
    sentence = (
        f"{winner} won: {names} ended within {100 * NEAR:g} % of the lowest objective, {_short(lowest)}, and {winner} "
        f"took the fewest evaluations ({best['evaluations']}; {counts})."
    )
    if fastest is best:
        return sentence
    return (
        f"{sentence} {fastest['method']} took the least time for all starts: {_seconds(fastest['seconds'])} s; "
        f"{winner} {_seconds(best['seconds'])} s."
    )


def table(rows: Sequence[Row], labels: Sequence[str], measure: str, evaluated: str) -> str:
    """The rows as columns: names aligned left, numbers right, the reason for the stop last."""
    heads = [
        ("", "method"), ("lowest", "objective"), ("median", "objective"), ("", "near"), ("", "iterations"),
        ("", "evaluations"), ("", "seconds"), (evaluated, measure), ("", "stopped"),
    ]  # fmt: skip
    cells = [
        [
            label,
            _short(row["objective"]),
            _short(row["median"]),
            f"{row['within']}/{row['starts']}",
            str(row["iterations"]),
            str(row["evaluations"]),
            _seconds(row["seconds"]),
            "none" if row["held_out"] is None else f"{row['held_out']:.4f}",
            row["reason"].replace("_", " "),
        ]
        for row, label in zip(rows, labels, strict=True)
    ]
    lines = [[head[0] for head in heads], [head[1] for head in heads], *cells]
    widths = [max(len(line[k]) for line in lines) for k in range(len(heads))]
    gap = "  " if sum(widths) + 2 * (len(widths) - 1) <= WIDTH else " "
    return "\n".join(_line(line, widths, gap) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    last = len(cells) - 1
    text = gap.join(
        cell.ljust(width) if k in (0, last) else cell.rjust(width)
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _short(value: float) -> str:
    return f"{value:.4g}"


def _seconds(value: float) -> str:
    return f"{value:.3g}"
