"""How many starts a problem gets and when they end, where nobody said."""

from __future__ import annotations

import inspect
import json

import pytest

import sheernet as sn
from models.fitting.tables import quickly, table

GD = {"method": "gd", "max_iter": 1}
LARGE = "this is a large problem ({} rows x 521 weights), so it gets "
EARLY = "a relative tolerance of the objective of 1e-07"
FOR_STARTS = "; for more, set starts=10"


def test_a_small_problem_has_ten_starts_and_no_notice() -> None:
    model = quickly(table(), "y", starts=None)
    assert (len(model.starts), model.starts.requested) == (10, 10)
    assert (model.settings["starts"], model.settings["cost_tolerance"]) == (10, 0.0)
    assert model.notices == ()
    defaults = " ".join(model.report(verbose=True).split("Defaults")[1].split())
    assert "starts 10; " in defaults
    assert "cost_tolerance 0" in defaults


@pytest.mark.parametrize(
    ("rows", "hidden", "starts", "tolerance", "notice"),
    [
        (4000, 130, 3, 0.0, LARGE.format(3000) + "3 starts instead of 10" + FOR_STARTS),
        (40_000, 130, 1, 1e-7,
         LARGE.format(30_000) + f"1 start instead of 10 and {EARLY}{FOR_STARTS} and cost_tolerance=0"),
    ],
)  # fmt: skip
def test_a_large_one_has_fewer_and_says_so(
    rows: int, hidden: int, starts: int, tolerance: float, notice: str
) -> None:
    with pytest.warns(sn.SheernetWarning) as said:
        model = quickly(table(rows), "y", hidden=hidden, starts=None, **GD)
    assert [str(warning.message) for warning in said] == [notice]
    assert model.notices == (notice,)
    assert len(model.starts) == model.starts.requested == starts
    assert (model.settings["starts"], model.settings["cost_tolerance"]) == (starts, tolerance)
    json.dumps(dict(model.settings))  # plain, as a model file has them
    defaults = " ".join(model.report(verbose=True).split("Defaults")[1].split())
    assert f"starts {starts}; " in defaults
    assert f"cost_tolerance {tolerance:g}" in defaults


@pytest.mark.parametrize(
    ("given", "rest"),
    [
        ({"starts": 2, "cost_tolerance": 0.0}, None),
        ({"starts": 1, "cost_tolerance": 1e-3}, None),
        ({"starts": 2}, f"{EARLY}; for more, set cost_tolerance=0"),
        ({"cost_tolerance": 0}, f"1 start instead of 10{FOR_STARTS}"),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_never_changed(given: dict, rest: str | None, recwarn) -> None:
    model = quickly(table(40_000), "y", **{"hidden": 130, "starts": None, **GD, **given})
    for name, value in given.items():
        assert model.settings[name] == value
    assert [notice.removeprefix(LARGE.format(30_000)) for notice in model.notices] == [rest] * bool(
        rest
    )


def test_fit_alone_chooses() -> None:
    assert inspect.signature(sn.train).parameters["starts"].default == 1
    assert inspect.signature(sn.train).parameters["cost_tolerance"].default == 0.0
