"""Command lines for tests: their output, small tables, and the contents of folders."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Said(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as one strict JSON document."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


Run = Callable[..., Said]
Start = Callable[..., subprocess.Popen]

PATIENCE = 600.0  # seconds that a command may take on a computer that does much else
QUICK = ("--hidden", "2", "--starts", "2", "--max-iter", "20", "--quiet")
FIT = ("fit", "scores.csv", "--target", "score", *QUICK)


OLD_PICTURE = "tEXtSoftware\0sheernet"
"""What a picture of an earlier run has at its beginning."""


def write_scores(path: Path, rows: int = 40, seed: int = 0) -> None:
    """Write a table of hours asleep and studying, with the score of a test."""
    rng = np.random.default_rng(seed)
    lines = ["asleep,studying,score"]
    for a, s in zip(rng.uniform(3, 10, rows), rng.uniform(0, 6, rows), strict=True):
        lines.append(f"{a!r},{s!r},{50 + 3 * a + 2 * s - 0.1 * a * s + rng.normal(0, 0.1)!r}")
    path.write_text("\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n")


def write_flowers(path: Path, rows: int = 45) -> None:
    """Write a table of two lengths, a color, and one of three species that the first length separates."""
    rng = np.random.default_rng(1)
    lines = ["petal,sepal,color,species"]
    for i in range(rows):
        species = i % 3
        color = ("red", "blue")[i % 2]
        petal, sepal = 2 * species + rng.normal(0, 0.3), rng.uniform(4, 7)
        lines.append(f"{petal:.4f},{sepal:.4f},{color},{('iris', 'rose', 'tulip')[species]}")
    path.write_text("\n".join(lines) + "\n")


def contents(folder: Path) -> dict[str, bytes | None]:
    """All files of a folder, at any depth, with their contents; None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }
