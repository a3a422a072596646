"""The reference of a selection, and the choice among losses with given differences from it."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.fitting import Prepared, prepare
from sheernet.models.selecting import Grid
from sheernet.models.selecting.grid_rows import GridRows, Judged
from sheernet.models.selecting.grid_statistics import grid_of
from sheernet.models.selecting.row_splits import Split, splits_of
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.selection_settings import SelectionSettings
from sheernet.settings.table_settings import TableSettings

N = 128
SIZES = ((), (2,), "auto")
PLACES = {"line": (0, 0), "two": (1, 0), "auto": (2, 0), "number": (1, 1)}
"""Two sizes and "auto" with decays by the evidence, and two units with the decay 0.1."""


def grid_with(rule: str = "paired", **differences: float) -> Grid:
    """A grid of the networks whose losses exceed those of "auto" by so many standard errors of the difference.

    The differences from "auto" are orthogonal patterns of signs, whose mean has the standard error 1 / sqrt(N - 1);
    the standard error of a difference of two such losses is sqrt(2) times as large.
    """
    table = {"x": np.arange(N) / N, "y": np.sin(np.arange(N))}
    prepared = prepare(table, "y", TableSettings(held_out=0))
    chosen = SelectionSettings(SIZES, ("evidence", 0.1), rule=rule)
    rows = GridRows(prepared, splits_of(prepared, chosen, 0), FitSettings())
    common = 10.0 + 5.0 * np.sin(np.arange(N))
    found = {}
    for k, (name, place) in enumerate(PLACES.items()):
        if name in differences:
            signs = np.where(np.arange(N) // 2**k % 2, 1.0, -1.0) * (name != "auto")
            losses = common + signs + differences[name] / np.sqrt(N - 1)
            found[place] = Judged(losses, common.copy)
    return grid_of(rows, SIZES, chosen, found)[0]


class TestTheDefaultModel:
    def test_is_the_reference_although_other_networks_have_lower_errors(self) -> None:
        grid = grid_with(line=3.0, two=-2.9, auto=0.0, number=-1.0)
        assert grid.lowest == PLACES["two"]
        assert grid.reference == PLACES["auto"]
        assert grid.is_against_default
        assert [grid.behind[place] for place in PLACES.values()] == pytest.approx(
            [3.0, -2.9, 0.0, -1.0]
        )

    @pytest.mark.parametrize(
        ("line", "two", "number", "chosen"),
        [
            (-1.1, -2.0, -2.0, "line"),  # the simplest that is better by a standard error
            (-0.9, -1.1, -2.0, "two"),
            (-0.9, -0.9, -4.4, "auto"),  # the best of many numbers can be better by chance
            (-0.9, -0.9, -4.6, "number"),  # clearly better than the default model
        ],
    )
    def test_is_chosen_unless_a_network_is_simpler_and_better_or_clearly_better(
        self, line: float, two: float, number: float, chosen: str
    ) -> None:
        grid = grid_with(line=line, two=two, auto=0.0, number=number)
        assert grid.chosen == PLACES[chosen]

    def test_is_named_in_the_text(self) -> None:
        selection = sn.Selection(grid_with(line=-0.9, two=-1.1, auto=0.0), "RMSE", model=None)
        text = " ".join(str(selection).split())
        assert (
            "Chosen: 2 units with decays by the evidence, the simplest network better than the default model by a "
            "standard error of the difference." in text
        )
        assert "that of the default model (auto) is" in text
        assert "difference of the error from that of the default model (auto)" in text

    def test_is_no_reference_if_it_is_clearly_worse_than_the_lowest(self) -> None:
        """The others are then compared with the lowest."""
        grid = grid_with(line=-4.0, two=-2.5, auto=0.0, number=-5.0)
        assert grid.reference == grid.lowest == PLACES["number"]
        assert grid.behind[PLACES["line"]] == pytest.approx(1.0 / np.sqrt(2.0))
        assert grid.chosen == PLACES["line"]
        assert not grid.is_against_default

    def test_is_no_reference_if_it_was_not_evaluated(self) -> None:
        grid = grid_with(line=1.0, two=0.0)
        assert (grid.reference, grid.chosen) == (PLACES["two"], PLACES["line"])

    @pytest.mark.parametrize("rule", ["one_se", "best"])
    def test_is_no_reference_of_other_rules(self, rule: str) -> None:
        grid = grid_with(rule, line=2.0, two=1.0, auto=0.0, number=-0.1)
        assert grid.reference == grid.lowest == PLACES["number"]
        assert grid.chosen == PLACES["number" if rule == "best" else "line"]


@pytest.mark.parametrize("repeats", [1, 2])
def test_rows_of_counts_are_as_many_independent_rows(repeats: int) -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 5, 40)
    table = {"x": rng.normal(size=40), "y": rng.normal(size=40)}
    settings = TableSettings(held_out=0, weights="n")
    with pytest.warns(sn.SheernetWarning, match="folds do not divide"):
        weighted = prepare({**table, "n": counts}, "y", settings)
    single = {name: np.repeat(values, counts) for name, values in table.items()}
    repeated = prepare(single, "y", TableSettings(held_out=0))
    every, none = np.arange(40), np.zeros(0, dtype=np.intp)
    cells = np.repeat(every, counts)
    losses = [rng.normal(size=40) ** 2 for _ in range(repeats)]

    def mean(prepared: Prepared, rows: np.ndarray) -> tuple[float, float]:
        splits = [Split(none, np.arange(len(rows)))] * repeats
        return GridRows(prepared, splits, FitSettings()).mean(
            np.concatenate([each[rows] for each in losses])
        )

    assert mean(weighted, every) == pytest.approx(mean(repeated, cells), rel=1e-12)
