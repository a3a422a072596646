"""How training ended: the report, the summary, the notebook and report.html say the same of the same networks."""

from __future__ import annotations

import dataclasses
import html
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.cli.facts import facts
from sheernet.apps.html_report.report_document import report_document
from sheernet.models.endings import NEGLIGIBLE, change_left, ending, outcome, unfinished
from sheernet.optimizers import TERMINATIONS, Termination

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
TABLE = {**{f"x{j}": X[:, j] for j in range(3)}, "y": X[:, 0] + 0.5 * rng.normal(size=60)}
CUT = sn.fit(TABLE, "y", hidden=4, decay=1e-3, max_iter=2, starts=1, held_out=0)


def in_a_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("reason", [r for r in TERMINATIONS if r != "validation_patience"])
def test_of_one_network_is_told_alike_by_all(reason: str) -> None:
    member = dataclasses.replace(CUT.leading, termination=Termination(reason))
    model = dataclasses.replace(CUT, members=(member,))
    words = outcome(member)
    assert words.startswith("converged (") == member.termination.converged
    assert f"Stopped {words}: " in in_a_line(model.report())
    assert any(f"ended: {words}; the weights may be off" in c for c in model.summary().cautions)
    assert f"{words}: " in in_a_line(model._repr_html_())
    assert f"Training: {words}: " in in_a_line(html.unescape(report_document(model)))


@pytest.mark.parametrize("settings", [{"decay": "cv"}, {"decay": 1e-4}, {}])
def test_of_every_way_to_choose_is_counted_alike(settings: dict[str, object]) -> None:
    model = sn.fit(TABLE, "y", **settings)
    converged = sum(member.termination.converged for member in model.members)
    for k, member in enumerate(model.members):
        cautions = [c for c in model.summary(member=k).cautions if "off the optimum" in c]
        assert all(f"ended: {outcome(member)};" in caution for caution in cautions)
    told = f"{converged} of {len(model.members)} member" if not settings else outcome(model.leading)
    assert ending(model).startswith(told)
    assert in_a_line(ending(model)) in in_a_line(model.report(verbose=True))


@pytest.fixture(scope="module")
def chosen() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0, starts=1)


def with_ends(model: sn.Model, *ends: tuple[str, float | None]) -> sn.Model:
    """The model with a member for each reason and change left."""
    members = []
    for reason, left in ends:
        found = dataclasses.replace(
            model.leading, share=1 / len(ends), termination=Termination(reason), change_left=left
        )
        members.append(found)
    return dataclasses.replace(model, members=tuple(members))


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([("gradient_tolerance", 3.0), ("precision_reached", None)], (0, 0.0)),
        ([("max_iterations", NEGLIGIBLE), ("plateau", 0.0), ("time_limit", 0.001)], (0, NEGLIGIBLE)),
        ([("max_iterations", 0.25), ("cost_tolerance", 0.5), ("gradient_tolerance", 0.0)], (2, 0.5)),
        ([("max_iterations", 0.25)], (1, 0.25)),
        ([("max_iterations", 0.25), ("time_limit", None)], (2, np.nan)),
        ([("cost_tolerance", None)], (1, np.nan)),
    ],
)  # fmt: skip
def test_of_networks_that_are_not_at_an_optimum_is_told_with_what_it_changes(
    chosen: sn.Model, ends: list[tuple[str, float | None]], expected: tuple[int, float]
) -> None:
    model, (n, largest) = with_ends(chosen, *ends), expected
    left = [change_left(member) for member in model.members]
    assert np.max(left) == pytest.approx(largest, nan_ok=True)
    told = unfinished(model)
    assert bool(told) == (n > 0)
    if n:
        which = f"{n} of {len(ends)} networks" if len(ends) > 1 else "the network"
        assert told.startswith(which)
        assert ("unknown" if np.isnan(largest) else f" {largest:.2g} ") in told
    for text in (model.report(), model._repr_html_(), html.unescape(report_document(model))):
        assert told in in_a_line(text)
        assert ("reach an optimum" in text) == (n > 0)
    if n:
        report = in_a_line(model.report())
        assert report.index(told) < report.index("sheernet")
    said = [each["change_left"] for each in facts(model, {})["members"]]
    assert said == pytest.approx(left, nan_ok=True)


def test_what_is_left_is_saved(chosen: sn.Model, tmp_path: Path) -> None:
    model = with_ends(chosen, ("max_iterations", 0.25))
    assert change_left(sn.load(model.save(tmp_path / "model.json")).leading) == 0.25
