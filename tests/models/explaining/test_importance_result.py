"""The text of importance: bands, slopes of both signs, and the notices of the short text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import Importance
from sheernet.models.explaining.importance_result import Measure


@pytest.fixture(scope="module")
def line() -> Importance:
    rng = np.random.default_rng(0)
    table = {"a": rng.normal(size=40), "b": rng.normal(size=40)}
    model = sn.fit(
        {**table, "y": 2.0 * table["a"] - table["b"]}, "y", hidden=0, decay=0.0, starts=1
    )
    return model.importance(table, points=64)


def with_measures(found: Importance, **changed: Measure) -> Importance:
    return replace(found, measures={**found.measures, **changed})


def rows_of(text: str) -> dict[str, list[str]]:
    """The cells of the first table by the names in its first column."""
    lines = text.split("\n\n")[1].splitlines()
    return {cells[0]: cells[1:] for cells in (line.split() for line in lines)}


def test_bands_are_two_standard_deviations_of_the_sampling_and_among_networks(line) -> None:
    values, error, spread = np.array([[0.75], [0.25]]), np.full((2, 1), 0.03), np.full((2, 1), 0.04)
    found = with_measures(line, total=Measure("total", values, error, spread))
    rows = rows_of(found.text())
    assert rows["a"][:2] == ["0.750", "0.100"]  # 2 (0.03^2 + 0.04^2)^1/2
    assert rows["b"][:2] == ["0.250", "0.100"]


def test_a_value_that_is_not_known_has_no_band(line) -> None:
    total = Measure("total", np.array([[0.75], [np.nan]]), np.full((2, 1), 0.03), None)
    assert rows_of(with_measures(line, total=total).text())["b"][:2] == ["-", "-"]


@pytest.mark.parametrize(
    ("slope", "shown"), [(1.79, "both signs"), (1.81, "1.81"), (-1.81, "-1.81")]
)
def test_a_slope_of_both_signs_is_not_shown_as_a_number(line, slope: float, shown: str) -> None:
    """The mean of the slopes is less than 90 % of the mean of their sizes."""
    mean, size = (
        Measure(name, np.array([[each], [0.0]]), None, None)
        for name, each in (("slope", slope), ("absolute_slope", 2.0))
    )
    found = with_measures(line, slope=mean, absolute_slope=size)
    row = next(row for row in found.text().splitlines() if row.startswith("a "))
    assert row.endswith(f"  {shown}")


def test_notices_on_other_measures_are_those_of_the_whole_text(line) -> None:
    assert any("no permutation" in notice for notice in line.notices)
    assert "Notice" not in line.text()
    assert "no permutation" in " ".join(line.text(all_measures=True).split())
    told = replace(line, short_notices=("a and b are correlated",)).text()
    assert told.endswith("Notice  a and b are correlated")


@pytest.mark.parametrize(("share", "shown"), [(1e-16, "0"), (1e-9, "2e-09")])
def test_round_off_is_shown_as_0(line, share: float, shown: str) -> None:
    sizes = np.array([[2.0], [2.0 * share]])
    measures = {
        name: Measure(name, sizes, None, None) for name in ("per_std", "slope", "absolute_slope")
    }
    found = with_measures(line, **measures)
    assert rows_of(found.text())["b"][-2:] == [shown, shown]
    assert f"<td>{'0' if shown == '0' else '2e-09'}" in found._repr_html_()
