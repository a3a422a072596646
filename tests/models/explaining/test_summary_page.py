"""The example of docs/explaining/summary.md: Longley's data, with the certified values of NIST."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn

PAGE = Path(__file__).parents[3] / "docs" / "explaining" / "summary.md"
CERTIFIED = {
    "(intercept)": (-3482258.63459582, 890420.383607373), "deflator": (15.0618722713733, 84.9149257747669),
    "product": (-0.358191792925910e-01, 0.334910077722432e-01), "unemployed": (-2.02022980381683, 0.488399681651699),
    "forces": (-1.03322686717359, 0.214274163161675), "population": (-0.511041056535807e-01, 0.226073200069370),
    "year": (1829.15146461355, 455.478499142212),
}  # fmt: skip
"""Estimates and standard deviations of StRD, Longley, https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml."""


@pytest.fixture(scope="module")
def example() -> tuple[dict[str, Any], str]:
    """The variables of the example, and what it prints."""
    text = PAGE.read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    printed: list[str] = []
    space: dict[str, Any] = {"print": lambda value: printed.append(str(value))}
    exec(compile(code, str(PAGE), "exec"), space)
    return space, printed[0]


def test_the_page_shows_what_it_prints(example) -> None:
    _, printed = example
    shown = re.search(r"^```\n\n((?:    .*\n|\n)+)", PAGE.read_text("utf-8"), re.MULTILINE)
    assert shown is not None
    lines = [line.removeprefix("    ") for line in shown[1].strip("\n").splitlines()]
    assert lines == printed.splitlines()


def test_the_figures_are_the_certified_ones(example) -> None:
    space, _ = example
    model = sn.fit(space["longley"], "employed", hidden=0, decay=0.0, gradient_tolerance=1e-14)
    frame = model.summary().to_frame().set_index("term")
    expected = np.array(list(CERTIFIED.values()))
    found = frame.loc[list(CERTIFIED), ["estimate", "std_error"]].to_numpy()
    assert np.allclose(found, expected, rtol=1e-8)
    line, overall = model.summary().networks[0], model.summary().overall[0]
    assert line.figures.noise[0] == pytest.approx(304.854073561965, rel=1e-9)
    assert overall.r2 == pytest.approx(0.995479004577296, rel=1e-10)
    assert overall.statistic == pytest.approx(330.285339234588, rel=1e-8)
